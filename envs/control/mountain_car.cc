// A car in a valley, too weak to drive out of it at once.
#include <algorithm>
#include <cmath>

#include "core/registry.h"
#include "envs/control/control_env.h"
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
  spec.observation.Add(StateSpec(DType::kFloat32, {"position", "velocity"},
                                 {kValleyLow, -kMaxCarSpeed}, {kValleyHigh, kMaxCarSpeed},
                                 "place along the road, and its change per step"));
  spec.action.Add(ChoiceSpec(3, "0 drives to the left, 1 not at all, 2 to the right"));
  spec.reward_low = spec.reward_high = -1;
  spec.max_steps = kMaxSteps;
  spec.control_hz = kValleyHz;
  return spec;
}

class MountainCar final : public ControlEnv {
 public:
  explicit MountainCar(const MountainCarConfig& config)
      : ControlEnv(MakeSpec()), goal_velocity_(config.goal_velocity) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const Bounds bounds = BoundsOptions(options, {kValleyStartLow, kValleyStartHigh});
    position_ = rng().Uniform(bounds.low, bounds.high);
    velocity_ = 0;
    WriteState({position_, velocity_}, DType::kFloat32, out);
  }

  void Advance(const ArrayMap& action, StepResult* out) override {
    velocity_ += static_cast<double>(Choice(action) - 1) * kForce +
                 std::cos(3 * position_) * -kValleyGravity;
    velocity_ = std::clamp(velocity_, -kMaxCarSpeed, kMaxCarSpeed);
    position_ = std::clamp(position_ + velocity_, kValleyLow, kValleyHigh);
    if (position_ == kValleyLow && velocity_ < 0) velocity_ = 0;
    out->terminated = position_ >= kGoal && velocity_ >= goal_velocity_;
    out->reward = -1;
    WriteState({position_, velocity_}, DType::kFloat32, out);
  }

  void DoSave(ByteWriter* out, bool) const override {
    out->Put(position_);
    out->Put(velocity_);
  }
  void DoLoad(ByteReader* in) override {
    const auto position = in->Get<double>(), velocity = in->Get<double>();
    position_ = position, velocity_ = velocity;
  }
  std::string ConfigKey() const override { return "goal_velocity=" + KeyText(goal_velocity_); }
  std::vector<std::string> ResetOptions() const override { return {"low", "high"}; }

  void BuildScene(Scene* scene) override { BuildValley(kGoal, scene); }
  void PlaceBodies(Scene* scene) override { PlaceCar(position_, scene); }

  const double goal_velocity_;
  double position_ = 0, velocity_ = 0;
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
     .parity = "equal to Gymnasium 1.4.0 MountainCar-v0 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
