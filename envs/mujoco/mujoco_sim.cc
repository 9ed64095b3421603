#include "envs/mujoco/mujoco_sim.h"

#include <mujoco/mujoco.h>

#include <cmath>
#include <map>
#include <mutex>

#include "core/assets.h"
#include "core/error.h"
#include "core/log.h"
#include "core/run_folder.h"
#include "envs/hand.h"
#include "envs/mujoco/mujoco_scene.h"

namespace rookery {
namespace {

[[maybe_unused]] const bool kVersion = RegisterEngineVersion("mujoco", mj_versionString());

// MuJoCo has one handler of messages for a process, of which others may use it too (its Python
// package): those outside of our calls are passed on to who was there before.
thread_local int calls_in_progress = 0;
mjfLogHandler handler_before = nullptr;

struct Call {
  Call() { ++calls_in_progress; }
  ~Call() { --calls_in_progress; }
};

// Errors leave MuJoCo as exceptions; its own handler would write a file and end the process.
void OnMessage(const mjLogMessage* message) {
  if (calls_in_progress == 0 && handler_before != nullptr) return handler_before(message);
  const std::string text = std::string("mujoco: ") + message->subject;
  if (message->level == mjLOG_ERROR) throw Failure(text);
  if (message->level == mjLOG_WARNING) LogWarning(text);
}

void SetUpMujoco() {
  static std::once_flag once;
  std::call_once(once, [] {
    ROOKERY_CHECK_EQ(mj_version(), mjVERSION_HEADER);
    handler_before = mju_setLogHandler(OnMessage);
  });
}

Pose PoseOf(const mjData& data, int body) {
  const mjtNum *p = data.xpos + 3 * body, *q = data.xquat + 4 * body;
  return {{p[0], p[1], p[2]}, Normalized(Quat{q[1], q[2], q[3], q[0]})};
}

std::shared_ptr<const mjModel> Compile(const std::string& path) {
  const Call call;
  char message[1000] = "";
  const std::unique_ptr<mjSpec, void (*)(mjSpec*)> spec(
      mj_parseXML(path.c_str(), nullptr, message, sizeof(message)), mj_deleteSpec);
  if (spec == nullptr) throw Failure("mujoco cannot read " + path + ": " + message);
  mjModel* model = mj_compile(spec.get(), nullptr);
  if (model == nullptr) {
    throw Failure("mujoco cannot compile " + path + ": " + mjs_getError(spec.get()));
  }
  return {model, [](const mjModel* m) { mj_deleteModel(const_cast<mjModel*>(m)); }};
}

}  // namespace

std::shared_ptr<const mjModel> LoadMujocoModel(const std::string& asset) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<const mjModel>> models;
  SetUpMujoco();
  const std::string path = FindAsset(asset);
  const std::lock_guard lock(mutex);
  std::weak_ptr<const mjModel>& known = models[path];
  std::shared_ptr<const mjModel> model = known.lock();
  if (model == nullptr) known = model = Compile(path);
  return model;
}

MujocoSim::MujocoSim(const std::string& asset)
    : model_(LoadMujocoModel(asset)),
      data_(mj_makeData(model_.get()), mj_deleteData),
      state_(static_cast<size_t>(mj_stateSize(model_.get(), mjSTATE_INTEGRATION))) {
  if (data_ == nullptr) throw Failure("mujoco: no memory for a simulation of " + asset);
}

MujocoSim::~MujocoSim() = default;

void MujocoSim::Reset() {
  pull_.reset();
  mj_resetData(model_.get(), data_.get());
}

void MujocoSim::SetState(std::span<const double> qpos, std::span<const double> qvel) {
  ROOKERY_CHECK_EQ(std::ssize(qpos), model_->nq);
  ROOKERY_CHECK_EQ(std::ssize(qvel), model_->nv);
  const Call call;
  mju_copy(data_->qpos, qpos.data(), static_cast<int>(qpos.size()));
  mju_copy(data_->qvel, qvel.data(), static_cast<int>(qvel.size()));
  mj_forward(model_.get(), data_.get());
}

bool MujocoSim::Usable() const {
  // MuJoCo itself looks at the state when a step begins, and starts anew when it is unusable.
  for (int kind : {mjWARN_BADQPOS, mjWARN_BADQVEL, mjWARN_BADQACC}) {
    if (data_->warning[kind].number > 0) return false;
  }
  const auto first_bad = [](const mjtNum* values, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
      if (!(std::abs(values[i]) <= mjMAXVAL)) return i;
    }
    return int64_t{-1};
  };
  const int64_t q = first_bad(data_->qpos, model_->nq), v = first_bad(data_->qvel, model_->nv);
  if (q < 0 && v < 0) return true;
  LogWarning("mujoco: the simulation is unstable: " +
             (q >= 0 ? "position " + std::to_string(q) : "velocity " + std::to_string(v)) +
             " is no usable number, at " + std::to_string(data_->time) + " s");
  return false;
}

bool MujocoSim::Step(int steps) {
  const Call call;
  for (int i = 0; i < steps; ++i) {
    if (pull_) ApplyPull();
    mj_step(model_.get(), data_.get());
    // What a hand does is no state.
    if (pull_) mju_zero(data_->xfrc_applied, static_cast<int>(6 * model_->nbody));
    if (!Usable()) {
      Reset();
      mj_forward(model_.get(), data_.get());
      return false;
    }
    if (observer_) observer_();
  }
  mj_rnePostConstraint(model_.get(), data_.get());
  return true;
}

