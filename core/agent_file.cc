#include "core/agent_file.h"

#include <nlohmann/json.hpp>

#include "core/checkpoint_file.h"
#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr char kFacts[] = "rookery.agent";

AgentFileFacts FactsOf(const Checkpoint& checkpoint, const std::string& path) {
  const auto found = checkpoint.meta.find(kFacts);
  if (found == checkpoint.meta.end()) {
    throw UserError(path + ": not a checkpoint of an agent (no " + std::string(kFacts) + ")");
  }
  try {
    const json facts = json::parse(found->second);
    return {facts.at("agent"), facts.at("agent_config"), facts.at("env"), facts.at("env_config"),
            facts.at("data"),  facts.at("seed"),         facts.at("step")};
  } catch (const json::exception& error) {
    throw UserError(path + ": damaged " + std::string(kFacts) + ": " + error.what());
  }
}

std::vector<std::string> SettingsFromJson(const std::string& text, const std::string& path) {
  std::vector<std::string> settings;
  try {
    const json object = json::parse(text);
    for (const auto& [key, value] : object.items()) {
      settings.push_back(key + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
  } catch (const json::exception& error) {
    throw UserError(path + ": damaged settings: " + error.what());
  }
  return settings;
}

void LoadInto(Agent* agent, const Checkpoint& checkpoint, const std::string& path) {
  try {
    agent->Load(checkpoint);
  } catch (const UserError& error) {
    throw UserError(path + ": " + error.what());
  }
}

}  // namespace

void SaveAgentFile(const std::string& path, const Agent& agent, const AgentFileFacts& facts) {
  Checkpoint checkpoint;
  agent.Save(&checkpoint);
  checkpoint.meta[kFacts] = json{
      {"agent", facts.agent}, {"agent_config", facts.agent_config},
      {"env", facts.env},     {"env_config", facts.env_config},
      {"data", facts.data},   {"seed", facts.seed},
      {"step", facts.step}}.dump();
  WriteCheckpoint(path, checkpoint);
}

AgentFileFacts ReadAgentFileFacts(const std::string& path) {
  return FactsOf(ReadCheckpoint(path), path);
}

std::unique_ptr<Agent> LoadAgentFile(const std::string& path, const EnvSpec& env) {
  const Checkpoint checkpoint = ReadCheckpoint(path);
  const AgentFileFacts facts = FactsOf(checkpoint, path);
  std::unique_ptr<Agent> agent =
      MakeAgent(facts.agent, env, facts.seed, SettingsFromJson(facts.agent_config, path));
  LoadInto(agent.get(), checkpoint, path);
  return agent;
}

AgentFileFacts RestoreAgentFile(const std::string& path, Agent* agent,
                                const AgentFileFacts& expected) {
  const Checkpoint checkpoint = ReadCheckpoint(path);
  const AgentFileFacts facts = FactsOf(checkpoint, path);
  const auto require = [&](const std::string& what, const std::string& found,
                           const std::string& wanted) {
    if (found != wanted) {
      throw UserError(path + ": was trained with " + what + " " + found + ", this run has " +
                      wanted + "; use another folder or the same settings");
    }
  };
  require("agent", facts.agent, expected.agent);
  require("environment", facts.env, expected.env);
  require("seed", std::to_string(facts.seed), std::to_string(expected.seed));
  require("the demonstrations", facts.data, expected.data);
  const auto require_settings = [&](const std::string& found, const std::string& wanted) {
    if (found == wanted) return;
    const json of_file = json::parse(found), of_run = json::parse(wanted);
    json both = of_file;
    both.update(of_run);
    for (const auto& [key, value] : both.items()) {
      require(key, of_file.value(key, json()).dump(), of_run.value(key, json()).dump());
    }
  };
  require_settings(facts.env_config, expected.env_config);
  require_settings(facts.agent_config, expected.agent_config);
  LoadInto(agent, checkpoint, path);
  return facts;
}

}  // namespace rookery
