// Conv-MLP (Zeng et al. 2020, section 4.2): the baseline that maps the heightmap to the numbers of
// an action, through convolutions, the mean positions of their maps and a small perceptron.
#include <torch/torch.h>

#include <cmath>

#include "agents/nn/memory.h"
#include "agents/pick_place/augmentation.h"
#include "agents/pick_place/conv_mlp_network.h"
#include "agents/pick_place/demonstrations.h"
#include "agents/pick_place/imitation.h"
#include "agents/pick_place/inputs.h"
#include "agents/pick_place/planar_action.h"
#include "agents/pick_place/state_text.h"
#include "core/error.h"
#include "core/registry.h"

namespace rookery::pick_place {
namespace {

constexpr char kRngKey[] = "conv_mlp.rng";

struct ConvMlpConfig final : Config {
  std::string profile = "lite";
  bool half_resolution = true;
  int64_t steps = 2000;
  double learning_rate = 2e-4;
  int batch = 4;
  int components = 26;
  double temperature = 2.5;
  bool augment = true;
  int threads = 1;

  void Fields(FieldVisitor& v) override {
    v.Field("profile", &profile, {.help = "settings to start from", .choices = {"lite", "paper"}});
    v.Field("half_resolution", &half_resolution,
            {.help = "work on 160 x 80 cells of 2 x 2 heightmap pixels"});
    v.Field("steps", &steps, {.help = "iterations of the whole run", .min = 1});
    v.Field("learning_rate", &learning_rate, {.help = "of Adam, constant", .min = 1e-9, .max = 1});
    v.Field("batch", &batch, {.help = "samples an iteration", .min = 1, .max = 1024});
    v.Field("components", &components,
            {.help = "Gaussians of the mixture density", .min = 1, .max = 1000});
    v.Field("temperature", &temperature,
            {.help = "divides the mixture's logits", .min = 0.01, .max = 100});
    v.Field("augment", &augment, {.help = "random rotation and shift of every sample"});
    v.Field("threads", &threads,
            {.help = "one is best unless cores are idle", .min = 1, .max = 256});
  }
};

const std::vector<Profile>& ConvMlpProfiles() {
  static const std::vector<Profile> profiles = {
      {"lite",
       "the published network at half resolution, a twentieth of the iterations",
       {"half_resolution=true", "steps=2000"}},
      {"paper",
       "the published network, settings and number of iterations; days of one core",
       {"half_resolution=false", "steps=40000"}},
  };
  return profiles;
}

// Needs observations heightmap.rgb and heightmap.height; acts with pose0 and pose1, sampled. One
// thread at a time.
class ConvMlp final : public Agent {
 public:
  ConvMlp(const ConvMlpConfig& config, const EnvSpec& env, uint64_t seed)
      : config_(config),
        env_(env),
        rng_(Rng::Stream(seed, "conv_mlp/samples")),
        network_({6, config.components, config.temperature}, &parameters_) {
    if (const std::string reason = ImitationUnsupported(env); !reason.empty()) {
      throw UserError("conv_mlp cannot act on " + env.id + ": " + reason);
    }
    const int halving = config.half_resolution ? 2 : 1;
    grid_ = {kRows / halving, kColumns / halving, kPixel * halving, PixelConvention::kCentre};
    parameters_.Allocate(seed, nn::AdamOptions());
    BeginEpisode(seed);
  }

  void BeginEpisode(uint64_t episode_seed) override {
    acting_rng_ = Rng::Stream(episode_seed, "conv_mlp/acting");
  }

  void SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) override {
    demonstrations_ = Demonstrations(episodes, env_.id, grid_, config_.half_resolution);
  }

