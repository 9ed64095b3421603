#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/pose.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisodes;
using rookery::testing::MakeInsertionScene;
using ::testing::HasSubstr;

std::unique_ptr<Agent> Make(const std::vector<std::string>& settings = {}) {
  return MakeAgent("form2fit", InsertionEnvSpec(), 0, settings);
}

TEST(Form2Fit, ProfilesHaveTheirSizes) {
  // 326,800 of the U-Net without its last layer, which has 17 a plane.
  EXPECT_EQ(Make()->NumParameters(), 3 * 326800 + (1 + 1 + 16) * 17);
  // ResNet36_4s: 387,955 with one plane, 115 more for each other.
  EXPECT_EQ(Make({"profile=paper"})->NumParameters(), 3 * 387955 + 15 * 115);
}

TEST(Form2Fit, LearnsAndExplainsItself) {
  const auto agent = Make({"steps=6", "rotations=8"});
  agent->SetEpisodes(InsertionEpisodes(2));
  for (int i = 0; i < 3; ++i) {
    const Metrics metrics = agent->Update();
    ASSERT_EQ(metrics.size(), 4u);
    EXPECT_EQ(metrics[0].first, "loss/pick");
    EXPECT_EQ(metrics[1].first, "loss/place");
    EXPECT_EQ(metrics[2].first, "loss/match");
    for (const auto& [name, value] : metrics) EXPECT_TRUE(std::isfinite(value)) << name;
  }
  ArrayMap action;
  ASSERT_TRUE(agent->Act(MakeInsertionScene(3).observation, {}, &action));
  InsertionEnvSpec().action.Validate(action, "action");
  const ArrayMap& why = agent->Explanation();
  const auto pick = why.at("heatmap.pick").As<float>();
  EXPECT_NEAR(std::accumulate(pick.begin(), pick.end(), 0.0), 1.0, 1e-3);
  // The angle is that of the smallest distance: the highest score.
  const auto angles = why.at("angle.place").As<float>();
  ASSERT_EQ(angles.size(), 8u);
  const auto top = std::max_element(angles.begin(), angles.end()) - angles.begin();
  const double yaw = why.at("yaw.place").AsDouble();
  EXPECT_NEAR(std::remainder(yaw - static_cast<double>(top) * 2 * kPi / 8, 2 * kPi), 0, 1e-9);
}

TEST(Form2Fit, SettingsAreItsOwn) {
  EXPECT_THAT([] { Make({"crop=64"}); }, ::testing::ThrowsMessage<UserError>(HasSubstr("crop")));
  EXPECT_THAT([] { Make({"profile=small"}); },
              ::testing::ThrowsMessage<UserError>(HasSubstr("lite-u")));
}

}  // namespace
}  // namespace rookery::pick_place
