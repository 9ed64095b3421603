// An agent and its checkpoint: what was trained, on what, with which settings, in one file.
#ifndef ROOKERY_CORE_AGENT_FILE_H_
#define ROOKERY_CORE_AGENT_FILE_H_

#include <memory>
#include <string>

#include "core/agent.h"
#include "core/env.h"

namespace rookery {

// What every checkpoint says about itself, kept in its meta texts.
struct AgentFileFacts {
  std::string agent;         // registered name
  std::string agent_config;  // JSON of all settings
  std::string env;           // id it was trained on
  std::string env_config;    // JSON
  std::string data = {};     // names the demonstrations; "" when there are none
  uint64_t seed = 0;         // of the agent
  int64_t step = 0;          // updates done
};

// Atomic.
void SaveAgentFile(const std::string& path, const Agent& agent, const AgentFileFacts& facts);
// UserError when the file is damaged or not an agent's checkpoint.
AgentFileFacts ReadAgentFileFacts(const std::string& path);
// Makes the agent for `env` and restores it. UserError when it does not support `env` or the
// tensors do not fit.
std::unique_ptr<Agent> LoadAgentFile(const std::string& path, const EnvSpec& env);
// Restores an agent that exists already; UserError when the file is of another agent or of
// other settings or data (the first that differs is named).
AgentFileFacts RestoreAgentFile(const std::string& path, Agent* agent,
                                const AgentFileFacts& expected);

}  // namespace rookery

#endif  // ROOKERY_CORE_AGENT_FILE_H_
