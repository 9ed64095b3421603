#include "gui/user_settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"

namespace rookery::gui {
namespace {

constexpr size_t kMostRecent = 12;

// The value of `key` when it is there and of its type.
template <typename T>
void Get(const nlohmann::json& json, const char* key, T* value) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  try {
    *value = found->get<T>();
  } catch (const nlohmann::json::exception&) {
    LogWarning(std::string("viewer settings: ") + key + " is not understood and left out");
  }
}

}  // namespace

void UserSettings::Remember(const std::string& path) {
  recent.erase(std::remove(recent.begin(), recent.end(), path), recent.end());
  recent.insert(recent.begin(), path);
  if (recent.size() > kMostRecent) recent.resize(kMostRecent);
}

std::string UserSettingsPath() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (config != nullptr && *config != '\0') {
    folder = config;
  } else {
    folder = std::filesystem::path(home != nullptr ? home : ".") / ".config";
  }
  return (folder / "rookery" / "viewer.json").string();
}

UserSettings LoadUserSettings(const std::string& path) {
  UserSettings settings;
  if (!std::filesystem::exists(path)) return settings;
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(ReadFile(path));
    if (!json.is_object()) throw UserError("no object");
  } catch (const std::exception& error) {
    std::error_code none;
    const std::string aside = path + ".broken";
    std::filesystem::rename(path, aside, none);
    LogWarning(path + " is not understood (" + error.what() + "); the viewer starts afresh" +
               (none ? "" : ", and keeps it as " + aside));
    return settings;
  }
  std::string theme;
  Get(json, "theme", &theme);
  if (theme == "light") settings.theme = Theme::kLight;
  Get(json, "scale", &settings.scale);
  settings.scale = std::clamp(settings.scale, 0.5, 3.0);
  if (json.contains("keys")) settings.keys.FromJson(json["keys"]);
  Get(json, "layout", &settings.layout);
  Get(json, "open", &settings.open);
  Get(json, "env", &settings.env);
  Get(json, "agent", &settings.agent);
  Get(json, "checkpoint", &settings.checkpoint);
  Get(json, "recent", &settings.recent);
  if (json.contains("panels") && json["panels"].is_object()) settings.panels = json["panels"];
  return settings;
}

std::string UserSettingsText(const UserSettings& settings) {
  const nlohmann::json json = {
      {"theme", settings.theme == Theme::kLight ? "light" : "dark"},
      {"scale", settings.scale},
      {"keys", settings.keys.ToJson()},
      {"layout", settings.layout},
      {"open", settings.open},
      {"env", settings.env},
      {"agent", settings.agent},
      {"checkpoint", settings.checkpoint},
      {"recent", settings.recent},
      {"panels", settings.panels},
  };
  return json.dump(2) + "\n";
}

void SaveUserSettings(const UserSettings& settings, const std::string& path) {
  try {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    WriteFileAtomic(path, UserSettingsText(settings));
  } catch (const std::exception& error) {
    LogWarning(std::string("the viewer's settings are not kept: ") + error.what());
  }
}

}  // namespace rookery::gui
