// The cameras of the Ravens benchmark.
#ifndef ROOKERY_ENVS_TABLETOP_CAMERAS_H_
#define ROOKERY_ENVS_TABLETOP_CAMERAS_H_

#include <array>

#include "core/scene.h"

namespace rookery {

// front, left, right: 640 x 480, fx = fy = 450, 0.01 to 10 m.
const std::array<Camera, 3>& AgentCameras();
// Nearly orthographic, from 1000 m above; sees only what is lower than 0.3 m.
const Camera& OracleCamera();
// For videos: table and arm from the front right.
const Camera& OverviewCamera();

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_CAMERAS_H_
