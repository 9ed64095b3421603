#include "envs/atari/pixels.h"

#include <algorithm>
#include <cstring>

#include "renderers/area_resize.h"

namespace rookery::atari {

void ToGray(std::span<const uint8_t> indices, const GrayTable& table, uint8_t* out) {
  const uint8_t* in = indices.data();
  const size_t n = indices.size();
  size_t i = 0;
  // Eight pixels a store: the loop is bound by its stores.
  for (; i + 8 <= n; i += 8) {
    uint64_t packed;
    std::memcpy(&packed, in + i, 8);
    uint64_t gray = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
      gray |= static_cast<uint64_t>(table[(packed >> shift) & 0xff]) << shift;
    }
    std::memcpy(out + i, &gray, 8);
  }
  for (; i < n; ++i) out[i] = table[in[i]];
}

void ToRgb(std::span<const uint8_t> indices, const RgbTable& table, uint8_t* out) {
  const size_t n = indices.size();
  if (n == 0) return;
  uint32_t colours[256];
  for (size_t i = 0; i < 256; ++i) {
    colours[i] = 0;
    std::memcpy(&colours[i], table[i].data(), 3);
  }
  // Four bytes are written, one too many; the next pixel mends it.
  for (size_t i = 0; i + 1 < n; ++i) std::memcpy(out + 3 * i, &colours[indices[i]], 4);
  std::memcpy(out + 3 * (n - 1), &colours[indices[n - 1]], 3);
}

void PoolGray(std::span<const uint8_t> a, const uint8_t* b, const GrayTable& table, uint8_t* out) {
  size_t i = 0;
#if defined(__x86_64__)
  if (internal::HasAvx2()) i = PoolGrayAvx2(a.data(), b, a.size(), table.data(), out);
#endif
  for (; i < a.size(); ++i) out[i] = std::max(table[a[i]], table[b[i]]);
}

void MaxInto(const uint8_t* other, size_t bytes, uint8_t* out) {
  for (size_t i = 0; i < bytes; ++i) out[i] = std::max(out[i], other[i]);
}

}  // namespace rookery::atari
