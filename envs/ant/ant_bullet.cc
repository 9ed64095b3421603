// AntBulletEnv-v0 of PyBullet: a heavy four-legged robot that is to run along x. Numbers follow
// PyBullet's environment, single precision included where it has that.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"
#include "envs/ant/bullet_ant.h"

namespace rookery {
namespace {

constexpr char kId[] = "AntBullet-v0";
constexpr int kMaxSteps = 1000;
constexpr int kJoints = BulletAnt::kJoints, kLegs = BulletAnt::kLegs;
constexpr int kInputs = 8 + 2 * kJoints + kLegs;
constexpr double kTorque = 2.5 * 100;      // N m, at full action
constexpr double kTargetX = 1000;          // m; the robot is to run there
constexpr double kInitialJoint_rad = 0.1;  // half width
constexpr double kLowestAlive_m = 0.26;    // the torso's radius and 1 cm
constexpr double kElectricity = -2.0, kStall = -0.1, kJointAtLimit = -0.1;

struct AntBulletConfig final : Config {
  bool unit_axes = false;
  void Fields(FieldVisitor& v) override {
    v.Field("unit_axes", &unit_axes,
            {.help = "ankles with axes of length 1; PyBullet's, of length sqrt(2), move less"});
  }
};

EnvSpec MakeSpec() {
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "run along the x axis";
  spec.observation.Add(
      {.name = "state",
       .shape = {kInputs},
       .low = {-5},
       .high = {5},
       .description = "height above the start; sine and cosine of the target's bearing; 0.3 "
                      "velocity (3, along the heading); roll, pitch; for each joint its place "
                      "between its limits (-1 to 1) and 0.1 speed; feet on the floor (4)",
       .elements = {
           "height",  "sin_bearing",   "cos_bearing", "forward",       "left",    "up",
           "roll",    "pitch",         "hip_1",       "hip_1_speed",   "ankle_1", "ankle_1_speed",
           "hip_2",   "hip_2_speed",   "ankle_2",     "ankle_2_speed", "hip_3",   "hip_3_speed",
           "ankle_3", "ankle_3_speed", "hip_4",       "hip_4_speed",   "ankle_4", "ankle_4_speed",
           "foot_1",  "foot_2",        "foot_3",      "foot_4"}});
  spec.action.Add({.name = "action",
                   .shape = {kJoints},
                   .low = {-1},
                   .high = {1},
                   .unit = "250 N m",
                   .description = "torque of each joint; beyond the bounds it does not grow",
                   .elements = {"hip_1", "ankle_1", "hip_2", "ankle_2", "hip_3", "ankle_3", "hip_4",
                                "ankle_4"}});
  const auto info = [&](const char* name, const char* unit, const char* description) {
    spec.info.Add({.name = name,
                   .dtype = DType::kFloat64,
                   .shape = {},
                   .unit = unit,
                   .description = description});
  };
  info("x_position", "m", "of the torso");
  info("y_position", "m", "of the torso");
  info("reward_alive", "", "part of the reward: the torso is off the floor");
  info("reward_progress", "", "part of the reward: speed towards the target");
  info("reward_electricity", "", "part of the reward: torques and power, not positive");
  info("reward_joints_at_limit", "", "part of the reward: joints at their limits, not positive");
  info("reward_feet_collision", "", "part of the reward: always 0");
  spec.info.Add({.name = "unstable",
                 .dtype = DType::kBool,
                 .shape = {},
                 .low = {0},
                 .high = {1},
                 .description = "the simulation broke down, which ended the episode"});
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / BulletAnt::kStep_s;
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

// The mean of eight as NumPy computes it.
float Mean(const std::array<float, kJoints>& r) {
  return (((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))) / kJoints;
}

// Roll, pitch and yaw as PyBullet's getEulerFromQuaternion.
Vec3 Rpy(const Quat& q) {
  const double sine = -2 * (q.x * q.z - q.w * q.y);
  if (sine <= -0.99999) return {0, -0.5 * kPi, 2 * std::atan2(q.x, -q.y)};
  if (sine >= 0.99999) return {0, 0.5 * kPi, 2 * std::atan2(-q.x, q.y)};
  const double xx = q.x * q.x, yy = q.y * q.y, zz = q.z * q.z, ww = q.w * q.w;
  return {std::atan2(2 * (q.y * q.z + q.w * q.x), ww - xx - yy + zz), std::asin(sine),
          std::atan2(2 * (q.x * q.y + q.w * q.z), ww + xx - yy - zz)};
}

class AntBullet final : public Env {
 public:
  explicit AntBullet(const AntBulletConfig& config)
      : Env(MakeSpec()), unit_axes_(config.unit_axes), ant_(config.unit_axes) {}

  const Scene& GetScene() override { return ant_.GetScene(); }
  double Clock() const override { return static_cast<double>(time_steps_) * BulletAnt::kStep_s; }
  void SetSceneDetail(bool detail) override { ant_.SetSceneDetail(detail); }
  bool Pull(const std::optional<ScenePull>& pull) override { return ant_.Pull(pull); }
  bool MoveBody(int body, const Pose& X_WB) override {
    if (!ant_.MoveBody(body, X_WB)) return false;
    MeanPosition();
    potential_ = Potential();  // progress is not the hand's
    return true;
  }

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    std::array<double, kJoints> joints;
    if (const Array* given = options.Find("joints")) {
      Check(*given);
      for (int j = 0; j < kJoints; ++j) joints[static_cast<size_t>(j)] = given->AsDouble(j);
    } else {
      for (double& q : joints) q = rng().Uniform(-kInitialJoint_rad, kInitialJoint_rad);
    }
    ant_.Reset(joints);
    feet_ = {};
    start_z_ = ant_.Torso().p.z;
    rewards_ = {};
    time_steps_ = 0;
    Observe(out);
    potential_ = Potential();
    Watch();
    Report(out, false);
  }

  void DoStep(const ArrayMap& action, StepResult* out) override {
    const std::span<const float> a = action.at("action").As<float>();
    std::array<double, kJoints> torques;
    for (size_t j = 0; j < kJoints; ++j) {
      torques[j] = kTorque * static_cast<double>(std::clamp(a[j], -1.0f, 1.0f));
    }
    ant_.Step(torques);
    const bool unstable = !ant_.IsFinite();
    if (unstable) {
      LogWarning(std::string(kId) + ": the simulation is unstable: its state is not finite");
      ant_.Reset(std::array<double, kJoints>{});
    }
    Observe(out);
    const double height = static_cast<double>(state_[0]) + start_z_;
    rewards_.alive = !unstable && height > kLowestAlive_m ? 1 : -1;
    const double before = potential_;
    potential_ = Potential();
    rewards_.progress = unstable ? 0 : potential_ - before;
    std::array<float, kJoints> power, square;
    for (size_t j = 0; j < kJoints; ++j) {
      power[j] = std::abs(a[j] * state_[9 + 2 * j]);
      square[j] = a[j] * a[j];
    }
    rewards_.electricity = kElectricity * static_cast<double>(Mean(power));
    rewards_.electricity += kStall * static_cast<double>(Mean(square));
    rewards_.limits = kJointAtLimit * at_limit_;
    // Seen with the next step only.
    for (int leg = 0; leg < kLegs; ++leg) {
      feet_[static_cast<size_t>(leg)] = ant_.FootTouchesFloor(leg) ? 1.0f : 0.0f;
    }
    out->reward = ((rewards_.alive + rewards_.progress) + rewards_.electricity) + rewards_.limits;
    out->terminated = rewards_.alive < 0;
    time_steps_ += 1;
    Watch();
    Report(out, unstable);
  }

  // Fills state_ (before clipping) and the observation.
  void Observe(StepResult* out) {
    const Pose torso = ant_.Torso();
    MeanPosition();
    const Vec3 rpy = Rpy(torso.q);
    const double bearing = std::atan2(-mean_y_, kTargetX - mean_x_) - rpy.z;
    const double c = std::cos(-rpy.z), s = std::sin(-rpy.z);
    const Vec3 v = ant_.Velocity();
    const double values[] = {torso.p.z - start_z_,
                             std::sin(bearing),
                             std::cos(bearing),
                             0.3 * (c * v.x - s * v.y),
                             0.3 * (s * v.x + c * v.y),
                             0.3 * v.z,
                             rpy.x,
                             rpy.y};
    for (size_t i = 0; i < 8; ++i) state_[i] = static_cast<float>(values[i]);
    at_limit_ = 0;
    for (int j = 0; j < kJoints; ++j) {
      const double low = ant_.JointLow(j), high = ant_.JointHigh(j), middle = 0.5 * (low + high);
      const auto place = static_cast<float>(2 * (ant_.JointPosition(j) - middle) / (high - low));
      at_limit_ += std::abs(place) > 0.99f;
      state_[static_cast<size_t>(8 + 2 * j)] = place;
      state_[static_cast<size_t>(9 + 2 * j)] = static_cast<float>(0.1 * ant_.JointVelocity(j));
    }
    std::copy(feet_.begin(), feet_.end(), state_.begin() + 8 + 2 * kJoints);
    const auto to = out->observation.Ensure("state", DType::kFloat32, {kInputs}).As<float>();
    for (size_t i = 0; i < kInputs; ++i) to[i] = std::clamp(state_[i], -5.0f, 5.0f);
    state_[0] = to[0];  // the height that keeps it alive is the clipped one
  }

  // Of torso, links and floor, as PyBullet's environment has it, which counts the floor at (0, 0)
  // among the robot's parts. (NumPy's order of additions: eight sums side by side.)
  void MeanPosition() {
    constexpr int kParts = BulletAnt::kLinks + 2;
    std::array<double, kParts> x = {}, y = {};
    for (int i = 0; i < BulletAnt::kLinks; ++i) {
      const Vec3 p = ant_.LinkPosition(i);
      const auto at = static_cast<size_t>(i == 0 ? 0 : i + 1);
      x[at] = p.x;
      y[at] = p.y;
    }
    const Vec3 torso = ant_.Torso().p;
    x[1] = torso.x;
    y[1] = torso.y;
    const auto mean = [](const std::array<double, kParts>& v) {
      std::array<double, 8> r;
      for (size_t k = 0; k < 8; ++k) r[k] = v[k] + v[k + 8];
      double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
      for (size_t k = 16; k < kParts; ++k) sum += v[k];
      return sum / kParts;
    };
    mean_x_ = mean(x);
    mean_y_ = mean(y);
  }

  double Potential() const {
    const double dx = kTargetX - mean_x_;
    return -std::sqrt(mean_y_ * mean_y_ + dx * dx) / BulletAnt::kStep_s;
  }

  void Report(StepResult* out, bool unstable) {
    const Vec3 torso = ant_.Torso().p;
    const auto info = [&](const char* name, double value) {
      out->info.Ensure(name, DType::kFloat64, {}).As<double>()[0] = value;
    };
    info("x_position", torso.x);
    info("y_position", torso.y);
    info("reward_alive", rewards_.alive);
    info("reward_progress", rewards_.progress);
    info("reward_electricity", rewards_.electricity);
    info("reward_joints_at_limit", rewards_.limits);
    info("reward_feet_collision", 0);
    out->info.Ensure("unstable", DType::kBool, {}).As<bool>()[0] = unstable;
  }

  // A viewer sees the end of every step whose time it asked for.
  void Watch() {
    if (!scene_sink() || !(scene_hz() > 0)) return;
    const double now = Clock(), last = static_cast<double>(time_steps_ - 1) * BulletAnt::kStep_s;
    if (std::floor(now * scene_hz()) > std::floor(last * scene_hz())) {
      scene_sink()(ant_.GetScene(), now);
    }
  }

  static void Check(const Array& joints) {
    const std::string what = std::string(kId) + ": reset option 'joints'";
    if (joints.shape() != Shape{kJoints}) {
      throw UserError(what + " has shape " + ShapeText(joints.shape()) + ", expected " +
                      ShapeText({kJoints}));
    }
    for (int64_t j = 0; j < kJoints; ++j) {
      const double q = joints.AsDouble(j);
      if (!(std::abs(q) <= kPi)) {
        throw UserError(what + ": element " + std::to_string(j) + " is " + std::to_string(q) +
                        ", expected an angle from -pi to pi");
      }
    }
  }

  void DoSave(ByteWriter* out, bool /*with_random*/) const override {
    ant_.Save(out);
    for (float foot : feet_) out->Put(foot);
    out->Put(start_z_);
    out->Put(potential_);
    out->Put(time_steps_);
  }
  void DoLoad(ByteReader* in) override {
    ant_.Load(in);
    for (float& foot : feet_) foot = in->Get<float>();
    start_z_ = in->Get<double>();
    potential_ = in->Get<double>();
    time_steps_ = in->Get<int64_t>();
  }
  std::string ConfigKey() const override { return unit_axes_ ? "unit_axes=true" : ""; }
  std::vector<std::string> ResetOptions() const override { return {"joints"}; }

  struct Rewards {
    double alive = 0, progress = 0, electricity = 0, limits = 0;
  };

  bool unit_axes_;
  BulletAnt ant_;
  std::array<float, kLegs> feet_ = {};
  double start_z_ = 0, potential_ = 0;
  int64_t time_steps_ = 0;
  // Of the last observation.
  std::array<float, kInputs> state_ = {};
  double mean_x_ = 0, mean_y_ = 0;
  int at_limit_ = 0;
  Rewards rewards_;
};

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

ROOKERY_REGISTER_ENV(AntBullet, AntBulletConfig,
                     {.id = kId,
                      .summary = "make a heavy four-legged robot run (Bullet)",
                      .source = "Tang and Ha, 2021; PyBullet 3.2.7 AntBulletEnv-v0",
                      .world = "ant",
                      .status = Status::kExact,
                      .max_steps = kMaxSteps,
                      .return_low = -kUnbounded,
                      .return_high = kUnbounded,
                      .random_score = 700,
                      .parity = "equal to PyBullet 3.2.7 with the same model and calls"});

}  // namespace
}  // namespace rookery
