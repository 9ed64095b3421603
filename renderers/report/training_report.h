// The report of a training run, and the pieces of it that other reports reuse.
#ifndef ROOKERY_RENDERERS_REPORT_TRAINING_REPORT_H_
#define ROOKERY_RENDERERS_REPORT_TRAINING_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/train.h"
#include "renderers/report/metrics_table.h"
#include "renderers/report/report.h"

namespace rookery::report {

struct TrainingFacts {
  std::string env, agent;  // id and name
  std::string command;     // as typed
  std::string data;        // demonstrations it learned from; may be empty
  std::string settings;    // of the agent, JSON; may be empty
  uint64_t seed = 0;
  MetricsTable metrics;  // validation scores in its column "validation/score"
  TrainResult result;
  int64_t asked_steps = 0;          // more than result.steps: stopped early
  int64_t parameters = 0;           // trainable; 0 = not told
  int64_t validation_episodes = 0;  // behind each validation score; 0 = no interval
  double return_low = 0, return_high = 1;
};

// {"env", "agent", "steps", "interrupted", "seconds", "parameters", "best_step", "best_score",
// "best_checkpoint", "last_checkpoint", "metrics": {...last...}, "validation": [...]}.
std::string TrainingJson(const TrainingFacts& facts);

// Validation scores with intervals and the best one marked, then a curve of every metric.
Section TrainingSection(const TrainingFacts& facts);

Report TrainingReport(const TrainingFacts& facts);

// Curves over "step" of every other column: losses first, then the rest in the order of the file.
// Each is a rolling mean over a twentieth of the run with the 10th to 90th percentile of that
// window; columns of few values are drawn value by value. Left out: columns that never change
// and validation scores.
std::vector<LinePlot> MetricPlots(const MetricsTable& metrics);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_TRAINING_REPORT_H_
