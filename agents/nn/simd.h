// Private to agents/: vectors of 16 floats for the kernel files, each of which is compiled for one
// instruction set and defines ROOKERY_ISA as the name of its namespace: code of one set must never
// be linked in place of another's. Include nothing here that brings inline functions of its own.
#ifndef ROOKERY_AGENTS_NN_SIMD_H_
#define ROOKERY_AGENTS_NN_SIMD_H_

#ifndef ROOKERY_ISA
#error "define ROOKERY_ISA before including this file"
#endif

#include <cstdint>

#include "agents/nn/kernels.h"

#define ROOKERY_INLINE inline __attribute__((always_inline))

namespace rookery::nn::ROOKERY_ISA {

constexpr int kLanes = 16;

// One register of the instruction set. (The compiler's own vectors of more than a register live
// in memory.)
#if defined(__AVX512F__)
constexpr int kNative = 16;
#elif defined(__AVX2__)
constexpr int kNative = 8;
#else
constexpr int kNative = 4;
#endif
constexpr int kParts = kLanes / kNative;
using Floats = float __attribute__((vector_size(4 * kNative)));
using Ints = int32_t __attribute__((vector_size(4 * kNative)));
using Words = uint32_t __attribute__((vector_size(4 * kNative)));
using Halves = uint16_t __attribute__((vector_size(2 * kNative)));
// The same without alignment, for loads and stores.
using UnalignedFloats = float __attribute__((vector_size(4 * kNative), aligned(4), may_alias));
using UnalignedHalves = uint16_t __attribute__((vector_size(2 * kNative), aligned(2), may_alias));

struct V {
  Floats part[kParts];

  ROOKERY_INLINE float operator[](int i) const { return part[i / kNative][i % kNative]; }
};

template <typename F>
ROOKERY_INLINE V Parts(const F& f) {
  V out;
  for (int k = 0; k < kParts; ++k) out.part[k] = f(k);
  return out;
}

ROOKERY_INLINE V Broadcast(float x) {
  return Parts([&](int) { return x - Floats{}; });
}
ROOKERY_INLINE V operator+(const V& a, const V& b) {
  return Parts([&](int k) { return a.part[k] + b.part[k]; });
}
ROOKERY_INLINE V operator-(const V& a, const V& b) {
  return Parts([&](int k) { return a.part[k] - b.part[k]; });
}
ROOKERY_INLINE V operator*(const V& a, const V& b) {
  return Parts([&](int k) { return a.part[k] * b.part[k]; });
}
ROOKERY_INLINE V operator/(const V& a, const V& b) {
  return Parts([&](int k) { return a.part[k] / b.part[k]; });
}
ROOKERY_INLINE V operator+(const V& a, float b) {
  return Parts([&](int k) { return a.part[k] + b; });
}
ROOKERY_INLINE V operator-(const V& a, float b) {
  return Parts([&](int k) { return a.part[k] - b; });
}
ROOKERY_INLINE V operator*(const V& a, float b) {
  return Parts([&](int k) { return a.part[k] * b; });
}
ROOKERY_INLINE V operator*(float a, const V& b) { return b * a; }
ROOKERY_INLINE V& operator+=(V& a, const V& b) { return a = a + b; }

ROOKERY_INLINE V WherePositive(const V& x, const V& a) {
  return Parts([&](int k) { return x.part[k] > 0.0F ? a.part[k] : Floats{}; });
}
ROOKERY_INLINE V Relu(const V& x) { return WherePositive(x, x); }
ROOKERY_INLINE V AtLeast(const V& x, float floor) {
  return Parts([&](int k) { return x.part[k] > floor ? x.part[k] : Floats{} + floor; });
}
// The larger; NaN where x is NaN.
ROOKERY_INLINE V MaximumWithNan(const V& best, const V& x) {
  return Parts([&](int k) {
    const Floats larger = x.part[k] > best.part[k] ? x.part[k] : best.part[k];
    return x.part[k] == x.part[k] ? larger : x.part[k];
  });
}
ROOKERY_INLINE V SquareRoot(const V& x) {
  V out;
  for (int k = 0; k < kParts; ++k) {
    for (int i = 0; i < kNative; ++i) out.part[k][i] = __builtin_sqrtf(x.part[k][i]);
  }
  return out;
}

ROOKERY_INLINE V Load(const float* p) {
  return Parts(
      [&](int k) -> Floats { return *reinterpret_cast<const UnalignedFloats*>(p + k * kNative); });
}
ROOKERY_INLINE void Store(float* p, const V& x) {
  for (int k = 0; k < kParts; ++k) {
    *reinterpret_cast<UnalignedFloats*>(p + k * kNative) = x.part[k];
  }
}

ROOKERY_INLINE V Load(const Bf16* p) {
  return Parts([&](int k) {
    const Halves half = *reinterpret_cast<const UnalignedHalves*>(p + k * kNative);
    return reinterpret_cast<Floats>(__builtin_convertvector(half, Words) << 16);
  });
}
// Rounds to nearest, ties to even. NaN stays NaN.
ROOKERY_INLINE void Store(Bf16* p, const V& x) {
  for (int k = 0; k < kParts; ++k) {
    const Words bits = reinterpret_cast<Words>(x.part[k]);
    Words rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    rounded = x.part[k] == x.part[k] ? rounded : Words{} + 0x7FC0U;
    *reinterpret_cast<UnalignedHalves*>(p + k * kNative) = __builtin_convertvector(rounded, Halves);
  }
}

ROOKERY_INLINE float HorizontalSum(const V& x) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += x[i];
  return sum;
}

