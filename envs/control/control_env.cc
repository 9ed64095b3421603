#include "envs/control/control_env.h"

#include <cmath>
#include <cstdio>
#include <utility>

#include "core/error.h"

namespace rookery {
namespace {

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

template <typename T>
void Write(std::initializer_list<double> values, Array* array) {
  T* to = array->As<T>().data();
  for (const double value : values) *to++ = static_cast<T>(value);
}

}  // namespace

const Scene& ControlEnv::GetScene() {
  if (scene_.bodies.empty()) BuildScene(&scene_);
  PlaceBodies(&scene_);
  return scene_;
}

void ControlEnv::DoStep(const ArrayMap& action, StepResult* out) {
  Advance(action, out);
  if (!scene_sink() || !(scene_hz() > 0) || !(spec().control_hz > 0)) return;
  const double before_s = static_cast<double>(episode_steps()) / spec().control_hz;
  const double now_s = static_cast<double>(episode_steps() + 1) / spec().control_hz;
  if (std::floor(now_s * scene_hz()) > std::floor(before_s * scene_hz())) {
    scene_sink()(GetScene(), now_s);
  }
}

void ControlEnv::WriteState(std::initializer_list<double> values, DType dtype,
                            StepResult* out) const {
  Array& state = out->observation.Ensure("state", dtype, {static_cast<int64_t>(values.size())});
  if (dtype == DType::kFloat32) {
    Write<float>(values, &state);
  } else {
    Write<double>(values, &state);
  }
}

std::string ControlEnv::KeyText(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return text;
}

double ControlEnv::NumberOption(const ArrayMap& options, const char* name, double otherwise) const {
  const Array* option = options.Find(name);
  if (option == nullptr) return otherwise;
  const auto refuse = [&](const std::string& found) {
    throw UserError(spec().id + ": reset option '" + name + "' is " + found +
                    ", expected one finite number");
  };
  if (option->size() != 1) refuse("of shape " + ShapeText(option->shape()));
  const double value = option->AsDouble();
  if (!std::isfinite(value)) refuse(Number(value));
  return value;
}

ControlEnv::Bounds ControlEnv::BoundsOptions(const ArrayMap& options,
                                             const Bounds& otherwise) const {
  const Bounds bounds{NumberOption(options, "low", otherwise.low),
                      NumberOption(options, "high", otherwise.high)};
  if (!(bounds.low <= bounds.high) || !std::isfinite(bounds.high - bounds.low)) {
    throw UserError(spec().id + ": reset options low = " + Number(bounds.low) + " and high = " +
                    Number(bounds.high) + " are no range; expected low <= high (by default " +
                    Number(otherwise.low) + " and " + Number(otherwise.high) + ")");
  }
  return bounds;
}

ArraySpec StateSpec(DType dtype, std::vector<std::string> elements, std::vector<double> low,
                    std::vector<double> high, const std::string& description) {
  return {.name = "state",
          .dtype = dtype,
          .shape = {static_cast<int64_t>(elements.size())},
          .low = std::move(low),
          .high = std::move(high),
          .description = description,
          .elements = std::move(elements)};
}

ArraySpec ChoiceSpec(int64_t choices, const std::string& description) {
  return {.name = "action",
          .dtype = DType::kInt64,
          .shape = {},
          .low = {0},
          .high = {static_cast<double>(choices - 1)},
          .description = description,
          .discrete = true};
}

ArraySpec ForceSpec(DType dtype, double most, const std::string& unit,
                    const std::string& description) {
  return {.name = "action",
          .dtype = dtype,
          .shape = {1},
          .low = {-most},
          .high = {most},
          .unit = unit,
          .description = description};
}

}  // namespace rookery
