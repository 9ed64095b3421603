#include <gtest/gtest.h>

#include "agents/nn/ops.h"
#include "agents/pick_place/networks/networks.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::RandomTensor;
using rookery::testing::ReferenceNetwork;

int64_t Count(Architecture architecture, double width, std::vector<int> planes) {
  nn::Parameters parameters(at::kFloat, at::kCPU);
  std::vector<std::unique_ptr<Backbone>> networks;
  for (size_t i = 0; i < planes.size(); ++i) {
    networks.push_back(
        MakeBackbone("net" + std::to_string(i), {architecture, width, planes[i]}, &parameters));
  }
  return parameters.count();
}

TEST(TransporterNetworks, ParameterCountsOfThePaper) {
  EXPECT_EQ(Count(Architecture::kResNet43, 1, {1}), 9833203);
  EXPECT_EQ(Count(Architecture::kResNet43, 1, {3}), 9833433);
  EXPECT_EQ(Count(Architecture::kResNet43, 1, {24}), 9835848);
  EXPECT_EQ(Count(Architecture::kResNet43, 0.25, {1, 3, 3}), 1865413);
  EXPECT_EQ(Count(Architecture::kUNet, 1, {1, 3, 3}), 980519);
}

struct Case {
  const char* name;
  Architecture architecture;
  double width;
  int planes, samples;
  bool reference_ops;
};

class AgainstAutograd : public ::testing::TestWithParam<Case> {};

TEST_P(AgainstAutograd, ForwardAndBackward) {
  const Case& c = GetParam();
  nn::UseReferenceOps(c.reference_ops);
  nn::Parameters parameters(at::kFloat, at::kCPU);
  const auto network = MakeBackbone("net", {c.architecture, c.width, c.planes}, &parameters);
  parameters.Allocate(3, {});
  // Rows and columns that differ, and a border that matters.
  const Tensor x = RandomTensor({c.samples, 6, 48, 32}, 1);
  const Tensor gradient = RandomTensor({c.samples, c.planes, 48, 32}, 2);
  ReferenceNetwork reference(parameters, "net");
  const Tensor expected =
      c.architecture == Architecture::kUNet ? reference.UNet(x) : reference.ResNet(x);
  expected.backward(gradient);
  {
    c10::InferenceMode guard;
    const Tensor y = network->Forward(x.contiguous(at::MemoryFormat::ChannelsLast), true);
    EXPECT_LT((y - expected).abs().max().item<double>(),
              1e-4 * expected.abs().max().item<double>());
    network->Backward(gradient);
    for (int id = 0; id < parameters.size(); ++id) {
      const Tensor& g = reference.weights().at(parameters.name(id)).grad();
      // Of deep ReLU networks: a unit at zero up to rounding may fall on the other side.
      const double error = (parameters.Gradient(id) - g).norm().item<double>();
      EXPECT_LT(error, 0.03 * g.norm().item<double>() + 1e-6) << parameters.name(id);
    }
    // Without keeping anything: the same output.
    const Tensor again = network->Forward(x.contiguous(at::MemoryFormat::ChannelsLast), false);
    EXPECT_LT((again - y).abs().max().item<double>(), 1e-5 * y.abs().max().item<double>());
  }
  nn::UseReferenceOps(false);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, AgainstAutograd,
    ::testing::Values(Case{"UNetPick", Architecture::kUNet, 1, 1, 1, false},
                      Case{"UNetCrops", Architecture::kUNet, 1, 3, 3, false},
                      Case{"UNetReferenceOps", Architecture::kUNet, 1, 3, 2, true},
                      Case{"ResNetPick", Architecture::kResNet43, 0.25, 1, 1, false},
                      Case{"ResNetCrops", Architecture::kResNet43, 0.25, 3, 3, false},
                      Case{"ResNetSixPlanes", Architecture::kResNet43, 0.5, 6, 1, false},
                      Case{"ResNetReferenceOps", Architecture::kResNet43, 0.25, 3, 2, true}),
    [](const auto& c) { return c.param.name; });

TEST(TransporterNetworks, Bfloat16StaysNearFloat) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512bf16")) GTEST_SKIP() << "no AVX512-BF16 here";
#endif
  c10::InferenceMode guard;
  for (Architecture architecture : {Architecture::kUNet, Architecture::kResNet43}) {
    std::vector<Tensor> outputs, gradients;
    for (at::ScalarType type : {at::kFloat, at::kBFloat16}) {
      nn::Parameters parameters(type, at::kCPU);
      const auto network = MakeBackbone("net", {architecture, 0.25, 3}, &parameters);
      parameters.Allocate(3, {});
      const Tensor x = RandomTensor({2, 6, 32, 32}, 1);
      outputs.push_back(
          network->Forward(x.to(type).contiguous(at::MemoryFormat::ChannelsLast), true));
      network->Backward(RandomTensor({2, 3, 32, 32}, 2));
      EXPECT_TRUE(parameters.GradientsFinite());
      std::vector<Tensor> flat;
      for (int id = 0; id < parameters.size(); ++id) {
        flat.push_back(parameters.Gradient(id).reshape({-1}));
      }
      gradients.push_back(at::cat(flat));
    }
    const auto cosine = [](const Tensor& a, const Tensor& b) {
      return ((a * b).sum() / (a.norm() * b.norm())).item<double>();
    };
    EXPECT_GT(cosine(outputs[0], outputs[1]), 0.999);
    EXPECT_GT(cosine(gradients[0], gradients[1]), 0.95);
  }
}

// Fully convolutional with stride 8: an input moved by multiples of 8 gives the output moved,
// wherever no border is in reach (75 pixels).
TEST(TransporterNetworks, ResNetIsEquivariantToTranslation) {
  c10::InferenceMode guard;
  nn::Parameters parameters(at::kFloat, at::kCPU);
  const auto network = MakeBackbone("net", {Architecture::kResNet43, 0.25, 1}, &parameters);
  parameters.Allocate(1, {});
  const Tensor patch = RandomTensor({1, 6, 40, 40}, 4);
  const auto output = [&](int row, int column) {
    Tensor x = at::zeros({1, 6, 256, 256}).contiguous(at::MemoryFormat::ChannelsLast);
    x.narrow(2, row, 40).narrow(3, column, 40).copy_(patch);
    return network->Forward(x, false);
  };
  const Tensor a = output(108, 108).narrow(2, 100, 40).narrow(3, 100, 40);
  const Tensor b = output(108 + 16, 108 - 8).narrow(2, 100 + 16, 40).narrow(3, 100 - 8, 40);
  EXPECT_GT(a.std().item<double>(), 1e-3);
  EXPECT_LT((a - b).abs().max().item<double>(), 1e-5);
  const Tensor c = output(108 + 4, 108).narrow(2, 100 + 4, 40).narrow(3, 100, 40);
  EXPECT_GT((a - c).abs().max().item<double>(), 1e-4);  // 4 is no multiple of 8
}

}  // namespace
}  // namespace rookery::pick_place
