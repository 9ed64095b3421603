// What the interface draws around the panels.
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <string>

#include "gui/interface.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr ImGuiWindowFlags kFixed =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
    ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoFocusOnAppearing |
    ImGuiWindowFlags_NoDocking;

constexpr double kLong_s = 1;  // without news

const char* ModeName(const Snapshot& now) {
  switch (now.mode) {
    case Mode::kEmpty:
      return "nothing is open";
    case Mode::kPaused:
      return "paused";
    case Mode::kPlaying:
      return "playing";
    case Mode::kWaiting:
      return "your turn";
    case Mode::kFailed:
      return "failed";
    case Mode::kEnded:
      break;
  }
  if (now.result != nullptr && now.result->info.Has("success")) {
    return now.progress.success ? "solved" : "ended, not solved";
  }
  return "ended";
}

ImVec4 ModeColor(const Snapshot& now) {
  const bool good = now.mode == Mode::kEnded && now.progress.success;
  if (now.mode == Mode::kFailed) return BadColor();
  if (good || now.mode == Mode::kPlaying) return GoodColor();
  if (now.mode == Mode::kWaiting) return WarningColor();
  return ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled);
}

std::string SpeedName(double speed) {
  if (speed <= 0) return "max";
  char text[32];
  if (speed < 1) {
    std::snprintf(text, sizeof(text), "1/%.0f x", 1 / speed);
  } else {
    std::snprintf(text, sizeof(text), "%.0f x", speed);
  }
  return text;
}

constexpr std::array kSpeeds = {1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 1.0,
                                2.0,      4.0,     8.0,     16.0,    64.0};

// A button that stays as wide whatever it says.
bool Button(const char* label, const char* help, const std::string& key, float width = 0) {
  const bool pressed = ImGui::Button(label, {width, 0});
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) {
    ImGui::SetTooltip(key.empty() ? "%s" : "%s (%s)", help, key.c_str());
  }
  return pressed;
}

// ImGui does so only where it has the keyboard to navigate by, which is the simulation's here.
void CloseMenuByEscape() {
  const int open = ImGui::GetCurrentContext()->OpenPopupStack.Size;
  if (open > 0 && ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !ImGui::GetIO().WantTextInput) {
    ImGui::ClosePopupToLevel(open - 1, true);
  }
}

// Before the docks take their sizes: those beside the central one, which keep their pixels else,
// keep their shares of the window.
void ScaleDocks(ImGuiDockNode* node, float x, float y) {
  if (node == nullptr) return;
  node->SizeRef = {node->SizeRef.x * x, node->SizeRef.y * y};
  ScaleDocks(node->ChildNodes[0], x, y);
  ScaleDocks(node->ChildNodes[1], x, y);
}

// The widest name of a key that is bound now, or what asks for one.
float KeyWidth(const Keys& keys, const char* question) {
  float width = ImGui::CalcTextSize(question).x;
  for (const KeyAction& action : KeyActions()) {
    for (const KeyChord chord : keys.chords(action.id)) {
      width = std::max(width, ImGui::CalcTextSize(Keys::Name(chord).c_str()).x);
    }
  }
  return std::ceil(width + 2 * ImGui::GetStyle().FramePadding.x);
}

}  // namespace

