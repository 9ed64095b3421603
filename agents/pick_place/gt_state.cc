#include "agents/pick_place/gt_state.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "agents/pick_place/demonstrations.h"
#include "agents/pick_place/mdn_network.h"
#include "agents/pick_place/planar_action.h"
#include "agents/pick_place/state_text.h"
#include "agents/pick_place/workspace.h"
#include "core/error.h"
#include "core/log.h"

namespace rookery::pick_place {
namespace {

using nlohmann::json;

constexpr char kLayoutKey[] = "gt_state.layout";
constexpr char kRngKey[] = "gt_state.rng";

std::string LayoutText(const StateLayout& layout) {
  return json{{"objects", layout.objects},
              {"tilt", layout.tilt},
              {"dimensions", layout.dimensions},
              {"colors", layout.colors}}
      .dump();
}

StateLayout LayoutFromText(const Checkpoint& in, const std::string& agent) {
  const auto found = in.meta.find(kLayoutKey);
  if (found == in.meta.end()) {
    throw UserError("the checkpoint has no " + std::string(kLayoutKey) + ": it is not one of a " +
                    agent);
  }
  try {
    const json text = json::parse(found->second);
    const StateLayout layout{text.at("objects"), text.at("tilt"), text.at("dimensions"),
                             text.at("colors")};
    if (layout.objects < 0 || layout.objects > 100000) throw UserError("objects");
    return layout;
  } catch (const std::exception&) {
    throw UserError("the checkpoint's " + std::string(kLayoutKey) +
                    " is damaged: " + found->second);
  }
}

Pose PoseFrom(const ArrayMap& action, const char* name) {
  const auto v = action.at(name).As<double>();
  return Pose(Vec3(v[0], v[1], v[2]), Normalized(Quat{v[3], v[4], v[5], v[6]}));
}

}  // namespace

void GtStateConfig::Fields(FieldVisitor& v) {
  v.Field("profile", &profile, {.help = "settings to start from", .choices = {"paper", "quick"}});
  v.Field("steps", &steps, {.help = "iterations of the whole run", .min = 1});
  v.Field("learning_rate", &learning_rate, {.help = "of Adam, constant", .min = 1e-9, .max = 1});
  v.Field("batch", &batch, {.help = "samples an iteration", .min = 1, .max = 65536});
  v.Field("dropout", &dropout,
          {.help = "share of hidden units that an iteration leaves out", .min = 0, .max = 0.9});
  v.Field("components", &components,
          {.help = "Gaussians of the mixture density", .min = 1, .max = 1000});
  v.Field("temperature", &temperature,
          {.help = "divides the mixture's logits", .min = 0.01, .max = 100});
  v.Field("sinusoids", &sinusoids,
          {.help = "the networks also see sine and cosine of every number"});
  v.Field("augment", &augment, {.help = "random rotation and shift of every sample"});
  FieldMeta meta;
  meta.choices = {"auto", "on", "off"};
  meta.help = "objects' sizes in the state; auto: where they differ between demonstrations";
  v.Field("dimensions", &dimensions, meta);
  meta.help = "objects' colours in the state; auto: where they differ between demonstrations";
  v.Field("colors", &colors, meta);
}

const std::vector<Profile>& GtStateProfiles() {
  static const std::vector<Profile> profiles = {
      {"paper", "the published network, settings and number of iterations", {}},
      {"quick", "an eighth of the iterations", {"steps=5000"}},
  };
  return profiles;
}

std::string GtStateUnsupported(const EnvSpec& env) {
  for (const char* name : {"pose0", "pose1"}) {
    const ArraySpec* found = env.action.Find(name);
    if (found == nullptr || found->dtype != DType::kFloat64 || found->shape != Shape{7}) {
      return "its action has no '" + std::string(name) + "' (float64 (7)) but " +
             Join(env.action.Names());
    }
  }
  return ObjectInfoMissing(env);
}

// One demonstrated action.
struct GtState::Step {
  uint64_t seed = 0;
  int64_t step = 0;
  std::vector<ObjectState> objects;
  Pose pick, place;
};

struct GtState::Networks {
  StateLayout layout;
  nn::Parameters parameters{at::kFloat, at::kCPU};
  std::vector<MdnNetwork> stages;
};

GtState::GtState(GtStateVariant variant, const GtStateConfig& config, const EnvSpec& env,
                 uint64_t seed)
    : variant_(std::move(variant)),
      config_(config),
      env_(env),
      seed_(seed),
      rng_(Rng::Stream(seed, variant_.name + "/samples")) {
  if (const std::string reason = GtStateUnsupported(env); !reason.empty()) {
    throw UserError(variant_.name + " cannot act on " + env.id + ": " + reason);
  }
  BeginEpisode(seed);
  // Until demonstrations or a checkpoint say how many objects there are: all that there can be.
  const auto objects = static_cast<int>(env.info.at(kObjectsInfo).shape[0]);
  networks_ =
      MakeNetworks({objects, variant_.tilt, config.dimensions == "on", config.colors == "on"});
}

GtState::~GtState() = default;

std::unique_ptr<GtState::Networks> GtState::MakeNetworks(const StateLayout& layout) const {
  c10::InferenceMode guard;
  auto networks = std::make_unique<Networks>();
  networks->layout = layout;
  for (const GtStateVariant::Stage& stage : variant_.stages) {
    MdnNetworkOptions options;
    options.inputs = layout.features() + stage.first;
    options.sinusoids = config_.sinusoids;
    options.dropout = config_.dropout;
    options.output = {stage.numbers, config_.components, config_.temperature};
    networks->stages.emplace_back(stage.name, options, &networks->parameters);
  }
  networks->parameters.Allocate(seed_, nn::AdamOptions());
  return networks;
}

const StateLayout& GtState::layout() const { return networks_->layout; }
int64_t GtState::NumParameters() const { return networks_->parameters.count(); }

void GtState::BeginEpisode(uint64_t episode_seed) {
  acting_rng_ = Rng::Stream(episode_seed, variant_.name + "/acting");
}

void GtState::SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) {
  const Demonstrations demonstrations(episodes, env_.id, Grid(), /*half_resolution=*/false,
                                      ObjectRule::kNone, GoalSource::kNone, /*images=*/false);
  episodes_.clear();
  std::vector<Step> all;
  for (const std::vector<Demonstration>& actions : demonstrations.by_episode()) {
    episodes_.emplace_back();
    for (const Demonstration& d : actions) {
      const std::string where =
          "episode of seed " + std::to_string(d.seed) + ", step " + std::to_string(d.step);
      episodes_.back().push_back({d.seed, d.step, ObjectsFromInfo(d.info, where),
                                  PoseFrom(d.action, "pose0"), PoseFrom(d.action, "pose1")});
      all.push_back(episodes_.back().back());
    }
  }
  if (networks_->parameters.steps() > 0) return;
  const StateLayout layout = LayoutOf(all);
  if (!(layout == networks_->layout)) networks_ = MakeNetworks(layout);
}

