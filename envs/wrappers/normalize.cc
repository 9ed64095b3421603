// Observations with zero mean and unit variance.
#include <cmath>

#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

struct NormalizeConfig final : Config {
  double epsilon = 1e-8;
  double clip = 0;
  bool update = true;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("epsilon", &epsilon, {.help = "added to the variance", .min = 0});
    v.Field("clip", &clip, {.help = "limit of the results; 0 = none", .min = 0});
    v.Field("update", &update, {.help = "go on counting; false: keep what a snapshot brought"});
    v.Field("array", &array, {.help = "observation to normalise; empty: the first"});
  }
};

bool IsReal(const ArraySpec& spec) {
  return spec.dtype == DType::kFloat32 || spec.dtype == DType::kFloat64;
}

// float32 (x - mean) / sqrt(variance + epsilon), elementwise, of all observations since the last
// Reset with a seed; the first statistics are 0 and 1 with a weight of 1e-4.
class Normalize final : public ObservationWrapper {
 public:
  Normalize(const NormalizeConfig& config, Wrapped wrapped)
      : Normalize(config, &wrapped, Choose(wrapped, config.array, IsReal, "array of reals")) {}

 private:
  Normalize(const NormalizeConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Normalized(before, config.clip)),
        config_(config),
        mean_(static_cast<size_t>(NumElements(before.shape)), 0.0),
        variance_(mean_.size(), 1.0) {}

  static ArraySpec Normalized(ArraySpec spec, double clip) {
    const double limit = clip > 0 ? clip : std::numeric_limits<double>::infinity();
    spec.dtype = DType::kFloat32;
    spec.low = {-limit};
    spec.high = {limit};
    spec.unit = "";
    spec.quaternion = -1;
    spec.description += ", normalised";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    const auto values = out->As<float>();
    const double total = count_ + 1;
    for (size_t i = 0; i < mean_.size(); ++i) {
      const double x = in.AsDouble(static_cast<int64_t>(i));
      if (config_.update) {
        const double delta = x - mean_[i];
        variance_[i] = (variance_[i] * count_ + delta * delta * count_ / total) / total;
        mean_[i] += delta / total;
      }
      double y = (x - mean_[i]) / std::sqrt(variance_[i] + config_.epsilon);
      if (config_.clip > 0) y = std::clamp(y, -config_.clip, config_.clip);
      values[i] = static_cast<float>(y);
    }
    if (config_.update) count_ = total;
  }
  void ForgetOwn() override {
    if (!config_.update) return;  // what a snapshot brought stays
    count_ = kFirstCount;
    std::fill(mean_.begin(), mean_.end(), 0.0);
    std::fill(variance_.begin(), variance_.end(), 1.0);
  }
  void SaveOwn(ByteWriter* out) const override {
    out->Put(count_);
    out->PutVector(mean_);
    out->PutVector(variance_);
  }
  void LoadOwn(ByteReader* in) override {
    const auto count = in->Get<double>();
    std::vector<double> mean = in->GetVector<double>(), variance = in->GetVector<double>();
    if (mean.size() != mean_.size() || variance.size() != mean_.size()) {
      throw UserError("snapshot is of another observation");
    }
    count_ = count;
    mean_ = std::move(mean);
    variance_ = std::move(variance);
  }

  NormalizeConfig config_;
  static constexpr double kFirstCount = 1e-4;
  double count_ = kFirstCount;
  std::vector<double> mean_, variance_;
};

ROOKERY_REGISTER_WRAPPER(Normalize, NormalizeConfig,
                         {.name = "normalize",
                          .summary = "gives observations zero mean and unit variance",
                          .source = "Gymnasium NormalizeObservation"});

}  // namespace
}  // namespace rookery
