// Keys: one table of everything a key does, shown by F1, to be bound anew and kept per user.
#ifndef ROOKERY_GUI_KEYS_H_
#define ROOKERY_GUI_KEYS_H_

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rookery::gui {

// A key with Ctrl, Shift, Alt, as ImGuiKeyChord.
using KeyChord = int;

struct KeyAction {
  const char* id;     // "play"
  const char* group;  // "Simulation"
  const char* text;   // what it does
  KeyChord standard;
  KeyChord second = 0;   // also bound at first
  bool repeats = false;  // while held
};

// All there are, by group.
const std::vector<KeyAction>& KeyActions();

class Keys {
 public:
  Keys();

  // Was it pressed in this frame? Not while text is typed, nor when its group is off. Bug for an
  // unknown id.
  bool Pressed(const std::string& id) const;
  // Is it held down?
  bool Down(const std::string& id) const;

  // Groups whose keys are wanted for something else (a person steers) are off in the next frame.
  void SwitchOff(const std::string& group) { off_next_.push_back(group); }
  // Whatever was pressed in this frame has done what it is for.
  void Swallow() { swallowed_ = true; }
  // Keys that are down now mean something else than they did: they count again once let go.
  void WaitForRelease();
  void NewFrame();

  // Up to two chords, 0 = none.
  const std::vector<KeyChord>& chords(const std::string& id) const;
  // Takes the chord from the action that has it and is alive together with this one, whose text is
  // returned: the group "You" stands alone, all others are together.
  std::string Bind(const std::string& id, size_t which, KeyChord chord);
  // The standard; returns the texts of the actions that lost a chord to it.
  std::vector<std::string> Restore(const std::string& id);
  static std::string Name(KeyChord chord);         // "Ctrl+P", "Keypad +"; "" for none
  std::string Names(const std::string& id) const;  // "Space", "=, Keypad +"

  // Those that are not the standard.
  nlohmann::json ToJson() const;
  void FromJson(const nlohmann::json& bindings);  // what it does not know is left out

 private:
  bool Usable(const std::string& id) const;
  bool Waits(KeyChord chord) const;
  bool ModsFit(KeyChord chord) const;
  std::map<std::string, std::vector<KeyChord>> chords_;
  bool swallowed_ = false;
  KeyChord mods_ = 0, last_mods_ = 0;  // that are down in this frame, and were in the last
  std::vector<std::string> off_, off_next_;
  std::vector<KeyChord> waiting_;  // keys to be let go
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_KEYS_H_