StateLayout GtState::LayoutOf(const std::vector<Step>& steps) const {
  StateLayout layout{0, variant_.tilt, config_.dimensions == "on", config_.colors == "on"};
  std::vector<const ObjectState*> first;  // of each row, as first seen
  for (const Step& step : steps) {
    for (size_t i = 0; i < step.objects.size(); ++i) {
      const ObjectState& object = step.objects[i];
      if (i == first.size()) first.push_back(&object);
      if (config_.dimensions == "auto" && object.dimensions != first[i]->dimensions) {
        layout.dimensions = true;
      }
      if (config_.colors == "auto" && object.color != first[i]->color) layout.colors = true;
    }
  }
  layout.objects = static_cast<int>(first.size());
  return layout;
}

Metrics GtState::Update() {
  if (episodes_.empty()) return {};
  c10::InferenceMode guard;
  if (at::get_num_threads() != 1) at::set_num_threads(1);  // more have nothing to do here
  const Rng before = rng_;
  Networks& n = *networks_;
  const int target_size = variant_.stages.back().first + variant_.stages.back().numbers;
  std::vector<float> states, targets;
  states.reserve(static_cast<size_t>(config_.batch * n.layout.features()));
  for (int i = 0; i < config_.batch; ++i) {
    const auto draw = [&](const auto& list) -> const auto& {
      return list[static_cast<size_t>(rng_.Integer(static_cast<int64_t>(list.size())))];
    };
    const Step& step = draw(draw(episodes_));
    const Pose motion =
        config_.augment ? DrawTableMotion(step.pick.p, step.place.p, &rng_) : Pose();
    std::vector<ObjectState> objects = step.objects;
    for (ObjectState& object : objects) object.pose = motion * object.pose;
    AppendFeatures(objects, n.layout, &states);
    const auto append = [&](const auto& numbers) {
      targets.insert(targets.end(), numbers.begin(), numbers.end());
    };
    if (variant_.tilt) {
      append(TiltedTarget(step.pick, step.place, motion));
    } else {
      append(PlanarTarget(step.pick, step.place, motion));
    }
  }
  const Tensor x = at::from_blob(states.data(), {config_.batch, n.layout.features()}, at::kFloat);
  const Tensor y = at::from_blob(targets.data(), {config_.batch, target_size}, at::kFloat);

  Metrics metrics;
  std::string losses;
  bool finite = true;
  for (size_t i = 0; i < n.stages.size(); ++i) {
    const GtStateVariant::Stage& stage = variant_.stages[i];
    const Tensor seen = stage.first == 0 ? x : at::cat({x, y.narrow(1, 0, stage.first)}, 1);
    const double loss =
        n.stages[i].Train(seen, y.narrow(1, stage.first, stage.numbers).contiguous(), &rng_);
    metrics.emplace_back("loss/" + stage.name, loss);
    finite = finite && std::isfinite(loss);
    losses += (losses.empty() ? "" : ", ") + stage.name + " " + std::to_string(loss);
  }
  if (!finite || !n.parameters.GradientsFinite()) {
    n.parameters.DropGradients();
    rng_ = before;
    throw Failure("iteration " + std::to_string(n.parameters.steps() + 1) + ": " +
                  (finite ? "a gradient" : "a loss") + " is not finite (" + losses +
                  "); the parameters of before it are kept");
  }
  n.parameters.Step(config_.learning_rate);
  return metrics;
}

