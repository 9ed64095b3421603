// The L-shaped block and its fixture: the scene that block-insertion and its variants share.
#ifndef ROOKERY_TASKS_RAVENS_BLOCK_INSERTION_H_
#define ROOKERY_TASKS_RAVENS_BLOCK_INSERTION_H_

#include <string>

#include "tasks/ravens/ravens_task.h"

namespace rookery {

class BlockInsertionBase : public RavensTask {
 public:
  static constexpr int kMaxSteps = 3;
  static constexpr char kUnlikeReference[] =
      "seeds draw other scenes than the reference's generator";

 protected:
  static constexpr Vec3 kSize{0.1, 0.1, 0.04};  // m, room that block and fixture need

  using RavensTask::RavensTask;

  // Variants say where the block lies and where it belongs, in this order of drawing.
  virtual Pose BlockPose() { return FreePose(kSize); }
  virtual Pose FixturePose() { return FreePose(kSize); }
  virtual bool has_fixture() const { return true; }
  virtual std::string place() const { return "in the fixture"; }  // in sentences
  virtual double position_tolerance() const { return Goal().position_tolerance; }

 private:
  void BuildScene() final {
    const BodyId block = world().AddRigid("insertion/ell.urdf", BlockPose());
    const Pose X_WF = FixturePose();
    if (has_fixture()) world().AddFixed("insertion/fixture.urdf", X_WF);
    Goal goal;
    goal.objects = {{.body = block, .name = "the L-shaped block"}};
    goal.targets = {X_WF};
    goal.places = {place()};
    goal.position_tolerance = position_tolerance();
    AddGoal(goal);
  }
};

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_BLOCK_INSERTION_H_
