#include "agents/pick_place/six_dof_models.h"

#include <algorithm>
#include <set>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr int kHidden = 32;
constexpr int kPlanes = 8;         // correlated for each of the three numbers
constexpr double kHighest = 0.28;  // m, of heightmaps and of places
constexpr const char* kNames[] = {"z", "roll", "pitch"};

}  // namespace

Head::Head(const std::string& name, nn::Init init, nn::Parameters* parameters)
    : parameters_(parameters) {
  constexpr int kSizes[] = {1, kHidden, kHidden, 1};
  const nn::Init bias = init == nn::Init::kSmallNormal ? init : nn::Init::kZero;
  for (int i = 0; i < 3; ++i) {
    const std::string layer = name + ".fc" + std::to_string(i + 1);
    weight_[i] = parameters->Add(layer + ".weight", {kSizes[i + 1], kSizes[i]}, init);
    bias_[i] = parameters->Add(layer + ".bias", {kSizes[i + 1]}, bias);
  }
}

Tensor Head::Forward(const Tensor& x, bool keep) {
  Tensor y = x;
  if (keep) x_ = x;
  for (int i = 0; i < 3; ++i) {
    y = at::addmm(parameters_->Float(bias_[i]), y, parameters_->Float(weight_[i]).t());
    if (i == 2) break;
    y = y.relu();
    if (keep) hidden_[i] = y;
  }
  return y;
}

Tensor Head::Backward(const Tensor& gradient) {
  ROOKERY_CHECK(x_.defined());
  Tensor d = gradient;
  for (int i = 2; i >= 0; --i) {
    if (i < 2) d = d * (hidden_[i] > 0);
    parameters_->AddGradient(weight_[i], d.t().mm(i == 0 ? x_ : hidden_[i - 1]));
    parameters_->AddGradient(bias_[i], d.sum(0));
    d = d.mm(parameters_->Float(weight_[i]));
  }
  x_ = hidden_[0] = hidden_[1] = Tensor();
  return d;
}

std::pair<double, Tensor> Huber(const Tensor& predictions, double target) {
  const Tensor error = predictions - target, slope = error.clamp(-1, 1);
  const auto n = static_cast<double>(error.numel());
  // With s = clamp(e): s e - s^2 / 2 is e^2 / 2 inside and |e| - 1 / 2 outside.
  return {(slope * error - 0.5 * slope * slope).sum().item<double>() / n, slope / n};
}

SpatialModel::SpatialModel(const TransporterSixDofConfig& config, nn::Parameters* parameters)
    : config_(config) {
  const BackboneOptions options = BackboneOptionsOf(config, 3 * kPlanes);
  scene_ = MakeBackbone("spatial.scene", options, parameters);
  crops_ = MakeBackbone("spatial.crop", options, parameters);
  const nn::Init init =
      config.head_init == "normal" ? nn::Init::kSmallNormal : nn::Init::kGlorotUniform;
  for (const char* name : kNames) {
    heads_.emplace_back("spatial.head." + std::string(name), init, parameters);
  }
}

SpatialModel::Window SpatialModel::Around(const Cell& place) const {
  const int reach = config_.working_window(), n = config_.rotations;
  Window w;
  w.row = std::max(0, place.row - reach);
  w.column = std::max(0, place.column - reach);
  w.rows = std::min(config_.rows() - 1, place.row + reach) - w.row + 1;
  w.columns = std::min(config_.columns() - 1, place.column + reach) - w.column + 1;
  std::set<int> bins;
  for (int bin = place.bin - 1; bin <= place.bin + 1; ++bin) {
    if (config_.window_bins == "wrap") {
      bins.insert((bin + n) % n);
    } else if (bin >= 0 && bin < n) {
      bins.insert(bin);
    }
  }
  w.bins.assign(bins.begin(), bins.end());
  return w;
}

Tensor SpatialModel::SceneOf(const Tensor& scene, const Window& w, int part) const {
  const int more = config_.working_crop() - 1;
  return scene.narrow(1, part * kPlanes, kPlanes)
      .narrow(2, w.row, w.rows + more)
      .narrow(3, w.column, w.columns + more);
}

