// TabletopEnv: an Env in a TabletopWorld. What a viewer sees of it and what a hand does to it are
// here; tasks derive from it.
#ifndef ROOKERY_ENVS_TABLETOP_TABLETOP_ENV_H_
#define ROOKERY_ENVS_TABLETOP_TABLETOP_ENV_H_

#include <optional>
#include <vector>

#include "core/env.h"
#include "envs/tabletop/tabletop_world.h"

namespace rookery {

class TabletopEnv : public Env {
 public:
  const Scene& GetScene() final;
  double Clock() const final { return world_.time_s(); }
  void SetSceneDetail(bool detail) final { world_.SetSceneDetail(detail); }
  bool Pull(const std::optional<ScenePull>& pull) final { return world_.Pull(pull); }
  bool MoveBody(int body, const Pose& X_WB) final { return world_.MoveBody(body, X_WB); }
  // The arm stands still.
  bool PassTime(double seconds) final;

  TabletopWorld& world() { return world_; }
  const TabletopWorld& world() const { return world_; }

 protected:
  TabletopEnv(EnvSpec spec, GripperKind gripper, int hz)
      : Env(std::move(spec)), world_(gripper, hz) {}

  // Hooks the scene's viewer, if there is one, into the physics steps; before they are made.
  void Watch();
  // Poses that something is to have, for scenes with detail.
  virtual std::vector<SceneFrame> GoalFrames() const { return {}; }

 private:
  TabletopWorld world_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_TABLETOP_ENV_H_
