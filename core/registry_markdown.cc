#include "core/registry_markdown.h"

#include <cmath>
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

}  // namespace

std::string RegistryMarkdown() {
  std::string text =
      "| environment | task | time limit | oracle solves | status | source |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const EnvEntry* env : ListEnvs()) {
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
