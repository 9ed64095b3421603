// Private to renderers/kernels: vectors of 4 floats and 2 doubles in the compiler's portable vector
// types: SSE2 or NEON.
#ifndef ROOKERY_RENDERERS_KERNELS_SIMD_BASELINE_H_
#define ROOKERY_RENDERERS_KERNELS_SIMD_BASELINE_H_

#include <cstdint>
#include <cstring>

namespace rookery::internal::baseline {

#define ROOKERY_INLINE static inline __attribute__((always_inline))

inline constexpr int kLanes = 4;
inline constexpr int kDoubles = 2;

typedef float Float2 __attribute__((vector_size(8)));
typedef float Float4 __attribute__((vector_size(16)));
typedef int32_t Int4 __attribute__((vector_size(16)));
typedef uint32_t Bits4 __attribute__((vector_size(16)));
typedef double Double2 __attribute__((vector_size(16)));
typedef int64_t Long2 __attribute__((vector_size(16)));

struct F {
  Float4 v;
};
struct I {
  Bits4 v;
};
struct M {
  Int4 v;  // -1 or 0
};

ROOKERY_INLINE F Set(float a) { return {Float4{a, a, a, a}}; }
ROOKERY_INLINE I Set(uint32_t a) { return {Bits4{a, a, a, a}}; }
ROOKERY_INLINE F Load(const float* p) {
  F a;
  std::memcpy(&a, p, sizeof a);
  return a;
}
ROOKERY_INLINE I Load(const uint32_t* p) {
  I a;
  std::memcpy(&a, p, sizeof a);
  return a;
}
ROOKERY_INLINE void Store(float* p, F a) { std::memcpy(p, &a, sizeof a); }
ROOKERY_INLINE void Store(uint32_t* p, I a) { std::memcpy(p, &a, sizeof a); }
ROOKERY_INLINE F Iota() { return {Float4{0, 1, 2, 3}}; }

ROOKERY_INLINE F operator+(F a, F b) { return {a.v + b.v}; }
ROOKERY_INLINE F operator-(F a, F b) { return {a.v - b.v}; }
ROOKERY_INLINE F operator*(F a, F b) { return {a.v * b.v}; }
ROOKERY_INLINE F operator/(F a, F b) { return {a.v / b.v}; }
ROOKERY_INLINE F Sqrt(F a) {
  return {Float4{__builtin_sqrtf(a.v[0]), __builtin_sqrtf(a.v[1]), __builtin_sqrtf(a.v[2]),
                 __builtin_sqrtf(a.v[3])}};
}
ROOKERY_INLINE F Min(F a, F b) { return {a.v < b.v ? a.v : b.v}; }
ROOKERY_INLINE F Max(F a, F b) { return {a.v > b.v ? a.v : b.v}; }
ROOKERY_INLINE I Truncate(F a) {
  const Int4 whole = __builtin_convertvector(a.v, Int4);
  return {__builtin_convertvector(whole, Bits4)};
}
ROOKERY_INLINE F ToFloat(I a) {
  const Int4 whole = __builtin_convertvector(a.v, Int4);
  return {__builtin_convertvector(whole, Float4)};
}
ROOKERY_INLINE I operator+(I a, I b) { return {a.v + b.v}; }
ROOKERY_INLINE I operator*(I a, I b) { return {a.v * b.v}; }
ROOKERY_INLINE I operator&(I a, I b) { return {a.v & b.v}; }
ROOKERY_INLINE I operator|(I a, I b) { return {a.v | b.v}; }
ROOKERY_INLINE I operator^(I a, I b) { return {a.v ^ b.v}; }
template <int n>
ROOKERY_INLINE I ShiftLeft(I a) {
  return {a.v << n};
}

ROOKERY_INLINE M Ge(F a, F b) { return {a.v >= b.v}; }
ROOKERY_INLINE M Gt(F a, F b) { return {a.v > b.v}; }
ROOKERY_INLINE M Eq(F a, F b) { return {a.v == b.v}; }
ROOKERY_INLINE M Eq(I a, I b) { return {a.v == b.v}; }
ROOKERY_INLINE M operator&(M a, M b) { return {a.v & b.v}; }
ROOKERY_INLINE M operator|(M a, M b) { return {a.v | b.v}; }
ROOKERY_INLINE M None() { return {Int4{0, 0, 0, 0}}; }
ROOKERY_INLINE M Every() { return {Int4{-1, -1, -1, -1}}; }
ROOKERY_INLINE uint32_t Bits(M m) {
  const Int4 bits = m.v & Int4{1, 2, 4, 8};
  return static_cast<uint32_t>(bits[0] | bits[1] | bits[2] | bits[3]);
}
ROOKERY_INLINE bool Any(M m) { return Bits(m) != 0; }
ROOKERY_INLINE bool All(M m) { return Bits(m) == 0xF; }
ROOKERY_INLINE F Select(M m, F a, F b) { return {m.v ? a.v : b.v}; }
ROOKERY_INLINE I Select(M m, I a, I b) { return {m.v ? a.v : b.v}; }

// p[i] where m, else 0.
ROOKERY_INLINE F Gather(const float* p, I i, M m) {
  F a = Set(0.0f);
  for (int k = 0; k < kLanes; ++k) {
    if (m.v[k] != 0) a.v[k] = p[i.v[k]];
  }
  return a;
}
ROOKERY_INLINE float MinLane(F a) {
  float low = a.v[0];
  for (int k = 1; k < kLanes; ++k) low = a.v[k] < low ? a.v[k] : low;
  return low;
}
ROOKERY_INLINE float MaxLane(F a) {
  float high = a.v[0];
  for (int k = 1; k < kLanes; ++k) high = a.v[k] > high ? a.v[k] : high;
  return high;
}
// The lowest byte of each lane.
ROOKERY_INLINE void StoreBytes(uint8_t* p, I a) {
  for (int k = 0; k < kLanes; ++k) p[k] = static_cast<uint8_t>(a.v[k]);
}
// The three lowest bytes of each lane.
ROOKERY_INLINE void StoreRgb(uint8_t* p, I a) {
  for (int k = 0; k < kLanes; ++k) {
    p[3 * k] = static_cast<uint8_t>(a.v[k]);
    p[3 * k + 1] = static_cast<uint8_t>(a.v[k] >> 8);
    p[3 * k + 2] = static_cast<uint8_t>(a.v[k] >> 16);
  }
}

struct D {
  Double2 v;
};
ROOKERY_INLINE D SetD(double a) { return {Double2{a, a}}; }
ROOKERY_INLINE D IotaD() { return {Double2{0, 1}}; }
ROOKERY_INLINE D LoadAsD(const float* p) { return {Double2{p[0], p[1]}}; }
ROOKERY_INLINE D operator+(D a, D b) { return {a.v + b.v}; }
ROOKERY_INLINE D operator-(D a, D b) { return {a.v - b.v}; }
ROOKERY_INLINE D operator*(D a, D b) { return {a.v * b.v}; }
ROOKERY_INLINE D operator/(D a, D b) { return {a.v / b.v}; }
// By vector conversions: GCC 12 drops the rounding when it is written lane by lane.
ROOKERY_INLINE D RoundToFloat(D a) {
  return {__builtin_convertvector(__builtin_convertvector(a.v, Float2), Double2)};
}
ROOKERY_INLINE void StoreAsFloat(float* p, D a) {
  for (int k = 0; k < kDoubles; ++k) p[k] = static_cast<float>(a.v[k]);
}
// Rounded towards 0, of numbers that fit; 0 of others.
ROOKERY_INLINE void StoreTruncated(int32_t* p, D a) {
  for (int k = 0; k < kDoubles; ++k) {
    p[k] = a.v[k] > -2147483649.0 && a.v[k] < 2147483648.0 ? static_cast<int32_t>(a.v[k]) : 0;
  }
}
// Bit i: low <= a[i] < high.
ROOKERY_INLINE uint32_t Within(D a, D low, D high) {
  const Long2 inside = (a.v >= low.v) & (a.v < high.v);
  return static_cast<uint32_t>((inside[0] & 1) | (inside[1] & 2));
}

}  // namespace rookery::internal::baseline

#endif  // ROOKERY_RENDERERS_KERNELS_SIMD_BASELINE_H_
