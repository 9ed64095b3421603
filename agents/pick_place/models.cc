#include "agents/pick_place/models.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/log.h"

namespace rookery::pick_place {
namespace {

constexpr int kFeatures = 3;  // planes that are correlated

// Transport (section 3.2): scene and crop networks, cross-correlation, a softmax over all pixels
// and rotations.
class Transport : public PlaceModel {
 public:
  Transport(const TransporterBaseConfig& config, nn::Parameters* parameters, int scene_planes,
            View view)
      : shape_(CorrelationShapeOf(config)),
        few_rotations_(config.training_rotations),
        scale_(config.output_scale),
        view_(view),
        scene_(MakeBackbone("transport.scene", BackboneOptionsOf(config, scene_planes, view),
                            parameters)),
        crops_(
            MakeBackbone("transport.crop", BackboneOptionsOf(config, kFeatures, view), parameters)),
        correlator_(CorrelatorOf(config, parameters->device(), config.rotations)) {
    if (few_rotations_ > 0 && few_rotations_ < config.rotations) {
      few_ = CorrelatorOf(config, parameters->device(), few_rotations_);
    }
  }

  Tensor Probabilities(const InputBuilder& inputs, const Cell& pick) override {
    const auto [scene, crops] = Features(inputs, pick, false);
    Tensor maps = correlator_->Forward(scene, crops, scale_);
    nn::SoftmaxLossInPlace(maps, -1);
    return maps;
  }

  double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) override {
    if (few_ != nullptr) return TrainOnFew(inputs, pick, place, rng);
    const auto [scene, crops] = Features(inputs, pick, true);
    Tensor maps = correlator_->Forward(scene, crops, scale_);
    const double loss = nn::SoftmaxLossInPlace(maps, FlatIndex(shape_, place));
    const auto [scene_gradient, crop_gradient] = correlator_->Backward(maps, scale_);
    scene_->Backward(scene_gradient);
    crops_->Backward(crop_gradient);
    return loss;
  }

  // Sampled softmax over rotations: the drawn ones stand for all that are not true, so that the sum
  // is right in the mean.
  double TrainOnFew(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) {
    const int few = few_rotations_, all = shape_.rotations, pad = shape_.crop / 2;
    std::vector<int> bins(static_cast<size_t>(all));
    std::iota(bins.begin(), bins.end(), 0);
    std::swap(bins[0], bins[static_cast<size_t>(place.bin)]);
    for (int i = 1; i < few; ++i) {
      std::swap(bins[static_cast<size_t>(i)], bins[static_cast<size_t>(i + rng->Integer(all - i))]);
    }
    bins.resize(static_cast<size_t>(few));
    const Tensor scene = scene_->Forward(inputs.Padded(pad, pad, view_), true);
    const Tensor crops = crops_->Forward(inputs.Crops(pick.row, pick.column, bins, view_), true);
    Tensor maps = few_->Forward(scene, crops, scale_);
    maps.narrow(0, 1, few - 1).add_(std::log(static_cast<double>(all - 1) / (few - 1)));
    const double loss =
        nn::SoftmaxLossInPlace(maps, FlatIndex(shape_, {place.row, place.column, 0}));
    const auto [scene_gradient, crop_gradient] = few_->Backward(maps, scale_);
    scene_->Backward(scene_gradient);
    crops_->Backward(crop_gradient);
    return loss;
  }

 protected:
  std::pair<Tensor, Tensor> Features(const InputBuilder& inputs, const Cell& pick, bool keep) {
    const int pad = shape_.crop / 2;
    return {scene_->Forward(inputs.Padded(pad, pad, view_), keep),
            crops_->Forward(inputs.Crops(pick.row, pick.column, view_), keep)};
  }

  CorrelationShape shape_;
  int few_rotations_;
  double scale_;
  View view_;
  std::unique_ptr<Backbone> scene_, crops_;
  std::unique_ptr<Correlator> correlator_;
  std::unique_ptr<Correlator> few_;  // of training_rotations; null = all
};

// Two classes a cell instead of one softmax over all: planes 0-2 and 3-5 of the scene give two
// logits; 100 random negatives weigh as much as the one positive.
class PerPixelTransport final : public Transport {
 public:
  PerPixelTransport(const TransporterConfig& config, nn::Parameters* parameters)
      : Transport(config, parameters, 2 * kFeatures, View::kScene),
        second_(CorrelatorOf(config, parameters->device(), config.rotations)) {}

