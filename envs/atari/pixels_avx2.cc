// Compiled for AVX2: nothing here may be called without HasAvx2().
#include <immintrin.h>

#include "envs/atari/pixels.h"

namespace rookery::atari {
namespace {

struct GrayTables {
  __m256i part[8];  // sixteen even indices each, in both halves
};

// Colours have even indices: 128 of them, looked up in eight tables of sixteen. What is not in a
// table has its highest bit set, for which the shuffle gives 0.
__m256i Gray(__m256i indices, const GrayTables& tables) {
  __m256i at = _mm256_and_si256(_mm256_srli_epi16(indices, 1), _mm256_set1_epi8(0x7f));
  const __m256i limit = _mm256_set1_epi8(0x70), step = _mm256_set1_epi8(16);
  __m256i gray = _mm256_setzero_si256();
  for (const __m256i& table : tables.part) {
    gray = _mm256_or_si256(gray, _mm256_shuffle_epi8(table, _mm256_adds_epu8(at, limit)));
    at = _mm256_sub_epi8(at, step);
  }
  return gray;
}

}  // namespace

size_t PoolGrayAvx2(const uint8_t* a, const uint8_t* b, size_t n, const uint8_t* table,
                    uint8_t* out) {
  GrayTables tables;
  for (int part = 0; part < 8; ++part) {
    alignas(16) uint8_t entries[16];
    for (int i = 0; i < 16; ++i) entries[i] = table[2 * (16 * part + i)];
    tables.part[part] =
        _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(entries)));
  }
  const __m256i odd = _mm256_set1_epi8(1);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + i));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + i));
    if (!_mm256_testz_si256(_mm256_or_si256(first, second), odd)) {
      // Rare: a game that shows the shades of lost colour.
      for (size_t k = i; k < i + 32; ++k) {
        const uint8_t x = table[a[k]], y = table[b[k]];
        out[k] = x > y ? x : y;
      }
      continue;
    }
    __m256i gray = Gray(first, tables);
    const __m256i change = _mm256_xor_si256(first, second);
    // Most of a picture stands still.
    if (!_mm256_testz_si256(change, change)) gray = _mm256_max_epu8(gray, Gray(second, tables));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), gray);
  }
  return i;
}

}  // namespace rookery::atari
