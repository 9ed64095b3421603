// Shared by the files that implement ops.h.
#ifndef ROOKERY_AGENTS_NN_OPS_INTERNAL_H_
#define ROOKERY_AGENTS_NN_OPS_INTERNAL_H_

#include <torch/torch.h>

#include <type_traits>

#include "agents/nn/kernels.h"
#include "agents/nn/ops.h"
#include "core/error.h"

namespace rookery::nn {

bool ReferenceOpsInUse();

// On a CPU, in a type that oneDNN and the kernels know.
inline bool OnOurCpu(const Tensor& x) {
  return !ReferenceOpsInUse() && x.is_cpu() &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}
// The fused kernels serve this tensor.
inline bool Fused(const Tensor& x) { return OnOurCpu(x) && x.size(1) % 16 == 0; }

inline Tensor ChannelsLast(const Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

// Calls body with the kernels for the tensor's type and a null pointer of that type.
template <typename Body>
auto WithKernels(at::ScalarType type, const Body& body) {
  const Kernels& kernels = GetKernels();
  if (type == at::kBFloat16) return body(kernels.bf16, static_cast<Bf16*>(nullptr));
  return body(kernels.f32, static_cast<float*>(nullptr));
}

// Channels-last activations of the kernels' type T, or flat arrays of it.
template <typename T>
T* Data(const Tensor& x) {
  constexpr at::ScalarType kType = std::is_same_v<T, Bf16> ? at::kBFloat16 : at::kFloat;
  ROOKERY_CHECK(x.scalar_type() == kType);
  ROOKERY_CHECK(x.dim() == 4 ? x.is_contiguous(at::MemoryFormat::ChannelsLast) : x.is_contiguous());
  return static_cast<T*>(x.data_ptr());
}
// Coefficients, or planes (N, D, H, W), in their order.
inline float* Floats(const Tensor& x) {
  ROOKERY_CHECK(x.is_contiguous());
  return x.data_ptr<float>();
}

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_OPS_INTERNAL_H_
