// Private to gui: the You panel's half for whatever goes by keys, buttons and sliders.
#ifndef ROOKERY_GUI_PANELS_YOU_KEYS_H_
#define ROOKERY_GUI_PANELS_YOU_KEYS_H_

#include <array>
#include <optional>
#include <string>

#include "gui/interface.h"
#include "gui/key_steering.h"

namespace rookery::gui {

class YouKeys {
 public:
  void Start(const EnvSpec& spec);
  // Each frame in which the person plays.
  void Update(Interface* interface);
  // The person plays no more.
  void Leave(Interface* interface);
  void Draw(Interface* interface);
  std::string Help(Interface* interface) const;
  const KeySteering& steering() const { return steering_; }

 private:
  // Gives the keyboard back to the widgets.
  void Rest();
  SteeringKeys ReadKeys(Interface* interface);
  void Hold(Interface* interface, const std::optional<ArrayMap>& action);
  void DrawKeyCaps();
  void DrawChoices(Interface* interface);
  void DrawSliders(Interface* interface);

  KeySteering steering_;
  SteeringKeys keys_;
  std::optional<ArrayMap> held_;
  int pressed_choice_ = -1;  // button that is held down
  double stopped_s_ = -1e9;  // when it began or stopped to play
  bool plays_ = false, navigation_off_ = false, slid_ = false;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_YOU_KEYS_H_
