// Repetitions in turns, and what is computed from them.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "apps/bench.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/registry.h"

namespace rookery::bench {

std::vector<int> ThreadCounts(const Options& options) {
  return options.threads == 1 ? std::vector<int>{1} : std::vector<int>{1, options.threads};
}

std::string ThreadsText(int threads) {
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::string ThreadsKey(int threads) {
  std::string text = ThreadsText(threads);
  std::replace(text.begin(), text.end(), ' ', '_');
  return text;
}

double Series::Mean() const {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Series::Sd() const {
  if (values.size() < 2) return 0;
  const double mean = Mean();
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double Series::Median() const {
  ROOKERY_CHECK(!values.empty());
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Series::Min() const { return *std::min_element(values.begin(), values.end()); }
double Series::Max() const { return *std::max_element(values.begin(), values.end()); }

double Result::Ratio() const { return peer.Median() / ours.Median(); }

std::vector<Result> Measure(const std::vector<Contest>& contests, int repetitions) {
  std::vector<Result> results;
  for (const Contest& contest : contests) results.push_back({contest, {}, {}, {}});
  ProgressBar progress("benchmark", (repetitions + 1) * static_cast<int64_t>(contests.size()));
  int64_t done = 0;
  const auto check = [] {
    if (Interrupted()) throw Failure("interrupted: nothing is reported of a part of a benchmark");
  };
  for (int repetition = -1; repetition < repetitions; ++repetition) {  // -1 warms up
    for (Result& result : results) {
      progress.Update(done++, result.contest.name);
      check();
      const double ours = result.contest.ours();
      check();
      const double peer = result.contest.peer ? result.contest.peer() : 0;
      if (repetition < 0) continue;
      result.ours.values.push_back(ours);
      if (!result.contest.peer) continue;
      result.peer.values.push_back(peer);
      result.ratio.values.push_back(peer / ours);
    }
  }
  progress.Update(done);
  return results;
}

double SecondsPerCall(double seconds, const std::function<void()>& body) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  int calls = 0;
  double elapsed = 0;
  do {
    body();
    ++calls;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  } while (elapsed < seconds);
  return elapsed / calls;
}

Peer StartPeer(const std::string& script, const std::string& option, int threads) {
  const std::string advice = "scripts/install_dependencies " + option +
                             " gets it (or set ROOKERY_PEERS_PYTHON to a Python that has it)";
  if (PeersPython().empty()) return {nullptr, "no peer: its Python is missing; " + advice};
  auto process = std::make_unique<PeerProcess>(script, std::vector<std::string>(), threads);
  if (!process->missing().empty()) {
    return {nullptr,
            "no peer: " + PeersPython() + " has no '" + process->missing() + "'; " + advice};
  }
  return {std::move(process), ""};
}

std::unique_ptr<Env> MakeTask() {
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->id == kTaskId) return MakeEnv(kTaskId);
  }
  throw Failure(std::string("this benchmark needs ") + kTaskId +
                ", which this build is without: configure with -DROOKERY_BULLET=ON");
}

}  // namespace rookery::bench
