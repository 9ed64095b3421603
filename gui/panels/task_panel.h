// Task panel: which environment is played, by whom, with which settings.
#ifndef ROOKERY_GUI_PANELS_TASK_PANEL_H_
#define ROOKERY_GUI_PANELS_TASK_PANEL_H_

#include <string>

#include "core/registry.h"
#include "gui/panel.h"
#include "gui/settings_editor.h"
#include "gui/snapshot.h"

namespace rookery::gui {

class TaskPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

 private:
  void DrawPicker(Interface* interface);
  void DrawFacts(Interface* interface);

  char filter_[64] = "";
  int64_t opened_ = 0;  // whose settings are edited
  const EnvEntry* entry_ = nullptr;
  bool scroll_ = false;  // to it, in the list
  SettingsEditor editor_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_TASK_PANEL_H_
