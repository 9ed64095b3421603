#include "gui/interface.h"

#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <exception>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "renderers/image_io.h"

namespace rookery::gui {
namespace {

constexpr double kMessage_s = 5;

std::string PictureName() {
  const std::time_t now = std::time(nullptr);
  char text[64];
  std::strftime(text, sizeof(text), "pictures/viewer_%Y%m%d_%H%M%S", std::localtime(&now));
  std::string path = std::string(text) + ".png";
  for (int i = 2; std::filesystem::exists(path); ++i) {
    path = std::string(text) + "_" + std::to_string(i) + ".png";
  }
  return path;
}

}  // namespace

std::vector<PanelEntry>& PanelEntries() {
  static auto* entries = new std::vector<PanelEntry>;
  return *entries;
}

bool RegisterPanel(PanelEntry entry) {
  PanelEntries().push_back(std::move(entry));
  return true;
}

Interface::Interface(Window* window, const InterfaceOptions& options)
    : window_(window),
      program_(options.program),
      settings_path_(options.settings_path),
      simulation_(std::make_unique<Simulation>(options.simulation)),
      now_(simulation_->Now()) {
  if (!settings_path_.empty()) settings_ = LoadUserSettings(settings_path_);
  for (const PanelEntry& entry : PanelEntries()) panes_.push_back({entry.facts, entry.make()});
  std::sort(panes_.begin(), panes_.end(), [](const Pane& a, const Pane& b) {
    return std::pair(a.facts.order, a.facts.title) < std::pair(b.facts.order, b.facts.title);
  });
  for (const Pane& pane : panes_) settings_.open.try_emplace(pane.facts.title, pane.facts.open);
  if (settings_.layout.empty()) {
    reset_layout_ = true;
  } else {
    ImGui::LoadIniSettingsFromMemory(settings_.layout.data(), settings_.layout.size());
  }
}

Interface::~Interface() {
  panes_.clear();  // they may hold what the settings are to keep
  if (settings_path_.empty()) return;
  settings_.layout = ImGui::SaveIniSettingsToMemory();
  SaveUserSettings(settings_, settings_path_);
}

float Interface::scale() const { return static_cast<float>(window_->scale() * settings_.scale); }

void Interface::Say(const std::string& text, bool trouble) {
  const double until_s = trouble ? 1e300 : ImGui::GetTime() + kMessage_s;
  for (Message& message : messages_) {
    if (message.text != text) continue;
    message.until_s = until_s;
    return;
  }
  messages_.push_back({text, trouble, until_s});
  if (messages_.size() > 6) messages_.erase(messages_.begin());
}

void Interface::Open(const Cast& cast, uint64_t seed) { simulation_->Open(cast, seed); }

void Interface::LetPlay(const Cast& cast) {
  if (now_->replay) {
    Say(now_->mode == Mode::kEnded
            ? "You left the recording, whose episode is over: " + keys().Names("reset") +
                  " plays it anew, " + keys().Names("next_seed") + " another."
            : "You left the recording: it goes on from here with another.");
  }
  simulation_->SetAgent(cast);
}

void Interface::Show(const std::string& title) {
  settings_.open[title] = true;
  front_ = title;
  front_wait_ = 2;
}

bool Interface::IsShown(const std::string& title) const {
  const auto found = settings_.open.find(title);
  return found != settings_.open.end() && found->second;
}

void Interface::ChangeSpeed(double factor) {
  const double asked = simulation_->speed(), speed = asked > 0 ? asked : 64;
  simulation_->SetSpeed(std::clamp(speed * factor, 1.0 / 16, 64.0));
}

void Interface::PlayOrPause() {
  if (now_->mode == Mode::kPlaying || now_->mode == Mode::kWaiting) {
    simulation_->Pause();
    return;
  }
  // At the end of an episode playing means the next one, or this one again.
  if (now_->mode == Mode::kEnded) simulation_->Reset(now_->seed + (go_on_ ? 1 : 0));
  simulation_->Play();
}

void Interface::Remember() {
  constexpr double kEvery_s = 10;
  const Cast& cast = now_->cast;
  if (now_->spec != nullptr && !now_->replay && cast != remembered_) {
    remembered_ = cast;
    settings_.env = cast.env;
    settings_.agent = cast.agent;
    const std::string checkpoint =
        cast.checkpoint.empty() ? "" : std::filesystem::absolute(cast.checkpoint).string();
    if (!checkpoint.empty() && checkpoint != settings_.checkpoint) settings_.Remember(checkpoint);
    settings_.checkpoint = checkpoint;
  }
  if (settings_path_.empty() || ImGui::GetTime() - kept_s_ < kEvery_s) return;
  kept_s_ = ImGui::GetTime();
  settings_.layout = ImGui::SaveIniSettingsToMemory();
  std::string text = UserSettingsText(settings_);
  if (text == kept_) return;
  kept_ = std::move(text);
  SaveUserSettings(settings_, settings_path_);
}

void Interface::DoKeys() {
  Keys& keys = settings_.keys;
  if (!binding_.empty()) {  // the next key is asked for
    for (const KeyAction& action : KeyActions()) keys.SwitchOff(action.group);
    return;
  }
  const bool open = now_->spec != nullptr;
  if (open && keys.Pressed("play")) {
    PlayOrPause();
  }
  if (open && keys.Pressed("step")) simulation_->StepForward();
  if (open && keys.Pressed("back")) simulation_->StepBack();
  if (keys.Pressed("faster")) ChangeSpeed(2);
  if (keys.Pressed("slower")) ChangeSpeed(0.5);
  if (open && keys.Pressed("reset")) simulation_->Reset(now_->seed);
  if (open && !now_->replay && keys.Pressed("next_seed")) simulation_->Reset(now_->seed + 1);
  if (keys.Pressed("full_screen")) window_->SetFullScreen(!window_->full_screen());
  if (keys.Pressed("screenshot")) Screenshot();
  if (keys.Pressed("help")) help_ = !help_;
  if ((help_ || about_) && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    help_ = about_ = false;
    keys.Swallow();
  }
  if (keys.Pressed("quit")) window_->Close();
}

void Interface::Draw() {
  if (std::exchange(wants_screenshot_, false)) {
    try {
      const std::string path = PictureName();
      std::filesystem::create_directories("pictures");
      WritePng(path, window_->Pixels());
      Say("Picture of the window: " + path);
    } catch (const std::exception& error) {
      Say(error.what(), true);
    }
  }
  if (applied_theme_ != settings_.theme || applied_scale_ != scale()) {
    applied_theme_ = settings_.theme;
    applied_scale_ = scale();
    ApplyTheme(applied_theme_, scale());
  }
  if (std::shared_ptr<const Snapshot> now = simulation_->Now();
      now != now_ || simulation_->Idle()) {
    now_ = std::move(now);
    news_s_ = ImGui::GetTime();
  }
  if (now_->message != last_message_) {
    last_message_ = now_->message;
    if (!last_message_.empty()) Say(last_message_, now_->trouble);
  }
  Remember();
  settings_.keys.NewFrame();
  DoKeys();
  for (const Pane& pane : panes_) pane.panel->Update(this);
  DrawMenu();
  DrawControls();
  DrawDock();
  DrawPanes();
  if (help_) DrawHelp();
  if (about_) DrawAbout();
  // Else what ImGui gives the focus to comes to the front, whichever tab was there.
  if (asked_ && !help_ && !about_) ImGui::SetWindowFocus(nullptr);
  asked_ = help_ || about_;
  DrawMessages();
  const std::string title = now_->cast.env.empty() ? "rookery" : now_->cast.env + " - rookery";
  window_->SetTitle(title);
}

}  // namespace rookery::gui
