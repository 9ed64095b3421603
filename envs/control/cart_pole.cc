// A pole on a cart, to be kept upright by pushing the cart left or right.
#include <array>
#include <cmath>

#include "core/registry.h"
#include "envs/control/cart_scene.h"
#include "envs/control/control_env.h"

namespace rookery {
namespace {

constexpr char kId[] = "CartPole-v1";
constexpr int kMaxSteps = 500;
constexpr double kStep_s = 0.02;
constexpr double kGravity = 9.8;                          // m/s^2
constexpr double kPoleMass = 0.1, kMass = kPoleMass + 1;  // kg; pole, and with the cart
constexpr double kHalfPole = 0.5;                         // m
constexpr double kMoment = kPoleMass * kHalfPole;         // kg m
constexpr double kForce_n = 10;
constexpr double kReach = 2.4;                // m, either side
constexpr double kTilt = 12 * 2 * kPi / 360;  // rad, either side
constexpr double kStart = 0.05;               // largest coordinate of a start

struct CartPoleConfig final : Config {
  bool sutton_barto_reward = false;
  void Fields(FieldVisitor& v) override {
    v.Field("sutton_barto_reward", &sutton_barto_reward,
            {.help = "reward 0 for a step and -1 for the fall, instead of 1 for every step"});
  }
};

EnvSpec MakeSpec(bool sutton_barto_reward) {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "keep the pole upright and the cart on the track";
  spec.observation.Add(StateSpec(DType::kFloat32, {"x", "x_dot", "theta", "theta_dot"},
                                 {-2 * kReach, -kAny, -2 * kTilt, -kAny},
                                 {2 * kReach, kAny, 2 * kTilt, kAny},
                                 "place (m) and speed of the cart, angle from upright (rad) and "
                                 "angular speed of the pole"));
  spec.action.Add(ChoiceSpec(2, "0 pushes the cart to the left, 1 to the right, with 10 N"));
  spec.reward_low = sutton_barto_reward ? -1 : 1;
  spec.reward_high = sutton_barto_reward ? 0 : 1;
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / kStep_s;
  return spec;
}

class CartPole final : public ControlEnv {
 public:
  explicit CartPole(const CartPoleConfig& config)
      : ControlEnv(MakeSpec(config.sutton_barto_reward)),
        sutton_barto_reward_(config.sutton_barto_reward) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const Bounds bounds = BoundsOptions(options, {-kStart, kStart});
    for (double* value : {&x_, &x_dot_, &theta_, &theta_dot_}) {
      *value = rng().Uniform(bounds.low, bounds.high);
    }
    Observe(out);
  }

  // Equations of Florian, "Correct equations for the dynamics of the cart-pole system", without
  // friction; explicit Euler.
  void Advance(const ArrayMap& action, StepResult* out) override {
    const double force = Choice(action) == 1 ? kForce_n : -kForce_n;
    const double cosine = std::cos(theta_), sine = std::sin(theta_);
    const double push = (force + kMoment * (theta_dot_ * theta_dot_) * sine) / kMass;
    const double theta_acceleration =
        (kGravity * sine - cosine * push) /
        (kHalfPole * (4.0 / 3.0 - kPoleMass * (cosine * cosine) / kMass));
    const double x_acceleration = push - kMoment * theta_acceleration * cosine / kMass;
    x_ = x_ + kStep_s * x_dot_;
    x_dot_ = x_dot_ + kStep_s * x_acceleration;
    theta_ = theta_ + kStep_s * theta_dot_;
    theta_dot_ = theta_dot_ + kStep_s * theta_acceleration;
    out->terminated = x_ < -kReach || x_ > kReach || theta_ < -kTilt || theta_ > kTilt;
    out->reward = sutton_barto_reward_ ? (out->terminated ? -1 : 0) : 1;
    Observe(out);
  }

  void Observe(StepResult* out) const {
    WriteState({x_, x_dot_, theta_, theta_dot_}, DType::kFloat32, out);
  }

  void DoSave(ByteWriter* out, bool) const override {
    for (const double value : {x_, x_dot_, theta_, theta_dot_}) out->Put(value);
  }
  void DoLoad(ByteReader* in) override {
    std::array<double, 4> state;
    for (double& value : state) value = in->Get<double>();
    x_ = state[0], x_dot_ = state[1], theta_ = state[2], theta_dot_ = state[3];
  }
  std::string ConfigKey() const override {
    return sutton_barto_reward_ ? "sutton_barto_reward=true" : "";
  }
  std::vector<std::string> ResetOptions() const override { return {"low", "high"}; }

  void BuildScene(Scene* scene) override { BuildCartScene(kReach, 2 * kHalfPole, false, scene); }
  void PlaceBodies(Scene* scene) override { PlaceCart(x_, theta_, scene); }

  const bool sutton_barto_reward_;
  double x_ = 0, x_dot_ = 0, theta_ = 0, theta_dot_ = 0;
};

ROOKERY_REGISTER_ENV(
    CartPole, CartPoleConfig,
    {.id = kId,
     .summary = "keep a pole upright by pushing its cart left or right",
     .source = "Barto, Sutton and Anderson 1983; Gymnasium CartPole-v1",
     .world = "control",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = 0,
     .return_high = kMaxSteps,
     .random_score = 40,
     .solved_return = 475,
     .parity = "observations equal to Gymnasium 1.4.0 CartPole-v1 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
