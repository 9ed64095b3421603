// Little-endian byte streams for snapshots (Env::Save, Rng, checkpoints' small state).
#ifndef ROOKERY_CORE_BYTES_H_
#define ROOKERY_CORE_BYTES_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.h"

namespace rookery {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

class ByteWriter {
 public:
  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "write fields one by one");
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void PutString(std::string_view text) {
    Put<uint64_t>(text.size());
    bytes_.append(text);
  }
  template <typename T>
  void PutVector(const std::vector<T>& values) {
    Put<uint64_t>(values.size());
    for (const T& value : values) Put(value);
  }
  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Every read is bounds-checked: a truncated snapshot is a UserError, never a crash.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Get() {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "read fields one by one");
    if constexpr (std::is_same_v<T, bool>) {
      const auto byte = Get<uint8_t>();
      if (byte > 1) throw UserError("snapshot is damaged: a flag is " + std::to_string(byte));
      return byte == 1;
    } else {
      T value;
      std::memcpy(&value, Take(sizeof(T)).data(), sizeof(T));
      return value;
    }
  }
  std::string GetString() { return std::string(Take(Get<uint64_t>())); }
  template <typename T>
  std::vector<T> GetVector() {
    const auto n = Get<uint64_t>();
    if (n > bytes_.size() - position_) Truncated(n);
    std::vector<T> values(n);
    for (T& value : values) value = Get<T>();
    return values;
  }
  bool AtEnd() const { return position_ == bytes_.size(); }
  void ExpectEnd() const {
    if (!AtEnd()) {
      throw UserError("snapshot has " + std::to_string(bytes_.size() - position_) +
                      " bytes too many: it was saved by something else");
    }
  }

 private:
  std::string_view Take(uint64_t n) {
    if (n > bytes_.size() - position_) Truncated(n);
    const std::string_view out = bytes_.substr(position_, n);
    position_ += n;
    return out;
  }
  [[noreturn]] void Truncated(uint64_t wanted) const {
    throw UserError("snapshot is truncated: wanted " + std::to_string(wanted) +
                    " bytes at offset " + std::to_string(position_) + " of " +
                    std::to_string(bytes_.size()));
  }

  std::string_view bytes_;
  size_t position_ = 0;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_BYTES_H_
