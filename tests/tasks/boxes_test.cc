// Palletizing, packing and sweeping: zones, boxes that appear, pushes.
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using Counts = std::map<std::string, int>;

TEST(HeavyPackingBoxesAudit, SceneAndGoals) {
  Made made("PackingBoxes");
  std::set<size_t> numbers;
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    ASSERT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    const size_t n = goal.objects.size();
    numbers.insert(n);
    EXPECT_EQ(Count(made), (Counts{{"fixed container/container-template.urdf", 1},
                                   {"rigid box/box-template.urdf", static_cast<int>(n)}}));
    ExpectOnTheTable(made);
    ASSERT_EQ(goal.zones.size(), 1u);
    const auto& [X_WC, size] = goal.zones[0];
    for (int i = 0; i < 2; ++i) {
      EXPECT_GE(size[i], 0.05);
      EXPECT_LE(size[i], 0.3);
    }
    EXPECT_EQ(size.z, 0.05);
    EXPECT_DOUBLE_EQ(X_WC.p.z, 0.025);
    EXPECT_TRUE(Same(X_WC, made.PoseOf(5)));
    EXPECT_EQ(goal.metric, Goal::Metric::kZone);
    EXPECT_FALSE(goal.replace);
    EXPECT_TRUE(goal.rotations);
    EXPECT_EQ(goal.matches, OneToOne(n));
    // The boxes fill the container but for the margins: area by area.
    double area = 0;
    for (size_t i = 0; i < n; ++i) {
      const BodyId box = goal.objects[i].body;
      const Vec3 d = made.task->world().physics().VisualDimensions(box);
      EXPECT_EQ(goal.objects[i].symmetry, 0);
      EXPECT_EQ(goal.objects[i].points, BoxPoints(d));
      area += d.x * d.y;
      for (int k = 0; k < 2; ++k) EXPECT_LE(d[k], 0.1 + 1e-12);
      EXPECT_NEAR(d.z, 0.05, 1e-12);
      // As published, 25 mm above the container's floor.
      const Vec3 p = X_WC.Inverse() * goal.targets[i].p;
      EXPECT_NEAR(p.z, 0.025, 1e-12);
      EXPECT_LE(std::abs(p.x) + d.x / 2, size.x / 2 - 0.01 + 1e-9);
      EXPECT_LE(std::abs(p.y) + d.y / 2, size.y / 2 - 0.01 + 1e-9);
      const Vec3 start = X_WC.Inverse() * made.PoseOf(box).p;
      EXPECT_TRUE(std::abs(start.x) > size.x / 2 || std::abs(start.y) > size.y / 2) << "outside";
    }
    const double inner = (size.x - 0.02) * (size.y - 0.02);
    EXPECT_LE(area, inner + 1e-12);
    EXPECT_GE(area, 0.7 * inner);
    EXPECT_EQ(EarnedReward(goal, made.task->world().physics(), false), 0);
    // Where they were cut, all of them count.
    for (size_t i = 0; i < n; ++i) {
      made.task->world().physics().SetBodyPose(goal.objects[i].body, goal.targets[i]);
    }
    EXPECT_DOUBLE_EQ(EarnedReward(goal, made.task->world().physics(), false), 1);
  }
  EXPECT_EQ(*numbers.begin(), 1u);
  EXPECT_GE(*numbers.rbegin(), 8u);
  EXPECT_LE(*numbers.rbegin(), 25u);
}

