#include "gui/keys.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"

namespace rookery::gui {
namespace {

const KeyAction& Find(const std::string& id) {
  for (const KeyAction& action : KeyActions()) {
    if (id == action.id) return action;
  }
  throw Bug("there is no key action " + id);
}

std::vector<KeyChord> Standard(const KeyAction& action) { return {action.standard, action.second}; }

// While a person steers, their keys come before all others; those others are alive together.
bool AliveTogether(const KeyAction& a, const KeyAction& b) {
  const std::string steering = "You";
  return (a.group == steering) == (b.group == steering);
}

// As it is printed on the key.
std::string KeyName(ImGuiKey key) {
  static const auto* names = new std::map<ImGuiKey, std::string>{
      {ImGuiKey_LeftArrow, "Left arrow"},
      {ImGuiKey_RightArrow, "Right arrow"},
      {ImGuiKey_UpArrow, "Up arrow"},
      {ImGuiKey_DownArrow, "Down arrow"},
      {ImGuiKey_PageUp, "Page up"},
      {ImGuiKey_PageDown, "Page down"},
      {ImGuiKey_Apostrophe, "'"},
      {ImGuiKey_Comma, ","},
      {ImGuiKey_Minus, "-"},
      {ImGuiKey_Period, "."},
      {ImGuiKey_Slash, "/"},
      {ImGuiKey_Semicolon, ";"},
      {ImGuiKey_Equal, "="},
      {ImGuiKey_LeftBracket, "["},
      {ImGuiKey_Backslash, "\\"},
      {ImGuiKey_RightBracket, "]"},
      {ImGuiKey_GraveAccent, "`"},
      {ImGuiKey_KeypadDecimal, "Keypad ."},
      {ImGuiKey_KeypadDivide, "Keypad /"},
      {ImGuiKey_KeypadMultiply, "Keypad *"},
      {ImGuiKey_KeypadSubtract, "Keypad -"},
      {ImGuiKey_KeypadAdd, "Keypad +"},
      {ImGuiKey_KeypadEnter, "Keypad Enter"},
      {ImGuiKey_KeypadEqual, "Keypad ="},
  };
  const auto found = names->find(key);
  if (found != names->end()) return found->second;
  if (key >= ImGuiKey_Keypad0 && key <= ImGuiKey_Keypad9) {
    return "Keypad " + std::to_string(key - ImGuiKey_Keypad0);
  }
  return ImGui::GetKeyName(key);
}

}  // namespace

const std::vector<KeyAction>& KeyActions() {
  static const auto* actions = new std::vector<KeyAction>{
      {"play", "Simulation", "play or pause", ImGuiKey_Space},
      {"step", "Simulation", "one step", ImGuiKey_RightArrow, 0, true},
      {"back", "Simulation", "one step back", ImGuiKey_LeftArrow, 0, true},
      {"faster", "Simulation", "twice as fast", ImGuiKey_Equal, ImGuiKey_KeypadAdd},
      {"slower", "Simulation", "half as fast", ImGuiKey_Minus, ImGuiKey_KeypadSubtract},
      {"reset", "Simulation", "the episode from its beginning", ImGuiKey_Backspace},
      {"next_seed", "Simulation", "another episode: the next seed", ImGuiKey_N},
      {"take_over", "Simulation", "you play from here, or the agent again", ImGuiKey_T},
      {"next_camera", "Scene", "next camera", ImGuiKey_RightBracket},
      {"previous_camera", "Scene", "previous camera", ImGuiKey_LeftBracket},
      {"free_camera", "Scene", "free camera; nothing selected", ImGuiKey_Escape},
      {"fit", "Scene", "the whole workspace in view", ImGuiKey_F},
      {"shadows", "Scene", "shadows", ImGuiKey_H},
      {"wireframe", "Scene", "wireframe", ImGuiKey_W},
      {"contacts", "Scene", "contacts and forces", ImGuiKey_C},
      {"frames", "Scene", "coordinate frames", ImGuiKey_F6},
      {"segmentation", "Scene", "each body in its own colour", ImGuiKey_G},
      {"screenshot", "Window", "a picture of the window", ImGuiMod_Ctrl | ImGuiKey_P},
      {"record", "Window", "record the episodes that are played", ImGuiMod_Ctrl | ImGuiKey_R},
      {"video", "Window", "record a video of the scene", ImGuiMod_Ctrl | ImGuiKey_M},
      {"full_screen", "Window", "full screen", ImGuiKey_F11, ImGuiKey_F5},
      {"help", "Window", "this table", ImGuiKey_F1},
      {"quit", "Window", "quit", ImGuiMod_Ctrl | ImGuiKey_Q},
      {"up", "You", "up, accelerate", ImGuiKey_UpArrow, ImGuiKey_W},
      {"down", "You", "down, brake", ImGuiKey_DownArrow, ImGuiKey_S},
      {"left", "You", "left", ImGuiKey_LeftArrow, ImGuiKey_A},
      {"right", "You", "right", ImGuiKey_RightArrow, ImGuiKey_D},
      {"fire", "You", "fire", ImGuiKey_Space, ImGuiKey_X},
      {"turn_left", "You", "turn the place to the left", ImGuiKey_Q, 0, true},
      {"turn_right", "You", "turn the place to the right", ImGuiKey_E, 0, true},
      {"do_it", "You", "pick and place, push", ImGuiKey_Enter, ImGuiKey_KeypadEnter},
      {"take_back", "You", "take a point back; stop steering", ImGuiKey_Escape},
  };
  return *actions;
}

Keys::Keys() {
  for (const KeyAction& action : KeyActions()) chords_[action.id] = Standard(action);
}

void Keys::WaitForRelease() {
  for (const auto& [id, chords] : chords_) {
    for (const KeyChord chord : chords) {
      const KeyChord key = chord & ~ImGuiMod_Mask_;
      if (key != 0 && ImGui::IsKeyDown(static_cast<ImGuiKey>(key))) waiting_.push_back(key);
    }
  }
}

void Keys::NewFrame() {
  swallowed_ = false;
  last_mods_ = std::exchange(mods_, ImGui::GetIO().KeyMods);
  off_.swap(off_next_);
  off_next_.clear();
  std::erase_if(waiting_,
                [](KeyChord key) { return !ImGui::IsKeyDown(static_cast<ImGuiKey>(key)); });
}

bool Keys::Waits(KeyChord chord) const {
  return std::find(waiting_.begin(), waiting_.end(), chord & ~ImGuiMod_Mask_) != waiting_.end();
}

// In a slow frame Ctrl may be let go in the same one as the key is pressed.
bool Keys::ModsFit(KeyChord chord) const {
  const KeyChord mods = chord & ImGuiMod_Mask_;
  if (mods == 0) return mods_ == 0 && last_mods_ == 0;
  return mods_ == mods || (mods_ == 0 && last_mods_ == mods);
}

bool Keys::Usable(const std::string& id) const {
  const KeyAction& action = Find(id);
  return !swallowed_ && !ImGui::GetIO().WantTextInput &&
         !ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel) &&
         std::find(off_.begin(), off_.end(), action.group) == off_.end();
}

