#include "gui/panels/replay_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "core/registry.h"
#include "gui/interface.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

// What of the recent things may be a recording; nothing is looked up on the disk.
bool MayBeRecording(const std::string& path) {
  return path.ends_with(".hdf5") || !std::filesystem::path(path).has_extension();
}

}  // namespace

void ReplayPanel::Open(Interface* interface, const std::string& path, bool play) {
  play_first_ = play;
  opened_path_ = path;
  std::snprintf(path_, sizeof(path_), "%s", path.c_str());
  list_.Open(path);
  open_first_ = true;
  index_ = -1;
  last_error_.clear();
  interface->Show("Replay");
}

void ReplayPanel::Load(int64_t index, bool play) {
  if (index < 0 || index >= static_cast<int64_t>(list_.episodes().size())) return;
  index_ = scroll_to_ = index;
  play_ = play;
  list_.Load(static_cast<size_t>(index));
}

bool ReplayPanel::Replays(const Snapshot& now) const { return now.replay && episode_ != nullptr; }

void ReplayPanel::Update(Interface* interface) {
  if (list_.Update()) {
    if (list_.error() != last_error_) {
      last_error_ = list_.error();
      if (!last_error_.empty()) interface->Say(last_error_, true);
    }
    if (open_first_ && !list_.episodes().empty()) {
      open_first_ = false;
      interface->settings().Remember(opened_path_);
      Load(0, play_first_);
    }
  }
  size_t index = 0;
  if (auto episode = list_.TakeLoaded(&index)) {
    episode_ = std::move(episode);
    said_.clear();
    for (size_t i = 0; i < episode_->annotations.size(); ++i) {
      const std::string& text = episode_->annotations[i];
      if (text.empty()) continue;
      const auto step = static_cast<int64_t>(i);
      if (!said_.empty() && said_.back().text == text && said_.back().last + 1 == step) {
        said_.back().last = step;
      } else {
        said_.push_back({step, step, text});
      }
    }
    before_ = interface->now().opened;
    interface->simulation().Pause();
    interface->simulation().OpenEpisode(episode_);
    if (std::exchange(play_, false)) interface->simulation().Play();
  }
  const Snapshot& now = interface->now();
  const bool over = Replays(now) && now.opened != before_ && !now.busy && now.step == now.known &&
                    now.known > 0 && (now.mode == Mode::kEnded || now.mode == Mode::kPaused);
  if (all_ && over && !list_.busy()) {
    if (index_ + 1 < static_cast<int64_t>(list_.episodes().size())) {
      Load(index_ + 1, true);
    } else {
      all_ = false;
    }
  }
}

void ReplayPanel::DrawOpen(Interface* interface) {
  const float buttons = 9 * ImGui::GetFontSize();
  ImGui::SetNextItemWidth(-buttons);
  if (ImGui::InputTextWithHint("##path", "file or folder", path_, sizeof(path_),
                               ImGuiInputTextFlags_EnterReturnsTrue) &&
      path_[0] != '\0') {
    Open(interface, path_);
  }
  ImGui::SetItemTooltip("a recorded episode, or a folder of them; then Enter");
  ImGui::SameLine();
  if (ImGui::Button("Browse")) browser_.Open(opened_path_.empty() ? "runs" : opened_path_);
  ImGui::SetItemTooltip("look for it");
  ImGui::SameLine();
  if (ImGui::Button("Recent")) ImGui::OpenPopup("recent");
  DrawRecent(interface);
  if (browser_.Draw(interface->scale())) Open(interface, browser_.chosen());
}

void ReplayPanel::DrawRecent(Interface* interface) {
  if (!ImGui::BeginPopup("recent")) return;
  std::string chosen;
  bool any = false;
  for (const std::string& path : interface->settings().recent) {
    if (!MayBeRecording(path)) continue;
    any = true;
    if (ImGui::Selectable(path.c_str())) chosen = path;
  }
  if (!any) ImGui::TextDisabled("nothing was opened yet");
  ImGui::EndPopup();
  if (!chosen.empty()) Open(interface, chosen);
}

