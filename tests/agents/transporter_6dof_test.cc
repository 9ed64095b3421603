#include "agents/pick_place/transporter_6dof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agents/pick_place/six_dof_models.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisode;
using rookery::testing::MakeInsertionScene;
using rookery::testing::PoseNumbers;
using rookery::testing::RandomTensor;
using rookery::testing::ReferenceNetwork;

const Grid kGrid = {160, 80, 2 * kPixel, PixelConvention::kCentre};

Image ImageOf(uint64_t seed) {
  return ImageFromObservation(MakeInsertionScene(seed).observation, true, "scene");
}

Label LabelOf(const Pose& pick, const Pose& place) {
  return LabelFromAction({{"pose0", PoseNumbers(pick)}, {"pose1", PoseNumbers(place)}}, kGrid,
                         "action");
}

// Heights and tilts within what the task draws.
Pose RandomPose(Rng* rng, double tilt) {
  return {{rng->Uniform(0.35, 0.65), rng->Uniform(-0.4, 0.4), rng->Uniform(0.02, 0.2)},
          QuatFromRavensEuler(rng->Uniform(-tilt, tilt), rng->Uniform(-tilt, tilt),
                              rng->Uniform(0, 2 * kPi))};
}

TEST(Huber, IsQuadraticThenLinear) {
  c10::InferenceMode guard;
  const auto [loss, gradient] = Huber(at::tensor({0.5F, 1.5F, -3.0F}).reshape({3, 1}), 0.0);
  EXPECT_NEAR(loss, (0.125 + 1.0 + 2.5) / 3, 1e-6);
  EXPECT_NEAR(gradient[0].item<double>(), 0.5 / 3, 1e-6);
  EXPECT_NEAR(gradient[1].item<double>(), 1.0 / 3, 1e-6);
  EXPECT_NEAR(gradient[2].item<double>(), -1.0 / 3, 1e-6);
}

TEST(Head, GradientsEqualDifferences) {
  c10::InferenceMode guard;
  for (const nn::Init init : {nn::Init::kGlorotUniform, nn::Init::kSmallNormal}) {
    nn::Parameters parameters(at::kFloat, at::kCPU);
    Head head("head", init, &parameters);
    parameters.Allocate(5, {});
    // Without biases all samples would bend at the same place.
    for (int id = 0; id < parameters.size(); ++id) {
      Tensor weight = parameters.Float(id);
      weight.add_(RandomTensor(weight.sizes(), static_cast<uint64_t>(id)) * 0.1);
    }
    EXPECT_EQ(parameters.count(), 32 + 32 + 32 * 32 + 32 + 32 + 1);
    const Tensor x = RandomTensor({20, 1}, 1), weights = RandomTensor({20, 1}, 2);
    const auto value = [&](const Tensor& at) {
      return (head.Forward(at, false) * weights).to(at::kDouble).sum().item<double>();
    };
    head.Forward(x, true);
    const Tensor gradient = head.Backward(weights);
    constexpr double kStep = 1e-2;
    // Each sample on its own: its hidden units have one kink each.
    int close = 0;
    for (int i = 0; i < 20; ++i) {
      Tensor up = x.clone(), down = x.clone();
      up[i] += kStep;
      down[i] -= kStep;
      const double slope = (value(up) - value(down)) / (2 * kStep), g = gradient[i].item<double>();
      close += std::abs(slope - g) < 0.02 * std::abs(g) + 1e-4;
    }
    EXPECT_GE(close, 17);
    for (int id = 0; id < parameters.size(); ++id) {
      Tensor weight = parameters.Float(id);
      const Tensor g = parameters.Gradient(id).clone(), before = weight.clone();
      const double length = g.norm().item<double>();
      ASSERT_GT(length, 0) << parameters.name(id);
      const Tensor step = g * (1e-3 / length);
      weight.add_(step);
      const double more = value(x);
      weight.copy_(before - step);
      const double slope = (more - value(x)) / 2e-3;
      weight.copy_(before);
      EXPECT_NEAR(slope, length, 0.05 * length + 1e-3) << parameters.name(id);
    }
  }
}

