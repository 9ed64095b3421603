#include "core/evaluate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/thread_pool.h"

namespace rookery {
namespace {

// One thread's environment, agent and observers.
struct Lane {
  std::unique_ptr<Env> env;
  std::unique_ptr<Agent> agent;
  std::unique_ptr<StepLoop> loop;
  std::vector<std::unique_ptr<StepObserver>> observers;
};

// The lanes of a pool, each made by its own thread on first use. An exception stops all lanes
// after the episode they are in; the pool rethrows it.
class Lanes {
 public:
  explicit Lanes(int threads) : pool_(threads), lanes_(static_cast<size_t>(pool_.threads())) {}
  size_t size() const { return lanes_.size(); }

  // body(i, lane) for each i in [0, n), unless interrupted.
  void ForEach(int64_t n, const std::function<Lane()>& make,
               const std::function<void(size_t, Lane*)>& body) {
    std::atomic<bool> failed = false;
    pool_.ParallelFor(n, [&](int64_t i, int worker) {
      if (failed || Interrupted()) return;
      try {
        std::optional<Lane>& lane = lanes_[static_cast<size_t>(worker)];
        if (!lane) lane = make();
        body(static_cast<size_t>(i), &*lane);
      } catch (...) {
        failed = true;
        throw;
      }
    });
  }

