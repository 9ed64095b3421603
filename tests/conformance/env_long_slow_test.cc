// The long versions: declared success and random scores, 200 steps after a snapshot.
#include <iostream>

#include "core/evaluate.h"
#include "tests/conformance/env_kit.h"

namespace rookery::testing {
namespace {

class EnvLong : public EnvKit {
 protected:
  // Mean score and success rate over the odd seeds, those of tests.
  EvaluationSummary Play(const std::string& agent, int episodes) const {
    EvaluateOptions options;
    options.threads = 2;
    for (int i = 0; i < episodes; ++i) options.seeds.push_back(static_cast<uint64_t>(2 * i + 1));
    const auto results =
        Evaluate([&] { return Make(); },
                 [&](const EnvSpec& spec) { return MakeAgent(agent, spec, 0); }, options);
    const EvaluationSummary summary = Summarize(results, entry().return_low, entry().return_high);
    std::cout << GetParam() << " " << agent << ": score " << summary.mean_score << ", success "
              << summary.success_rate << " of " << summary.episodes << "\n";
    for (const EpisodeResult& result : results) {
      if (agent == "oracle" && !result.success) {
        std::cout << "  seed " << result.seed << ": score " << result.score << " after "
                  << result.steps << " steps" << (result.gave_up ? ", gave up" : "") << "\n";
      }
    }
    return summary;
  }
};
ROOKERY_FOR_EVERY_ENV(EnvLong);

TEST_P(EnvLong, OracleReachesItsDeclaredSuccess) {
  if (entry().oracle_success == 0) return;
  EXPECT_GE(Play("oracle", 50).success_rate, entry().oracle_success);
}

TEST_P(EnvLong, RandomActionsStayBelowTheirDeclaredScore) {
  const EvaluationSummary summary = Play("random", 20);
  EXPECT_LE(summary.mean_score, entry().random_score);
  EXPECT_GE(summary.mean_score, entry().return_low);
}

TEST_P(EnvLong, SnapshotThenTwoHundredSteps) {
  const std::unique_ptr<Env> env = Make(), fresh = Make();
  RunEpisode(env.get(), 6, RandomActions(6), 1);
  const std::string bytes = env->Save();
  const Trace expected = Roll(env.get(), MixedActions(2), 200, /*again=*/true);
  fresh->Load(bytes);
  EXPECT_EQ(Roll(fresh.get(), MixedActions(2), 200, true), expected);
  EXPECT_EQ(fresh->Save(), env->Save());
}

TEST_P(EnvLong, TracesOfTwentySeedsAreRepeatable) {
  const std::unique_ptr<Env> env = Make(), other = Make();
  for (uint64_t seed = 100; seed < 120; ++seed) {
    const Trace first = RunEpisode(env.get(), seed, MixedActions(seed), 1000);
    EXPECT_EQ(RunEpisode(other.get(), seed, GivenActions(first.actions), 1000), first)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace rookery::testing
