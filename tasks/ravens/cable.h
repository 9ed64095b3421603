// Ropes and cables: beads that are joined by points, and the expert that lays them out.
#ifndef ROOKERY_TASKS_RAVENS_CABLE_H_
#define ROOKERY_TASKS_RAVENS_CABLE_H_

#include <string>
#include <vector>

#include "tasks/ravens/ravens_task.h"

namespace rookery {

inline constexpr double kBeadSize = 0.01;  // m, edge; neighbours are sqrt(2) of it apart
inline constexpr double kBeadPitch = 0.014142135623730951;

// Beads at these places, each joined to the one before (and the last to the first, if closed).
std::vector<BodyId> AddBeads(TabletopWorld* world, const std::vector<Vec3>& p_W, bool closed);

// Places for n beads one above the other over p: a column that falls over.
std::vector<Vec3> BeadColumn(const Vec3& p, int n);

// Places for n beads along a path of straight lines, half a pitch from its start.
std::vector<Vec3> AlongPath(const std::vector<Vec3>& corners, int n);

// In sentences: "the white end of the cable", "bead 5 of the rope". Ends are named by their colour.
std::string BeadName(const std::string& cable, size_t bead, size_t beads,
                     const std::string& first_color, const std::string& last_color);

struct CableConfig : RavensConfig {
  std::string target = "visible";
  void Fields(FieldVisitor& v) override;
};

// The cable tasks of Seita et al. (ICRA 2021). Any bead at any target counts; the expert keeps
// the beads' order.
class CableTask : public RavensTask {
 protected:
  struct CableFacts {
    const char* id;
    const char* instruction;
    int beads;
    bool closed;  // a ring
  };
  static constexpr int kMaxSteps = 21;

  CableTask(const CableFacts& facts, const CableConfig& config);

  bool hidden() const { return hidden_; }
  // In sentences: "on the circle", marked or in the goal image.
  std::vector<std::string> Places(const std::string& where) const {
    return {where + (hidden_ ? " of the goal image" : " on the table")};
  }
  int beads() const { return beads_; }
  double length() const { return kBeadPitch * beads_; }
  // Of the target's polygon: bead 0 may then start anywhere on it.
  void set_closed(bool closed) { closed_ = closed; }

  // Of the ways to lay the beads on the targets in order (forwards, backwards; closed: from any
  // bead on), the one with the least mean distance; there the bead that is farthest off and can
  // be seen.
  bool ChooseAction(Rng* rng, Pose* pose0, Pose* pose1) override;
  void SaveTask(ByteWriter* out) const override { out->Put(closed_); }
  void LoadTask(ByteReader* in) override { closed_ = in->Get<bool>(); }
  std::string TaskKey() const override { return hidden_ ? " target=hidden" : " target=visible"; }

 private:
  int beads_;
  bool closed_, hidden_;
};

// A cable that starts as a heap and belongs along 1 to 4 sides of a rectangle, as long as it is
// together. Common to CableShape and CableLine.
class CableShapeTask : public CableTask {
 protected:
  CableShapeTask(const char* id, const char* instruction, int fewest_sides, int most_sides,
                 const CableConfig& config);

 private:
  void BuildScene() override;

  int fewest_sides_, most_sides_;
};

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_CABLE_H_
