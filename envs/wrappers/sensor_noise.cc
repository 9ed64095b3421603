// Channels that carry only noise, behind those that tell something.
#include "core/registry.h"
#include "envs/wrappers/vector_sensors.h"

namespace rookery {
namespace {

struct SensorNoiseConfig final : Config {
  int channels = 5;
  double sd = 0.1;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("channels", &channels, {.help = "channels of noise", .min = 0, .max = 10000});
    v.Field("sd", &sd, {.help = "standard deviation of the noise", .min = 0});
    v.Field("array", &array, {.help = "vector to lengthen; empty: the first"});
  }
};

class SensorNoise final : public ObservationWrapper {
 public:
  SensorNoise(const SensorNoiseConfig& config, Wrapped wrapped)
      : SensorNoise(config, &wrapped, Choose(wrapped, config.array, IsVector, kVectorText)) {}

 private:
  SensorNoise(const SensorNoiseConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Longer(before, config.channels)), sd_(config.sd) {}

  static ArraySpec Longer(const ArraySpec& before, int channels) {
    ArraySpec spec = before;
    const size_t n = static_cast<size_t>(before.shape[0]);
    spec.shape = {before.shape[0] + channels};
    ForEachElement(&spec, n);
    const size_t all = n + static_cast<size_t>(channels);
    spec.low.resize(all, -std::numeric_limits<double>::infinity());
    spec.high.resize(all, std::numeric_limits<double>::infinity());
    if (!spec.elements.empty()) {
      for (int i = 0; i < channels; ++i) spec.elements.push_back("noise_" + std::to_string(i));
    }
    spec.description += ", then " + std::to_string(channels) + " channels of noise";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    WithFloats(in, out, [&]<typename T>(std::span<const T> from, std::span<T> to) {
      std::copy(from.begin(), from.end(), to.begin());
      for (size_t i = from.size(); i < to.size(); ++i) {
        to[i] = static_cast<T>(sd_ * rng().Normal());
      }
    });
  }
  std::string ConfigKey() const override { return "sensor_noise " + ShapeText(now().shape); }

  double sd_;
};

ROOKERY_REGISTER_WRAPPER(SensorNoise, SensorNoiseConfig,
                         {.name = "sensor_noise",
                          .summary = "appends channels of Gaussian noise to a vector of sensors",
                          .source = "Tang and Ha 2021, section 4.1"});

}  // namespace
}  // namespace rookery
