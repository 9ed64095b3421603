#include "gui/key_steering.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rookery::gui {
namespace {

constexpr int64_t kMostSliders = 64;
constexpr double kUnbounded = 3;       // where a slider ends that has no bounds
constexpr double kFullSteer_s = 0.35;  // of a vehicle, from the middle to the full lock
constexpr double kFullGas_s = 0.25;

// As far as `seconds` get from `now` towards `target`.
double Towards(double now, double target, double most) {
  return now + std::clamp(target - now, -most, most);
}

void Store(double value, int64_t index, Array* array) {
  const auto at = static_cast<size_t>(index);
  switch (array->dtype()) {
    case DType::kFloat32:
      array->As<float>()[at] = static_cast<float>(value);
      return;
    case DType::kFloat64:
      array->As<double>()[at] = value;
      return;
    case DType::kInt32:
      array->As<int32_t>()[at] = static_cast<int32_t>(std::lround(value));
      return;
    case DType::kInt64:
      array->As<int64_t>()[at] = std::lround(value);
      return;
    case DType::kUInt8:
      array->As<uint8_t>()[at] = static_cast<uint8_t>(std::lround(value));
      return;
    case DType::kBool:
      array->As<bool>()[at] = value >= 0.5;
      return;
  }
}

bool OneSided(const KeySteering::Slider& slider) { return slider.low == 0 && slider.high > 0; }

}  // namespace

KeySteering::KeySteering(const EnvSpec& spec) : actions_(spec.action) {
  why_not_.clear();
  int64_t elements = 0;
  for (const ArraySpec& array : actions_.arrays()) elements += NumElements(array.shape);
  const auto& arrays = actions_.arrays();
  if (elements == 0 || elements > kMostSliders) {
    why_not_ = elements == 0 ? "this environment takes no action"
                             : "an action has " + std::to_string(elements) +
                                   " numbers, too many to give by hand";
  } else if (arrays.size() == 1 && arrays[0].discrete && elements == 1 &&
             std::isfinite(arrays[0].HighAt(0) - arrays[0].LowAt(0))) {
    StartDiscrete(arrays[0]);
  } else {
    StartContinuous(actions_);
  }
}

void KeySteering::StartDiscrete(const ArraySpec& action) {
  discrete_ = action;
  choices_ = static_cast<int>(action.HighAt(0) - action.LowAt(0)) + 1;
  names_ = action.choices;
  if (!names_.empty()) {
    kind_ = Kind::kNamed;
    help_ = "Hold the arrow keys or W A S D";
    if (AnyOf("FIRE", "UPFIRE", "RIGHTFIRE")) help_ += "; Space or X fires";
    help_ += AnyOf("GAS", "GAS", "GAS") ? ": up is gas, down is brake." : ".";
  } else if (choices_ == 2) {
    kind_ = Kind::kTwoWay;
    help_ = "Left or right (or A, D). The last one goes on until you press the other.";
  } else if (choices_ == 3) {
    kind_ = Kind::kThreeWay;
    help_ = "Hold left or right (or A, D); without a key nothing is done.";
  } else {
    kind_ = Kind::kNumbered;
    help_ = "Number keys or the buttons below. The last one goes on until you press another.";
  }
}

void KeySteering::StartContinuous(const Spec& actions) {
  kind_ = Kind::kContinuous;
  for (const ArraySpec& array : actions.arrays()) {
    const int64_t count = NumElements(array.shape);
    for (int64_t i = 0; i < count; ++i) {
      Slider slider{.array = array.name, .unit = array.unit, .index = i};
      const auto at = static_cast<size_t>(i);
      slider.name = at < array.elements.size() ? array.elements[at]
                    : count == 1               ? array.name
                                               : array.name + " " + std::to_string(i);
      slider.low = std::isfinite(array.LowAt(i)) ? array.LowAt(i) : -kUnbounded;
      slider.high = std::isfinite(array.HighAt(i)) ? array.HighAt(i) : kUnbounded;
      slider.rest = std::clamp(0.0, slider.low, slider.high);
      // A quaternion of zeros is none.
      if (array.quaternion >= 0 && i == array.quaternion + 3) slider.rest = 1;
      slider.now = slider.rest;
      sliders_.push_back(std::move(slider));
    }
  }
  vehicle_ = sliders_.size() >= 3 && !OneSided(sliders_[0]) && OneSided(sliders_[1]) &&
             OneSided(sliders_[2]);
  joystick_ = sliders_.size() == 3 && sliders_[0].name == "radius" && sliders_[1].name == "theta" &&
              sliders_[2].name == "fire";
  const std::string& first = sliders_[0].name;
  if (joystick_) {
    help_ = "Hold the arrow keys or W A S D; Space or X fires.";
  } else if (vehicle_) {
    help_ = "Left and right steer (or A, D), up is " + sliders_[1].name + ", down is " +
            sliders_[2].name + " (or W, S).";
  } else if (sliders_.size() == 1) {
    help_ = "Hold left or right (or A, D) for the least or the most " + first + ".";
  } else {
    help_ = "Left and right move " + first + ", up and down " + sliders_[1].name +
            "; the sliders move every part of the action.";
  }
}

