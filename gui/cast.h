// Who plays what: an environment and an agent by name, with their settings.
#ifndef ROOKERY_GUI_CAST_H_
#define ROOKERY_GUI_CAST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/agent.h"
#include "core/env.h"

namespace rookery::gui {

// Not a registered agent: the person at the viewer (gui/person.h).
inline constexpr char kPersonName[] = "person";

struct Cast {
  std::string env;                             // id
  std::vector<std::string> env_settings = {};  // "key=value"
  std::string env_config = {};                 // JSON; used instead of the settings when not empty
  std::string agent = "random";                // name, or kPersonName
  std::vector<std::string> agent_settings = {};
  std::string checkpoint = {};  // file of a trained agent; `agent` is then its name
  uint64_t agent_seed = 0;

  bool operator==(const Cast&) const = default;
};

// The same environment played by another: an agent with its standard settings, or the person.
Cast PlayedBy(Cast cast, const std::string& agent);
// UserError as the registry's; `env_config` becomes the JSON of all settings.
std::unique_ptr<Env> MakeCastEnv(Cast* cast);
// UserError when the agent does not fit; `agent` becomes the checkpoint's. nullptr for a person.
std::unique_ptr<Agent> MakeCastAgent(Cast* cast, const EnvSpec& env);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_CAST_H_
