// Vectors of 16 floats for the kernel files, each of which is compiled for one instruction set
// and defines ROOKERY_ISA as the name of its namespace: code of one set must never be linked in
// place of another's. Include nothing here that brings inline functions of its own.
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
using V = float __attribute__((vector_size(64)));
using VI = int32_t __attribute__((vector_size(64)));
using VU = uint32_t __attribute__((vector_size(64)));
using VH = uint16_t __attribute__((vector_size(32)));
// The same without alignment, for loads and stores.
using UnalignedV = float __attribute__((vector_size(64), aligned(4), may_alias));
using UnalignedVH = uint16_t __attribute__((vector_size(32), aligned(2), may_alias));

ROOKERY_INLINE V Broadcast(float x) { return x - V{}; }

ROOKERY_INLINE V Load(const float* p) { return *reinterpret_cast<const UnalignedV*>(p); }
ROOKERY_INLINE void Store(float* p, V x) { *reinterpret_cast<UnalignedV*>(p) = x; }

ROOKERY_INLINE V Load(const Bf16* p) {
  const VH half = *reinterpret_cast<const UnalignedVH*>(p);
  return reinterpret_cast<V>(__builtin_convertvector(half, VU) << 16);
}
// Rounds to nearest, ties to even. NaN stays NaN.
ROOKERY_INLINE void Store(Bf16* p, V x) {
  const VU bits = reinterpret_cast<VU>(x);
  VU rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  rounded = x == x ? rounded : VU{} + 0x7FC0U;
  *reinterpret_cast<UnalignedVH*>(p) = __builtin_convertvector(rounded, VH);
}

ROOKERY_INLINE V Relu(V x) { return x > 0.0F ? x : V{}; }

ROOKERY_INLINE float HorizontalSum(V x) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += x[i];
  return sum;
}
ROOKERY_INLINE float HorizontalMax(V x) {
  float best = x[0];
  for (int i = 1; i < kLanes; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

// e^x for x <= 0, relative error below 2e-7; 0 below -87.
ROOKERY_INLINE V ExpNegative(V x) {
  const V clamped = x > -87.0F ? x : V{} - 87.0F;
  const V scaled = clamped * 1.44269504F;
  const VI n = __builtin_convertvector(scaled - 0.5F, VI);  // truncation of a negative: rounds
  const V whole = __builtin_convertvector(n, V);
  const V r = (clamped - whole * 0.693359375F) + whole * 2.12194440e-4F;
  V p = V{} + 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const V result = reinterpret_cast<V>(reinterpret_cast<VI>(p) + (n << 23));
  return x > -87.0F ? result : V{};
}

// Rows become columns.
ROOKERY_INLINE void Transpose16(V m[kLanes]) {
  // Interleaving halves four times is a transposition.
  V t[kLanes];
  constexpr VI kLow = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
  constexpr VI kHigh = {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  for (int round = 0; round < 4; ++round) {
    V* from = round % 2 == 0 ? m : t;
    V* to = round % 2 == 0 ? t : m;
    for (int i = 0; i < 8; ++i) {
      to[2 * i] = __builtin_shuffle(from[i], from[i + 8], kLow);
      to[2 * i + 1] = __builtin_shuffle(from[i], from[i + 8], kHigh);
    }
  }
}

}  // namespace rookery::nn::ROOKERY_ISA

#endif  // ROOKERY_AGENTS_NN_SIMD_H_
