// What the mountain car tasks share: the valley, its car and how it is reset, kept and drawn.
#ifndef ROOKERY_ENVS_CONTROL_MOUNTAIN_H_
#define ROOKERY_ENVS_CONTROL_MOUNTAIN_H_

#include "core/config.h"
#include "envs/control/control_env.h"

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

// Subclasses drive the car (Advance).
class ValleyCar : public ControlEnv {
 protected:
  // `spec` gets the observation; `goal` is where the flag stands.
  ValleyCar(EnvSpec spec, const MountainCarConfig& config, double goal);
  void Show(StepResult* out) const;  // the observation

  const double goal_, goal_velocity_;
  double position_ = 0, velocity_ = 0;

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override;
  void DoSave(ByteWriter* out, bool with_random) const override;
  void DoLoad(ByteReader* in) override;
  std::string ConfigKey() const override { return "goal_velocity=" + KeyText(goal_velocity_); }
  std::vector<std::string> ResetOptions() const override { return {"low", "high"}; }
  void BuildScene(Scene* scene) override;
  void PlaceBodies(Scene* scene) override;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_CONTROL_MOUNTAIN_H_
