// Training runs and demonstrations below a folder, and what is known of each.
#ifndef ROOKERY_GUI_RUN_LIST_H_
#define ROOKERY_GUI_RUN_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rookery::gui {

struct TrainingRun {
  std::string folder;
  std::string env, agent;  // "" when its config.json does not say
  int64_t steps = 0;       // of its newest checkpoint; 0 = none yet
};

// Folders that hold a training run, at most three levels down, in order of name. What cannot be
// read is left out.
std::vector<TrainingRun> FindTrainingRuns(const std::string& folder);

struct DemonstrationSet {
  std::string folder;
  std::string env, agent;
  int64_t episodes = 0;
};

// The same for folders that `rookery demos` made.
std::vector<DemonstrationSet> FindDemonstrations(const std::string& folder);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_RUN_LIST_H_
