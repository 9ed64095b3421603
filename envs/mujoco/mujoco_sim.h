// One simulation in MuJoCo: a model that all simulations of it share, a state of its own, exact
// snapshots, and a Scene of the model's geoms. An environment on MuJoCo is a reward around it
// (envs/ant/ant.cc). MuJoCo's errors become Failures and its warnings log messages; it never ends
// the process or writes a file.
#ifndef ROOKERY_ENVS_MUJOCO_MUJOCO_SIM_H_
#define ROOKERY_ENVS_MUJOCO_MUJOCO_SIM_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/bytes.h"
#include "core/scene.h"

struct mjModel_;
struct mjData_;

namespace rookery {

class MujocoScene;

// The compiled model of an MJCF file in the assets; compiled once as long as somebody holds it.
// Thread-safe. UserError when there is no such file, Failure when MuJoCo refuses it.
std::shared_ptr<const mjModel_> LoadMujocoModel(const std::string& asset);

// Not thread-safe; several may run in several threads.
class MujocoSim {
 public:
  explicit MujocoSim(const std::string& asset);
  ~MujocoSim();
  MujocoSim(const MujocoSim&) = delete;
  MujocoSim& operator=(const MujocoSim&) = delete;

  const mjModel_& model() const { return *model_; }
  const mjData_& data() const { return *data_; }
  // Writable, for controls (data.ctrl).
  mjData_& data() { return *data_; }

  // The model's initial state, all caches empty, as after mj_resetData.
  void Reset();
  // Positions (nq) and velocities (nv); everything that follows from them is computed.
  void SetState(std::span<const double> qpos, std::span<const double> qvel);
  // Steps with the present controls, then computes the forces that contacts exert on bodies
  // (data.cfrc_ext). False, and a warning is logged, when the state became unusable: it is the
  // model's initial state then. Allocates nothing.
  bool Step(int steps);
  // Called after every single step of Step; empty = not.
  void SetStepObserver(std::function<void()> observer) { observer_ = std::move(observer); }

  // All that influences further steps, the warm start of the solver included: going on after
  // Load is exact. What was computed from the state (positions of bodies, forces) is not kept.
  void Save(ByteWriter* out) const;
  void Load(ByteReader* in);  // UserError for a state of another size; then nothing has changed

  // A body of the scene for every body of the model with geoms (id = that of the model), cameras
  // and the first light of the model. Of the present positions; changes no state.
  const Scene& GetScene();
  void SetSceneDetail(bool detail) { detail_ = detail; }
  // As Env has them, of bodies of the scene that joints let move. What is pulled is let go by
  // Reset and Load. MoveBody takes along all of a robot whose root is free, in its present shape,
  // and is refused for others.
  bool Pull(const std::optional<ScenePull>& pull);
  bool MoveBody(int body, const Pose& X_WB);

 private:
  MujocoScene& TheScene();
  bool Usable() const;
  void ApplyPull();

  std::shared_ptr<const mjModel_> model_;
  std::unique_ptr<mjData_, void (*)(mjData_*)> data_;
  std::function<void()> observer_;
  std::unique_ptr<MujocoScene> scene_;  // made when asked for
  mutable std::vector<double> state_;   // scratch of Save
  // Of viewers and hands; in no snapshot.
  bool detail_ = false;
  std::optional<ScenePull> pull_;
  std::vector<double> jacobian_, response_;  // scratch of ApplyPull
};

// The values of a reset option as doubles; nothing when it was not given. UserError naming `env`,
// the option and what was expected unless it has `size` finite numbers.
std::vector<double> ResetVector(const ArrayMap& options, const std::string& name, int64_t size,
                                const std::string& env);

}  // namespace rookery

#endif  // ROOKERY_ENVS_MUJOCO_MUJOCO_SIM_H_
