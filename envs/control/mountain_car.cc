// A car in a valley, too weak to drive out of it at once.
#include <algorithm>
#include <cmath>

#include "core/registry.h"
#include "envs/control/mountain.h"

namespace rookery {
namespace {

constexpr char kId[] = "MountainCar-v0";
constexpr int kMaxSteps = 200;
constexpr double kGoal = 0.5;
constexpr double kForce = 0.001;

EnvSpec MakeSpec() {
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "drive the car up to the flag";
  spec.action.Add(ChoiceSpec(3, "0 drives to the left, 1 not at all, 2 to the right"));
  spec.reward_low = spec.reward_high = -1;
  spec.max_steps = kMaxSteps;
  return spec;
}

class MountainCar final : public ValleyCar {
 public:
  explicit MountainCar(const MountainCarConfig& config) : ValleyCar(MakeSpec(), config, kGoal) {}

 private:
  void Advance(const ArrayMap& action, StepResult* out) override {
    velocity_ += static_cast<double>(Choice(action) - 1) * kForce +
                 std::cos(3 * position_) * -kValleyGravity;
    velocity_ = std::clamp(velocity_, -kMaxCarSpeed, kMaxCarSpeed);
    position_ = std::clamp(position_ + velocity_, kValleyLow, kValleyHigh);
    if (position_ == kValleyLow && velocity_ < 0) velocity_ = 0;
    out->terminated = position_ >= kGoal && velocity_ >= goal_velocity_;
    out->reward = -1;
    Show(out);
  }
};

ROOKERY_REGISTER_ENV(
    MountainCar, MountainCarConfig,
    {.id = kId,
     .summary = "rock a weak car out of a valley: left, right or not at all",
     .source = "Moore 1990; Gymnasium MountainCar-v0",
     .world = "control",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = -kMaxSteps,
     .return_high = 0,
     .random_score = -199,
     .solved_return = -110,
     .parity =
         "observations equal to Gymnasium 1.4.0 MountainCar-v0 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
