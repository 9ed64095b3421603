#include "tasks/ravens/goal.h"

#include <gtest/gtest.h>

#include "tasks/ravens/free_space.h"

namespace rookery {
namespace {

TEST(PosesMatch, ComparesPositionInThePlaneAndYaw) {
  const Goal goal;
  const Pose target = Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0);
  const auto match = [&](const Pose& P, double symmetry, bool strict = false) {
    return PosesMatch(goal, P, target, {.symmetry = symmetry}, strict);
  };
  EXPECT_TRUE(match(target, kNoSymmetry));
  EXPECT_TRUE(match(Pose::FromXyYaw(0.507, 0.107, 0.02, 1.0), kNoSymmetry));
  EXPECT_FALSE(match(Pose::FromXyYaw(0.508, 0.108, 0.02, 1.0), kNoSymmetry)) << "11 mm away";
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.9, 1.0), kNoSymmetry)) << "height is ignored";
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.25), kNoSymmetry)) << "14.3 degrees";
  EXPECT_FALSE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.27), kNoSymmetry)) << "15.5 degrees";
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0 - 2 * kPi + 0.2), kNoSymmetry));
  EXPECT_FALSE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0 + kPi / 2), kNoSymmetry));
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0 + kPi / 2), kPi / 2)) << "a square";
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0 - 1.5 * kPi + 0.2), kPi / 2));
  EXPECT_FALSE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0 + kPi / 4), kPi / 2));
  EXPECT_TRUE(match(Pose::FromXyYaw(0.5, 0.1, 0.02, 2.1), 0)) << "any yaw";
}

TEST(PosesMatch, StrictAlsoComparesHeightAndTilt) {
  const Goal goal;
  const Pose target = Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0);
  const Pose high = Pose::FromXyYaw(0.5, 0.1, 0.031, 1.0);
  Pose tilted = target;
  tilted.q = tilted.q * QuatFromRpy(0.3, 0, 0);
  for (const Pose& P : {high, tilted}) {
    EXPECT_TRUE(PosesMatch(goal, P, target, {}, false));
    EXPECT_FALSE(PosesMatch(goal, P, target, {}, true));
  }
  EXPECT_TRUE(PosesMatch(goal, tilted, target, {.symmetry = 0}, true)) << "any orientation is fine";
}

TEST(PosesMatch, StrictTargetsAreWhereThingsRest) {
  Goal goal;
  goal.targets = {Pose(Vec3(0.5, 0.1, 0.13))};
  EXPECT_EQ(goal.Targets(true), goal.targets) << "the same, if nothing else is said";
  goal.rest_targets = {Pose(Vec3(0.5, 0.1, 0.105))};
  EXPECT_EQ(goal.Targets(false), goal.targets);
  EXPECT_EQ(goal.Targets(true), goal.rest_targets);
  const Pose high(Vec3(0.5, 0.1, 0.12));
  EXPECT_FALSE(PosesMatch(goal, high, goal.Targets(true)[0], {.symmetry = 0}, true)) << "1.5 cm";
  goal.height_tolerance = 0.02;
  EXPECT_TRUE(PosesMatch(goal, high, goal.Targets(true)[0], {.symmetry = 0}, true));
}

TEST(PosesMatch, StrictCubesMayLieOnAnyFace) {
  const Goal goal;
  const Pose target = Pose::FromXyYaw(0.5, 0.1, 0.02, 1.0);
  const Goal::Object cube{.symmetry = kPi / 2, .cube = true}, box{.symmetry = kPi / 2};
  Rng rng(4);
  for (int roll = 0; roll < 4; ++roll) {
    for (int pitch = 0; pitch < 4; ++pitch) {
      for (int yaw = 0; yaw < 4; ++yaw) {
        Pose P = target;
        P.q = P.q * QuatFromRpy(roll * kPi / 2, pitch * kPi / 2, yaw * kPi / 2);
        EXPECT_TRUE(PosesMatch(goal, P, target, cube, true));
        EXPECT_EQ(PosesMatch(goal, P, target, box, true), (roll + pitch) % 4 == 0 && roll % 2 == 0);
        // Off by less and by more than 15 degrees.
        const Vec3 axis = Normalized(Vec3(rng.Normal(), rng.Normal(), rng.Normal()));
        Pose askew = P;
        askew.q = P.q * AxisAngle(axis, 0.25);
        EXPECT_TRUE(PosesMatch(goal, askew, target, cube, true));
        askew.q = P.q * AxisAngle(axis, 0.27);
        EXPECT_FALSE(PosesMatch(goal, askew, target, cube, true));
      }
    }
  }
}

