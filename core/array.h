// Array: typed, C-contiguous, shared storage without arithmetic. ArrayMap: an ordered map from
// name to Array; the currency of observations, actions, info, batches and checkpoints.
#ifndef ROOKERY_CORE_ARRAY_H_
#define ROOKERY_CORE_ARRAY_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rookery {

enum class DType : uint8_t { kBool, kUInt8, kInt32, kInt64, kFloat32, kFloat64 };

size_t ItemSize(DType dtype);           // bytes of one element
const char* DTypeName(DType dtype);     // "uint8", "float32", ...
DType DTypeFromName(std::string_view);  // inverse; UserError names the choices

template <typename T>
constexpr DType DTypeOf() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, bool>)
    return DType::kBool;
  else if constexpr (std::is_same_v<U, uint8_t>)
    return DType::kUInt8;
  else if constexpr (std::is_same_v<U, int32_t>)
    return DType::kInt32;
  else if constexpr (std::is_same_v<U, int64_t>)
    return DType::kInt64;
  else if constexpr (std::is_same_v<U, float>)
    return DType::kFloat32;
  else {
    static_assert(std::is_same_v<U, double>, "no DType for this type");
    return DType::kFloat64;
  }
}

using Shape = std::vector<int64_t>;
std::string ShapeText(const Shape& shape);  // "(480, 640, 3)"
int64_t NumElements(const Shape& shape);

// Copying an Array shares its storage, as in NumPy; Clone copies the data. An Array may also
// view memory it does not own: `owner` keeps that memory alive.
class Array {
 public:
  Array() = default;                // 0 elements, float32, shape (0)
  Array(DType dtype, Shape shape);  // zero-filled, 64-byte aligned
  Array(DType dtype, Shape shape, void* data, std::shared_ptr<void> owner);

  template <typename T>
  static Array Of(std::initializer_list<T> values) {
    return From<T>(std::span<const T>(values.begin(), values.size()));
  }
  template <typename T>
  static Array From(std::span<const T> values) {
    return FromBytes(DTypeOf<T>(), {static_cast<int64_t>(values.size())}, values.data());
  }
  template <typename T>
  static Array Scalar(T value) {  // shape ()
    return FromBytes(DTypeOf<T>(), {}, &value);
  }
  static Array FromBytes(DType dtype, Shape shape, const void* bytes);  // copies

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  int64_t size() const { return size_; }  // elements
  size_t nbytes() const { return static_cast<size_t>(size_) * ItemSize(dtype_); }
  void* data() { return data_; }
  const void* data() const { return data_; }
  const std::shared_ptr<void>& owner() const { return owner_; }

  // Typed view of all elements in row-major order; Bug when T is not the dtype.
  template <typename T>
  std::span<T> As() {
    CheckType(DTypeOf<T>());
    return {static_cast<T*>(data_), static_cast<size_t>(size_)};
  }
  template <typename T>
  std::span<const T> As() const {
    CheckType(DTypeOf<T>());
    return {static_cast<const T*>(data_), static_cast<size_t>(size_)};
  }
  double AsDouble(int64_t index = 0) const;  // element converted, whatever the dtype

  Array Clone() const;
  Array Reshaped(Shape shape) const;  // shares storage; same number of elements
  // The same bytes, dtype and shape? NaN equals NaN of the same bits.
  bool BitEqual(const Array& other) const;

 private:
  void CheckType(DType wanted) const;

  DType dtype_ = DType::kFloat32;
  Shape shape_ = {0};
  int64_t size_ = 0;
  void* data_ = nullptr;
  std::shared_ptr<void> owner_;
};

// Keeps insertion order; look-up is linear, which is fast for the few names there are.
class ArrayMap {
 public:
  using Item = std::pair<std::string, Array>;
  ArrayMap() = default;
  ArrayMap(std::initializer_list<Item> items) : items_(items) {}

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  const Array* Find(std::string_view name) const;  // nullptr when absent
  Array* Find(std::string_view name);
  const Array& at(std::string_view name) const;  // UserError names what there is
  Array& at(std::string_view name);
  void Set(std::string_view name, Array array);  // replaces or appends
  // The array of this name, dtype and shape, reusing its storage when it already fits and is
  // not shared with another Array.
  Array& Ensure(std::string_view name, DType dtype, std::span<const int64_t> shape);
  Array& Ensure(std::string_view name, DType dtype, std::initializer_list<int64_t> shape) {
    return Ensure(name, dtype, std::span<const int64_t>(shape.begin(), shape.size()));
  }
  void Erase(std::string_view name);
  void Clear() { items_.clear(); }

  ArrayMap Clone() const;
  bool BitEqual(const ArrayMap& other) const;  // same names in the same order, same arrays
  std::vector<std::string> Names() const;
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }

 private:
  std::vector<Item> items_;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_ARRAY_H_
