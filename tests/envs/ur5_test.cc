#include "envs/tabletop/ur5.h"

#include <gtest/gtest.h>

#include "core/rng.h"
#include "envs/tabletop/physics_world.h"

namespace rookery {
namespace {

void ExpectNear(const Vec3& a, const Vec3& b, double tolerance) {
  EXPECT_LT(Norm(a - b), tolerance) << a.x << " " << a.y << " " << a.z;
}

TEST(Ur5, ForwardKinematicsAtHome) {
  // Published values of the reference model.
  ExpectNear(Ur5Tool0(kUr5Home).p, {0.4869, 0.10915, 0.43186}, 1e-5);
  const Pose X_WE = Ur5EndEffector(kUr5Home);
  ExpectNear(X_WE.p, {0.4869, 0.10915, 0.31186}, 1e-5);
  EXPECT_LT(AngleBetween(X_WE.q, Quat()), 1e-9) << "the identity points straight down";
  ExpectNear(Rotate(Ur5Tool0(kUr5Home).q, {0, 0, 1}), {0, 0, -1}, 1e-9);
}

TEST(Ur5, AgreesWithItsUrdf) {
  PhysicsWorld world(1.0 / 240);
  const BodyId arm = world.LoadUrdf("ur5/ur5.urdf", Pose(), {.fixed_base = true});
  Rng rng(4);
  for (int n = 0; n < 20; ++n) {
    Ur5Joints q;
    for (size_t i = 0; i < q.size(); ++i) {
      q[i] = rng.Uniform(-3, 3);
      world.SetJointPosition(arm, world.FindLink(arm, kUr5Links[i + 1]), q[i]);
    }
    const std::array<Pose, 7> links = Ur5LinkPoses(q);
    for (size_t i = 0; i < links.size(); ++i) {
      const Pose X = world.LinkPose(arm, world.FindLink(arm, kUr5Links[i]));
      ExpectNear(X.p, links[i].p, 1e-9);
      EXPECT_LT(AngleBetween(X.q, links[i].q), 1e-7);
    }
    const Pose X_WTool = world.LinkPose(arm, world.FindLink(arm, "tool0"));
    ExpectNear(X_WTool.p, Ur5Tool0(q).p, 1e-9);
    // The commanded frame is the inertial frame of tool_tip.
    const Pose X_WE = world.LinkComPose(arm, world.FindLink(arm, "tool_tip"));
    ExpectNear(X_WE.p, Ur5EndEffector(q).p, 1e-9);
    EXPECT_LT(AngleBetween(X_WE.q, Ur5EndEffector(q).q), 1e-7);
  }
}

TEST(Ur5, EndEffectorAndTool0AreInverses) {
  const Pose X_WE({0.5, -0.2, 0.1}, QuatFromRavensEuler(0.3, -0.2, 1.1));
  const Pose X_WTool = Tool0FromEndEffector(X_WE);
  ExpectNear(X_WTool * Vec3(0, 0, 0.12), X_WE.p, 1e-12);
  ExpectNear(Rotate(X_WTool.q, {1, 0, 0}), Rotate(X_WE.q, {0, -1, 0}), 1e-12);
  ExpectNear(Rotate(X_WTool.q, {0, 0, 1}), Rotate(X_WE.q, {0, 0, -1}), 1e-12);
}

// Poses over the table, tool down, any yaw.
TEST(Ur5, InverseKinematicsIsExactOnTheRightBranch) {
  Rng rng(1);
  int reachable = 0, asked = 0;
  while (reachable < 1000) {
    const Pose X_WE = Pose::FromXyYaw(rng.Uniform(0.25, 0.75), rng.Uniform(-0.5, 0.5),
                                      rng.Uniform(0, 0.34), rng.Uniform(-kPi, kPi));
    const Ur5Solution s = Ur5InverseKinematics(X_WE);
    ++asked;
    if (!s.reachable) continue;
    ++reachable;
    const Pose back = Ur5EndEffector(s.q);
    EXPECT_LT(Norm(back.p - X_WE.p), 1e-9);
    EXPECT_LT(AngleBetween(back.q, X_WE.q), 1e-7);
    EXPECT_GE(s.q[0], -1.5 * kPi);
    EXPECT_LE(s.q[0], -0.5 * kPi);
    EXPECT_GE(s.q[1], -0.75 * kPi);
    EXPECT_LE(s.q[1], 0);
    EXPECT_GT(s.q[2], 0);
    for (size_t i = 2; i < 6; ++i) {
      EXPECT_GE(s.q[i], -kPi);
      EXPECT_LT(s.q[i], kPi);
    }
  }
  EXPECT_LT(asked, 1250) << "only the far corners are out of reach";
}

TEST(Ur5, TiltedPosesAreExactToo) {
  Rng rng(2);
  for (int n = 0; n < 1000; ++n) {
    const Pose X_WE({rng.Uniform(0.3, 0.6), rng.Uniform(-0.3, 0.3), rng.Uniform(0.05, 0.25)},
                    QuatFromRavensEuler(rng.Uniform(-0.7, 0.7), rng.Uniform(-0.7, 0.7),
                                        rng.Uniform(-kPi, kPi)));
    const Ur5Solution s = Ur5InverseKinematics(X_WE);
    if (!s.reachable) continue;
    EXPECT_LT(Norm(Ur5EndEffector(s.q).p - X_WE.p), 1e-9);
    EXPECT_LT(AngleBetween(Ur5EndEffector(s.q).q, X_WE.q), 1e-7);
  }
}

TEST(Ur5, StretchesTowardsWhatItCannotReach) {
  const Pose X_WE = Pose::FromXyYaw(0.75, 0.5, 0.6, 0.4);
  const Ur5Solution s = Ur5InverseKinematics(X_WE);
  EXPECT_FALSE(s.reachable);
  EXPECT_NEAR(s.q[2], 0, 1e-9) << "a straight elbow";
  const Pose X = Ur5EndEffector(s.q);
  EXPECT_LT(AngleBetween(X.q, X_WE.q), 1e-7) << "the orientation is kept";
  EXPECT_GT(Norm(X.p - X_WE.p), 0.05);
  EXPECT_GT(Dot(Normalized(X.p), Normalized(X_WE.p)), 0.98) << "in its direction";
}

TEST(Ur5, NeighbouringPosesHaveNeighbouringSolutions) {
  Ur5Joints last = Ur5InverseKinematics(Pose::FromXyYaw(0.45, 0.1, 0.30, 0.2)).q;
  for (int mm = 1; mm <= 300; ++mm) {
    const Ur5Joints q = Ur5InverseKinematics(Pose::FromXyYaw(0.45, 0.1, 0.30 - 0.001 * mm, 0.2)).q;
    for (size_t i = 0; i < q.size(); ++i) EXPECT_LT(std::abs(q[i] - last[i]), 0.01) << mm;
    last = q;
  }
}

// Along a straight line the wrist may have to turn past half a turn: no jumps.
TEST(Ur5, NearestSolutionsKeepThePosture) {
  const Pose X_WT({0.4184, -0.2888, 0.0953}, QuatFromRavensEuler(-0.78, -0.48, -0.06));
  const auto at = [&](int i) { return X_WT * Pose(Vec3(0, 0, 0.32 - 0.001 * i)); };
  Ur5Joints near = Ur5InverseKinematics(at(0)).q, home = near;
  double largest = 0, largest_from_home = 0;
  for (int i = 1; i <= 320; ++i) {
    const Ur5Solution s = Ur5InverseKinematicsNear(at(i), near);
    ASSERT_TRUE(s.reachable);
    ExpectNear(Ur5EndEffector(s.q).p, at(i).p, 1e-9);
    const Ur5Joints from_home = Ur5InverseKinematics(at(i)).q;
    for (size_t j = 0; j < near.size(); ++j) {
      largest = std::max(largest, std::abs(s.q[j] - near[j]));
      largest_from_home = std::max(largest_from_home, std::abs(from_home[j] - home[j]));
      EXPECT_LE(std::abs(s.q[j]), 2 * kPi);
    }
    near = s.q;
    home = from_home;
  }
  EXPECT_LT(largest, 0.1);
  EXPECT_GT(largest_from_home, 1) << "this line is one on which it matters";
}

TEST(Ur5, NearestToHomeIsTheUsualSolution) {
  Rng rng(3);
  for (int i = 0; i < 200; ++i) {
    const Pose X_WE = Pose::FromXyYaw(rng.Uniform(0.3, 0.7), rng.Uniform(-0.4, 0.4),
                                      rng.Uniform(0.01, 0.3), rng.Uniform(-kPi, kPi));
    const Ur5Joints q = Ur5InverseKinematics(X_WE).q;
    EXPECT_EQ(Ur5InverseKinematicsNear(X_WE, q).q, q);
  }
}

}  // namespace
}  // namespace rookery
