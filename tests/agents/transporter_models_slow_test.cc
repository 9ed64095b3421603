// The pick and place models: losses and gradients against autograd, and what they do when the
// scene moves or turns.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "agents/pick_place/explanation.h"
#include "agents/pick_place/models.h"
#include "tests/agents/fft_against_direct.h"
#include "tests/agents/insertion_scene.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::ReferenceNetwork;

// The square turned as specified: out(x, y) = in(R(angle) ((x, y) - centre) + centre), nearest
// neighbour, zero beyond.
Tensor TurnedSquare(const Tensor& square, double angle) {
  const int64_t side = square.size(2), channels = square.size(1);
  const double c = std::cos(angle), s = std::sin(angle);
  std::vector<int64_t> index;
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      const auto dx = static_cast<double>(x - side / 2), dy = static_cast<double>(y - side / 2);
      const int64_t column = std::lround(c * dx - s * dy) + side / 2;
      const int64_t row = std::lround(s * dx + c * dy) + side / 2;
      const bool inside = row >= 0 && row < side && column >= 0 && column < side;
      index.push_back(inside ? row * side + column : side * side);
    }
  }
  const Tensor flat = torch::cat({square.reshape({channels, -1}), torch::zeros({channels, 1})}, 1);
  return flat.index_select(1, torch::tensor(index)).reshape({1, channels, side, side});
}

class ModelsAgainstAutograd : public ::testing::TestWithParam<const char*> {
 protected:
  ModelsAgainstAutograd() {
    config_.ablation = GetParam();
    config_.rotations = 5;
    config_.bf16 = "off";
    models_ = std::make_unique<Models>(config_, at::kFloat, at::kCPU, 3);
    models_->inputs.SetImage(
        ImageFromObservation(rookery::testing::MakeInsertionScene(7).observation, true, "scene"));
  }

  int64_t PlaceIndex() const {
    return (int64_t{place_.bin} * config_.rows() + place_.row) * config_.columns() + place_.column;
  }
  Tensor Run(const char* name, const Tensor& x) {
    networks_.push_back(std::make_unique<ReferenceNetwork>(models_->parameters, name));
    return networks_.back()->UNet(x);
  }
  Tensor Correlated(const Tensor& scene, const Tensor& crops) const {
    return torch::conv2d(scene, at::constant_pad_nd(crops, {0, 1, 0, 1})).squeeze(0) *
           config_.output_scale;
  }
  static Tensor CrossEntropy(const Tensor& logits, int64_t label) {
    return logits.logsumexp(0) - logits[label];
  }

  Tensor PickLoss() {
    const Tensor logits = Run("attention", models_->inputs.Padded(0, 40)).narrow(3, 40, 80);
    return CrossEntropy(logits.reshape({-1}), int64_t{pick_.row} * 80 + pick_.column);
  }
  Tensor PlaceLoss(Rng rng) {
    const InputBuilder& inputs = models_->inputs;
    if (config_.ablation == "no_transport") {
      networks_.push_back(std::make_unique<ReferenceNetwork>(models_->parameters, "place"));
      std::vector<Tensor> maps;
      for (int i = 0; i < config_.rotations; ++i) {
        const double angle = 2 * kPi * i / config_.rotations;
        const Tensor turned = TurnedSquare(inputs.Padded(0, 40), angle);
        maps.push_back(TurnedSquare(networks_.back()->UNet(turned), -angle).narrow(3, 40, 80));
      }
      return CrossEntropy(torch::stack(maps).reshape({-1}), PlaceIndex());
    }
    const Tensor scene = Run("transport.scene", inputs.Padded(16, 16));
    const Tensor crops = Run("transport.crop", inputs.Crops(pick_.row, pick_.column));
    if (config_.ablation == "none") {
      return CrossEntropy(Correlated(scene, crops).reshape({-1}), PlaceIndex());
    }
    // Two classes: the positive cell and 100 others, which weigh as much in all.
    const Tensor logits = torch::stack({Correlated(scene.narrow(1, 0, 3), crops).reshape({-1}),
                                        Correlated(scene.narrow(1, 3, 3), crops).reshape({-1})},
                                       1);
    std::vector<int64_t> cells = {PlaceIndex()}, classes = {1};
    std::vector<double> weights = {1.0};
    std::set<int64_t> used = {PlaceIndex()};
    while (cells.size() < 101) {
      const int64_t cell = rng.Integer(logits.size(0));
      if (!used.insert(cell).second) continue;
      cells.push_back(cell);
      classes.push_back(0);
      weights.push_back(0.01);
    }
    const Tensor weight = torch::tensor(weights, torch::kFloat);
    const Tensor entropy = torch::nn::functional::cross_entropy(
        logits.index_select(0, torch::tensor(cells)), torch::tensor(classes),
        torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone));
    return (entropy * weight / weight.sum()).mean();
  }

  const Cell pick_{60, 33, 0}, place_{101, 44, 2};
  TransporterConfig config_;
  std::unique_ptr<Models> models_;
  std::vector<std::unique_ptr<ReferenceNetwork>> networks_;
};

