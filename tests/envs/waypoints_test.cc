#include "envs/tabletop/waypoints.h"

#include <gtest/gtest.h>

#include <cmath>

#include "envs/tabletop/primitives.h"

namespace rookery {
namespace {

double Yaw(const Quat& q) { return 2 * std::atan2(q.z, q.w); }

TEST(SplineRotations, PassesThroughItsKeysAndIsSmooth) {
  std::vector<Quat> keys;
  for (const double yaw : {0.0, 0.5, 0.4, 2.0, 2.0}) keys.push_back(QuatFromYaw(yaw));
  constexpr int kSamples = 200;
  const std::vector<Quat> q = SplineRotations(keys, kSamples);
  ASSERT_EQ(q.size(), 4u * kSamples + 1);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_LT(AngleBetween(q[i * kSamples], keys[i]), 1e-6) << i;
  }
  // Twice differentiable at the keys within: the second difference does not jump.
  const auto second = [&](size_t i) {
    return (Yaw(q[i + 1]) - 2 * Yaw(q[i]) + Yaw(q[i - 1])) * kSamples * kSamples;
  };
  for (size_t key = 1; key < 4; ++key) {
    EXPECT_NEAR(second(key * kSamples - 1), second(key * kSamples + 1), 0.3) << key;
  }
  // Leaves and arrives with the mean rate of the first and last segment.
  EXPECT_NEAR((Yaw(q[1]) - Yaw(q[0])) * kSamples, 0.5, 0.02);
  EXPECT_NEAR((Yaw(q[4 * kSamples]) - Yaw(q[4 * kSamples - 1])) * kSamples, 0, 0.03);
}

TEST(SplineRotations, TurnsTheShortWay) {
  const std::vector<Quat> q =
      SplineRotations({QuatFromYaw(3), QuatFromYaw(-3), QuatFromYaw(-2.9)}, 4);
  for (const Quat& step : q) {
    const double yaw = std::remainder(Yaw(step) - kPi, 2 * kPi);
    EXPECT_LT(std::abs(yaw), 0.3) << "never through zero";
  }
  // Tilted ones keep their length.
  const std::vector<Quat> tilted =
      SplineRotations({Quat(), QuatFromRpy(0.3, -0.2, 1), QuatFromRpy(-0.4, 0.1, 2)}, 5);
  for (const Quat& step : tilted) EXPECT_NEAR(Norm(step), 1, 1e-12);
}

TEST(PickPlaceWaypoints, AreSevenPosesWithTheCupSwitchedTwice) {
  const Pose now(Vec3(0.49, 0.1, 0.3)), pick(Vec3(0.4, -0.2, 0.02));
  const Pose place = Pose::FromXyYaw(0.6, 0.3, 0.05, 1);
  const auto plan = PickPlaceWaypoints(now, pick, place, 0.32, 3);
  ASSERT_EQ(plan.size(), 6u * 3 + 1);
  EXPECT_EQ(plan[0].X_WE.p, now.p);
  EXPECT_NEAR(plan[3].X_WE.p.z, 0.34, 1e-12);
  EXPECT_NEAR(plan[6].X_WE.p.z, 0.012, 1e-12) << "8 mm deep";
  EXPECT_NEAR(plan[7].X_WE.p.z, 0.012 + 0.328 / 3, 1e-12) << "a straight line";
  EXPECT_LT(Norm(plan[12].X_WE.p - Vec3(0.6, 0.3, 0.37)), 1e-12);
  EXPECT_LT(Norm(plan[15].X_WE.p - place.p), 1e-12);
  EXPECT_LT(AngleBetween(plan[15].X_WE.q, place.q), 1e-6);
  for (size_t i = 0; i < plan.size(); ++i) EXPECT_EQ(plan[i].command, i == 6 || i == 15) << i;
}

TEST(PushWaypoints, AreFivePosesAndSlowOnTheTable) {
  const Pose now(Vec3(0.49, 0.1, 0.3)), from(Vec3(0.4, 0, 0)), to(Vec3(0.6, 0, 0));
  const auto plan = PushWaypoints(now, from, to, 2);
  ASSERT_EQ(plan.size(), 4u * 2 + 1);
  EXPECT_LT(Norm(plan[2].X_WE.p - Vec3(0.38, 0, 0.31)), 1e-12) << "2 cm behind";
  EXPECT_LT(Norm(plan[4].X_WE.p - Vec3(0.38, 0, 0.005)), 1e-12);
  EXPECT_LT(Norm(plan[6].X_WE.p - Vec3(0.55, 0, 0.005)), 1e-12) << "5 cm short";
  EXPECT_LT(Norm(plan[8].X_WE.p - Vec3(0.55, 0, 0.31)), 1e-12);
  for (size_t i = 0; i < plan.size(); ++i) EXPECT_EQ(plan[i].command, i >= 4 && i <= 6) << i;
  const auto none = PushWaypoints(now, from, from, 2);
  ASSERT_EQ(none.size(), 1u);
  EXPECT_EQ(none[0].X_WE, now);
  EXPECT_FALSE(PlanPush(from, from).has_value());
}

}  // namespace
}  // namespace rookery