// e^x for x <= 0, relative error below 2e-7; 0 below -87.
ROOKERY_INLINE V ExpNegative(const V& x) {
  return Parts([&](int k) {
    const Floats v = x.part[k];
    const Floats clamped = v > -87.0F ? v : Floats{} - 87.0F;
    // Truncation of a negative number less a half: rounds.
    const Ints n = __builtin_convertvector(clamped * 1.44269504F - 0.5F, Ints);
    const Floats whole = __builtin_convertvector(n, Floats);
    const Floats r = (clamped - whole * 0.693359375F) + whole * 2.12194440e-4F;
    Floats p = Floats{} + 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const Floats result = reinterpret_cast<Floats>(reinterpret_cast<Ints>(p) + (n << 23));
    return v > -87.0F ? result : Floats{};
  });
}

// Rows become columns. Interleaving the two halves of the rows log2(n) times is a transposition
// of n x n; larger squares are transposed block by block.
ROOKERY_INLINE void Transpose16(V m[kLanes]) {
#if defined(__AVX512F__)
  constexpr Ints kLow = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
  constexpr Ints kHigh = {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  constexpr int kRounds = 4;
#elif defined(__AVX2__)
  constexpr Ints kLow = {0, 8, 1, 9, 2, 10, 3, 11};
  constexpr Ints kHigh = {4, 12, 5, 13, 6, 14, 7, 15};
  constexpr int kRounds = 3;
#else
  constexpr Ints kLow = {0, 4, 1, 5};
  constexpr Ints kHigh = {2, 6, 3, 7};
  constexpr int kRounds = 2;
#endif
  V out[kLanes];
  for (int row = 0; row < kParts; ++row) {
    for (int column = 0; column < kParts; ++column) {
      Floats a[kNative], b[kNative];
      for (int i = 0; i < kNative; ++i) a[i] = m[row * kNative + i].part[column];
      for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kNative / 2; ++i) {
          b[2 * i] = __builtin_shuffle(a[i], a[i + kNative / 2], kLow);
          b[2 * i + 1] = __builtin_shuffle(a[i], a[i + kNative / 2], kHigh);
        }
        for (int i = 0; i < kNative; ++i) a[i] = b[i];
      }
      for (int i = 0; i < kNative; ++i) out[column * kNative + i].part[row] = a[i];
    }
  }
  for (int i = 0; i < kLanes; ++i) m[i] = out[i];
}

}  // namespace rookery::nn::ROOKERY_ISA

#endif  // ROOKERY_AGENTS_NN_SIMD_H_