bool KeySteering::fires() const {
  return joystick_ || std::any_of(names_.begin(), names_.end(), [](const std::string& name) {
           return name.find("FIRE") != std::string::npos;
         });
}

int KeySteering::Find(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? -1 : static_cast<int>(found - names_.begin());
}

bool KeySteering::AnyOf(const char* first, const char* second, const char* third) const {
  return Find(first) >= 0 || Find(second) >= 0 || Find(third) >= 0;
}

// The combined name where there is one, else the part of it that there is.
int KeySteering::NamedChoice(const SteeringKeys& keys) const {
  std::string vertical = keys.up == keys.down ? "" : keys.up ? "UP" : "DOWN";
  std::string horizontal = keys.left == keys.right ? "" : keys.left ? "LEFT" : "RIGHT";
  const std::string fire = keys.fire ? "FIRE" : "";
  if (!vertical.empty() && !AnyOf("UP", "DOWN", "UPFIRE")) {
    if (AnyOf("GAS", "BRAKE", "GAS")) {
      vertical = keys.up ? "GAS" : "BRAKE";
    } else if (horizontal.empty()) {
      // Games whose paddle turns one knob: what moves it up is called right.
      horizontal = keys.up ? "RIGHT" : "LEFT";
    }
  }
  const std::string wishes[] = {vertical + horizontal + fire,
                                vertical + horizontal,
                                horizontal + fire,
                                vertical + fire,
                                horizontal,
                                vertical,
                                fire};
  for (const std::string& wish : wishes) {
    if (const int found = wish.empty() ? -1 : Find(wish); found >= 0) return found;
  }
  return std::max(0, Find("NOOP"));
}

std::optional<ArrayMap> KeySteering::Act(const SteeringKeys& keys, double seconds) {
  switch (kind_) {
    case Kind::kNone:
      return std::nullopt;
    case Kind::kNamed:
      choice_ = NamedChoice(keys);
      break;
    case Kind::kTwoWay:
    case Kind::kThreeWay:
      if (kind_ == Kind::kThreeWay) choice_ = 1;
      if (keys.left != keys.right) choice_ = keys.left ? 0 : choices_ - 1;
      break;
    case Kind::kNumbered:
      break;
    case Kind::kContinuous:
      break;
  }
  if (kind_ != Kind::kContinuous) {
    if (keys.choice >= 0 && keys.choice < choices_) choice_ = keys.choice;
    if (choice_ < 0) return std::nullopt;
    return DiscreteAction(choice_);
  }
  const auto steer = [&](size_t i, bool less, bool more, double full_s) {
    if (i >= sliders_.size()) return;
    Slider& slider = sliders_[i];
    const double target = less == more ? slider.rest : less ? slider.low : slider.high;
    const double most = (slider.high - slider.low) * (OneSided(slider) ? 1 : 0.5) / full_s;
    slider.now = full_s > 0 ? Towards(slider.now, target, most * seconds) : target;
  };
  if (joystick_) {
    const int right = keys.right - keys.left, up = keys.up - keys.down;
    const bool tilted = right != 0 || up != 0;
    sliders_[0].now = tilted ? sliders_[0].high : sliders_[0].rest;
    sliders_[1].now = tilted ? std::atan2(up, right) : sliders_[1].rest;
    sliders_[2].now = keys.fire ? sliders_[2].high : sliders_[2].rest;
    return ContinuousAction();
  }
  for (size_t i = 3; i < sliders_.size(); ++i) sliders_[i].now = sliders_[i].rest;
  steer(0, keys.left, keys.right, vehicle_ ? kFullSteer_s : 0);
  if (vehicle_) {
    steer(1, false, keys.up, kFullGas_s);
    steer(2, false, keys.down, kFullGas_s);
  } else {
    steer(1, keys.down, keys.up, 0);
    steer(2, false, false, 0);
  }
  return ContinuousAction();
}

void KeySteering::Forget() {
  choice_ = -1;
  for (Slider& slider : sliders_) slider.now = slider.rest;
}

void KeySteering::Centre() {
  for (Slider& slider : sliders_) {
    const ArraySpec& array = actions_.at(slider.array);
    const bool real = array.quaternion >= 0 && slider.index == array.quaternion + 3;
    slider.rest = real ? 1 : std::clamp(0.0, slider.low, slider.high);
  }
}

std::string KeySteering::ChoiceName(int choice) const {
  if (choice >= 0 && choice < static_cast<int>(names_.size())) {
    return names_[static_cast<size_t>(choice)];
  }
  return std::to_string(choice + static_cast<int64_t>(discrete_.LowAt(0)));
}

ArrayMap KeySteering::DiscreteAction(int choice) const {
  ArrayMap action = actions_.Zeros();
  Store(choice + discrete_.LowAt(0), 0, &action.at(discrete_.name));
  return action;
}

ArrayMap KeySteering::ContinuousAction() const {
  ArrayMap action = actions_.Zeros();
  for (const Slider& slider : sliders_) Store(slider.now, slider.index, &action.at(slider.array));
  return action;
}

}  // namespace rookery::gui