  Tensor Probabilities(const InputBuilder& inputs, const Cell& pick) override {
    const auto [scene, crops] = Features(inputs, pick, false);
    const auto [no, yes] = Logits(scene, crops);
    return (yes - no).sigmoid_();
  }

  double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) override {
    const auto [scene, crops] = Features(inputs, pick, true);
    const auto [no, yes] = Logits(scene, crops);
    const int64_t positive = FlatIndex(shape_, place);
    std::vector<int64_t> cells = {positive};
    std::set<int64_t> used = {positive};
    const int64_t negatives = std::min<int64_t>(kNegatives, no.numel() - 1);
    while (static_cast<int64_t>(cells.size()) <= negatives) {
      const int64_t cell = rng->Integer(no.numel());
      if (used.insert(cell).second) cells.push_back(cell);
    }
    const auto n = static_cast<double>(cells.size());
    const Tensor index = at::tensor(cells, at::kLong).to(no.device());
    const Tensor difference = (yes - no).reshape({-1}).index_select(0, index);
    Tensor target = at::zeros_like(difference), weight = at::full_like(difference, 0.5 / (n - 1));
    target[0] = 1.0;
    weight[0] = 0.5;
    // Two-class cross-entropy: log(1 + exp(-d)) for the positive, log(1 + exp(d)) for the rest.
    const Tensor loss = at::softplus(difference * (1 - 2 * target)) * weight;
    const Tensor slope = (difference.sigmoid() - target) * weight / n;
    Tensor gradient = at::zeros_like(yes);
    gradient.reshape({-1}).index_copy_(0, index, slope);
    auto [scene_yes, crop_yes] = second_->Backward(gradient, scale_);
    auto [scene_no, crop_no] = correlator_->Backward(gradient.neg_(), scale_);
    scene_->Backward(at::cat({scene_no, scene_yes}, 1));
    crops_->Backward(crop_yes.add_(crop_no));
    return loss.sum().item<double>() / n;
  }

 private:
  static constexpr int64_t kNegatives = 100;

  std::pair<Tensor, Tensor> Logits(const Tensor& scene, const Tensor& crops) {
    return {correlator_->Forward(scene.narrow(1, 0, kFeatures).contiguous(), crops, scale_),
            second_->Forward(scene.narrow(1, kFeatures, kFeatures).contiguous(), crops, scale_)};
  }

  std::unique_ptr<Correlator> second_;
};

// Without transport: a pick network looks at the image turned to every angle; its outputs are
// turned back and share one softmax. Knows nothing of what was picked.
class RotatedPick final : public PlaceModel {
 public:
  RotatedPick(const TransporterConfig& config, nn::Parameters* parameters)
      : config_(config),
        side_(config.rows()),
        pad_((config.rows() - config.columns()) / 2),
        network_(MakeBackbone("place", BackboneOptionsOf(config, 1), parameters)) {
    for (int i = 0; i < config.rotations; ++i) {
      turns_.push_back(TurnedIndex(side_, i, config.rotations).to(parameters->device()));
    }
  }

  Tensor Probabilities(const InputBuilder& inputs, const Cell&) override {
    Tensor maps = Logits(inputs.Padded(0, pad_));
    nn::SoftmaxLossInPlace(maps, -1);
    return maps;
  }

  double Train(const InputBuilder& inputs, const Cell&, const Cell& place, Rng*) override {
    const Tensor square = inputs.Padded(0, pad_);
    Tensor maps = Logits(square);
    const double loss = nn::SoftmaxLossInPlace(maps, FlatIndex(CorrelationShapeOf(config_), place));
    // One angle at a time, computed again: all at once would not fit in memory.
    for (int i = 0; i < config_.rotations; ++i) {
      network_->Forward(Turned(square, Turn(i)), true);
      const Tensor gradient = at::zeros({pixels() + 1}, maps.options());
      gradient.index_add_(0, IndexBack(i), maps[i].reshape({-1}));
      network_->Backward(gradient.narrow(0, 0, pixels()).reshape({1, 1, side_, side_}));
    }
    return loss;
  }

