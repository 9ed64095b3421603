#include "core/train.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/metrics_writer.h"

namespace rookery {
namespace {

using nlohmann::json;

// Validation scores by step, kept in checkpoints/best.json.
class BestFile {
 public:
  BestFile(std::string path, int64_t resume_step) : path_(std::move(path)) {
    if (!std::filesystem::exists(path_)) return;
    const json file = json::parse(ReadFile(path_));
    for (const auto& entry : file.at("scores")) {
      // Later ones will be made again.
      if (entry.at("step") <= resume_step) scores_[entry.at("step")] = entry.at("score");
    }
  }
  bool Has(int64_t step) const { return scores_.count(step) > 0; }
  double Score(int64_t step) const { return scores_.at(step); }
  void Add(int64_t step, double score) {
    scores_[step] = score;
    json list = json::array();
    for (const auto& [at, value] : scores_) list.push_back({{"step", at}, {"score", value}});
    WriteFileAtomic(path_, json{{"best_step", Best().first}, {"scores", list}}.dump(2) + "\n");
  }
  // The highest score; of equals the latest, which has seen most.
  std::pair<int64_t, double> Best() const {
    std::pair<int64_t, double> best = {0, std::nan("")};
    for (const auto& [step, score] : scores_) {
      if (std::isnan(best.second) || score >= best.second) best = {step, score};
    }
    return best;
  }
  bool empty() const { return scores_.empty(); }

 private:
  std::string path_;
  std::map<int64_t, double> scores_;
};

}  // namespace

TrainResult Train(Agent* agent, const RunFolder& run, const TrainOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  AgentFileFacts facts = options.facts;
  facts.step = 0;
  TrainResult result;
  if (const auto latest = run.LatestCheckpoint()) {
    facts = RestoreAgentFile(latest->second, agent, facts);
    result.last_checkpoint = latest->second;
    if (facts.step < options.steps) {
      LogInfo("resuming " + run.path() + " after step " + std::to_string(facts.step));
    }
  }
  MetricsWriter metrics(run.path(), facts.step);
  BestFile best(run.File("checkpoints/best.json"), facts.step);

  const auto validate = [&](int64_t step) {
    if (!options.validate) return;
    if (!best.Has(step)) {
      const double score = options.validate(step, result.last_checkpoint);
      if (Interrupted()) return;  // on fewer episodes than the others: not comparable
      best.Add(step, score);
    }
    // Also when the score was known: a killed run may not have written it here any more.
    metrics.Write(step, {{"validation/score", best.Score(step)}});
  };
  const auto due = [&](int64_t step) {
    return step == options.steps || step % options.checkpoint_every == 0;
  };
  // A run killed between writing a checkpoint and validating it validates it now.
  if (facts.step > 0 && due(facts.step)) validate(facts.step);

  while (facts.step < options.steps && !Interrupted()) {
    try {
      result.last_metrics = agent->Update();
    } catch (const Failure&) {
      metrics.Flush();
      SaveAgentFile(run.File("crash/before_failure.safetensors"), *agent, facts);
      throw;
    }
    ++facts.step;
    if (facts.step % options.log_every == 0) metrics.Write(facts.step, result.last_metrics);
    if (options.on_update) options.on_update(facts.step, result.last_metrics);
    if (due(facts.step) || Interrupted()) {
      result.last_checkpoint = run.CheckpointPath(facts.step);
      metrics.Flush();
      SaveAgentFile(result.last_checkpoint, *agent, facts);
      if (due(facts.step)) validate(facts.step);
    }
  }
  metrics.Flush();
  result.steps = facts.step;
  result.interrupted = Interrupted();
  result.best_step = best.empty() ? facts.step : best.Best().first;
  result.best_score = best.Best().second;
  result.best_checkpoint =
      best.empty() ? result.last_checkpoint : run.CheckpointPath(result.best_step);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace rookery
