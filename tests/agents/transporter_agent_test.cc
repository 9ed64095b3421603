#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "agents/pick_place/transporter.h"
#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisode;
using rookery::testing::InsertionEpisodes;
using rookery::testing::MakeInsertionScene;
using ::testing::HasSubstr;

std::unique_ptr<Agent> Make(const std::vector<std::string>& settings = {}, uint64_t seed = 0) {
  return MakeAgent("transporter", InsertionEnvSpec(), seed, settings);
}

ArrayMap ActOn(Agent* agent, const ArrayMap& observation) {
  ArrayMap action;
  EXPECT_TRUE(agent->Act(observation, {}, &action));
  return action;
}

Checkpoint Saved(const Agent& agent) {
  Checkpoint checkpoint;
  agent.Save(&checkpoint);
  return checkpoint;
}

template <typename E = UserError, typename F>
std::string ErrorOf(const F& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "(no error)";
}

TEST(TransporterAgent, ProfilesHaveTheirSizes) {
  EXPECT_EQ(Make()->NumParameters(), 980519);
  EXPECT_EQ(Make({"profile=small-u"})->NumParameters(), 980519);
  EXPECT_EQ(Make({"profile=small"})->NumParameters(), 1865413);
  EXPECT_EQ(Make({"profile=mid"})->NumParameters(), 7396709);
  EXPECT_EQ(Make({"profile=paper"})->NumParameters(), 29500069);
  EXPECT_EQ(Make({"ablation=no_transport"})->NumParameters(), 2 * (326640 + 160 + 17));
}

TEST(TransporterAgent, UpdateLearnsNothingWithoutDemonstrations) {
  const auto agent = Make();
  EXPECT_TRUE(agent->Update().empty());
}

TEST(TransporterAgent, LossesStayFiniteAndTheRateFalls) {
  const auto agent = Make({"steps=20"});
  agent->SetEpisodes(InsertionEpisodes(3));
  double last_rate = 1;
  for (int i = 0; i < 20; ++i) {
    const Metrics metrics = agent->Update();
    ASSERT_EQ(metrics.size(), 3u);
    EXPECT_EQ(metrics[0].first, "loss/attention");
    EXPECT_EQ(metrics[1].first, "loss/transport");
    EXPECT_EQ(metrics[2].first, "learning_rate");
    for (const auto& [name, value] : metrics) EXPECT_TRUE(std::isfinite(value)) << name;
    EXPECT_LT(metrics[2].second, last_rate);  // cosine
    last_rate = metrics[2].second;
  }
  EXPECT_GT(last_rate, 0);
  EXPECT_LT(last_rate, 1e-5);
}

TEST(TransporterAgent, ResumingEqualsNeverHavingStopped) {
  const std::vector<std::string> settings = {"steps=8", "pick_shift=moved", "pick_target=object",
                                             "half_turns=true"};
  const auto whole = Make(settings);
  whole->SetEpisodes(InsertionEpisodes(3));
  for (int i = 0; i < 3; ++i) whole->Update();
  const Checkpoint middle = Saved(*whole);
  Metrics expected;
  for (int i = 0; i < 3; ++i) expected = whole->Update();

  const auto resumed = Make(settings, 77);  // other weights until Load
  resumed->SetEpisodes(InsertionEpisodes(3));
  resumed->Load(middle);
  Metrics metrics;
  for (int i = 0; i < 3; ++i) metrics = resumed->Update();
  EXPECT_EQ(metrics, expected);
  const Checkpoint a = Saved(*whole), b = Saved(*resumed);
  EXPECT_TRUE(a.tensors.BitEqual(b.tensors));
  EXPECT_EQ(a.meta, b.meta);
}

TEST(TransporterAgent, LoadedAgentActsTheSame) {
  const auto a = Make(), b = Make({}, 5);
  a->SetEpisodes(InsertionEpisodes(2));
  for (int i = 0; i < 2; ++i) a->Update();
  b->Load(Saved(*a));
  for (uint64_t seed : {1, 3}) {
    const ArrayMap observation = MakeInsertionScene(seed).observation;
    EXPECT_TRUE(ActOn(a.get(), observation).BitEqual(ActOn(b.get(), observation)));
    EXPECT_TRUE(a->Explanation().BitEqual(b->Explanation()));
  }
}

