// What `train` and `quickstart` share.
#ifndef ROOKERY_APPS_TRAINING_H_
#define ROOKERY_APPS_TRAINING_H_

#include <string>
#include <vector>

#include "core/train.h"

namespace rookery {

struct TrainingOptions {
  std::string agent, env, episodes_dir, out, seed = "0";
  std::vector<std::string> settings;
  int64_t demos = 0, steps = 400, checkpoint_every = 0, validate_episodes = 0;
  int threads = 1;
};

struct TrainingOutcome {
  std::string env, agent, folder;
  int64_t parameters = 0;
  TrainResult result;
};

// Sets up the run folder (config.json, version.json) and trains with a progress bar.
TrainingOutcome RunTraining(const TrainingOptions& options);

}  // namespace rookery

#endif  // ROOKERY_APPS_TRAINING_H_
