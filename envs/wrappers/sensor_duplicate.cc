// Every sensor several times.
#include "core/registry.h"
#include "envs/wrappers/vector_sensors.h"

namespace rookery {
namespace {

struct SensorDuplicateConfig final : Config {
  int copies = 2;
  std::string array;
  void Fields(FieldVisitor& v) override {
    v.Field("copies", &copies, {.help = "times the vector is repeated", .min = 1, .max = 1000});
    v.Field("array", &array, {.help = "vector to repeat; empty: the first"});
  }
};

class SensorDuplicate final : public ObservationWrapper {
 public:
  SensorDuplicate(const SensorDuplicateConfig& config, Wrapped wrapped)
      : SensorDuplicate(config, &wrapped, Choose(wrapped, config.array, IsVector, kVectorText)) {}

 private:
  SensorDuplicate(const SensorDuplicateConfig& config, Wrapped* wrapped, const ArraySpec& before)
      : ObservationWrapper(wrapped, before.name, Repeated(before, config.copies)) {}

  static ArraySpec Repeated(ArraySpec spec, int copies) {
    const size_t n = static_cast<size_t>(spec.shape[0]);
    ForEachElement(&spec, n);
    const std::vector<double> low = spec.low, high = spec.high;
    const std::vector<std::string> elements = spec.elements;
    for (int i = 1; i < copies; ++i) {
      spec.low.insert(spec.low.end(), low.begin(), low.end());
      spec.high.insert(spec.high.end(), high.begin(), high.end());
      for (const std::string& name : elements) {
        spec.elements.push_back(name + "_" + std::to_string(i + 1));
      }
    }
    spec.shape[0] *= copies;
    spec.description += ", " + std::to_string(copies) + " times";
    return spec;
  }
  void Observe(const Array& in, bool, Array* out) override {
    WithFloats(in, out, [&]<typename T>(std::span<const T> from, std::span<T> to) {
      for (size_t i = 0; i < to.size(); i += from.size()) {
        std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(i));
      }
    });
  }
  std::string ConfigKey() const override { return "sensor_duplicate " + ShapeText(now().shape); }
};

ROOKERY_REGISTER_WRAPPER(SensorDuplicate, SensorDuplicateConfig,
                         {.name = "sensor_duplicate",
                          .summary = "repeats a vector of sensors",
                          .source = "Tang and Ha 2021, redundant sensors"});

}  // namespace
}  // namespace rookery
