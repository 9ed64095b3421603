// Two links that hang from a joint, with a motor between them: swing the tip above a line.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/registry.h"
#include "envs/control/control_env.h"
#include "envs/control/numpy_math.h"
#include "envs/control/shapes.h"

namespace rookery {
namespace {

constexpr char kId[] = "Acrobot-v1";
constexpr int kMaxSteps = 500;
constexpr double kMaxSpeed1 = 4 * kPi, kMaxSpeed2 = 9 * kPi;  // rad/s
// Both links: 1 m, 1 kg, centre of mass in the middle, moment of inertia 1 kg m^2.
constexpr double kMass = 1, kLength = 1, kCentre = 0.5, kInertia = 1, kGravity = 9.8;
constexpr double kStart = 0.1;  // largest coordinate of a start

struct AcrobotConfig final : Config {
  std::string book_or_nips = "book";
  double dt = 0.2;
  double torque_noise_max = 0;
  void Fields(FieldVisitor& v) override {
    v.Field("book_or_nips", &book_or_nips,
            {.help = "equations of Sutton and Barto's book, or of the paper, which lacks a term",
             .choices = {"book", "nips"}});
    v.Field("dt", &dt,
            {.help = "time step, one of Runge and Kutta's", .unit = "s", .min = 1e-4, .max = 1});
    v.Field("torque_noise_max", &torque_noise_max,
            {.help = "largest random torque added to every action",
             .unit = "N m",
             .min = 0,
             .max = 100});
  }
};

EnvSpec MakeSpec(const AcrobotConfig& config) {
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "swing the tip of the lower link above the line";
  spec.observation.Add(
      StateSpec(DType::kFloat32, {"cos_1", "sin_1", "cos_2", "sin_2", "speed_1", "speed_2"},
                {-1, -1, -1, -1, -kMaxSpeed1, -kMaxSpeed2}, {1, 1, 1, 1, kMaxSpeed1, kMaxSpeed2},
                "angle of the upper link from hanging and of the lower one from the upper, "
                "counter-clockwise, "
                "as cosine and sine; speeds (rad/s)"));
  spec.action.Add(ChoiceSpec(3, "torque between the links: 0, 1, 2 give -1, 0, 1 N m"));
  spec.reward_low = -1;
  spec.reward_high = 0;
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / config.dt;
  return spec;
}

using State = std::array<double, 4>;  // angles, speeds

class Acrobot final : public ControlEnv {
 public:
  explicit Acrobot(const AcrobotConfig& config)
      : ControlEnv(MakeSpec(config)),
        paper_(config.book_or_nips == "nips"),
        dt_(config.dt),
        torque_noise_(config.torque_noise_max) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const Bounds bounds = BoundsOptions(options, {-kStart, kStart});
    // Starts are float32, and so is what is seen of them.
    std::array<float, 4> start;
    for (float& value : start) value = static_cast<float>(rng().Uniform(bounds.low, bounds.high));
    std::copy(start.begin(), start.end(), state_.begin());
    WriteState({numpy::Cos(start[0]), numpy::Sin(start[0]), numpy::Cos(start[1]),
                numpy::Sin(start[1]), start[2], start[3]},
               DType::kFloat32, out);
  }

