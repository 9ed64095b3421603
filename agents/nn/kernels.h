// The inner loops that LibTorch has no fused form of: group norm with ReLU and addition, bilinear
// doubling with addition, thin 1x1 convolutions, softmax loss, Adam with a running average.
// Compiled for several instruction sets and chosen at run time; used through agents/nn/ops.h.
//
// Activations are channels-last: (pixels, channels), channels a multiple of 16, float or bfloat16;
// arithmetic is float throughout. Planar arrays are (planes, pixels) float, pixels a multiple
// of 16.
#ifndef ROOKERY_AGENTS_NN_KERNELS_H_
#define ROOKERY_AGENTS_NN_KERNELS_H_

#include <cstdint>

namespace rookery::nn {

struct Bf16 {
  uint16_t bits;
};

// Loops over activations of type T.
template <typename T>
struct ActivationKernels {
  // sum[c] += sum of x, square[c] += sum of x^2, over the pixels.
  void (*channel_sums)(const T* x, int64_t pixels, int channels, double* sum, double* square);
  // y = relu(a x + b), a and b by channel.
  void (*affine_relu)(const T* x, const float* a, const float* b, T* y, int64_t pixels,
                      int channels);
  // io = relu(a x + b + io).
  void (*affine_add_relu)(const T* x, const float* a, const float* b, T* io, int64_t pixels,
                          int channels);
  // With g = dy, or dy where a x + b > 0 when `relu`: sum[c] += sum of g, product[c] += sum of g x.
  void (*affine_backward_sums)(const T* dy, const T* x, const float* a, const float* b, bool relu,
                               int64_t pixels, int channels, double* sum, double* product);
  // dx = p g + q x + r, g as above; dx may be dy.
  void (*affine_backward)(const T* dy, const T* x, const float* a, const float* b, bool relu,
                          const float* p, const float* q, const float* r, T* dx, int64_t pixels,
                          int channels);
  // d = y > 0 ? d : 0.
  void (*mask)(const T* y, T* d, int64_t n);
  // d = d + add, 0 where y <= 0 (y may be null: no mask).
  void (*add_mask)(const T* add, const T* y, T* d, int64_t n);
  // out (2h, 2w, c) = bilinear doubling of u (h, w, c), half-pixel centres, plus skip (may be
  // null), ReLU'd when `relu`. scratch: w * c floats.
  void (*upsample)(const T* u, const T* skip, bool relu, T* out, int h, int w, int channels,
                   float* scratch);
  // du (h, w, c): gradient of the doubling. scratch: 2 w c floats.
  void (*upsample_backward)(const T* dout, T* du, int h, int w, int channels, float* scratch);
  // out[d][p] (+)= bias[d] + sum_c x[p][c] weight[d][c]; bias may be null.
  void (*reduce)(const T* x, const float* weight, const float* bias, float* out, int64_t pixels,
                 int channels, int planes, bool accumulate);
  // y[p][c] = bias[c] + sum_d t[d][p] weight[d][c]; then ReLU'd when `relu`, then 0 where
  // mask <= 0. bias and mask may be null.
  void (*spread)(const float* t, const float* weight, const float* bias, bool relu, const T* mask,
                 T* y, int64_t pixels, int channels, int planes);
  // weight[d][c] += sum_p t[d][p] x[p][c].
  void (*outer)(const float* t, const T* x, float* weight, int64_t pixels, int channels,
                int planes);
};

// One step of Adam (Kingma and Ba 2014) over flat arrays, n a multiple of 16, fused with the
// running average of the weights (decay 0 = average unused) and the bfloat16 copy (may be null).
struct AdamStep {
  float* weight;
  const float* gradient;
  float* first;  // moment
  float* second;
  float* average;
  Bf16* copy;
  int64_t n;
  float learning_rate, beta1, beta2, epsilon, average_decay;
  float correction1, correction2;  // 1 - beta^t
};

struct Kernels {
  const char* name;  // instruction set
  ActivationKernels<float> f32;
  ActivationKernels<Bf16> bf16;
  // Cross-entropy of softmax(logits) with the one-hot label: returns the loss and leaves
  // softmax - onehot (the gradient) in its place; label < 0: no label, probabilities remain.
  double (*softmax_loss)(float* logits, int64_t n, int64_t label);
  void (*adam)(const AdamStep& step);
  double (*sum)(const float* x, int64_t n);
};

// The fastest set this CPU has; ROOKERY_ISA=base|avx2|avx512 in the environment forces one.
const Kernels& GetKernels();
// The set of that name; null when this CPU has it not.
const Kernels* FindKernels(const char* name);
// For tests: what GetKernels gives from now on; null = its own choice again.
void ForceKernels(const Kernels* kernels);

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_KERNELS_H_
