#include "agents/pick_place/transporter.h"

#include <torch/torch.h>

#include <cmath>

#include "agents/nn/memory.h"
#include "agents/pick_place/augmentation.h"
#include "agents/pick_place/demonstrations.h"
#include "agents/pick_place/explanation.h"
#include "agents/pick_place/models.h"
#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"

namespace rookery::pick_place {
namespace {

constexpr char kRngKey[] = "transporter.rng";
constexpr char kComputeKey[] = "transporter.compute";
constexpr double kTolerance = 15 * kPi / 180;  // of scores, on yaw

std::string ToHex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char c : bytes) {
    hex.push_back(kDigits[c >> 4]);
    hex.push_back(kDigits[c & 15]);
  }
  return hex;
}

std::string FromHex(const std::string& hex) {
  const auto digit = [&](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw UserError("the checkpoint's " + std::string(kRngKey) + " is not hexadecimal");
  };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

Grid GridOf(const TransporterConfig& config) {
  return {config.rows(), config.columns(), config.pixel_m(),
          config.centre() ? PixelConvention::kCentre : PixelConvention::kCorner};
}

std::string ComputeName(at::ScalarType type) {
  return type == at::kBFloat16 ? "bfloat16" : "float32";
}

// LibTorch keeps the number of threads per calling thread.
void UseThreads(int threads) {
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
}

}  // namespace

struct Transporter::State {
  State(const TransporterConfig& config, at::Device device, uint64_t seed)
      : grid(GridOf(config)), models(config, ChooseCompute(config, device), device, seed) {
    augmentation.move = config.augment;
    augmentation.pick_shift = config.pick_shift;
    augmentation.rigid_rounding = config.rounds_rigidly();
    augmentation.rotations = config.rotations;
  }

  Grid grid;
  AugmentationOptions augmentation;
  Models models;
  Demonstrations demonstrations;
};

std::string TransporterUnsupported(const EnvSpec& env) {
  const auto check = [](const Spec& spec, const char* name, DType dtype,
                        const Shape& shape) -> std::string {
    const ArraySpec* found = spec.Find(name);
    const std::string wanted = std::string(DTypeName(dtype)) + " " + ShapeText(shape);
    if (found == nullptr) {
      std::string names;
      for (const std::string& other : spec.Names()) names += (names.empty() ? "" : ", ") + other;
      return "it has no '" + std::string(name) + "' (" + wanted + ") but " + names;
    }
    if (found->dtype == dtype && found->shape == shape) return "";
    return "its '" + std::string(name) + "' is " + DTypeName(found->dtype) + " " +
           ShapeText(found->shape) + ", not " + wanted;
  };
  for (const std::string& reason :
       {check(env.observation, kRgbName, DType::kUInt8, {kRows, kColumns, 3}),
        check(env.observation, kHeightName, DType::kFloat32, {kRows, kColumns}),
        check(env.action, "pose0", DType::kFloat64, {7}),
        check(env.action, "pose1", DType::kFloat64, {7})}) {
    if (!reason.empty()) return reason;
  }
  return "";
}

Transporter::Transporter(const TransporterConfig& config, const EnvSpec& env, uint64_t seed)
    : config_(config), env_id_(env.id), rng_(Rng::Stream(seed, "transporter/samples")) {
  config_.Check();
  if (const std::string reason = TransporterUnsupported(env); !reason.empty()) {
    throw UserError("transporter cannot act on " + env.id + ": " + reason);
  }
  if (kPi / config.rotations > kTolerance) {
    LogWarningOnce("transporter/rotations=" + std::to_string(config_.rotations),
                   "rotations = " + std::to_string(config.rotations) +
                       ": place angles can be off by more than the 15 degrees that scores allow");
  }
  c10::InferenceMode guard;
  UseThreads(config_.threads);
  state_ = std::make_unique<State>(config_, ChooseDevice(config_), seed);
}

Transporter::~Transporter() = default;

int64_t Transporter::NumParameters() const { return state_->models.parameters.count(); }

void Transporter::SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) {
  state_->demonstrations = Demonstrations(episodes, env_id_, state_->grid, config_.half_resolution);
}

double Transporter::LearningRate() const {
  const int64_t done = state_->models.parameters.steps();
  if (config_.schedule != "cosine") return config_.learning_rate;
  if (done >= config_.steps) {
    LogWarningOnce("transporter/schedule",
                   "training beyond steps = " + std::to_string(config_.steps) +
                       ", where the cosine schedule has ended at 0");
    return 0;
  }
  const double share = static_cast<double>(done) / static_cast<double>(config_.steps);
  return config_.learning_rate * 0.5 * (1 + std::cos(kPi * share));
}

