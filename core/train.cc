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

constexpr char kBestFile[] = "checkpoints/best.json";

// Validation scores by step, kept in checkpoints/best.json.
class BestFile {
 public:
  // `validation` names what was measured; UserError when the file's scores are of another kind.
  BestFile(std::string path, std::string validation, int64_t resume_step)
      : path_(std::move(path)), validation_(std::move(validation)) {
    if (!std::filesystem::exists(path_)) return;
    try {
      const json file = json::parse(ReadFile(path_));
      if (const std::string found = file.at("validation"); found != validation_) {
        throw UserError(path_ + " holds scores of " + Described(found) + ", this run has " +
                        Described(validation_) + "; use another folder or the same settings");
      }
      for (const auto& entry : file.at("scores")) {
        // Later ones will be made again.
        if (entry.at("step") <= resume_step) scores_[entry.at("step")] = entry.at("score");
      }
    } catch (const json::exception& error) {
      throw UserError(path_ + ": damaged: " + error.what());
    }
  }
  bool Has(int64_t step) const { return scores_.count(step) > 0; }
  double Score(int64_t step) const { return scores_.at(step); }
  void Add(int64_t step, double score) {
    scores_[step] = score;
    json list = json::array();
    for (const auto& [at, value] : scores_) list.push_back({{"step", at}, {"score", value}});
    WriteFileAtomic(
        path_,
        json{{"best_step", Best().first}, {"scores", list}, {"validation", validation_}}.dump(2) +
            "\n");
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
  static std::string Described(const std::string& validation) {
    return validation.empty() ? "no validation" : validation;
  }

  std::string path_, validation_;
  std::map<int64_t, double> scores_;
};

// Wall time of a run over all its sessions, in time.json (checkpoints hold no times: equal runs
// have equal ones). A killed session counts up to its last checkpoint.
class Stopwatch {
 public:
  explicit Stopwatch(const RunFolder& run) : run_(run) {
    if (!std::filesystem::exists(run_.File(kFile))) return;
    const json file = json::parse(ReadFile(run_.File(kFile)), nullptr, /*exceptions=*/false);
    if (file.is_object()) before_ = file.value("seconds", 0.0);
  }
  // Seconds so far.
  double Write() const {
    const double seconds =
        before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    try {
      run_.WriteJson(kFile, json{{"seconds", seconds}}.dump());
    } catch (const Failure& failure) {
      LogWarningOnce(kFile, failure.what());
    }
    return seconds;
  }

 private:
  static constexpr char kFile[] = "time.json";
  const RunFolder& run_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double before_ = 0;
};

}  // namespace

TrainResult Train(Agent* agent, const RunFolder& run, const TrainOptions& options) {
  const Stopwatch stopwatch(run);
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
  BestFile best(run.File(kBestFile), options.validation, facts.step);
  if (options.on_start) options.on_start();
  MetricsWriter metrics(run.path(), facts.step);

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
      try {
        SaveAgentFile(run.File("crash/before_failure.safetensors"), *agent, facts);
      } catch (const Failure& second) {
        LogWarning(second.what());
      }
      throw;
    }
    ++facts.step;
    if (facts.step % options.log_every == 0) metrics.Write(facts.step, result.last_metrics);
    if (options.on_update) options.on_update(facts.step, result.last_metrics);
    if (due(facts.step) || Interrupted()) {
      const std::string checkpoint = run.CheckpointPath(facts.step);
      metrics.Flush();
      try {
        SaveAgentFile(checkpoint, *agent, facts);
      } catch (const Failure& failure) {
        // There may be room again by the next one.
        if (facts.step == options.steps || Interrupted()) throw;
        LogWarning(std::string(failure.what()) + "; training goes on without this checkpoint");
        continue;
      }
      result.last_checkpoint = checkpoint;
      stopwatch.Write();
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
  result.seconds = stopwatch.Write();
  return result;
}

std::string BestCheckpoint(const std::string& folder) {
  const auto found = RunFolder::Checkpoints(folder);
  if (found.empty()) {
    throw UserError(folder + " is a folder without checkpoints; expected a file or a training run");
  }
  const std::string best = folder + "/" + kBestFile;
  if (std::filesystem::exists(best)) {
    const json file = json::parse(ReadFile(best), nullptr, /*exceptions=*/false);
    const int64_t wanted = file.is_object() ? file.value("best_step", int64_t{-1}) : -1;
    for (const auto& [step, path] : found) {
      if (step == wanted) return path;
    }
  }
  return found.front().second;
}

}  // namespace rookery
