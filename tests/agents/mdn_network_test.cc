#include "agents/pick_place/mdn_network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rookery::pick_place {
namespace {

Tensor Numbers(int64_t rows, int64_t columns, uint64_t seed) {
  const Tensor t = at::empty({rows, columns}, at::kFloat);
  Rng rng(seed);
  for (int64_t i = 0; i < t.numel(); ++i) {
    t.data_ptr<float>()[i] = static_cast<float>(rng.Normal(0, 0.5));
  }
  return t;
}

struct Made {
  explicit Made(const MdnNetworkOptions& options) : network("net", options, &parameters) {
    parameters.Allocate(3, nn::AdamOptions());
  }
  nn::Parameters parameters{at::kFloat, at::kCPU};
  MdnNetwork network;
};

// Weights, biases and inputs, with sinusoids and without.
TEST(MdnNetwork, GradientsAreThoseOfFiniteDifferences) {
  c10::InferenceMode guard;
  for (const bool sinusoids : {false, true}) {
    Made made({4, sinusoids, 0, {3, 5, 2.5}});
    const Tensor x = Numbers(6, 4, 1), y = Numbers(6, 3, 2);
    Tensor x_gradient;
    const auto loss = [&] {
      Tensor unused;
      const double value = made.network.Train(x, y, nullptr, &unused);
      made.parameters.DropGradients();
      return value;
    };
    const auto slope = [&](float* at) {
      const float before = *at, step = 4e-3F;
      *at = before + step;
      const double up = loss();
      *at = before - step;
      const double down = loss();
      *at = before;
      return (up - down) / (2 * static_cast<double>(step));
    };
    made.network.Train(x, y, nullptr, &x_gradient);
    ASSERT_TRUE(made.parameters.GradientsFinite());
    std::vector<Tensor> gradients;
    for (int id = 0; id < made.parameters.size(); ++id) {
      gradients.push_back(made.parameters.Gradient(id).clone());
    }
    made.parameters.DropGradients();
    for (int id = 0; id < made.parameters.size(); ++id) {
      const Tensor value = made.parameters.Float(id);
      for (int64_t i = 0; i < value.numel(); i += 1 + value.numel() / 12) {
        EXPECT_NEAR(gradients[static_cast<size_t>(id)].data_ptr<float>()[i],
                    slope(value.data_ptr<float>() + i), 4e-3)  // a step may cross a kink
            << made.parameters.name(id) << " " << i;
      }
    }
    for (int64_t i = 0; i < x.numel(); ++i) {
      EXPECT_NEAR(x_gradient.data_ptr<float>()[i], slope(x.data_ptr<float>() + i), 2e-3) << i;
    }
  }
}

TEST(MdnNetwork, HasThePublishedSize) {
  // 6 numbers with sinusoids: 18 inputs; 26 components of 6 numbers: 208 outputs.
  Made made({6, true, 0.1, {6, 26, 2.5}});
  EXPECT_EQ(made.parameters.count(), (18 + 1) * 128 + (146 + 1) * 128 + (146 + 1) * 208);
  double squares = 0;
  int64_t n = 0;
  for (int id = 0; id < made.parameters.size(); ++id) {
    squares += made.parameters.Float(id).square().sum().item<double>();
    n += made.parameters.Float(id).numel();
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(n)), 0.05, 0.001);  // N(0, 0.05^2)
}

// Dropout leaves the mean loss of a linear-enough network near that without, but not the loss of
// a draw; the same draw gives the same loss.
TEST(MdnNetwork, DropoutFollowsItsGenerator) {
  c10::InferenceMode guard;
  Made made({4, false, 0.1, {3, 5, 2.5}});
  const Tensor x = Numbers(6, 4, 1), y = Numbers(6, 3, 2);
  const auto loss = [&](uint64_t seed) {
    Rng rng(seed);
    const double value = made.network.Train(x, y, &rng);
    made.parameters.DropGradients();
    return value;
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
  const double without = made.network.Train(x, y, nullptr);
  double mean = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) mean += loss(seed) / 200;
  EXPECT_NE(loss(1), without);
  EXPECT_NEAR(mean, without, 0.02);
}

TEST(MdnNetwork, LearnsTwoAnswersToOneQuestion) {
  c10::InferenceMode guard;
  Made made({1, false, 0.1, {1, 4, 2.5}});
  Rng rng(7);
  const Tensor x = at::zeros({64, 1}), y = at::empty({64, 1});
  for (int step = 0; step < 600; ++step) {
    for (int i = 0; i < 64; ++i) {
      const float from = static_cast<float>(rng.Uniform(-1, 1));
      x.data_ptr<float>()[i] = from;
      y.data_ptr<float>()[i] = (rng.Integer(2) == 0 ? 1.0F : -1.0F) + 0.5F * from;
    }
    made.network.Train(x, y, &rng);
    made.parameters.Step(3e-3);
  }
  int near[2] = {};
  for (int i = 0; i < 200; ++i) {
    const double sample = made.network.Sample({0.4F}, &rng)[0];
    near[0] += std::abs(sample - (-1 + 0.2)) < 0.15;
    near[1] += std::abs(sample - (1 + 0.2)) < 0.15;
  }
  EXPECT_GT(near[0], 60);
  EXPECT_GT(near[1], 60);
}

}  // namespace
}  // namespace rookery::pick_place
