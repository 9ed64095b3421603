#include "agents/pick_place/mdn_network.h"

#include <cmath>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr int kHidden = 128;

// relu, then dropout: what remains is scaled up. Writes h and returns the factors.
Tensor Activate(const Tensor& h, double dropout, Rng* rng) {
  const Tensor scale = at::empty_like(h);
  float *value = h.data_ptr<float>(), *factor = scale.data_ptr<float>();
  const bool drops = rng != nullptr && dropout > 0;
  const auto threshold = static_cast<uint64_t>(dropout * 65536);
  const auto kept = drops ? static_cast<float>(1 / (1 - dropout)) : 1.0F;
  uint64_t bits = 0;
  for (int64_t i = 0; i < h.numel(); ++i) {
    // 16 random bits a unit.
    if (drops) bits = i % 4 == 0 ? rng->NextUInt64() : bits >> 16;
    const bool on = value[i] > 0 && (!drops || (bits & 65535) >= threshold);
    factor[i] = on ? kept : 0.0F;
    value[i] = on ? value[i] * kept : 0.0F;
  }
  return scale;
}

}  // namespace

MdnNetwork::MdnNetwork(const std::string& name, const MdnNetworkOptions& options,
                       nn::Parameters* parameters)
    : options_(options), parameters_(parameters) {
  const int h0 = options.inputs * (options.sinusoids ? 3 : 1);
  hidden1_ = AddLayer(name + ".hidden1", h0, kHidden);
  hidden2_ = AddLayer(name + ".hidden2", kHidden + h0, kHidden);
  output_ = AddLayer(name + ".output", kHidden + h0, options.output.outputs());
}

MdnNetwork::Layer MdnNetwork::AddLayer(const std::string& name, int in, int out) {
  return {parameters_->Add(name + ".weight", {out, in}, nn::Init::kSmallNormal),
          parameters_->Add(name + ".bias", {out}, nn::Init::kSmallNormal)};
}

Tensor MdnNetwork::Apply(const Layer& layer, const Tensor& x) const {
  return at::addmm(parameters_->Float(layer.bias), x, parameters_->Float(layer.weight).t());
}

Tensor MdnNetwork::BackThrough(const Layer& layer, const Tensor& dy, const Tensor& x) {
  parameters_->AddGradient(layer.weight, at::mm(dy.t(), x));
  parameters_->AddGradient(layer.bias, dy.sum(0));
  return at::mm(dy, parameters_->Float(layer.weight));
}

MdnNetwork::Pass MdnNetwork::Forward(const Tensor& x, Rng* dropout) {
  ROOKERY_CHECK_EQ(x.size(1), options_.inputs);
  Pass pass;
  pass.in0 = options_.sinusoids ? at::cat({x, x.cos(), x.sin()}, 1) : x;
  const Tensor h1 = Apply(hidden1_, pass.in0);
  pass.scale1 = Activate(h1, options_.dropout, dropout);
  pass.in1 = at::cat({h1, pass.in0}, 1);
  const Tensor h2 = Apply(hidden2_, pass.in1);
  pass.scale2 = Activate(h2, options_.dropout, dropout);
  pass.in2 = at::cat({h2, pass.in0}, 1);
  pass.outputs = Apply(output_, pass.in2);
  return pass;
}

double MdnNetwork::Train(const Tensor& x, const Tensor& targets, Rng* rng, Tensor* x_gradient) {
  const Pass pass = Forward(x, rng);
  const Tensor d_outputs = at::empty_like(pass.outputs);
  const double loss =
      MdnLoss(options_.output, static_cast<int>(x.size(0)), pass.outputs.data_ptr<float>(),
              targets.data_ptr<float>(), d_outputs.data_ptr<float>());
  const Tensor d_in2 = BackThrough(output_, d_outputs, pass.in2);
  const Tensor d_h2 = d_in2.narrow(1, 0, kHidden) * pass.scale2;
  const Tensor d_in1 = BackThrough(hidden2_, d_h2, pass.in1);
  const Tensor d_h1 = d_in1.narrow(1, 0, kHidden) * pass.scale1;
  const Tensor d_in0 = BackThrough(hidden1_, d_h1, pass.in0);
  if (x_gradient == nullptr) return loss;

  const int64_t inputs = x.size(1), h0 = pass.in0.size(1);
  const Tensor d_h0 = d_in0 + d_in1.narrow(1, kHidden, h0) + d_in2.narrow(1, kHidden, h0);
  *x_gradient = d_h0.narrow(1, 0, inputs).contiguous();
  if (options_.sinusoids) {
    *x_gradient +=
        d_h0.narrow(1, 2 * inputs, inputs) * x.cos() - d_h0.narrow(1, inputs, inputs) * x.sin();
  }
  return loss;
}

std::vector<double> MdnNetwork::Sample(const std::vector<float>& x, Rng* rng) {
  const Tensor row = at::tensor(x, at::kFloat).reshape({1, -1});
  const Pass pass = Forward(row, nullptr);
  const float* outputs = pass.outputs.data_ptr<float>();
  for (int i = 0; i < options_.output.outputs(); ++i) {
    if (!std::isfinite(outputs[i])) throw Failure("the network's output is not finite");
  }
  return MdnSample(options_.output, outputs, rng);
}

}  // namespace rookery::pick_place