void ReplayPanel::DrawList(Interface* interface) {
  const std::vector<ListedEpisode>& episodes = list_.episodes();
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollY |
                                     ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_BordersOuter;
  const float rows = std::clamp(static_cast<float>(episodes.size()) + 1.4f, 2.4f, 9.4f);
  if (!ImGui::BeginTable("episodes", 5, kFlags,
                         {0, rows * ImGui::GetTextLineHeightWithSpacing()})) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("#");
  ImGui::TableSetupColumn("seed");
  ImGui::TableSetupColumn("agent", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("steps");
  ImGui::TableSetupColumn("return");
  ImGui::TableHeadersRow();
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(episodes.size()));
  if (scroll_to_ >= 0) clipper.IncludeItemByIndex(static_cast<int>(scroll_to_));
  while (clipper.Step()) {
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      const ListedEpisode& episode = episodes[static_cast<size_t>(row)];
      ImGui::PushID(row);
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      const bool played = row == index_ && interface->now().replay;
      const std::string label = std::to_string(row + 1) + "###episode";
      if (ImGui::Selectable(label.c_str(), played, ImGuiSelectableFlags_SpanAllColumns)) {
        Load(row, true);
      }
      if (row == scroll_to_) {
        if (!ImGui::IsItemVisible()) ImGui::SetScrollHereY();
        scroll_to_ = -1;
      }
      ImGui::SetItemTooltip("%s\n%s", episode.path.c_str(),
                            episode.error.empty() ? episode.env.c_str() : episode.error.c_str());
      ImGui::TableNextColumn();
      if (!episode.error.empty()) {
        ImGui::TableNextColumn();
        // Over the columns that follow, too, which are empty.
        const ImDrawList* draw = ImGui::GetWindowDrawList();
        const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth();
        ImGui::PushClipRect(draw->GetClipRectMin(), {right, draw->GetClipRectMax().y}, false);
        ImGui::TextColored(BadColor(), "cannot be read");
        ImGui::PopClipRect();
      } else if (episode.read) {
        ImGui::Text("%llu", static_cast<unsigned long long>(episode.seed));
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(episode.agent.c_str());
        ImGui::TableNextColumn();
        ImGui::Text("%lld", static_cast<long long>(episode.steps));
        ImGui::TableNextColumn();
        if (episode.success) {
          ImGui::TextColored(GoodColor(), "%.3g", episode.score);
          ImGui::SetItemTooltip("solved");
        } else {
          ImGui::Text("%.3g", episode.score);
        }
      }
      ImGui::PopID();
    }
  }
  ImGui::EndTable();
  const auto count = static_cast<int64_t>(episodes.size());
  ImGui::BeginDisabled(index_ <= 0);
  if (ImGui::Button("Previous")) Load(index_ - 1, true);
  ImGui::EndDisabled();
  ImGui::SameLine();
  ImGui::BeginDisabled(index_ + 1 >= count);
  if (ImGui::Button("Next###following")) Load(index_ + 1, true);
  ImGui::EndDisabled();
  ImGui::SameLine();
  ImGui::Checkbox("all in turn", &all_);
  ImGui::SetItemTooltip("at the end of one the next is played");
}

void ReplayPanel::DrawPlayed(Interface* interface) {
  const Snapshot& now = interface->now();
  ImGui::SeparatorText(now.cast.env.c_str());
  if (!episode_->instruction.empty()) ImGui::TextWrapped("%s", episode_->instruction.c_str());
  ImGui::Text("step %lld of %lld", static_cast<long long>(now.step),
              static_cast<long long>(episode_->steps()));
  ImGui::SameLine();
  ImGui::TextDisabled("seed %llu, %s", static_cast<unsigned long long>(now.seed),
                      episode_->agent.c_str());
  if (now.difference.empty()) {
    ImGui::TextColored(GoodColor(), now.step == now.known && now.known > 0
                                        ? "exactly as it was recorded"
                                        : "as it was recorded so far");
  } else {
    ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
    ImGui::TextWrapped("Differs from the recording: %s.", now.difference.c_str());
    ImGui::PopStyleColor();
    ImGui::SetItemTooltip(
        "another version of a physics engine, other settings, or a damaged recording;\n"
        "rookery replay names the array that differs");
  }
  DrawTakeOver(interface);
  DrawSentences(interface);
}

