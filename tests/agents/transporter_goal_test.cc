#include "agents/pick_place/transporter_goal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agents/pick_place/goal_models.h"
#include "core/error.h"
#include "core/registry.h"
#include "tests/agents/goal_scene.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::GoalEnvSpec;
using rookery::testing::GoalEpisode;
using rookery::testing::InsertionEnvSpec;
using rookery::testing::MakeGoalScene;
using rookery::testing::RandomTensor;
using rookery::testing::ReferenceNetwork;
using ::testing::HasSubstr;

Image ImageOf(uint64_t seed, const char* prefix = "") {
  return ImageFromObservation(MakeGoalScene(seed).observation, true, "scene", prefix);
}

template <typename F>
std::string ErrorOf(const F& f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(no error)";
}

// Of pixels, so of features: what a crop of the image holds, the crop of planes holds too.
TEST(CropsOfPlanes, TurnAsCropsOfTheImage) {
  c10::InferenceMode guard;
  InputBuilder inputs(160, 80, 32, 7, at::kFloat, at::kCPU);
  inputs.SetImage(ImageOf(3));
  for (const auto& [row, column] : {std::pair{60, 33}, {0, 0}, {159, 79}}) {
    const Tensor crops = inputs.Crops(row, column);
    const Tensor planes = inputs.Padded(16, 16).contiguous();
    EXPECT_TRUE(CropsOfPlanes(planes, inputs.CropIndex(row, column), 32).equal(crops.contiguous()));
  }
}

TEST(CropsOfPlanes, ThePickLandsOnTheCentreOfEveryCrop) {
  c10::InferenceMode guard;
  const InputBuilder inputs(160, 80, 32, 12, at::kFloat, at::kCPU);
  Tensor planes = at::zeros({1, 2, 192, 112});
  planes[0][1][60 + 16][33 + 16] = 5.0;
  planes[0][1][60 + 16][33 + 16 + 10] = 2.0;  // ten pixels to the right
  const Tensor crops = CropsOfPlanes(planes, inputs.CropIndex(60, 33), 32);
  ASSERT_EQ(crops.sizes(), (at::IntArrayRef{12, 2, 32, 32}));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(crops[i][1][16][16].item<float>(), 5.0F);
  EXPECT_EQ(crops[0][1][16][26].item<float>(), 2.0F);
  EXPECT_EQ(crops[3][1][6][16].item<float>(), 2.0F);  // content turned by -90 degrees
  EXPECT_EQ(crops[6][1][16][6].item<float>(), 2.0F);
  EXPECT_EQ(crops.select(1, 0).abs().sum().item<float>(), 0.0F);
}

// The crops are linear in the planes, so the gradient is the transposed map: exact differences.
TEST(CropsOfPlanes, BackwardEqualsDifferences) {
  c10::InferenceMode guard;
  const InputBuilder inputs(32, 16, 16, 5, at::kFloat, at::kCPU);
  for (const auto& [row, column] : {std::pair{9, 7}, {0, 15}}) {
    const Tensor index = inputs.CropIndex(row, column);
    const Tensor planes = RandomTensor({1, 3, 48, 32}, 1),
                 weights = RandomTensor({5, 3, 16, 16}, 2);
    const auto value = [&](const Tensor& x) {
      return (CropsOfPlanes(x, index, 16) * weights).sum().item<double>();
    };
    const Tensor gradient = CropsOfPlanesBackward(weights, index, 48, 32);
    EXPECT_NEAR((gradient * planes).sum().item<double>(), value(planes), 1e-3);
    for (const auto& [c, y, x] : {std::tuple{0, 24, 15}, {2, 17, 16}, {1, 8, 23}, {0, 30, 20}}) {
      Tensor moved = planes.clone();
      moved[0][c][y][x] += 1.0;
      EXPECT_NEAR(value(moved) - value(planes), gradient[0][c][y][x].item<double>(), 1e-3);
    }
  }
}