TEST(HeavyPalletizingBoxesAudit, SceneAndGoals) {
  Made made("PalletizingBoxes");
  for (uint64_t seed = 0; seed < kAudits / 20; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made),
              (Counts{{"fixed pallet/pallet.urdf", 1}, {"rigid box/box-template.urdf", 18}}));
    ASSERT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    ASSERT_EQ(goal.objects.size(), 18u);
    ASSERT_EQ(goal.targets.size(), 18u);
    EXPECT_EQ(goal.matches, OneToOne(18));
    EXPECT_EQ(goal.metric, Goal::Metric::kZone);
    EXPECT_FALSE(goal.replace);
    EXPECT_TRUE(goal.rotations);
    ASSERT_EQ(goal.zones.size(), 1u);
    EXPECT_TRUE(Same(goal.zones[0].X_WZ, Pose(Vec3(0.5, 0.25, 0.02))));
    EXPECT_EQ(goal.zones[0].size, Vec3(0.3, 0.25, 0.25));
    const PhysicsWorld& physics = made.task->world().physics();
    const double narrow = 0.17 / 3, wide = 0.09;
    int spawned = 0;
    for (size_t i = 0; i < 18; ++i) {
      const BodyId box = goal.objects[i].body;
      const size_t layer = i / 6;
      const Vec3 d = physics.VisualDimensions(box);
      EXPECT_NEAR(d.x, layer == 1 ? wide : narrow, 1e-9);
      EXPECT_NEAR(d.y, layer == 1 ? narrow : wide, 1e-9);
      EXPECT_NEAR(d.z, narrow, 1e-9);
      EXPECT_EQ(goal.objects[i].points.size(), 5u * 3u * 3u);
      // Targets are in the order of removal: the top layer first.
      EXPECT_NEAR(goal.targets[i].p.z,
                  0.02 + 0.03 + (2.5 - static_cast<double>(layer)) * narrow +
                      0.01 * (2 - static_cast<double>(layer)),
                  1e-9);
      const Vec3 p = made.PoseOf(box).p;
      if (p.y > -0.5) {
        ++spawned;
        EXPECT_LT(layer, 1u) << "the lowest layer comes first";
        EXPECT_NEAR(p.x, 0.5, 0.02);
        EXPECT_NEAR(p.y, -0.25, 0.02);
        EXPECT_NEAR(p.z, narrow / 2, 5e-3) << "has landed";
      } else {
        EXPECT_LT(p.y, -9);
      }
    }
    EXPECT_EQ(spawned, 1);
  }
}

// As published: the boxes that wait come one at a time, and after the last there is one action.
TEST(HeavyPalletizingBoxes, BoxesAppearWhenTheirPlaceIsFreeAndTheLastIsTheLastAction) {
  Made made("PalletizingBoxes");
  made.env->Reset(7, &made.result);
  PhysicsWorld& physics = made.task->world().physics();
  const Goal goal = made.task->goals()[0];
  const auto on_table = [&] {
    std::vector<size_t> boxes;
    for (size_t i = 0; i < 18; ++i) {
      const double y = physics.ComPose(goal.objects[i].body).p.y;
      if (y > -0.5 && y <= 0) boxes.push_back(i);
    }
    return boxes;
  };
  const ArrayMap nothing = ActionOf(Pose(Vec3(0.3, 0.4, 0)), Pose(Vec3(0.3, 0.4, 0)));
  const std::vector<size_t> first = on_table();
  ASSERT_EQ(first.size(), 1u);
  made.env->Step(nothing, &made.result);
  EXPECT_EQ(on_table(), first) << "none comes while one is there";
  std::set<size_t> seen;
  for (int i = 0; i < 18; ++i) {
    const std::vector<size_t> now = on_table();
    ASSERT_EQ(now.size(), 1u) << i;
    EXPECT_TRUE(seen.insert(now[0]).second) << "each appears once";
    EXPECT_FALSE(made.result.terminated);
    // Away with it, by hand, out of the zone.
    physics.SetBodyPose(goal.objects[now[0]].body, Pose(Vec3(2, -2 - 0.2 * i, 0.03)));
    made.env->Step(nothing, &made.result);
    EXPECT_EQ(made.result.reward, 0);
  }
  EXPECT_TRUE(made.result.terminated) << "one action for the last box";
  EXPECT_EQ(made.result.info.at("success").AsDouble(), 0);
}