void Interface::DrawMenu() {
  CloseMenuByEscape();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  const bool visible = ImGui::BeginMainMenuBar();
  ImGui::PopStyleVar();
  if (!visible) return;
  if (ImGui::BeginMenu("Viewer")) {
    if (ImGui::MenuItem("Picture of the window", keys().Names("screenshot").c_str())) Screenshot();
    if (ImGui::MenuItem("Full screen", keys().Names("full_screen").c_str(),
                        window_->full_screen())) {
      window_->SetFullScreen(!window_->full_screen());
    }
    ImGui::Separator();
    if (ImGui::MenuItem("Quit", keys().Names("quit").c_str())) window_->Close();
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Panels")) {
    for (const Pane& pane : panes_) {
      // One that lies behind others comes to the front.
      const ImGuiWindow* window = ImGui::FindWindowByName(pane.facts.title.c_str());
      const bool seen = IsShown(pane.facts.title) && window != nullptr && !window->Hidden;
      if (ImGui::MenuItem(pane.facts.title.c_str(), nullptr, IsShown(pane.facts.title))) {
        if (seen) {
          settings_.open[pane.facts.title] = false;
        } else {
          Show(pane.facts.title);
        }
      }
      ImGui::SetItemTooltip("%s", pane.facts.help.c_str());
    }
    ImGui::Separator();
    if (ImGui::MenuItem("Standard layout")) reset_layout_ = true;
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Look")) {
    if (ImGui::MenuItem("Dark", nullptr, settings_.theme == Theme::kDark)) {
      settings_.theme = Theme::kDark;
    }
    if (ImGui::MenuItem("Light", nullptr, settings_.theme == Theme::kLight)) {
      settings_.theme = Theme::kLight;
    }
    ImGui::Separator();
    for (const double scale : {0.75, 1.0, 1.25, 1.5, 2.0}) {
      char text[16];
      std::snprintf(text, sizeof(text), "%.0f %%", scale * 100);
      if (ImGui::MenuItem(text, nullptr, settings_.scale == scale)) settings_.scale = scale;
    }
    ImGui::EndMenu();
  }
  if (ImGui::BeginMenu("Help")) {
    if (ImGui::MenuItem("Keys and mouse", keys().Names("help").c_str())) help_ = true;
    if (ImGui::MenuItem("About")) about_ = true;
    ImGui::EndMenu();
  }
  char rate[48];
  std::snprintf(rate, sizeof(rate), "%.0f frames/s", static_cast<double>(ImGui::GetIO().Framerate));
  const float width = ImGui::CalcTextSize(rate).x + ImGui::GetStyle().ItemSpacing.x * 2;
  ImGui::SameLine(ImGui::GetWindowWidth() - width);
  ImGui::TextDisabled("%s", rate);
  ImGui::EndMainMenuBar();
}

void Interface::DrawControls() {
  const Snapshot& s = *now_;
  const float em = ImGui::GetFontSize(), side = 21 * em;
  // A narrow window has the timeline in a row of its own.
  const bool narrow = ImGui::GetMainViewport()->Size.x < 62 * em;
  float height = ImGui::GetFrameHeight() + 2 * ImGui::GetStyle().WindowPadding.y;
  if (narrow) height += ImGui::GetFrameHeightWithSpacing();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  const bool visible =
      ImGui::BeginViewportSideBar("##controls", nullptr, ImGuiDir_Up, height, kFixed);
  ImGui::PopStyleVar();
  if (visible) {
    const bool open = s.spec != nullptr;
    const bool playing = s.mode == Mode::kPlaying || s.mode == Mode::kWaiting;
    ImGui::BeginDisabled(!open);
    if (Button(playing ? "Pause###play" : "Play###play", "play or pause", keys().Names("play"),
               4.2f * em)) {
      PlayOrPause();
    }
    ImGui::SameLine();
    if (Button("<###back", "one step back", keys().Names("back"))) simulation_->StepBack();
    ImGui::SameLine();
    if (Button(">###step", "one step", keys().Names("step"))) simulation_->StepForward();
    ImGui::SameLine();
    if (Button("Reset", "the episode from its beginning", keys().Names("reset"))) {
      simulation_->Reset(s.seed);
    }
    ImGui::SameLine();
    ImGui::BeginDisabled(s.replay);
    if (Button("Next", "another episode: the next seed", keys().Names("next_seed"))) {
      simulation_->Reset(s.seed + 1);
    }
    ImGui::SameLine();
    ImGui::SetNextItemWidth(5.5f * em);
    uint64_t seed = s.seed;
    if (ImGui::InputScalar("##seed", ImGuiDataType_U64, &seed, nullptr, nullptr, "seed %llu",
                           ImGuiInputTextFlags_EnterReturnsTrue)) {
      simulation_->Reset(seed);
    }
    ImGui::SetItemTooltip("seed of the episode: type another and press Enter");
    ImGui::EndDisabled();
    ImGui::EndDisabled();
    ImGui::SameLine();
    ImGui::SetNextItemWidth(5 * em);
    if (ImGui::BeginCombo("##speed", SpeedName(simulation_->speed()).c_str())) {
      for (const double speed : kSpeeds) {
        if (ImGui::Selectable(SpeedName(speed).c_str(), speed == simulation_->speed())) {
          simulation_->SetSpeed(speed);
        }
      }
      if (ImGui::Selectable("max", simulation_->speed() == 0)) simulation_->SetSpeed(0);
      ImGui::EndCombo();
    }
    ImGui::SetItemTooltip("how fast simulated time goes (%s, %s)", keys().Names("slower").c_str(),
                          keys().Names("faster").c_str());
    ImGui::SameLine();
    if (ImGui::Checkbox("go on", &go_on_)) simulation_->SetGoOn(go_on_);
    ImGui::SetItemTooltip("after an episode the next one begins, with the next seed");

    // The timeline: how far it is, and back.
    if (!narrow) ImGui::SameLine();
    DrawTimeline(std::max(4 * em, ImGui::GetContentRegionAvail().x - side));
    ImGui::SameLine();
    ImGui::AlignTextToFramePadding();
    const double silent_s = ImGui::GetTime() - news_s_;
    if (silent_s > kLong_s) {
      ImGui::TextDisabled("computing, %.0f s", silent_s);
      ImGui::SetItemTooltip("a step or a reset that takes long; what you ask for comes after it");
    } else {
      ImGui::TextColored(ModeColor(s), "%s", ModeName(s));
    }
    if (open) {
      ImGui::SameLine();
      ImGui::Text("%.2f s  return %.3g", s.time_s, s.progress.score);
      if (s.measured_speed > 0) {
        ImGui::SameLine();
        ImGui::TextDisabled("%.2g x", s.measured_speed);
        ImGui::SetItemTooltip("simulated seconds a second, as measured");
      }
      for (const Pane& pane : panes_) {
        const std::string status = pane.panel->Status();
        if (status.empty()) continue;
        ImGui::SameLine();
        ImGui::TextColored(BadColor(), "%s", status.c_str());
        ImGui::SetItemTooltip("see the panel %s", pane.facts.title.c_str());
      }
      if (s.replay) {
        ImGui::SameLine();
        ImGui::TextDisabled("replay");
      }
      if (s.touched) {
        ImGui::SameLine();
        ImGui::TextDisabled("touched");
        ImGui::SetItemTooltip("a hand took part: this episode cannot be recorded");
      }
    }
  }
  ImGui::End();
}

