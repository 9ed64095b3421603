// Trainings of a minute or less.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "agents/pick_place/augmentation.h"
#include "agents/pick_place/transporter.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
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
  // The label as the training has it.
  const Grid grid = {160, 80, 2 * kPixel, PixelConvention::kCentre};
  AugmentationOptions options;
  options.move = false;
  Rng rng(0);
  const TrainingSample label =
      MakeSample(ImageFromObservation(episode->observations[0], true, "observation"),
                 LabelFromAction(episode->actions[0], grid, "action"), {}, grid, options, &rng);
  const ArrayMap action = ActOn(agent.get(), episode->observations[0]);
  const auto pick = action.at("pose0").As<double>(), place = action.at("pose1").As<double>();
  EXPECT_NEAR(pick[0], grid.X(label.pick_column), 1e-9);
  EXPECT_NEAR(pick[1], grid.Y(label.pick_row), 1e-9);
  EXPECT_NEAR(place[0], grid.X(label.place_column), 1e-9);
  EXPECT_NEAR(place[1], grid.Y(label.place_row), 1e-9);
  const double yaw = 2 * std::atan2(place[5], place[6]) - BinYaw(label.bin, 36);
  EXPECT_NEAR(std::remainder(yaw, 2 * kPi), 0, 1e-9);
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
}  // namespace rookery::pick_place