bool Keys::Pressed(const std::string& id) const {
  if (!Usable(id)) return false;
  const ImGuiInputFlags flags = Find(id).repeats ? ImGuiInputFlags_Repeat : ImGuiInputFlags_None;
  for (const KeyChord chord : chords(id)) {
    const auto key = static_cast<ImGuiKey>(chord & ~ImGuiMod_Mask_);
    if (key != 0 && !Waits(chord) && ModsFit(chord) &&
        ImGui::IsKeyPressed(key, flags, ImGuiKeyOwner_Any)) {
      return true;
    }
  }
  return false;
}

bool Keys::Down(const std::string& id) const {
  if (!Usable(id)) return false;
  for (const KeyChord chord : chords(id)) {
    const auto key = static_cast<ImGuiKey>(chord & ~ImGuiMod_Mask_);
    if (key != 0 && !Waits(chord) && ImGui::IsKeyDown(key)) return true;
  }
  return false;
}

const std::vector<KeyChord>& Keys::chords(const std::string& id) const {
  Find(id);
  return chords_.at(id);
}

std::string Keys::Bind(const std::string& id, size_t which, KeyChord chord) {
  const KeyAction& action = Find(id);
  std::string loser;
  for (const KeyAction& other : KeyActions()) {
    if (!AliveTogether(action, other)) continue;
    for (KeyChord& taken : chords_[other.id]) {
      if (chord == 0 || taken != chord) continue;
      taken = 0;
      if (id != other.id) loser = other.text;
    }
  }
  chords_[id].at(which) = chord;
  return loser;
}

std::vector<std::string> Keys::Restore(const std::string& id) {
  const std::vector<KeyChord> standard = Standard(Find(id));
  std::vector<std::string> losers;
  for (size_t i = 0; i < standard.size(); ++i) {
    const std::string loser = Bind(id, i, standard[i]);
    if (!loser.empty()) losers.push_back(loser);
  }
  return losers;
}

std::string Keys::Name(KeyChord chord) {
  const auto key = static_cast<ImGuiKey>(chord & ~ImGuiMod_Mask_);
  if (key == ImGuiKey_None) return "";
  std::string name;
  if ((chord & ImGuiMod_Ctrl) != 0) name += "Ctrl+";
  if ((chord & ImGuiMod_Shift) != 0) name += "Shift+";
  if ((chord & ImGuiMod_Alt) != 0) name += "Alt+";
  if ((chord & ImGuiMod_Super) != 0) name += "Super+";
  return name + KeyName(key);
}

std::string Keys::Names(const std::string& id) const {
  std::string names;
  for (const KeyChord chord : chords(id)) {
    if (chord != 0) names += (names.empty() ? "" : ", ") + Name(chord);
  }
  return names;
}

nlohmann::json Keys::ToJson() const {
  nlohmann::json json = nlohmann::json::object();
  for (const KeyAction& action : KeyActions()) {
    if (chords_.at(action.id) != Standard(action)) json[action.id] = chords_.at(action.id);
  }
  return json;
}

void Keys::FromJson(const nlohmann::json& bindings) {
  if (!bindings.is_object()) return;
  for (const auto& [id, chords] : bindings.items()) {
    const auto known = chords_.find(id);
    if (known == chords_.end() || !chords.is_array() || chords.size() != 2) continue;
    if (chords[0].is_number_integer() && chords[1].is_number_integer()) {
      known->second = chords.get<std::vector<KeyChord>>();
    }
  }
}

}  // namespace rookery::gui