class EarnedRewardTest : public ::testing::Test {
 protected:
  BodyId Block(double x, double y, double yaw = 0) {
    return world_.LoadUrdf("block/block.urdf", Pose::FromXyYaw(x, y, 0.02, yaw));
  }
  PhysicsWorld world_{1.0 / 240};
};

TEST_F(EarnedRewardTest, CountsObjectsAtAllowedTargets) {
  Goal goal;
  goal.max_reward = 0.5;
  goal.objects = {{.body = Block(0.4, 0)}, {.body = Block(0.5, 0)}, {.body = Block(0.7, 0.3)}};
  goal.targets = {Pose(Vec3(0.4, 0, 0.02)), Pose(Vec3(0.5, 0, 0.02)), Pose(Vec3(0.6, 0, 0.02))};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 0.5 * 2 / 3);
  goal.matches = {0, 1, 1, /**/ 1, 1, 1, /**/ 1, 1, 1};  // the first may not be where it is
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 0.5 * 1 / 3);
}

TEST_F(EarnedRewardTest, OnlyStrictWantsATargetForEachObject) {
  Goal goal;
  goal.objects = {{.body = Block(0.4, 0)}, {.body = Block(0.404, 0)}};
  goal.targets = {Pose(Vec3(0.4, 0, 0.02)), Pose(Vec3(0.6, 0, 0.02))};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 1.0) << "as published";
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, true), 0.5);
  goal.replace = true;
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, true), 1.0);
  // An assignment needs a rearrangement: the first fits both, the second only one.
  goal.replace = false;
  goal.targets = {Pose(Vec3(0.402, 0, 0.02)), Pose(Vec3(0.393, 0, 0.02))};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, true), 1.0);
}

TEST_F(EarnedRewardTest, ZonesCountPoints) {
  Goal goal;
  goal.metric = Goal::Metric::kZone;
  const std::vector<Vec3> points = BoxPoints({0.04, 0.04, 0.04});
  ASSERT_EQ(points.size(), 8u);
  goal.objects = {{.body = Block(0.5, 0), .points = points},
                  {.body = Block(0.6, 0.3), .points = points}};
  goal.zones = {{Pose(Vec3(0.5, 0, 0.02)), {0.1, 0.1, 0.05}}};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 0.5);
  goal.zones = {{Pose(Vec3(0.44, 0, 0.02)), {0.1, 0.1, 0.05}}};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 0.25) << "one side of the first";
  goal.zones = {{Pose(Vec3(0.5, 0, -0.29)), {0.1, 0.1, 0.05}}};
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 0.25) << "below 0.3 m over the zone";
}

TEST_F(EarnedRewardTest, HullsCountTheirArea) {
  Goal goal;
  goal.metric = Goal::Metric::kHull;
  goal.hull_area = 0.02;
  for (const double x : {0.4, 0.45, 0.5}) {
    for (const double y : {0.0, 0.1}) goal.objects.push_back({.body = Block(x, y)});
  }
  EXPECT_NEAR(EarnedReward(goal, world_, false), 0.5, 1e-12) << "0.1 m x 0.1 m";
  goal.hull_area = 0.005;
  EXPECT_DOUBLE_EQ(EarnedReward(goal, world_, false), 1) << "more does not count";
}

TEST(ConvexHull, Areas) {
  EXPECT_EQ(ConvexHullArea({}), 0);
  EXPECT_EQ(ConvexHullArea({{1, 1}}), 0);
  EXPECT_NEAR(ConvexHullArea({{0, 0}, {1, 1}, {2, 2}}), 0, 1e-12) << "a line";
  EXPECT_NEAR(ConvexHullArea({{0, 0}, {2, 0}, {1, 0.2}, {0, 3}, {0.5, 0.5}}), 3, 1e-12);
}

