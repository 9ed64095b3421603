// Agent panel: who plays - the person, a registered agent with its settings, or a checkpoint.
#include <imgui.h>

#include <cfloat>
#include <cstdio>
#include <string>
#include <vector>

#include "core/registry.h"
#include "gui/file_browser.h"
#include "gui/interface.h"
#include "gui/panel.h"
#include "gui/run_list.h"
#include "gui/settings_editor.h"

namespace rookery::gui {
namespace {

class AgentPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

 private:
  void DrawAgents(Interface* interface);
  void DrawCheckpoints(Interface* interface);

  Cast edited_;  // whose agent's settings are edited
  bool edited_replay_ = false;
  SettingsEditor editor_;
  FileBrowser browser_{"Open a checkpoint", ".safetensors"};
  char path_[512] = "";
  std::vector<TrainingRun> runs_;
  bool searched_ = false;
  Cast before_person_;  // who played when the person took over
};

void AgentPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) return;
  if (interface->keys().Pressed("take_over")) {
    const bool person = now.cast.agent == kPersonName;
    if (!person) before_person_ = now.cast;
    const bool fits = before_person_.env == now.cast.env;
    interface->LetPlay(!person ? PlayedBy(now.cast, kPersonName)
                       : fits  ? before_person_
                               : PlayedBy(now.cast, "random"));
  }
  if (now.cast == edited_ && now.replay == edited_replay_) return;
  edited_ = now.cast;
  edited_replay_ = now.replay;
  editor_ = {};
  if (now.cast.agent == kPersonName || !now.cast.checkpoint.empty() || now.replay) return;
  for (const AgentEntry* entry : ListAgents()) {
    if (entry->name != now.cast.agent) continue;
    const std::unique_ptr<Config> config = entry->make_config();
    editor_.Start(config.get(), now.cast.agent_settings);
  }
}

void AgentPanel::DrawAgents(Interface* interface) {
  const Snapshot& now = interface->now();
  const auto choose = [&](const std::string& name) {
    interface->LetPlay(PlayedBy(now.cast, name));
  };
  const bool person = now.cast.agent == kPersonName && !now.replay;
  if (ImGui::Selectable("you", person)) choose(kPersonName);
  ImGui::SetItemTooltip("play by mouse or keyboard: see the panel You");
  for (const AgentEntry* entry : ListAgents()) {
    const std::string reason = entry->unsupported ? entry->unsupported(*now.spec) : "";
    const bool chosen = now.cast.agent == entry->name && now.cast.checkpoint.empty() && !now.replay;
    ImGui::BeginDisabled(!reason.empty());
    if (ImGui::Selectable(entry->name.c_str(), chosen)) choose(entry->name);
    ImGui::EndDisabled();
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled)) {
      ImGui::SetTooltip(
          "%s%s%s%s", entry->summary.c_str(),
          entry->learns ? "\nIt learns: without a checkpoint its weights are random." : "",
          reason.empty() ? "" : "\nNot here: ", reason.c_str());
    }
  }
}

void AgentPanel::DrawCheckpoints(Interface* interface) {
  const Snapshot& now = interface->now();
  const auto load = [&](const std::string& path) {
    Cast cast = PlayedBy(now.cast, "");
    cast.checkpoint = path;
    interface->LetPlay(cast);
  };
  if (!now.cast.checkpoint.empty()) ImGui::TextWrapped("Plays: %s", now.cast.checkpoint.c_str());
  ImGui::SetNextItemWidth(-4.5f * ImGui::GetFontSize());
  if (ImGui::InputTextWithHint("##checkpoint", "checkpoint or run", path_, sizeof(path_),
                               ImGuiInputTextFlags_EnterReturnsTrue) &&
      path_[0] != '\0') {
    load(path_);
  }
  ImGui::SameLine();
  if (ImGui::Button("Browse")) browser_.Open("runs");
  if (browser_.Draw(interface->scale())) load(browser_.chosen());
  if (!searched_ || ImGui::SmallButton("look again")) {
    searched_ = true;
    runs_ = FindTrainingRuns("runs");
  }
  if (runs_.empty()) {
    ImGui::TextWrapped(
        "There are no runs in runs/ yet. Train an agent in the panel Training, or "
        "with rookery train.");
  }
  for (const TrainingRun& run : runs_) {
    if (run.steps == 0) continue;
    const bool other = run.env != now.cast.env;
    if (other)
      ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
    if (ImGui::Selectable(run.folder.c_str(), now.cast.checkpoint == run.folder)) load(run.folder);
    if (other) ImGui::PopStyleColor();
    ImGui::SetItemTooltip("%s on %s, %lld updates", run.agent.c_str(), run.env.c_str(),
                          static_cast<long long>(run.steps));
  }
}

void AgentPanel::Draw(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) {
    ImGui::TextWrapped("Open a task first; then choose here who plays it.");
    return;
  }
  if (now.replay)
    ImGui::TextWrapped("A recording of %s. Choose who takes over.", now.cast.agent.c_str());
  DrawAgents(interface);
  ImGui::SeparatorText("Checkpoint");
  DrawCheckpoints(interface);
  if (editor_.empty()) return;
  ImGui::SeparatorText("Settings");
  if (editor_.Draw()) {
    Cast cast = now.cast;
    cast.agent_settings = editor_.Settings();
    interface->LetPlay(cast);
  }
  editor_.DrawRefusal(now.message);
}

ROOKERY_REGISTER_PANEL(AgentPanel, {.title = "Agent",
                                    .help = "who plays, and its settings",
                                    .place = Place::kLeft,
                                    .order = 20});

}  // namespace
}  // namespace rookery::gui
