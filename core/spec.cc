#include "core/spec.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"

namespace rookery {
namespace {

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

std::string ElementName(const ArraySpec& spec, int64_t i) {
  if (static_cast<size_t>(i) < spec.elements.size()) {
    return spec.name + "." + spec.elements[static_cast<size_t>(i)];
  }
  // (row, column, ...) of the flat index.
  std::string text;
  for (size_t d = spec.shape.size(); d-- > 0;) {
    text = std::to_string(i % spec.shape[d]) + (text.empty() ? "" : ", ") + text;
    i /= spec.shape[d];
  }
  return spec.name + (spec.shape.empty() ? "" : "[" + text + "]");
}

// A bound in the type of the elements, where the type can hold it.
template <typename T>
auto InType(double bound) {
  if constexpr (std::is_same_v<T, float>)
    return static_cast<float>(bound);
  else
    return bound;
}

// Index of the first element that is not finite or out of bounds, or -1.
template <typename T>
int64_t FirstBad(std::span<const T> values, const ArraySpec& spec, bool check_bounds) {
  const bool per_element = spec.low.size() > 1 || spec.high.size() > 1;
  if constexpr (!std::is_floating_point_v<T>) {
    // The whole range of the type is allowed: nothing to look at.
    if (!per_element && spec.low[0] <= static_cast<double>(std::numeric_limits<T>::lowest()) &&
        spec.high[0] >= static_cast<double>(std::numeric_limits<T>::max())) {
      return -1;
    }
    if (!check_bounds) return -1;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    const auto index = static_cast<int64_t>(i);
    if (!std::isfinite(value)) return index;
    // In the array's own type: 0.28 as a float32 is above 0.28, and yet the bound itself.
    if (check_bounds && (value < static_cast<double>(InType<T>(spec.LowAt(index))) ||
                         value > static_cast<double>(InType<T>(spec.HighAt(index))))) {
      return index;
    }
  }
  return -1;
}

template <typename Body>
auto WithType(DType dtype, Body body) {
  switch (dtype) {
    case DType::kBool:
      return body(bool{});
    case DType::kUInt8:
      return body(uint8_t{});
    case DType::kInt32:
      return body(int32_t{});
    case DType::kInt64:
      return body(int64_t{});
    case DType::kFloat32:
      return body(float{});
    case DType::kFloat64:
      return body(double{});
  }
  throw Bug("unknown dtype");
}

}  // namespace

const ArraySpec* Spec::Find(std::string_view name) const {
  for (const ArraySpec& array : arrays_) {
    if (array.name == name) return &array;
  }
  return nullptr;
}

const ArraySpec& Spec::at(std::string_view name) const {
  if (const ArraySpec* array = Find(name)) return *array;
  throw UserError("no array named '" + std::string(name) + "'" + DidYouMean(name, Names()) +
                  "; there are: " + Join(Names()));
}

std::vector<std::string> Spec::Names() const {
  std::vector<std::string> names;
  for (const ArraySpec& array : arrays_) names.push_back(array.name);
  return names;
}

void Spec::Validate(const ArrayMap& map, std::string_view what, bool check_bounds) const {
  // Nothing is allocated unless something is wrong: every step of every environment is checked.
  const auto complain = [&](const std::string& text) {
    throw UserError(std::string(what) + ": " + text);
  };
  for (const auto& [name, array] : map) {
    if (Find(name) == nullptr) {
      complain("unknown array '" + name + "'" + DidYouMean(name, Names()) + "; expected " +
               Join(Names()));
    }
  }
  for (const ArraySpec& spec : arrays_) {
    const Array* array = map.Find(spec.name);
    if (array == nullptr) {
      complain("array '" + spec.name + "' is missing; expected " + Join(Names()));
    }
    if (array->dtype() != spec.dtype || array->shape() != spec.shape) {
      complain("'" + spec.name + "' is " + DTypeName(array->dtype()) + " " +
               ShapeText(array->shape()) + ", expected " + DTypeName(spec.dtype) + " " +
               ShapeText(spec.shape));
    }
    const int64_t bad = WithType(spec.dtype, [&](auto type) {
      return FirstBad(array->As<decltype(type)>(), spec, check_bounds);
    });
    if (bad >= 0) {
      complain(ElementName(spec, bad) + " = " + Number(array->AsDouble(bad)) +
               (check_bounds
                    ? " is outside [" + Number(spec.LowAt(bad)) + ", " + Number(spec.HighAt(bad)) +
                          "]" + (spec.unit.empty() ? "" : " " + spec.unit)
                    : " is not finite"));
    }
  }
}

ArrayMap Spec::Zeros() const {
  ArrayMap out;
  for (const ArraySpec& spec : arrays_) out.Set(spec.name, Array(spec.dtype, spec.shape));
  return out;
}

namespace {

// Four normal numbers have no preferred direction.
void SampleQuaternion(int first, Rng* rng, Array* array) {
  double q[4], square = 0;
  do {
    square = 0;
    for (double& x : q) {
      x = rng->Normal();
      square += x * x;
    }
  } while (square < 1e-12);
  const auto set = [&](auto values) {
    for (size_t i = 0; i < 4; ++i) {
      values[static_cast<size_t>(first) + i] =
          static_cast<std::remove_reference_t<decltype(values[0])>>(q[i] / std::sqrt(square));
    }
  };
  if (array->dtype() == DType::kFloat64) set(array->As<double>());
  if (array->dtype() == DType::kFloat32) set(array->As<float>());
}

}  // namespace

ArrayMap Spec::Sample(Rng* rng) const {
  ArrayMap out;
  for (const ArraySpec& spec : arrays_) {
    Array array(spec.dtype, spec.shape);
    WithType(spec.dtype, [&](auto type) {
      using T = decltype(type);
      const std::span<T> values = array.As<T>();
      for (size_t i = 0; i < values.size(); ++i) {
        const double low = spec.LowAt(static_cast<int64_t>(i));
        const double high = spec.HighAt(static_cast<int64_t>(i));
        if constexpr (std::is_floating_point_v<T>) {
          const bool below = std::isfinite(low), above = std::isfinite(high);
          const double value = below && above ? rng->Uniform(low, high)
                               : below        ? low - std::log1p(-rng->Uniform())
                               : above        ? high + std::log1p(-rng->Uniform())
                                              : rng->Normal();
          values[i] = static_cast<T>(value);
        } else {
          const double lowest =
              std::max(low, static_cast<double>(std::numeric_limits<T>::lowest()));
          const double highest = std::min(high, static_cast<double>(std::numeric_limits<T>::max()));
          // Wide types without bounds: a range that fits the arithmetic.
          const auto from = static_cast<int64_t>(std::max(lowest, -0x1p53));
          const auto to = static_cast<int64_t>(std::min(highest, 0x1p53));
          values[i] = static_cast<T>(rng->Integer(from, to + 1));
        }
      }
    });
    if (spec.quaternion >= 0) SampleQuaternion(spec.quaternion, rng, &array);
    out.Set(spec.name, std::move(array));
  }
  return out;
}

namespace {

// "    x [-4.8, 4.8], x_dot any" of the named elements, in lines of some length.
std::string ElementsText(const ArraySpec& spec, std::string_view indent) {
  constexpr size_t kLine = 90;
  const std::string start = std::string(indent) + "  ";
  std::string text, line = start;
  for (size_t i = 0; i < spec.elements.size(); ++i) {
    const double low = spec.LowAt(static_cast<int64_t>(i)),
                 high = spec.HighAt(static_cast<int64_t>(i));
    const bool any = std::isinf(low) && std::isinf(high);
    const std::string element = spec.elements[i] +
                                (any ? " any" : " [" + Number(low) + ", " + Number(high) + "]") +
                                (i + 1 < spec.elements.size() ? ", " : "");
    if (line.size() > start.size() && line.size() + element.size() > kLine) {
      text += line.substr(0, line.size() - 1) + "\n";
      line = start;
    }
    line += element;
  }
  return spec.elements.empty() ? "" : text + line + "\n";
}

}  // namespace

std::string Spec::Text(std::string_view indent) const {
  size_t widest = 0;
  for (const ArraySpec& spec : arrays_) widest = std::max(widest, spec.name.size());
  std::string text;
  for (const ArraySpec& spec : arrays_) {
    std::string type = std::string(DTypeName(spec.dtype)) + " " + ShapeText(spec.shape);
    std::string line =
        std::string(indent) + spec.name + std::string(widest + 2 - spec.name.size(), ' ') + type;
    line.resize(std::max(line.size(), indent.size() + widest + 26), ' ');
    const bool bounded = std::isfinite(spec.low[0]) && std::isfinite(spec.high[0]);
    if (bounded && spec.low.size() == 1 && spec.high.size() == 1) {
      line += " [" + Number(spec.low[0]) + ", " + Number(spec.high[0]) + "]";
    }
    if (!spec.unit.empty()) line += " " + spec.unit;
    if (!spec.description.empty()) line += "  " + spec.description;
    text += line + "\n";
    if (spec.low.size() > 1 || spec.high.size() > 1) text += ElementsText(spec, indent);
  }
  return text;
}

}  // namespace rookery
