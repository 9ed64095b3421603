// Channels that carry only noise, behind those that tell something.
#include <numeric>
#include <vector>

#include "core/error.h"
#include "core/registry.h"
#include "envs/wrappers/vector_sensors.h"

namespace rookery {
namespace {

struct SensorNoiseConfig final : Config {
  int channels = 5;
  double sd = 0.1;
  bool mix = false;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("channels", &channels, {.help = "channels of noise", .min = 0, .max = 10000});
    v.Field("sd", &sd, {.help = "standard deviation of the noise", .min = 0});
    v.Field("mix", &mix,
            {.help = "shuffle them among the others at every reset; info noise_at says where"});
    v.Field("array", &array, {.help = "vector to lengthen; empty: the first"});
  }
};

class SensorNoise final : public ObservationWrapper {
 public:
  SensorNoise(const SensorNoiseConfig& config, Wrapped wrapped)
      : SensorNoise(config, &wrapped, Choose(wrapped, config.array, IsVector, kVectorText)) {}

 private:
  SensorNoise(const SensorNoiseConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Longer(before, config), Told(config, before)),
        sd_(config.sd),
        mix_(config.mix),
        place_(static_cast<size_t>(before.shape[0] + config.channels)) {
    std::iota(place_.begin(), place_.end(), int64_t{0});
  }

  static ArraySpec Longer(const ArraySpec& before, const SensorNoiseConfig& config) {
    ArraySpec spec = before;
    const size_t n = static_cast<size_t>(before.shape[0]);
    constexpr double kAny = std::numeric_limits<double>::infinity();
    spec.shape = {before.shape[0] + config.channels};
    if (config.mix) {
      spec.low = {-kAny};
      spec.high = {kAny};
      spec.elements.clear();
      spec.quaternion = -1;
    } else {
      ForEachElement(&spec, n);
      const size_t all = n + static_cast<size_t>(config.channels);
      spec.low.resize(all, -kAny);
      spec.high.resize(all, kAny);
      if (!spec.elements.empty()) {
        for (int i = 0; i < config.channels; ++i) {
          spec.elements.push_back("noise_" + std::to_string(i));
        }
      }
    }
    spec.description += (config.mix ? ", mixed with " : ", then ") +
                        std::to_string(config.channels) + " channels of noise";
    return spec;
  }
  static Spec Told(const SensorNoiseConfig& config, const ArraySpec& before) {
    Spec info;
    if (!config.mix) return info;
    info.Add({.name = "noise_at",
              .dtype = DType::kInt64,
              .shape = {config.channels},
              .low = {0},
              .high = {static_cast<double>(before.shape[0] + config.channels - 1)},
              .description = "which sensors carry only noise"});
    return info;
  }
  void Observe(const Array& in, bool first, Array* out) override {
    if (mix_ && first) {
      std::iota(place_.begin(), place_.end(), int64_t{0});  // earlier orders have no say
      rng().Shuffle(&place_);
    }
    WithFloats(in, out, [&]<typename T>(std::span<const T> from, std::span<T> to) {
      for (size_t i = 0; i < to.size(); ++i) {
        to[static_cast<size_t>(place_[i])] =
            i < from.size() ? from[i] : static_cast<T>(sd_ * rng().Normal());
      }
    });
  }
  void Inform(ArrayMap* info) override {
    if (!mix_) return;
    const int64_t n = before().shape[0], channels = std::ssize(place_) - n;
    Array& at = info->Ensure("noise_at", DType::kInt64, {channels});
    std::copy(place_.begin() + n, place_.end(), at.As<int64_t>().begin());
  }
  void SaveOwn(ByteWriter* out) const override { out->PutVector(place_); }
  void LoadOwn(ByteReader* in) override {
    std::vector<int64_t> place = in->GetVector<int64_t>();
    if (place.size() != place_.size()) throw UserError("snapshot is of another number of sensors");
    place_ = std::move(place);
  }
  std::string ConfigKey() const override {
    return "sensor_noise " + ShapeText(now().shape) + (mix_ ? " mixed" : "");
  }

  double sd_;
  bool mix_;
  std::vector<int64_t> place_;  // where each channel is shown; the environment's come first
};

ROOKERY_REGISTER_WRAPPER(SensorNoise, SensorNoiseConfig,
                         {.name = "sensor_noise",
                          .summary = "appends channels of Gaussian noise to a vector of sensors",
                          .source = "Tang and Ha 2021, section 4.1"});

}  // namespace
}  // namespace rookery
