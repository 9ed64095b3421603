// The variants of block insertion: scenes, the goal image, tilted fixtures.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/step_loop.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

const std::map<std::string, int> kBlockAndFixture = {{"rigid insertion/ell.urdf", 1},
                                                     {"fixed insertion/fixture.urdf", 1}};

// One goal for the block (body 5), for which the whole reward is.
const Goal& TheGoal(const Made& made) {
  EXPECT_EQ(made.task->goals().size(), 1u);
  const Goal& goal = made.task->goals()[0];
  EXPECT_EQ(goal.objects.size(), 1u);
  EXPECT_EQ(goal.objects[0].body, 5);
  EXPECT_EQ(goal.objects[0].symmetry, kNoSymmetry);
  EXPECT_EQ(goal.targets.size(), 1u);
  EXPECT_FALSE(goal.replace);
  EXPECT_TRUE(goal.rotations);
  EXPECT_DOUBLE_EQ(goal.max_reward, 1);
  return goal;
}

TEST(BlockInsertionTranslationAudit, NothingIsTurned) {
  Made made("BlockInsertionTranslation");
  std::set<double> block_x, fixture_x;
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), kBlockAndFixture);
    ExpectOnTheTable(made);
    const Goal& goal = TheGoal(made);
    EXPECT_TRUE(Same(goal.targets[0], made.PoseOf(6)));
    for (const BodyId body : {5, 6}) {
      EXPECT_NEAR(RavensEuler(made.PoseOf(body).q).z, kPi / 2, 1e-3);
      EXPECT_NEAR(made.PoseOf(body).p.z, 0.02, 1e-3);
    }
    block_x.insert(made.PoseOf(5).p.x);
    fixture_x.insert(made.PoseOf(6).p.x);
  }
  EXPECT_GT(block_x.size(), 50u);
  EXPECT_GT(fixture_x.size(), 50u);
}

TEST(BlockInsertionEasyAudit, TheBlockIsAlwaysInTheMiddle) {
  Made made("BlockInsertionEasy");
  std::set<double> fixture_x;
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), kBlockAndFixture);
    ExpectOnTheTable(made);
    const Goal& goal = TheGoal(made);
    EXPECT_TRUE(Same(goal.targets[0], made.PoseOf(6)));
    EXPECT_LT(Norm(made.PoseOf(5).p - Vec3(0.5, 0, 0.02)), 1e-3);
    EXPECT_LT(AngleBetween(made.PoseOf(5).q, QuatFromYaw(kPi / 2)), 1e-3);
    EXPECT_LT(AngleBetween(made.PoseOf(6).q, QuatFromYaw(kPi / 2)), 1e-6);
    EXPECT_GT(Norm(made.PoseOf(6).p - made.PoseOf(5).p), 0.06);
    fixture_x.insert(made.PoseOf(6).p.x);
  }
  EXPECT_GT(fixture_x.size(), 50u);
}

TEST(BlockInsertionSixDofAudit, FixturesFloatAndLean) {
  Made made("BlockInsertionSixDof");
  double lowest = 1, highest = 0, steepest_roll = 0, steepest_pitch = 0;
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), kBlockAndFixture);
    const Goal& goal = TheGoal(made);
    EXPECT_DOUBLE_EQ(goal.position_tolerance, 0.02);
    EXPECT_DOUBLE_EQ(goal.rotation_tolerance, kPi / 12);
    EXPECT_TRUE(Same(goal.targets[0], made.PoseOf(6)));
    EXPECT_NEAR(made.PoseOf(5).p.z, 0.02, 1e-3) << "the block lies on the table";
    const Vec3 angles = RavensEuler(made.PoseOf(6).q);
    const double z = made.PoseOf(6).p.z;
    EXPECT_GE(z, 0.05);
    EXPECT_LT(z, 0.15);
    EXPECT_LE(std::abs(angles.x), kPi / 4);
    EXPECT_LE(std::abs(angles.y), kPi / 4);
    lowest = std::min(lowest, z);
    highest = std::max(highest, z);
    steepest_roll = std::max(steepest_roll, std::abs(angles.x));
    steepest_pitch = std::max(steepest_pitch, std::abs(angles.y));
  }
  EXPECT_LT(lowest, 0.06);
  EXPECT_GT(highest, 0.14);
  EXPECT_GT(steepest_roll, 0.9 * kPi / 4);
  EXPECT_GT(steepest_pitch, 0.9 * kPi / 4);
}

// The expert tilts the tool such that the block arrives with the fixture's tilt, and stays there.
TEST(BlockInsertionSixDof, TheBlockEndsTilted) {
  Made made("BlockInsertionSixDof", {"observe=heightmap", "strict=true"});
  Rng rng(1);
  ArrayMap action;
  made.env->Reset(1, &made.result);
  ASSERT_TRUE(made.env->OracleAction(&rng, &action));
  const auto v = action.at("pose1").As<double>();
  const Pose pose1({v[0], v[1], v[2]}, {v[3], v[4], v[5], v[6]});
  const Pose X_WF = made.PoseOf(6);
  const double tilt = std::acos(Rotate(X_WF.q, {0, 0, 1}).z);
  EXPECT_GT(tilt, 0.1);
  EXPECT_NEAR(std::acos(Rotate(pose1.q, {0, 0, 1}).z), tilt, 0.02);
  made.env->Step(action, &made.result);
  EXPECT_EQ(made.result.reward, 1);
  EXPECT_LT(AngleBetween(made.PoseOf(5).q, X_WF.q), 0.2);
  EXPECT_NEAR(made.PoseOf(5).p.z, X_WF.p.z, 0.02);
}

