// Sliders, boxes and menus for the fields of a Config.
#ifndef ROOKERY_GUI_SETTINGS_EDITOR_H_
#define ROOKERY_GUI_SETTINGS_EDITOR_H_

#include <string>
#include <vector>

#include "core/config.h"

namespace rookery::gui {

// Keeps texts, so that what is typed wrongly is said by the field's own check.
class SettingsEditor {
 public:
  // `settings` ("key=value") are laid over the defaults.
  void Start(Config* defaults, const std::vector<std::string>& settings);
  // For a field that something else edits; it keeps its default.
  void Remove(const std::string& name);
  // Draws all fields; true when a change of one is finished. `filter` hides those without the text.
  bool Draw(const char* filter = "");
  // Where what was typed is not what Start was given: `why`, unless empty, and a button that takes
  // it back.
  void DrawRefusal(const std::string& why);
  // Those that differ from the defaults, "key=value".
  std::vector<std::string> Settings() const;
  bool empty() const { return fields_.empty(); }

 private:
  struct Row {
    FieldInfo field;
    std::string standard, in_force;  // the default; what Start was given
  };
  bool DrawField(Row* row);
  std::vector<Row> fields_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SETTINGS_EDITOR_H_
