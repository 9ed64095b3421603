// Operations on channels-last activations (N, C, H, W) with hand-written gradients. On the CPU
// they run the fused kernels of kernels.h and oneDNN's convolutions, elsewhere (or with
// UseReferenceOps) compositions of LibTorch's own operators. No autograd: call under
// c10::InferenceMode.
//
// "Masked" gradients are those behind a ReLU: zero where its output is not positive.
#ifndef ROOKERY_AGENTS_NN_OPS_H_
#define ROOKERY_AGENTS_NN_OPS_H_

#include <torch/torch.h>

#include <utility>

#include "agents/nn/parameters.h"

namespace rookery::nn {

// For tests: compositions of LibTorch's operators on the CPU too.
void UseReferenceOps(bool use);

// Same-size convolution (padding = half the window), then ReLU when `relu`. bias may be undefined.
Tensor Conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int stride, bool relu);
// relu(convolution + add).
Tensor ConvAddRelu(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& add);
struct ConvGradients {
  Tensor input, weight, bias;
};
ConvGradients ConvBackward(const Tensor& dy, const Tensor& x, const Tensor& weight, bool bias,
                           int stride, bool want_input);

// d <- d where y > 0, else 0.
void MaskInPlace(const Tensor& y, Tensor& d);
// d <- d + add, masked by y unless that is undefined.
void AddMaskInPlace(const Tensor& add, const Tensor& y, Tensor& d);

// Group norm (Wu and He 2018), groups of 8 channels, epsilon 1e-5; gamma and beta are float.
struct NormState {
  Tensor x;             // input
  Tensor mean, rstd;    // (N, groups) float
  Tensor scale, shift;  // (N, C) float: the norm is scale x + shift
};
// relu(norm(x)).
Tensor NormRelu(const Tensor& x, const Tensor& gamma, const Tensor& beta, NormState* keep);
// relu(norm(x) + shortcut), which may overwrite the shortcut.
Tensor NormAddRelu(const Tensor& x, const Tensor& gamma, const Tensor& beta, Tensor shortcut,
                   bool overwrite, NormState* keep);
struct NormGradients {
  Tensor input, gamma, beta;
};
// dy is of the norm's output, masked already; with `relu` the norm's own ReLU is applied first.
NormGradients NormBackward(const Tensor& dy, const NormState& state, const Tensor& gamma,
                           const Tensor& beta, bool relu);

// Bilinear doubling with half-pixel centres, plus skip (may be undefined), ReLU'd when `relu`.
Tensor Upsample(const Tensor& x, const Tensor& skip, bool relu);
Tensor UpsampleBackward(const Tensor& dy);

// Thin 1x1 convolutions between C channels and a few float planes (N, D, H, W contiguous).
// weight (D, C) float throughout.
// planes (+)= bias + weight x; bias may be undefined, `planes` too (then it is made).
Tensor Reduce(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor planes);
// x = bias + weight^T planes in `type`, ReLU'd when `relu`, masked by `mask`, both optional.
Tensor Spread(const Tensor& planes, const Tensor& weight, const Tensor& bias, bool relu,
              const Tensor& mask, at::ScalarType type);
// gradient (D, C) += planes x^T.
void OuterInPlace(const Tensor& planes, const Tensor& x, Tensor gradient);
// Sum over pixels of each plane (D) / each channel (C), float.
Tensor PlaneSums(const Tensor& planes);
Tensor ChannelSums(const Tensor& x);

// Cross-entropy of the softmax over all logits with one true cell; the gradient replaces the
// logits. label < 0: probabilities replace the logits, and the value means nothing.
double SoftmaxLossInPlace(Tensor& logits, int64_t label);

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_OPS_H_
