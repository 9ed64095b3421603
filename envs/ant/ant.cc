// Ant-v5 of Gymnasium: four legs that are to run along x. Observations, rewards and info are those
// of Gymnasium's environment number by number; sums are added up in NumPy's order for it.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/registry.h"
#include "envs/mujoco/mujoco_sim.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ant-v5";
constexpr char kModel[] = "ant/ant.xml";
constexpr int kMaxSteps = 1000;
// Of the model.
constexpr int kPositions = 15, kVelocities = 14, kMotors = 8, kBodies = 14;
constexpr double kTimeStep_s = 0.01;

struct AntConfig final : Config {
  std::string xml_file;
  int frame_skip = 5;
  double forward_reward_weight = 1;
  double ctrl_cost_weight = 0.5;
  double contact_cost_weight = 5e-4;
  double healthy_reward = 1;
  std::string main_body = "1";
  bool terminate_when_unhealthy = true;
  double healthy_z_range_low = 0.2, healthy_z_range_high = 1.0;
  double contact_force_range_low = -1.0, contact_force_range_high = 1.0;
  double reset_noise_scale = 0.1;
  bool exclude_current_positions_from_observation = true;
  bool include_cfrc_ext_in_observation = true;

  void Fields(FieldVisitor& v) override {
    v.Field("xml_file", &xml_file,
            {.help = "another model of an ant with the same joints, motors and bodies; empty: ours",
             .optional = true});
    v.Field("frame_skip", &frame_skip,
            {.help = "physics steps of 0.01 s in a step", .min = 1, .max = 1000});
    v.Field("forward_reward_weight", &forward_reward_weight,
            {.help = "weight of the speed along x in the reward"});
    v.Field("ctrl_cost_weight", &ctrl_cost_weight,
            {.help = "weight of the squared action in the reward"});
    v.Field("contact_cost_weight", &contact_cost_weight,
            {.help = "weight of the squared contact forces in the reward"});
    v.Field("healthy_reward", &healthy_reward,
            {.help = "reward of a step at whose end it is healthy"});
    v.Field("main_body", &main_body,
            {.help = "name or number of the body whose speed is rewarded; 1 = torso"});
    v.Field("terminate_when_unhealthy", &terminate_when_unhealthy,
            {.help = "end the episode when the torso leaves its range of heights"});
    v.Field("healthy_z_range_low", &healthy_z_range_low,
            {.help = "least height of a healthy torso", .unit = "m"});
    v.Field("healthy_z_range_high", &healthy_z_range_high,
            {.help = "greatest height of a healthy torso", .unit = "m"});
    v.Field("contact_force_range_low", &contact_force_range_low,
            {.help = "contact forces are clipped to this, below"});
    v.Field("contact_force_range_high", &contact_force_range_high,
            {.help = "contact forces are clipped to this, above"});
    v.Field("reset_noise_scale", &reset_noise_scale,
            {.help = "half width of the positions', deviation of the velocities' initial noise",
             .min = 0,
             .max = 1e6});
    v.Field("exclude_current_positions_from_observation",
            &exclude_current_positions_from_observation,
            {.help = "leave x and y of the torso out of the observation"});
    v.Field("include_cfrc_ext_in_observation", &include_cfrc_ext_in_observation,
            {.help = "observe the contact forces on every body"});
  }
  void Check() const override {
    const auto ordered = [](const char* name, double low, double high) {
      if (low <= high) return;
      throw UserError(std::string(kId) + ": " + name + "_low = " + std::to_string(low) +
                      " is above " + name + "_high = " + std::to_string(high));
    };
    ordered("healthy_z_range", healthy_z_range_low, healthy_z_range_high);
    ordered("contact_force_range", contact_force_range_low, contact_force_range_high);
  }
};

