#include "agents/pick_place/conv_mlp_network.h"

#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr int kChannels = 64;
constexpr double kEpsilon = 1e-3, kMomentum = 0.01;

// -1 ... 1 along one side, shaped to broadcast.
Tensor Positions(int64_t n, bool rows) {
  const Tensor line = at::linspace(-1, 1, n, at::kFloat);
  return rows ? line.reshape({n, 1}) : line.reshape({1, n});
}

MdnNetworkOptions HeadOptions(const MdnShape& output) {
  MdnNetworkOptions options;
  options.inputs = 2 * kChannels;
  options.output = output;
  return options;
}

}  // namespace

ConvNormRelu::ConvNormRelu(const std::string& name, int in, int out, int window, int stride,
                           nn::Parameters* parameters)
    : parameters_(parameters),
      channels_(out),
      stride_(stride),
      weight_(
          parameters->Add(name + ".weight", {out, in, window, window}, nn::Init::kGlorotUniform)),
      bias_(parameters->Add(name + ".bias", {out}, nn::Init::kZero)),
      gamma_(parameters->Add(name + ".gamma", {out}, nn::Init::kOne)),
      beta_(parameters->Add(name + ".beta", {out}, nn::Init::kZero)),
      mean_(parameters->Add(name + ".mean", {out}, nn::Init::kZero)),
      variance_(parameters->Add(name + ".variance", {out}, nn::Init::kOne)) {}

Tensor ConvNormRelu::Forward(const Tensor& x, bool train) {
  const nn::Parameters& p = *parameters_;
  const Tensor convolved =
      at::conv2d(x, p.Float(weight_), p.Float(bias_), at::IntArrayRef({stride_, stride_}));
  auto [y, mean, rstd] =
      at::native_batch_norm(convolved, p.Float(gamma_), p.Float(beta_), p.Float(mean_),
                            p.Float(variance_), train, kMomentum, kEpsilon);
  y.relu_();
  if (train) {
    x_ = x;
    convolved_ = convolved;
    y_ = y;
    batch_mean_ = mean;
    batch_rstd_ = rstd;
  }
  return y;
}

Tensor ConvNormRelu::Backward(const Tensor& dy, bool want_input) {
  ROOKERY_CHECK(x_.defined());
  nn::Parameters& p = *parameters_;
  const Tensor masked = dy * y_.gt(0);
  const auto [d_convolved, d_gamma, d_beta] = at::native_batch_norm_backward(
      masked, convolved_, p.Float(gamma_), p.Float(mean_), p.Float(variance_), batch_mean_,
      batch_rstd_, /*train=*/true, kEpsilon, {true, true, true});
  const int64_t no_padding[] = {0, 0}, once[] = {1, 1}, stride[] = {stride_, stride_},
                channels[] = {channels_};
  const auto [d_x, d_weight, d_bias] = at::convolution_backward(
      d_convolved, x_, p.Float(weight_), at::OptionalIntArrayRef(channels), stride, no_padding,
      once, /*transposed=*/false, no_padding, /*groups=*/1, {want_input, true, true});
  p.AddGradient(gamma_, d_gamma);
  p.AddGradient(beta_, d_beta);
  p.AddGradient(weight_, d_weight);
  p.AddGradient(bias_, d_bias);
  x_ = convolved_ = y_ = Tensor();
  return d_x;
}

SoftArgmax SpatialSoftArgmax(const Tensor& x) {
  SoftArgmax out;
  out.probabilities = at::softmax(x.flatten(2), 2).reshape(x.sizes());
  const Tensor rows = (out.probabilities * Positions(x.size(2), true)).sum({2, 3});
  const Tensor columns = (out.probabilities * Positions(x.size(3), false)).sum({2, 3});
  out.means = at::cat({rows, columns}, 1);
  return out;
}

// d mean / d x at a position is its probability times its distance from the mean.
Tensor SpatialSoftArgmaxBackward(const SoftArgmax& forward, const Tensor& gradient) {
  const Tensor& p = forward.probabilities;
  const int64_t channels = p.size(1);
  const auto part = [&](const Tensor& t, int64_t which) {
    return t.narrow(1, which * channels, channels).reshape({p.size(0), channels, 1, 1});
  };
  const Tensor rows = Positions(p.size(2), true) - part(forward.means, 0);
  const Tensor columns = Positions(p.size(3), false) - part(forward.means, 1);
  return p * (part(gradient, 0) * rows + part(gradient, 1) * columns);
}

ConvMlpNetwork::ConvMlpNetwork(const MdnShape& output, nn::Parameters* parameters)
    : colors_("colors", 3, kChannels, 7, 2, parameters),
      heights_("heights", 3, kChannels, 7, 2, parameters),
      both1_("both1", 2 * kChannels, kChannels, 5, 1, parameters),
      both2_("both2", kChannels, kChannels, 5, 1, parameters),
      head_("head", HeadOptions(output), parameters) {}

Tensor ConvMlpNetwork::Convolve(const Tensor& colors, const Tensor& heights, bool train) {
  const Tensor both =
      at::cat({colors_.Forward(colors, train), heights_.Forward(heights, train)}, 1);
  return both2_.Forward(both1_.Forward(both, train), train);
}

double ConvMlpNetwork::Train(const Tensor& colors, const Tensor& heights, const Tensor& targets) {
  const SoftArgmax points = SpatialSoftArgmax(Convolve(colors, heights, true));
  Tensor gradient;
  const double loss = head_.Train(points.means, targets, nullptr, &gradient);
  const Tensor d_both =
      both1_.Backward(both2_.Backward(SpatialSoftArgmaxBackward(points, gradient), true), true);
  colors_.Backward(d_both.narrow(1, 0, kChannels), false);
  heights_.Backward(d_both.narrow(1, kChannels, kChannels), false);
  return loss;
}

std::vector<double> ConvMlpNetwork::Sample(const Tensor& colors, const Tensor& heights, Rng* rng) {
  const Tensor points = SpatialSoftArgmax(Convolve(colors, heights, false)).means.contiguous();
  const float* data = points.data_ptr<float>();
  return head_.Sample({data, data + points.numel()}, rng);
}

int64_t ConvMlpNetwork::statistics() const {
  return colors_.statistics() + heights_.statistics() + both1_.statistics() + both2_.statistics();
}

}  // namespace rookery::pick_place
