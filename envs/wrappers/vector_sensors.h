// What wrappers of vectors of sensors share.
#ifndef ROOKERY_ENVS_WRAPPERS_VECTOR_SENSORS_H_
#define ROOKERY_ENVS_WRAPPERS_VECTOR_SENSORS_H_

#include <algorithm>
#include <limits>
#include <span>

#include "core/spec.h"

namespace rookery {

inline bool IsVector(const ArraySpec& spec) {
  return spec.shape.size() == 1 && (spec.dtype == DType::kFloat32 || spec.dtype == DType::kFloat64);
}
inline constexpr char kVectorText[] = "vector of real numbers";

// Bounds and names for each of the n elements, where there was one for all.
inline void ForEachElement(ArraySpec* spec, size_t n) {
  if (spec->low.size() == 1) spec->low.resize(n, spec->low[0]);
  if (spec->high.size() == 1) spec->high.resize(n, spec->high[0]);
}

// body(in, out) with both arrays as spans of their common type.
template <typename Body>
void WithFloats(const Array& in, Array* out, Body body) {
  if (in.dtype() == DType::kFloat32)
    body(in.As<float>(), out->As<float>());
  else
    body(in.As<double>(), out->As<double>());
}

}  // namespace rookery

#endif  // ROOKERY_ENVS_WRAPPERS_VECTOR_SENSORS_H_