TEST(TransporterAgent, ActingLeavesLearningAlone) {
  const auto a = Make(), b = Make();
  for (Agent* agent : {a.get(), b.get()}) {
    agent->SetEpisodes(InsertionEpisodes(2));
    agent->Update();
  }
  const Checkpoint before = Saved(*a);
  for (uint64_t seed : {1, 3, 5}) ActOn(a.get(), MakeInsertionScene(seed).observation);
  const Checkpoint after = Saved(*a);
  EXPECT_TRUE(before.tensors.BitEqual(after.tensors));
  EXPECT_EQ(before.meta, after.meta);
  EXPECT_EQ(a->Update(), b->Update());
}

TEST(TransporterAgent, ActionIsAPoseOnTheHeightmap) {
  const auto agent = Make();
  const ArrayMap observation = MakeInsertionScene(9).observation;
  const ArrayMap action = ActOn(agent.get(), observation);
  EXPECT_EQ(action.Names(), (std::vector<std::string>{"pose0", "pose1"}));
  InsertionEnvSpec().action.Validate(action, "action");
  const ArrayMap& why = agent->Explanation();
  for (const char* name : {"pick", "place"}) {
    const auto pose = action.at(name == std::string("pick") ? "pose0" : "pose1").As<double>();
    const auto pixel = why.at("pixel." + std::string(name)).As<int64_t>();
    EXPECT_NEAR(pose[0], 0.25 + static_cast<double>(pixel[1]) * 0.003125, 1e-9);
    EXPECT_NEAR(pose[1], -0.5 + static_cast<double>(pixel[0]) * 0.003125, 1e-9);
    const Array& map = why.at("heatmap." + std::string(name));
    EXPECT_EQ(map.shape(), (Shape{320, 160}));
    const auto values = map.As<float>();
    const float best = *std::max_element(values.begin(), values.end());
    EXPECT_EQ(values[static_cast<size_t>(pixel[0] * 160 + pixel[1])], best);
  }
  const auto pick = why.at("heatmap.pick").As<float>();
  EXPECT_NEAR(std::accumulate(pick.begin(), pick.end(), 0.0), 1.0, 1e-3);
  // The picture's angle i is a yaw of 2 pi i / 36, as the action's.
  const auto angles = why.at("angle.place").As<float>();
  ASSERT_EQ(angles.size(), 36u);
  const auto top = std::max_element(angles.begin(), angles.end()) - angles.begin();
  const double yaw = why.at("yaw.place").AsDouble();
  EXPECT_NEAR(std::remainder(yaw - static_cast<double>(top) * 2 * kPi / 36, 2 * kPi), 0, 1e-9);
  const auto q = action.at("pose1").As<double>();
  EXPECT_NEAR(std::remainder(2 * std::atan2(q[5], q[6]) - yaw, 2 * kPi), 0, 1e-9);
}

TEST(TransporterAgent, RefusesToActWithoutHeights) {
  const auto agent = Make();
  ArrayMap zeros = MakeInsertionScene(1).observation.Clone();
  zeros.Set("heightmap.height", Array(DType::kFloat32, {320, 160}));
  ArrayMap action;
  EXPECT_THAT(ErrorOf([&] { agent->Act(zeros, {}, &action); }), HasSubstr("no valid height data"));
}

TEST(TransporterAgent, SaysWhatAnEnvironmentLacks) {
  EnvSpec spec = InsertionEnvSpec();
  spec.observation = {{"heightmap.rgb", DType::kUInt8, {320, 160, 3}}};
  EXPECT_THAT(ErrorOf([&] { MakeAgent("transporter", spec, 0); }),
              HasSubstr("no 'heightmap.height' (float32 (320, 160))"));
  spec = InsertionEnvSpec();
  spec.observation = {{"heightmap.rgb", DType::kUInt8, {100, 100, 3}},
                      {"heightmap.height", DType::kFloat32, {320, 160}}};
  EXPECT_THAT(ErrorOf([&] { MakeAgent("transporter", spec, 0); }),
              HasSubstr("its 'heightmap.rgb' is uint8 (100, 100, 3), not uint8 (320, 160, 3)"));
}

