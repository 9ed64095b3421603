#include "gui/cast.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/agent_file.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/train.h"

namespace rookery::gui {

Cast PlayedBy(Cast cast, const std::string& agent) {
  cast.agent = agent;
  cast.agent_settings.clear();
  cast.checkpoint.clear();
  return cast;
}

std::unique_ptr<Env> MakeCastEnv(Cast* cast) {
  const EnvEntry& entry = FindEnv(cast->env);
  cast->env = entry.id;
  std::unique_ptr<Config> config;
  if (cast->env_config.empty()) {
    config = MakeEnvConfig(entry, cast->env_settings);
    cast->env_config = ConfigToJson(*config).dump();
  } else {
    config = entry.make_config();
    ConfigFromJson(*config, nlohmann::json::parse(cast->env_config), entry.id);
    config->Check();
  }
  return entry.make(*config);
}

std::unique_ptr<Agent> MakeCastAgent(Cast* cast, const EnvSpec& env) {
  if (!cast->checkpoint.empty()) {
    const std::string file = std::filesystem::is_directory(cast->checkpoint)
                                 ? BestCheckpoint(cast->checkpoint)
                                 : cast->checkpoint;
    cast->agent = ReadAgentFileFacts(file).agent;
    return LoadAgentFile(file, env);
  }
  if (cast->agent == kPersonName) return nullptr;
  cast->agent = FindAgent(cast->agent).name;
  return MakeAgent(cast->agent, env, cast->agent_seed, cast->agent_settings);
}

}  // namespace rookery::gui
