#include "agents/pick_place/imitation.h"

#include <torch/torch.h>

#include <cmath>
#include <functional>

#include "agents/nn/memory.h"
#include "agents/pick_place/augmentation.h"
#include "agents/pick_place/demonstrations.h"
#include "agents/pick_place/explanation.h"
#include "agents/pick_place/models.h"
#include "agents/pick_place/planar_action.h"
#include "agents/pick_place/state_text.h"
#include "core/error.h"
#include "core/log.h"

namespace rookery::pick_place {
namespace {

constexpr char kRngKey[] = ".rng";  // after the agent's name
constexpr char kComputeKey[] = ".compute";
constexpr double kTolerance = 15 * kPi / 180;  // of scores, on yaw

Grid GridOf(const TransporterBaseConfig& config) {
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

struct ImitationAgent::State {
  explicit State(const TransporterBaseConfig& config) : grid(GridOf(config)) {
    augmentation.move = config.augment;
    augmentation.pick_shift = config.pick_shift != "off";
    augmentation.half_turns = config.half_turns;
    augmentation.rigid_rounding = config.rounds_rigidly();
    augmentation.rotations = config.rotations;
  }

  // With half_turns probabilities are the means of those for the image and for the image turned.
  // `goal` may be empty. The models have the images, not turned, afterwards.
  std::pair<PickDecision, PlaceDecision> Decide(const Image& image, const Image& goal,
                                                const TransporterBaseConfig& config) {
    const auto look = [&](bool turn) {
      models->inputs.SetImage(turn ? HalfTurned(image) : image);
      if (goal.rows > 0) models->inputs.SetImage(turn ? HalfTurned(goal) : goal, View::kGoal);
    };
    look(false);
    const auto both_ways = [&](const std::function<Tensor(bool)>& probabilities) {
      Tensor mean = probabilities(false).cpu();
      if (!config.half_turns) return mean;
      look(true);
      const Tensor other = probabilities(true).cpu();
      look(false);
      return mean.add_(other.flip({-2, -1})).mul_(0.5);
    };
    const PickDecision pick =
        DecidePick(both_ways([&](bool) { return models->pick.Probabilities(models->inputs); }),
                   config.pick_blur);
    const Cell opposite{image.rows - 1 - pick.cell.row, image.columns - 1 - pick.cell.column, 0};
    const PlaceDecision place = DecidePlace(both_ways([&](bool turn) {
      return models->place->Probabilities(models->inputs, turn ? opposite : pick.cell);
    }));
    return {pick, place};
  }

  Grid grid;
  AugmentationOptions augmentation;
  Demonstrations demonstrations;
  std::unique_ptr<Models> models;
};

namespace {

std::string Lacks(const Spec& spec, const std::string& name, DType dtype, const Shape& shape) {
  const ArraySpec* found = spec.Find(name);
  const std::string wanted = std::string(DTypeName(dtype)) + " " + ShapeText(shape);
  if (found == nullptr) {
    std::string names;
    for (const std::string& other : spec.Names()) names += (names.empty() ? "" : ", ") + other;
    return "it has no '" + name + "' (" + wanted + ") but " + names;
  }
  if (found->dtype == dtype && found->shape == shape) return "";
  return "its '" + name + "' is " + DTypeName(found->dtype) + " " + ShapeText(found->shape) +
         ", not " + wanted;
}

}  // namespace

std::string ImageUnsupported(const EnvSpec& env, const std::string& prefix) {
  const std::string rgb =
      Lacks(env.observation, prefix + kRgbName, DType::kUInt8, {kRows, kColumns, 3});
  if (!rgb.empty()) return rgb;
  return Lacks(env.observation, prefix + kHeightName, DType::kFloat32, {kRows, kColumns});
}

std::string ImitationUnsupported(const EnvSpec& env) {
  for (const std::string& reason :
       {ImageUnsupported(env, ""), Lacks(env.action, "pose0", DType::kFloat64, {7}),
        Lacks(env.action, "pose1", DType::kFloat64, {7})}) {
    if (!reason.empty()) return reason;
  }
  return "";
}

ImitationAgent::ImitationAgent(const ImitationFacts& facts,
                               std::shared_ptr<const TransporterBaseConfig> config,
                               const EnvSpec& env, uint64_t seed)
    : facts_(facts),
      config_(std::move(config)),
      env_id_(env.id),
      rng_(Rng::Stream(seed, facts.name + "/samples")) {
  config_->Check();
  if (!facts_.unsupported.empty()) {
    throw UserError(facts_.name + " cannot act on " + env.id + ": " + facts_.unsupported);
  }
  if (kPi / config_->rotations > kTolerance) {
    LogWarningOnce(facts_.name + "/rotations=" + std::to_string(config_->rotations),
                   "rotations = " + std::to_string(config_->rotations) +
                       ": place angles can be off by more than the 15 degrees that scores allow");
  }
  UseThreads(config_->threads);
  state_ = std::make_unique<State>(*config_);
  state_->augmentation.six_dof = facts_.six_dof;
}

void ImitationAgent::SetModels(std::unique_ptr<Models> models) {
  state_->models = std::move(models);
}

ImitationAgent::~ImitationAgent() = default;

int64_t ImitationAgent::NumParameters() const { return state_->models->parameters.count(); }

void ImitationAgent::SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) {
  const ObjectRule rule = config_->pick_shift == "alike"   ? ObjectRule::kAlike
                          : config_->pick_shift == "moved" ? ObjectRule::kMoved
                                                           : ObjectRule::kNone;
  state_->demonstrations =
      Demonstrations(episodes, env_id_, state_->grid, config_->half_resolution, rule, facts_.goals);
}

double ImitationAgent::LearningRate() const {
  const int64_t done = state_->models->parameters.steps();
  if (config_->schedule != "cosine") return config_->learning_rate;
  if (done >= config_->steps) {
    LogWarningOnce(facts_.name + "/schedule",
                   "training beyond steps = " + std::to_string(config_->steps) +
                       ", where the cosine schedule has ended at 0");
    return 0;
  }
  const double share = static_cast<double>(done) / static_cast<double>(config_->steps);
  return config_->learning_rate * 0.5 * (1 + std::cos(kPi * share));
}

Metrics ImitationAgent::Update() {
  if (state_->demonstrations.empty()) return {};
  nn::KeepFreedMemory();
  c10::InferenceMode guard;
  UseThreads(config_->threads);
  State& s = *state_;
  const Rng before = rng_;
  const Demonstration& demonstration = s.demonstrations.Draw(&rng_);
  const TrainingSample sample =
      MakeSample(demonstration.image, demonstration.label, demonstration.object, s.grid,
                 s.augmentation, &rng_, demonstration.goal.get());
  Metrics metrics = s.models->Train(sample, &rng_);
  const double rate = LearningRate();

  bool losses_finite = true;
  std::string losses;
  for (const auto& [name, loss] : metrics) {
    losses_finite = losses_finite && std::isfinite(loss);
    losses +=
        (losses.empty() ? "" : ", ") + name.substr(name.find('/') + 1) + " " + std::to_string(loss);
  }
  nn::Parameters& parameters = s.models->parameters;
  if (!losses_finite || !parameters.GradientsFinite()) {
    parameters.DropGradients();
    rng_ = before;
    throw Failure("iteration " + std::to_string(parameters.steps() + 1) + ": " +
                  (losses_finite ? "a gradient" : "a loss") + " is not finite (" + losses +
                  ") on the episode of seed " + std::to_string(demonstration.seed) + ", step " +
                  std::to_string(demonstration.step) + "; the parameters of before it are kept");
  }
  parameters.Step(rate);
  metrics.emplace_back("learning_rate", rate);
  return metrics;
}

bool ImitationAgent::Act(const ArrayMap& observation, const ActContext&, ArrayMap* action) {
  c10::InferenceMode guard;
  UseThreads(config_->threads);
  State& s = *state_;
  const Image image = ImageFromObservation(observation, config_->half_resolution, "observation");
  Image goal;
  if (facts_.goals != GoalSource::kNone) {
    goal = ImageFromObservation(observation, config_->half_resolution, "observation", kGoalPrefix);
  }
  const nn::AverageActs average(&s.models->parameters);
  const auto [pick, place] = s.Decide(image, goal, *config_);

  const auto height = [&](const Cell& cell) {
    return static_cast<double>(image.height[image.Index(cell.row, cell.column)]);
  };
  action->Set("pose0", PoseArray(Pose(Vec3(s.grid.X(pick.cell.column), s.grid.Y(pick.cell.row),
                                           height(pick.cell)))));
  action->Set("pose1",
              PoseArray(s.models->PlacePose(pick.cell, place.cell, s.grid, height(place.cell))));
  Explain(pick, place, BinYaw(place.cell.bin, config_->rotations), config_->half_resolution ? 2 : 1,
          &explanation_);
  ExplainPoses(*action, &explanation_);
  return true;
}

void ImitationAgent::Save(Checkpoint* out) const {
  state_->models->parameters.Save(out);
  SaveRng(rng_, facts_.name + kRngKey, out);
  out->meta[facts_.name + kComputeKey] = ComputeName(state_->models->parameters.compute());
}

void ImitationAgent::Load(const Checkpoint& in) {
  state_->models->parameters.CheckFits(in);
  const Rng rng = LoadRng(in, facts_.name + kRngKey, facts_.name);
  state_->models->parameters.Load(in);
  rng_ = rng;
  const std::string here = ComputeName(state_->models->parameters.compute());
  const auto compute = in.meta.find(facts_.name + kComputeKey);
  if (compute != in.meta.end() && compute->second != here) {
    LogWarning("the checkpoint was trained in " + compute->second + ", this agent computes in " +
               here + ": results will not be the same to the bit (see its setting bf16)");
  }
}

}  // namespace rookery::pick_place
