#include "core/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>

#include "core/error.h"

namespace rookery {

uint64_t HashBytes(const void* data, size_t size, uint64_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}

uint64_t HashText(std::string_view text, uint64_t seed) {
  return HashBytes(text.data(), text.size(), seed);
}

uint64_t HashArrays(const ArrayMap& arrays, uint64_t seed) {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_64bits_reset_withSeed(&state, seed);
  // Lengths go before what they measure, so that no two maps feed the same stream.
  const auto number = [&state](uint64_t value) {
    XXH3_64bits_update(&state, &value, sizeof(value));
  };
  number(arrays.size());
  for (const auto& [name, array] : arrays) {
    number(name.size());
    XXH3_64bits_update(&state, name.data(), name.size());
    number(static_cast<uint64_t>(array.dtype()));
    number(array.shape().size());
    for (const int64_t extent : array.shape()) number(static_cast<uint64_t>(extent));
    if (array.nbytes() > 0) XXH3_64bits_update(&state, array.data(), array.nbytes());
  }
  return XXH3_64bits_digest(&state);
}

std::string HashHex(uint64_t hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (size_t i = 0; i < 16; ++i) text[i] = kDigits[(hash >> (60 - 4 * i)) & 15];
  return text;
}

uint64_t HashFromHex(std::string_view hex) {
  uint64_t hash = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), hash, 16);
  // from_chars takes a minus sign even for unsigned values.
  if (hex.size() != 16 || error != std::errc() || end != hex.data() + 16 || hex[0] == '-') {
    throw UserError("'" + std::string(hex) + "' is not a hash: expected 16 hexadecimal digits");
  }
  return hash;
}

}  // namespace rookery