Metrics Transporter::Update() {
  if (state_->demonstrations.empty()) return {};
  nn::KeepFreedMemory();
  c10::InferenceMode guard;
  UseThreads(config_.threads);
  State& s = *state_;
  const Rng before = rng_;
  const Demonstration& demonstration = s.demonstrations.Draw(&rng_);
  const TrainingSample sample =
      MakeSample(demonstration.image, demonstration.label, s.grid, s.augmentation, &rng_);
  const Cell pick{sample.pick_row, sample.pick_column, 0};
  const Cell place{sample.place_row, sample.place_column, sample.bin};
  s.models.inputs.SetImage(sample.image);
  const double attention = s.models.pick.Train(s.models.inputs, pick);
  const double transport = s.models.place->Train(s.models.inputs, pick, place, &rng_);
  const double rate = LearningRate();

  const bool losses_finite = std::isfinite(attention) && std::isfinite(transport);
  if (!losses_finite || !s.models.parameters.GradientsFinite()) {
    s.models.parameters.DropGradients();
    rng_ = before;
    throw Failure("iteration " + std::to_string(s.models.parameters.steps() + 1) + ": " +
                  (losses_finite ? "a gradient" : "a loss") + " is not finite (attention " +
                  std::to_string(attention) + ", transport " + std::to_string(transport) +
                  ") on the episode of seed " + std::to_string(demonstration.seed) + ", step " +
                  std::to_string(demonstration.step) + "; the parameters of before it are kept");
  }
  s.models.parameters.Step(rate);
  return {{"loss/attention", attention}, {"loss/transport", transport}, {"learning_rate", rate}};
}

bool Transporter::Act(const ArrayMap& observation, const ActContext&, ArrayMap* action) {
  c10::InferenceMode guard;
  UseThreads(config_.threads);
  State& s = *state_;
  const Image image = ImageFromObservation(observation, config_.half_resolution, "observation");
  s.models.inputs.SetImage(image);
  const nn::AverageActs average(&s.models.parameters);
  const PickDecision pick =
      DecidePick(s.models.pick.Probabilities(s.models.inputs).cpu(), config_.pick_blur);
  const PlaceDecision place =
      DecidePlace(s.models.place->Probabilities(s.models.inputs, pick.cell).cpu());

  const auto pose = [&](const Cell& cell, double yaw) {
    return PoseArray(s.grid.X(cell.column), s.grid.Y(cell.row),
                     static_cast<double>(image.height[image.Index(cell.row, cell.column)]), yaw);
  };
  const double yaw = BinYaw(place.cell.bin, config_.rotations);
  action->Set("pose0", pose(pick.cell, 0));
  action->Set("pose1", pose(place.cell, yaw));
  Explain(pick, place, yaw, config_.half_resolution ? 2 : 1, &explanation_);
  return true;
}

void Transporter::Save(Checkpoint* out) const {
  state_->models.parameters.Save(out);
  out->meta[kRngKey] = ToHex(rng_.Bytes());
  out->meta[kComputeKey] = ComputeName(state_->models.parameters.compute());
}

void Transporter::Load(const Checkpoint& in) {
  state_->models.parameters.CheckFits(in);
  const auto found = in.meta.find(kRngKey);
  if (found == in.meta.end()) {
    throw UserError("the checkpoint has no " + std::string(kRngKey) +
                    ": it is not one of a transporter");
  }
  Rng rng;
  rng.FromBytes(FromHex(found->second));
  state_->models.parameters.Load(in);
  rng_ = rng;
  const std::string here = ComputeName(state_->models.parameters.compute());
  const auto compute = in.meta.find(kComputeKey);
  if (compute != in.meta.end() && compute->second != here) {
    LogWarning("the checkpoint was trained in " + compute->second + ", this agent computes in " +
               here + ": results will not be the same to the bit (see its setting bf16)");
  }
}

ROOKERY_REGISTER_AGENT(
    Transporter, TransporterConfig,
    {.name = "transporter",
     .summary = "imitates pick-and-place from a few demonstrations by cross-correlating crops",
     .source = "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406",
     .status = Status::kApproximate,
     .known_issues = {"the default lite-u and small-u are a light U-Net with settings of our own; "
                      "small, mid and paper have the published network, loss and settings",
                      "the scores of mid and paper were never measured: too slow on a CPU",
                      "weights and samples are drawn by our own generator, so that single runs "
                      "differ from the reference's"},
     .learns = true,
     .needs_episodes = true,
     .profiles = TransporterProfiles(),
     .unsupported = TransporterUnsupported});

}  // namespace rookery::pick_place
