// Agents for tests of the viewer: one that learns (a number), one that explains itself in every way
// there is, one whose reasons fit nothing.
#include <cmath>
#include <numbers>
#include <string>

#include "core/overlay.h"
#include "core/registry.h"

namespace rookery::testing {
namespace {

struct StageLearnerConfig final : Config {
  std::string profile = "slow";
  int steps = 50;
  double rate = 0.1;
  void Fields(FieldVisitor& v) override {
    v.Field("profile", &profile, {.help = "settings under one name"});
    v.Field("steps", &steps, {.help = "updates in all", .min = 1, .max = 1000});
    v.Field("rate", &rate, {.help = "how fast", .min = 0, .max = 1});
  }
};

// Always does the same: 1 once its weight is above a half.
class StageLearner final : public Agent {
 public:
  StageLearner(const StageLearnerConfig&, const EnvSpec& env, uint64_t)
      : zeros_(env.action.Zeros()) {}
  bool Act(const ArrayMap&, const ActContext&, ArrayMap* action) override {
    *action = zeros_.Clone();
    Array& first = action->begin()->second;
    if (first.dtype() == DType::kInt64 && weight_ > 0.5f) first.As<int64_t>()[0] = 1;
    return true;
  }
  Metrics Update() override {
    weight_ += 0.1f;
    return {{"loss/all", 1.0 - static_cast<double>(weight_)}};
  }
  void Save(Checkpoint* checkpoint) const override {
    checkpoint->tensors.Set("weight", Array::Of<float>({weight_}));
  }
  void Load(const Checkpoint& checkpoint) override {
    weight_ = checkpoint.tensors.at("weight").As<float>()[0];
  }
  int64_t NumParameters() const override { return 1; }

 private:
  ArrayMap zeros_;
  float weight_ = 0;
};

ROOKERY_REGISTER_AGENT(StageLearner, StageLearnerConfig,
                       {.name = "stage_learner",
                        .summary = "learns to say 1",
                        .source = "a test",
                        .learns = true,
                        .needs_episodes = true,
                        .profiles = {{"slow", "as it is", {"rate=0.1"}},
                                     {"fast", "in large steps", {"rate=0.9"}}}});

template <typename Value>
Array Map(int64_t rows, int64_t columns, const Value& value) {
  Array map(DType::kFloat32, {rows, columns});
  const auto cells = map.As<float>();
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      cells[static_cast<size_t>(r * columns + c)] =
          static_cast<float>(value(static_cast<double>(r) / static_cast<double>(rows),
                                   static_cast<double>(c) / static_cast<double>(columns)));
    }
  }
  return map;
}

double Bump(double x, double y, double x0, double y0, double width) {
  return std::exp(-((x - x0) * (x - x0) + (y - y0) * (y - y0)) / (2 * width * width));
}

class StageExplainer final : public Agent {
 public:
  StageExplainer(const EmptyConfig&, const EnvSpec& env, uint64_t)
      : spec_(env.action), rng_(7), observation_(env.observation) {}
  void BeginEpisode(uint64_t seed) override { rng_ = Rng(seed); }
  bool Act(const ArrayMap& observation, const ActContext&, ArrayMap* action) override {
    *action = spec_.Sample(&rng_);
    explanation_.Clear();
    if (const Array* table = observation.Find("heightmap.rgb")) ExplainTable(table->shape());
    ExplainSamples();
    ExplainSight();
    return true;
  }
  std::string Sentence() const override { return "does what it was told in a dream"; }
  const ArrayMap& Explanation() const override { return explanation_; }

