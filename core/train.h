// Training: calls Agent::Update, logs, checkpoints, evaluates on validation seeds, and resumes
// so that a killed run ends with the bytes of one that was never stopped.
#ifndef ROOKERY_CORE_TRAIN_H_
#define ROOKERY_CORE_TRAIN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/agent.h"
#include "core/agent_file.h"
#include "core/run_folder.h"

namespace rookery {

struct TrainOptions {
  AgentFileFacts facts;            // who is trained, on what; `step` is ignored
  int64_t steps = 400;             // updates in all, those before a resume included
  int64_t checkpoint_every = 100;  // updates; one is always written at the end
  int64_t log_every = 1;
  // Called with the agent at every checkpoint: the validation score, used to mark the best
  // checkpoint (checkpoints/best.json). Empty: the last is the best.
  std::function<double(int64_t step, const std::string& checkpoint)> validate = {};
  std::string validation = {};  // names what `validate` measures; its scores are not mixed
  // Called once a run is known to fit what the folder holds, before the first update.
  std::function<void()> on_start = {};
  std::function<void(int64_t step, const Metrics&)> on_update = {};
};

struct TrainResult {
  int64_t steps = 0;  // reached
  bool interrupted = false;
  std::string last_checkpoint, best_checkpoint;
  double best_score = 0;  // NaN without validation
  int64_t best_step = 0;
  double seconds = 0;  // of all sessions of the run
  Metrics last_metrics;
};

// Resumes from the newest checkpoint in the folder; UserError when that is of another run. On a
// non-finite loss (Failure from Update) writes crash/ and rethrows. A checkpoint that cannot be
// written (full disk) is left out with a warning, the last one is a Failure.
TrainResult Train(Agent* agent, const RunFolder& run, const TrainOptions& options);

// Of the folder of a run: its best checkpoint, without validation its newest; UserError when there
// is none.
std::string BestCheckpoint(const std::string& folder);

}  // namespace rookery

#endif  // ROOKERY_CORE_TRAIN_H_
