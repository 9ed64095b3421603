// What the conformance tests of environments have in common.
#ifndef ROOKERY_TESTS_CONFORMANCE_ENV_KIT_H_
#define ROOKERY_TESTS_CONFORMANCE_ENV_KIT_H_

#include <gtest/gtest.h>

#include <cctype>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/env.h"
#include "core/episode.h"
#include "core/error.h"
#include "core/git_commit.h"
#include "core/hash.h"
#include "core/registry.h"

namespace rookery::testing {

inline std::vector<std::string> EnvIds() {
  std::vector<std::string> ids;
  for (const EnvEntry* entry : ListEnvs()) ids.push_back(entry->id);
  return ids;
}

// "Ravens/BlockInsertion-v0" -> "Ravens_BlockInsertion_v0", as test names must be.
inline std::string TestName(const std::string& id) {
  std::string name;
  for (char c : id) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

// Of a large family (EnvEntry::family) a few are tested by the fast tests, others with every
// commit; the slow tests run the rest.
inline std::set<std::string> FamilySample() {
  constexpr size_t kSample = 3;                                     // of each family
  std::map<std::string, std::map<uint64_t, std::string>> families;  // by hash
  for (const EnvEntry* entry : ListEnvs()) {
    if (!entry->family.empty())
      families[entry->family][HashText(entry->id + kGitCommit)] = entry->id;
  }
  std::set<std::string> sample;
  for (const auto& [family, members] : families) {
    size_t taken = 0;
    for (auto member = members.begin(); member != members.end() && taken < kSample; ++taken) {
      sample.insert((member++)->second);
    }
  }
  return sample;
}

// Heavy ones (EnvEntry::heavy, and of families those that are not in the sample), or the others.
inline std::vector<std::string> EnvIds(bool heavy) {
  const std::set<std::string> sample = FamilySample();
  std::vector<std::string> ids;
  for (const EnvEntry* entry : ListEnvs()) {
    const bool slow = entry->heavy || (!entry->family.empty() && sample.count(entry->id) == 0);
    if (slow == heavy) ids.push_back(entry->id);
  }
  return ids;
}

// Every test of the kit runs once for every registered id; with heavy ones fewer steps will do.
class EnvKit : public ::testing::TestWithParam<std::string> {
 protected:
  const EnvEntry& entry() const { return FindEnv(GetParam()); }
  std::unique_ptr<Env> Make() const { return MakeEnv(GetParam()); }
  int Few(int usual, int heavy) const {
    return entry().heavy || !entry().family.empty() ? heavy : usual;
  }
};

inline std::string ParameterName(const ::testing::TestParamInfo<std::string>& parameter) {
  return TestName(parameter.param);
}

// CTest labels what begins with Heavy as slow.
#define ROOKERY_FOR_EVERY_ENV(Suite)                                                      \
  INSTANTIATE_TEST_SUITE_P(Envs, Suite, ::testing::ValuesIn(EnvIds(/*heavy=*/false)),     \
                           ParameterName);                                                \
  INSTANTIATE_TEST_SUITE_P(HeavyEnvs, Suite, ::testing::ValuesIn(EnvIds(/*heavy=*/true)), \
                           ParameterName);                                                \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Suite)

// Chooses the next action; false ends the roll.
using Chooser = std::function<bool(Env*, ArrayMap*)>;

// Uniform in the action space.
inline Chooser RandomActions(uint64_t seed) {
  return [rng = Rng::Stream(seed, "random actions")](Env* env, ArrayMap* action) mutable {
    *action = env->spec().action.Sample(&rng);
    return true;
  };
}
// One component drawn anew; parts of quaternions stay.
inline void Perturb(const Spec& spec, Rng* rng, ArrayMap* action) {
  const ArrayMap random = spec.Sample(rng);
  const auto& arrays = spec.arrays();
  const ArraySpec& chosen = arrays[static_cast<size_t>(rng->Integer(std::ssize(arrays)))];
  Array array = action->at(chosen.name).Clone();
  const int64_t i = rng->Integer(array.size());
  if (chosen.quaternion >= 0 && i >= chosen.quaternion && i < chosen.quaternion + 4) return;
  const size_t bytes = ItemSize(array.dtype());
  std::memcpy(
      static_cast<char*>(array.data()) + static_cast<size_t>(i) * bytes,
      static_cast<const char*>(random.at(chosen.name).data()) + static_cast<size_t>(i) * bytes,
      bytes);
  action->Set(chosen.name, array);
}
// The expert's where there is one, spoilt now and then; else random ones. (Wholly random poses can
// cost seconds each: the arm looks for a table where there is none.)
inline Chooser MixedActions(uint64_t seed) {
  return [rng = Rng::Stream(seed, "mixed actions"), step = 0](Env* env, ArrayMap* action) mutable {
    if (!env->spec().has_oracle) {
      *action = env->spec().action.Sample(&rng);
      return true;
    }
    if (!env->OracleAction(&rng, action)) return false;
    if (step++ % 3 == 1) Perturb(env->spec().action, &rng, action);
    return true;
  };
}
inline Chooser OracleActions(uint64_t seed) {
  return [rng = Rng::Stream(seed, "oracle actions")](Env* env, ArrayMap* action) mutable {
    return env->OracleAction(&rng, action);
  };
}
inline Chooser GivenActions(const std::vector<ArrayMap>& actions) {
  return [&actions, next = size_t{0}](Env*, ArrayMap* action) mutable {
    if (next == actions.size()) return false;
    *action = actions[next++];
    return true;
  };
}

struct Trace {
  std::vector<uint64_t> hashes;  // of each result, HashStep
  std::vector<ArrayMap> actions;
  bool operator==(const Trace& other) const { return hashes == other.hashes; }
  friend void PrintTo(const Trace& trace, std::ostream* out) {
    for (uint64_t hash : trace.hashes) *out << HashHex(hash) << " ";
  }
};

using Hook = std::function<void(Env*, const StepResult&)>;

// Steps until the episode ends, the chooser does, or `steps` are done; with `again`, goes on
// with unseeded resets until the steps are done.
inline Trace Roll(Env* env, const Chooser& choose, int steps, bool again = false,
                  const Hook& hook = {}) {
  Trace trace;
  StepResult result;
  for (int i = 0; i < steps; ++i) {
    if (env->needs_reset()) {
      if (!again) break;
      env->Reset(std::nullopt, {}, &result);
      trace.hashes.push_back(HashStep(result));
    }
    ArrayMap action;
    if (!choose(env, &action)) break;
    env->Step(action, &result);
    trace.hashes.push_back(HashStep(result));
    trace.actions.push_back(action.Clone());
    if (hook) hook(env, result);
  }
  return trace;
}

// Reset with a seed, then Roll.
inline Trace RunEpisode(Env* env, uint64_t seed, const Chooser& choose, int steps,
                        const Hook& hook = {}) {
  StepResult result;
  env->Reset(seed, &result);
  Trace trace;
  trace.hashes.push_back(HashStep(result));
  if (hook) hook(env, result);
  Trace rest = Roll(env, choose, steps, false, hook);
  trace.hashes.insert(trace.hashes.end(), rest.hashes.begin(), rest.hashes.end());
  trace.actions = std::move(rest.actions);
  return trace;
}

template <typename Body>
std::string MessageOfUserError(Body body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CONFORMANCE_ENV_KIT_H_
