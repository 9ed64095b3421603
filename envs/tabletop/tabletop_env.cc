#include "envs/tabletop/tabletop_env.h"

#include <cmath>
#include <string>

#include "core/error.h"

namespace rookery {

const Scene& TabletopEnv::GetScene() {
  if (world_.scene_detail()) world_.SetGoalFrames(GoalFrames());
  return world_.UpdatedScene();
}

bool TabletopEnv::PassTime(double seconds) {
  if (!(seconds >= 0 && std::isfinite(seconds))) {
    throw UserError(spec().id + ": " + std::to_string(seconds) + " s cannot pass");
  }
  Watch();
  world_.Wait(std::llround(seconds * world_.hz()));
  return true;
}

void TabletopEnv::Watch() {
  if (!scene_sink() || !(scene_hz() > 0)) {
    world_.SetStepObserver({});
    return;
  }
  world_.SetStepObserver([this] {
    const double time_s = world_.time_s();
    const double before_s = static_cast<double>(world_.steps() - 1) / world_.hz();
    if (std::floor(time_s * scene_hz()) > std::floor(before_s * scene_hz())) {
      scene_sink()(GetScene(), time_s);
    }
  });
}

}  // namespace rookery
