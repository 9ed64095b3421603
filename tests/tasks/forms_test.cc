// The other forms of the Ravens tasks: way-points, camera noise, a tool that never turns.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// A task whose object fits nowhere.
class TooBig final : public RavensTask {
 public:
  explicit TooBig(const RavensConfig& config)
      : RavensTask({.id = "Test/TooBig-v0", .max_steps = 1}, config) {}
  int attempts = 0;

 private:
  void BuildScene() override {
    ++attempts;
    FreePose({0.6, 0.1, 0.1});
  }
};

TEST(BuildScene, GivesUpAfterTwentyAttempts) {
  TooBig task{RavensConfig()};
  StepResult result;
  EXPECT_THAT([&] { task.Reset(1, &result); },
              ThrowsMessage<Failure>(HasSubstr("no room for all objects in 20 attempts")));
  EXPECT_EQ(task.attempts, 20);
}

const std::vector<std::string> kContinuous = {"observe=heightmap", "continuous=true"};

void OracleSolvesByWaypoints(const char* id) {
  Made made(id, kContinuous);
  const bool pushes = Pushes(made);
  const int plan = pushes ? 4 * 2 + 1 : 6 * 2 + 1;
  EXPECT_EQ(made.env->spec().max_steps, FindEnv(id).max_steps * 2 * (pushes ? 5 : 7));
  EXPECT_EQ(made.env->spec().action.arrays()[1].name, pushes ? "slowdown_cmd" : "suction_cmd");
  made.env->Reset(1, &made.result);
  Rng rng(3);
  ArrayMap action;
  double sum = 0;
  int64_t left = 0;
  for (int i = 0; !made.result.done() && made.env->OracleAction(&rng, &action); ++i) {
    if (left == 0) left = plan;
    EXPECT_EQ(static_cast<int64_t>(action.at("acts_left").AsDouble()), --left);
    made.env->Step(action, &made.result);
    sum += made.result.reward;
    EXPECT_TRUE(left == 0 || !made.result.terminated) << "in the middle of a plan";
    // The arm arrives, within the joints' tolerance.
    const auto wanted = action.at("move_cmd").As<double>();
    const auto is = made.result.info.at("end_effector").As<double>();
    EXPECT_LT(std::hypot(wanted[0] - is[0], wanted[1] - is[1], wanted[2] - is[2]), 0.03);
    if (pushes && i > 3 * plan) break;  // one episode takes minutes
  }
  if (pushes) return;
  EXPECT_EQ(made.result.info.at("success").AsDouble(), 1) << id;
  EXPECT_NEAR(sum, 1, 0.01) << id;
}

TEST(Continuous, OracleSolvesByWaypoints) {
  for (const char* id : {"BlockInsertion", "AlignBoxCorner"}) OracleSolvesByWaypoints(id);
}

TEST(HeavyContinuous, OraclePushesByWaypoints) { OracleSolvesByWaypoints("SweepingPiles"); }

TEST(Continuous, SnapshotsKeepThePlanAndTheCup) {
  Made made("BlockInsertion", kContinuous), other("BlockInsertion", kContinuous);
  made.env->Reset(1, &made.result);
  Rng rng(3);
  ArrayMap action;
  for (int i = 0; i < 7; ++i) {  // the block is in the air
    ASSERT_TRUE(made.env->OracleAction(&rng, &action));
    made.env->Step(action, &made.result);
  }
  ASSERT_TRUE(made.task->world().gripper().HoldsSomething());
  other.env->Load(made.env->Save());
  Rng rng_other = rng;
  while (!made.result.done()) {
    ASSERT_TRUE(made.env->OracleAction(&rng, &action));
    made.env->Step(action, &made.result);
    ASSERT_TRUE(other.env->OracleAction(&rng_other, &action));
    other.env->Step(action, &other.result);
    ASSERT_TRUE(made.result.observation.BitEqual(other.result.observation));
  }
  EXPECT_EQ(made.env->Save(), other.env->Save());
  Made discrete("BlockInsertion");
  EXPECT_THAT([&] { discrete.env->Load(made.env->Save()); },
              ThrowsMessage<UserError>(HasSubstr("continuous=2")));
}

TEST(Continuous, DiscreteActionsAreRefused) {
  Made made("BlockInsertion", kContinuous);
  made.env->Reset(1, &made.result);
  EXPECT_THAT([&] { made.env->Step(ActionOf(Pose(), Pose()), &made.result); },
              ThrowsMessage<UserError>(HasSubstr("move_cmd")));
}

TEST(Continuous, RandomWaypointsEndAtTheLimit) {
  Made made("BlockInsertion", {"observe=heightmap", "continuous=true", "steps_per_segment=1"});
  made.env->Reset(1, &made.result);
  Rng rng(3);
  int steps = 0;
  while (!made.result.done()) {
    made.env->Step(made.env->spec().action.Sample(&rng), &made.result);
    ++steps;
  }
  EXPECT_EQ(steps, 3 * 7);
  EXPECT_TRUE(made.result.truncated);
}

TEST(CameraNoise, IsOfThePublishedSizeAndRepeatable) {
  Made clean("BlockInsertion", {}), noisy("BlockInsertion", {"camera_noise=true"});
  clean.env->Reset(4, &clean.result);
  noisy.env->Reset(4, &noisy.result);
  const auto deviation = [&](const char* name) {
    const Array& a = clean.result.observation.at(name);
    const Array& b = noisy.result.observation.at(name);
    double sum = 0;
    for (int64_t i = 0; i < a.size(); ++i) sum += std::pow(a.AsDouble(i) - b.AsDouble(i), 2);
    return std::sqrt(sum / static_cast<double>(a.size()));
  };
  EXPECT_NEAR(deviation("left.depth"), 0.003, 1e-4);
  // Less than 3 where colours end at 255.
  EXPECT_GT(deviation("left.rgb"), 2);
  EXPECT_LT(deviation("left.rgb"), 3.1);
  EXPECT_TRUE(clean.result.info.BitEqual(noisy.result.info)) << "the world is the same";
  Made again("BlockInsertion", {"camera_noise=true", "render_threads=2"});
  again.env->Reset(4, &again.result);
  EXPECT_TRUE(again.result.observation.BitEqual(noisy.result.observation));
  const std::string saved = again.env->Save();
  const ArrayMap action = ActionOf(Pose(Vec3(0.5, 0.2, 0)), Pose(Vec3(0.5, 0.3, 0)));
  again.env->Step(action, &again.result);
  noisy.env->Load(saved);
  noisy.env->Step(action, &noisy.result);
  EXPECT_TRUE(again.result.observation.BitEqual(noisy.result.observation));
}

TEST(WithoutRotations, OrientationsAreIgnored) {
  Made a("BlockInsertion", {"observe=heightmap", "rotations=false"});
  Made b("BlockInsertion", {"observe=heightmap", "rotations=false"});
  a.env->Reset(4, &a.result);
  b.env->Reset(4, &b.result);
  Rng rng(1);
  ArrayMap action;
  ASSERT_TRUE(a.env->OracleAction(&rng, &action));
  a.env->Step(action, &a.result);
  const auto flat = [&](const char* name) {
    const auto v = action.at(name).As<double>();
    return Pose(Vec3(v[0], v[1], v[2]));
  };
  b.env->Step(ActionOf(flat("pose0"), flat("pose1")), &b.result);
  EXPECT_TRUE(a.result.observation.BitEqual(b.result.observation));
  EXPECT_EQ(a.result.observation.size(), 2u) << "heightmap only";
}

}  // namespace
}  // namespace rookery::testing
