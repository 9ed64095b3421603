// Every agent with every environment it supports. Learners, whose updates cost seconds, run here
// with one environment each; for longer in agent_long_slow_test.cc.
#include "tests/conformance/agent_kit.h"

#include <gmock/gmock.h>

#include <iostream>

#include "core/error.h"
#include "core/overlay.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

std::vector<AgentCase> FastLearners() {
  return AgentCases(/*learners=*/true, /*heavy=*/false, /*limit=*/1);
}
std::vector<AgentCase> FastCases() {
  std::vector<AgentCase> cases = AgentCases(/*learners=*/false, /*heavy=*/false);
  for (const AgentCase& learner : FastLearners()) cases.push_back(learner);
  return cases;
}
std::vector<AgentCase> HeavyCases() { return AgentCases(/*learners=*/false, /*heavy=*/true); }

class AnyAgent : public AgentKit {};
INSTANTIATE_TEST_SUITE_P(Agents, AnyAgent, ::testing::ValuesIn(FastCases()), AgentCaseName);
INSTANTIATE_TEST_SUITE_P(HeavyAgents, AnyAgent, ::testing::ValuesIn(HeavyCases()), AgentCaseName);

TEST_P(AnyAgent, ActsWithValidActions) {
  const std::unique_ptr<Agent> agent = Make();
  StepLoop loop(env_.get(), agent.get());
  loop.Reset(1);
  int64_t steps = 0;
  // StepLoop hands the action to Env::Step, which refuses bad ones.
  for (; steps < 5; ++steps) {
    if (!loop.Step()) break;
  }
  EXPECT_GE(loop.progress().steps, 1);
  EXPECT_NO_THROW(env_->spec().action.Validate(loop.last_action(), "action"));
}

// Reports and viewers read what it says of its reasons.
TEST_P(AnyAgent, ExplainsItselfInWordsThatAreUnderstood) {
  const std::unique_ptr<Agent> agent = Make();
  EXPECT_NO_THROW(MakeOverlay(agent->Explanation())) << "before it acted";
  FirstAction(agent.get(), 3);
  const ArrayMap& explanation = agent->Explanation();
  std::vector<OverlayItem> items;
  ASSERT_NO_THROW(items = MakeOverlay(explanation));
  EXPECT_EQ(items.empty(), explanation.Names().empty());
  for (const OverlayItem& item : items) EXPECT_FALSE(item.name.empty());
}

TEST_P(AnyAgent, ActionsDependOnTheSeedsOnly) {
  const std::unique_ptr<Agent> first = Make(7), second = Make(7);
  const ArrayMap action = FirstAction(first.get(), 3);
  FirstAction(first.get(), 5);  // an episode in between
  EXPECT_TRUE(FirstAction(first.get(), 3).BitEqual(action));
  EXPECT_TRUE(FirstAction(second.get(), 3).BitEqual(action));
}

TEST_P(AnyAgent, SaveThenLoadActsTheSame) {
  const std::unique_ptr<Agent> agent = Make(7), other = Make(7);
  if (entry().learns) agent->Update();
  const Checkpoint saved = Saved(*agent);
  other->Load(saved);
  EXPECT_TRUE(SameCheckpoints(Saved(*other), saved));
  EXPECT_TRUE(FirstAction(other.get(), 3).BitEqual(FirstAction(agent.get(), 3)));
}

TEST_P(AnyAgent, ActingLeavesTrainingAlone) {
  const std::unique_ptr<Agent> agent = Make();
  if (entry().learns) agent->Update();
  const Checkpoint before = Saved(*agent);
  FirstAction(agent.get(), 3);
  EXPECT_TRUE(SameCheckpoints(Saved(*agent), before));
}

TEST_P(AnyAgent, ParametersAreThoseOfALearner) {
  EXPECT_EQ(Make()->NumParameters() > 0, entry().learns);
}

class Learner : public AgentKit {};
INSTANTIATE_TEST_SUITE_P(Agents, Learner, ::testing::ValuesIn(FastLearners()), AgentCaseName);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Learner);  // a build without LibTorch has none

TEST_P(Learner, LossesAreFiniteAndParametersMove) {
  const std::unique_ptr<Agent> agent = Make();
  const Checkpoint before = Saved(*agent);
  for (int update = 0; update < 5; ++update) {
    int losses = 0;
    for (const auto& [name, value] : agent->Update()) {
      EXPECT_TRUE(std::isfinite(value)) << name << " of update " << update;
      losses += name.rfind("loss/", 0) == 0;
    }
    EXPECT_GE(losses, 1) << "no metric loss/...";
  }
  EXPECT_FALSE(SameCheckpoints(Saved(*agent), before));
}

TEST_P(Learner, ResumingEqualsNeverHavingStopped) {
  const std::unique_ptr<Agent> whole = Make(3), first = Make(3), second = Make(3);
  std::vector<Metrics> expected;
  for (int update = 0; update < 4; ++update) expected.push_back(whole->Update());
  for (int update = 0; update < 2; ++update) EXPECT_EQ(first->Update(), expected[update]);
  second->Load(Saved(*first));
  for (int update = 2; update < 4; ++update) EXPECT_EQ(second->Update(), expected[update]);
  EXPECT_TRUE(SameCheckpoints(Saved(*second), Saved(*whole)));
}

TEST_P(Learner, AnotherSeedLearnsSomethingElse) {
  const std::unique_ptr<Agent> one = Make(3), other = Make(4);
  one->Update();
  other->Update();
  EXPECT_FALSE(SameCheckpoints(Saved(*one), Saved(*other)));
}

TEST_P(Learner, CheckpointsThatDoNotFitChangeNothing) {
  const std::unique_ptr<Agent> agent = Make();
  agent->Update();
  const Checkpoint good = Saved(*agent);
  const auto expect_refused = [&](const Checkpoint& bad, const std::string& name) {
    EXPECT_THAT(MessageOfUserError([&] { agent->Load(bad); }), HasSubstr(name));
    EXPECT_TRUE(SameCheckpoints(Saved(*agent), good)) << "half loaded";
  };
  // The first, a middle and the last tensor: missing, and of another shape.
  const std::vector<std::string> names = good.tensors.Names();
  ASSERT_FALSE(names.empty());
  for (const std::string& name : {names.front(), names[names.size() / 2], names.back()}) {
    Checkpoint bad = good;
    bad.tensors.Erase(name);
    expect_refused(bad, name);
    bad = good;
    bad.tensors.Set(name, Array(DType::kFloat32, {7, 7, 7, 7, 7}));
    expect_refused(bad, name);
  }
}

TEST(AgentKitCoverage, RunsEveryRegisteredAgent) {
  std::vector<std::string> run;
  for (const AgentCase& c : FastCases()) {
    if (run.empty() || run.back() != c.agent) run.push_back(c.agent);
    std::cout << c.agent << " on " << c.env << "\n";
  }
  std::vector<std::string> registered;
  for (const AgentEntry* entry : ListAgents()) registered.push_back(entry->name);
  std::sort(run.begin(), run.end());
  EXPECT_EQ(run, registered) << "an agent that supports no environment cannot be tested";
}

}  // namespace
}  // namespace rookery::testing