void ReplayPanel::DrawTakeOver(Interface* interface) {
  const Snapshot& now = interface->now();
  const auto take_over = [&](const std::string& agent) {
    interface->LetPlay(PlayedBy(now.cast, agent));
  };
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted("From here on:");
  ImGui::SameLine();
  if (ImGui::Button("I play")) take_over(kPersonName);
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (!ImGui::BeginCombo("##take_over", "an agent")) return;
  for (const AgentEntry* entry : ListAgents()) {
    const std::string reason = entry->unsupported ? entry->unsupported(*now.spec) : "";
    ImGui::BeginDisabled(!reason.empty());
    if (ImGui::Selectable(entry->name.c_str())) take_over(entry->name);
    ImGui::EndDisabled();
    if (!reason.empty() && ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) {
      ImGui::SetTooltip("Not here: %s", reason.c_str());
    }
  }
  ImGui::EndCombo();
}

void ReplayPanel::DrawSentences(Interface* interface) {
  const Snapshot& now = interface->now();
  if (said_.empty()) return;
  ImGui::SeparatorText("What is done");
  // While it plays, the action that is on its way; else the one that led here.
  const bool on_its_way = now.mode == Mode::kPlaying && now.step < now.known;
  const int64_t action = on_its_way ? now.step : now.step - 1;
  int64_t current = -1;
  for (size_t i = 0; i < said_.size(); ++i) {
    if (said_[i].first <= action) current = static_cast<int64_t>(i);
  }
  const bool moved = std::exchange(current_said_, current) != current;
  const auto steps_of = [](const Said& said) {
    const std::string first = std::to_string(said.first + 1);
    return said.last > said.first ? first + "-" + std::to_string(said.last + 1) : first;
  };
  float column = 2 * ImGui::GetFontSize();
  for (const Said& said : said_) {
    column = std::max(column, ImGui::CalcTextSize(steps_of(said).c_str()).x);
  }
  column += ImGui::GetFontSize();
  if (ImGui::BeginChild("sentences", {0, 0}, ImGuiChildFlags_Borders)) {
    ImGui::PushTextWrapPos(0);
    for (size_t i = 0; i < said_.size(); ++i) {
      const Said& said = said_[i];
      ImGui::PushID(static_cast<int>(i));
      const bool is_current = static_cast<int64_t>(i) == current;
      const float room = std::max(1.0f, ImGui::GetContentRegionAvail().x - column);
      const ImVec2 size = ImGui::CalcTextSize(said.text.c_str(), nullptr, false, room);
      if (ImGui::Selectable((steps_of(said) + "###said").c_str(), is_current, 0, {0, size.y})) {
        interface->simulation().Seek(said.first);
      }
      ImGui::SetItemTooltip("goes to where it begins");
      if (is_current && moved && !ImGui::IsItemVisible()) ImGui::SetScrollHereY();
      ImGui::SameLine(ImGui::GetStyle().WindowPadding.x + column);
      ImGui::TextWrapped("%s", said.text.c_str());
      ImGui::PopID();
    }
    ImGui::PopTextWrapPos();
  }
  ImGui::EndChild();
}

void ReplayPanel::Draw(Interface* interface) {
  DrawOpen(interface);
  const Snapshot& now = interface->now();
  if (list_.episodes().empty()) {
    if (!list_.error().empty()) {
      ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
      ImGui::TextWrapped("%s", list_.error().c_str());
      ImGui::PopStyleColor();
    } else if (list_.busy()) {
      ImGui::TextDisabled("Being read...");
    } else {
      ImGui::TextWrapped(
          "Open recorded episodes: of rookery demos, eval, or the panel Record. They are played "
          "step by step, and checked against what was recorded.");
    }
    return;
  }
  DrawList(interface);
  if (Replays(now)) {
    DrawPlayed(interface);
  } else {
    ImGui::TextDisabled("Click an episode to play it.");
  }
}

ROOKERY_REGISTER_PANEL(ReplayPanel, {.title = "Replay",
                                     .help = "play recorded episodes, and take over from them",
                                     .place = Place::kLeft,
                                     .order = 30});

}  // namespace rookery::gui
