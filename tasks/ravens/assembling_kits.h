// Kits of flat shapes: the scene that assembling-kits and its easy variant share.
#ifndef ROOKERY_TASKS_RAVENS_ASSEMBLING_KITS_H_
#define ROOKERY_TASKS_RAVENS_ASSEMBLING_KITS_H_

#include <string>
#include <vector>

#include "tasks/ravens/ravens_task.h"

namespace rookery {

struct AssemblingKitsConfig final : RavensConfig {
  std::string split = "train";
  void Fields(FieldVisitor& v) override;
};

class AssemblingKitsBase : public RavensTask {
 public:
  static constexpr int kMaxSteps = 10;
  static constexpr size_t kObjects = 5;
  static constexpr int kShapes = 20;  // assets/kitting/<number>.obj

  // Period of a shape's yaw, rad.
  static double Symmetry(int shape);

 protected:
  AssemblingKitsBase(const Facts& facts, const AssemblingKitsConfig& config);

  bool test_split() const { return split_ == "test"; }
  // Numbers of the shapes of an episode.
  virtual std::vector<int> DrawShapes() = 0;
  virtual double rotation_tolerance() const { return Goal().rotation_tolerance; }
  std::vector<int> Draw(const std::vector<int>& from);  // with replacement

 private:
  void BuildScene() final;
  std::string TaskKey() const final { return " split=" + split_; }

  std::string split_;
};

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_ASSEMBLING_KITS_H_
