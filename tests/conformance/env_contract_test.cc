// Registered facts, spaces, rewards, ends and errors of every environment.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <set>

#include "tests/conformance/env_kit.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kSteps = 4;  // of experts, whose actions take longest

class EnvContract : public EnvKit {};
ROOKERY_FOR_EVERY_ENV(EnvContract);

TEST_P(EnvContract, ConstructsWithDefaultsAndKeepsItsFacts) {
  const std::unique_ptr<Env> env = Make();
  EXPECT_EQ(env->spec().id, entry().id);
  EXPECT_EQ(env->spec().max_steps, entry().max_steps);
  EXPECT_EQ(env->spec().has_oracle, entry().oracle_success > 0);
  EXPECT_FALSE(env->spec().observation.arrays().empty());
  EXPECT_FALSE(env->spec().action.arrays().empty());
  for (const Spec* spec : {&env->spec().observation, &env->spec().action, &env->spec().info}) {
    for (const ArraySpec& array : spec->arrays()) {
      EXPECT_FALSE(array.description.empty()) << array.name << " has no description";
    }
  }
}

TEST_P(EnvContract, IsFoundUnderForgivingNames) {
  const std::string id = GetParam();
  const std::string name = id.substr(id.find('/') + 1);       // BlockInsertion-v0
  const std::string bare = name.substr(0, name.rfind("-v"));  // BlockInsertion
  std::string kebab, lower;                                   // block-insertion
  for (size_t i = 0; i < bare.size(); ++i) {
    const auto c = static_cast<unsigned char>(bare[i]);
    if (i > 0 && std::isupper(c)) kebab += '-';
    kebab += static_cast<char>(std::tolower(c));
    lower += static_cast<char>(std::tolower(c));
  }
  const std::string family = id == name ? "" : id.substr(0, id.find('/') + 1);
  for (const std::string& form : {id, name, bare, kebab, lower, family + kebab}) {
    EXPECT_EQ(FindEnv(form).id, id) << form;
  }
}