 private:
  int64_t pixels() const { return static_cast<int64_t>(side_) * side_; }
  const Tensor& Turn(int i) const { return turns_[static_cast<size_t>(i)]; }
  // For every pixel of the image, where the output of the square of turn i has it; pixels()
  // stands for outside.
  Tensor IndexBack(int i) const {
    return Turn((config_.rotations - i) % config_.rotations)
        .narrow(1, pad_, config_.columns())
        .reshape({-1});
  }

  Tensor Logits(const Tensor& square) {
    std::vector<Tensor> maps;
    for (int i = 0; i < config_.rotations; ++i) {
      const Tensor flat = network_->Forward(Turned(square, Turn(i)), false).reshape({-1});
      const Tensor extended = at::cat({flat, at::zeros({1}, flat.options())});
      maps.push_back(
          extended.index_select(0, IndexBack(i)).reshape({config_.rows(), config_.columns()}));
    }
    return at::stack(maps);
  }

  TransporterConfig config_;
  int side_, pad_;
  std::unique_ptr<Backbone> network_;
  std::vector<Tensor> turns_;  // tables of TurnedIndex, by rotation
};

}  // namespace

CorrelationShape CorrelationShapeOf(const TransporterBaseConfig& config) {
  CorrelationShape shape;
  shape.rotations = config.rotations;
  shape.channels = kFeatures;
  shape.rows = config.rows();
  shape.columns = config.columns();
  shape.crop = config.working_crop();
  return shape;
}

std::unique_ptr<Correlator> CorrelatorOf(const TransporterBaseConfig& config, at::Device device,
                                         int rotations) {
  const CorrelatorKind kind = config.correlation == "direct" ? CorrelatorKind::kDirect
                              : device.is_cpu()              ? CorrelatorKind::kSimdFft
                                                             : CorrelatorKind::kFft;
  CorrelationShape shape = CorrelationShapeOf(config);
  shape.rotations = rotations;
  return MakeCorrelator(kind, shape);
}

BackboneOptions BackboneOptionsOf(const TransporterBaseConfig& config, int planes, View view) {
  const Architecture architecture = config.network == "unet"     ? Architecture::kUNet
                                    : config.network == "resnet" ? Architecture::kResNet43
                                                                 : Architecture::kResNet36;
  return {architecture, config.width, planes,
          view == View::kBoth ? 2 * kImageChannels : kImageChannels};
}

int64_t FlatIndex(const CorrelationShape& shape, const Cell& cell) {
  return (static_cast<int64_t>(cell.bin) * shape.rows + cell.row) * shape.columns + cell.column;
}

PickModel::PickModel(const TransporterBaseConfig& config, nn::Parameters* parameters, View view,
                     const std::string& name)
    : rows_(config.rows()),
      columns_(config.columns()),
      pad_(config.pick_pad()),
      view_(view),
      network_(MakeBackbone(name, BackboneOptionsOf(config, 1, view), parameters)) {}

Tensor PickModel::Logits(const InputBuilder& inputs, bool keep) {
  return network_->Forward(inputs.Padded(0, pad_, view_), keep)
      .narrow(3, pad_, columns_)
      .reshape({rows_, columns_})
      .contiguous();
}

Tensor PickModel::Probabilities(const InputBuilder& inputs) {
  Tensor map = Logits(inputs, false);
  nn::SoftmaxLossInPlace(map, -1);
  return map;
}

double PickModel::Train(const InputBuilder& inputs, const Cell& pick) {
  Tensor map = Logits(inputs, true);
  const double loss =
      nn::SoftmaxLossInPlace(map, static_cast<int64_t>(pick.row) * columns_ + pick.column);
  Backward(map);
  return loss;
}

double PickModel::Train(const InputBuilder& inputs, const std::vector<int>& pixels) {
  ROOKERY_CHECK(!pixels.empty());
  Tensor map = Logits(inputs, true);
  nn::SoftmaxLossInPlace(map, -1);
  const Tensor index = at::tensor(pixels, at::kInt).to(map.device());
  Tensor flat = map.reshape({-1});
  const Tensor chosen = flat.index_select(0, index);
  // Probabilities that are zero in float count as the smallest that is not.
  const double loss =
      -chosen.clamp_min(std::numeric_limits<float>::min()).log().mean().item<double>();
  flat.index_copy_(0, index.to(at::kLong), chosen - 1.0 / static_cast<double>(pixels.size()));
  Backward(map);
  return loss;
}