TEST_P(ModelsAgainstAutograd, LossesAndGradients) {
  Rng rng(9);
  const Tensor pick_loss = PickLoss(), place_loss = PlaceLoss(rng);
  (pick_loss + place_loss).backward();
  c10::InferenceMode guard;
  EXPECT_NEAR(models_->pick.Train(models_->inputs, pick_), pick_loss.item<double>(),
              1e-4 * pick_loss.item<double>());
  EXPECT_NEAR(models_->place->Train(models_->inputs, pick_, place_, &rng),
              place_loss.item<double>(), 1e-4 * place_loss.item<double>());
  const nn::Parameters& parameters = models_->parameters;
  int compared = 0;
  for (const auto& network : networks_) {
    for (const auto& [name, weight] : network->weights()) {
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

INSTANTIATE_TEST_SUITE_P(Variants, ModelsAgainstAutograd,
                         ::testing::Values("none", "per_pixel_loss", "no_transport"),
                         [](const auto& c) { return std::string(c.param); });

// An untrained network: what its maps answer must move with the scene by multiples of the stride.
class ModelsEquivariance : public ::testing::TestWithParam<std::pair<const char*, uint64_t>> {};

TEST_P(ModelsEquivariance, BothMapsMoveWithTheScene) {
  c10::InferenceMode guard;
  const auto& [network, seed] = GetParam();
  TransporterConfig config;
  config.network = network;
  config.half_resolution = false;  // so that no border is in reach
  config.output_scale = 1.0 / 64;
  Models models(config, at::kFloat, at::kCPU, seed);
  const auto decide = [&](int down, int right) {
    // A patch of noise on nothing, which is also what the padding is.
    Image image;
    image.rows = kRows;
    image.columns = kColumns;
    image.rgb.assign(size_t{3} * kRows * kColumns, 0);
    image.height.assign(size_t{1} * kRows * kColumns, 0.0F);
    Rng rng(5);
    for (int row = 152; row < 168; ++row) {
      for (int column = 72; column < 88; ++column) {
        const size_t at = image.Index(row + down, column + right);
        for (size_t c = 0; c < 3; ++c)
          image.rgb[3 * at + c] = static_cast<uint8_t>(rng.Integer(256));
        image.height[at] = static_cast<float>(rng.Uniform(0, 0.06));
      }
    }
    models.inputs.SetImage(image);
    const Cell pick = DecidePick(models.pick.Probabilities(models.inputs), 0).cell;
    return std::pair{pick, DecidePlace(models.place->Probabilities(models.inputs, pick)).cell};
  };
  const auto [pick, place] = decide(0, 0);
  // Answers at a border of the image would not move.
  EXPECT_LT(std::hypot(place.row - 160, place.column - 80), 40);
  for (const auto& [down, right] : {std::pair{16, -8}, {-24, 8}}) {
    const auto [moved_pick, moved_place] = decide(down, right);
    EXPECT_EQ(moved_pick.row, pick.row + down);
    EXPECT_EQ(moved_pick.column, pick.column + right);
    EXPECT_EQ(moved_place.row, place.row + down);
    EXPECT_EQ(moved_place.column, place.column + right);
    EXPECT_EQ(moved_place.bin, place.bin);
  }
}

// Seeds whose weights answer near the patch; about half do.
INSTANTIATE_TEST_SUITE_P(Networks, ModelsEquivariance,
                         ::testing::Values(std::pair{"unet", 1}, std::pair{"unet", 4},
                                           std::pair{"resnet", 1}, std::pair{"resnet", 4}),
                         [](const auto& c) {
                           return c.param.first + std::to_string(c.param.second);
                         });

// The shape of the profiles at full resolution, whose direct correlation takes long.
TEST(FullSizeCorrelation, FftEqualsDirect) { ExpectFftEqualsDirect({2, 3, 320, 160, 64}); }

// exp(loss) is the sum over all cells divided by the true one's: with a part of the rotations its
// mean over what is drawn must be that of all.
TEST(TrainingRotations, AreRightInTheMean) {
  c10::InferenceMode guard;
  TransporterConfig all;
  all.bf16 = "off";
  all.rotations = 12;
  TransporterConfig few = all;
  few.training_rotations = 4;
  const Image image =
      ImageFromObservation(rookery::testing::MakeInsertionScene(7).observation, true, "scene");
  const Cell pick{80, 40, 0}, place{60, 30, 7};
  Models whole(all, at::kFloat, at::kCPU, 3), part(few, at::kFloat, at::kCPU, 3);
  whole.inputs.SetImage(image);
  part.inputs.SetImage(image);
  Rng rng(1);
  const double loss = whole.place->Train(whole.inputs, pick, place, &rng);
  constexpr int kDraws = 200;
  double mean = 0;
  std::set<double> losses;
  for (int i = 0; i < kDraws; ++i) {
    const double drawn = part.place->Train(part.inputs, pick, place, &rng);
    mean += std::exp(drawn - loss) / kDraws;
    losses.insert(drawn);
  }
  EXPECT_GT(losses.size(), 100u);
  EXPECT_NEAR(mean, 1, 0.1);
}

TEST(PickTarget, OfManyPixelsIsTheMeanOfEach) {
  c10::InferenceMode guard;
  TransporterConfig config;
  config.bf16 = "off";
  config.pick_padding = "narrow";
  Models models(config, at::kFloat, at::kCPU, 3);
  models.inputs.SetImage(
      ImageFromObservation(rookery::testing::MakeInsertionScene(7).observation, true, "scene"));
  const auto index = [&](int row, int column) { return row * config.columns() + column; };
  const double a = models.pick.Train(models.inputs, Cell{10, 20, 0});
  const double b = models.pick.Train(models.inputs, Cell{100, 60, 0});
  EXPECT_NEAR(models.pick.Train(models.inputs, std::vector<int>{index(10, 20)}), a, 1e-5);
  EXPECT_NEAR(models.pick.Train(models.inputs, std::vector<int>{index(10, 20), index(100, 60)}),
              (a + b) / 2, 1e-5);
  EXPECT_NEAR(models.pick.Probabilities(models.inputs).sum().item<double>(), 1, 1e-4);
}

}  // namespace
}  // namespace rookery::pick_place