EnvSpec MakeSpec(const AntConfig& config) {
  const int64_t size = kPositions + kVelocities -
                       (config.exclude_current_positions_from_observation ? 2 : 0) +
                       (config.include_cfrc_ext_in_observation ? 6 * (kBodies - 1) : 0);
  EnvSpec spec;
  spec.id = kId;
  spec.instruction = "run along the x axis";
  spec.observation.Add(
      {.name = "state",
       .dtype = DType::kFloat64,
       .shape = {size},
       .description = "positions (torso: [x, y,] z, quaternion w x y z; hip and ankle of legs 1 to "
                      "4), their velocities, torque and force of contacts on each body (clipped)"});
  spec.action.Add({.name = "action",
                   .dtype = DType::kFloat32,
                   .shape = {kMotors},
                   .low = {-1},
                   .high = {1},
                   .unit = "150 N m",
                   .description = "torque of each hinge; beyond the bounds it does not grow",
                   .elements = {"hip_4", "ankle_4", "hip_1", "ankle_1", "hip_2", "ankle_2", "hip_3",
                                "ankle_3"}});
  const auto info = [&](const char* name, const char* unit, const char* description) {
    spec.info.Add({.name = name,
                   .dtype = DType::kFloat64,
                   .shape = {},
                   .unit = unit,
                   .description = description});
  };
  info("x_position", "m", "of the torso");
  info("y_position", "m", "of the torso");
  info("distance_from_origin", "m", "of the torso, in the plane");
  info("x_velocity", "m/s", "of the main body during the step");
  info("y_velocity", "m/s", "of the main body during the step");
  info("reward_forward", "", "part of the reward: speed along x");
  info("reward_ctrl", "", "part of the reward: torques, not positive");
  info("reward_contact", "", "part of the reward: contact forces, not positive");
  info("reward_survive", "", "part of the reward: being healthy");
  spec.info.Add({.name = "unstable",
                 .dtype = DType::kBool,
                 .shape = {},
                 .low = {0},
                 .high = {1},
                 .description = "the simulation broke down, which ended the episode"});
  spec.max_steps = kMaxSteps;
  spec.control_hz = 1 / (kTimeStep_s * config.frame_skip);
  spec.action_bounds = ActionBounds::kEnvironment;
  return spec;
}

// The sum of 8 to 128 numbers as NumPy adds them: eight sums side by side, then those, then the
// rest.
template <typename T>
T SumAsNumPy(std::span<const T> values) {
  std::array<T, 8> r;
  std::copy_n(values.begin(), 8, r.begin());
  size_t i = 8;
  for (; i + 8 <= values.size(); i += 8) {
    for (size_t k = 0; k < 8; ++k) r[k] += values[i + k];
  }
  T sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < values.size(); ++i) sum += values[i];
  return sum;
}

class Ant final : public Env {
 public:
  explicit Ant(const AntConfig& config)
      : Env(MakeSpec(config)),
        config_(config),
        sim_(config.xml_file.empty() ? kModel : config.xml_file),
        main_body_(MainBody()) {
    const mjModel& m = sim_.model();
    const auto need = [&]<typename T>(const char* what, T has, T wanted) {
      if (has == wanted) return;
      throw UserError(std::string(kId) + ": xml_file = " + config.xml_file + " has " + what + " " +
                      std::to_string(has) + "; expected " + std::to_string(wanted));
    };
    need("positions (nq)", static_cast<int>(m.nq), kPositions);
    need("velocities (nv)", static_cast<int>(m.nv), kVelocities);
    need("motors (nu)", static_cast<int>(m.nu), kMotors);
    need("bodies (nbody)", static_cast<int>(m.nbody), kBodies);
    need("timestep", static_cast<double>(m.opt.timestep), kTimeStep_s);
  }

  const Scene& GetScene() override { return sim_.GetScene(); }
  double Clock() const override { return sim_.data().time; }
  void SetSceneDetail(bool detail) override { sim_.SetSceneDetail(detail); }
  bool Pull(const std::optional<ScenePull>& pull) override { return sim_.Pull(pull); }
  bool MoveBody(int body, const Pose& X_WB) override {
    if (!sim_.MoveBody(body, X_WB)) return false;
    xy_ = MainBodyXy();  // the next step's speed is not the hand's
    return true;
  }