  void Advance(const ArrayMap& action, StepResult* out) override {
    double torque = static_cast<double>(Choice(action) - 1);
    if (torque_noise_ > 0) torque += rng().Uniform(-torque_noise_, torque_noise_);
    // Runge and Kutta's method of order four.
    const State k1 = Derivatives(state_, torque);
    const State k2 = Derivatives(Moved(dt_ / 2, k1), torque);
    const State k3 = Derivatives(Moved(dt_ / 2, k2), torque);
    const State k4 = Derivatives(Moved(dt_, k3), torque);
    for (size_t i = 0; i < 4; ++i) {
      state_[i] = state_[i] + dt_ / 6.0 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    state_[0] = Wrapped(state_[0]);
    state_[1] = Wrapped(state_[1]);
    state_[2] = std::clamp(state_[2], -kMaxSpeed1, kMaxSpeed1);
    state_[3] = std::clamp(state_[3], -kMaxSpeed2, kMaxSpeed2);
    out->terminated = -std::cos(state_[0]) - std::cos(state_[1] + state_[0]) > 1;
    out->reward = out->terminated ? 0 : -1;
    WriteState({std::cos(state_[0]), std::sin(state_[0]), std::cos(state_[1]), std::sin(state_[1]),
                state_[2], state_[3]},
               DType::kFloat32, out);
  }

  State Moved(double time, const State& rates) const {
    State out;
    for (size_t i = 0; i < 4; ++i) out[i] = state_[i] + time * rates[i];
    return out;
  }

  static double Wrapped(double angle) {
    while (angle > kPi) angle = angle - 2 * kPi;
    while (angle < -kPi) angle = angle + 2 * kPi;
    return angle;
  }

  // Sutton and Barto's book, chapter on the acrobot; names as there.
  State Derivatives(const State& s, double torque) const {
    constexpr double m = kMass, l = kLength, lc = kCentre, I = kInertia, g = kGravity;
    const double theta1 = s[0], theta2 = s[1], dtheta1 = s[2], dtheta2 = s[3];
    const double cos2 = std::cos(theta2), sin2 = std::sin(theta2);
    const double d1 = m * (lc * lc) + m * (l * l + lc * lc + 2 * l * lc * cos2) + I + I;
    const double d2 = m * (lc * lc + l * lc * cos2) + I;
    const double phi2 = m * lc * g * std::cos(theta1 + theta2 - kPi / 2);
    const double phi1 = -m * l * lc * numpy::Squared(dtheta2) * sin2 -
                        2 * m * l * lc * dtheta2 * dtheta1 * sin2 +
                        (m * lc + m * l) * g * std::cos(theta1 - kPi / 2) + phi2;
    const double torques = torque + d2 / d1 * phi1;
    const double ddtheta2 =
        (paper_ ? torques - phi2 : torques - m * l * lc * numpy::Squared(dtheta1) * sin2 - phi2) /
        (m * (lc * lc) + I - numpy::Squared(d2) / d1);
    const double ddtheta1 = -(d2 * ddtheta2 + phi1) / d1;
    return {dtheta1, dtheta2, ddtheta1, ddtheta2};
  }

  void DoSave(ByteWriter* out, bool) const override {
    for (const double value : state_) out->Put(value);
  }
  void DoLoad(ByteReader* in) override {
    State state;
    for (double& value : state) value = in->Get<double>();
    state_ = state;
  }
  std::string ConfigKey() const override {
    return (paper_ ? "nips dt=" : "book dt=") + KeyText(dt_) +
           " torque_noise_max=" + KeyText(torque_noise_);
  }
  std::vector<std::string> ResetOptions() const override { return {"low", "high"}; }

  void BuildScene(Scene* scene) override {
    using namespace shapes;
    AddRoom(scene, -2.3, 1.2);
    SceneBody& stand = AddBody(scene, "stand");
    AddShape(&stand, BoxMesh({0.2, 0.16, 2.4}), Pose({0, 0.45, -1.15}), kRail);
    AddShape(&stand, CylinderMesh(0.07, 0.6), {{0, 0.2, 0}, AlongY()}, kDark);
    AddShape(&stand, BoxMesh({4.6, 0.02, 0.035}), Pose({0, 0.1, kLength}), kGreen);
    for (const char* name : {"upper link", "lower link"}) {
      SceneBody& link = AddBody(scene, name);
      const bool lower = name[0] == 'l';
      const double y = lower ? -0.14 : 0;  // before the other
      AddShape(&link, BoxMesh({0.13, 0.1, kLength}), Pose({0, y, -kLength / 2}),
               lower ? kTeal : kBlue);
      AddShape(&link, CylinderMesh(0.1, 0.14), {{0, y, 0}, AlongY()}, kYellow);
      if (lower) AddShape(&link, SphereMesh(0.09), Pose({0, y, -kLength}), kRed);
    }
    AddCamera(scene, {0, -8, 0.6}, {0, 0, -0.05}, 0.6);
  }
  void PlaceBodies(Scene* scene) override {
    scene->bodies[2].X_WB = shapes::InPlane(0, 0, -state_[0]);
    scene->bodies[3].X_WB = shapes::InPlane(
        kLength * std::sin(state_[0]), -kLength * std::cos(state_[0]), -(state_[0] + state_[1]));
  }

  const bool paper_;
  const double dt_, torque_noise_;
  State state_ = {};
};

ROOKERY_REGISTER_ENV(
    Acrobot, AcrobotConfig,
    {.id = kId,
     .summary = "swing two linked bars up with a motor at their joint",
     .source = "Sutton 1996, Sutton and Barto 2018; Gymnasium Acrobot-v1",
     .world = "control",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = -kMaxSteps,
     .return_high = 0,
     .random_score = -400,
     .solved_return = -100,
     .parity = "observations equal to Gymnasium 1.4.0 Acrobot-v1 to the bit, from the seed on"});

}  // namespace
}  // namespace rookery
