#include "core/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>
#include <set>
#include <thread>

#include "core/error.h"
#include "tests/core/drift_env.h"
#include "tests/core/interrupt_scope.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using testing::DriftEnv;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::InterruptScope;
using testing::MessageOf;
using testing::TempFolder;

constexpr double kInf = std::numeric_limits<double>::infinity();

// Asks the environment's expert.
class ExpertAgent final : public Agent {
 public:
  bool Act(const ArrayMap&, const ActContext& context, ArrayMap* action) override {
    Rng unused;
    return context.env->OracleAction(&unused, action);
  }
};

std::unique_ptr<Env> MakeDrift() { return std::make_unique<DriftEnv>(); }
std::unique_ptr<Agent> MakeExpert(const EnvSpec&) { return std::make_unique<ExpertAgent>(); }

std::vector<uint64_t> Seeds(uint64_t n) {
  std::vector<uint64_t> seeds;
  for (uint64_t i = 0; i < n; ++i) seeds.push_back(2 * i + 1);
  return seeds;
}

TEST(Evaluate, SameResultsForAnyNumberOfThreads) {
  const auto traces = [](int threads) {
    EvaluateOptions options{.seeds = Seeds(24), .threads = threads};
    std::vector<uint64_t> out;
    std::vector<uint64_t> seeds;
    for (const EpisodeResult& result : Evaluate(MakeDrift, MakeExpert, options)) {
      seeds.push_back(result.seed);
      out.push_back(result.trace_hash);
    }
    EXPECT_EQ(seeds, options.seeds);  // in the order of the seeds
    return out;
  };
  const std::vector<uint64_t> one = traces(1);
  EXPECT_EQ(std::set<uint64_t>(one.begin(), one.end()).size(), one.size());
  EXPECT_EQ(traces(2), one);
  EXPECT_EQ(traces(7), one);
  EXPECT_EQ(traces(100), one);
}

TEST(Evaluate, ReportsEveryEpisodeOnceAndObservesEachThread) {
  struct StepCounter final : StepObserver {
    explicit StepCounter(std::atomic<int>* to) : count(to) {}
    void OnStep(const ArrayMap&, const ArrayMap&, const StepResult&) override { ++*count; }
    std::atomic<int>* count;
  };
  std::atomic<int> steps{0};
  std::multiset<uint64_t> reported;
  EvaluateOptions options{.seeds = Seeds(20), .threads = 3};
  options.on_episode = [&](const EpisodeResult& result) { reported.insert(result.seed); };
  options.observe = [&](Env*, Agent*) {
    std::vector<std::unique_ptr<StepObserver>> observers;
    observers.push_back(std::make_unique<StepCounter>(&steps));
    return observers;
  };
  int64_t expected = 0;
  for (const EpisodeResult& result : Evaluate(MakeDrift, MakeExpert, options)) {
    expected += result.steps;
  }
  EXPECT_EQ(steps, expected);
  EXPECT_THAT(reported, ::testing::ElementsAreArray(options.seeds));
}

TEST(Evaluate, NoSeedsNoEpisodes) { EXPECT_TRUE(Evaluate(MakeDrift, MakeExpert, {}).empty()); }

TEST(Evaluate, ErrorsOfThreadsArriveHere) {
  EvaluateOptions options{.seeds = Seeds(8), .threads = 3};
  const auto broken = []() -> std::unique_ptr<Env> {
    auto env = std::make_unique<DriftEnv>();
    env->throw_in_reset = true;
    return env;
  };
  EXPECT_THAT(MessageOf<Failure>([&] { Evaluate(broken, MakeExpert, options); }),
              HasSubstr("no ground"));
}

TEST(Evaluate, InterruptLeavesOutWhatDidNotRun) {
  const InterruptScope scope;
  EvaluateOptions options{.seeds = Seeds(10), .threads = 1};
  int episodes = 0;
  options.on_episode = [&](const EpisodeResult&) {
    if (++episodes == 4) std::raise(SIGINT);
  };
  EXPECT_EQ(Evaluate(MakeDrift, MakeExpert, options).size(), 4u);
}

