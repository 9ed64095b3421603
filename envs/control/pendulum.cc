// A pendulum on a motor that is too weak to lift it at once: swing it up, hold it there.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/registry.h"
#include "envs/control/control_env.h"
#include "envs/control/numpy_math.h"
#include "envs/control/shapes.h"

namespace rookery {
namespace {

constexpr char kId[] = "Pendulum-v1";
constexpr int kMaxSteps = 200;
constexpr double kStep_s = 0.05;
constexpr double kMaxSpeed = 8;   // rad/s
constexpr double kMaxTorque = 2;  // N m
// Cost of a step at worst; bounds of the return.
constexpr double kMaxCost =
    kPi * kPi + 0.1 * kMaxSpeed * kMaxSpeed + 0.001 * kMaxTorque * kMaxTorque;

struct PendulumConfig final : Config {
  double g = 10;
  void Fields(FieldVisitor& v) override {
    v.Field("g", &g, {.help = "gravity", .unit = "m/s^2", .min = -1000, .max = 1000});
  }
};

EnvSpec MakeSpec() {
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "swing the pendulum up and hold it there";
  spec.observation.Add(
      StateSpec(DType::kFloat32, {"cos_theta", "sin_theta", "theta_dot"}, {-1, -1, -kMaxSpeed},
                {1, 1, kMaxSpeed},
                "angle from upright, counter-clockwise, as cosine and sine; speed (rad/s)"));
  spec.action.Add(ForceSpec(DType::kFloat32, kMaxTorque, "N m", "torque; clipped to its bounds"));
  spec.reward_low = -kMaxCost;
  spec.reward_high = 0;
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / kStep_s;
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

class Pendulum final : public ControlEnv {
 public:
  explicit Pendulum(const PendulumConfig& config) : ControlEnv(MakeSpec()), g_(config.g) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const double theta = Largest(options, "x_init", kPi), speed = Largest(options, "y_init", 1);
    theta_ = rng().Uniform(-theta, theta);
    speed_ = rng().Uniform(-speed, speed);
    torque_ = 0;
    Observe(out);
  }

  double Largest(const ArrayMap& options, const char* name, double otherwise) const {
    const double value = NumberOption(options, name, otherwise);
    if (value < 0 || !std::isfinite(2 * value)) {
      throw UserError(std::string(kId) + ": reset option '" + name + "' is " + KeyText(value) +
                      ", expected 0 or more: starts are drawn between " + "minus and plus it");
    }
    return value;
  }

  // The torque is a float32, and so is what is computed of it alone.
  void Advance(const ArrayMap& action, StepResult* out) override {
    const float torque =
        std::clamp(action.at("action").As<float>()[0], static_cast<float>(-kMaxTorque),
                   static_cast<float>(kMaxTorque));
    torque_ = torque;
    const double angle = numpy::Remainder(theta_ + kPi, 2 * kPi) - kPi;
    const double cost = numpy::Squared(angle) + 0.1 * numpy::Squared(speed_) +
                        static_cast<double>(0.001f * numpy::Squared(torque));
    const double change = (3 * g_ / 2 * std::sin(theta_) + static_cast<double>(3.0f * torque));
    speed_ = std::clamp(speed_ + change * kStep_s, -kMaxSpeed, kMaxSpeed);
    theta_ = theta_ + speed_ * kStep_s;
    out->reward = -cost;
    Observe(out);
  }

  void Observe(StepResult* out) const {
    WriteState({std::cos(theta_), std::sin(theta_), speed_}, DType::kFloat32, out);
  }

  void DoSave(ByteWriter* out, bool) const override {
    for (const double value : {theta_, speed_, torque_}) out->Put(value);
  }
  void DoLoad(ByteReader* in) override {
    const auto theta = in->Get<double>(), speed = in->Get<double>(), torque = in->Get<double>();
    theta_ = theta, speed_ = speed, torque_ = torque;
  }
  std::string ConfigKey() const override { return "g=" + KeyText(g_); }
  std::vector<std::string> ResetOptions() const override { return {"x_init", "y_init"}; }

  void BuildScene(Scene* scene) override {
    using namespace shapes;
    AddRoom(scene, -1.45, 1.2);
    SceneBody& motor = AddBody(scene, "motor");
    AddShape(&motor, BoxMesh({0.24, 0.2, 1.6}), Pose({0, 0.32, -0.65}), kRail);
    AddShape(&motor, CylinderMesh(0.2, 0.24), {{0, 0.3, 0}, AlongY()}, kDark);
    SceneBody& rod = AddBody(scene, "rod");
    AddShape(&rod, BoxMesh({0.13, 0.1, 1}), Pose({0, 0, 0.5}), kRed);
    AddShape(&rod, CylinderMesh(0.1, 0.1), {{0, 0, 0}, AlongY()}, kRed);
    AddShape(&rod, CylinderMesh(0.13, 0.12), {{0, 0, 1}, AlongY()}, kRed);
    AddShape(&rod, CylinderMesh(0.05, 0.3), {{0, 0.05, 0}, AlongY()}, kDark);
    // A pointer that leans to where the motor turns.
    SceneBody& pointer = AddBody(scene, "torque");
    AddShape(&pointer, BoxMesh({0.035, 0.03, 0.16}), Pose({0, -0.09, 0.08}), kYellow);
    AddCamera(scene, {0, -6, 0.5}, {0, 0, -0.1}, 0.44);
  }
  void PlaceBodies(Scene* scene) override {
    scene->bodies[2].X_WB = shapes::InPlane(0, 0, -theta_);
    scene->bodies[3].X_WB = shapes::InPlane(0, 0, -torque_ * kPi / 2 / kMaxTorque);
  }

  const double g_;
  double theta_ = 0, speed_ = 0;
  double torque_ = 0;  // of the last step, to be seen
};

ROOKERY_REGISTER_ENV(
    Pendulum, PendulumConfig,
    {.id = kId,
     .summary = "swing a pendulum up with a weak motor and hold it",
     .source = "Gymnasium Pendulum-v1",
     .world = "control",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = -kMaxSteps * kMaxCost,
     .return_high = 0,
     .random_score = -900,
     .parity = "observations equal to Gymnasium 1.4.0 Pendulum-v1 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
