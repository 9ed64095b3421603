// The valley of the mountain car tasks: its constants and its scene.
#ifndef ROOKERY_ENVS_CONTROL_MOUNTAIN_H_
#define ROOKERY_ENVS_CONTROL_MOUNTAIN_H_

#include "core/config.h"
#include "core/scene.h"

namespace rookery {

inline constexpr double kValleyLow = -1.2, kValleyHigh = 0.6;  // where the road ends
inline constexpr double kMaxCarSpeed = 0.07;                   // of either sign, per step
inline constexpr double kValleyGravity = 0.0025;
inline constexpr double kValleyStartLow = -0.6, kValleyStartHigh = -0.4;
inline constexpr double kValleyHz = 30;  // steps have no duration; so fast they are shown

struct MountainCarConfig final : Config {
  double goal_velocity = 0;
  void Fields(FieldVisitor& v) override {
    v.Field("goal_velocity", &goal_velocity,
            {.help = "speed to have at the flag, at least", .min = -1, .max = 1});
  }
};

void BuildValley(double goal, Scene* scene);
void PlaceCar(double position, Scene* scene);

}  // namespace rookery

#endif  // ROOKERY_ENVS_CONTROL_MOUNTAIN_H_
