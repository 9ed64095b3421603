// The Transporter's networks again, written with LibTorch's operators and differentiated by
// autograd.
#ifndef ROOKERY_TESTS_AGENTS_REFERENCE_NETWORKS_H_
#define ROOKERY_TESTS_AGENTS_REFERENCE_NETWORKS_H_

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "agents/nn/parameters.h"
#include "core/rng.h"

namespace rookery::testing {

using at::Tensor;

inline Tensor RandomTensor(at::IntArrayRef shape, uint64_t seed) {
  Tensor out = at::empty(shape, at::kFloat);
  Rng rng(seed);
  for (int64_t i = 0; i < out.numel(); ++i) {
    out.data_ptr<float>()[i] = static_cast<float>(rng.Normal());
  }
  return out;
}

class ReferenceNetwork {
 public:
  // With the parameters whose names begin with `prefix` and a dot.
  ReferenceNetwork(const rookery::nn::Parameters& parameters, const std::string& prefix)
      : prefix_(prefix) {
    for (int id = 0; id < parameters.size(); ++id) {
      if (parameters.name(id).rfind(prefix + ".", 0) != 0) continue;
      // Copies that autograd may track.
      Tensor t = torch::empty(parameters.Float(id).sizes());
      const Tensor source = parameters.Float(id).contiguous();
      std::copy_n(source.data_ptr<float>(), source.numel(), t.data_ptr<float>());
      weights_[parameters.name(id)] = t.set_requires_grad(true);
    }
  }

  Tensor UNet(const Tensor& x) {
    const Tensor full = Conv("stem", x, 1).relu();
    const Tensor half = Stage("down1", full, 2), quarter = Stage("down2", half, 2);
    Tensor y = Stage("bottom", Stage("down3", quarter, 2), 1);
    y = Stage("refine1", Double(Conv("up1", y, 1)) + quarter, 1);
    y = Stage("refine2", Double(Conv("up2", y, 1)) + half, 1);
    y = (Double(Conv("up3", y, 1)) + full).relu();
    return Conv("out", Conv("head", y, 1).relu(), 1);
  }

  Tensor ResNet(const Tensor& x) {
    Tensor y = Conv("conv1", x, 1).relu();
    constexpr int kStride[] = {1, 2, 2, 2, 1, 1, 1};
    for (int i = 0; i < 7; ++i) {
      const std::string stage = "stage" + std::to_string(i + 2);
      y = Bottleneck(stage + "_conv", y, kStride[i]).relu();
      y = Bottleneck(stage + "_identity", y, 1).relu();
      if (i >= 4) y = Double(y);
    }
    return Bottleneck("stage9_identity", Bottleneck("stage9_conv", y, 1), 1);
  }

  const std::map<std::string, Tensor>& weights() const { return weights_; }

 private:
  Tensor Get(const std::string& name) {
    const auto found = weights_.find(prefix_ + "." + name);
    return found == weights_.end() ? Tensor() : found->second;
  }
  Tensor Conv(const std::string& name, const Tensor& x, int stride) {
    const Tensor w = Get(name + ".weight");
    return torch::conv2d(x, w, Get(name + ".bias"), stride, w.size(2) / 2);
  }
  Tensor Norm(const std::string& name, const Tensor& x) {
    return torch::group_norm(x, x.size(1) / 8, Get(name + ".gamma"), Get(name + ".beta"));
  }
  Tensor Stage(const std::string& name, const Tensor& x, int stride) {
    Tensor y = Norm(name + ".norm1", Conv(name + ".conv1", x, stride)).relu();
    y = Norm(name + ".norm2", Conv(name + ".conv2", y, 1));
    const bool projects = Get(name + ".shortcut.weight").defined();
    return (y + (projects ? Conv(name + ".shortcut", x, stride) : x)).relu();
  }
  Tensor Bottleneck(const std::string& name, const Tensor& x, int stride) {
    const Tensor y =
        Conv(name + ".c", Conv(name + ".b", Conv(name + ".a", x, stride).relu(), 1).relu(), 1);
    const bool projects = Get(name + ".shortcut.weight").defined();
    return y + (projects ? Conv(name + ".shortcut", x, stride) : x);
  }
  Tensor Double(const Tensor& x) {
    namespace F = torch::nn::functional;
    return F::interpolate(x, F::InterpolateFuncOptions()
                                 .scale_factor(std::vector<double>{2, 2})
                                 .mode(torch::kBilinear)
                                 .align_corners(false));
  }

  std::string prefix_;
  std::map<std::string, Tensor> weights_;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_AGENTS_REFERENCE_NETWORKS_H_
