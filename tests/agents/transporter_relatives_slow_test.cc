// Trainings of a minute or less of the agents that extend the Transporter.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "core/registry.h"
#include "tests/agents/goal_scene.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::GoalEnvSpec;
using rookery::testing::GoalEpisode;
using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisodes;
using rookery::testing::InsertionOutcome;
using rookery::testing::InsertionScene;
using rookery::testing::Judge;
using rookery::testing::MakeGoalScene;
using rookery::testing::MakeInsertionScene;

ArrayMap ActOn(Agent* agent, const ArrayMap& observation) {
  ArrayMap action;
  EXPECT_TRUE(agent->Act(observation, {}, &action));
  return action;
}

class GoalLearning : public ::testing::TestWithParam<const char*> {};

TEST_P(GoalLearning, PlacesWhereTheGoalImageShowsIt) {
  const auto agent = MakeAgent("transporter_goal", GoalEnvSpec(), 0,
                               {std::string("mode=") + GetParam(), "steps=400"});
  std::vector<std::shared_ptr<const Episode>> episodes;
  for (uint64_t i = 0; i < 10; ++i) episodes.push_back(GoalEpisode(2 * i));
  agent->SetEpisodes(episodes);
  for (int i = 0; i < 400; ++i) agent->Update();
  int solved = 0;
  constexpr int kScenes = 30;
  for (int i = 0; i < kScenes; ++i) {
    const InsertionScene scene = MakeGoalScene(1001 + 2 * static_cast<uint64_t>(i));
    const InsertionOutcome outcome = Judge(scene, ActOn(agent.get(), scene.observation));
    solved += outcome.picks && outcome.places;
  }
  std::printf("%s: solved %d of %d\n", GetParam(), solved, kScenes);
  EXPECT_GE(solved, 22);
}

INSTANTIATE_TEST_SUITE_P(Modes, GoalLearning, ::testing::Values("split", "stack"),
                         [](const auto& c) { return std::string(c.param); });

// On a flat task there is little to learn about height and tilt: one height, no tilt.
TEST(SixDofLearning, KeepsFlatPlacesFlat) {
  const auto agent = MakeAgent("transporter_6dof", InsertionEnvSpec(), 0, {"steps=300"});
  agent->SetEpisodes(InsertionEpisodes(10));
  for (int i = 0; i < 300; ++i) agent->Update();
  int solved = 0;
  double tilt = 0, height = 0;
  constexpr int kScenes = 30;
  for (int i = 0; i < kScenes; ++i) {
    const InsertionScene scene = MakeInsertionScene(1001 + 2 * static_cast<uint64_t>(i));
    const ArrayMap action = ActOn(agent.get(), scene.observation);
    const auto place = action.at("pose1").As<double>();
    const Vec3 euler = RavensEuler({place[3], place[4], place[5], place[6]});
    tilt += (std::abs(euler.x) + std::abs(euler.y)) / 2 * 180 / kPi / kScenes;
    height += std::abs(place[2] - scene.action.at("pose1").As<double>()[2]) / kScenes;
    const InsertionOutcome outcome = Judge(scene, action);
    solved += outcome.picks && outcome.places;
  }
  std::printf("solved %d of %d, tilt %.1f degrees, height %.1f mm\n", solved, kScenes, tilt,
              1000 * height);
  EXPECT_GE(solved, 22);
  EXPECT_LT(tilt, 4);
  EXPECT_LT(height, 0.01);
}

}  // namespace
}  // namespace rookery::pick_place