// Against both poses moved as rigid bodies: T = C D Rz(angle) C^-1 with C at the image's centre.
TEST(SixDofLabels, EqualThePosesMovedInTheWorld) {
  AugmentationOptions options;
  options.six_dof = true;
  options.rigid_rounding = false;
  options.rotations = 360;
  const Image image = ImageOf(1);
  Rng rng(4);
  int half_turned = 0;
  for (int i = 0; i < 30; ++i) {
    const Pose pick = RandomPose(&rng, 0.3), place = RandomPose(&rng, kPi / 4);
    options.half_turns = i % 2 == 1;
    Rng draws = rng;
    const bool half = options.half_turns && draws.Integer(2) == 1;
    half_turned += half;
    const TrainingSample sample =
        MakeSample(image, LabelOf(pick, place), {0}, kGrid, options, &rng);
    ASSERT_TRUE(sample.augmented);
    double angle = 0, columns = 0, rows = 0;
    for (int drawn = 0; drawn <= sample.rejected; ++drawn) {
      angle = draws.Normal(0, 2 * kPi / 6);
      columns = draws.Normal(0, 80 / 6.0);
      rows = draws.Normal(0, 80 / 6.0);
    }
    const Pose centre(Vec3(kGrid.X(40), kGrid.Y(80), 0.05));
    const Pose shift(Vec3(columns * kGrid.pixel_m, rows * kGrid.pixel_m, 0));
    const Pose middle(Vec3(kGrid.X(39.5), kGrid.Y(79.5), 0));
    const Pose opposite = middle * Pose({}, QuatFromYaw(half ? kPi : 0)) * middle.Inverse();
    const Pose T = centre * shift * Pose({}, QuatFromYaw(angle)) * centre.Inverse() * opposite;
    const Pose moved_pick = T * pick, upright(moved_pick.p);
    const Pose moved_place = T * place * moved_pick.Inverse() * upright;
    const Vec3 euler = RavensEuler(moved_place.q);
    EXPECT_EQ(sample.pick_column, kGrid.Pixel(kGrid.FromWorld(upright.p.x, upright.p.y).column));
    EXPECT_EQ(sample.pick_row, kGrid.Pixel(kGrid.FromWorld(upright.p.x, upright.p.y).row));
    EXPECT_EQ(sample.place_row, kGrid.Pixel(kGrid.FromWorld(moved_place.p.x, moved_place.p.y).row));
    EXPECT_NEAR(sample.spatial.z, place.p.z, 1e-9);
    EXPECT_NEAR(sample.spatial.roll, euler.x, 1e-9);
    EXPECT_NEAR(sample.spatial.pitch, euler.y, 1e-9);
    EXPECT_NEAR(std::remainder(BinYaw(sample.bin, 360) - euler.z, 2 * kPi), 0, kPi / 360 + 1e-9);
  }
  EXPECT_GT(half_turned, 3);
}

TEST(SixDofLabels, RoundingThePickMovesThePlaceInSpace) {
  AugmentationOptions options;
  options.six_dof = true;
  options.move = false;
  const Image image = ImageOf(1);
  Rng rng(4);
  for (int i = 0; i < 30; ++i) {
    const Pose pick(RandomPose(&rng, 0).p), place = RandomPose(&rng, kPi / 4);
    const TrainingSample sample =
        MakeSample(image, LabelOf(pick, place), {0}, kGrid, options, &rng);
    const Vec3 rounded(kGrid.X(sample.pick_column), kGrid.Y(sample.pick_row), pick.p.z);
    const Vec3 p = place * pick.Inverse() * rounded;
    EXPECT_NEAR(sample.spatial.z, p.z, 1e-9);
    EXPECT_NEAR(kGrid.X(sample.place_column), p.x, kGrid.pixel_m / 2 + 1e-9);
    EXPECT_NEAR(kGrid.Y(sample.place_row), p.y, kGrid.pixel_m / 2 + 1e-9);
  }
}

