#include "agents/pick_place/networks/networks.h"

namespace rookery::pick_place {

ConvLayer::ConvLayer(const std::string& name, int in, int out, int window, bool bias,
                     nn::Parameters* parameters)
    : parameters_(parameters) {
  weight_ = parameters->Add(name + ".weight", {out, in, window, window}, nn::Init::kGlorotUniform);
  if (bias) bias_ = parameters->Add(name + ".bias", {out}, nn::Init::kZero);
}

Tensor ConvLayer::Forward(const Tensor& x, int stride, bool relu) const {
  return nn::Conv(x, parameters_->Value(weight_), bias_ >= 0 ? parameters_->Value(bias_) : Tensor(),
                  stride, relu);
}

Tensor ConvLayer::ForwardAddRelu(const Tensor& x, const Tensor& add) const {
  return nn::ConvAddRelu(x, parameters_->Value(weight_),
                         bias_ >= 0 ? parameters_->Value(bias_) : Tensor(), add);
}

Tensor ConvLayer::Backward(const Tensor& dy, const Tensor& x, int stride, bool want_input) const {
  const nn::ConvGradients g =
      nn::ConvBackward(dy, x, parameters_->Value(weight_), bias_ >= 0, stride, want_input);
  parameters_->AddGradient(weight_, g.weight);
  if (bias_ >= 0) parameters_->AddGradient(bias_, g.bias);
  return g.input;
}

ReduceLayer::ReduceLayer(const std::string& name, int in, int planes, nn::Parameters* parameters)
    : parameters_(parameters) {
  weight_ = parameters->Add(name + ".weight", {planes, in, 1, 1}, nn::Init::kGlorotUniform);
  bias_ = parameters->Add(name + ".bias", {planes}, nn::Init::kZero);
}

Tensor ReduceLayer::Weight() const { return parameters_->Float(weight_).flatten(1); }

Tensor ReduceLayer::Forward(const Tensor& x, const Tensor& planes) const {
  return nn::Reduce(x, Weight(), parameters_->Float(bias_), planes);
}

Tensor ReduceLayer::Backward(const Tensor& dplanes, const Tensor& x, const Tensor& mask) const {
  const Tensor weight = Weight();
  const Tensor gradient = at::zeros_like(weight);
  nn::OuterInPlace(dplanes, x, gradient);
  parameters_->AddGradient(weight_, gradient);
  parameters_->AddGradient(bias_, nn::PlaneSums(dplanes));
  return nn::Spread(dplanes, weight, Tensor(), false, mask, x.scalar_type());
}

SpreadLayer::SpreadLayer(const std::string& name, int planes, int out, nn::Parameters* parameters)
    : parameters_(parameters) {
  weight_ = parameters->Add(name + ".weight", {out, planes, 1, 1}, nn::Init::kGlorotUniform);
  bias_ = parameters->Add(name + ".bias", {out}, nn::Init::kZero);
}

Tensor SpreadLayer::Weight() const {
  return parameters_->Float(weight_).flatten(1).t().contiguous();
}

Tensor SpreadLayer::Forward(const Tensor& planes) const {
  return nn::Spread(planes, Weight(), parameters_->Float(bias_), true, Tensor(),
                    parameters_->compute());
}

Tensor SpreadLayer::Backward(const Tensor& dy, const Tensor& planes) const {
  const Tensor weight = Weight();
  const Tensor gradient = at::zeros_like(weight);
  nn::OuterInPlace(planes, dy, gradient);
  parameters_->AddGradient(weight_, gradient.t());
  parameters_->AddGradient(bias_, nn::ChannelSums(dy));
  return nn::Reduce(dy, weight, Tensor(), Tensor());
}

std::unique_ptr<Backbone> MakeBackbone(const std::string& name, const BackboneOptions& options,
                                       nn::Parameters* parameters) {
  switch (options.architecture) {
    case Architecture::kUNet:
      return MakeUNet(name, options, parameters);
    case Architecture::kResNet43:
      return MakeResNet43(name, options, parameters);
    default:
      return MakeResNet36(name, options, parameters);
  }
}

}  // namespace rookery::pick_place
