#include <cmath>
#include <cstdio>
#include <memory>

#include "apps/command.h"
#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

nlohmann::json SpecJson(const Spec& spec) {
  nlohmann::json out = nlohmann::json::array();
  for (const ArraySpec& array : spec.arrays()) {
    out.push_back({{"name", array.name},
                   {"dtype", DTypeName(array.dtype)},
                   {"shape", array.shape},
                   {"unit", array.unit},
                   {"description", array.description}});
  }
  return out;
}

nlohmann::json FieldsJson(Config& config) {
  nlohmann::json out = nlohmann::json::array();
  for (const FieldInfo& field : ListFields(config)) {
    out.push_back({{"name", field.name},
                   {"type", field.type},
                   {"default", field.value},
                   {"unit", field.meta.unit},
                   {"help", field.meta.help},
                   {"min", field.meta.min},  // null: no limit
                   {"max", field.meta.max},
                   {"choices", field.meta.choices}});
  }
  return out;
}

std::string Heading(const std::string& name, const std::string& summary, const std::string& source,
                    Status status, const std::vector<std::string>& issues) {
  std::string text = name + "\n  " + summary + "\n  source: " + source +
                     "\n  status: " + StatusName(status) + "\n";
  for (const std::string& issue : issues) text += "  known issue: " + issue + "\n";
  return text;
}

std::string Number(double v) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", v);
  return text;
}

// "0 to 500", "at most 0", "any".
std::string RangeText(double low, double high) {
  const bool from = std::isfinite(low), to = std::isfinite(high);
  return from && to ? Number(low) + " to " + Number(high)
         : from     ? "at least " + Number(low)
         : to       ? "at most " + Number(high)
                    : "any";
}

int InfoEnv(const EnvEntry& entry, Output* out) {
  const std::unique_ptr<Config> config = entry.make_config();
  const std::unique_ptr<Env> env = entry.make(*config);
  const EnvSpec& spec = env->spec();
  out->Print(Heading(entry.id, entry.summary, entry.source, entry.status, entry.known_issues));
  out->Print(
      "  time limit: " + (spec.max_steps > 0 ? std::to_string(spec.max_steps) + " steps" : "none") +
      "\n  return: " + RangeText(entry.return_low, entry.return_high) + ", random actions below " +
      Number(entry.random_score) +
      (entry.solved_return ? ", solved from " + Number(*entry.solved_return) : "") + "\n" +
      (spec.has_oracle
           ? "  oracle: solves at least " + Number(100 * entry.oracle_success) + " % of the seeds\n"
           : ""));
  out->Print("Observation\n" + spec.observation.Text() + "Action\n" + spec.action.Text() +
             (spec.info.arrays().empty() ? "" : "Info\n" + spec.info.Text()));
  const std::string fields = FieldTableText(*config);
  if (!fields.empty()) out->Print("Settings (--set key=value)\n" + fields);
  out->document = {{"kind", "environment"},
                   {"id", entry.id},
                   {"summary", entry.summary},
                   {"source", entry.source},
                   {"status", StatusName(entry.status)},
                   {"known_issues", entry.known_issues},
                   {"max_steps", spec.max_steps},
                   {"has_oracle", spec.has_oracle},
                   {"oracle_success", entry.oracle_success},
                   {"random_score", entry.random_score},
                   {"solved_return",
                    entry.solved_return ? nlohmann::json(*entry.solved_return) : nlohmann::json()},
                   {"return_range", {entry.return_low, entry.return_high}},
                   {"observation", SpecJson(spec.observation)},
                   {"action", SpecJson(spec.action)},
                   {"info", SpecJson(spec.info)},
                   {"settings", FieldsJson(*config)}};
  return 0;
}

int InfoAgent(const AgentEntry& entry, Output* out) {
  const std::unique_ptr<Config> config = MakeAgentConfig(entry, {});
  out->Print(Heading(entry.name, entry.summary, entry.source, entry.status, entry.known_issues));
  nlohmann::json profiles = nlohmann::json::array();
  if (!entry.profiles.empty())
    out->Print("Profiles (--set profile=NAME; the first is the default)\n");
  for (const Profile& profile : entry.profiles) {
    out->Print("  " + profile.name + "  " + profile.summary + "\n");
    profiles.push_back(
        {{"name", profile.name}, {"summary", profile.summary}, {"settings", profile.settings}});
  }
  const std::string fields = FieldTableText(*config);
  if (!fields.empty()) out->Print("Settings (--set key=value)\n" + fields);
  out->document = {{"kind", "agent"},
                   {"name", entry.name},
                   {"summary", entry.summary},
                   {"source", entry.source},
                   {"status", StatusName(entry.status)},
                   {"known_issues", entry.known_issues},
                   {"learns", entry.learns},
                   {"needs_episodes", entry.needs_episodes},
                   {"privileged", entry.privileged},
                   {"profiles", profiles},
                   {"settings", FieldsJson(*config)}};
  return 0;
}

int InfoWrapper(const WrapperEntry& entry, Output* out) {
  const std::unique_ptr<Config> config = entry.make_config();
  out->Print(entry.name + "\n  " + entry.summary + "\n  source: " + entry.source + "\n");
  out->Print("Settings (--set wrap=" + entry.name + ":KEY=VALUE,...)\n" + FieldTableText(*config));
  out->document = {{"kind", "wrapper"},
                   {"name", entry.name},
                   {"summary", entry.summary},
                   {"source", entry.source},
                   {"settings", FieldsJson(*config)}};
  return 0;
}

int Info(const std::string& name, Output* out) {
  // Only what the look-up throws means that there is no such entry.
  const auto found = [&](const auto& find) {
    try {
      return &find(name);
    } catch (const UserError&) {
      return static_cast<decltype(&find(name))>(nullptr);
    }
  };
  if (const AgentEntry* agent = found(FindAgent)) return InfoAgent(*agent, out);
  if (const EnvEntry* env = found(FindEnv)) return InfoEnv(*env, out);
  if (const WrapperEntry* wrapper = found(FindWrapper)) return InfoWrapper(*wrapper, out);
  std::vector<std::string> agents, wrappers;
  for (const AgentEntry* agent : ListAgents()) agents.push_back(agent->name);
  for (const WrapperEntry* wrapper : ListWrappers()) wrappers.push_back(wrapper->name);
  if (!NearestNames(name, agents).empty()) FindAgent(name);
  if (!NearestNames(name, wrappers).empty()) FindWrapper(name);
  FindEnv(name);
  throw Bug("found what was not there");
}

ROOKERY_REGISTER_COMMAND(
    Info,
    {.name = "info",
     .summary = "Everything about one environment, wrapper or agent",
     .order = 20,
     .example = "rookery info Ravens/BlockInsertion-v0",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto name = std::make_shared<std::string>();
       app->add_option("name", *name, "environment id, name of a wrapper or an agent")->required();
       return [name](Output* out) { return Info(*name, out); };
     }});

}  // namespace
}  // namespace rookery
