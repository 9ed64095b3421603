// What a URDF looks like, without a physics world.
#ifndef ROOKERY_ENVS_TABLETOP_URDF_VISUALS_H_
#define ROOKERY_ENVS_TABLETOP_URDF_VISUALS_H_

#include <string>
#include <vector>

#include "core/scene.h"

namespace rookery {

struct LinkVisual {
  std::string link;
  Visual visual;  // X_BV is in the link's frame
};

// `urdf` is absolute or relative to the assets. UserError as PhysicsWorld::LoadUrdf.
std::vector<LinkVisual> LoadUrdfVisuals(const std::string& urdf);

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_URDF_VISUALS_H_