 private:
  using Xy = std::array<double, 2>;

  void DoReset(const ArrayMap& options, StepResult* out) override {
    const std::vector<double> given_qpos = ResetVector(options, "qpos", kPositions, kId);
    const std::vector<double> given_qvel = ResetVector(options, "qvel", kVelocities, kId);
    sim_.Reset();
    std::array<double, kPositions> qpos;
    std::array<double, kVelocities> qvel;
    std::copy_n(sim_.data().qpos, kPositions, qpos.begin());
    std::copy_n(sim_.data().qvel, kVelocities, qvel.begin());
    if (given_qpos.empty() && given_qvel.empty()) {
      const double scale = config_.reset_noise_scale;
      for (double& q : qpos) q += rng().Uniform(-scale, scale);
      for (double& v : qvel) v += scale * rng().StandardNormal();
    }
    std::copy(given_qpos.begin(), given_qpos.end(), qpos.begin());
    std::copy(given_qvel.begin(), given_qvel.end(), qvel.begin());
    sim_.SetState(qpos, qvel);
    Watch();
    if (scene_sink() && scene_hz() > 0) scene_sink()(sim_.GetScene(), 0);
    terms_ = {};
    Report(out);
  }

  void DoStep(const ArrayMap& action, StepResult* out) override {
    const std::span<const float> a = action.at("action").As<float>();
    Watch();
    const Xy before = xy_;
    std::copy(a.begin(), a.end(), sim_.data().ctrl);
    terms_ = {};
    terms_.unstable = !sim_.Step(config_.frame_skip);
    const bool healthy = !terms_.unstable && IsHealthy();
    xy_ = MainBodyXy();
    if (!terms_.unstable) {
      const double dt = kTimeStep_s * config_.frame_skip;
      terms_.x_velocity = (xy_[0] - before[0]) / dt;
      terms_.y_velocity = (xy_[1] - before[1]) / dt;
    }
    terms_.forward = terms_.x_velocity * config_.forward_reward_weight;
    terms_.survive = healthy ? config_.healthy_reward : 0;
    // In single precision, as Gymnasium computes with its actions.
    std::array<float, kMotors> squares;
    for (size_t i = 0; i < kMotors; ++i) squares[i] = a[i] * a[i];
    terms_.ctrl =
        static_cast<float>(config_.ctrl_cost_weight) * SumAsNumPy(std::span<const float>(squares));
    std::array<double, 6 * kBodies> forces;
    ContactForces(forces);
    for (double& f : forces) f *= f;
    terms_.contact = config_.contact_cost_weight * SumAsNumPy(std::span<const double>(forces));
    out->reward = (terms_.forward + terms_.survive) - (terms_.ctrl + terms_.contact);
    out->terminated = terms_.unstable || (!healthy && config_.terminate_when_unhealthy);
    Report(out);
  }

  bool IsHealthy() const {
    const double z = sim_.data().qpos[2];
    return config_.healthy_z_range_low <= z && z <= config_.healthy_z_range_high;
  }

  Xy MainBodyXy() const {
    const mjtNum* p = sim_.data().xpos + 3 * main_body_;
    return {p[0], p[1]};
  }

