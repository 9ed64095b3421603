#include "agents/pick_place/mdn.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/pose.h"

namespace rookery::pick_place {
namespace {

std::vector<float> RandomNumbers(int n, double spread, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> numbers;
  for (int i = 0; i < n; ++i) numbers.push_back(static_cast<float>(rng.Normal(0, spread)));
  return numbers;
}

TEST(MdnLoss, OneGaussianIsItsLogDensity) {
  const MdnShape shape{2, 1, 1.0};
  ASSERT_EQ(shape.outputs(), 4);
  const float outputs[] = {0.3F, -0.2F, std::log(0.5F), 7.0F};  // any logit: the share is 1
  const float target[] = {0.5F, 0.2F};
  float gradient[4];
  // -log(exp(-(0.04 + 0.16) / (2 0.5)) / (2 pi 0.5))
  EXPECT_NEAR(MdnLoss(shape, 1, outputs, target, gradient), 0.2 + std::log(kPi), 1e-6);
  EXPECT_NEAR(gradient[0], -0.2 / 0.5, 1e-6);
  EXPECT_NEAR(gradient[1], -0.4 / 0.5, 1e-6);
  EXPECT_NEAR(gradient[2], 1 - 0.2 / 2 / 0.5, 1e-6);
  EXPECT_NEAR(gradient[3], 0, 1e-6);
}

TEST(MdnLoss, TwoGaussiansByHand) {
  const MdnShape shape{1, 2, 2.5};
  // Means 0 and 1, variances 1 and 4, logits 2.5 log 3 and 0: shares 3/4 and 1/4.
  const float outputs[] = {0, 1, 0, std::log(4.0F), 2.5F * std::log(3.0F), 0};
  const float target[] = {0.5F};
  float gradient[6];
  const double a = std::exp(-0.125) / std::sqrt(2 * kPi),
               b = std::exp(-0.25 / 8) / std::sqrt(8 * kPi);
  EXPECT_NEAR(MdnLoss(shape, 1, outputs, target, gradient), -std::log(0.75 * a + 0.25 * b), 1e-6);
}

TEST(MdnLoss, IsTheMeanOfTheBatch) {
  const MdnShape shape{3, 4, 2.5};
  const std::vector<float> outputs = RandomNumbers(2 * shape.outputs(), 0.5, 1);
  const std::vector<float> targets = RandomNumbers(6, 0.5, 2);
  std::vector<float> gradient(outputs.size());
  const double both = MdnLoss(shape, 2, outputs.data(), targets.data(), gradient.data());
  const double first = MdnLoss(shape, 1, outputs.data(), targets.data(), gradient.data());
  const double second =
      MdnLoss(shape, 1, outputs.data() + shape.outputs(), targets.data() + 3, gradient.data());
  EXPECT_NEAR(both, (first + second) / 2, 1e-9);
}

TEST(MdnLoss, ClipsWhatIsTooFarAndTooNear) {
  const MdnShape shape{6, 2, 2.5};
  std::vector<float> outputs(static_cast<size_t>(shape.outputs()), 0.0F), gradient(outputs.size());
  const std::vector<float> far(6, 9.0F), near(6, 0.0F);
  EXPECT_NEAR(MdnLoss(shape, 1, outputs.data(), far.data(), gradient.data()), 8 * std::log(10),
              1e-9);
  for (float g : gradient) EXPECT_EQ(g, 0);
  outputs[12] = outputs[13] = -20;  // densities of more than 1e8
  EXPECT_NEAR(MdnLoss(shape, 1, outputs.data(), near.data(), gradient.data()), -8 * std::log(10),
              1e-9);
  for (float g : gradient) EXPECT_EQ(g, 0);
}

TEST(MdnLoss, GradientIsThatOfFiniteDifferences) {
  const MdnShape shape{3, 5, 2.5};
  std::vector<float> outputs = RandomNumbers(2 * shape.outputs(), 0.7, 3);
  const std::vector<float> targets = RandomNumbers(6, 0.7, 4);
  std::vector<float> gradient(outputs.size()), unused(outputs.size());
  MdnLoss(shape, 2, outputs.data(), targets.data(), gradient.data());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const float at = outputs[i], step = 1e-3F;
    outputs[i] = at + step;
    const double up = MdnLoss(shape, 2, outputs.data(), targets.data(), unused.data());
    outputs[i] = at - step;
    const double down = MdnLoss(shape, 2, outputs.data(), targets.data(), unused.data());
    outputs[i] = at;
    EXPECT_NEAR(gradient[i], (up - down) / 2e-3, 2e-4) << i;
  }
}

TEST(MdnSample, DrawsComponentsByShareAndSharpensThem) {
  const MdnShape shape{1, 2, 2.5};
  // Shares 3/4 and 1/4; variances 0.25 and 0.5, of samples 0.25^4 and 0.5^4.
  const float outputs[] = {-10, 10, std::log(0.25F), std::log(0.5F), 2.5F * std::log(3.0F), 0};
  Rng rng(5);
  int count[2] = {};
  double squares[2] = {};
  constexpr int kSamples = 20000;
  for (int i = 0; i < kSamples; ++i) {
    const std::vector<double> sample = MdnSample(shape, outputs, &rng);
    ASSERT_EQ(sample.size(), 1u);
    const int k = sample[0] > 0;
    const double off = sample[0] - (k == 0 ? -10 : 10);
    ++count[k];
    squares[k] += off * off;
  }
  EXPECT_NEAR(count[0], 0.75 * kSamples, 4 * std::sqrt(kSamples * 0.75 * 0.25));
  EXPECT_NEAR(std::sqrt(squares[0] / count[0]), 0.0625, 0.002);
  EXPECT_NEAR(std::sqrt(squares[1] / count[1]), 0.25, 0.01);
}

}  // namespace
}  // namespace rookery::pick_place