 private:
  ThreadPool pool_;
  std::vector<std::optional<Lane>> lanes_;
};

std::string ParityName(uint64_t seed) { return seed % 2 == 0 ? "even" : "odd"; }

}  // namespace

std::vector<EpisodeResult> Evaluate(const EnvFactory& make_env, const AgentFactory& make_agent,
                                    const EvaluateOptions& options) {
  const auto n = static_cast<int64_t>(options.seeds.size());
  Lanes lanes(std::max<int>(1, static_cast<int>(std::min<int64_t>(options.threads, n))));
  std::vector<EpisodeResult> results(options.seeds.size());
  std::vector<char> ran(options.seeds.size(), 0);
  std::mutex mutex;
  const auto make = [&] {
    Lane lane;
    lane.env = make_env();
    lane.agent = make_agent(lane.env->spec());
    lane.loop = std::make_unique<StepLoop>(lane.env.get(), lane.agent.get());
    if (options.observe) lane.observers = options.observe(lane.env.get(), lane.agent.get());
    for (const auto& observer : lane.observers) lane.loop->AddObserver(observer.get());
    return lane;
  };
  lanes.ForEach(n, make, [&](size_t i, Lane* lane) {
    results[i] = lane->loop->RunEpisode(options.seeds[i], {}, Interrupted);
    if (results[i].stopped) return;
    ran[i] = 1;
    if (options.on_episode) {
      const std::lock_guard<std::mutex> lock(mutex);
      options.on_episode(results[i]);
    }
  });
  std::vector<EpisodeResult> out;
  for (size_t i = 0; i < results.size(); ++i) {
    if (ran[i]) out.push_back(results[i]);
  }
  return out;
}

std::pair<double, double> WilsonInterval95(double proportion, int64_t n) {
  if (n == 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const auto count = static_cast<double>(n);
  const double centre = proportion + z * z / (2 * count);
  const double spread =
      z * std::sqrt(proportion * (1 - proportion) / count + z * z / (4 * count * count));
  const double scale = 1 + z * z / count;
  // The ends are exact where rounding would miss them.
  return {proportion <= 0 ? 0.0 : (centre - spread) / scale,
          proportion >= 1 ? 1.0 : (centre + spread) / scale};
}

std::pair<double, double> MeanInterval95(const std::vector<double>& values, double low,
                                         double high) {
  const auto n = static_cast<double>(values.size());
  if (values.empty()) return {low, high};
  double mean = 0;
  for (double value : values) mean += value;
  mean /= n;
  if (std::isfinite(low) && std::isfinite(high) && high > low) {
    const double proportion = std::clamp((mean - low) / (high - low), 0.0, 1.0);
    const auto [a, b] = WilsonInterval95(proportion, static_cast<int64_t>(values.size()));
    return {low + a * (high - low), low + b * (high - low)};
  }
  double variance = 0;
  for (double value : values) variance += (value - mean) * (value - mean);
  const double error = values.size() > 1 ? 1.959963984540054 * std::sqrt(variance / (n - 1) / n)
                                         : std::numeric_limits<double>::infinity();
  return {mean - error, mean + error};
}

EvaluationSummary Summarize(const std::vector<EpisodeResult>& results, double return_low,
                            double return_high) {
  EvaluationSummary out;
  out.episodes = static_cast<int64_t>(results.size());
  if (results.empty()) return out;
  const auto n = static_cast<double>(results.size());
  std::vector<double> scores;
  bool knows_least = true;
  for (const EpisodeResult& result : results) {
    scores.push_back(result.score);
    out.mean_score += result.score;
    out.success_rate += result.success ? 1 : 0;
    out.mean_steps += static_cast<double>(result.steps);
    knows_least = knows_least && result.least_steps > 0;
    out.first_attempt_rate += result.success && result.steps <= result.least_steps ? 1 : 0;
  }
  out.mean_score /= n;
  out.success_rate /= n;
  out.mean_steps /= n;
  for (const EpisodeResult& result : results) {
    out.score_sd += (result.score - out.mean_score) * (result.score - out.mean_score);
  }
  out.first_attempt_rate = knows_least ? out.first_attempt_rate / n : std::nan("");
  out.score_sd = results.size() > 1 ? std::sqrt(out.score_sd / (n - 1)) : 0;
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  if (*least < return_low || *most > return_high) {
    return_low = -std::numeric_limits<double>::infinity();
    return_high = std::numeric_limits<double>::infinity();
  }
  if (return_low >= 0 && return_high <= 1) {
    out.score_interval_95 = MeanInterval95(scores, return_low, return_high);
  } else {
    // Wilson's errs so much the more, the less of a wide range is used.
    constexpr double kAny = std::numeric_limits<double>::infinity();
    const auto [from, to] = MeanInterval95(scores, -kAny, kAny);
    out.score_interval_95 = {std::max(from, return_low), std::min(to, return_high)};
  }
  out.success_interval_95 = WilsonInterval95(out.success_rate, out.episodes);
  return out;
}

CollectResult Collect(const EnvFactory& make_env, const AgentFactory& make_agent,
                      EpisodeStore* store, const CollectOptions& options) {
  Lanes lanes(std::max(1, options.threads));
  const int64_t max_attempts =
      options.max_attempts > 0 ? options.max_attempts : 10 * options.episodes + 20;
  uint64_t next_seed = options.first_seed;
  if (const auto last = store->last_seed()) {
    if ((*last ^ next_seed) & 1) {
      throw UserError(store->folder() + " holds episodes of " + ParityName(*last) +
                      " seeds; --seed " + std::to_string(next_seed) + " is " +
                      ParityName(next_seed) + " (even seeds train, odd seeds test)");
    }
    next_seed = std::max(next_seed, *last + 2);
  }
  const auto make = [&] {
    Lane lane;
    lane.env = make_env();
    lane.agent = make_agent(lane.env->spec());
    lane.loop = std::make_unique<StepLoop>(lane.env.get(), lane.agent.get());
    lane.observers.push_back(
        std::make_unique<EpisodeRecorder>(*lane.env, options.env_config, options.agent_name,
                                          options.keep_observations, lane.agent.get()));
    lane.loop->AddObserver(lane.observers.front().get());
    return lane;
  };

  // Episodes end in any order and are stored in that of their seeds. None is begun that is far
  // ahead of the next one to store: those between would fill the memory.
  struct Ended {
    EpisodeResult result;
    Episode episode;
  };
  const auto window = static_cast<int64_t>(4 * lanes.size());
  CollectResult out;
  std::mutex mutex;
  std::condition_variable moved;
  std::map<int64_t, Ended> waiting;
  bool enough = store->size() >= options.episodes;
  const auto keep = [&](const Ended& ended) {
    ++out.attempted;
    const bool good = ended.result.score > options.keep_above;
    if (good) {
      store->Add(ended.episode);
      ++out.stored;
    } else {
      out.rejected.push_back(ended.result);
    }
    if (options.on_episode) options.on_episode(ended.result, good, store->size());
    enough = store->size() >= options.episodes;
  };
  lanes.ForEach(max_attempts, make, [&](size_t index, Lane* lane) {
    const auto i = static_cast<int64_t>(index);
    std::unique_lock<std::mutex> lock(mutex);
    while (!enough && !Interrupted() && i >= out.attempted + window) {
      moved.wait_for(lock, std::chrono::milliseconds(100));
    }
    if (enough || Interrupted()) return;
    lock.unlock();
    try {
      Ended ended;
      ended.result = lane->loop->RunEpisode(next_seed + 2 * index, {}, Interrupted);
      if (ended.result.stopped) {
        moved.notify_all();
        return;
      }
      ended.episode = static_cast<EpisodeRecorder&>(*lane->observers.front()).episode();
      lock.lock();
      waiting.emplace(i, std::move(ended));
      for (auto next = waiting.begin();
           !enough && next != waiting.end() && next->first == out.attempted;
           next = waiting.erase(next)) {
        keep(next->second);
      }
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      enough = true;  // the others end
      moved.notify_all();
      throw;
    }
    moved.notify_all();
  });
  if (store->size() < options.episodes && !Interrupted()) {
    store->WriteIndex();
    throw Failure("only " + std::to_string(out.stored) + " of " + std::to_string(out.attempted) +
                  " episodes scored above " + std::to_string(options.keep_above) + "; " +
                  std::to_string(store->size()) + " of the " + std::to_string(options.episodes) +
                  " wanted are in " + store->folder());
  }
  store->WriteIndex();
  return out;
}

}  // namespace rookery