// The steps that are known, with those that were made filled in; a drag seeks.
void Interface::DrawTimeline(float width) {
  const Snapshot& s = *now_;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetFrameHeight();
  const bool usable = s.spec != nullptr && s.known > 0;
  ImGui::BeginDisabled(!usable);
  ImGui::InvisibleButton("##timeline", {width, height});
  ImGui::EndDisabled();
  const auto known = static_cast<float>(std::max<int64_t>(1, s.known));
  int64_t shown = s.step;
  if (usable && ImGui::IsItemActive()) {
    const float part = std::clamp((ImGui::GetIO().MousePos.x - at.x) / width, 0.0f, 1.0f);
    shown = std::lround(part * known);
    if (shown != sought_) simulation_->Seek(shown);
    sought_ = shown;
  } else {
    sought_ = -1;
  }
  ImGui::SetItemTooltip("drag to go back and forth in the episode: %lld steps are known",
                        static_cast<long long>(s.known));
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float rounding = ImGui::GetStyle().FrameRounding;
  const ImVec2 end = {at.x + width, at.y + height};
  draw->AddRectFilled(at, end, ImGui::GetColorU32(ImGuiCol_FrameBg), rounding);
  if (usable) {
    const float x = at.x + width * static_cast<float>(shown) / known;
    draw->AddRectFilled(at, {x, end.y}, ImGui::GetColorU32(ImGuiCol_Header), rounding);
    draw->AddRectFilled({x - 2, at.y}, {x + 2, end.y}, ImGui::GetColorU32(ImGuiCol_SliderGrab), 2);
  }
  char text[64];
  std::snprintf(text, sizeof(text), "step %lld of %lld", static_cast<long long>(shown),
                static_cast<long long>(s.known));
  const ImVec2 size = ImGui::CalcTextSize(text);
  draw->AddText({at.x + (width - size.x) / 2, at.y + (height - size.y) / 2},
                ImGui::GetColorU32(usable ? ImGuiCol_Text : ImGuiCol_TextDisabled), text);
}