bool GtState::Act(const ArrayMap&, const ActContext& context, ArrayMap* action) {
  if (context.last == nullptr) {
    throw UserError(variant_.name + " acts on the info of a step, and there is none");
  }
  c10::InferenceMode guard;
  const std::vector<ObjectState> objects = ObjectsFromInfo(context.last->info, env_.id);
  if (static_cast<int>(objects.size()) > networks_->layout.objects) {
    LogWarningOnce(variant_.name + "/objects", env_.id + " has " + std::to_string(objects.size()) +
                                                   " objects, more than any demonstration (" +
                                                   std::to_string(networks_->layout.objects) +
                                                   "): the last are not looked at");
  }
  std::vector<float> x;
  AppendFeatures(objects, networks_->layout, &x);
  std::vector<double> numbers;
  for (MdnNetwork& stage : networks_->stages) {
    std::vector<double> sample = stage.Sample(x, &acting_rng_);
    // Suction does not mind how it is turned: a pick of a stage of its own is not.
    if (numbers.empty() && networks_->stages.size() > 1) sample[2] = 0;
    for (double number : sample) x.push_back(static_cast<float>(number));
    numbers.insert(numbers.end(), sample.begin(), sample.end());
  }
  Pose place = PlanarPose(&numbers[3]);
  if (variant_.tilt) {
    place.p.z = numbers[8];
    place.q = QuatFromRavensEuler(kYawScale * numbers[6], kYawScale * numbers[7],
                                  -kYawScale * numbers[5]);
  }
  SetPose(env_.action, "pose0", PlanarPose(&numbers[0]), action);
  SetPose(env_.action, "pose1", place, action);
  ExplainPoses(*action, &explanation_);
  return true;
}

void GtState::Save(Checkpoint* out) const {
  networks_->parameters.Save(out);
  out->meta[kLayoutKey] = LayoutText(networks_->layout);
  SaveRng(rng_, kRngKey, out);
}

void GtState::Load(const Checkpoint& in) {
  c10::InferenceMode guard;
  const StateLayout layout = LayoutFromText(in, variant_.name);
  std::unique_ptr<Networks> networks = MakeNetworks(layout);
  networks->parameters.CheckFits(in);
  const Rng rng = LoadRng(in, kRngKey, variant_.name);
  networks->parameters.Load(in);
  networks_ = std::move(networks);
  rng_ = rng;
}

}  // namespace rookery::pick_place
