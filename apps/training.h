// What `train` and `quickstart` share.
#ifndef ROOKERY_APPS_TRAINING_H_
#define ROOKERY_APPS_TRAINING_H_

#include <string>

#include "apps/settings.h"
#include "renderers/report/training_report.h"

namespace rookery {

struct TrainingOptions {
  std::string agent, env, episodes_dir, out, seed = "0";
  SettingsOptions settings;
  int64_t demos = 0, checkpoint_every = 0, validate_episodes = 0;
  int64_t steps = 0;  // 0 = the agent's own setting
  int threads = 1;
};

struct TrainingOutcome {
  std::string folder;
  report::TrainingFacts facts;
};

// Sets up the run folder (config.json, version.json), trains with a progress bar and writes
// report.html.
TrainingOutcome RunTraining(const TrainingOptions& options);

}  // namespace rookery

#endif  // ROOKERY_APPS_TRAINING_H_