void Interface::BuildLayout(ImGuiID dock) {
  ImGui::DockBuilderRemoveNode(dock);
  ImGui::DockBuilderAddNode(dock, ImGuiDockNodeFlags_DockSpace);
  ImGui::DockBuilderSetNodeSize(dock, ImGui::GetMainViewport()->WorkSize);
  ImGuiID center = dock;
  const ImGuiID left = ImGui::DockBuilderSplitNode(center, ImGuiDir_Left, 0.23f, nullptr, &center);
  ImGuiID right = ImGui::DockBuilderSplitNode(center, ImGuiDir_Right, 0.32f, nullptr, &center);
  const ImGuiID right_below =
      ImGui::DockBuilderSplitNode(right, ImGuiDir_Down, 0.42f, nullptr, &right);
  const ImGuiID bottom = ImGui::DockBuilderSplitNode(center, ImGuiDir_Down, 0.3f, nullptr, &center);
  for (const Pane& pane : panes_) {
    const Place place = pane.facts.place;
    const ImGuiID node = place == Place::kLeft         ? left
                         : place == Place::kRight      ? right
                         : place == Place::kRightBelow ? right_below
                         : place == Place::kBottom     ? bottom
                                                       : center;
    ImGui::DockBuilderDockWindow(pane.facts.title.c_str(), node);
    settings_.open[pane.facts.title] = pane.facts.open;
    ImGuiID& front = ImGui::DockBuilderGetNode(node)->SelectedTabId;
    if (front == 0) front = ImHashStr("#TAB", 0, ImHashStr(pane.facts.title.c_str()));
  }
  ImGui::DockBuilderFinish(dock);
}

void Interface::DrawDock() {
  const ImGuiID dock = ImGui::GetID("rookery");
  if (std::exchange(reset_layout_, false)) BuildLayout(dock);
  constexpr float kLeast = 64;  // px; a window that is folded away comes back as it was
  const ImVec2 room = ImGui::GetMainViewport()->WorkSize;
  if (ImGuiDockNode* root = ImGui::DockBuilderGetNode(dock);
      root != nullptr && std::min({root->Size.x, root->Size.y, room.x, room.y}) >= kLeast) {
    ScaleDocks(root, room.x / root->Size.x, room.y / root->Size.y);
  }
  // Tabs have a cross each; one more would close all of them at once.
  ImGui::DockSpaceOverViewport(dock, ImGui::GetMainViewport(),
                               static_cast<ImGuiDockNodeFlags>(ImGuiDockNodeFlags_NoCloseButton));
}

void Interface::DrawPanes() {
  for (const Pane& pane : panes_) {
    bool& open = settings_.open[pane.facts.title];
    if (!open) continue;
    if (!pane.facts.padding) ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    if (front_ == pane.facts.title && front_wait_-- <= 0) {
      ImGui::SetNextWindowFocus();
      front_.clear();
    }
    const ImGuiWindow* window = ImGui::FindWindowByName(pane.facts.title.c_str());
    const bool docked = window != nullptr && window->DockIsActive;
    if (docked) ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::SetNextWindowSize({360 * scale(), 420 * scale()}, ImGuiCond_FirstUseEver);
    const bool visible =
        ImGui::Begin(pane.facts.title.c_str(), &open, ImGuiWindowFlags_NoFocusOnAppearing);
    if (docked) ImGui::PopStyleVar();
    if (!pane.facts.padding) ImGui::PopStyleVar();
    if (visible) pane.panel->Draw(this);
    ImGui::End();
  }
  for (const Pane& pane : panes_) pane.panel->DrawWindows(this);
}

void Interface::DrawMessages() {
  const ImGuiViewport* viewport = ImGui::GetMainViewport();
  const float pad = ImGui::GetFontSize();
  // In the middle, where no panel has its buttons.
  ImVec2 at = {viewport->WorkPos.x + viewport->WorkSize.x / 2,
               viewport->WorkPos.y + viewport->WorkSize.y - pad};
  std::erase_if(messages_, [](const Message& m) { return m.until_s < ImGui::GetTime(); });
  for (size_t i = messages_.size(); i-- > 0;) {
    const Message& message = messages_[i];
    char name[32];
    std::snprintf(name, sizeof(name), "##message%zu", i);
    ImGui::SetNextWindowPos(at, ImGuiCond_Always, {0.5f, 1});
    ImGui::SetNextWindowBgAlpha(0.94f);
    bool closed = false;
    if (ImGui::Begin(name, nullptr,
                     kFixed | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoNav)) {
      ImGui::PushTextWrapPos(28 * ImGui::GetFontSize());
      if (message.trouble) ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
      ImGui::TextUnformatted(message.text.c_str());
      if (message.trouble) ImGui::PopStyleColor();
      ImGui::PopTextWrapPos();
      if (message.trouble) {  // it stays until it is clicked
        ImGui::SameLine();
        ImGui::TextDisabled("x");
      }
      closed = ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left);
      ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
      at.y -= ImGui::GetWindowHeight() + pad / 2;
    }
    ImGui::End();
    if (closed) messages_.erase(messages_.begin() + static_cast<int64_t>(i));
  }
}

