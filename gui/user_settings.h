// What the viewer remembers of a user: looks, keys, layout, what was open last. One JSON file.
#ifndef ROOKERY_GUI_USER_SETTINGS_H_
#define ROOKERY_GUI_USER_SETTINGS_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gui/keys.h"
#include "gui/theme.h"

namespace rookery::gui {

struct UserSettings {
  Theme theme = Theme::kDark;
  double scale = 1;  // of letters and widgets, beside the display's
  Keys keys;
  std::string layout;                                 // ImGui's
  std::map<std::string, bool> open;                   // panels that are shown, by title
  std::string env = {}, agent = {}, checkpoint = {};  // last ones
  std::vector<std::string> recent = {};  // checkpoints, runs and recordings, the newest first
  nlohmann::json panels = nlohmann::json::object();  // of panels, by title

  // To the front of `recent`.
  void Remember(const std::string& path);
};

// ${XDG_CONFIG_HOME:-~/.config}/rookery/viewer.json.
std::string UserSettingsPath();
// The defaults where there is no such file; what it does not understand is left out with a warning.
// A file that is no JSON is renamed to <path>.broken, as the next Save would overwrite it.
UserSettings LoadUserSettings(const std::string& path);
// What that file holds.
std::string UserSettingsText(const UserSettings& settings);
// Atomic. A warning when it cannot be written: the viewer works without.
void SaveUserSettings(const UserSettings& settings, const std::string& path);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_USER_SETTINGS_H_
