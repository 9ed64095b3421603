#include "agents/pick_place/contrastive.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/rng.h"

namespace rookery::pick_place {
namespace {

TEST(ContrastiveLoss, ByHand) {
  // Pick (0, 0); its place at distance 0.5; others at 0.6, at 2 and at 0.
  const float descriptors[] = {0, 0, 0.3F, 0.4F, 0.6F, 0, 2, 0, 0, 0};
  float gradient[10];
  EXPECT_NEAR(ContrastiveLoss(5, 2, descriptors, gradient), 0.25 + (0.16 + 0 + 1) / 3, 1e-6);
  EXPECT_NEAR(gradient[2], 0.6, 1e-6);  // towards the pick
  EXPECT_NEAR(gradient[3], 0.8, 1e-6);
  EXPECT_NEAR(gradient[4], -2 * 0.4 / 3, 1e-6);  // away from it
  EXPECT_EQ(gradient[5], 0);
  for (int i = 6; i < 10; ++i) EXPECT_EQ(gradient[i], 0) << i;  // far enough; no direction
  EXPECT_NEAR(gradient[0], -0.6 + 2 * 0.4 / 3, 1e-6);
}

TEST(ContrastiveLoss, GradientIsThatOfFiniteDifferences) {
  Rng rng(3);
  constexpr int kRows = 12, kNumbers = 4;
  std::vector<float> descriptors(kRows * kNumbers), gradient(descriptors.size()),
      unused(descriptors.size());
  for (float& v : descriptors) v = static_cast<float>(rng.Normal(0, 0.3));
  ContrastiveLoss(kRows, kNumbers, descriptors.data(), gradient.data());
  for (size_t i = 0; i < descriptors.size(); ++i) {
    const float at = descriptors[i];
    descriptors[i] = at + 1e-3F;
    const double up = ContrastiveLoss(kRows, kNumbers, descriptors.data(), unused.data());
    descriptors[i] = at - 1e-3F;
    const double down = ContrastiveLoss(kRows, kNumbers, descriptors.data(), unused.data());
    descriptors[i] = at;
    EXPECT_NEAR(gradient[i], (up - down) / 2e-3, 1e-3) << i;
  }
}

}  // namespace
}  // namespace rookery::pick_place
