// Training panel: a training run watched while it goes on, its newest checkpoint acting; trainings
// started from here.
#ifndef ROOKERY_GUI_PANELS_TRAINING_PANEL_H_
#define ROOKERY_GUI_PANELS_TRAINING_PANEL_H_

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/subprocess.h"
#include "gui/panel.h"
#include "gui/run_list.h"
#include "gui/run_monitor.h"
#include "gui/training_form.h"
#include "gui/training_plots.h"

namespace rookery::gui {

class TrainingPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  void Attach(const std::string& folder);
  // Null when none is watched.
  const RunState* run() const { return state_.get(); }
  // What was started from here; null before.
  const ChildProcess* child() const { return child_.get(); }
  void Start(Interface* interface, const TrainingOrder& order);

 private:
  void Search();
  void Follow(Interface* interface);
  void ChildEnded(Interface* interface);
  void DrawRun(Interface* interface);
  void DrawRunPicker(Interface* interface);
  void DrawRuns(Interface* interface);
  void DrawFacts(Interface* interface);
  void DrawResults();
  void DrawButtons(Interface* interface);
  void DrawStop();  // while something runs that was started here
  void DrawLog();
  void Remember(Interface* interface);
  bool busy() const { return child_ != nullptr && child_->running(); }

  std::unique_ptr<RunMonitor> monitor_;
  std::shared_ptr<const RunState> state_;
  char path_[512] = "";
  std::vector<TrainingRun> runs_;
  std::future<std::vector<TrainingRun>> searching_;
  bool searched_ = false, restored_ = false;
  TrainingPlots plots_;
  TrainingForm form_;
  std::unique_ptr<ChildProcess> child_;
  TrainingOrder order_;  // of the child
  bool child_ended_ = false;
  bool follow_ = false;
  std::string acting_;  // checkpoint that acts, or will from the next episode on
  std::string tab_;     // to bring to the front
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_TRAINING_PANEL_H_
