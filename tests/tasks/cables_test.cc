// The rope and the cables: beads, targets, hidden goals.
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Counts = std::map<std::string, int>;

constexpr double kPitch = 0.014142135623730951;
constexpr int kResets = 20;

// Neighbours hang together: no joint is longer than its slack.
void ExpectJoined(const Made& made, const Goal& goal, bool closed) {
  const size_t n = goal.objects.size();
  for (size_t i = 0; i + (closed ? 0 : 1) < n; ++i) {
    const Vec3 d =
        made.PoseOf(goal.objects[i].body).p - made.PoseOf(goal.objects[(i + 1) % n].body).p;
    EXPECT_NEAR(Norm(d), kPitch, 2e-3) << i;
  }
}

TEST(HeavyManipulatingRopeAudit, SceneAndGoals) {
  Made made("ManipulatingRope");
  for (uint64_t seed = 0; seed < kResets; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made),
              (Counts{{"fixed rope/sides3-template.urdf", 1}, {"rigid rope/bead.urdf", 20}}));
    const Goal& goal = made.task->goals()[0];
    ASSERT_EQ(goal.objects.size(), 20u);
    ASSERT_EQ(goal.targets.size(), 20u);
    EXPECT_FALSE(goal.replace);
    EXPECT_FALSE(goal.rotations);
    EXPECT_EQ(goal.metric, Goal::Metric::kPose);
    EXPECT_DOUBLE_EQ(goal.position_tolerance, 0.02);
    EXPECT_DOUBLE_EQ(goal.max_reward, 1);
    const Pose X_SW = made.task->world().physics().BodyPose(5).Inverse();
    for (size_t i = 0; i < 20; ++i) {
      EXPECT_EQ(goal.objects[i].symmetry, 0);
      const Vec3 p = X_SW * goal.targets[i].p;
      const double half = 0.28284271247461906 / 2;
      EXPECT_NEAR(p.x, half - (static_cast<double>(i) + 0.5) * kPitch, 1e-9);
      EXPECT_NEAR(p.y, half, 1e-9);
      EXPECT_NEAR(p.z, 0.001, 1e-9);
      for (size_t j = 0; j < 20; ++j) EXPECT_EQ(goal.Allowed(i, j), j == i || j == 19 - i);
      const Vec3 bead = made.PoseOf(goal.objects[i].body).p;
      EXPECT_LT(bead.z, 0.05) << "has fallen over";
      EXPECT_GT(bead.z, -0.001);
    }
    ExpectJoined(made, goal, /*closed=*/false);
    EXPECT_EQ(made.task->world().physics().State().constraints.size(), 20u)
        << "19 joints and the suction head's";
  }
}

TEST(HeavyCableShapeAudit, SceneAndGoals) {
  Made made("CableShape");
  std::set<std::string> shapes;
  for (uint64_t seed = 0; seed < kResets; ++seed) {
    made.env->Reset(seed, &made.result);
    const auto count = Count(made);
    EXPECT_EQ(count.at("rigid rope/bead.urdf"), 24);
    ASSERT_EQ(count.size(), 2u);
    shapes.insert(count.begin()->first);
    const Goal& goal = made.task->goals()[0];
    ASSERT_EQ(goal.targets.size(), 24u);
    EXPECT_TRUE(goal.matches.empty()) << "any bead at any target";
    EXPECT_DOUBLE_EQ(goal.position_tolerance, 0.0175);
    // Along the path neighbours are a pitch apart, or nearer around a corner.
    for (size_t i = 0; i + 1 < 24; ++i) {
      const double d = Norm(goal.targets[i].p - goal.targets[i + 1].p);
      EXPECT_LE(d, kPitch + 1e-9);
      EXPECT_GE(d, kPitch / std::sqrt(2) - 1e-9);
    }
    ExpectJoined(made, goal, /*closed=*/false);
  }
  EXPECT_EQ(shapes, (std::set<std::string>{"fixed rope/sides2-template.urdf",
                                           "fixed rope/sides3-template.urdf",
                                           "fixed rope/sides4-template.urdf"}));
}

TEST(HeavyCableLineAudit, TargetsAreALine) {
  Made made("CableLine");
  for (uint64_t seed = 0; seed < kResets; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (Counts{{"rigid rope/bead.urdf", 24}})) << "nothing marks the line";
    const auto& targets = made.task->goals()[0].targets;
    EXPECT_NEAR(Norm(targets[23].p - targets[0].p), 23 * kPitch, 1e-9);
  }
}

