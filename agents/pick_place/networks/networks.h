// The fully convolutional networks of the Transporter, with hand-written backward passes:
// ResNet43_8s of the paper (Zeng et al. 2020; bottleneck blocks without batch norm, stride 8) at
// any width, and a light U-Net with group norm that learns the same tasks at a tenth of the cost.
#ifndef ROOKERY_AGENTS_PICK_PLACE_NETWORKS_NETWORKS_H_
#define ROOKERY_AGENTS_PICK_PLACE_NETWORKS_NETWORKS_H_

#include <memory>
#include <string>

#include "agents/nn/ops.h"
#include "agents/nn/parameters.h"

namespace rookery::pick_place {

using nn::Tensor;

inline constexpr int kImageChannels = 6;  // red, green, blue, height three times

// Maps images (N, channels, H, W), channels-last, in the parameters' compute type, to float planes
// (N, planes, H, W), contiguous. H and W are multiples of 8.
class Backbone {
 public:
  virtual ~Backbone() = default;
  // keep: remember what Backward needs, until Backward or the next Forward.
  virtual Tensor Forward(const Tensor& x, bool keep) = 0;
  // Adds to the parameters' gradients, given that of the last kept output.
  virtual void Backward(const Tensor& gradient) = 0;
};

enum class Architecture { kResNet43, kResNet36, kUNet };

struct BackboneOptions {
  Architecture architecture = Architecture::kUNet;
  double width = 1;  // channel multiplier of the ResNets, a multiple of 1/4
  int planes = 1;
  int channels = kImageChannels;  // of the input
};

// Registers its parameters under `name`.
std::unique_ptr<Backbone> MakeBackbone(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters);
std::unique_ptr<Backbone> MakeUNet(const std::string& name, const BackboneOptions& options,
                                   nn::Parameters* parameters);
std::unique_ptr<Backbone> MakeResNet43(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters);
// ResNet36_4s of the paper's Form2Fit: the same blocks, 64 channels throughout, stride 4.
std::unique_ptr<Backbone> MakeResNet36(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters);

// A convolution's parameters and its calls.
class ConvLayer {
 public:
  ConvLayer() = default;
  ConvLayer(const std::string& name, int in, int out, int window, bool bias,
            nn::Parameters* parameters);
  Tensor Forward(const Tensor& x, int stride = 1, bool relu = false) const;
  // relu(convolution + add).
  Tensor ForwardAddRelu(const Tensor& x, const Tensor& add) const;
  // Adds the gradients of the parameters; returns that of x, undefined unless wanted.
  Tensor Backward(const Tensor& dy, const Tensor& x, int stride = 1, bool want_input = true) const;

 private:
  nn::Parameters* parameters_ = nullptr;
  int weight_ = -1, bias_ = -1;
};

// A 1x1 convolution from many channels to a few float planes.
class ReduceLayer {
 public:
  ReduceLayer() = default;
  ReduceLayer(const std::string& name, int in, int planes, nn::Parameters* parameters);
  // Into new planes, or added to `planes`.
  Tensor Forward(const Tensor& x, const Tensor& planes = Tensor()) const;
  // Gradient of x, masked by `mask` unless undefined.
  Tensor Backward(const Tensor& dplanes, const Tensor& x, const Tensor& mask) const;

 private:
  Tensor Weight() const;  // (planes, in)
  nn::Parameters* parameters_ = nullptr;
  int weight_ = -1, bias_ = -1;
};

// A 1x1 convolution from a few float planes to many channels, with ReLU.
class SpreadLayer {
 public:
  SpreadLayer() = default;
  SpreadLayer(const std::string& name, int planes, int out, nn::Parameters* parameters);
  Tensor Forward(const Tensor& planes) const;
  // dy is masked by the output; returns the gradient of the planes.
  Tensor Backward(const Tensor& dy, const Tensor& planes) const;

 private:
  Tensor Weight() const;  // (planes, out), a transposed copy
  nn::Parameters* parameters_ = nullptr;
  int weight_ = -1, bias_ = -1;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_NETWORKS_NETWORKS_H_