TEST(SixDofLabels, PlanarOnesAreThoseOfTheTransporter) {
  AugmentationOptions flat, spatial;
  spatial.six_dof = true;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const Label label = LabelFromAction(MakeInsertionScene(seed).action, kGrid, "action");
    Rng a(seed), b(seed);
    const TrainingSample one = MakeSample(ImageOf(seed), label, {0}, kGrid, flat, &a);
    const TrainingSample two = MakeSample(ImageOf(seed), label, {0}, kGrid, spatial, &b);
    EXPECT_EQ(one.image.rgb, two.image.rgb);
    EXPECT_EQ(one.pick_row, two.pick_row);
    EXPECT_EQ(one.place_row, two.place_row);
    EXPECT_EQ(one.place_column, two.place_column);
    EXPECT_EQ(one.bin, two.bin);
    EXPECT_NEAR(two.spatial.roll, 0, 1e-9);
    EXPECT_NEAR(two.spatial.pitch, 0, 1e-9);
  }
}

struct SpatialCase {
  const char *roll_kernel, *window_bins;
  Cell place;
  std::vector<int> bins;           // of the window
  int row, column, rows, columns;  // of the window
};

class SpatialAgainstAutograd : public ::testing::TestWithParam<SpatialCase> {};

// The whole maps by LibTorch's convolution, of which the loss takes the window.
TEST_P(SpatialAgainstAutograd, LossesGradientsAndEstimates) {
  const SpatialCase& c = GetParam();
  TransporterSixDofConfig config;
  config.rotations = 5;
  config.roll_kernel = c.roll_kernel;
  config.window_bins = c.window_bins;
  nn::Parameters parameters(at::kFloat, at::kCPU);
  SpatialModel model(config, &parameters);
  parameters.Allocate(3, {});
  InputBuilder inputs(160, 80, 32, 5, at::kFloat, at::kCPU);
  inputs.SetImage(ImageOf(7));
  const Cell pick{60, 33, 0};
  const Spatial target = {0.08, -0.4, 0.3};

  ReferenceNetwork scene(parameters, "spatial.scene"), crops(parameters, "spatial.crop");
  std::vector<ReferenceNetwork> heads;
  for (const char* name : {"z", "roll", "pitch"}) {
    heads.emplace_back(parameters, "spatial.head." + std::string(name));
  }
  const Tensor features = scene.UNet(inputs.Padded(16, 16));
  const Tensor kernels = crops.UNet(inputs.Crops(60, 33));
  const int kernel_of[] = {0, std::string(c.roll_kernel) == "pitch" ? 2 : 1, 2};
  Tensor total = torch::zeros({});
  std::vector<double> losses, estimates;
  for (int part = 0; part < 3; ++part) {
    const auto i = static_cast<size_t>(part);
    const Tensor map =
        torch::conv2d(features.narrow(1, 8 * part, 8),
                      at::constant_pad_nd(kernels.narrow(1, 8 * kernel_of[part], 8), {0, 1, 0, 1}))
            .squeeze(0) *
        config.head_scale;
    ASSERT_EQ(map.sizes(), (at::IntArrayRef{5, 160, 80}));
    const auto& w = heads[i].weights();
    const std::string name = "spatial.head." + std::string(i == 0   ? "z"
                                                           : i == 1 ? "roll"
                                                                    : "pitch");
    const auto layer = [&](const Tensor& x, const char* fc) {
      return torch::linear(x, w.at(name + "." + fc + ".weight"), w.at(name + "." + fc + ".bias"));
    };
    const Tensor y = layer(layer(layer(map.reshape({-1, 1}), "fc1").relu(), "fc2").relu(), "fc3")
                         .reshape(map.sizes());
    estimates.push_back(y[c.place.bin][c.place.row][c.place.column].item<double>());
    const std::vector<int64_t> bins(c.bins.begin(), c.bins.end());
    const Tensor window = y.index_select(0, torch::tensor(bins))
                              .narrow(1, c.row, c.rows)
                              .narrow(2, c.column, c.columns);
    const double wanted = target[i] * (i == 0 ? config.z_scale : 1);
    const Tensor loss =
        10 * torch::nn::functional::huber_loss(window, torch::full_like(window, wanted));
    losses.push_back(loss.item<double>());
    total = total + loss;
  }
  total.backward();

  c10::InferenceMode guard;
  const Spatial found = model.Train(inputs, pick, c.place, target);
  const Spatial at = model.At(inputs, pick, c.place);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(found[i], losses[i], 1e-3 * losses[i]);
    EXPECT_NEAR(at[i] * (i == 0 ? config.z_scale : 1), estimates[i],
                1e-3 * std::abs(estimates[i]) + 1e-4);
  }
  std::vector<const ReferenceNetwork*> all = {&scene, &crops};
  for (const ReferenceNetwork& head : heads) all.push_back(&head);
  int compared = 0;
  for (const ReferenceNetwork* network : all) {
    for (const auto& [name, weight] : network->weights()) {
      for (int id = 0; id < parameters.size(); ++id) {
        if (parameters.name(id) != name) continue;
        const Tensor& g = weight.grad();
        EXPECT_LT((parameters.Gradient(id) - g).norm().item<double>(),
                  0.03 * g.norm().item<double>() + 1e-5)
            << name;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, parameters.size());
}

std::string SpatialName(const ::testing::TestParamInfo<SpatialCase>& c) {
  return std::string(c.param.roll_kernel) + c.param.window_bins + std::to_string(c.index);
}
// Of several seconds each.
INSTANTIATE_TEST_SUITE_P(
    HeavyWindows, SpatialAgainstAutograd,
    ::testing::Values(SpatialCase{"pitch", "clip", {2, 79, 0}, {0, 1}, 0, 75, 7, 5},
                      SpatialCase{"roll", "wrap", {101, 44, 2}, {1, 2, 3}, 97, 40, 9, 9},
                      SpatialCase{"roll", "wrap", {158, 0, 0}, {0, 1, 4}, 154, 0, 6, 5}),
    SpatialName);

class SixDofSettings : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(SixDofSettings, LearnAndPlaceInSpace) {
  std::vector<std::string> settings = GetParam();
  settings.push_back("rotations=4");
  const auto agent = MakeAgent("transporter_6dof", InsertionEnvSpec(), 0, settings);
  agent->SetEpisodes({InsertionEpisode(0)});
  std::vector<std::string> names;
  for (const auto& [name, value] : agent->Update()) {
    EXPECT_TRUE(std::isfinite(value)) << name;
    names.push_back(name);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("loss/attention", "loss/transport", "loss/z",
                                            "loss/roll", "loss/pitch", "learning_rate"));
  ArrayMap action;
  EXPECT_TRUE(agent->Act(MakeInsertionScene(1).observation, {}, &action));
  EXPECT_NO_THROW(InsertionEnvSpec().action.Validate(action, "action"));
  const auto place = action.at("pose1").As<double>();
  const double yaw = agent->Explanation().at("yaw.place").AsDouble();
  const Quat tilt = Quat{place[3], place[4], place[5], place[6]} * QuatFromYaw(-yaw);
  EXPECT_NEAR(RotationMatrix(tilt)[3], 0, 1e-9);  // Ry Rx leaves no yaw
  EXPECT_GT(AngleBetween(tilt, Quat()), 1e-9);    // nothing learned yet
}

INSTANTIATE_TEST_SUITE_P(
    Settings, SixDofSettings,
    ::testing::Values(std::vector<std::string>{},
                      std::vector<std::string>{"roll_kernel=pitch", "window_bins=clip",
                                               "head_init=normal"},
                      std::vector<std::string>{"pick_shift=alike", "half_turns=true", "window=0"},
                      std::vector<std::string>{"profile=small-u"}));

}  // namespace
}  // namespace rookery::pick_place