TEST(HeavyCableRingAudit, SceneAndGoals) {
  Made made("CableRing");
  for (uint64_t seed = 0; seed < kResets; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (Counts{{"fixed rope/ring.urdf", 1}, {"rigid rope/bead.urdf", 32}}));
    const Goal& goal = made.task->goals()[0];
    EXPECT_EQ(goal.metric, Goal::Metric::kHull);
    EXPECT_NEAR(goal.hull_area, 0.75 * kPi * 0.075 * 0.075, 1e-12);
    const Vec3 center = made.PoseOf(5).p;
    for (const Pose& target : goal.targets) {
      EXPECT_NEAR(std::hypot(target.p.x - center.x, target.p.y - center.y), 0.075, 1e-9);
    }
    EXPECT_LT(EarnedReward(goal, made.task->world().physics(), false), 0.99) << "not solved yet";
    ExpectJoined(made, goal, /*closed=*/true);
    for (size_t i = 0; i < 32; ++i) {
      made.task->world().physics().SetBodyPose(goal.objects[i].body, goal.targets[i]);
    }
    EXPECT_DOUBLE_EQ(EarnedReward(goal, made.task->world().physics(), false), 1);
  }
}

// A hidden target is the same place, without a mark, and observations show the goal.
TEST(HeavyHiddenTargets, AreDrawnInTheGoalImageOnly) {
  Made shown("CableShape"), hidden("CableShape", {"observe=heightmap", "target=hidden"});
  shown.env->Reset(3, &shown.result);
  hidden.env->Reset(3, &hidden.result);
  EXPECT_EQ(shown.task->goals()[0].targets, hidden.task->goals()[0].targets);
  EXPECT_EQ(shown.result.observation.Find("goal.heightmap.rgb"), nullptr);
  EXPECT_EQ(hidden.task->world().objects().size(), 24u);
  const Array* rgb = hidden.result.observation.Find("goal.heightmap.rgb");
  ASSERT_NE(rgb, nullptr);
  // The cable is blue where it belongs.
  int blue = 0;
  for (const Pose& target : hidden.task->goals()[0].targets) {
    const auto row = static_cast<size_t>((target.p.y + 0.5) / 0.003125);
    const auto column = static_cast<size_t>((target.p.x - 0.25) / 0.003125);
    const auto pixel = rgb->As<uint8_t>().subspan(3 * (row * 160 + column), 3);
    if (pixel[2] > pixel[0] + 30) ++blue;
  }
  EXPECT_GE(blue, 20) << "of 22";
  EXPECT_THAT([&] { shown.env->Load(hidden.env->Save()); },
              ThrowsMessage<UserError>(HasSubstr("target=hidden")));
}

// In the published test a goal episode's last state is the goal.
TEST(HeavyHiddenTargets, ComeFromAGoalEpisode) {
  Made goal_episode("CableLine"), made("CableLine");
  goal_episode.env->Reset(1, &goal_episode.result);
  const Array objects = goal_episode.result.info.at("objects").Clone();
  made.env->Reset(2, {{"goal.objects", objects}}, &made.result);
  const Goal& goal = made.task->goals()[0];
  const auto rows = objects.As<double>();
  for (size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(goal.targets[i].p, Vec3(rows[10 * i], rows[10 * i + 1], rows[10 * i + 2]));
  }
  Made drawn("CableLine");
  drawn.env->Reset(2, &drawn.result);
  EXPECT_FALSE(drawn.result.observation.at("goal.heightmap.rgb")
                   .BitEqual(made.result.observation.at("goal.heightmap.rgb")));

  EXPECT_THAT(
      [&] {
        made.env->Reset(2, {{"goal.objects", Array::Scalar(1.0)}}, &made.result);
      },
      ThrowsMessage<UserError>(HasSubstr("(64, 10)")));
  EXPECT_THAT(
      [&] {
        made.env->Reset(2, {{"goal.objects", Array(DType::kFloat64, {64, 10})}}, &made.result);
      },
      ThrowsMessage<UserError>(HasSubstr("has no pose of object 0")));
  Made visible("CableShape");
  EXPECT_THAT(
      [&] {
        visible.env->Reset(2, {{"goal.objects", objects}}, &visible.result);
      },
      ThrowsMessage<UserError>(HasSubstr("goal.objects")));
}

}  // namespace
}  // namespace rookery::testing
