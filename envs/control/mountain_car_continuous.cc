// A car in a valley, too weak to drive out of it at once, with an engine of any strength below
// its largest; driving costs.
#include <algorithm>
#include <cmath>

#include "core/registry.h"
#include "envs/control/control_env.h"
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
  spec.observation.Add(StateSpec(DType::kFloat32, {"position", "velocity"},
                                 {kValleyLow, -kMaxCarSpeed}, {kValleyHigh, kMaxCarSpeed},
                                 "place along the road, and its change per step"));
  spec.action.Add(ForceSpec(DType::kFloat32, 1, "",
                            "drive, positive to the right; clipped to its bounds, but paid for "
                            "as it is"));
  spec.reward_high = kPrize;  // no lower bound: see the action
  spec.max_steps = kMaxSteps;
  spec.control_hz = kValleyHz;
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

class MountainCarContinuous final : public ControlEnv {
 public:
  explicit MountainCarContinuous(const MountainCarConfig& config)
      : ControlEnv(MakeSpec()), goal_velocity_(config.goal_velocity) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const Bounds bounds = BoundsOptions(options, {kValleyStartLow, kValleyStartHigh});
    position_ = rng().Uniform(bounds.low, bounds.high);
    velocity_ = 0;
    first_ = true;
    WriteState({position_, velocity_}, DType::kFloat32, out);
  }

  void Advance(const ArrayMap& action, StepResult* out) override {
    const float drive = action.at("action").As<float>()[0];
    out->terminated = first_ ? Move<double>(drive) : Move<float>(drive);
    first_ = false;
    // Exact: the square of a float32 is a double.
    out->reward = (out->terminated ? kPrize : 0) -
                  static_cast<double>(drive) * static_cast<double>(drive) * kCost;
    WriteState({position_, velocity_}, DType::kFloat32, out);
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

  void DoSave(ByteWriter* out, bool) const override {
    out->Put(position_);
    out->Put(velocity_);
    out->Put(first_);
  }
  void DoLoad(ByteReader* in) override {
    const auto position = in->Get<double>(), velocity = in->Get<double>();
    first_ = in->Get<bool>();
    position_ = position, velocity_ = velocity;
  }
  std::string ConfigKey() const override { return "goal_velocity=" + KeyText(goal_velocity_); }
  std::vector<std::string> ResetOptions() const override { return {"low", "high"}; }

  void BuildScene(Scene* scene) override { BuildValley(kGoal, scene); }
  void PlaceBodies(Scene* scene) override { PlaceCar(position_, scene); }

  const double goal_velocity_;
  double position_ = 0, velocity_ = 0;
  bool first_ = true;  // no step since the reset
};

ROOKERY_REGISTER_ENV(
    MountainCarContinuous, MountainCarConfig,
    {.id = kId,
     .summary = "rock a weak car out of a valley with little effort",
     .source = "Moore 1990; Gymnasium MountainCarContinuous-v0",
     .world = "control",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = -kCost * kMaxSteps,
     .return_high = kPrize,
     .random_score = -20,
     .parity = "equal to Gymnasium 1.4.0 MountainCarContinuous-v0 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
