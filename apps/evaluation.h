// What `eval` and `quickstart` share.
#ifndef ROOKERY_APPS_EVALUATION_H_
#define ROOKERY_APPS_EVALUATION_H_

#include <string>

#include "apps/settings.h"
#include "renderers/report/evaluation_report.h"

namespace rookery {

struct EvaluationOptions {
  std::string env, agent, checkpoint, out, seed = "1", agent_seed = "0";
  std::string seeds_of;  // a folder of episodes whose first seeds are the test; empty: see seed
  SettingsOptions settings;
  int64_t episodes = 20;
  int threads = 1;
  int stories = 8;  // episodes shown in the report, failures first
  bool solvable_only = false;
  bool record = true;  // episodes on disk
  bool film = true;    // of the first story that was solved, and of the first that was not
};

struct EvaluationOutcome {
  std::string folder;
  report::EvaluationFacts facts;
};

// Runs the episodes with a progress bar, records them in <out>/episodes and films. Writes no
// report yet. What was interrupted goes on, when it was recorded.
EvaluationOutcome RunEvaluation(const EvaluationOptions& options);

}  // namespace rookery

#endif  // ROOKERY_APPS_EVALUATION_H_
