// Private to agents/pick_place/ (needs LibTorch): the convolutional network of Conv-MLP (Zeng et
// al. 2020, after Levine et al. 2016), with a hand-written backward pass.
#ifndef ROOKERY_AGENTS_PICK_PLACE_CONV_MLP_NETWORK_H_
#define ROOKERY_AGENTS_PICK_PLACE_CONV_MLP_NETWORK_H_

#include <string>
#include <utility>
#include <vector>

#include "agents/pick_place/mdn_network.h"

namespace rookery::pick_place {

// relu(batch norm(convolution)), no padding. Batch norm as in Keras: epsilon 1e-3; what it uses
// when acting follows the batches' mean and variance by a hundredth each, and is kept among the
// parameters, where it never has a gradient.
class ConvNormRelu {
 public:
  ConvNormRelu(const std::string& name, int in, int out, int window, int stride,
               nn::Parameters* parameters);
  // train: with the batch's own statistics, remembering what Backward needs.
  Tensor Forward(const Tensor& x, bool train);
  // dy: of the output; adds gradients and returns that of x.
  Tensor Backward(const Tensor& dy, bool want_input);
  int64_t statistics() const { return 2 * channels_; }  // parameters that are not learned

 private:
  nn::Parameters* parameters_;
  int channels_, stride_;
  int weight_, bias_, gamma_, beta_, mean_, variance_;
  Tensor x_, convolved_, y_, batch_mean_, batch_rstd_;
};

// Mean position of the softmax of each channel, in [-1, 1]: (B, C, H, W) to (B, 2 C), all rows'
// positions first, then the columns'. `gradient` of the result to that of the channels.
struct SoftArgmax {
  Tensor probabilities, means;
};
SoftArgmax SpatialSoftArgmax(const Tensor& x);
Tensor SpatialSoftArgmaxBackward(const SoftArgmax& forward, const Tensor& gradient);

// Colours and heights (B, 3, H, W) to a mixture density over an action's 6 numbers. 7x7 stride 2
// of each apart, 64 channels; two 5x5 convolutions of both; soft argmax; perceptron.
class ConvMlpNetwork {
 public:
  ConvMlpNetwork(const MdnShape& output, nn::Parameters* parameters);
  // The loss of a batch with targets (B, 6); gradients are added.
  double Train(const Tensor& colors, const Tensor& heights, const Tensor& targets);
  // Of one image.
  std::vector<double> Sample(const Tensor& colors, const Tensor& heights, Rng* rng);
  int64_t statistics() const;

 private:
  Tensor Convolve(const Tensor& colors, const Tensor& heights, bool train);

  ConvNormRelu colors_, heights_, both1_, both2_;
  MdnNetwork head_;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_CONV_MLP_NETWORK_H_