void Interface::SayUnbound(const std::string& text) { Say("The key was taken from: " + text); }

void Interface::DrawHelp() {
  constexpr char kQuestion[] = "press a key";
  const ImVec2 room = ImGui::GetMainViewport()->WorkSize;
  ImGui::SetNextWindowSize(
      {std::min(640 * scale(), 0.96f * room.x), std::min(620 * scale(), 0.96f * room.y)},
      ImGuiCond_Appearing);
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Appearing, {0.5f, 0.5f});
  if (ImGui::Begin("Keys and mouse", &help_, ImGuiWindowFlags_NoDocking)) {
    ImGui::TextWrapped("Click a key to bind another; Delete leaves it without.");
    if (ImGui::BeginTable(
            "keys", 4,
            ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit,
            {0, -6 * ImGui::GetTextLineHeightWithSpacing()})) {
      ImGui::TableSetupScrollFreeze(0, 1);
      const float width = KeyWidth(keys(), kQuestion);
      ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthStretch);
      ImGui::TableSetupColumn("key", ImGuiTableColumnFlags_WidthFixed, width);
      ImGui::TableSetupColumn("or", ImGuiTableColumnFlags_WidthFixed, width);
      ImGui::TableSetupColumn("##restore");
      ImGui::TableHeadersRow();
      const char* group = "";
      for (const KeyAction& action : KeyActions()) {
        if (std::string(group) != action.group) {
          group = action.group;
          ImGui::TableNextRow();
          ImGui::TableNextColumn();
          ImGui::TextDisabled("%s", group);
        }
        ImGui::PushID(action.id);
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        ImGui::AlignTextToFramePadding();
        ImGui::TextUnformatted(action.text);
        for (size_t i = 0; i < 2; ++i) {
          ImGui::TableNextColumn();
          const bool asked = binding_ == action.id && binding_which_ == i;
          std::string label = asked ? kQuestion : Keys::Name(keys().chords(action.id)[i]);
          label += "###" + std::to_string(i);
          if (ImGui::Button(label.c_str(), {-FLT_MIN, 0})) {
            binding_ = action.id;
            binding_which_ = i;
          }
        }
        ImGui::TableNextColumn();
        if (ImGui::SmallButton("restore")) {
          for (const std::string& loser : keys().Restore(action.id)) SayUnbound(loser);
        }
        ImGui::PopID();
      }
      ImGui::EndTable();
    }
    ImGui::SeparatorText("Mouse in the scene");
    ImGui::TextUnformatted(
        "left drag: turn    right drag: move    wheel: nearer\n"
        "double click: select a body    Ctrl + left drag: pull it\n"
        "selected and paused: drag its arrows and rings to place it");
  }
  ImGui::End();
  if (!help_) binding_.clear();
  if (binding_.empty()) return;
  for (int key = ImGuiKey_NamedKey_BEGIN; key < ImGuiKey_NamedKey_END; ++key) {
    const auto named = static_cast<ImGuiKey>(key);
    if (ImGui::IsMouseKey(named) || ImGui::IsLRModKey(named) ||
        (named >= ImGuiKey_ReservedForModCtrl && named <= ImGuiKey_ReservedForModSuper) ||
        !ImGui::IsKeyPressed(named, false)) {
      continue;
    }
    const int chord = named | (ImGui::GetIO().KeyMods & ImGuiMod_Mask_);
    const std::string loser =
        keys().Bind(binding_, binding_which_, named == ImGuiKey_Delete ? 0 : chord);
    if (!loser.empty()) SayUnbound(loser);
    binding_.clear();
    return;
  }
}

void Interface::DrawAbout() {
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Appearing, {0.5f, 0.5f});
  if (ImGui::Begin("About", &about_,
                   ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_AlwaysAutoResize)) {
    ImGui::TextUnformatted("rookery: environments that simulate, train, watch and replay.");
    ImGui::Text("Dear ImGui %s; %s", ImGui::GetVersion(), window_->renderer().c_str());
    ImGui::TextDisabled("Layout, keys and looks are kept in %s",
                        settings_path_.empty() ? "nothing" : settings_path_.c_str());
  }
  ImGui::End();
}

}  // namespace rookery::gui
