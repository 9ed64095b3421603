// Key steering: what a person's keys, sliders and buttons mean as an action, found from the spec of
// the actions alone. No drawing, no keyboard: those are the You panel's.
#ifndef ROOKERY_GUI_KEY_STEERING_H_
#define ROOKERY_GUI_KEY_STEERING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/env_spec.h"

namespace rookery::gui {

// Keys that are held down now.
struct SteeringKeys {
  bool up = false, down = false, left = false, right = false, fire = false;
  int choice = -1;  // of a discrete action: a number key or a button; -1 = none
  bool operator==(const SteeringKeys&) const = default;
};

class KeySteering {
 public:
  enum class Kind {
    kNone,        // nothing that keys could do
    kNamed,       // one discrete action, its choices named: UP, UPRIGHTFIRE
    kTwoWay,      // two choices: left, right; what was chosen last goes on
    kThreeWay,    // three choices: left, nothing, right
    kNumbered,    // more choices without names: by number; what was chosen last goes on
    kContinuous,  // numbers: keys for the first two or three, sliders for all
  };

  KeySteering() = default;
  explicit KeySteering(const EnvSpec& spec);

  Kind kind() const { return kind_; }
  bool works() const { return kind_ != Kind::kNone; }
  const std::string& why_not() const { return why_not_; }  // of kNone
  // How to play, in one or two lines.
  const std::string& help() const { return help_; }
  // Keys give gas and brake; what they steer turns gradually.
  bool vehicle() const { return vehicle_; }
  bool fires() const;  // the key that fires does something
  // What falls while one looks for the key: slower than that is for practice.
  double best_speed() const { return kind_ == Kind::kTwoWay ? 0.25 : 1; }

  // The action that these keys mean `seconds` after the last call; nothing before the first key
  // where no choice means "nothing".
  std::optional<ArrayMap> Act(const SteeringKeys& keys, double seconds);
  void Forget();  // as at first; sliders stay

  // Discrete: how many choices there are, what they are called, and which one is played.
  int choices() const { return choices_; }
  std::string ChoiceName(int choice) const;
  int choice() const { return choice_; }

  // Continuous: what a slider shows. Where no key is held, its value is played.
  struct Slider {
    std::string array = {}, name = {}, unit = {};
    int64_t index = 0;         // in its array
    double low = 0, high = 0;  // finite; where the spec has no bounds, a guess
    double rest = 0;           // its value
    double now = 0;            // what is played
  };
  std::vector<Slider>& sliders() { return sliders_; }
  void Centre();  // all sliders as at first

 private:
  int NamedChoice(const SteeringKeys& keys) const;
  int Find(const std::string& name) const;  // -1 = there is none
  bool AnyOf(const char* first, const char* second, const char* third) const;
  ArrayMap DiscreteAction(int choice) const;
  ArrayMap ContinuousAction() const;
  void StartDiscrete(const ArraySpec& action);
  void StartContinuous(const Spec& actions);

  Kind kind_ = Kind::kNone;
  std::string why_not_ = "nothing is open";
  std::string help_;
  Spec actions_;
  ArraySpec discrete_;
  std::vector<std::string> names_;
  int choices_ = 0, choice_ = -1;
  bool vehicle_ = false;
  bool joystick_ = false;  // radius, angle and button
  std::vector<Slider> sliders_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_KEY_STEERING_H_
