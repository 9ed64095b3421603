// Private to renderers/kernels: vectors of 8 floats and 4 doubles in AVX2.
#ifndef ROOKERY_RENDERERS_KERNELS_SIMD_AVX2_H_
#define ROOKERY_RENDERERS_KERNELS_SIMD_AVX2_H_

#include <immintrin.h>

#include <cstdint>

namespace rookery::internal::avx2 {

#define ROOKERY_INLINE static inline __attribute__((always_inline))

inline constexpr int kLanes = 8;
inline constexpr int kDoubles = 4;

struct F {
  __m256 v;
};
struct I {
  __m256i v;
};
struct M {
  __m256 v;
};

ROOKERY_INLINE F Set(float a) { return {_mm256_set1_ps(a)}; }
ROOKERY_INLINE I Set(uint32_t a) { return {_mm256_set1_epi32(static_cast<int>(a))}; }
ROOKERY_INLINE F Load(const float* p) { return {_mm256_loadu_ps(p)}; }
ROOKERY_INLINE I Load(const uint32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
ROOKERY_INLINE void Store(float* p, F a) { _mm256_storeu_ps(p, a.v); }
ROOKERY_INLINE void Store(uint32_t* p, I a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a.v);
}
ROOKERY_INLINE F Iota() { return {_mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7)}; }

ROOKERY_INLINE F operator+(F a, F b) { return {_mm256_add_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator-(F a, F b) { return {_mm256_sub_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator*(F a, F b) { return {_mm256_mul_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator/(F a, F b) { return {_mm256_div_ps(a.v, b.v)}; }
ROOKERY_INLINE F Sqrt(F a) { return {_mm256_sqrt_ps(a.v)}; }
ROOKERY_INLINE F Min(F a, F b) { return {_mm256_min_ps(a.v, b.v)}; }  // a < b ? a : b
ROOKERY_INLINE F Max(F a, F b) { return {_mm256_max_ps(a.v, b.v)}; }  // a > b ? a : b
ROOKERY_INLINE I Truncate(F a) { return {_mm256_cvttps_epi32(a.v)}; }
ROOKERY_INLINE F ToFloat(I a) { return {_mm256_cvtepi32_ps(a.v)}; }
ROOKERY_INLINE I operator+(I a, I b) { return {_mm256_add_epi32(a.v, b.v)}; }
ROOKERY_INLINE I operator*(I a, I b) { return {_mm256_mullo_epi32(a.v, b.v)}; }
ROOKERY_INLINE I operator&(I a, I b) { return {_mm256_and_si256(a.v, b.v)}; }
ROOKERY_INLINE I operator|(I a, I b) { return {_mm256_or_si256(a.v, b.v)}; }
ROOKERY_INLINE I operator^(I a, I b) { return {_mm256_xor_si256(a.v, b.v)}; }
template <int n>
ROOKERY_INLINE I ShiftLeft(I a) {
  return {_mm256_slli_epi32(a.v, n)};
}

ROOKERY_INLINE M Ge(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
ROOKERY_INLINE M Gt(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
ROOKERY_INLINE M Eq(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
ROOKERY_INLINE M Eq(I a, I b) { return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(a.v, b.v))}; }
ROOKERY_INLINE M operator&(M a, M b) { return {_mm256_and_ps(a.v, b.v)}; }
ROOKERY_INLINE M operator|(M a, M b) { return {_mm256_or_ps(a.v, b.v)}; }
ROOKERY_INLINE M None() { return {_mm256_setzero_ps()}; }
ROOKERY_INLINE M Every() { return {_mm256_castsi256_ps(_mm256_set1_epi32(-1))}; }
ROOKERY_INLINE uint32_t Bits(M m) { return static_cast<uint32_t>(_mm256_movemask_ps(m.v)); }
ROOKERY_INLINE bool Any(M m) { return Bits(m) != 0; }
ROOKERY_INLINE bool All(M m) { return Bits(m) == 0xFF; }
ROOKERY_INLINE F Select(M m, F a, F b) { return {_mm256_blendv_ps(b.v, a.v, m.v)}; }
ROOKERY_INLINE I Select(M m, I a, I b) {
  return {_mm256_castps_si256(
      _mm256_blendv_ps(_mm256_castsi256_ps(b.v), _mm256_castsi256_ps(a.v), m.v))};
}

// p[i] where m, else 0.
ROOKERY_INLINE F Gather(const float* p, I i, M m) {
  return {_mm256_mask_i32gather_ps(_mm256_setzero_ps(), p, i.v, m.v, 4)};
}
ROOKERY_INLINE float MinLane(F a) {
  __m128 b = _mm_min_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  b = _mm_min_ps(b, _mm_movehl_ps(b, b));
  return _mm_cvtss_f32(_mm_min_ss(b, _mm_shuffle_ps(b, b, 1)));
}
ROOKERY_INLINE float MaxLane(F a) {
  __m128 b = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  b = _mm_max_ps(b, _mm_movehl_ps(b, b));
  return _mm_cvtss_f32(_mm_max_ss(b, _mm_shuffle_ps(b, b, 1)));
}
// The lowest byte of each lane.
ROOKERY_INLINE void StoreBytes(uint8_t* p, I a) {
  const __m256i bytes =
      _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                       0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i low = _mm256_shuffle_epi8(a.v, bytes);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p),
                   _mm_or_si128(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
}
// The three lowest bytes of each lane.
ROOKERY_INLINE void StoreRgb(uint8_t* p, I a) {
  const __m256i bytes = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  const __m256i words = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 3);
  const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(a.v, bytes), words);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(packed));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p + 16), _mm256_extracti128_si256(packed, 1));
}

struct D {
  __m256d v;
};
ROOKERY_INLINE D SetD(double a) { return {_mm256_set1_pd(a)}; }
ROOKERY_INLINE D IotaD() { return {_mm256_setr_pd(0, 1, 2, 3)}; }
ROOKERY_INLINE D LoadAsD(const float* p) { return {_mm256_cvtps_pd(_mm_loadu_ps(p))}; }
ROOKERY_INLINE D operator+(D a, D b) { return {_mm256_add_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator-(D a, D b) { return {_mm256_sub_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator*(D a, D b) { return {_mm256_mul_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator/(D a, D b) { return {_mm256_div_pd(a.v, b.v)}; }
ROOKERY_INLINE D RoundToFloat(D a) { return {_mm256_cvtps_pd(_mm256_cvtpd_ps(a.v))}; }
ROOKERY_INLINE void StoreAsFloat(float* p, D a) { _mm_storeu_ps(p, _mm256_cvtpd_ps(a.v)); }
// Rounded towards 0, of numbers that fit.
ROOKERY_INLINE void StoreTruncated(int32_t* p, D a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvttpd_epi32(a.v));
}
// Bit i: low <= a[i] < high.
ROOKERY_INLINE uint32_t Within(D a, D low, D high) {
  const __m256d above = _mm256_cmp_pd(a.v, low.v, _CMP_GE_OQ);
  const __m256d below = _mm256_cmp_pd(a.v, high.v, _CMP_LT_OQ);
  return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_and_pd(above, below)));
}

}  // namespace rookery::internal::avx2

#endif  // ROOKERY_RENDERERS_KERNELS_SIMD_AVX2_H_
