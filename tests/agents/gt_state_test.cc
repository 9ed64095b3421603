#include "agents/pick_place/gt_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionOutcome;
using rookery::testing::InsertionScene;
using rookery::testing::MakeInsertionScene;
using ::testing::HasSubstr;

EnvSpec StateSpec() {
  EnvSpec spec = InsertionEnvSpec();
  spec.info = {{"objects", DType::kFloat64, {8, 10}},
               {"object_colors", DType::kFloat32, {8, 3}},
               {"object_count", DType::kInt64, {}}};
  Spec bounded;
  for (ArraySpec pose : spec.action.arrays()) {
    pose.low = {0.25, -0.5, 0, -1, -1, -1, -1};
    pose.high = {0.75, 0.5, 0.3, 1, 1, 1, 1};
    bounded.Add(pose);
  }
  spec.action = bounded;
  return spec;
}

ArrayMap InfoOf(const InsertionScene& scene, float red = 0.5F, double width = 0.1) {
  Array objects(DType::kFloat64, {8, 10}), colors(DType::kFloat32, {8, 3});
  size_t at = 0;
  for (const Pose& X : {scene.block, scene.fixture}) {
    const double row[10] = {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w, width, 0.1, 0.04};
    std::copy_n(row, 10, objects.As<double>().begin() + static_cast<std::ptrdiff_t>(10 * at++));
  }
  colors.As<float>()[0] = red;
  return {
      {"objects", objects}, {"object_colors", colors}, {"object_count", Array::Scalar<int64_t>(2)}};
}

std::shared_ptr<Episode> StateEpisode(uint64_t seed, float red = 0.5F, double width = 0.1) {
  const InsertionScene scene = MakeInsertionScene(seed);
  auto episode = std::make_shared<Episode>();
  episode->env_id = StateSpec().id;
  episode->seed = seed;
  episode->infos = {InfoOf(scene, red, width), InfoOf(scene, red, width)};
  episode->observations = {{}, {}};  // none are looked at
  episode->actions = {scene.action};
  episode->rewards = {1.0};
  return episode;
}

std::vector<std::shared_ptr<const Episode>> StateEpisodes(int count) {
  std::vector<std::shared_ptr<const Episode>> episodes;
  for (int i = 0; i < count; ++i) episodes.push_back(StateEpisode(2 * static_cast<uint64_t>(i)));
  return episodes;
}

std::unique_ptr<Agent> Make(const std::string& name, const std::vector<std::string>& settings = {},
                            uint64_t seed = 0) {
  return MakeAgent(name, StateSpec(), seed, settings);
}

const StateLayout& LayoutOf(const Agent& agent) {
  return dynamic_cast<const GtState&>(agent).layout();
}

ArrayMap ActOn(Agent* agent, const InsertionScene& scene, uint64_t episode = 1) {
  StepResult last;
  last.info = InfoOf(scene);
  agent->BeginEpisode(episode);
  ArrayMap action;
  EXPECT_TRUE(agent->Act({}, {false, nullptr, &last}, &action));
  return action;
}

