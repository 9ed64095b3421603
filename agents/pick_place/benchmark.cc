#include "agents/pick_place/benchmark.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "agents/pick_place/models.h"
#include "agents/pick_place/networks/correlator.h"
#include "agents/pick_place/workspace.h"
#include "core/episode.h"
#include "core/registry.h"
#include "core/rng.h"

namespace rookery::pick_place {
namespace {

constexpr char kEnvId[] = "Benchmark/Table-v0";
constexpr int kWarmUp = 3;

EnvSpec TableSpec() {
  EnvSpec spec;
  spec.id = kEnvId;
  spec.observation = {{kRgbName, DType::kUInt8, {kRows, kColumns, 3}},
                      {kHeightName, DType::kFloat32, {kRows, kColumns}}};
  spec.action = {{"pose0", DType::kFloat64, {7}}, {"pose1", DType::kFloat64, {7}}};
  return spec;
}

// A noisy grey table with a raised red square around the middle.
ArrayMap DrawTable() {
  Array rgb(DType::kUInt8, {kRows, kColumns, 3}), height(DType::kFloat32, {kRows, kColumns});
  Rng rng = Rng::Stream(0, "transporter/benchmark");
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const bool raised = std::abs(row - kRows / 2) < 9 && std::abs(column - kColumns / 2) < 9;
      const auto at = static_cast<size_t>(row * kColumns + column);
      for (size_t c = 0; c < 3; ++c) {
        const int64_t base = raised ? (c == 0 ? 200 : 70) : 44;
        rgb.As<uint8_t>()[3 * at + c] = static_cast<uint8_t>(base + rng.Integer(6));
      }
      height.As<float>()[at] = raised ? 0.04F : 0.0F;
    }
  }
  return {{kRgbName, rgb}, {kHeightName, height}};
}

template <typename Work>
std::vector<double> Time(int n, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < n; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return seconds;
}

TransporterConfig ConfigOf(const std::vector<std::string>& settings) {
  const std::unique_ptr<Config> config = MakeAgentConfig(FindAgent("transporter"), settings);
  return dynamic_cast<const TransporterConfig&>(*config);
}

}  // namespace

TransporterBenchmark::TransporterBenchmark(const std::vector<std::string>& settings)
    : settings_(settings), observation_(DrawTable()) {
  // So many iterations that the learning rate never ends.
  settings_.push_back("steps=1000000");
  const TransporterConfig config = ConfigOf(settings_);
  bf16_ = ChooseCompute(config, ChooseDevice(config)) == at::kBFloat16;
  agent_ = MakeAgent("transporter", TableSpec(), 0, settings_);
  auto episode = std::make_shared<Episode>();
  episode->env_id = kEnvId;
  episode->observations = {observation_, observation_};
  episode->actions = {
      {{"pose0", PoseArray(0.5, 0, 0.04, 0)}, {"pose1", PoseArray(0.43, 0.09, 0, 0.7)}}};
  episode->rewards = {1.0};
  agent_->SetEpisodes({episode});
  Iterations(kWarmUp);
}

TransporterBenchmark::~TransporterBenchmark() = default;

int64_t TransporterBenchmark::parameters() const { return agent_->NumParameters(); }

std::vector<double> TransporterBenchmark::Iterations(int n) {
  return Time(n, [&] { agent_->Update(); });
}

std::vector<double> TransporterBenchmark::Actions(int n) {
  ArrayMap action;
  return Time(n, [&] { agent_->Act(observation_, {}, &action); });
}

std::vector<double> TransporterBenchmark::Correlations(int n) {
  c10::InferenceMode guard;
  const TransporterConfig config = ConfigOf(settings_);
  const CorrelationShape shape = CorrelationShapeOf(config);
  at::set_num_threads(config.threads);
  const auto correlator = MakeCorrelator(CorrelatorKind::kSimdFft, shape);
  const Tensor scene = at::ones({1, shape.channels, shape.scene_rows(), shape.scene_columns()});
  const Tensor kernels = at::ones({shape.rotations, shape.channels, shape.crop, shape.crop});
  const Tensor gradient = at::ones({shape.rotations, shape.rows, shape.columns});
  const auto work = [&] {
    correlator->Forward(scene, kernels, 1.0);
    correlator->Backward(gradient, 1.0);
  };
  work();  // allocates
  return Time(n, work);
}

nlohmann::json TransporterBenchmark::PeerSetup() const {
  const TransporterConfig config = ConfigOf(settings_);
  return {{"command", "setup"},
          {"network", config.network},
          {"width", config.width},
          {"half_resolution", config.half_resolution},
          {"crop", config.crop},
          {"rotations", config.rotations},
          {"output_scale", config.output_scale},
          {"weight_average", config.weight_average},
          {"bf16", bf16_},
          {"correlation", config.correlation},
          {"threads", config.threads}};
}

}  // namespace rookery::pick_place
