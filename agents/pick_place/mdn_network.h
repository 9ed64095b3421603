// Private to agents/pick_place/ (needs LibTorch): the multi-layer perceptron with a mixture density
// output that the baselines of Zeng et al. 2020 share, with a hand-written backward pass.
#ifndef ROOKERY_AGENTS_PICK_PLACE_MDN_NETWORK_H_
#define ROOKERY_AGENTS_PICK_PLACE_MDN_NETWORK_H_

#include <string>
#include <vector>

#include "agents/nn/parameters.h"
#include "agents/pick_place/mdn.h"

namespace rookery::pick_place {

using nn::Tensor;

struct MdnNetworkOptions {
  int inputs = 0;
  bool sinusoids = false;  // x becomes x, cos x, sin x
  double dropout = 0;      // of hidden units, in training
  MdnShape output;
};

// h1 = relu(W [h0]), h2 = relu(W [h1, h0]), outputs W [h2, h0], 128 units each; weights and biases
// start as N(0, 0.05^2). All on the CPU, in float.
class MdnNetwork {
 public:
  MdnNetwork(const std::string& name, const MdnNetworkOptions& options, nn::Parameters* parameters);

  // The loss of a batch x (B, inputs) with targets (B, numbers); gradients are added, that of x is
  // given when `x_gradient` is not null. `rng`: for dropout.
  double Train(const Tensor& x, const Tensor& targets, Rng* rng, Tensor* x_gradient = nullptr);
  // Of one row of inputs.
  std::vector<double> Sample(const std::vector<float>& x, Rng* rng);

 private:
  struct Layer {
    int weight = -1, bias = -1;  // (out, in), (out)
  };
  struct Pass {
    Tensor in0, in1, in2;   // what the three layers got: h0; h1, h0; h2, h0
    Tensor scale1, scale2;  // of the hidden units: 0 where one is off
    Tensor outputs;
  };
  Pass Forward(const Tensor& x, Rng* dropout);
  Layer AddLayer(const std::string& name, int in, int out);
  Tensor Apply(const Layer& layer, const Tensor& x) const;
  // Adds the layer's gradients, returns that of its input.
  Tensor BackThrough(const Layer& layer, const Tensor& dy, const Tensor& x);

  MdnNetworkOptions options_;
  nn::Parameters* parameters_;
  Layer hidden1_, hidden2_, output_;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_MDN_NETWORK_H_