 private:
  void ExplainTable(const Shape& shape) {
    for (const std::string what : {"pick", "place"}) {
      const double x = what == "pick" ? 0.3 : 0.7, y = what == "pick" ? 0.4 : 0.6;
      explanation_.Set(kExplainHeatmap + what, Map(shape[0], shape[1], [&](double r, double c) {
                         return Bump(r, c, x, y, 0.06);
                       }));
      explanation_.Set(
          kExplainPixel + what,
          Array::Of<int64_t>({static_cast<int64_t>(x * static_cast<double>(shape[0])),
                              static_cast<int64_t>(y * static_cast<double>(shape[1]))}));
      explanation_.Set(kExplainPose + what, Array::Of<double>({x, y, 0.02, 0, 0, 0.6, 0.8}));
    }
    Array angles(DType::kFloat32, {36});
    for (int i = 0; i < 36; ++i) {
      angles.As<float>()[static_cast<size_t>(i)] =
          static_cast<float>(std::exp(3 * std::cos(2 * std::numbers::pi * (i - 5) / 36)));
    }
    explanation_.Set("angle.place", angles);
    explanation_.Set("yaw.place", Array::Scalar<double>(2 * std::numbers::pi * 5 / 36));
  }
  void ExplainSamples() {
    explanation_.Set("landscape.energy", Map(48, 64, [](double r, double c) {
                       return Bump(r, c, 0.3, 0.7, 0.15) + 0.5 * Bump(r, c, 0.7, 0.2, 0.1);
                     }));
    explanation_.Set("range.energy", Array::Of<double>({-1, 1, -0.5, 0.5}));
    Array samples(DType::kFloat32, {60, 3}), cloud(DType::kFloat32, {40, 4});
    for (size_t i = 0; i < 60; ++i) {
      samples.As<float>()[3 * i] = static_cast<float>(rng_.Uniform(-1, 1));
      samples.As<float>()[3 * i + 1] = static_cast<float>(rng_.Uniform(-0.5, 0.5));
      samples.As<float>()[3 * i + 2] = static_cast<float>(rng_.Uniform(0, 1));
    }
    for (float& value : cloud.As<float>()) value = static_cast<float>(rng_.Uniform(0, 1));
    explanation_.Set("samples.energy", samples);
    explanation_.Set("cloud.energy", cloud);
  }
  void ExplainSight() {
    explanation_.Set("patches.attention",
                     Map(8, 6, [](double r, double c) { return Bump(r, c, 0.5, 0.5, 0.25); }));
    int64_t sensors = 6;
    for (const ArraySpec& array : observation_.arrays()) {
      if (array.shape.size() == 1) sensors = array.shape[0];
    }
    Array weights(DType::kFloat32, {sensors});
    for (int64_t i = 0; i < sensors; ++i) {
      weights.As<float>()[static_cast<size_t>(i)] =
          static_cast<float>(std::sin(1.3 * static_cast<double>(i) + 1));
    }
    explanation_.Set("weights.attention", weights);
    for (const std::string what : {"seen", "dreamed"}) {
      Array video(DType::kUInt8, {12, 32, 32, 3});
      const auto pixels = video.As<uint8_t>();
      for (size_t t = 0; t < 12; ++t) {
        for (size_t i = 0; i < 32 * 32; ++i) {
          const bool on = i % 32 / 3 == t && (what == "seen" || i / 32 > 8);
          pixels[(t * 32 * 32 + i) * 3] = on ? 255 : 30;
          pixels[(t * 32 * 32 + i) * 3 + 1] = static_cast<uint8_t>(60 + i / 8);
          pixels[(t * 32 * 32 + i) * 3 + 2] = 90;
        }
      }
      explanation_.Set(kExplainVideo + what, video);
    }
  }

  Spec spec_;
  Rng rng_;
  Spec observation_;
  ArrayMap explanation_;
};

ROOKERY_REGISTER_AGENT(StageExplainer, EmptyConfig,
                       {.name = "stage_explainer",
                        .summary = "explains itself in every way there is",
                        .source = "a test"});

// Its heat map is of another size than what it saw.
class StageMuddler final : public Agent {
 public:
  StageMuddler(const EmptyConfig&, const EnvSpec& env, uint64_t) : spec_(env.action), rng_(3) {
    explanation_.Set("heatmap.pick", Array(DType::kFloat64, {4, 4}));
  }
  bool Act(const ArrayMap&, const ActContext&, ArrayMap* action) override {
    *action = spec_.Sample(&rng_);
    return true;
  }
  const ArrayMap& Explanation() const override { return explanation_; }

 private:
  Spec spec_;
  Rng rng_;
  ArrayMap explanation_;
};

ROOKERY_REGISTER_AGENT(StageMuddler, EmptyConfig,
                       {.name = "stage_muddler",
                        .summary = "its reasons fit nothing",
                        .source = "a test"});

}  // namespace
}  // namespace rookery::testing
