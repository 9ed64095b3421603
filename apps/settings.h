// `--set key=value` for an environment and an agent at once: a key goes to whoever has it;
// env.key and agent.key say it outright.
#ifndef ROOKERY_APPS_SETTINGS_H_
#define ROOKERY_APPS_SETTINGS_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/evaluate.h"
#include "core/registry.h"
#include "core/run_folder.h"

namespace rookery {

struct SplitSettings {
  std::vector<std::string> env, agent;
};
// `agent` may be null. UserError for a key that nobody or everybody has.
SplitSettings Split(const std::vector<std::string>& settings, const EnvEntry& env,
                    const AgentEntry* agent);

// Options --set and --config of a subcommand.
struct SettingsOptions {
  std::vector<std::string> set;
  std::string config;  // TOML file; --set wins over it
};
void AddSettingsOptions(CLI::App* app, SettingsOptions* options, const std::string& whose);
// Those of the file (errors name its line), then those of --set.
SplitSettings Split(const SettingsOptions& options, const EnvEntry& env, const AgentEntry* agent);

// A named environment with its settings.
struct EnvChoice {
  const EnvEntry* entry = nullptr;
  std::string config_json;
  EnvFactory factory;
};
EnvChoice ChooseEnv(const std::string& name, const std::vector<std::string>& settings);
// The environment an episode was recorded on.
EnvChoice ChooseEnvFromJson(const std::string& name, const std::string& config_json);

// Bounds of an episode's return: the registered ones or, where wrappers are around it, those that
// follow from the rewards of its steps.
std::pair<double, double> ReturnRange(const EnvChoice& choice, const EnvSpec& spec);

// first, first + 2, first + 4, ...: even seeds train, odd seeds test.
std::vector<uint64_t> EverySecondSeed(uint64_t first, int64_t count);
// UserError when the folder's config.json says that it holds something else than a `kind`
// ("training run", "evaluation", "set of demonstrations").
void RequireKind(const RunFolder& run, const std::string& kind);
// Writes config.json (with the kind and the command line) and version.json: what made a folder.
void WriteRunFacts(const RunFolder& run, const std::string& kind, nlohmann::json config);
// For CLI11: an integer from `least`.
CLI::Validator AtLeast(int64_t least);
// Non-negative seed from text that may be as large as 2^64 - 1; UserError otherwise.
uint64_t ParseSeed(const std::string& text);
// Default folder of a run: runs/<verb>_<env>_<agent>.
std::string DefaultFolder(const std::string& verb, const std::string& env,
                          const std::string& agent);
// "97.0 (95 % interval 93.1 to 98.9)": percent.
std::string Percent(double value, std::pair<double, double> interval);

}  // namespace rookery

#endif  // ROOKERY_APPS_SETTINGS_H_
