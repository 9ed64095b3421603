// RunMonitor: watches the folder of a training run from a thread of its own. It only reads: the run
// goes on as if nobody looked.
#ifndef ROOKERY_GUI_RUN_MONITOR_H_
#define ROOKERY_GUI_RUN_MONITOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "renderers/report/metrics_table.h"

namespace rookery::gui {

// Of one of the evaluations below the run's folder.
struct RunEvaluation {
  std::string folder;
  int64_t episodes = 0;
  double mean_score = 0;
  double success_rate = 0;  // NaN where there is no success
  std::string checkpoint;
};

// What is known of a run at one moment; never changed after it was published.
struct RunState {
  int64_t number = 0;  // grows with each look
  std::string folder;
  std::string trouble;  // why there is nothing to see, one line; "" when there is
  std::string env, agent, env_config, data;
  std::string command;                                        // that started it
  std::vector<std::pair<std::string, std::string>> settings;  // of the agent
  int64_t asked_steps = 0;
  int64_t step = 0;  // of the newest row or checkpoint
  bool running = false;
  double steps_per_s = 0;  // lately; 0 = not known
  double seconds = 0;      // of all its sessions, up to the newest checkpoint

  // metrics.csv; its columns are of one length. Never null; another object when it has changed.
  std::shared_ptr<const report::MetricsTable> metrics;
  std::vector<std::pair<int64_t, double>> validation;  // score by step
  int64_t best_step = 0;                               // of those
  std::string validated_on;                            // "20 episodes from seed ..."
  int64_t checkpoint_step = 0;
  std::string checkpoint;  // the newest; "" = none yet
  std::vector<RunEvaluation> evaluations;

  bool done() const { return !running && asked_steps > 0 && step >= asked_steps; }
};

class RunMonitor {
 public:
  explicit RunMonitor(const std::string& folder, double period_s = 0.5);
  ~RunMonitor();
  RunMonitor(const RunMonitor&) = delete;
  RunMonitor& operator=(const RunMonitor&) = delete;

  std::shared_ptr<const RunState> Now() const;  // never null
  const std::string& folder() const;

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_RUN_MONITOR_H_
