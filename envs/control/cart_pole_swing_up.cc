// A pole that hangs from a cart, to be swung up and balanced with a force of any strength below
// the largest.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/registry.h"
#include "envs/control/cart_scene.h"
#include "envs/control/control_env.h"

namespace rookery {
namespace {

constexpr char kId[] = "CartPoleSwingUpHarder-v0";
constexpr int kMaxSteps = 1000;
constexpr double kStep_s = 0.01;
constexpr double kGravity = 9.82;             // m/s^2
constexpr double kPoleMass = 0.5, kMass = 1;  // kg; pole, and with the cart
constexpr double kPole = 0.6;                 // m
constexpr double kFriction = 0.1;             // N s/m, of the cart
constexpr double kForce_n = 10;
constexpr double kReach = 2.4;  // m, either side

struct SwingUpConfig final : Config {
  std::string start = "harder";
  void Fields(FieldVisitor& v) override {
    v.Field("start", &start,
            {.help = "harder: anywhere on the track, up to 90 degrees from hanging, speeds up to "
                     "10; simple: about hanging at rest in the middle",
             .choices = {"harder", "simple"}});
  }
};

EnvSpec MakeSpec() {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "swing the pole up and balance it in the middle of the track";
  spec.observation.Add(StateSpec(DType::kFloat64,
                                 {"x", "x_dot", "cos_theta", "sin_theta", "theta_dot"},
                                 {-kAny, -kAny, -1, -1, -kAny}, {kAny, kAny, 1, 1, kAny},
                                 "place (m) and speed of the cart; angle of the pole from upright, "
                                 "as cosine and sine, and its speed (rad/s)"));
  spec.action.Add(
      ForceSpec(DType::kFloat64, 1, "10 N", "push, positive to the right; clipped to its bounds"));
  // Less than nothing where the cart leaves the track, as it does once, at no more than a metre
  // beyond the end.
  spec.reward_low = -1;
  spec.reward_high = 1;
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / kStep_s;
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

class CartPoleSwingUp final : public ControlEnv {
 public:
  explicit CartPoleSwingUp(const SwingUpConfig& config)
      : ControlEnv(MakeSpec()), simple_(config.start == "simple") {}

 private:
  // Reset options x, x_dot, theta, theta_dot replace what was drawn.
  void DoReset(const ArrayMap& options, StepResult* out) override {
    constexpr std::array<double, 4> kCentre = {0, 0, kPi, 0};
    constexpr std::array<double, 4> kSpread = {2.4, 10, kPi / 2, 10};
    constexpr double kSimpleSpread = 0.2;
    std::array<double, 4> start;
    for (size_t i = 0; i < 4; ++i) {
      start[i] = kCentre[i] + (simple_ ? kSimpleSpread * rng().StandardNormal()
                                       : kSpread[i] * rng().Uniform(-1, 1));
    }
    x_ = NumberOption(options, "x", start[0]);
    x_dot_ = NumberOption(options, "x_dot", start[1]);
    theta_ = NumberOption(options, "theta", start[2]);
    theta_dot_ = NumberOption(options, "theta_dot", start[3]);
    Observe(out);
  }

  // Equations of Gal, McAllister and Rasmussen 2016 for a uniform pole; explicit Euler.
  void Advance(const ArrayMap& action, StepResult* out) override {
    constexpr double m = kPoleMass, l = kPole, M = kMass;
    const double force = kForce_n * std::clamp(action.at("action").As<double>()[0], -1.0, 1.0);
    const double sine = std::sin(theta_), cosine = std::cos(theta_);
    const double whirl = m * l * theta_dot_ * theta_dot_ * sine;
    const double x_acceleration =
        (-2 * whirl + 3 * m * kGravity * sine * cosine + 4 * force - 4 * kFriction * x_dot_) /
        (4 * M - 3 * m * cosine * cosine);
    const double theta_acceleration = (-3 * whirl * cosine + 6 * M * kGravity * sine +
                                       6 * (force - kFriction * x_dot_) * cosine) /
                                      (4 * l * M - 3 * m * l * cosine * cosine);
    x_ += kStep_s * x_dot_;
    theta_ += kStep_s * theta_dot_;
    x_dot_ += kStep_s * x_acceleration;
    theta_dot_ += kStep_s * theta_acceleration;
    out->terminated = x_ < -kReach || x_ > kReach;
    out->reward = (std::cos(theta_) + 1) / 2 * std::cos(x_ / kReach * (kPi / 2));
    Observe(out);
  }

  void Observe(StepResult* out) const {
    WriteState({x_, x_dot_, std::cos(theta_), std::sin(theta_), theta_dot_}, DType::kFloat64, out);
  }

  void DoSave(ByteWriter* out, bool) const override {
    for (const double value : {x_, x_dot_, theta_, theta_dot_}) out->Put(value);
  }
  void DoLoad(ByteReader* in) override {
    std::array<double, 4> state;
    for (double& value : state) value = in->Get<double>();
    x_ = state[0], x_dot_ = state[1], theta_ = state[2], theta_dot_ = state[3];
  }
  std::string ConfigKey() const override { return simple_ ? "start=simple" : ""; }
  std::vector<std::string> ResetOptions() const override {
    return {"x", "x_dot", "theta", "theta_dot"};
  }

  void BuildScene(Scene* scene) override { BuildCartScene(kReach, kPole, true, scene); }
  void PlaceBodies(Scene* scene) override { PlaceCart(x_, theta_, scene); }

  const bool simple_;
  double x_ = 0, x_dot_ = 0, theta_ = 0, theta_dot_ = 0;
};

ROOKERY_REGISTER_ENV(CartPoleSwingUp, SwingUpConfig,
                     {.id = kId,
                      .summary = "swing up a pole that hangs from a cart, from hard starts",
                      .source = "Tang and Ha, The Sensory Neuron as a Transformer, NeurIPS 2021",
                      .world = "control",
                      .status = Status::kApproximate,
                      .known_issues = {"seeds draw other starts than the reference's generator"},
                      .max_steps = kMaxSteps,
                      .return_low = -1,
                      .return_high = kMaxSteps,
                      .random_score = 120,
                      .parity = "equal to the published step, within 1e-9 over 100 steps"});

}  // namespace
}  // namespace rookery