TEST(HeavyPalletizingBoxes, SnapshotsKnowWhichBoxesWait) {
  Made made("PalletizingBoxes"), other("PalletizingBoxes");
  made.env->Reset(3, &made.result);
  other.env->Reset(4, &other.result);
  Rng rng(1);
  ArrayMap action;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(made.env->OracleAction(&rng, &action));
    made.env->Step(action, &made.result);
  }
  other.env->Load(made.env->Save());
  Rng rng_other = rng;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(made.env->OracleAction(&rng, &action));
    made.env->Step(action, &made.result);
    ASSERT_TRUE(other.env->OracleAction(&rng_other, &action));
    other.env->Step(action, &other.result);
    EXPECT_TRUE(made.result.info.BitEqual(other.result.info));
  }
  EXPECT_EQ(made.env->Save(), other.env->Save());
  // A damaged one changes nothing, also not the boxes that wait.
  const std::string before = made.env->Save();
  const std::string foreign = before.substr(0, before.size() - 10);
  EXPECT_THROW(made.env->Load(foreign), UserError);
  EXPECT_EQ(made.env->Save(), before);
}

TEST(HeavySweepingPilesAudit, SceneAndGoals) {
  Made made("SweepingPiles");
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (Counts{{"fixed zone/zone.urdf", 1}, {"rigid block/small.urdf", 50}}));
    ExpectOnTheTable(made);
    ASSERT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    EXPECT_EQ(goal.objects.size(), 50u);
    ASSERT_EQ(goal.targets.size(), 1u);
    EXPECT_EQ(goal.targets[0].p.z, 0);
    EXPECT_TRUE(Same(goal.targets[0], made.PoseOf(4))) << "objects begin at body 4";
    EXPECT_TRUE(goal.replace);
    EXPECT_FALSE(goal.rotations);
    EXPECT_TRUE(goal.matches.empty());
    EXPECT_EQ(goal.metric, Goal::Metric::kZone);
    EXPECT_EQ(goal.zones[0].size, Vec3(0.12, 0.12, 0));
    for (const Goal::Object& cube : goal.objects) {
      EXPECT_EQ(cube.points, std::vector<Vec3>{Vec3(-0.005, -0.005, -0.005)});
      EXPECT_EQ(cube.symmetry, 0);
      const Vec3 p = made.PoseOf(cube.body).p;
      EXPECT_NEAR(p.x, 0.5, 0.13);
      EXPECT_NEAR(p.y, 0, 0.13);
    }
  }
}

TEST(HeavySweepingPiles, PushesOfLengthZeroAreIgnored) {
  Made made("SweepingPiles");
  made.env->Reset(5, &made.result);
  const double steps = made.result.info.at("physics_steps").AsDouble();
  const double share = EarnedReward(made.task->goals()[0], made.task->world().physics(), false);
  const Pose here({0.5, 0.2, 0.02}, QuatFromYaw(1));
  for (int i = 0; i < 2; ++i) {
    made.env->Step(ActionOf(here, Pose(Vec3(0.5, 0.2, 0.1))), &made.result);
    EXPECT_EQ(made.result.info.at("failure").AsDouble(), 2);
    EXPECT_NEAR(made.result.reward, i == 0 ? share : 0, 1e-12);
    EXPECT_FALSE(made.result.terminated);
    EXPECT_EQ(made.result.info.at("physics_steps").AsDouble(), steps);
  }
}

TEST(HeavySweepingPiles, PushesMoveWhatIsInTheWay) {
  Made made("SweepingPiles");
  made.env->Reset(5, &made.result);
  const auto& cubes = made.task->goals()[0].objects;
  const auto mean_y = [&] {
    double sum = 0;
    for (const auto& cube : cubes) sum += made.PoseOf(cube.body).p.y;
    return sum / 50;
  };
  const double before = mean_y();
  made.env->Step(ActionOf(Pose(Vec3(0.5, -0.15, 0)), Pose(Vec3(0.5, 0.3, 0))), &made.result);
  EXPECT_EQ(made.result.info.at("failure").AsDouble(), 0);
  EXPECT_GT(mean_y(), before + 0.02);
}

}  // namespace
}  // namespace rookery::testing