TEST(BlockInsertionNoFixtureAudit, OnlyTheBlock) {
  Made made("BlockInsertionNoFixture");
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"rigid insertion/ell.urdf", 1}}));
    ExpectOnTheTable(made);
    const Goal& goal = TheGoal(made);
    EXPECT_NEAR(goal.targets[0].p.z, 0.02, 1e-12);
    EXPECT_GT(Norm(goal.targets[0].p - made.PoseOf(5).p), 0.06);
  }
}

class GoalImage : public ::testing::Test {
 protected:
  void SetUp() override { made_.env->Reset(3, &made_.result); }

  // Height that an image shows at a point of the table.
  double Height(const char* name, const Vec3& p) const {
    const auto row = std::lround((p.y + 0.5) / 0.003125);
    const auto column = std::lround((p.x - 0.25) / 0.003125);
    return made_.result.observation.at(name).AsDouble(row * 160 + column);
  }
  Array Picture(const char* name) const { return made_.result.observation.at(name).Clone(); }

  Made made_{"BlockInsertionNoFixture"};
};

TEST_F(GoalImage, ShowsTheBlockAtItsTargetOnly) {
  const Vec3 target = made_.task->goals()[0].targets[0].p, start = made_.PoseOf(5).p;
  EXPECT_NEAR(Height("goal.heightmap.height", target), 0.04, 0.004);
  EXPECT_LT(Height("goal.heightmap.height", start), 0.004);
  EXPECT_LT(Height("heightmap.height", target), 0.004);
  EXPECT_NEAR(Height("heightmap.height", start), 0.04, 0.004);
  // No arm: nothing is higher than the block.
  const Array picture = Picture("goal.heightmap.height");
  for (const float h : picture.As<float>()) EXPECT_LT(h, 0.05f);
}

TEST_F(GoalImage, StaysTheSameForTheEpisode) {
  const Array rgb = Picture("goal.heightmap.rgb"), height = Picture("goal.heightmap.height");
  const Pose target = made_.task->goals()[0].targets[0];
  const Vec3 pick = made_.PoseOf(5).p;
  made_.env->Step(ActionOf(Pose(pick), Pose(pick)), &made_.result);
  EXPECT_TRUE(Picture("goal.heightmap.rgb").BitEqual(rgb));
  // A snapshot does not carry the picture; it is drawn again.
  Made other("BlockInsertionNoFixture");
  other.env->Load(made_.env->Save());
  Rng rng(0);
  ArrayMap action;
  ASSERT_TRUE(other.env->OracleAction(&rng, &action));
  other.env->Step(action, &other.result);
  EXPECT_TRUE(other.result.observation.at("goal.heightmap.rgb").BitEqual(rgb));
  EXPECT_TRUE(other.result.observation.at("goal.heightmap.height").BitEqual(height));
  // What the expert leaves is what the picture shows.
  EXPECT_EQ(other.result.reward, 1);
  EXPECT_LT(Norm(other.PoseOf(5).p - target.p), 0.01);
  // A new episode has a new goal.
  made_.env->Reset(5, &made_.result);
  EXPECT_FALSE(Picture("goal.heightmap.rgb").BitEqual(rgb));
}

TEST_F(GoalImage, OfAnotherEpisodeIsRecordedAndReplayed) {
  class Expert final : public Agent {
   public:
    bool Act(const ArrayMap&, const ActContext& context, ArrayMap* action) override {
      env_ = context.env;
      return env_->OracleAction(&rng_, action);
    }
    std::string Sentence() const override { return env_->OracleSentence(); }

   private:
    Env* env_ = nullptr;
    Rng rng_ = Rng(0);
  } expert;
  StepLoop loop(made_.env.get(), &expert);
  EpisodeRecorder recorder(*made_.env, "{}", "expert", {}, &expert);
  loop.AddObserver(&recorder);
  EXPECT_TRUE(loop.RunEpisode(3).success);
  const Episode first = recorder.episode();
  // Of seed 5, with the goal that the first episode reached.
  EXPECT_TRUE(loop.RunEpisode(5, {{"goal.objects", first.infos.back().at("objects")}}).success);
  Episode second = recorder.episode();
  EXPECT_EQ(second.annotations[0],
            "pick the L-shaped block and place it where the goal image shows it");
  Made other("BlockInsertionNoFixture");
  EXPECT_EQ(ReplayDifference(other.env.get(), second), "");
  second.reset_options.Clear();
  EXPECT_NE(ReplayDifference(other.env.get(), second), "");
}

TEST_F(GoalImage, HasNoNoise) {
  Made noisy("BlockInsertionNoFixture", {"observe=heightmap", "camera_noise=true"});
  noisy.env->Reset(3, &noisy.result);
  EXPECT_TRUE(noisy.result.observation.at("goal.heightmap.rgb")
                  .BitEqual(made_.result.observation.at("goal.heightmap.rgb")));
  EXPECT_FALSE(noisy.result.observation.at("heightmap.rgb")
                   .BitEqual(made_.result.observation.at("heightmap.rgb")));
}

}  // namespace
}  // namespace rookery::testing
