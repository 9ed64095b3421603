// Running many episodes: evaluation over seeds on several threads, demonstrations by an oracle.
// Results depend on the seeds only, not on the number of threads.
#ifndef ROOKERY_CORE_EVALUATE_H_
#define ROOKERY_CORE_EVALUATE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/agent.h"
#include "core/env.h"
#include "core/episode_store.h"
#include "core/step_loop.h"

namespace rookery {

// Makes one Env and one Agent for each thread; called on the thread that will use them.
using EnvFactory = std::function<std::unique_ptr<Env>()>;
using AgentFactory = std::function<std::unique_ptr<Agent>(const EnvSpec&)>;

struct EvaluateOptions {
  std::vector<uint64_t> seeds;
  int threads = 1;
  // Observers of one thread's loop, e.g. recorders; kept until the end. May be empty.
  std::function<std::vector<std::unique_ptr<StepObserver>>(Env* env, Agent* agent)> observe = {};
  // Called after each episode, one at a time, in any order.
  std::function<void(const EpisodeResult&)> on_episode = {};
};

// In the order of the seeds. Stops early on Ctrl-C: episodes not run to their end are left out.
// What a factory or an episode throws ends the others and is rethrown.
std::vector<EpisodeResult> Evaluate(const EnvFactory& make_env, const AgentFactory& make_agent,
                                    const EvaluateOptions& options);

struct EvaluationSummary {
  int64_t episodes = 0;
  double mean_score = 0;
  double score_sd = 0;
  std::pair<double, double> score_interval_95;    // of the mean, see MeanInterval95
  double success_rate = 0;                        // [0, 1]
  std::pair<double, double> success_interval_95;  // Wilson
  // Share solved without a mistake, in no more steps than EpisodeResult::least_steps; NaN when
  // that is not known of every episode.
  double first_attempt_rate = 0;
  double mean_steps = 0;
};
// `return_low/high` bound the score of an episode; infinite ones are allowed. The interval of
// scores in [0, 1] is the bounded one, of others the normal one within the bounds. Bounds that a
// score does not keep (of an environment with other rewards) are not used.
EvaluationSummary Summarize(const std::vector<EpisodeResult>& results, double return_low,
                            double return_high);

// Wilson score interval of a proportion.
std::pair<double, double> WilsonInterval95(double proportion, int64_t n);
// Interval of a mean: Wilson's, scaled, when the values are bounded (no bounded distribution of
// this mean varies more than the two-point one, so it errs on the wide side), else normal.
std::pair<double, double> MeanInterval95(const std::vector<double>& values, double low,
                                         double high);

struct CollectOptions {
  int64_t episodes = 10;    // how many successful ones the store shall hold in the end
  uint64_t first_seed = 0;  // then first_seed + 2, + 4, ... (even: train, odd: test)
  int threads = 1;
  int64_t max_attempts = 0;                    // 0 = 10 x episodes + 20
  double keep_above = 0.99;                    // score an episode must exceed to be stored
  std::vector<std::string> keep_observations;  // arrays to store; empty = all
  std::string env_config, agent_name;
  std::function<void(const EpisodeResult&, bool stored, int64_t in_store)> on_episode = {};
};

struct CollectResult {
  int64_t attempted = 0, stored = 0;  // of this call
  std::vector<EpisodeResult> rejected;
};

// Adds episodes to the store in the order of their seeds, continuing after the last seed
// already tried there, so that an interrupted collection ends as an uninterrupted one would
// have. Failure when max_attempts is not enough; UserError when the store holds seeds of the
// other parity.
CollectResult Collect(const EnvFactory& make_env, const AgentFactory& make_agent,
                      EpisodeStore* store, const CollectOptions& options);

}  // namespace rookery

#endif  // ROOKERY_CORE_EVALUATE_H_
