// Strict scoring: solvable, and not fooled.
#include <gtest/gtest.h>

#include "core/step_loop.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

class StrictTask : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ravens, StrictTask,
                         ::testing::Values("BlockInsertion", "PlaceRedInGreen", "AlignBoxCorner",
                                           "StackBlockPyramid"),
                         [](const auto& task) { return task.param; });

TEST_P(StrictTask, OracleSolvesIt) {
  constexpr int kEpisodes = 10;  // test seeds 1, 3, ...
  const auto env = MakeEnv(GetParam(), {"observe=heightmap", "strict=true"});
  const auto oracle = MakeAgent("oracle", env->spec(), 0);
  StepLoop loop(env.get(), oracle.get());
  int solved = 0;
  for (uint64_t seed = 1; seed < 2 * kEpisodes; seed += 2) {
    if (loop.RunEpisode(seed).success) ++solved;
  }
  // Some pyramids topple, as they do without strict scoring.
  EXPECT_GE(solved, GetParam() == "StackBlockPyramid" ? kEpisodes - 2 : kEpisodes);
}

TEST(StrictScoring, WantsBlocksInTheBowl) {
  Made made("PlaceRedInGreen");
  for (uint64_t seed = 0; seed < 10; ++seed) {
    made.env->Reset(seed, &made.result);
    Goal goal = made.task->goals()[0];
    goal.objects.resize(1);
    PhysicsWorld& physics = made.task->world().physics();
    const BodyId block = goal.objects[0].body;
    const Pose &X_WBowl = goal.targets[0], &middle = goal.rest_targets[0];
    const auto earned = [&](bool strict) { return EarnedReward(goal, physics, strict); };

    // Beside the bowl, on the side where its frame is: 4.9 cm from the frame, 7.5 cm from the axis.
    const Vec3 beside = Normalized(Vec3(X_WBowl.p.x - middle.p.x, X_WBowl.p.y - middle.p.y, 0));
    physics.SetBodyPose(block, Pose(X_WBowl.p + beside * 0.049 + Vec3(0, 0, 0.019)));
    EXPECT_EQ(earned(false), 1) << "as published";
    EXPECT_EQ(earned(true), 0);
    // Let fall into it, also askew.
    for (const double askew : {0.0, 0.02}) {
      physics.SetBodyPose(block, Pose(middle.p + beside * askew + Vec3(0, 0, 0.02)));
      made.task->world().Wait(1);
      ASSERT_TRUE(made.task->world().Settle());
      EXPECT_EQ(earned(true), 1) << seed << ": " << physics.BodyPose(block).p.z;
    }
    // On top of another one.
    physics.SetBodyPose(block, Pose(middle.p + Vec3(0, 0, 0.04)));
    EXPECT_EQ(earned(true), 0);
    EXPECT_EQ(earned(false), 1);
  }
}

TEST(StrictScoring, WantsThePyramidToStand) {
  Made made("StackBlockPyramid");
  made.env->Reset(5, &made.result);
  PhysicsWorld& physics = made.task->world().physics();
  // Blocks that stand where they should; they stay there for a second.
  for (const Goal& goal : made.task->goals()) {
    for (size_t i = 0; i < goal.objects.size(); ++i) {
      physics.SetBodyPose(goal.objects[i].body, goal.rest_targets[i]);
    }
  }
  made.task->world().Wait(480);
  for (const Goal& goal : made.task->goals()) {
    EXPECT_DOUBLE_EQ(EarnedReward(goal, physics, true), goal.max_reward);
    EXPECT_DOUBLE_EQ(EarnedReward(goal, physics, false), goal.max_reward);
    for (size_t i = 0; i < goal.objects.size(); ++i) {
      EXPECT_LT(Norm(made.PoseOf(goal.objects[i].body).p - goal.rest_targets[i].p), 1e-3);
    }
  }
  // The top block on the table, under its place: the published rule does not mind.
  const Goal& top = made.task->goals()[2];
  Pose low = top.rest_targets[0];
  low.p.z = 0.019;
  physics.SetBodyPose(top.objects[0].body, low);
  EXPECT_DOUBLE_EQ(EarnedReward(top, physics, false), top.max_reward);
  EXPECT_EQ(EarnedReward(top, physics, true), 0);
}

TEST(StrictScoring, WantsTheBoxToLieFlat) {
  Made made("AlignBoxCorner");
  made.env->Reset(3, &made.result);
  PhysicsWorld& physics = made.task->world().physics();
  const Goal& goal = made.task->goals()[0];
  const BodyId box = goal.objects[0].body;
  for (const Pose& rest : goal.rest_targets) {
    physics.SetBodyPose(box, rest);
    made.task->world().Wait(240);
    EXPECT_LT(Norm(physics.ComPose(box).p - rest.p), 2e-4);
    EXPECT_EQ(EarnedReward(goal, physics, true), 1);
    Pose edge = rest;
    edge.q = edge.q * QuatFromRpy(0.4, 0, 0);
    physics.SetBodyPose(box, edge);
    EXPECT_EQ(EarnedReward(goal, physics, true), 0);
  }
}

}  // namespace
}  // namespace rookery::testing