TEST(Goal, NetworksTakeTwelveChannelsAtThePapersCounts) {
  for (const auto& [planes, count] : {std::pair{1, 9836659}, {3, 9836889}}) {
    nn::Parameters parameters(at::kFloat, at::kCPU);
    MakeBackbone("net", {Architecture::kResNet43, 1, planes, 12}, &parameters);
    EXPECT_EQ(parameters.count(), count);
  }
}

TEST(Goal, StackedInputsAreTheSceneThenTheGoal) {
  c10::InferenceMode guard;
  InputBuilder inputs(160, 80, 32, 5, at::kFloat, at::kCPU);
  inputs.SetImage(ImageOf(3));
  inputs.SetImage(ImageOf(3, kGoalPrefix), View::kGoal);
  const Tensor padded = inputs.Padded(16, 16, View::kBoth), crops = inputs.Crops(9, 9, View::kBoth);
  ASSERT_EQ(padded.sizes(), (at::IntArrayRef{1, 12, 192, 112}));
  ASSERT_EQ(crops.sizes(), (at::IntArrayRef{5, 12, 32, 32}));
  EXPECT_TRUE(padded.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(padded.narrow(1, 0, 6).equal(inputs.Padded(16, 16)));
  EXPECT_TRUE(padded.narrow(1, 6, 6).equal(inputs.Padded(16, 16, View::kGoal)));
  EXPECT_FALSE(padded.narrow(1, 6, 6).equal(padded.narrow(1, 0, 6)));
  EXPECT_TRUE(crops.narrow(1, 6, 6).equal(inputs.Crops(9, 9, View::kGoal)));
}

TEST(Goal, SplitLossAndGradientsEqualAutograd) {
  TransporterGoalConfig config;
  config.rotations = 5;
  nn::Parameters parameters(at::kFloat, at::kCPU);
  GoalSplit model(config, &parameters);
  parameters.Allocate(3, {});
  InputBuilder inputs(160, 80, 32, 5, at::kFloat, at::kCPU);
  inputs.SetImage(ImageOf(7));
  inputs.SetImage(ImageOf(7, kGoalPrefix), View::kGoal);
  const Cell pick{60, 33, 0}, place{101, 44, 2};

  std::vector<ReferenceNetwork> networks;
  for (const char* name : {"transport.scene", "transport.key", "transport.goal"}) {
    networks.emplace_back(parameters, name);
  }
  const Tensor image = inputs.Padded(16, 16);
  const Tensor goal = networks[2].UNet(inputs.Padded(16, 16, View::kGoal));
  const Tensor scene = goal * networks[0].UNet(image), key = goal * networks[1].UNet(image);
  const Tensor crops = CropsOfPlanes(key, inputs.CropIndex(60, 33), 32);
  const Tensor logits =
      (torch::conv2d(scene, at::constant_pad_nd(crops, {0, 1, 0, 1})) * config.output_scale)
          .reshape({-1});
  const Tensor loss = logits.logsumexp(0) - logits[(2 * 160 + 101) * 80 + 44];
  loss.backward();

  c10::InferenceMode guard;
  Rng rng(1);
  EXPECT_NEAR(model.Train(inputs, pick, place, &rng), loss.item<double>(),
              1e-4 * loss.item<double>());
  int compared = 0;
  for (const ReferenceNetwork& network : networks) {
    for (const auto& [name, weight] : network.weights()) {
      for (int id = 0; id < parameters.size(); ++id) {
        if (parameters.name(id) != name) continue;
        // Of deep ReLU networks: a unit at zero up to rounding may fall on the other side.
        const Tensor& g = weight.grad();
        EXPECT_LT((parameters.Gradient(id) - g).norm().item<double>(),
                  0.03 * g.norm().item<double>() + 1e-6)
            << name;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, parameters.size());
}

TEST(Goal, TheGoalImageMovesWithTheScene) {
  const Grid grid = {160, 80, 2 * kPixel, PixelConvention::kCentre};
  const Label label = LabelFromAction(MakeGoalScene(5).action, grid, "action");
  const Image image = ImageOf(5), goal = ImageOf(5, kGoalPrefix);
  for (const bool move : {true, false}) {
    AugmentationOptions options;
    options.move = move;
    Rng rng(2), same(2), again(2);
    const TrainingSample both = MakeSample(image, label, {0}, grid, options, &rng, &goal);
    const TrainingSample alone = MakeSample(goal, label, {0}, grid, options, &same);
    EXPECT_EQ(both.goal.rgb, alone.image.rgb);
    EXPECT_EQ(both.goal.height, alone.image.height);
    EXPECT_EQ(both.goal.rgb != goal.rgb, move);
    EXPECT_EQ(MakeSample(image, label, {0}, grid, options, &again).goal.rows, 0);
  }
}

TEST(Goal, SaysWhichEnvironmentsFit) {
  const std::string reason = ErrorOf([] { MakeAgent("transporter_goal", InsertionEnvSpec(), 0); });
  EXPECT_THAT(reason, HasSubstr("this agent needs a goal image, but it has no "
                                "'goal.heightmap.rgb'"));
  EXPECT_THAT(reason, HasSubstr("BlockInsertionNoFixture"));
  EXPECT_EQ(TransporterGoalUnsupported(GoalEnvSpec()), "");
}

class GoalModes : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(GoalModes, LearnAndActOnTheGoal) {
  std::vector<std::string> settings = GetParam();
  settings.push_back("rotations=4");
  const auto agent = MakeAgent("transporter_goal", GoalEnvSpec(), 0, settings);
  agent->SetEpisodes({GoalEpisode(0), GoalEpisode(2)});
  for (const auto& [name, value] : agent->Update()) EXPECT_TRUE(std::isfinite(value)) << name;
  ArrayMap observation = MakeGoalScene(9).observation.Clone(), action;
  EXPECT_TRUE(agent->Act(observation, {}, &action));
  EXPECT_NO_THROW(GoalEnvSpec().action.Validate(action, "action"));
  const Array before = agent->Explanation().at("heatmap.place").Clone();
  // Another goal, another answer.
  for (const char* name : {"goal.heightmap.rgb", "goal.heightmap.height"}) {
    observation.Set(name, MakeGoalScene(11).observation.at(name));
  }
  EXPECT_TRUE(agent->Act(observation, {}, &action));
  EXPECT_FALSE(agent->Explanation().at("heatmap.place").BitEqual(before));
  observation.Erase("goal.heightmap.rgb");
  EXPECT_THAT(ErrorOf([&] { agent->Act(observation, {}, &action); }),
              HasSubstr("observation has no 'goal.heightmap.rgb'"));
}

INSTANTIATE_TEST_SUITE_P(Settings, GoalModes,
                         ::testing::Values(std::vector<std::string>{"mode=split"},
                                           std::vector<std::string>{"mode=stack"},
                                           std::vector<std::string>{"mode=naive"},
                                           std::vector<std::string>{"goal_image=last", "bf16=off",
                                                                    "half_turns=true"},
                                           std::vector<std::string>{"profile=small-u"}));

TEST(Goal, LastObservationIsTheGoalOfTraining) {
  auto episode = std::make_shared<Episode>(*GoalEpisode(4));
  const Grid grid = {160, 80, 2 * kPixel, PixelConvention::kCentre};
  Rng rng(1);
  const auto goal = [&](GoalSource source) {
    return Demonstrations({episode}, GoalEnvSpec().id, grid, true, ObjectRule::kNone, source)
        .Draw(&rng)
        .goal;
  };
  EXPECT_EQ(goal(GoalSource::kNone), nullptr);
  EXPECT_EQ(goal(GoalSource::kEnvironment)->rgb, ImageOf(4, kGoalPrefix).rgb);
  EXPECT_EQ(goal(GoalSource::kLastObservation)->rgb,
            ImageFromObservation(episode->observations.back(), true, "last").rgb);
  EXPECT_NE(goal(GoalSource::kLastObservation)->rgb, goal(GoalSource::kEnvironment)->rgb);
  episode->observations.pop_back();
  EXPECT_THAT(ErrorOf([&] { goal(GoalSource::kLastObservation); }),
              HasSubstr("episode of seed 4, last observation: it is missing"));
}

}  // namespace
}  // namespace rookery::pick_place