TEST(TransporterAgent, RefusesForeignDemonstrations) {
  const auto agent = Make();
  auto other = std::make_shared<Episode>(*InsertionEpisode(0));
  other->env_id = "Ravens/PlaceRedInGreen-v0";
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({other}); }),
              HasSubstr("of Ravens/PlaceRedInGreen-v0, but this agent was made for "
                        "Test/Insertion-v0"));
  auto small = std::make_shared<Episode>(*InsertionEpisode(4));
  small->observations[0].Set("heightmap.height", Array(DType::kFloat32, {160, 80}));
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({small}); }),
              HasSubstr("episode of seed 4, step 0: expected 'heightmap.height' as float32 "
                        "(320, 160), got float32 (160, 80)"));
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({}); }), HasSubstr("no demonstrations"));
}

TEST(TransporterAgent, CountsActionsOutsideTheImage) {
  auto outside = std::make_shared<Episode>(*InsertionEpisode(2));
  outside->actions[0].Set("pose1", Array::Of<double>({0.5, 0.6, 0, 0, 0, 0, 1}));
  std::vector<std::string> warnings;
  SetLogSink([&](LogLevel level, const std::string& text) {
    if (level == LogLevel::kWarning) warnings.push_back(text);
  });
  const auto agent = Make();
  agent->SetEpisodes({InsertionEpisode(0), outside});
  SetLogSink(nullptr);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("1 of 2 demonstrated actions"));
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({outside}); }),
              HasSubstr("none of the 1 actions in 1 episodes"));
}

TEST(TransporterAgent, CheckpointOfAnotherVariantIsNamed) {
  const auto agent = Make({"profile=lite-u"});
  const Checkpoint before = Saved(*agent);
  const Checkpoint other = Saved(*Make({"ablation=per_pixel_loss"}));
  EXPECT_THAT(ErrorOf([&] { agent->Load(other); }),
              HasSubstr("'weight/transport.scene.out.weight' is float32 (6, 16, 1, 1) in the "
                        "checkpoint, but float32 (3, 16, 1, 1) in this agent"));
  Checkpoint broken = Saved(*agent);
  broken.meta.erase("transporter.rng");
  EXPECT_THAT(ErrorOf([&] { agent->Load(broken); }), HasSubstr("not one of a transporter"));
  EXPECT_TRUE(Saved(*agent).tensors.BitEqual(before.tensors));
}

TEST(TransporterAgent, StopsAtALossThatIsNotFinite) {
  const auto agent = Make({"learning_rate=1"});
  agent->SetEpisodes({InsertionEpisode(6)});
  agent->Update();
  Checkpoint poisoned = Saved(*agent);
  auto& bias = poisoned.tensors.at("weight/transport.crop.out.bias");
  bias = bias.Clone();
  bias.As<float>()[0] = std::numeric_limits<float>::infinity();
  agent->Load(poisoned);
  const std::string message = ErrorOf<Failure>([&] { agent->Update(); });
  EXPECT_THAT(message, HasSubstr("iteration 2"));
  EXPECT_THAT(message, HasSubstr("episode of seed 6, step 0"));
  const Checkpoint after = Saved(*agent);
  EXPECT_TRUE(after.tensors.BitEqual(poisoned.tensors));
  EXPECT_EQ(after.meta, poisoned.meta);  // would draw the same sample again
}

TEST(TransporterAgent, ChecksItsSettings) {
  EXPECT_THAT(ErrorOf([] { Make({"crop=40"}); }), HasSubstr("multiple of 32"));
  EXPECT_THAT(ErrorOf([] { Make({"profile=small", "width=0.3"}); }), HasSubstr("multiple of 0.25"));
  EXPECT_THAT(ErrorOf([] { Make({"width=0.5"}); }), HasSubstr("width = 0.500000 is for "));
  EXPECT_THAT(ErrorOf([] { Make({"profile=mid", "network=unet"}); }), HasSubstr("one size"));
  EXPECT_THAT(ErrorOf([] { Make({"rotations=0"}); }), HasSubstr("rotations"));
  EXPECT_THAT(ErrorOf([] { Make({"profile=lite"}); }), HasSubstr("lite-u"));
}

