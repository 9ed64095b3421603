// `rookery bench env`: any environment alone, or the tabletop beside its peer.
#include <memory>

#include "apps/bench.h"
#include "core/error.h"
#include "core/thread_pool.h"

namespace rookery::bench {
namespace {

constexpr double kSeconds = 0.5;  // of one repetition, at least
constexpr int kActions = 64;

// An environment and who acts: actions drawn before, which cost nothing to choose, or the expert,
// as where there is one random actions can be far from what is usual.
class Player {
 public:
  explicit Player(std::unique_ptr<Env> env)
      : env_(std::move(env)), actions_(RandomActions(env_->spec().action, 1, kActions)) {
    for (ArrayMap& action : actions_) {
      for (const ArraySpec& array : env_->spec().action.arrays()) {
        action.Set(array.name, action.at(array.name).Reshaped(array.shape));
      }
    }
    env_->Reset(1, &result_);
  }

  Env& env() { return *env_; }
  void Reset() { env_->Reset(std::nullopt, {}, &result_); }
  // With the reset of an episode that has ended.
  void Step() {
    if (env_->needs_reset()) Reset();
    env_->Step(NextAction(), &result_);
  }

 private:
  const ArrayMap& NextAction() {
    if (!env_->spec().has_oracle) return actions_[next_++ % actions_.size()];
    for (int tries = 0; tries < 100; ++tries) {
      if (env_->OracleAction(&rng_, &chosen_)) return chosen_;
      Reset();
    }
    throw Failure("bench env: the expert of " + env_->spec().id + " gives up in every episode");
  }

  std::unique_ptr<Env> env_;
  std::vector<ArrayMap> actions_;
  ArrayMap chosen_;
  Rng rng_{1};
  StepResult result_;
  size_t next_ = 0;
};

// Seconds per step on as many threads as there are players.
double StepsOnThreads(const std::vector<std::unique_ptr<Player>>& players, ThreadPool* pool) {
  std::vector<double> rates(players.size());
  pool->ParallelFor(std::ssize(players), [&](int64_t i, int) {
    const auto p = static_cast<size_t>(i);
    constexpr int kSteps = 8;  // between looks at the clock
    const double seconds = SecondsPerCall(kSeconds, [&] {
      for (int step = 0; step < kSteps; ++step) players[p]->Step();
    });
    rates[p] = kSteps / seconds;
  });
  double rate = 0;
  for (const double one : rates) rate += one;
  return 1 / rate;
}

int Any(const Options& options, Output* out) {
  const EnvEntry& entry = FindEnv(options.env);
  const EnvChoice choice = ChooseEnv(entry.id, Split(options.settings, entry, nullptr).env);
  Report report{.benchmark = "env", .load_average = LoadAverage()};
  const Footprint footprint =
      MeasureFootprint(choice.factory, options.threads, entry.heavy ? 8 : 64);

  Player alone(choice.factory());
  const bool oracle = alone.env().spec().has_oracle;
  std::vector<std::vector<std::unique_ptr<Player>>> players;
  std::vector<std::unique_ptr<ThreadPool>> pools;
  std::vector<Contest> contests;
  for (const int threads : ThreadCounts(options)) {
    players.emplace_back();
    for (int i = 0; i < threads; ++i) {
      players.back().push_back(std::make_unique<Player>(choice.factory()));
    }
    pools.push_back(std::make_unique<ThreadPool>(threads));
    contests.push_back({.name = "step_" + ThreadsKey(threads),
                        .what = "a step on " + ThreadsText(threads) +
                                (threads == 1 ? "" : ", an environment on each, by steps done"),
                        .threads = threads,
                        .ours = [&players, i = players.size() - 1, pool = pools.back().get()] {
                          return StepsOnThreads(players[i], pool);
                        }});
  }
  std::string snapshot = alone.env().Save();
  const auto add = [&](const char* name, const char* what, const std::function<void()>& body) {
    contests.push_back(
        {.name = name, .what = what, .ours = [body] { return SecondsPerCall(kSeconds, body); }});
  };
  add("reset", "a reset", [&] { alone.Reset(); });
  add("save", "Env::Save", [&] { snapshot = alone.env().Save(); });
  add("load", "Env::Load", [&] { alone.env().Load(snapshot); });
  report.results = Measure(contests, options.repetitions);

  report.what = {entry.id + ", " + choice.config_json,
                 oracle ? "The expert acts; its choices and the resets of episodes that end are "
                          "part of a step's time."
                        : "Random actions drawn before; the resets of episodes that end are part "
                          "of a step's time."};
  report.peer_note = "none; `rookery bench vector` and `rookery bench env` alone have some";
  Table rate{.name = "rate",
             .title = "rate, by the medians",
             .unit = "steps/s",
             .columns = {"ours"},
             .rows = {}};
  for (size_t i = 0; i < players.size(); ++i) {
    const Result& result = report.results[i];
    rate.rows.push_back({ThreadsText(result.contest.threads), {1 / result.ours.Median()}});
  }
  report.tables = {rate, FootprintTable({{entry.id, footprint}})};
  Write(report, options, out);
  return 0;
}

}  // namespace

int Environment(const Options& options, Output* out) {
  return options.env.empty() ? Tabletop(options, out) : Any(options, out);
}

}  // namespace rookery::bench
