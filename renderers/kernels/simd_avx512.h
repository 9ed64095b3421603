// Private to renderers/kernels: vectors of 16 floats and 8 doubles in AVX-512 (F, BW, DQ, VL).
#ifndef ROOKERY_RENDERERS_KERNELS_SIMD_AVX512_H_
#define ROOKERY_RENDERERS_KERNELS_SIMD_AVX512_H_

#include <immintrin.h>

#include <cstdint>

namespace rookery::internal::avx512 {

#define ROOKERY_INLINE static inline __attribute__((always_inline))

inline constexpr int kLanes = 16;
inline constexpr int kDoubles = 8;

struct F {
  __m512 v;
};
struct I {
  __m512i v;
};
struct M {
  __mmask16 v;
};

ROOKERY_INLINE F Set(float a) { return {_mm512_set1_ps(a)}; }
ROOKERY_INLINE I Set(uint32_t a) { return {_mm512_set1_epi32(static_cast<int>(a))}; }
ROOKERY_INLINE F Load(const float* p) { return {_mm512_loadu_ps(p)}; }
ROOKERY_INLINE I Load(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
ROOKERY_INLINE void Store(float* p, F a) { _mm512_storeu_ps(p, a.v); }
ROOKERY_INLINE void Store(uint32_t* p, I a) { _mm512_storeu_si512(p, a.v); }
ROOKERY_INLINE F Iota() {
  return {_mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)};
}

ROOKERY_INLINE F operator+(F a, F b) { return {_mm512_add_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator-(F a, F b) { return {_mm512_sub_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator*(F a, F b) { return {_mm512_mul_ps(a.v, b.v)}; }
ROOKERY_INLINE F operator/(F a, F b) { return {_mm512_div_ps(a.v, b.v)}; }
ROOKERY_INLINE F Sqrt(F a) { return {_mm512_sqrt_ps(a.v)}; }
ROOKERY_INLINE F Min(F a, F b) { return {_mm512_min_ps(a.v, b.v)}; }  // a < b ? a : b
ROOKERY_INLINE F Max(F a, F b) { return {_mm512_max_ps(a.v, b.v)}; }  // a > b ? a : b
ROOKERY_INLINE I Truncate(F a) { return {_mm512_cvttps_epi32(a.v)}; }
ROOKERY_INLINE F ToFloat(I a) { return {_mm512_cvtepi32_ps(a.v)}; }
ROOKERY_INLINE I operator+(I a, I b) { return {_mm512_add_epi32(a.v, b.v)}; }
ROOKERY_INLINE I operator*(I a, I b) { return {_mm512_mullo_epi32(a.v, b.v)}; }
ROOKERY_INLINE I operator&(I a, I b) { return {_mm512_and_si512(a.v, b.v)}; }
ROOKERY_INLINE I operator|(I a, I b) { return {_mm512_or_si512(a.v, b.v)}; }
ROOKERY_INLINE I operator^(I a, I b) { return {_mm512_xor_si512(a.v, b.v)}; }
template <int n>
ROOKERY_INLINE I ShiftLeft(I a) {
  return {_mm512_slli_epi32(a.v, n)};
}

ROOKERY_INLINE M Ge(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
ROOKERY_INLINE M Gt(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
ROOKERY_INLINE M Eq(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
ROOKERY_INLINE M Eq(I a, I b) { return {_mm512_cmpeq_epi32_mask(a.v, b.v)}; }
ROOKERY_INLINE M operator&(M a, M b) { return {static_cast<__mmask16>(a.v & b.v)}; }
ROOKERY_INLINE M operator|(M a, M b) { return {static_cast<__mmask16>(a.v | b.v)}; }
ROOKERY_INLINE M None() { return {0}; }
ROOKERY_INLINE M Every() { return {0xFFFF}; }
ROOKERY_INLINE uint32_t Bits(M m) { return m.v; }
ROOKERY_INLINE bool Any(M m) { return m.v != 0; }
ROOKERY_INLINE bool All(M m) { return m.v == 0xFFFF; }
ROOKERY_INLINE F Select(M m, F a, F b) { return {_mm512_mask_blend_ps(m.v, b.v, a.v)}; }
ROOKERY_INLINE I Select(M m, I a, I b) { return {_mm512_mask_blend_epi32(m.v, b.v, a.v)}; }

// p[i] where m, else 0.
ROOKERY_INLINE F Gather(const float* p, I i, M m) {
  return {_mm512_mask_i32gather_ps(_mm512_setzero_ps(), m.v, i.v, p, 4)};
}
ROOKERY_INLINE float MinLane(F a) { return _mm512_reduce_min_ps(a.v); }
ROOKERY_INLINE float MaxLane(F a) { return _mm512_reduce_max_ps(a.v); }
// The lowest byte of each lane.
ROOKERY_INLINE void StoreBytes(uint8_t* p, I a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a.v));
}
// The three lowest bytes of each lane.
ROOKERY_INLINE void StoreRgb(uint8_t* p, I a) {
  const __m512i bytes =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
  const __m512i words = _mm512_setr_epi32(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 3, 3, 3);
  const __m512i packed = _mm512_permutexvar_epi32(words, _mm512_shuffle_epi8(a.v, bytes));
  _mm512_mask_storeu_epi32(p, 0x0FFF, packed);
}

struct D {
  __m512d v;
};
ROOKERY_INLINE D SetD(double a) { return {_mm512_set1_pd(a)}; }
ROOKERY_INLINE D IotaD() { return {_mm512_setr_pd(0, 1, 2, 3, 4, 5, 6, 7)}; }
ROOKERY_INLINE D LoadAsD(const float* p) { return {_mm512_cvtps_pd(_mm256_loadu_ps(p))}; }
ROOKERY_INLINE D operator+(D a, D b) { return {_mm512_add_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator-(D a, D b) { return {_mm512_sub_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator*(D a, D b) { return {_mm512_mul_pd(a.v, b.v)}; }
ROOKERY_INLINE D operator/(D a, D b) { return {_mm512_div_pd(a.v, b.v)}; }
ROOKERY_INLINE D RoundToFloat(D a) { return {_mm512_cvtps_pd(_mm512_cvtpd_ps(a.v))}; }
ROOKERY_INLINE void StoreAsFloat(float* p, D a) { _mm256_storeu_ps(p, _mm512_cvtpd_ps(a.v)); }
// Rounded towards 0, of numbers that fit.
ROOKERY_INLINE void StoreTruncated(int32_t* p, D a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvttpd_epi32(a.v));
}
// Bit i: low <= a[i] < high.
ROOKERY_INLINE uint32_t Within(D a, D low, D high) {
  const __mmask8 above = _mm512_cmp_pd_mask(a.v, low.v, _CMP_GE_OQ);
  return _mm512_mask_cmp_pd_mask(above, a.v, high.v, _CMP_LT_OQ);
}

}  // namespace rookery::internal::avx512

#endif  // ROOKERY_RENDERERS_KERNELS_SIMD_AVX512_H_
