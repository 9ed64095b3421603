#include "gui/panels/task_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cctype>
#include <cfloat>
#include <map>
#include <utility>
#include <vector>

#include "gui/interface.h"
#include "gui/text_filter.h"

namespace rookery::gui {
namespace {

// "Car racing" of the world car_racing.
std::string Group(const EnvEntry& entry) {
  std::string name = entry.world;
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

}  // namespace

void TaskPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.opened == opened_ || now.spec == nullptr) return;
  opened_ = now.opened;
  scroll_ = scroll_ || entry_ != &FindEnv(now.cast.env);
  entry_ = &FindEnv(now.cast.env);
  const std::unique_ptr<Config> config = entry_->make_config();
  editor_.Start(config.get(), now.cast.env_settings);
}

void TaskPanel::DrawPicker(Interface* interface) {
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::InputTextWithHint("##filter", "find a task", filter_, sizeof(filter_));
  const float height = entry_ == nullptr ? 0 : 0.45f * ImGui::GetContentRegionAvail().y;
  if (ImGui::BeginChild("tasks", {0, height}, ImGuiChildFlags_Borders)) {
    std::map<std::string, std::vector<const EnvEntry*>> groups;
    for (const EnvEntry* entry : ListEnvs()) {
      if (!MatchesFilter(entry->id + " " + entry->summary, filter_)) continue;
      groups[Group(*entry)].push_back(entry);
    }
    if (groups.empty()) ImGui::TextDisabled("No task is called so.");
    for (const auto& [name, entries] : groups) {
      const bool few = filter_[0] != '\0' || entries.size() <= 30;
      ImGui::SetNextItemOpen(few, filter_[0] != '\0' ? ImGuiCond_Always : ImGuiCond_Once);
      if (!ImGui::TreeNodeEx(name.c_str(), ImGuiTreeNodeFlags_SpanAvailWidth)) continue;
      for (const EnvEntry* entry : entries) {
        const size_t slash = entry->id.find('/');
        const std::string label =
            slash == std::string::npos ? entry->id : entry->id.substr(slash + 1);
        if (ImGui::Selectable((label + "###" + entry->id).c_str(), entry == entry_)) {
          Cast cast = interface->now().cast;
          const bool oracle = entry->oracle_success > 0;
          const bool keep = cast.agent == kPersonName;
          cast = {.env = entry->id, .agent = keep ? kPersonName : oracle ? "oracle" : "random"};
          interface->Open(cast, 1);
        }
        ImGui::SetItemTooltip("%s", entry->summary.c_str());
        if (entry == entry_ && std::exchange(scroll_, false)) ImGui::SetScrollHereY();
      }
      ImGui::TreePop();
    }
  }
  ImGui::EndChild();
}

void TaskPanel::DrawFacts(Interface* interface) {
  const Snapshot& now = interface->now();
  ImGui::SeparatorText(entry_->id.c_str());
  ImGui::TextWrapped("%s", now.spec->instruction.empty() ? entry_->summary.c_str()
                                                         : now.spec->instruction.c_str());
  ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
  ImGui::TextWrapped("%s", entry_->source.c_str());
  ImGui::PopStyleColor();
  if (!entry_->known_issues.empty() && ImGui::TreeNode("Known issues")) {
    for (const std::string& issue : entry_->known_issues) {
      ImGui::Bullet();
      ImGui::TextWrapped("%s", issue.c_str());
    }
    ImGui::TreePop();
  }
  if (editor_.empty()) return;
  ImGui::SeparatorText("Settings");
  if (now.replay) ImGui::TextDisabled("those of the recording");
  ImGui::BeginDisabled(now.replay);
  if (editor_.Draw()) {
    Cast cast = now.cast;
    cast.env_settings = editor_.Settings();
    cast.env_config.clear();
    interface->Open(cast, now.seed);
  }
  ImGui::EndDisabled();
  editor_.DrawRefusal(now.message);
}

void TaskPanel::Draw(Interface* interface) {
  if (entry_ == nullptr) ImGui::TextWrapped("Choose what is to be played.");
  DrawPicker(interface);
  if (entry_ != nullptr && interface->now().spec != nullptr) DrawFacts(interface);
}

ROOKERY_REGISTER_PANEL(TaskPanel, {.title = "Task",
                                   .help = "what is played, and its settings",
                                   .place = Place::kLeft,
                                   .order = 10});

}  // namespace rookery::gui