void MujocoSim::Save(ByteWriter* out) const {
  mj_getState(model_.get(), data_.get(), state_.data(), mjSTATE_INTEGRATION);
  out->PutVector(state_);
}

void MujocoSim::Load(ByteReader* in) {
  const std::vector<double> state = in->GetVector<double>();
  if (state.size() != state_.size()) {
    throw UserError("snapshot: a state of " + std::to_string(state.size()) + " numbers, not " +
                    std::to_string(state_.size()));
  }
  const Call call;
  Reset();
  mj_setState(model_.get(), data_.get(), state.data(), mjSTATE_INTEGRATION);
}

MujocoScene& MujocoSim::TheScene() {
  if (scene_ == nullptr) scene_ = std::make_unique<MujocoScene>(model_);
  return *scene_;
}

const Scene& MujocoSim::GetScene() {
  const Call call;
  return TheScene().At(*data_, detail_);
}

bool MujocoSim::Pull(const std::optional<ScenePull>& pull) {
  const Call call;
  if (pull && !TheScene().IsMovable(pull->body)) return false;
  pull_ = pull ? std::optional(CheckedPull(*pull)) : std::nullopt;
  return true;
}

// The impulses that move the held point are found with the robot's whole inertia.
void MujocoSim::ApplyPull() {
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  const int body = pull_->body, nv = static_cast<int>(m->nv);
  mj_fwdPosition(m, d);  // of now; the step does it again
  const Vec3 p_W = PoseOf(*d, body) * pull_->p_B;
  const mjtNum p[3] = {p_W.x, p_W.y, p_W.z};
  jacobian_.resize(static_cast<size_t>(6 * nv));
  response_.resize(static_cast<size_t>(3 * nv));
  mjtNum* turning = jacobian_.data() + 3 * nv;
  mj_jac(m, d, jacobian_.data(), turning, p, body);
  mj_solveM(m, d, response_.data(), jacobian_.data(), 3);
  HeldPoint point;
  point.mass = mj_getTotalmass(m);
  point.stretch = p_W - pull_->target;
  BodyInHand held;
  const mjtNum* g = m->opt.gravity;
  for (int i = 0; i < 3; ++i) {
    point.velocity[i] = mju_dot(jacobian_.data() + i * nv, d->qvel, nv) + m->opt.timestep * g[i];
    held.angular_velocity[i] = mju_dot(turning + i * nv, d->qvel, nv);
    held.inertia[i] = m->body_inertia[3 * body + i];
    for (int j = 0; j < 3; ++j) {
      point.inverse_mass[static_cast<size_t>(3 * i + j)] =
          mju_dot(jacobian_.data() + i * nv, response_.data() + j * nv, nv);
    }
  }
  const mjtNum *c = d->xipos + 3 * body, *r = d->ximat + 9 * body;
  std::array<double, 9> axes;
  std::copy_n(r, 9, axes.begin());
  held.X_WC = {{c[0], c[1], c[2]}, QuatFromMatrix(axes)};
  const Vec3 force = HandForce(point, m->opt.timestep);
  const Vec3 torque = Cross(p_W - held.X_WC.p, force) + CalmingTorque(held, m->opt.timestep);
  mjtNum* load = d->xfrc_applied + 6 * body;
  for (int i = 0; i < 3; ++i) {
    load[i] = force[i];
    load[3 + i] = torque[i];
  }
}

bool MujocoSim::MoveBody(int body, const Pose& X_WB) {
  const Call call;
  const mjModel& m = *model_;
  if (!TheScene().IsMovable(body)) return false;
  const int root = m.body_rootid[body], joint = m.body_jntadr[root];
  if (joint < 0 || m.jnt_type[joint] != mjJNT_FREE) return false;
  const Pose place = CheckedPlace(X_WB);
  mjData& d = *data_;
  mj_kinematics(&m, &d);
  const Pose X_WR = place * (PoseOf(d, body).Inverse() * PoseOf(d, root));
  mjtNum* q = d.qpos + m.jnt_qposadr[joint];
  const double free[7] = {X_WR.p.x, X_WR.p.y, X_WR.p.z, X_WR.q.w, X_WR.q.x, X_WR.q.y, X_WR.q.z};
  std::copy_n(free, 7, q);
  for (int i = 0; i < m.nv; ++i) {
    if (m.body_rootid[m.dof_bodyid[i]] == root) d.qvel[i] = 0;
  }
  mj_forward(&m, &d);
  return true;
}

std::vector<double> ResetVector(const ArrayMap& options, const std::string& name, int64_t size,
                                const std::string& env) {
  std::vector<double> values;
  const Array* given = options.Find(name);
  if (given == nullptr) return values;
  const std::string what = env + ": reset option '" + name + "'";
  if (given->shape() != Shape{size}) {
    throw UserError(what + " has shape " + ShapeText(given->shape()) + ", expected " +
                    ShapeText({size}));
  }
  for (int64_t i = 0; i < size; ++i) {
    values.push_back(given->AsDouble(i));
    if (!(std::abs(values.back()) <= mjMAXVAL)) {
      throw UserError(what + ": element " + std::to_string(i) + " is " +
                      std::to_string(values.back()) + ", expected a finite number (at most 1e10)");
    }
  }
  return values;
}

}  // namespace rookery
