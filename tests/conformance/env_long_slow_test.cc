// The long versions: declared success and random scores, many steps after a snapshot. A check of
// the promises over more seeds: ROOKERY_TEST_EPISODES=50 scripts/test --label slow.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "core/evaluate.h"
#include "tests/conformance/env_kit.h"

namespace rookery::testing {
namespace {

class EnvLong : public EnvKit {
 protected:
  // ROOKERY_TEST_EPISODES asks for more.
  int Episodes(int light, int heavy) const {
    const char* asked = std::getenv("ROOKERY_TEST_EPISODES");
    return std::max(Few(light, heavy), asked == nullptr ? 0 : std::atoi(asked));
  }
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
  const int episodes = Episodes(20, 3);
  // The declared share is of many; of few, one more may fail.
  const double least = entry().oracle_success * episodes;
  const double solved = Play("oracle", episodes).success_rate * episodes;
  EXPECT_GE(std::round(solved), episodes < 50 ? std::floor(least) : least);
}

TEST_P(EnvLong, RandomActionsStayBelowTheirDeclaredScore) {
  const EvaluationSummary summary = Play("random", Episodes(20, 3));
  EXPECT_LE(summary.mean_score, entry().random_score);
  EXPECT_GE(summary.mean_score, entry().return_low);
}

TEST_P(EnvLong, SnapshotThenManySteps) {
  const std::unique_ptr<Env> env = Make(), fresh = Make();
  RunEpisode(env.get(), 6, RandomActions(6), 1);
  const std::string bytes = env->Save();
  const int steps = Few(100, 5);
  const Trace expected = Roll(env.get(), MixedActions(2), steps, /*again=*/true);
  fresh->Load(bytes);
  EXPECT_EQ(Roll(fresh.get(), MixedActions(2), steps, true), expected);
  EXPECT_EQ(fresh->Save(), env->Save());
}

TEST_P(EnvLong, TracesOfManySeedsAreRepeatable) {
  const std::unique_ptr<Env> env = Make(), other = Make();
  const auto seeds = static_cast<uint64_t>(Few(10, 2));
  for (uint64_t seed = 100; seed < 100 + seeds; ++seed) {
    const Trace first = RunEpisode(env.get(), seed, MixedActions(seed), Few(1000, 4));
    EXPECT_EQ(RunEpisode(other.get(), seed, GivenActions(first.actions), Few(1000, 4)), first)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace rookery::testing
