// Learners for longer.
#include <nlohmann/json.hpp>

#include "core/agent_file.h"
#include "tests/conformance/agent_kit.h"
#include "tests/temp_folder.h"

namespace rookery::testing {
namespace {

class LearnerLong : public AgentKit {};
// Two light environments: what a learner sees and does is of the same shape in all of a world, and
// fifty updates with demonstrations cost half a minute.
INSTANTIATE_TEST_SUITE_P(Agents, LearnerLong,
                         ::testing::ValuesIn(AgentCases(/*learners=*/true, /*heavy=*/false, 2)),
                         AgentCaseName);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LearnerLong);

TEST_P(LearnerLong, FiftyUpdatesLowerTheLossAndResume) {
  const std::unique_ptr<Agent> agent = Make(3), resumed = Make(3);
  const auto loss_of = [](const Metrics& metrics) {
    double sum = 0;
    for (const auto& [name, value] : metrics) {
      EXPECT_TRUE(std::isfinite(value)) << name;
      if (name.rfind("loss/", 0) == 0) sum += value;
    }
    return sum;
  };
  double first = 0, last = 0;
  for (int update = 0; update < 50; ++update) {
    const double loss = loss_of(agent->Update());
    (update < 10 ? first : last) += update < 10 || update >= 40 ? loss : 0;
    if (update == 24) resumed->Load(Saved(*agent));
    if (update > 24) resumed->Update();
  }
  EXPECT_LT(last, first) << "sums of ten losses";
  EXPECT_TRUE(SameCheckpoints(Saved(*resumed), Saved(*agent)));
}

TEST_P(LearnerLong, FileActsLikeTheAgent) {
  const TempFolder folder;
  const std::unique_ptr<Agent> agent = Make(3);
  agent->Update();
  const std::string path = folder.path() + "/agent.safetensors";
  const std::unique_ptr<Config> config = MakeAgentConfig(entry(), {});
  SaveAgentFile(path, *agent,
                {.agent = entry().name,
                 .agent_config = ConfigToJson(*config).dump(),
                 .env = GetParam().env,
                 .env_config = "{}",
                 .seed = 3,
                 .step = 1});
  const std::unique_ptr<Agent> loaded = LoadAgentFile(path, env_->spec());
  for (uint64_t seed : {1, 3}) {
    EXPECT_TRUE(FirstAction(loaded.get(), seed).BitEqual(FirstAction(agent.get(), seed)));
  }
}

}  // namespace
}  // namespace rookery::testing