TEST_P(EnvContract, IsSuggestedForTypingErrors) {
  const std::string id = GetParam();
  // Two letters swapped (as in BlockInsertoin), one missing, one too many.
  for (size_t i = id.find('/') + 1; i + 1 < id.rfind("-v"); ++i) {
    std::string swapped = id, missing = id, doubled = id;
    std::swap(swapped[i], swapped[i + 1]);
    missing.erase(i, 1);
    doubled.insert(i, "q");
    for (const std::string& wrong : {swapped, missing, doubled}) {
      const bool same_letters = std::equal(
          wrong.begin(), wrong.end(), id.begin(), id.end(),
          [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
      if (same_letters) continue;  // not an error: case is forgiven
      // Among others: short names have near neighbours.
      const std::string message = MessageOfUserError([&] { FindEnv(wrong); });
      const size_t question = message.find("did you mean ");
      EXPECT_TRUE(question != std::string::npos && message.find(id, question) != std::string::npos)
          << wrong << ": " << message;
    }
  }
}

// Checks every result of an episode against the specification.
Hook ExpectValid(double* sum) {
  return [sum](Env* env, const StepResult& result) {
    const EnvSpec& spec = env->spec();
    ASSERT_NO_THROW(spec.observation.Validate(result.observation, "observation"));
    ASSERT_NO_THROW(spec.info.Validate(result.info, "info"));
    EXPECT_EQ(result.observation.Names(), spec.observation.Names()) << "another order";
    EXPECT_EQ(result.info.Names(), spec.info.Names()) << "another order";
    EXPECT_TRUE(std::isfinite(result.reward));
    if (env->episode_steps() > 0) {  // a reset brings none
      EXPECT_GE(result.reward, spec.reward_low);
      EXPECT_LE(result.reward, spec.reward_high);
    }
    *sum += result.reward;
  };
}

TEST_P(EnvContract, ResultsFitTheSpecification) {
  const std::unique_ptr<Env> env = Make();
  double sum = 0;
  RunEpisode(env.get(), 1, MixedActions(1), kSteps, ExpectValid(&sum));
  EXPECT_GE(sum, entry().return_low - 1e-9);
  EXPECT_LE(sum, entry().return_high + 1e-9);
}

TEST_P(EnvContract, SampledActionsAreAccepted) {
  const std::unique_ptr<Env> env = Make();
  Rng rng(5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_NO_THROW(env->spec().action.Validate(env->spec().action.Sample(&rng), "action"));
  }
}

// A whole episode of random actions: valid to the end, and the end is the one that is stated.
TEST_P(EnvContract, EndsAsItSays) {
  const std::unique_ptr<Env> env = Make();
  const int limit = env->spec().max_steps;
  double sum = 0;
  const Hook valid = ExpectValid(&sum);
  const Hook check = [&](Env* e, const StepResult& result) {
    valid(e, result);
    const int64_t steps = e->episode_steps();
    EXPECT_EQ(result.truncated, limit > 0 && steps == limit);
    EXPECT_EQ(e->needs_reset(), result.done());
  };
  constexpr int kMostSteps = 2000;  // of episodes that last longer, the beginning
  RunEpisode(env.get(), 3, RandomActions(3), std::clamp(limit, 50, kMostSteps), check);
  EXPECT_GE(sum, entry().return_low - 1e-9);
  EXPECT_LE(sum, entry().return_high + 1e-9);
  if (limit > 0 && limit <= kMostSteps) {
    EXPECT_TRUE(env->needs_reset()) << "went on after its limit of " << limit;
    EXPECT_LE(env->episode_steps(), limit);
  }
  if (!env->needs_reset()) return;  // it never ends by itself
  Rng rng(0);
  StepResult result;
  const ArrayMap action = env->spec().action.Sample(&rng);
  EXPECT_THAT(MessageOfUserError([&] { env->Step(action, &result); }),
              HasSubstr("the episode has ended; call Reset before Step"));
}

TEST_P(EnvContract, SteppingNeedsAReset) {
  const std::unique_ptr<Env> env = Make();
  StepResult result;
  Rng rng(0);
  const ArrayMap action = env->spec().action.Sample(&rng);
  EXPECT_THAT(MessageOfUserError([&] { env->Step(action, &result); }),
              HasSubstr("call Reset before Step"));
  EXPECT_THAT(MessageOfUserError([&] { env->Reset(std::nullopt, {}, &result); }),
              HasSubstr("needs a seed"));
}

// Writes one element; false when the type has no such value.
bool Put(Array* array, int64_t index, double value) {
  const auto i = static_cast<size_t>(index);
  if (std::isnan(value) && array->dtype() != DType::kFloat32 && array->dtype() != DType::kFloat64) {
    return false;
  }
  switch (array->dtype()) {
    case DType::kBool:
      return false;
    case DType::kUInt8:
      if (value > 255) return false;
      array->As<uint8_t>()[i] = static_cast<uint8_t>(value);
      break;
    case DType::kInt32:
      array->As<int32_t>()[i] = static_cast<int32_t>(value);
      break;
    case DType::kInt64:
      array->As<int64_t>()[i] = static_cast<int64_t>(value);
      break;
    case DType::kFloat32:
      array->As<float>()[i] = static_cast<float>(value);
      break;
    case DType::kFloat64:
      array->As<double>()[i] = value;
      break;
  }
  return true;
}

TEST_P(EnvContract, BadActionsAreNamedAndChangeNothing) {
  const std::unique_ptr<Env> env = Make();
  StepResult result;
  env->Reset(1, &result);
  const std::string before = env->Save();
  Rng rng(1);
  const auto complaint = [&](const ArrayMap& action) {
    return MessageOfUserError([&] { env->Step(action, &result); });
  };
  for (const ArraySpec& spec : env->spec().action.arrays()) {
    ArrayMap action = env->spec().action.Sample(&rng);
    action.Erase(spec.name);
    EXPECT_THAT(complaint(action), HasSubstr("'" + spec.name + "' is missing"));
    action.Set(spec.name, Array(spec.dtype, {5, 5, 5}));
    EXPECT_THAT(complaint(action), HasSubstr("'" + spec.name + "' is "));
    action = env->spec().action.Sample(&rng);
    // Every element in turn: not a number, and too high.
    const auto element = [&](int64_t i) {
      return spec.elements.empty() ? "" : "." + spec.elements[static_cast<size_t>(i)];
    };
    for (int64_t i = 0; i < NumElements(spec.shape) && i < 16; ++i) {
      action = env->spec().action.Sample(&rng);
      if (Put(&action.at(spec.name), i, std::nan(""))) {
        EXPECT_THAT(complaint(action), HasSubstr(spec.name + element(i)));
      }
      if (env->spec().action_bounds == ActionBounds::kRefuse && std::isfinite(spec.HighAt(i)) &&
          Put(&action.at(spec.name), i, spec.HighAt(i) + 1)) {
        EXPECT_THAT(complaint(action), HasSubstr(spec.name + element(i)));
        EXPECT_THAT(complaint(action), HasSubstr("is outside"));
      }
    }
  }
  ArrayMap extra = env->spec().action.Sample(&rng);
  extra.Set("no_such_thing", Array::Scalar(1.0));
  EXPECT_THAT(complaint(extra), HasSubstr("no_such_thing"));
  EXPECT_THAT(MessageOfUserError([&] {
                env->Reset(1, {{"no_such_option", Array::Scalar(1.0)}}, &result);
              }),
              HasSubstr("no_such_option"));
  EXPECT_EQ(env->Save(), before);
}

TEST_P(EnvContract, OracleSolvesIt) {
  const std::unique_ptr<Env> env = Make();
  if (!env->spec().has_oracle) {
    Rng rng;
    ArrayMap action;
    EXPECT_THAT(MessageOfUserError([&] { env->OracleAction(&rng, &action); }),
                HasSubstr("no scripted oracle"));
    return;
  }
  EXPECT_FALSE(env->spec().instruction.empty());
  // Every action is told in words, that of a new episode not with those of the last.
  const auto choose = [rng = Rng::Stream(1, "oracle actions")](Env* e, ArrayMap* action) mutable {
    const bool acts = e->OracleAction(&rng, action);
    const std::string sentence = e->OracleSentence();
    EXPECT_FALSE(acts && sentence.empty());
    EXPECT_EQ(sentence.find_first_of("\n.;"), std::string::npos) << sentence;
    if (acts && e->episode_steps() < 2) std::cout << "  " << sentence << "\n";
    return acts;
  };
  RunEpisode(env.get(), 1, choose, Few(1000, 3));
  // A few episodes; the slow test measures the rate that is declared.
  const int episodes = Few(2, 1);
  int solved = 0;
  for (uint64_t seed = 1; seed < 2 * static_cast<uint64_t>(episodes); seed += 2) {
    bool success = false;
    RunEpisode(env.get(), seed, OracleActions(seed), 1000, [&](Env*, const StepResult& result) {
      success = result.info.at("success").AsDouble() != 0;
      EXPECT_LE(success, result.terminated) << "solved and yet not ended";
    });
    solved += success;
  }
  EXPECT_GE(solved, (episodes + 1) / 2) << "of " << episodes;
}

// The light ones here, the heavy ones under the label slow: together all that are registered.
TEST(EnvKitCoverage, RunsEveryCheckOnEveryRegisteredId) {
  const std::vector<std::string> ids = EnvIds();
  std::cout << ids.size() << " environments:";
  for (const std::string& id : ids) std::cout << " " << id;
  std::cout << "\n";
  std::map<std::string, std::multiset<std::string>> runs;  // check -> ids
  std::set<std::string> suites;
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    const std::string full = suite.name();
    const size_t slash = full.find('/');
    const std::string instance = full.substr(0, slash);
    if (instance != "Envs" && instance != "HeavyEnvs") continue;
    const std::string kit = full.substr(slash + 1);
    suites.insert(kit);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      const std::string name = suite.GetTestInfo(k)->name();
      const size_t end = name.find('/');
      runs[kit + "." + name.substr(0, end)].insert(name.substr(end + 1));
    }
  }
  std::multiset<std::string> expected;
  for (const std::string& id : ids) expected.insert(TestName(id));
  for (const auto& [check, names] : runs) EXPECT_EQ(names, expected) << check;
  EXPECT_GE(suites.size(), 3u) << "suites of the kit";
  EXPECT_GE(ids.size(), 1u) << "nothing is registered";
}

}  // namespace
}  // namespace rookery::testing
