#include "core/registry_markdown.h"

#include <cmath>
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

}  // namespace

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
