#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/registry.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::InsertionEnvSpec;
using rookery::testing::InsertionEpisodes;
using rookery::testing::MakeInsertionScene;
using ::testing::HasSubstr;

std::unique_ptr<Agent> Make(const std::vector<std::string>& settings = {}) {
  return MakeAgent("conv_mlp", InsertionEnvSpec(), 0, settings);
}

TEST(ConvMlp, LearnsAtHalfResolution) {
  const auto agent = Make({"batch=2"});
  EXPECT_TRUE(agent->Update().empty());  // nothing to learn from yet
  agent->SetEpisodes(InsertionEpisodes(2));
  double first = 0, last = 0;
  for (int i = 0; i < 9; ++i) {
    const Metrics metrics = agent->Update();
    ASSERT_EQ(metrics.size(), 1u);
    EXPECT_EQ(metrics[0].first, "loss/action");
    ASSERT_TRUE(std::isfinite(metrics[0].second));
    (i < 3 ? first : last) = i < 3 ? first + metrics[0].second / 3 : metrics[0].second;
  }
  EXPECT_LT(last, first);
}

TEST(ConvMlp, SamplesByTheEpisodesSeed) {
  const auto agent = Make();
  const auto act = [&](uint64_t episode) {
    ArrayMap action;
    agent->BeginEpisode(episode);
    EXPECT_TRUE(agent->Act(MakeInsertionScene(3).observation, {}, &action));
    InsertionEnvSpec().action.Validate(action, "action");
    return action;
  };
  const ArrayMap action = act(1);
  EXPECT_FALSE(act(2).BitEqual(action));
  EXPECT_TRUE(act(1).BitEqual(action));
}

TEST(ConvMlp, SaysWhatAnEnvironmentLacks) {
  EnvSpec spec = InsertionEnvSpec();
  spec.observation = {{"heightmap.rgb", DType::kUInt8, {320, 160, 3}}};
  EXPECT_THAT([&] { MakeAgent("conv_mlp", spec, 0); },
              ::testing::ThrowsMessage<UserError>(HasSubstr(
                  "conv_mlp cannot act on Test/Insertion-v0: it has no 'heightmap.height'")));
}

}  // namespace
}  // namespace rookery::pick_place