Tensor SpatialModel::KernelOf(const Tensor& crops, int part) const {
  // The reference correlates the scene's planes for roll with the crop's for pitch.
  const bool shared = part == 1 && config_.roll_kernel == "pitch";
  return crops.narrow(1, (shared ? 2 : part) * kPlanes, kPlanes);
}

Spatial SpatialModel::At(const InputBuilder& inputs, const Cell& pick, const Cell& place) {
  const int pad = config_.working_crop() / 2;
  const Window window{place.row, place.column, 1, 1, {place.bin}};
  const Tensor scene = scene_->Forward(inputs.Padded(pad, pad), false);
  const Tensor crops = crops_->Forward(inputs.Crops(pick.row, pick.column, window.bins), false);
  Spatial out;
  for (int part = 0; part < 3; ++part) {
    const Tensor value = at::conv2d(SceneOf(scene, window, part), KernelOf(crops, part));
    out[static_cast<size_t>(part)] = heads_[static_cast<size_t>(part)]
                                         .Forward(value.reshape({1, 1}) * config_.head_scale, false)
                                         .item<double>();
  }
  out[0] /= config_.z_scale;
  return out;
}

Spatial SpatialModel::Train(const InputBuilder& inputs, const Cell& pick, const Cell& place,
                            const Spatial& target) {
  const int pad = config_.working_crop() / 2;
  const Window window = Around(place);
  const Tensor scene = scene_->Forward(inputs.Padded(pad, pad), true);
  const Tensor crops = crops_->Forward(inputs.Crops(pick.row, pick.column, window.bins), true);
  const Tensor scene_gradient = at::zeros_like(scene), crop_gradient = at::zeros_like(crops);
  constexpr std::array<int64_t, 2> kOnes = {1, 1}, kZeros = {0, 0};
  Spatial losses;
  for (int part = 0; part < 3; ++part) {
    const auto i = static_cast<size_t>(part);
    const Tensor patch = SceneOf(scene, window, part).contiguous();
    const Tensor kernel = KernelOf(crops, part).contiguous();
    const Tensor values = at::conv2d(patch, kernel);
    const Tensor predictions =
        heads_[i].Forward(values.reshape({-1, 1}) * config_.head_scale, true);
    const auto [loss, slope] = Huber(predictions, target[i] * (part == 0 ? config_.z_scale : 1));
    losses[i] = config_.head_weight * loss;
    const Tensor back = heads_[i].Backward(slope * config_.head_weight) * config_.head_scale;
    const auto [dpatch, dkernel, bias] =
        at::convolution_backward(back.reshape(values.sizes()), patch, kernel, std::nullopt, kOnes,
                                 kZeros, kOnes, false, kZeros, 1, {true, true, false});
    SceneOf(scene_gradient, window, part).add_(dpatch);
    KernelOf(crop_gradient, part).add_(dkernel);
  }
  scene_->Backward(scene_gradient);
  crops_->Backward(crop_gradient);
  return losses;
}

SixDofModels::SixDofModels(const TransporterSixDofConfig& config, at::ScalarType compute,
                           at::Device device, uint64_t seed)
    : Models(config, compute, device, View::kScene),
      rotations_(config.rotations),
      spatial_(config, &parameters) {
  place = MakeTransport(config, &parameters, View::kScene);
  Allocate(seed);
}

Metrics SixDofModels::Train(const TrainingSample& sample, Rng* rng) {
  Metrics metrics = Models::Train(sample, rng);
  const Spatial losses =
      spatial_.Train(inputs, {sample.pick_row, sample.pick_column, 0},
                     {sample.place_row, sample.place_column, sample.bin},
                     {sample.spatial.z, sample.spatial.roll, sample.spatial.pitch});
  for (size_t i = 0; i < losses.size(); ++i) {
    metrics.emplace_back("loss/" + std::string(kNames[i]), losses[i]);
  }
  return metrics;
}

Pose SixDofModels::PlacePose(const Cell& from, const Cell& to, const Grid& grid, double) {
  const auto [z, roll, pitch] = spatial_.At(inputs, from, to);
  return {{grid.X(to.column), grid.Y(to.row), std::clamp(z, 0.0, kHighest)},
          QuatFromRavensEuler(roll, pitch, BinYaw(to.bin, rotations_))};
}

}  // namespace rookery::pick_place
