#include "apps/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace rookery {
namespace {

std::vector<std::string> Keys(Config& config) {
  std::vector<std::string> keys;
  for (const FieldInfo& field : ListFields(config)) keys.push_back(field.name);
  return keys;
}

bool Contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

EnvChoice Complete(const EnvEntry& entry, std::unique_ptr<Config> config) {
  EnvChoice choice;
  choice.entry = &entry;
  choice.config_json = ConfigToJson(*config).dump();
  std::shared_ptr<Config> shared = std::move(config);
  choice.factory = [shared, &entry] { return entry.make(*shared); };
  return choice;
}

}  // namespace

SplitSettings Split(const std::vector<std::string>& settings, const EnvEntry& env,
                    const AgentEntry* agent) {
  const std::vector<std::string> env_keys = Keys(*env.make_config());
  const std::vector<std::string> agent_keys =
      agent == nullptr ? std::vector<std::string>() : Keys(*agent->make_config());
  SplitSettings out;
  for (const std::string& setting : settings) {
    const std::string key = setting.substr(0, setting.find('='));
    if (key.rfind("env.", 0) == 0) {
      out.env.push_back(setting.substr(4));
      continue;
    }
    if (key.rfind("agent.", 0) == 0) {
      out.agent.push_back(setting.substr(6));
      continue;
    }
    const bool in_env = Contains(env_keys, key), in_agent = Contains(agent_keys, key);
    if (in_env && in_agent) {
      throw UserError("setting '" + key + "' belongs to " + env.id + " and to " + agent->name +
                      "; write env." + key + " or agent." + key);
    }
    if (!in_env && !in_agent) {
      std::vector<std::string> all = agent_keys;
      all.insert(all.end(), env_keys.begin(), env_keys.end());
      throw UserError("unknown setting '" + key + "' for " + env.id +
                      (agent == nullptr ? "" : " and " + agent->name) + DidYouMean(key, all) +
                      "; there are " + Join(all));
    }
    (in_env ? out.env : out.agent).push_back(setting);
  }
  return out;
}

void AddSettingsOptions(CLI::App* app, SettingsOptions* options, const std::string& whose) {
  app->add_option("--set", options->set,
                  "key=value of the " + whose + "; `rookery info NAME` lists the keys")
      ->allow_extra_args(false);
  app->add_option("--config", options->config,
                  "TOML file of such keys, at its top or in [env] and [agent]; --set wins");
}

SplitSettings Split(const SettingsOptions& options, const EnvEntry& env, const AgentEntry* agent) {
  SplitSettings out;
  const auto append = [&](const SplitSettings& more) {
    out.env.insert(out.env.end(), more.env.begin(), more.env.end());
    out.agent.insert(out.agent.end(), more.agent.begin(), more.agent.end());
  };
  if (!options.config.empty()) {
    for (const TomlSetting& item : ReadTomlSettings(options.config)) {
      try {
        const SplitSettings one = Split(std::vector<std::string>{item.setting}, env, agent);
        MakeEnvConfig(env, one.env);
        if (agent != nullptr) MakeAgentConfig(*agent, one.agent);
        append(one);
      } catch (const UserError& error) {
        throw UserError(item.where + ": " + error.what());
      }
    }
  }
  append(Split(options.set, env, agent));
  return out;
}

EnvChoice ChooseEnv(const std::string& name, const std::vector<std::string>& settings) {
  const EnvEntry& entry = FindEnv(name);
  return Complete(entry, MakeEnvConfig(entry, settings));
}

EnvChoice ChooseEnvFromJson(const std::string& name, const std::string& config_json) {
  const EnvEntry& entry = FindEnv(name);
  std::unique_ptr<Config> config = entry.make_config();
  ConfigFromJson(*config, nlohmann::json::parse(config_json), entry.id);
  return Complete(entry, std::move(config));
}

std::pair<double, double> ReturnRange(const EnvChoice& choice, const EnvSpec& spec) {
  if (nlohmann::json::parse(choice.config_json).value("wrap", "").empty()) {
    return {choice.entry->return_low, choice.entry->return_high};
  }
  // No steps at all, or as many as there may be.
  constexpr double kAny = std::numeric_limits<double>::infinity();
  const double steps = spec.max_steps > 0 ? spec.max_steps : kAny;
  return {spec.reward_low < 0 ? spec.reward_low * steps : 0,
          spec.reward_high > 0 ? spec.reward_high * steps : 0};
}

std::vector<uint64_t> EverySecondSeed(uint64_t first, int64_t count) {
  std::vector<uint64_t> seeds;
  for (int64_t i = 0; i < count; ++i) seeds.push_back(first + 2 * static_cast<uint64_t>(i));
  return seeds;
}

uint64_t ParseSeed(const std::string& text) {
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UserError("seed '" + text + "' is not an integer from 0 to 18446744073709551615");
  }
  return seed;
}

void RequireKind(const RunFolder& run, const std::string& kind) {
  const std::string file = run.path() + "/config.json";
  if (!std::filesystem::exists(file)) return;
  const nlohmann::json config = nlohmann::json::parse(ReadFile(file), nullptr, false);
  const std::string found = config.is_object() ? config.value("kind", "") : "";
  if (found != kind) {
    throw UserError(run.path() + " holds " +
                    (found.empty()
                         ? "something else"
                         : "the files of a" + std::string(found[0] == 'e' ? "n " : " ") + found) +
                    " (config.json); choose another --out");
  }
}

CLI::Validator AtLeast(int64_t least) {
  const std::string name = "INT>=" + std::to_string(least);
  return CLI::Validator(
      [least](std::string& text) {
        int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < least) {
          return "'" + text + "' is not an integer from " + std::to_string(least);
        }
        return std::string();
      },
      name);
}

void WriteRunFacts(const RunFolder& run, const std::string& kind, nlohmann::json config) {
  config["kind"] = kind;
  config["command"] = CommandLineText();
  run.WriteJson("config.json", config.dump(2));
  run.WriteJson("version.json", nlohmann::json(EngineVersions()).dump(2));
}

std::string DefaultFolder(const std::string& verb, const std::string& env,
                          const std::string& agent) {
  std::string name = verb + "_" + env + (agent.empty() ? "" : "_" + agent);
  std::replace(name.begin(), name.end(), '/', '-');
  return "runs/" + name;
}

std::string Percent(double value, std::pair<double, double> interval) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f (95 %% interval %.1f to %.1f)", 100 * value,
                100 * interval.first, 100 * interval.second);
  return text;
}

}  // namespace rookery
