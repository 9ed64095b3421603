#include "core/registry_markdown.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <set>
#include <vector>

#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

// A cell must not end early nor run over several lines.
std::string Cell(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + Cell(cell) + " |";
  return row + "\n";
}

std::string Percent(double share) {
  return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
}

// One row for all: `first` is the first of them.
std::string FamilyRow(const EnvEntry& first, const std::vector<const EnvEntry*>& envs) {
  int count = 0;
  const EnvEntry* last = &first;
  for (const EnvEntry* env : envs) {
    if (env->family != first.family) continue;
    ++count;
    last = env;
  }
  return Row({"`" + first.family + "`",
              std::to_string(count) + " environments, `" + first.id + "` to `" + last->id + "`",
              std::to_string(first.max_steps) + " steps", "no oracle", StatusName(first.status),
              first.source});
}

std::string Number(double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

// "[-1, 1]", or both ends of each element where they differ.
std::string Bounds(const ArraySpec& spec) {
  const auto ends = [](const std::vector<double>& values) {
    const bool same = std::all_of(values.begin(), values.end(),
                                  [&](double value) { return value == values.front(); });
    if (same) return Number(values.front());
    if (values.size() > 8) return std::string("...");
    std::vector<std::string> texts;
    for (const double value : values) texts.push_back(Number(value));
    return "(" + Join(texts) + ")";
  };
  return (spec.discrete ? "choice of " : "") + ("[" + ends(spec.low)) + ", " + ends(spec.high) +
         "]" + (spec.unit.empty() ? "" : " " + spec.unit);
}

std::string SpecTable(const std::string& title, const Spec& spec) {
  if (spec.arrays().empty()) return "";
  std::string text =
      "\n| " + title + " | type | bounds | what it is |\n| --- | --- | --- | --- |\n";
  for (const ArraySpec& array : spec.arrays()) {
    text += Row({"`" + array.name + "`",
                 std::string(DTypeName(array.dtype)) + " " + ShapeText(array.shape), Bounds(array),
                 array.description});
  }
  return text;
}

std::string OptionTable(Config& config) {
  std::string text = "\n| option | default | range | what it does |\n| --- | --- | --- | --- |\n";
  int rows = 0;
  for (const FieldInfo& field : ListFields(config)) {
    if (field.name == "wrap") continue;  // every environment has it
    std::string range = field.meta.choices.empty() ? "" : Join(field.meta.choices);
    if (std::isfinite(field.meta.min) || std::isfinite(field.meta.max)) {
      range = "[" + Number(field.meta.min) + ", " + Number(field.meta.max) + "]";
    }
    if (!field.meta.unit.empty()) range += (range.empty() ? "" : " ") + field.meta.unit;
    text += Row({"`" + field.name + "`", field.value.empty() ? "" : "`" + field.value + "`", range,
                 field.meta.help});
    ++rows;
  }
  return rows == 0 ? "" : text;
}

std::string EnvironmentSection(const EnvEntry& entry) {
  const std::unique_ptr<Config> config = entry.make_config();
  const std::unique_ptr<Env> env = entry.make(*config);
  const EnvSpec& spec = env->spec();
  std::string text = "\n## `" + (entry.family.empty() ? entry.id : entry.family) + "`\n\n";
  if (!entry.family.empty()) {
    std::vector<std::string> ids;
    for (const EnvEntry* other : ListEnvs()) {
      if (other->family == entry.family) ids.push_back("`" + other->id + "`");
    }
    text += std::to_string(ids.size()) + " environments: " + Join(ids) + ".\n\nAs `" + entry.id +
            "` has it:\n\n";
  }
  text +=
      "- " + entry.summary + "; source: " + entry.source + " (" + StatusName(entry.status) + ")\n";
  if (!entry.parity.empty()) text += "- " + entry.parity + "\n";
  for (const std::string& issue : entry.known_issues) text += "- known issue: " + issue + "\n";
  text += "- reward of a step in [" + Number(spec.reward_low) + ", " + Number(spec.reward_high) +
          "], return in [" + Number(entry.return_low) + ", " + Number(entry.return_high) + "]" +
          (entry.solved_return ? ", solved from " + Number(*entry.solved_return) : "") + "; " +
          (spec.max_steps > 0 ? "at most " + std::to_string(spec.max_steps) + " steps"
                              : "no time limit") +
          (spec.control_hz > 0 ? ", " + Number(spec.control_hz) + " a second" : "") + "\n";
  const char* const bounds[] = {"is an error", "is clamped", "is what the peer makes of it"};
  text += std::string("- an action out of bounds ") + bounds[static_cast<int>(spec.action_bounds)] +
          "\n";
  if (const std::vector<std::string> options = env->ResetOptions(); !options.empty()) {
    text += "- options of a reset: `" + Join(options, "`, `") + "`\n";
  }
  return text + SpecTable("observation", spec.observation) + SpecTable("action", spec.action) +
         SpecTable("info", spec.info) + OptionTable(*config);
}

}  // namespace

std::string EnvironmentsMarkdown() {
  std::string text =
      "# Environments\n\nMade by `rookery list --environments-page` from the registry; a test "
      "keeps it "
      "so. Options are\nset by `--set key=value`, `rookery.make(id, key=value)` or a settings "
      "file. "
      "Every environment\nalso takes `wrap` (see [wrappers](#wrappers)).\n";
  std::set<std::string> families;
  for (const EnvEntry* entry : ListEnvs()) {
    if (!entry->family.empty() && !families.insert(entry->family).second) continue;
    text += EnvironmentSection(*entry);
  }
  text +=
      "\n## Wrappers\n\n`wrap=sensor_noise:channels=5+sensor_shuffle:every=200` puts wrappers "
      "around an "
      "environment, from\nthe inside out. Their random numbers come from streams of their own, so "
      "that "
      "the environment\ndraws what it would draw without them.\n";
  for (const WrapperEntry* wrapper : ListWrappers()) {
    text += "\n### `" + wrapper->name + "`\n\n" + wrapper->summary + " (" + wrapper->source +
            ")\n" + OptionTable(*wrapper->make_config());
  }
  return text;
}

std::string RegistryMarkdown() {
  std::string text =
      "| environment | task | time limit | oracle solves | status | source |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  const std::vector<const EnvEntry*> envs = ListEnvs();
  std::set<std::string> families;
  for (const EnvEntry* env : envs) {
    if (!env->family.empty()) {
      if (families.insert(env->family).second) text += FamilyRow(*env, envs);
      continue;
    }
    text += Row({"`" + env->id + "`", env->summary,
                 env->max_steps > 0 ? std::to_string(env->max_steps) + " steps" : "none",
                 env->oracle_success > 0 ? "at least " + Percent(env->oracle_success) : "no oracle",
                 StatusName(env->status), env->source});
  }
  text += "\n| wrapper | what it does | source |\n| --- | --- | --- |\n";
  for (const WrapperEntry* wrapper : ListWrappers()) {
    text += Row({"`" + wrapper->name + "`", wrapper->summary, wrapper->source});
  }
  text +=
      "\n| agent | what it does | learns | profiles | status | source |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const AgentEntry* agent : ListAgents()) {
    std::vector<std::string> profiles;
    for (const Profile& profile : agent->profiles) profiles.push_back("`" + profile.name + "`");
    text += Row({"`" + agent->name + "`", agent->summary, agent->learns ? "yes" : "no",
                 Join(profiles), StatusName(agent->status), agent->source});
  }
  return text;
}

}  // namespace rookery