void PickModel::Backward(const Tensor& gradient) {
  network_->Backward(
      at::constant_pad_nd(gradient, {pad_, pad_}).reshape({1, 1, rows_, columns_ + 2 * pad_}));
}

std::unique_ptr<PlaceModel> MakePlaceModel(const TransporterConfig& config,
                                           nn::Parameters* parameters) {
  if (config.ablation == "no_transport") return std::make_unique<RotatedPick>(config, parameters);
  if (config.ablation == "per_pixel_loss") {
    return std::make_unique<PerPixelTransport>(config, parameters);
  }
  return MakeTransport(config, parameters, View::kScene);
}

std::unique_ptr<PlaceModel> MakeTransport(const TransporterBaseConfig& config,
                                          nn::Parameters* parameters, View view) {
  return std::make_unique<Transport>(config, parameters, kFeatures, view);
}

Models::Models(const TransporterBaseConfig& config, at::ScalarType compute, at::Device device,
               View pick_view)
    : parameters(compute, device),
      inputs(config.rows(), config.columns(), config.working_crop(), config.rotations, compute,
             device),
      pick(config, &parameters, pick_view),
      whole_objects_(config.pick_target == "object"),
      rotations_(config.rotations) {
  adam_.epsilon = config.adam_epsilon;
  adam_.average_decay = config.weight_average;
}

Models::Models(const TransporterConfig& config, at::ScalarType compute, at::Device device,
               uint64_t seed)
    : Models(config, compute, device, View::kScene) {
  place = MakePlaceModel(config, &parameters);
  Allocate(seed);
}

void Models::Allocate(uint64_t seed) { parameters.Allocate(seed, adam_); }

Metrics Models::Train(const TrainingSample& sample, Rng* rng) {
  const Cell from{sample.pick_row, sample.pick_column, 0};
  const Cell to{sample.place_row, sample.place_column, sample.bin};
  inputs.SetImage(sample.image);
  if (sample.goal.rows > 0) inputs.SetImage(sample.goal, View::kGoal);
  const double attention =
      whole_objects_ ? pick.Train(inputs, sample.object) : pick.Train(inputs, from);
  const double transport = place->Train(inputs, from, to, rng);
  return {{"loss/attention", attention}, {"loss/transport", transport}};
}

Pose Models::PlacePose(const Cell&, const Cell& to, const Grid& grid, double height) {
  return Pose::FromXyYaw(grid.X(to.column), grid.Y(to.row), height, BinYaw(to.bin, rotations_));
}

at::Device ChooseDevice(const TransporterBaseConfig& config) {
  if (config.device == "cpu") return at::kCPU;
  if (torch::cuda::is_available()) return at::kCUDA;
  if (config.device == "cuda") {
    LogWarningOnce("transporter/cuda", "no CUDA device here: the transporter runs on the CPU");
  }
  return at::kCPU;
}

at::ScalarType ChooseCompute(const TransporterBaseConfig& config, at::Device device) {
  if (config.bf16 == "off") return at::kFloat;
  bool amx = false, avx512 = false;
#if defined(__x86_64__)
  amx = __builtin_cpu_supports("amx-bf16");
  avx512 = __builtin_cpu_supports("avx512bf16");
#endif
  const bool supported = !device.is_cpu() || amx || avx512;
  if (config.bf16 == "on") {
    if (supported) return at::kBFloat16;
    throw UserError(
        "bf16 = on needs a CPU with AVX512-BF16 or AMX (or a CUDA device); "
        "use bf16=auto or bf16=off here");
  }
  // Measured: AMX doubles the speed of both networks; AVX512-BF16 alone makes the resnet 1.4 times
  // faster (AMD Zen 5) and the unet no faster.
  const bool helps = !device.is_cpu() || amx || (avx512 && config.network == "resnet");
  return helps ? at::kBFloat16 : at::kFloat;
}

}  // namespace rookery::pick_place
