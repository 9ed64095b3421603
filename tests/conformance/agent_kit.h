// What the conformance tests of agents have in common.
#ifndef ROOKERY_TESTS_CONFORMANCE_AGENT_KIT_H_
#define ROOKERY_TESTS_CONFORMANCE_AGENT_KIT_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/registry.h"
#include "core/step_loop.h"
#include "tests/conformance/env_kit.h"

namespace rookery::testing {

struct AgentCase {
  std::string agent, env;
  friend void PrintTo(const AgentCase& c, std::ostream* out) { *out << c.agent << " on " << c.env; }
};

inline std::string AgentCaseName(const ::testing::TestParamInfo<AgentCase>& parameter) {
  return TestName(parameter.param.agent) + "_on_" + TestName(parameter.param.env);
}

// All environments, of each family one: an agent sees no difference.
inline std::vector<const EnvEntry*> EnvsForAgents() {
  std::vector<const EnvEntry*> out;
  std::set<std::string> families;
  const std::set<std::string> sample = FamilySample();
  for (const EnvEntry* env : ListEnvs()) {
    if (env->family.empty() || (sample.count(env->id) && families.insert(env->family).second)) {
      out.push_back(env);
    }
  }
  return out;
}

// Every agent with every environment that it says it supports: light or heavy ones. `learners`:
// those that learn, or the others; of a learner the first `limit` environments only (they cost
// seconds each).
inline std::vector<AgentCase> AgentCases(bool learners, bool heavy, size_t limit = SIZE_MAX) {
  static const std::map<std::string, EnvSpec> specs = [] {
    std::map<std::string, EnvSpec> all;
    for (const EnvEntry* env : EnvsForAgents()) all.emplace(env->id, MakeEnv(env->id)->spec());
    return all;
  }();
  std::vector<AgentCase> cases;
  for (const AgentEntry* agent : ListAgents()) {
    if (agent->learns != learners) continue;
    size_t found = 0;
    for (const EnvEntry* env : EnvsForAgents()) {
      if (env->heavy != heavy) continue;
      const EnvSpec& spec = specs.at(env->id);
      if (agent->unsupported && !agent->unsupported(spec).empty()) continue;
      if (found++ < limit) cases.push_back({agent->name, env->id});
    }
  }
  return cases;
}

inline ::testing::AssertionResult SameCheckpoints(const Checkpoint& a, const Checkpoint& b) {
  if (a.tensors.Names() != b.tensors.Names()) {
    return ::testing::AssertionFailure() << "other tensors";
  }
  for (const auto& [name, array] : a.tensors) {
    if (!array.BitEqual(b.tensors.at(name))) {
      return ::testing::AssertionFailure() << "tensor " << name << " differs";
    }
  }
  for (const auto& [name, text] : a.meta) {
    const auto other = b.meta.find(name);
    if (other == b.meta.end() || other->second != text) {
      return ::testing::AssertionFailure() << "meta text " << name << " differs";
    }
  }
  if (a.meta.size() != b.meta.size()) return ::testing::AssertionFailure() << "other meta texts";
  return ::testing::AssertionSuccess();
}

class AgentKit : public ::testing::TestWithParam<AgentCase> {
 protected:
  void SetUp() override { env_ = MakeEnv(GetParam().env); }

  const AgentEntry& entry() const { return FindAgent(GetParam().agent); }
  // With demonstrations, where it learns from them.
  std::unique_ptr<Agent> Make(uint64_t seed = 1) {
    std::unique_ptr<Agent> agent = MakeAgent(GetParam().agent, env_->spec(), seed);
    if (entry().needs_episodes) agent->SetEpisodes(Demonstrations());
    return agent;
  }
  static Checkpoint Saved(const Agent& agent) {
    Checkpoint checkpoint;
    agent.Save(&checkpoint);
    // What Save returns may share storage with the agent, which goes on.
    checkpoint.tensors = checkpoint.tensors.Clone();
    return checkpoint;
  }
  // What it does first in the episode of a seed.
  ArrayMap FirstAction(Agent* agent, uint64_t seed) {
    StepResult result;
    env_->Reset(seed, &result);
    agent->BeginEpisode(seed);
    ArrayMap action;
    EXPECT_TRUE(agent->Act(result.observation, {false, env_.get(), &result}, &action));
    return action.Clone();
  }
  // Two episodes by the environment's oracle, collected once for all tests of a process.
  const std::vector<std::shared_ptr<const Episode>>& Demonstrations() {
    static std::vector<std::shared_ptr<const Episode>> episodes;
    static std::string of;
    if (of == GetParam().env) return episodes;
    episodes.clear();
    of = GetParam().env;
    const std::unique_ptr<Agent> oracle = MakeAgent("oracle", env_->spec(), 0);
    StepLoop loop(env_.get(), oracle.get());
    EpisodeRecorder recorder(*env_, "{}", "oracle");
    loop.AddObserver(&recorder);
    for (uint64_t seed = 0; episodes.size() < 2; seed += 2) {
      EXPECT_LT(seed, 40u) << "the oracle does not solve " << of;
      if (loop.RunEpisode(seed).success) {
        episodes.push_back(std::make_shared<Episode>(recorder.episode()));
      }
    }
    return episodes;
  }

  std::unique_ptr<Env> env_;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CONFORMANCE_AGENT_KIT_H_