TEST(OneToOneMatches, GiveEachItsOwn) {
  EXPECT_EQ(OneToOne(3), (std::vector<uint8_t>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST(BoxPoints, AreAGridWithoutItsUpperEnds) {
  EXPECT_EQ(BoxPoints({0.09, 0.0567, 0.05}).size(), 5u * 3u * 3u);
  const std::vector<Vec3> small = BoxPoints({0.01, 0.01, 0.01});
  ASSERT_EQ(small.size(), 1u);
  EXPECT_DOUBLE_EQ(small[0].x, -0.005);
}

TEST(Goal, SurvivesSaving) {
  Goal goal;
  goal.objects = {{.body = 7, .symmetry = 0.5, .points = {{1, 2, 3}, {4, 5, 6}}},
                  {.body = 9, .cube = true}};
  goal.targets = {Pose::FromXyYaw(1, 2, 3, 0.4)};
  goal.matches = {1, 0};
  goal.replace = true;
  goal.rotations = false;
  goal.metric = Goal::Metric::kZone;
  goal.zones = {{Pose(Vec3(1, 2, 3)), {4, 5, 6}}};
  goal.hull_area = 0.1;
  goal.max_reward = 0.25;
  goal.position_tolerance = 0.05;
  goal.rotation_tolerance = 0.1;
  goal.rest_targets = {Pose(Vec3(7, 8, 9))};
  goal.height_tolerance = 0.02;
  ByteWriter first, second;
  SaveGoal(goal, &first);
  ByteReader in(first.bytes());
  const Goal loaded = LoadGoal(&in);
  EXPECT_TRUE(in.AtEnd());
  SaveGoal(loaded, &second);
  EXPECT_EQ(first.bytes(), second.bytes());
  EXPECT_EQ(loaded.objects[0].points[1], Vec3(4, 5, 6));
  EXPECT_EQ(loaded.zones[0].size, Vec3(4, 5, 6));
  EXPECT_FALSE(loaded.Allowed(1, 0));
  EXPECT_FALSE(loaded.objects[0].cube);
  EXPECT_TRUE(loaded.objects[1].cube);
  EXPECT_DOUBLE_EQ(loaded.hull_area, 0.1);
  EXPECT_DOUBLE_EQ(loaded.position_tolerance, 0.05);
  EXPECT_EQ(loaded.rest_targets[0].p, Vec3(7, 8, 9));
  EXPECT_DOUBLE_EQ(loaded.height_tolerance, 0.02);
}

// Erosion by its definition.
std::vector<uint8_t> SlowErosion(const std::vector<uint8_t>& occupied, int rows, int columns,
                                 int size) {
  std::vector<uint8_t> out(occupied.size(), 1);
  const auto at = [columns](int r, int c) { return static_cast<size_t>(r * columns + c); };
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      for (int dr = -size / 2; dr < size - size / 2; ++dr) {
        for (int dc = -size / 2; dc < size - size / 2; ++dc) {
          const int y = r + dr, x = c + dc;
          if (y < 0 || x < 0 || y >= rows || x >= columns) continue;
          const bool border = y == 0 || x == 0 || y == rows - 1 || x == columns - 1;
          if (border || occupied[at(y, x)] != 0) out[at(r, c)] = 0;
        }
      }
    }
  }
  return out;
}

TEST(FreeSpace, ErosionIsExact) {
  Rng rng(5);
  constexpr int kRows = 31, kColumns = 24;
  for (const int size : {1, 2, 5, 8, 30}) {
    std::vector<uint8_t> occupied(kRows * kColumns, 0);
    for (int i = 0; i < 8; ++i) occupied[static_cast<size_t>(rng.Integer(kRows * kColumns))] = 1;
    EXPECT_EQ(ErodedFreeSpace(occupied, kRows, kColumns, size),
              SlowErosion(occupied, kRows, kColumns, size))
        << size;
  }
}

TEST(FreeSpace, PosesKeepTheirDistance) {
  std::vector<uint8_t> seen(320 * 160, 0);
  for (int row = 100; row < 140; ++row) {  // an object of 0.125 m, body 7
    for (int column = 60; column < 100; ++column) seen[static_cast<size_t>(row * 160 + column)] = 7;
  }
  const auto is_object = [](int id) { return id == 7; };
  Rng rng(1);
  const Vec3 size(0.06, 0.08, 0.04);  // a diagonal of 0.1
  for (int i = 0; i < 500; ++i) {
    const auto X = SampleFreePose(seen, is_object, size, &rng);
    ASSERT_TRUE(X.has_value());
    EXPECT_DOUBLE_EQ(X->p.z, 0.02);
    EXPECT_GE(X->p.x, 0.25 + 0.05 - 0.004);
    EXPECT_LE(X->p.x, 0.75 - 0.05 + 0.004);
    EXPECT_GE(X->p.y, -0.5 + 0.05 - 0.004);
    EXPECT_LE(X->p.y, 0.5 - 0.05 + 0.004);
    const double row = (X->p.y + 0.5) / 0.003125, column = (X->p.x - 0.25) / 0.003125;
    EXPECT_FALSE(row > 100 - 14 && row < 140 + 14 && column > 60 - 14 && column < 100 + 14);
  }
  std::fill(seen.begin(), seen.end(), uint8_t{7});
  EXPECT_FALSE(SampleFreePose(seen, is_object, size, &rng).has_value());
  EXPECT_FALSE(SampleFreePose(std::vector<uint8_t>(320 * 160, 0), is_object, {0.6, 0, 0}, &rng));
}

}  // namespace
}  // namespace rookery
