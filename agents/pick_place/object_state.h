// The state of the table as numbers: what the simulator knows of its objects, for agents that see
// no images.
#ifndef ROOKERY_AGENTS_PICK_PLACE_OBJECT_STATE_H_
#define ROOKERY_AGENTS_PICK_PLACE_OBJECT_STATE_H_

#include <array>
#include <string>
#include <vector>

#include "core/env.h"
#include "core/pose.h"
#include "core/rng.h"

namespace rookery::pick_place {

inline constexpr char kObjectsInfo[] = "objects";       // (N, 10): position, quaternion, dimensions
inline constexpr char kColorsInfo[] = "object_colors";  // (N, 3)
inline constexpr char kCountInfo[] = "object_count";    // rows in use

struct ObjectState {
  Pose pose;  // X_WO
  std::array<double, 3> dimensions = {};
  std::array<double, 3> color = {};
};

// The objects in order of loading. UserError, beginning with `what`, when the info arrays are
// missing or of other shapes.
std::vector<ObjectState> ObjectsFromInfo(const ArrayMap& info, const std::string& what);

// Why an environment's info does not give the above, or "".
std::string ObjectInfoMissing(const EnvSpec& env);

// Which numbers describe a scene: for each object x, y, -yaw / 10, or with `tilt` x, y, z, roll,
// pitch, -yaw; then its dimensions and its colour where asked for. Zeros for objects that are not
// there; objects beyond `objects` are left out.
struct StateLayout {
  int objects = 0;
  bool tilt = false, dimensions = false, colors = false;

  int features() const {
    return objects * ((tilt ? 6 : 3) + (dimensions ? 3 : 0) + (colors ? 3 : 0));
  }
  bool operator==(const StateLayout&) const = default;
};
void AppendFeatures(const std::vector<ObjectState>& scene, const StateLayout& layout,
                    std::vector<float>* out);

// A rotation about the middle of the table, then a shift along it, drawn as MakeSample of
// augmentation.h does, so that both points stay on it; the identity when 100 draws do not.
Pose DrawTableMotion(const Vec3& pick, const Vec3& place, Rng* rng);

// Pick and place as learned: x, y, -yaw / 10 of each. The yaws are as demonstrated, for suction
// does not mind how it is turned: only their difference matters, which no motion changes.
std::array<float, 6> PlanarTarget(const Pose& pick, const Pose& place, const Pose& motion);
// The same and roll / 10, pitch / 10, z of the place, after a motion and with the pick not turned
// at all: what the pick is turned by is taken off the place.
std::array<float, 9> TiltedTarget(const Pose& pick, const Pose& place, const Pose& motion);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_OBJECT_STATE_H_
