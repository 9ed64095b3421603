// Compiled for AVX2: nothing here may be called without HasAvx2().
#include <immintrin.h>

#include "renderers/area_resize.h"

namespace rookery::internal {

void ShrinkRowAvx2(const uint8_t* row, const ColumnGroup* groups, size_t count, float* out) {
  for (size_t g = 0; g < count; g += 2) {
    const ColumnGroup& low = groups[g];
    const ColumnGroup& high = groups[g + 1];
    const auto pair = [](const void* first, const void* second) {
      return _mm256_inserti128_si256(
          _mm256_castsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(first))),
          _mm_loadu_si128(static_cast<const __m128i*>(second)), 1);
    };
    const __m256i bytes = pair(row + low.base, row + high.base);
    __m256 sum = _mm256_setzero_ps();
    for (int tap = 0; tap < ColumnGroup::kTaps; ++tap) {
      const __m256i pick = pair(low.pick[tap], high.pick[tap]);
      const __m256 share = _mm256_castsi256_ps(pair(low.share[tap], high.share[tap]));
      const __m256 value = _mm256_cvtepi32_ps(_mm256_shuffle_epi8(bytes, pick));
      const __m256 part = _mm256_mul_ps(share, value);
      sum = tap == 0 ? part : _mm256_add_ps(sum, part);
    }
    _mm256_storeu_ps(out + 4 * g, sum);
  }
}

}  // namespace rookery::internal