TEST(Wilson, KnownIntervals) {
  // Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
  const auto expect = [](double r, int64_t n, double low, double high) {
    const auto [a, b] = WilsonInterval95(r / static_cast<double>(n), n);
    EXPECT_NEAR(a, low, 5e-5) << r << "/" << n;
    EXPECT_NEAR(b, high, 5e-5) << r << "/" << n;
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0000, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
  expect(20, 20, 1 - 0.1611, 1.0);
  EXPECT_EQ(WilsonInterval95(0, 0), (std::pair<double, double>(0, 1)));
}

TEST(MeanInterval, BoundedValuesScaleWilson) {
  const std::vector<double> values = {0, 10, 0, 10, 10};
  const auto [low, high] = MeanInterval95(values, 0, 10);
  const auto [a, b] = WilsonInterval95(0.6, 5);
  EXPECT_NEAR(low, 10 * a, 1e-12);
  EXPECT_NEAR(high, 10 * b, 1e-12);
}

TEST(MeanInterval, UnboundedValuesAreNormal) {
  const auto [low, high] = MeanInterval95({1, 2, 3, 4}, -kInf, kInf);
  const double error = 1.959963984540054 * std::sqrt(5.0 / 3.0 / 4.0);
  EXPECT_NEAR(low, 2.5 - error, 1e-12);
  EXPECT_NEAR(high, 2.5 + error, 1e-12);
  EXPECT_EQ(MeanInterval95({1}, -kInf, kInf), (std::pair<double, double>(-kInf, kInf)));
}

TEST(Summarize, BoundsThatScoresDoNotKeepAreNotUsed) {
  std::vector<EpisodeResult> results(2);
  results[0].score = -990;
  results[1].score = -1010;
  const auto interval = Summarize(results, -200, 0).score_interval_95;
  EXPECT_NEAR(interval.first, -1000 - 1.96 * 10, 0.1);
  EXPECT_NEAR(interval.second, -1000 + 1.96 * 10, 0.1);
}

TEST(Summarize, CountsWhatItSays) {
  std::vector<EpisodeResult> results(4);
  const double scores[] = {1, 1, 0.5, 0};
  const int64_t steps[] = {1, 3, 2, 10};
  for (size_t i = 0; i < 4; ++i) {
    results[i].score = scores[i];
    results[i].steps = steps[i];
    results[i].success = scores[i] == 1;
    results[i].least_steps = 2;
  }
  const EvaluationSummary summary = Summarize(results, 0, 1);
  EXPECT_EQ(summary.episodes, 4);
  EXPECT_DOUBLE_EQ(summary.mean_score, 0.625);
  EXPECT_NEAR(summary.score_sd, std::sqrt(0.6875 / 3), 1e-12);
  EXPECT_DOUBLE_EQ(summary.success_rate, 0.5);
  EXPECT_DOUBLE_EQ(summary.mean_steps, 4);
  EXPECT_DOUBLE_EQ(summary.first_attempt_rate, 0.25);
  EXPECT_EQ(summary.success_interval_95, WilsonInterval95(0.5, 4));
  results[1].least_steps = 0;
  EXPECT_TRUE(std::isnan(Summarize(results, 0, 1).first_attempt_rate));
  EXPECT_EQ(summary.score_interval_95, MeanInterval95({1, 1, 0.5, 0}, 0, 1));
  // Scores of a wide range: the normal interval, within the range.
  const auto wide = Summarize(results, -5, 500).score_interval_95;
  const auto [normal_low, normal_high] = MeanInterval95({1, 1, 0.5, 0}, -kInf, kInf);
  EXPECT_EQ(wide, std::make_pair(normal_low, normal_high));
  results.resize(1);
  EXPECT_EQ(Summarize(results, -5, kInf).score_interval_95, std::make_pair(-5.0, kInf));
  EXPECT_EQ(Summarize({}, 0, 1).episodes, 0);
}

// ---- Collect ----

// Seeds of the stored episodes, in order.
std::vector<uint64_t> StoredSeeds(const std::string& folder) {
  const EpisodeStore store(folder);
  std::vector<uint64_t> seeds;
  for (int64_t i = 0; i < store.size(); ++i) seeds.push_back(store.Read(i).seed);
  return seeds;
}

CollectOptions Wanted(int64_t episodes, int threads = 1) {
  CollectOptions options;
  options.episodes = episodes;
  options.threads = threads;
  options.keep_above = 0.5;  // of starts at least 0.7 m away
  options.env_config = "{}";
  options.agent_name = "expert";
  return options;
}

TEST(Evaluate, AFactoryThatThrowsEndsIt) {
  for (const int threads : {1, 3}) {
    std::atomic<int> made = 0;
    const AgentFactory refuse = [&](const EnvSpec&) -> std::unique_ptr<Agent> {
      ++made;
      throw UserError("no such agent");
    };
    EvaluateOptions options;
    options.seeds = {1, 3, 5, 7, 9, 11};
    options.threads = threads;
    EXPECT_THROW(Evaluate(MakeDrift, refuse, options), UserError);
    EXPECT_LE(made, threads);
    const TempFolder folder;
    EpisodeStore store(folder.path());
    EXPECT_THROW(Collect(MakeDrift, refuse, &store, Wanted(6, threads)), UserError);
  }
}

TEST(Collect, SeedsOfOneParityOnly) {
  const TempFolder folder;
  EpisodeStore store(folder.path() + "/demos");
  Collect(MakeDrift, MakeExpert, &store, Wanted(2));
  CollectOptions odd = Wanted(4);
  odd.first_seed = 1;
  try {
    Collect(MakeDrift, MakeExpert, &store, odd);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("even seeds"));
  }
  EXPECT_EQ(store.size(), 2);
}

