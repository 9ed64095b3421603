// The kinematic arm against one whose joints are servos of unlimited strength, in contact.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "envs/tabletop/physics_world.h"
#include "envs/tabletop/ur5.h"

namespace rookery {
namespace {

constexpr double kStep_s = 1.0 / 480;

// A table and an arm with a suction head or a spatula.
class Arm {
 public:
  Arm(bool kinematic, bool spatula, const Ur5Joints& q) : kinematic_(kinematic) {
    physics.LoadUrdf("plane/plane.urdf", Pose(Vec3(0, 0, -0.001)), {.fixed_base = true});
    const Pose X_WTool = Ur5Tool0(q);
    int tool = kBaseLink;
    if (kinematic) {
      arm_ = physics.LoadUrdf("ur5/hand.urdf", X_WTool, {.fixed_base = true});
    } else {
      arm_ = physics.LoadUrdf("ur5/ur5.urdf", Pose(), {.fixed_base = true});
      tool = physics.FindLink(arm_, "tool0");
      for (size_t i = 0; i < q.size(); ++i) {
        joints_[i] = physics.FindLink(arm_, kUr5Links[i + 1]);
        physics.SetJointPosition(arm_, joints_[i], q[i]);
      }
    }
    const Pose X_TG(Vec3(0, 0, spatula ? -0.01 : 0.08));
    const bool carried = kinematic && spatula;
    gripper =
        physics.LoadUrdf(spatula ? "ur5/spatula/spatula.urdf" : "ur5/suction/suction_head.urdf",
                         X_WTool * X_TG, {.fixed_base = carried});
    if (carried) return;
    std::optional<double> force;
    if (!spatula) force = 50;
    physics.AddFixedConstraint(arm_, tool, gripper, kBaseLink, Pose(), X_TG.Inverse(), force);
  }

  void StepTo(const Ur5Joints& q) {
    if (kinematic_) {
      physics.MoveFixedBody(arm_, Ur5Tool0(q));
      if (physics.IsFixed(gripper)) {
        physics.MoveFixedBody(gripper, Ur5Tool0(q) * Pose(Vec3(0, 0, -0.01)));
      }
    } else {
      for (size_t i = 0; i < q.size(); ++i) physics.SetMotor(arm_, joints_[i], q[i], 1e5, 1.0);
    }
    physics.Step();
  }

  // Sum of the contact forces on the gripper, N.
  double Force() const {
    std::vector<Contact> contacts;
    physics.GetContacts(gripper, std::nullopt, &contacts);
    double impulse = 0;
    for (const Contact& contact : contacts) impulse += contact.normal_impulse;
    return impulse / kStep_s;
  }

  PhysicsWorld physics{kStep_s};
  BodyId gripper = -1;

 private:
  bool kinematic_;
  BodyId arm_ = -1;
  std::array<int, 6> joints_{};
};

// Straight in joint space, `speed` rad a step.
template <typename Visit>
void Travel(Ur5Joints* q, const Pose& X_WE, double speed, const Visit& step) {
  const Ur5Joints target = Ur5InverseKinematics(X_WE).q;
  for (bool arrived = false; !arrived;) {
    double square = 0;
    for (size_t i = 0; i < 6; ++i) square += std::pow(target[i] - (*q)[i], 2);
    const double share = std::min(1.0, speed / std::sqrt(square));
    for (size_t i = 0; i < 6; ++i) (*q)[i] += share * (target[i] - (*q)[i]);
    step(*q);
    arrived = share == 1.0;
  }
}

TEST(KinematicArm, PressesAsServosDo) {
  for (const bool on_block : {false, true}) {
    const double top = on_block ? 0.039 : -0.001;
    Ur5Joints q = Ur5InverseKinematics(Pose(Vec3(0.5, 0.1, top + 0.03))).q;
    Arm kinematic(true, false, q), servos(false, false, q);
    BodyId block = -1;
    if (on_block) {
      const Pose X_WB = Pose::FromXyYaw(0.503, 0.098, 0.019, 0.3);
      block = kinematic.physics.LoadUrdf("block/block.urdf", X_WB);
      servos.physics.LoadUrdf("block/block.urdf", X_WB);
    }
    // The tip ends 3 mm beyond the end effector: 7 mm into what is there.
    double worst = 0;
    const auto step = [&](const Ur5Joints& at) {
      kinematic.StepTo(at);
      servos.StepTo(at);
      worst = std::max(worst, Norm(kinematic.physics.BodyPose(kinematic.gripper).p -
                                   servos.physics.BodyPose(servos.gripper).p));
    };
    Travel(&q, Pose(Vec3(0.5, 0.1, top - 0.004)), 0.003, step);
    for (int i = 0; i < 240; ++i) step(q);
    EXPECT_LT(worst, 1e-3) << on_block;
    EXPECT_GT(kinematic.Force(), 10) << "it does press";
    EXPECT_NEAR(kinematic.Force() / servos.Force(), 1, 0.05) << on_block;
    if (on_block) {
      EXPECT_LT(Norm(kinematic.physics.BodyPose(block).p - servos.physics.BodyPose(block).p), 1e-3);
    }
    // And lets go again.
    Travel(&q, Pose(Vec3(0.5, 0.1, top + 0.05)), 0.003, step);
    for (int i = 0; i < 100; ++i) step(q);
    EXPECT_LT(Norm(kinematic.physics.BodyPose(kinematic.gripper).p -
                   servos.physics.BodyPose(servos.gripper).p),
              1e-3);
    EXPECT_EQ(kinematic.Force(), 0);
  }
}

TEST(KinematicArm, PushesAsServosDo) {
  const Quat across = QuatFromYaw(kPi / 2);
  Ur5Joints q = Ur5InverseKinematics(Pose({0.45, -0.05, 0.005}, across)).q;
  Arm kinematic(true, true, q), servos(false, true, q);
  std::vector<BodyId> blocks;
  for (const double x : {0.447, 0.459, 0.471}) {
    const Pose X_WB = Pose::FromXyYaw(x, 0.01, 0.004, 10 * x);
    blocks.push_back(kinematic.physics.LoadUrdf("block/small.urdf", X_WB));
    servos.physics.LoadUrdf("block/small.urdf", X_WB);
  }
  const auto step = [&](const Ur5Joints& at) {
    kinematic.StepTo(at);
    servos.StepTo(at);
  };
  Travel(&q, Pose({0.45, 0.15, 0.005}, across), 0.003, step);
  for (int i = 0; i < 240; ++i) step(q);
  for (BodyId block : blocks) {
    const Vec3 a = kinematic.physics.BodyPose(block).p, b = servos.physics.BodyPose(block).p;
    EXPECT_GT(a.y, 0.14) << "it was pushed";
    EXPECT_LT(Norm(a - b), 1e-3);
  }
}

}  // namespace
}  // namespace rookery
