// What a MuJoCo model looks like.
#ifndef ROOKERY_ENVS_MUJOCO_MUJOCO_SCENE_H_
#define ROOKERY_ENVS_MUJOCO_MUJOCO_SCENE_H_

#include <memory>
#include <vector>

#include "core/scene.h"

struct mjModel_;
struct mjData_;

namespace rookery {

class MujocoScene {
 public:
  // Planes, spheres, capsules, cylinders, boxes and ellipsoids are drawn; other geoms are a
  // Failure. A material with a texture is drawn as a checkerboard of two of its colours.
  explicit MujocoScene(std::shared_ptr<const mjModel_> model);
  ~MujocoScene();

  // The scene at the positions of `data`. What follows from them is computed in a copy: `data` is
  // not touched, and need not have been brought up to date. Contacts of the scene's detail are
  // those that the last step, or SetState, found. Allocates nothing but for them.
  const Scene& At(const mjData_& data, bool detail);

  // Is it a body of the scene that joints let move?
  bool IsMovable(int body) const;

 private:
  void AddDetail(const mjData_& data);

  std::shared_ptr<const mjModel_> model_;
  std::unique_ptr<mjData_, void (*)(mjData_*)> drawn_;
  std::vector<int> bodies_;  // of the model, for those of the scene
  Scene scene_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_MUJOCO_MUJOCO_SCENE_H_
