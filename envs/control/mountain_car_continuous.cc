// A car in a valley, too weak to drive out of it at once, with an engine of any strength below
// its largest; driving costs.
#include <algorithm>
#include <cmath>

#include "core/registry.h"
#include "envs/control/mountain.h"

namespace rookery {
namespace {

constexpr char kId[] = "MountainCarContinuous-v0";
constexpr int kMaxSteps = 999;
constexpr double kGoal = 0.45;
constexpr double kPower = 0.0015;
constexpr double kCost = 0.1, kPrize = 100;

EnvSpec MakeSpec() {
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "drive the car up to the flag with little effort";
  spec.action.Add(ForceSpec(DType::kFloat32, 1, "",
                            "drive, positive to the right; clipped to its bounds, but paid for "
                            "as it is"));
  spec.reward_high = kPrize;  // no lower bound: see the action
  spec.max_steps = kMaxSteps;
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

class MountainCarContinuous final : public ValleyCar {
 public:
  explicit MountainCarContinuous(const MountainCarConfig& config)
      : ValleyCar(MakeSpec(), config, kGoal) {}

 private:
  void Advance(const ArrayMap& action, StepResult* out) override {
    const float drive = action.at("action").As<float>()[0];
    out->terminated = episode_steps() == 0 ? Move<double>(drive) : Move<float>(drive);
    // Exact: the square of a float32 is a double.
    out->reward = (out->terminated ? kPrize : 0) -
                  static_cast<double>(drive) * static_cast<double>(drive) * kCost;
    Show(out);
  }

  // The reference keeps a start in double precision, and every later state in single (T); with
  // an action within bounds, what is computed from it is in single precision too.
  template <typename T>
  bool Move(float drive) {
    const T position = static_cast<T>(position_);
    T velocity = static_cast<T>(velocity_);
    const double pull = kValleyGravity * std::cos(static_cast<double>(3 * position));
    if (drive >= -1 && drive <= 1) {
      velocity += static_cast<T>(drive * static_cast<float>(kPower) - static_cast<float>(pull));
    } else {
      velocity += static_cast<T>((drive > 0 ? 1 : -1) * kPower - pull);
    }
    constexpr T kFastest = static_cast<T>(kMaxCarSpeed);
    velocity = std::clamp(velocity, -kFastest, kFastest);
    T moved =
        std::clamp(position + velocity, static_cast<T>(kValleyLow), static_cast<T>(kValleyHigh));
    if (moved == static_cast<T>(kValleyLow) && velocity < 0) velocity = 0;
    const bool arrived =
        moved >= static_cast<T>(kGoal) && velocity >= static_cast<T>(goal_velocity_);
    position_ = static_cast<double>(static_cast<float>(moved));
    velocity_ = static_cast<double>(static_cast<float>(velocity));
    return arrived;
  }
};

ROOKERY_REGISTER_ENV(MountainCarContinuous, MountainCarConfig,
                     {.id = kId,
                      .summary = "rock a weak car out of a valley with little effort",
                      .source = "Moore 1990; Gymnasium MountainCarContinuous-v0",
                      .world = "control",
                      .status = Status::kExact,
                      .max_steps = kMaxSteps,
                      .return_low = -kCost * kMaxSteps,
                      .return_high = kPrize,
                      .random_score = -20,
                      .solved_return = 90,
                      .parity = "observations equal to Gymnasium 1.4.0 MountainCarContinuous-v0 to "
                                "the bit, from the seed on"});

}  // namespace
}  // namespace rookery