TEST(TransporterAgent, WarnsOfRotationsTooCoarseForTheScores) {
  std::vector<std::string> warnings;
  SetLogSink([&](LogLevel level, const std::string& text) {
    if (level == LogLevel::kWarning) warnings.push_back(text);
  });
  Make({"rotations=12"});  // at most 15 degrees off
  EXPECT_TRUE(warnings.empty());
  Make({"rotations=11"});
  Make({"rotations=11"});
  SetLogSink(nullptr);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("rotations = 11: place angles can be off"));
}

TEST(TransporterAgent, SaysWhenACheckpointComputedInAnotherType) {
  const auto agent = Make({"bf16=off"});
  Checkpoint saved = Saved(*agent);
  EXPECT_EQ(saved.meta.at("transporter.compute"), "float32");
  std::vector<std::string> warnings;
  SetLogSink([&](LogLevel, const std::string& text) { warnings.push_back(text); });
  agent->Load(saved);
  EXPECT_TRUE(warnings.empty());
  saved.meta["transporter.compute"] = "bfloat16";
  agent->Load(saved);
  SetLogSink(nullptr);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("trained in bfloat16, this agent computes in float32"));
}

TEST(TransporterAgent, LearnsOnFromTheTrainedWeightsWhenActingFails) {
  const auto a = Make(), b = Make();
  Checkpoint poisoned = Saved(*a);
  Array& bias = poisoned.tensors.at("average/attention.out.bias");
  bias = bias.Clone();
  bias.As<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  for (Agent* agent : {a.get(), b.get()}) {
    agent->Load(poisoned);
    agent->SetEpisodes(InsertionEpisodes(1));
  }
  ArrayMap action;
  EXPECT_THAT(ErrorOf<Failure>([&] { a->Act(MakeInsertionScene(1).observation, {}, &action); }),
              HasSubstr("not finite"));
  EXPECT_EQ(a->Update(), b->Update());
}

TEST(TransporterAgent, FallsBackToTheCpu) {
  const auto agent = Make({"device=cuda"});  // one notice where there is no CUDA device
  EXPECT_TRUE(ActOn(agent.get(), MakeInsertionScene(1).observation).Has("pose1"));
}

class TransporterVariants : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(TransporterVariants, LearnAndAct) {
  const auto agent = Make(GetParam());
  agent->SetEpisodes(InsertionEpisodes(1));
  const Metrics metrics = agent->Update();
  EXPECT_TRUE(std::isfinite(metrics[0].second));
  EXPECT_TRUE(std::isfinite(metrics[1].second));
  EXPECT_TRUE(ActOn(agent.get(), MakeInsertionScene(1).observation).Has("pose1"));
}

INSTANTIATE_TEST_SUITE_P(
    Settings, TransporterVariants,
    ::testing::Values(std::vector<std::string>{"bf16=off"},
                      std::vector<std::string>{"rotations=7", "pick_blur=0"},
                      std::vector<std::string>{"crop=32", "augment=false", "weight_average=0"},
                      std::vector<std::string>{"ablation=per_pixel_loss"},
                      std::vector<std::string>{"ablation=no_transport", "rotations=4"},
                      std::vector<std::string>{"correlation=direct", "rotations=2"},
                      std::vector<std::string>{"profile=small-u", "rotations=12"},
                      std::vector<std::string>{"profile=small", "rotations=6"}));

#ifdef ROOKERY_BUILT_COMPLETELY
TEST(Transporter, DoesNotActByWaypoints) {
  const auto env = MakeEnv("Ravens/BlockInsertion-v0", {"continuous=true"});
  EXPECT_THAT([&] { MakeAgent("transporter", env->spec(), 0); },
              ::testing::ThrowsMessage<UserError>(
                  AllOf(HasSubstr("transporter cannot act on Ravens/BlockInsertion-v0"),
                        HasSubstr("no 'pose0'"), HasSubstr("move_cmd"))));
}
#endif

}  // namespace
}  // namespace rookery::pick_place
