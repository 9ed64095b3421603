#include <memory>

#include "apps/command.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/registry_markdown.h"
#include "renderers/image_io.h"
#include "renderers/report/contact_sheet.h"

namespace rookery {
namespace {

std::string Row(const std::string& name, size_t width, const std::string& status,
                const std::string& summary) {
  std::string row = "  " + name + std::string(width + 2 - name.size(), ' ') + status;
  row.resize(std::max(row.size() + 1, width + 18), ' ');
  return row + summary + "\n";
}

// "Ravens/BlockInsertion-v0" -> "BlockInsertion".
std::string ShortName(const std::string& id) {
  const std::string name = id.substr(id.find('/') + 1);  // npos + 1 = 0
  return name.substr(0, name.rfind("-v"));
}

// The first scene of every environment that has one to draw.
int Pictures(const std::string& path, Output* out) {
  constexpr uint64_t kSeed = 3;
  constexpr int kColumns = 6, kWidth = 208;
  std::vector<report::SheetEntry> entries;
  for (const EnvEntry* entry : ListEnvs()) {
    const std::unique_ptr<Env> env = MakeEnv(entry->id);
    StepResult result;
    env->Reset(kSeed, &result);
    // Screens of games are pictures of their makers, not ours.
    const Scene& scene = env->GetScene();
    if (scene.cameras.empty()) continue;
    entries.push_back({ShortName(entry->id), report::ScenePicture(scene, "overview", kWidth)});
  }
  if (entries.empty()) throw UserError("there is no environment with a scene to draw");
  WritePng(path, report::ContactSheet(entries, kColumns));
  out->document = {{"pictures", path}, {"environments", entries.size()}};
  out->Print(std::to_string(entries.size()) + " environments drawn in " + path + "\n");
  return 0;
}

int List(bool markdown, Output* out) {
  size_t width = 0;
  for (const EnvEntry* entry : ListEnvs()) width = std::max(width, entry->id.size());
  for (const AgentEntry* entry : ListAgents()) width = std::max(width, entry->name.size());
  for (const WrapperEntry* entry : ListWrappers()) width = std::max(width, entry->name.size());
  out->document = {{"environments", nlohmann::json::array()},
                   {"wrappers", nlohmann::json::array()},
                   {"agents", nlohmann::json::array()}};
  if (markdown) {
    out->Print(RegistryMarkdown());
    out->document["markdown"] = RegistryMarkdown();
    return 0;
  }
  out->Print("Environments\n");
  for (const EnvEntry* entry : ListEnvs()) {
    out->Print(Row(entry->id, width, StatusName(entry->status), entry->summary));
    out->document["environments"].push_back({{"id", entry->id},
                                             {"summary", entry->summary},
                                             {"source", entry->source},
                                             {"status", StatusName(entry->status)},
                                             {"world", entry->world},
                                             {"max_steps", entry->max_steps},
                                             {"has_oracle", entry->oracle_success > 0}});
  }
  out->Print("\nWrappers (--set wrap=NAME:KEY=VALUE,...+NAME:..., from the inside out)\n");
  for (const WrapperEntry* entry : ListWrappers()) {
    out->Print(Row(entry->name, width, "", entry->summary));
    out->document["wrappers"].push_back(
        {{"name", entry->name}, {"summary", entry->summary}, {"source", entry->source}});
  }
  out->Print("\nAgents\n");
  for (const AgentEntry* entry : ListAgents()) {
    out->Print(Row(entry->name, width, StatusName(entry->status), entry->summary));
    nlohmann::json profiles = nlohmann::json::array();
    for (const Profile& profile : entry->profiles) profiles.push_back(profile.name);
    out->document["agents"].push_back({{"name", entry->name},
                                       {"summary", entry->summary},
                                       {"source", entry->source},
                                       {"status", StatusName(entry->status)},
                                       {"learns", entry->learns},
                                       {"profiles", profiles}});
  }
  out->Print("\n`rookery info NAME` tells more of one.\n");
  return 0;
}

int EnvironmentsPage(Output* out) {
  out->Print(EnvironmentsMarkdown());
  out->document = {{"markdown", EnvironmentsMarkdown()}};
  return 0;
}

ROOKERY_REGISTER_COMMAND(List,
                         {.name = "list",
                          .summary = "List environments, wrappers and agents",
                          .order = 10,
                          .example = "rookery list",
                          .setup = [](CLI::App* app) -> std::function<int(Output*)> {
                            const auto markdown = std::make_shared<bool>(false);
                            app->add_flag("--markdown", *markdown, "as the tables of the README");
                            const auto page = std::make_shared<bool>(false);
                            app->add_flag("--environments-page", *page,
                                          "all about the environments, as docs/environments.md");
                            const auto pictures = std::make_shared<std::string>();
                            app->add_option("--pictures", *pictures,
                                            "draw their first scenes into this PNG file");
                            return [markdown, page, pictures](Output* out) {
                              if (*page) return EnvironmentsPage(out);
                              return pictures->empty() ? List(*markdown, out)
                                                       : Pictures(*pictures, out);
                            };
                          }});

}  // namespace
}  // namespace rookery
