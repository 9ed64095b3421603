// Trainings of a minute or less.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "agents/transporter/transporter.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::transporter {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisode;
using rookery::testing::InsertionEpisodes;
using rookery::testing::InsertionOutcome;
using rookery::testing::InsertionScene;
using rookery::testing::Judge;
using rookery::testing::MakeInsertionScene;

std::unique_ptr<Agent> Trained(const std::vector<std::string>& settings,
                               std::vector<std::shared_ptr<const Episode>> episodes, int steps,
                               Metrics* last) {
  std::vector<std::string> all = settings;
  all.push_back("steps=" + std::to_string(steps));
  auto agent = MakeAgent("transporter", InsertionEnvSpec(), 0, all);
  agent->SetEpisodes(std::move(episodes));
  for (int i = 0; i < steps; ++i) *last = agent->Update();
  return agent;
}

ArrayMap ActOn(Agent* agent, const ArrayMap& observation) {
  ArrayMap action;
  EXPECT_TRUE(agent->Act(observation, {}, &action));
  return action;
}

// Rows down, columns right, by multiples of 16 heightmap pixels (8 cells); what comes in is table.
ArrayMap Shifted(const ArrayMap& observation, int rows, int columns) {
  ArrayMap out = observation.Clone();
  const Array &rgb = observation.at("heightmap.rgb"), &height = observation.at("heightmap.height");
  for (int r = 0; r < 320; ++r) {
    for (int c = 0; c < 160; ++c) {
      const int from_r = (r - rows + 320) % 320, from_c = (c - columns + 160) % 160;
      const auto to = static_cast<size_t>(r * 160 + c),
                 from = static_cast<size_t>(from_r * 160 + from_c);
      for (size_t k = 0; k < 3; ++k) {
        out.at("heightmap.rgb").As<uint8_t>()[3 * to + k] = rgb.As<uint8_t>()[3 * from + k];
      }
      out.at("heightmap.height").As<float>()[to] = height.As<float>()[from];
    }
  }
  return out;
}

class TransporterLearning : public ::testing::TestWithParam<const char*> {};

TEST_P(TransporterLearning, OverfitsOneSample) {
  Metrics last;
  const auto episode = InsertionEpisode(12);
  const auto agent = Trained(
      {GetParam(), "augment=false", "weight_average=0", "pick_blur=0", "learning_rate=0.001"},
      {episode}, 200, &last);
  EXPECT_LT(last[0].second, 0.1);
  EXPECT_LT(last[1].second, 0.1);
  const ArrayMap action = ActOn(agent.get(), episode->observations[0]);
  const auto numbers = [](const ArrayMap& map, const char* name) {
    return map.at(name).As<double>();
  };
  const auto pick = numbers(action, "pose0"), wanted = numbers(episode->actions[0], "pose0");
  const auto place = numbers(action, "pose1"), target = numbers(episode->actions[0], "pose1");
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(pick[i], wanted[i], 0.0032);  // the same cell of 6.25 mm
    EXPECT_NEAR(place[i], target[i], 2 * 0.0032);
  }
  const double yaw = 2 * std::atan2(place[5], place[6]) - 2 * std::atan2(target[5], target[6]);
  EXPECT_LT(std::abs(std::remainder(yaw, 2 * kPi)), 5.1 * kPi / 180);
}

INSTANTIATE_TEST_SUITE_P(Networks, TransporterLearning,
                         ::testing::Values("network=unet", "network=resnet"),
                         [](const auto& c) { return std::string(c.param).substr(8); });

// What the whole is for: from 10 demonstrations to scenes never seen, and both answers move with
// the scene.
TEST(TransporterLearning, InsertsInNewScenes) {
  Metrics last;
  const auto agent = Trained({}, InsertionEpisodes(10), 200, &last);
  int solved = 0;
  constexpr int kScenes = 40;
  for (int i = 0; i < kScenes; ++i) {
    const InsertionScene scene = MakeInsertionScene(1001 + 2 * static_cast<uint64_t>(i));
    const InsertionOutcome outcome = Judge(scene, ActOn(agent.get(), scene.observation));
    solved += outcome.picks && outcome.places;
  }
  std::printf("solved %d of %d\n", solved, kScenes);
  EXPECT_GE(solved, 32);

  // A scene in the middle, moved by multiples of the networks' stride.
  Rng rng(3);
  const ArrayMap scene = rookery::testing::DrawScene(Pose::FromXyYaw(0.47, -0.1, 0, 1.0),
                                                     Pose::FromXyYaw(0.53, 0.12, 0, 2.5), &rng);
  ActOn(agent.get(), scene);
  const ArrayMap before = agent->Explanation().Clone();
  ActOn(agent.get(), Shifted(scene, 32, -16));
  const ArrayMap after = agent->Explanation().Clone();
  for (const char* name : {"pixel.pick", "pixel.place"}) {
    EXPECT_EQ(after.at(name).As<int64_t>()[0], before.at(name).As<int64_t>()[0] + 32) << name;
    EXPECT_EQ(after.at(name).As<int64_t>()[1], before.at(name).As<int64_t>()[1] - 16) << name;
  }
  EXPECT_EQ(after.at("yaw.place").AsDouble(), before.at("yaw.place").AsDouble());
}

}  // namespace
}  // namespace rookery::transporter
