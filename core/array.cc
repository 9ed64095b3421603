#include "core/array.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/error.h"

namespace rookery {
namespace {

constexpr std::align_val_t kAlignment{64};

std::shared_ptr<void> Allocate(size_t bytes) {
  const size_t padded = (bytes + 63) / 64 * 64 + (bytes == 0 ? 64 : 0);
  void* data = ::operator new(padded, kAlignment);
  std::memset(data, 0, padded);
  return {data, [](void* p) { ::operator delete(p, kAlignment); }};
}

constexpr struct {
  DType dtype;
  const char* name;
  size_t size;
} kTypes[] = {{DType::kBool, "bool", 1},       {DType::kUInt8, "uint8", 1},
              {DType::kInt32, "int32", 4},     {DType::kInt64, "int64", 8},
              {DType::kFloat32, "float32", 4}, {DType::kFloat64, "float64", 8}};

}  // namespace

size_t ItemSize(DType dtype) { return kTypes[static_cast<size_t>(dtype)].size; }

const char* DTypeName(DType dtype) { return kTypes[static_cast<size_t>(dtype)].name; }

DType DTypeFromName(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& type : kTypes) {
    if (name == type.name) return type.dtype;
    names.emplace_back(type.name);
  }
  throw UserError("unknown dtype '" + std::string(name) + "'; expected one of " + Join(names));
}

std::string ShapeText(const Shape& shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  }
  return text + ")";
}

int64_t NumElements(const Shape& shape) {
  int64_t n = 1;
  for (int64_t extent : shape) {
    ROOKERY_CHECK_GE(extent, 0);
    n *= extent;
  }
  return n;
}

Array::Array(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)), size_(NumElements(shape_)) {
  owner_ = Allocate(nbytes());
  data_ = owner_.get();
}

Array::Array(DType dtype, Shape shape, void* data, std::shared_ptr<void> owner)
    : dtype_(dtype),
      shape_(std::move(shape)),
      size_(NumElements(shape_)),
      data_(data),
      owner_(std::move(owner)) {}

Array Array::FromBytes(DType dtype, Shape shape, const void* bytes) {
  Array out(dtype, std::move(shape));
  if (out.nbytes() > 0) std::memcpy(out.data_, bytes, out.nbytes());
  return out;
}

void Array::CheckType(DType wanted) const {
  if (wanted != dtype_) {
    throw Bug(std::string("array is ") + DTypeName(dtype_) + ", accessed as " + DTypeName(wanted));
  }
}

double Array::AsDouble(int64_t index) const {
  ROOKERY_CHECK_GE(index, 0);
  ROOKERY_CHECK_LT(index, size_);
  const auto i = static_cast<size_t>(index);
  switch (dtype_) {
    case DType::kBool:
      return As<bool>()[i] ? 1.0 : 0.0;
    case DType::kUInt8:
      return As<uint8_t>()[i];
    case DType::kInt32:
      return As<int32_t>()[i];
    case DType::kInt64:
      return static_cast<double>(As<int64_t>()[i]);
    case DType::kFloat32:
      return static_cast<double>(As<float>()[i]);
    case DType::kFloat64:
      return As<double>()[i];
  }
  throw Bug("unknown dtype");
}

Array Array::Clone() const { return FromBytes(dtype_, shape_, data_); }

Array Array::Reshaped(Shape shape) const {
  ROOKERY_CHECK_EQ(NumElements(shape), size_);
  Array out = *this;
  out.shape_ = std::move(shape);
  return out;
}

bool Array::BitEqual(const Array& other) const {
  return dtype_ == other.dtype_ && shape_ == other.shape_ &&
         (nbytes() == 0 || std::memcmp(data_, other.data_, nbytes()) == 0);
}

const Array* ArrayMap::Find(std::string_view name) const {
  for (const Item& item : items_) {
    if (item.first == name) return &item.second;
  }
  return nullptr;
}

Array* ArrayMap::Find(std::string_view name) {
  return const_cast<Array*>(static_cast<const ArrayMap*>(this)->Find(name));
}

const Array& ArrayMap::at(std::string_view name) const {
  if (const Array* array = Find(name)) return *array;
  throw UserError("no array named '" + std::string(name) + "'" + DidYouMean(name, Names()) +
                  "; there are: " + Join(Names()));
}

Array& ArrayMap::at(std::string_view name) {
  return const_cast<Array&>(static_cast<const ArrayMap*>(this)->at(name));
}

void ArrayMap::Set(std::string_view name, Array array) {
  if (Array* existing = Find(name)) {
    *existing = std::move(array);
  } else {
    items_.emplace_back(std::string(name), std::move(array));
  }
}

Array& ArrayMap::Ensure(std::string_view name, DType dtype, std::span<const int64_t> shape) {
  Array* existing = Find(name);
  if (existing != nullptr && existing->dtype() == dtype &&
      std::ranges::equal(existing->shape(), shape) && existing->owner().use_count() == 1) {
    return *existing;
  }
  Set(name, Array(dtype, Shape(shape.begin(), shape.end())));
  return *Find(name);
}

void ArrayMap::Erase(std::string_view name) {
  std::erase_if(items_, [&](const Item& item) { return item.first == name; });
}

ArrayMap ArrayMap::Clone() const {
  ArrayMap out;
  for (const Item& item : items_) out.items_.emplace_back(item.first, item.second.Clone());
  return out;
}

bool ArrayMap::BitEqual(const ArrayMap& other) const {
  if (items_.size() != other.items_.size()) return false;
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].first != other.items_[i].first) return false;
    if (!items_[i].second.BitEqual(other.items_[i].second)) return false;
  }
  return true;
}

std::vector<std::string> ArrayMap::Names() const {
  std::vector<std::string> names;
  for (const Item& item : items_) names.push_back(item.first);
  return names;
}

}  // namespace rookery