TEST(Collect, KeepsGoodEpisodesInTheOrderOfTheirSeeds) {
  const TempFolder folder;
  EpisodeStore store(folder.path() + "/demos");
  CollectOptions options = Wanted(6);
  options.first_seed = 100;
  std::vector<uint64_t> tried, kept;
  options.on_episode = [&](const EpisodeResult& result, bool stored, int64_t in_store) {
    tried.push_back(result.seed);
    if (stored) kept.push_back(result.seed);
    EXPECT_EQ(in_store, static_cast<int64_t>(kept.size()));
    EXPECT_EQ(stored, result.score > 0.5);
  };
  const CollectResult result = Collect(MakeDrift, MakeExpert, &store, options);
  EXPECT_EQ(result.stored, 6);
  EXPECT_EQ(result.attempted, static_cast<int64_t>(tried.size()));
  EXPECT_EQ(result.rejected.size(), tried.size() - 6);
  EXPECT_FALSE(result.rejected.empty()) << "the test needs some failures";
  for (size_t i = 0; i < tried.size(); ++i) EXPECT_EQ(tried[i], 100 + 2 * i);
  EXPECT_EQ(StoredSeeds(store.folder()), kept);
  DriftEnv env;
  EXPECT_EQ(ReplayDifference(&env, store.Read(0)), "");
}

TEST(Collect, ThreadsAndInterruptionsChangeNothing) {
  const TempFolder folder;
  EpisodeStore alone(folder.path() + "/alone"), threaded(folder.path() + "/threaded");
  Collect(MakeDrift, MakeExpert, &alone, Wanted(8));
  Collect(MakeDrift, MakeExpert, &threaded, Wanted(8, 3));
  const std::vector<uint64_t> expected = StoredSeeds(alone.folder());
  EXPECT_EQ(expected.size(), 8u);
  EXPECT_EQ(StoredSeeds(threaded.folder()), expected);

  // Stopped after three, then after an interrupt, then finished, by fresh processes.
  const std::string path = folder.path() + "/resumed";
  {
    EpisodeStore store(path);
    Collect(MakeDrift, MakeExpert, &store, Wanted(3));
  }
  {
    const InterruptScope scope;
    EpisodeStore store(path);
    CollectOptions options = Wanted(8, 2);
    options.on_episode = [](const EpisodeResult&, bool stored, int64_t in_store) {
      if (stored && in_store == 5) std::raise(SIGINT);
    };
    Collect(MakeDrift, MakeExpert, &store, options);
    EXPECT_LT(store.size(), 8);
    EXPECT_GE(store.size(), 5);
  }
  EpisodeStore store(path);
  Collect(MakeDrift, MakeExpert, &store, Wanted(8, 2));
  EXPECT_EQ(StoredSeeds(path), expected);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(store.Read(i).TraceHash(), alone.Read(i).TraceHash());
  }
  EXPECT_EQ(Collect(MakeDrift, MakeExpert, &store, Wanted(8)).attempted, 0);  // nothing to do
}

TEST(Collect, SaysWhenTheAgentIsTooBad) {
  const TempFolder folder;
  EpisodeStore store(folder.path() + "/demos");
  CollectOptions options = Wanted(5);
  options.keep_above = 100;
  options.max_attempts = 7;
  EXPECT_THAT(MessageOf<Failure>([&] { Collect(MakeDrift, MakeExpert, &store, options); }),
              AllOf(HasSubstr("only 0 of 7 episodes scored above 100"),
                    HasSubstr("of the 5 wanted"), HasSubstr(store.folder())));
}

TEST(Collect, StoresOnlyWhatItIsAskedToKeep) {
  const TempFolder folder;
  EpisodeStore store(folder.path() + "/demos");
  CollectOptions options = Wanted(1);
  options.keep_observations = {"position"};
  Collect(MakeDrift, MakeExpert, &store, options);
  EXPECT_THAT(store.Read(0).observations[0].Names(), ElementsAre("position"));
  DriftEnv env;
  EXPECT_EQ(ReplayDifference(&env, store.Read(0)), "");  // hashes cover the rest
}

}  // namespace
}  // namespace rookery