  Metrics Update() override {
    if (demonstrations_.empty()) return {};
    nn::KeepFreedMemory();
    c10::InferenceMode guard;
    UseThreads();
    const Rng before = rng_;
    AugmentationOptions augmentation;
    augmentation.move = config_.augment;
    augmentation.rigid_rounding = false;
    const Tensor colors = MakeInput(config_.batch), heights = MakeInput(config_.batch);
    const Tensor targets = at::empty({config_.batch, 6}, at::kFloat);
    for (int i = 0; i < config_.batch; ++i) {
      const Demonstration& d = demonstrations_.Draw(&rng_);
      const TrainingSample sample =
          MakeSample(d.image, d.label, d.object, grid_, augmentation, &rng_);
      FillInput(sample.image, i, colors, heights);
      // Suction does not mind how it is turned: the pick's yaw is 0, the place's the difference,
      // which the motion leaves alone.
      const double target[6] = {
          grid_.X(sample.pick_column),  grid_.Y(sample.pick_row),  0,
          grid_.X(sample.place_column), grid_.Y(sample.place_row), -d.label.yaw / kYawScale};
      std::copy_n(target, 6, targets.data_ptr<float>() + 6 * i);
    }
    const double loss = network_.Train(colors, heights, targets);
    if (!std::isfinite(loss) || !parameters_.GradientsFinite()) {
      parameters_.DropGradients();
      rng_ = before;
      throw Failure("iteration " + std::to_string(parameters_.steps() + 1) +
                    ": the loss or a gradient is not finite (" + std::to_string(loss) +
                    "); the learned parameters of before it are kept");
    }
    parameters_.Step(config_.learning_rate);
    return {{"loss/action", loss}};
  }

  bool Act(const ArrayMap& observation, const ActContext&, ArrayMap* action) override {
    c10::InferenceMode guard;
    UseThreads();
    const Image image = ImageFromObservation(observation, config_.half_resolution, "observation");
    const Tensor colors = MakeInput(1), heights = MakeInput(1);
    FillInput(image, 0, colors, heights);
    const std::vector<double> numbers = network_.Sample(colors, heights, &acting_rng_);
    SetPose(env_.action, "pose0", PlanarPose(&numbers[0]), action);
    SetPose(env_.action, "pose1", PlanarPose(&numbers[3]), action);
    ExplainPoses(*action, &explanation_);
    return true;
  }

  void Save(Checkpoint* out) const override {
    parameters_.Save(out);
    SaveRng(rng_, kRngKey, out);
  }

  void Load(const Checkpoint& in) override {
    parameters_.CheckFits(in);
    const Rng rng = LoadRng(in, kRngKey, "conv_mlp");
    parameters_.Load(in);
    rng_ = rng;
  }

  int64_t NumParameters() const override { return parameters_.count() - network_.statistics(); }
  const ArrayMap& Explanation() const override { return explanation_; }

 private:
  // LibTorch keeps the number of threads per calling thread.
  void UseThreads() const {
    if (at::get_num_threads() != config_.threads) at::set_num_threads(config_.threads);
  }

  Tensor MakeInput(int batch) const {
    return at::empty({batch, 3, grid_.rows, grid_.columns}, at::kFloat,
                     at::MemoryFormat::ChannelsLast);
  }

  // Colours are normalised, heights are not.
  static void FillInput(const Image& image, int index, const Tensor& colors,
                        const Tensor& heights) {
    const size_t n = 3 * image.height.size(), first = n * static_cast<size_t>(index);
    float *color = colors.data_ptr<float>() + first, *height = heights.data_ptr<float>() + first;
    for (size_t i = 0; i < n; ++i) {
      color[i] = (static_cast<float>(image.rgb[i]) / 255.0F - kColourMean) / kColourSd;
      height[i] = image.height[i / 3];
    }
  }

  ConvMlpConfig config_;
  EnvSpec env_;
  Rng rng_;         // of samples
  Rng acting_rng_;  // of the episode
  ArrayMap explanation_;
  Grid grid_;
  nn::Parameters parameters_{at::kFloat, at::kCPU};
  ConvMlpNetwork network_;
  Demonstrations demonstrations_;
};

ROOKERY_REGISTER_AGENT(
    ConvMlp, ConvMlpConfig,
    {.name = "conv_mlp",
     .summary =
         "baseline from heightmaps: convolutions, then a perceptron that predicts the action",
     .source = "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406 (Conv-MLP)",
     .status = Status::kApproximate,
     .known_issues = {"the first layer of the colours starts random: the published one was trained "
                      "on ImageNet",
                      "the score of profile paper was never measured: too slow on a CPU"},
     .learns = true,
     .needs_episodes = true,
     .profiles = ConvMlpProfiles(),
     .unsupported = ImitationUnsupported});

}  // namespace
}  // namespace rookery::pick_place
