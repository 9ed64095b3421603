// A form for what `rookery train`, `rookery demos` and `rookery eval` are to be told.
#ifndef ROOKERY_GUI_TRAINING_FORM_H_
#define ROOKERY_GUI_TRAINING_FORM_H_

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "core/registry.h"
#include "gui/run_list.h"
#include "gui/settings_editor.h"
#include "gui/snapshot.h"

namespace rookery::gui {

// A command to run: its words after the program's name.
struct TrainingOrder {
  enum class Kind { kTrain, kDemonstrations, kEvaluate };
  Kind kind = Kind::kTrain;
  std::string title;   // "training transporter"
  std::string folder;  // that it writes to
  std::vector<std::string> words;
};

// Settings of `entry` that differ from the defaults, "key=value", from the JSON of all of them.
std::vector<std::string> SettingsFromJson(const EnvEntry& entry, const std::string& json);
// The command that goes on with a run: the one that began it, with its folder as --out.
TrainingOrder ContinueOrder(const std::string& command, const std::string& folder);

class TrainingForm {
 public:
  // What its buttons ask for. `busy`: something runs, nothing can be started.
  std::optional<TrainingOrder> Draw(const Snapshot& now, bool busy);
  // Looks again for demonstrations, off this thread.
  void Search();
  void ChooseDemonstrations(const std::string& folder);

 private:
  void ChooseAgent(const AgentEntry& entry, size_t profile);
  void ChooseTask(const Snapshot& now);
  void ProposeFolder();
  void DrawLearner(const Snapshot& now);
  std::optional<TrainingOrder> DrawDemonstrations(const Snapshot& now, bool busy);
  TrainingOrder TrainOrder(const Snapshot& now) const;

  const AgentEntry* agent_ = nullptr;
  size_t profile_ = 0;
  SettingsEditor editor_;
  std::string env_;  // for which folders are suggested
  char demonstrations_[512] = "";
  char out_[512] = "";
  std::string proposed_;  // as out_, until a person types another
  int drawn_ = -1;        // in that frame
  int64_t steps_ = 400, seed_ = 0, checkpoint_every_ = 0, validate_ = 10, demo_episodes_ = 10;
  int threads_ = 1;
  std::vector<DemonstrationSet> found_;
  std::future<std::vector<DemonstrationSet>> searching_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_TRAINING_FORM_H_
