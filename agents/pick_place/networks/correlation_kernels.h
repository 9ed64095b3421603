// Fourier transforms and spectral products of the cross-correlation (correlation.h), 16 columns
// or 16 rows at a time in vector registers. Compiled for several instruction sets.
//
// Transforms decimate in frequency going forward (natural order in, digit-reversed out) and in
// time going back, so spectra are never reordered. Two real images travel as one complex one.
// A "strip" array holds rows x n values as [n / 16][rows][16].
#ifndef ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_KERNELS_H_
#define ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_KERNELS_H_

#include <cstdint>

namespace rookery::pick_place {

constexpr int kMaxFftStages = 12;

// Factorisation of one length. Built by MakeFftPlan.
struct FftPlan {
  int n = 0;
  int stages = 0;
  int radix[kMaxFftStages] = {};
  // By stage, for j < m (m = length of the parts), k in 1..radix-1: cos, sin of 2 pi j k / (m
  // radix).
  const float* twiddle[kMaxFftStages] = {};
  // Where only the first n / lead_factor inputs are not zero (or wanted, going back), the first
  // `lead` stages shrink to one product per value: for j, k in 1..lead_factor-1 cos, sin of
  // 2 pi j k / n; lead_position[k] is the part that holds frequency k modulo lead_factor.
  int lead = 0;
  int lead_factor = 1;
  int lead_position[64] = {};
  const float* lead_twiddle = nullptr;
};

// A rows x columns image: rows a multiple of 16. Imaginary parts may be null (zero on input,
// not wanted on output).
struct RowTransform {
  const FftPlan* plan;
  bool plus;          // sign of the exponent
  int rows, columns;  // columns a multiple of 16: given (rest zero), or wanted
  float* strip_re;    // strip array of plan->n columns
  float* strip_im;
  float* scratch;  // 32 plan->n floats, 64-byte aligned
};

// What one strip of the product needs. Pointers are to the arrays of the strip; consecutive
// channels, kernels, maps lie *_step floats apart.
struct StripProduct {
  const FftPlan* plan;  // along the columns' direction
  int pairs, channels;
  int scene_rows, kernel_rows, map_rows;
  const float *scene_re, *scene_im;  // (channels)
  int64_t scene_step;
  const float *kernel_re, *kernel_im;  // (pairs, channels)
  int64_t kernel_step;
  float *map_re, *map_im;  // (pairs)
  int64_t map_step;
  float *scene_gradient_re, *scene_gradient_im;    // backward only
  float *kernel_gradient_re, *kernel_gradient_im;  // backward only
  float* scratch;  // (4 channels + 4) * 16 plan->n floats, 64-byte aligned
};

struct CorrelationKernels {
  void (*rows_forward)(const RowTransform& t, const float* re, const float* im, int64_t stride);
  // Multiplies by `scale`.
  void (*rows_back)(const RowTransform& t, float scale, float* re, float* im, int64_t stride);
  // map = scene correlated with kernels, along the strip.
  void (*strip_forward)(const StripProduct& p);
  // Gradients of scene and kernels from that of the maps (in map_re, map_im).
  void (*strip_backward)(const StripProduct& p);
};

const CorrelationKernels& GetCorrelationKernels();

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_KERNELS_H_
