#include "python/arrays.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "core/error.h"

namespace rookery::python {
namespace {

nb::dlpack::dtype DlpackType(DType dtype) {
  switch (dtype) {
    case DType::kBool:
      return nb::dtype<bool>();
    case DType::kUInt8:
      return nb::dtype<uint8_t>();
    case DType::kInt32:
      return nb::dtype<int32_t>();
    case DType::kInt64:
      return nb::dtype<int64_t>();
    case DType::kFloat32:
      return nb::dtype<float>();
    case DType::kFloat64:
      return nb::dtype<double>();
  }
  throw Bug("unknown dtype");
}

DType DTypeOfNumpy(const nb::dlpack::dtype& type) {
  for (const DType dtype : {DType::kBool, DType::kUInt8, DType::kInt32, DType::kInt64,
                            DType::kFloat32, DType::kFloat64}) {
    if (type == DlpackType(dtype)) return dtype;
  }
  throw UserError("an array of a dtype other than bool, uint8, int32, int64, float32 and float64");
}

nb::object Scalar(const Array& array) {
  switch (array.dtype()) {
    case DType::kBool:
      return nb::bool_(array.As<bool>()[0]);
    case DType::kUInt8:
      return nb::int_(array.As<uint8_t>()[0]);
    case DType::kInt32:
      return nb::int_(array.As<int32_t>()[0]);
    case DType::kInt64:
      return nb::int_(array.As<int64_t>()[0]);
    case DType::kFloat32:
      return nb::float_(array.As<float>()[0]);
    case DType::kFloat64:
      return nb::float_(array.As<double>()[0]);
  }
  throw Bug("unknown dtype");
}

}  // namespace

nb::object ToNumpy(const Array& array) {
  auto* const kept = new Array(array);
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<Array*>(p); });
  size_t shape[16];
  const size_t rank = array.shape().size();
  ROOKERY_CHECK(rank <= std::size(shape));
  for (size_t i = 0; i < rank; ++i) shape[i] = static_cast<size_t>(array.shape()[i]);
  return nb::ndarray<nb::numpy>(kept->data(), rank, shape, owner, nullptr,
                                DlpackType(array.dtype()))
      .cast();
}

Arrays ToNumpy(const ArrayMap& map) {
  nb::dict out;
  for (const auto& [name, array] : map) out[name.c_str()] = ToNumpy(array);
  return out;
}

Values ToValues(const ArrayMap& map) {
  nb::dict out;
  for (const auto& [name, array] : map) {
    out[name.c_str()] = array.shape().empty() ? Scalar(array) : ToNumpy(array);
  }
  return out;
}

Array FromNumpy(const AnyArray& array) {
  Shape shape;
  for (size_t i = 0; i < array.ndim(); ++i) shape.push_back(static_cast<int64_t>(array.shape(i)));
  return Array(DTypeOfNumpy(array.dtype()), std::move(shape), const_cast<void*>(array.data()),
               std::make_shared<AnyArray>(array));
}

ArrayMap FromNumpy(const nb::dict& arrays) {
  ArrayMap out;
  for (const auto& [name, array] : arrays) {
    out.Set(nb::cast<std::string>(name), FromNumpy(nb::cast<AnyArray>(array)));
  }
  return out;
}

nb::typed<nb::list, Values> SpecToPython(const Spec& spec) {
  nb::list out;
  for (const ArraySpec& array : spec.arrays()) {
    nb::dict one;
    one["name"] = array.name;
    one["dtype"] = DTypeName(array.dtype);
    one["shape"] = nb::tuple(nb::cast(array.shape));
    one["low"] = array.low;
    one["high"] = array.high;
    one["unit"] = array.unit;
    one["description"] = array.description;
    one["discrete"] = array.discrete;
    one["quaternion"] = array.quaternion;
    one["choices"] = array.choices;
    out.append(one);
  }
  return out;
}

}  // namespace rookery::python
