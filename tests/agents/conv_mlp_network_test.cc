#include "agents/pick_place/conv_mlp_network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rookery::pick_place {
namespace {

Tensor Numbers(at::IntArrayRef shape, uint64_t seed) {
  const Tensor t = at::empty(shape, at::kFloat);
  Rng rng(seed);
  for (int64_t i = 0; i < t.numel(); ++i) {
    t.data_ptr<float>()[i] = static_cast<float>(rng.Normal(0, 1));
  }
  return t;
}

TEST(SpatialSoftArgmax, IsThePeaksPosition) {
  c10::InferenceMode guard;
  const Tensor x = at::zeros({1, 2, 5, 3});
  x[0][0][1][2] = 50;  // row 1 of 0..4: -0.5; the last column: 1
  const Tensor means = SpatialSoftArgmax(x).means;
  ASSERT_EQ(means.sizes(), (at::IntArrayRef{1, 4}));
  EXPECT_NEAR(means[0][0].item<float>(), -0.5, 1e-6);
  EXPECT_NEAR(means[0][2].item<float>(), 1, 1e-6);
  EXPECT_NEAR(means[0][1].item<float>(), 0, 1e-6);  // of a flat map: the middle
  EXPECT_NEAR(means[0][3].item<float>(), 0, 1e-6);
}

TEST(SpatialSoftArgmax, GradientIsThatOfFiniteDifferences) {
  c10::InferenceMode guard;
  const Tensor x = Numbers({2, 3, 4, 5}, 1), weight = Numbers({2, 6}, 2);
  const auto value = [&] { return (SpatialSoftArgmax(x).means * weight).sum().item<double>(); };
  const Tensor gradient = SpatialSoftArgmaxBackward(SpatialSoftArgmax(x), weight).contiguous();
  for (int64_t i = 0; i < x.numel(); ++i) {
    float* at = x.data_ptr<float>() + i;
    const float before = *at;
    *at = before + 1e-2F;
    const double up = value();
    *at = before - 1e-2F;
    const double down = value();
    *at = before;
    EXPECT_NEAR(gradient.data_ptr<float>()[i], (up - down) / 2e-2, 1e-3) << i;
  }
}

TEST(ConvNormRelu, NormalisesItsBatchAndRemembers) {
  c10::InferenceMode guard;
  nn::Parameters parameters(at::kFloat, at::kCPU);
  ConvNormRelu layer("layer", 2, 3, 3, 1, &parameters);
  parameters.Allocate(1, nn::AdamOptions());
  const Tensor x = Numbers({2, 2, 6, 6}, 3);
  const Tensor y = layer.Forward(x, true);
  ASSERT_EQ(y.sizes(), (at::IntArrayRef{2, 3, 4, 4}));
  // Half of a normalised Gaussian's mean square is left by the ReLU.
  EXPECT_NEAR(y.square().mean().item<double>(), 0.5, 0.15);
  const Tensor convolved = at::conv2d(x, parameters.Float(0));
  const Tensor mean = convolved.mean({0, 2, 3});
  EXPECT_TRUE(at::allclose(parameters.Float(4), 0.01 * mean, 1e-3, 1e-5));
  // After many batches acting on them gives what training gave.
  for (int i = 0; i < 1500; ++i) layer.Forward(x, true);
  EXPECT_LT((layer.Forward(x, false) - layer.Forward(x, true)).abs().max().item<double>(), 0.05);
}

TEST(ConvMlpNetwork, GradientsAreThoseOfFiniteDifferences) {
  c10::InferenceMode guard;
  nn::Parameters parameters(at::kFloat, at::kCPU);
  ConvMlpNetwork network({6, 4, 2.5}, &parameters);
  parameters.Allocate(5, nn::AdamOptions());
  const Tensor colors = Numbers({2, 3, 31, 29}, 1), heights = Numbers({2, 3, 31, 29}, 2);
  const Tensor targets = Numbers({2, 6}, 3) * 0.5;
  const auto loss = [&] {
    const double value = network.Train(colors, heights, targets);
    parameters.DropGradients();
    return value;
  };
  network.Train(colors, heights, targets);
  ASSERT_TRUE(parameters.GradientsFinite());
  std::vector<Tensor> gradients;
  for (int id = 0; id < parameters.size(); ++id)
    gradients.push_back(parameters.Gradient(id).clone());
  parameters.DropGradients();
  int checked = 0;
  for (int id = 0; id < parameters.size(); ++id) {
    const Tensor value = parameters.Float(id), gradient = gradients[static_cast<size_t>(id)];
    const std::string& name = parameters.name(id);
    if (name.ends_with(".mean") || name.ends_with(".variance")) {
      EXPECT_EQ(gradient.abs().max().item<float>(), 0) << name;
      continue;
    }
    // Along the gradient, which single weights are too small for.
    const double norm = gradient.norm().item<double>();
    if (name.ends_with(".bias") && name.find("head") == std::string::npos) {
      EXPECT_LT(norm, 1e-3) << name;  // batch norm takes the mean off
      continue;
    }
    ASSERT_GT(norm, 0) << name;
    const Tensor direction = gradient / norm;
    constexpr double kStep = 2e-3;
    value.add_(direction, kStep);
    const double up = loss();
    value.add_(direction, -2 * kStep);
    const double down = loss();
    value.add_(direction, kStep);
    EXPECT_NEAR((up - down) / (2 * kStep), norm, 0.05 * norm + 2e-4) << name;
    ++checked;
  }
  EXPECT_EQ(checked, 4 * 3 + 6);
}

TEST(ConvMlpNetwork, HasThePublishedSize) {
  nn::Parameters parameters(at::kFloat, at::kCPU);
  const ConvMlpNetwork network({6, 26, 2.5}, &parameters);
  const int64_t convolutions = 2 * (64 * 3 * 49 + 64) + (64 * 128 * 25 + 64) + (64 * 64 * 25 + 64);
  const int64_t norms = 4 * 2 * 64;
  const int64_t head = 129 * 128 + 257 * 128 + 257 * 208;
  EXPECT_EQ(network.statistics(), 4 * 2 * 64);
  EXPECT_EQ(parameters.count() - network.statistics(), convolutions + norms + head);
}

}  // namespace
}  // namespace rookery::pick_place