  // On every body, the world first: torque and force, clipped.
  void ContactForces(std::span<double> out) const {
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = std::clamp(sim_.data().cfrc_ext[i], config_.contact_force_range_low,
                          config_.contact_force_range_high);
    }
  }

  void Report(StepResult* out) {
    const mjData& d = sim_.data();
    xy_ = MainBodyXy();
    Array& state =
        out->observation.Ensure("state", DType::kFloat64, spec().observation.arrays()[0].shape);
    double* next = state.As<double>().data();
    const int skip = config_.exclude_current_positions_from_observation ? 2 : 0;
    next = std::copy(d.qpos + skip, d.qpos + kPositions, next);
    next = std::copy(d.qvel, d.qvel + kVelocities, next);
    if (config_.include_cfrc_ext_in_observation) {
      std::array<double, 6 * kBodies> forces;
      ContactForces(forces);
      std::copy(forces.begin() + 6, forces.end(), next);  // none act on the world
    }
    const auto info = [&](const char* name, double value) {
      out->info.Ensure(name, DType::kFloat64, {}).As<double>()[0] = value;
    };
    info("x_position", d.qpos[0]);
    info("y_position", d.qpos[1]);
    info("distance_from_origin", std::sqrt(d.qpos[0] * d.qpos[0] + d.qpos[1] * d.qpos[1]));
    info("x_velocity", terms_.x_velocity);
    info("y_velocity", terms_.y_velocity);
    info("reward_forward", terms_.forward);
    info("reward_ctrl", -terms_.ctrl);
    info("reward_contact", -terms_.contact);
    info("reward_survive", terms_.survive);
    out->info.Ensure("unstable", DType::kBool, {}).As<bool>()[0] = terms_.unstable;
  }

  void Watch() {
    if (!scene_sink() || !(scene_hz() > 0)) {
      sim_.SetStepObserver({});
      return;
    }
    sim_.SetStepObserver([this] {
      const double steps = std::round(sim_.data().time / kTimeStep_s), hz = scene_hz();
      if (std::floor(steps * kTimeStep_s * hz) > std::floor((steps - 1) * kTimeStep_s * hz)) {
        scene_sink()(sim_.GetScene(), sim_.data().time);
      }
    });
  }

  int MainBody() const {
    const mjModel& m = sim_.model();
    const std::string& text = config_.main_body;
    int id = mj_name2id(&m, mjOBJ_BODY, text.c_str());
    if (id >= 0) return id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error == std::errc() && end == text.data() + text.size() && id >= 0 && id < m.nbody) {
      return id;
    }
    std::vector<std::string> names;
    for (int i = 0; i < m.nbody; ++i) {
      const char* name = mj_id2name(&m, mjOBJ_BODY, i);
      if (name != nullptr && *name != '\0') names.emplace_back(name);
    }
    throw UserError(std::string(kId) + ": main_body = " + text + " is no body" +
                    DidYouMean(text, names) + "; it is 0 to " + std::to_string(m.nbody - 1) +
                    " or one of " + Join(names));
  }

  void DoSave(ByteWriter* out, bool /*with_random*/) const override {
    sim_.Save(out);
    for (double v : xy_) out->Put(v);
  }
  void DoLoad(ByteReader* in) override {
    // Nothing changes before the last read that can fail, but for the simulation's own.
    sim_.Load(in);
    for (double& v : xy_) v = in->Get<double>();
  }
  // Where the main body was at the end of the last step is part of a snapshot.
  std::string ConfigKey() const override { return "main_body=" + std::to_string(main_body_); }
  std::vector<std::string> ResetOptions() const override { return {"qpos", "qvel"}; }

  // Of the last step; costs are positive.
  struct Terms {
    double x_velocity = 0, y_velocity = 0;
    double forward = 0, survive = 0, contact = 0;
    float ctrl = 0;
    bool unstable = false;
  };

  AntConfig config_;
  MujocoSim sim_;
  int main_body_;
  // Of the main body when the last step's forces were last computed, which is before its end:
  // what MuJoCo has at hand, and what velocities are measured with.
  Xy xy_ = {};
  Terms terms_;
};

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

ROOKERY_REGISTER_ENV(
    Ant, AntConfig,
    {.id = kId,
     .summary = "make a four-legged robot run (MuJoCo)",
     .source = "Schulman et al., 2015; Gymnasium 1.4 Ant-v5",
     .world = "ant",
     .status = Status::kExact,
     .max_steps = kMaxSteps,
     .return_low = -kUnbounded,
     .return_high = kUnbounded,
     .random_score = 100,
     .solved_return = 6000,
     .parity = "equal to Gymnasium 1.4.0 Ant-v5 on the same MuJoCo within 1e-9, from the seed on"});

}  // namespace
}  // namespace rookery