Checkpoint Saved(const Agent& agent) {
  Checkpoint checkpoint;
  agent.Save(&checkpoint);
  checkpoint.tensors = checkpoint.tensors.Clone();
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

TEST(GtState, LayoutIsThatOfTheDemonstrations) {
  const auto agent = Make("gt_state_mlp");
  EXPECT_EQ(LayoutOf(*agent), (StateLayout{8, false, false, false}));
  agent->SetEpisodes(StateEpisodes(3));
  EXPECT_EQ(LayoutOf(*agent), (StateLayout{2, false, false, false}));
  agent->SetEpisodes({StateEpisode(0), StateEpisode(2, 0.5F, 0.2)});
  EXPECT_EQ(LayoutOf(*agent), (StateLayout{2, false, true, false}));
  agent->SetEpisodes({StateEpisode(0), StateEpisode(2, 0.7F)});
  EXPECT_EQ(LayoutOf(*agent), (StateLayout{2, false, false, true}));
  const auto chosen = Make("gt_state_mlp_3step", {"dimensions=on", "colors=off"});
  chosen->SetEpisodes({StateEpisode(0), StateEpisode(2, 0.7F)});
  EXPECT_EQ(LayoutOf(*chosen), (StateLayout{2, true, true, false}));
}

TEST(GtState, HasThePublishedSizes) {
  const auto size = [](const std::string& name) {
    const auto agent = Make(name);
    agent->SetEpisodes(StateEpisodes(2));
    return agent->NumParameters();
  };
  const auto network = [](int64_t inputs, int64_t numbers) {
    const int64_t h0 = 3 * inputs;
    return (h0 + 1) * 128 + (h0 + 129) * 128 + (h0 + 129) * 26 * (numbers + 2);
  };
  EXPECT_EQ(size("gt_state_mlp"), network(6, 6));
  EXPECT_EQ(size("gt_state_mlp_2step"), network(6, 3) + network(9, 3));
  EXPECT_EQ(size("gt_state_mlp_3step"), network(12, 3) + network(15, 3) + network(18, 3));
}

TEST(GtState, CheckpointBringsItsLayout) {
  const auto a = Make("gt_state_mlp"), b = Make("gt_state_mlp", {}, 9);
  a->SetEpisodes({StateEpisode(0), StateEpisode(2, 0.7F)});
  for (int i = 0; i < 3; ++i) a->Update();
  b->Load(Saved(*a));
  EXPECT_EQ(LayoutOf(*b), LayoutOf(*a));
  const InsertionScene scene = MakeInsertionScene(1);
  EXPECT_TRUE(ActOn(a.get(), scene).BitEqual(ActOn(b.get(), scene)));
  b->SetEpisodes(StateEpisodes(2));  // trained: keeps it
  EXPECT_EQ(LayoutOf(*b), LayoutOf(*a));
  EXPECT_FALSE(b->Update().empty());

  Checkpoint damaged = Saved(*a);
  damaged.meta["gt_state.layout"] = "{\"objects\":-1}";
  EXPECT_THAT(ErrorOf([&] { b->Load(damaged); }), HasSubstr("gt_state.layout is damaged"));
  damaged.meta.erase("gt_state.layout");
  EXPECT_THAT(ErrorOf([&] { b->Load(damaged); }), HasSubstr("not one of a gt_state_mlp"));
}

TEST(GtState, SamplesByTheEpisodesSeed) {
  const auto agent = Make("gt_state_mlp_2step");
  agent->SetEpisodes(StateEpisodes(2));
  const InsertionScene scene = MakeInsertionScene(1);
  const ArrayMap action = ActOn(agent.get(), scene, 5);
  EXPECT_FALSE(ActOn(agent.get(), scene, 6).BitEqual(action));
  EXPECT_TRUE(ActOn(agent.get(), scene, 5).BitEqual(action));
}

// Untrained samples lie anywhere; actions do not. A pick of its own stage is not turned.
TEST(GtState, ActionsStayOnTheTable) {
  for (const char* name : {"gt_state_mlp", "gt_state_mlp_2step", "gt_state_mlp_3step"}) {
    const auto agent = Make(name);
    const InsertionScene scene = MakeInsertionScene(1);
    int clamped = 0;
    for (uint64_t seed = 0; seed < 30; ++seed) {
      const ArrayMap action = ActOn(agent.get(), scene, seed);
      StateSpec().action.Validate(action, name);
      clamped += action.at("pose0").As<double>()[0] == 0.25;
      if (name != std::string("gt_state_mlp")) {
        EXPECT_EQ(action.at("pose0").As<double>()[6], 1);
      }
    }
    EXPECT_GT(clamped, 0);
  }
}

TEST(GtState, SaysWhatIsMissing) {
  EXPECT_THAT(ErrorOf([] { MakeAgent("gt_state_mlp", InsertionEnvSpec(), 0); }),
              HasSubstr("its info has no 'objects' (float64 (N, 10))"));
  EnvSpec spec = StateSpec();
  spec.action = {{"move_cmd", DType::kFloat64, {7}}};
  EXPECT_THAT(ErrorOf([&] { MakeAgent("gt_state_mlp", spec, 0); }),
              HasSubstr("no 'pose0' (float64 (7)) but move_cmd"));
  const auto agent = Make("gt_state_mlp");
  ArrayMap action;
  EXPECT_THAT(ErrorOf([&] { agent->Act({}, {}, &action); }), HasSubstr("info of a step"));
  auto blind = std::make_shared<Episode>(*StateEpisode(4));
  blind->infos[0].Erase("object_colors");
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({blind}); }),
              HasSubstr("episode of seed 4, step 0: the info has no 'object_colors'"));
  EXPECT_THAT(ErrorOf([&] { agent->SetEpisodes({}); }), HasSubstr("no demonstrations"));
}

TEST(GtState, LossThatIsNotFiniteChangesNothing) {
  const auto agent = Make("gt_state_mlp_2step");
  agent->SetEpisodes(StateEpisodes(2));
  agent->Update();
  Checkpoint poisoned = Saved(*agent);
  poisoned.tensors.at("weight/place.output.bias").As<float>()[0] =
      std::numeric_limits<float>::quiet_NaN();
  agent->Load(poisoned);
  EXPECT_THAT(ErrorOf<Failure>([&] { agent->Update(); }), HasSubstr("iteration 2"));
  const Checkpoint after = Saved(*agent);
  EXPECT_TRUE(after.tensors.BitEqual(poisoned.tensors));
  EXPECT_EQ(after.meta, poisoned.meta);
  EXPECT_THAT(ErrorOf<Failure>([&] { ActOn(agent.get(), MakeInsertionScene(1)); }),
              HasSubstr("not finite"));
}

// From 60 scenes to new ones, in a fortieth of the published iterations.
TEST(GtStateLearning, FindsTheBlock) {
  for (const char* name : {"gt_state_mlp", "gt_state_mlp_2step"}) {
    const auto agent = Make(name);
    agent->SetEpisodes(StateEpisodes(60));
    for (int i = 0; i < 1000; ++i) agent->Update();
    double away = 0;
    constexpr int kScenes = 20;
    for (uint64_t i = 0; i < kScenes; ++i) {
      const InsertionScene scene = MakeInsertionScene(1001 + 2 * i);
      const ArrayMap action = ActOn(agent.get(), scene, i);
      const auto pick = action.at("pose0").As<double>();
      const Vec3 off = scene.block.Inverse() * Vec3(pick[0], pick[1], 0);
      away += std::hypot(off.x - 0.015, off.y - 0.015) / kScenes;  // near the block's middle
    }
    EXPECT_LT(away, 0.06) << name;
  }
}

}  // namespace
}  // namespace rookery::pick_place
