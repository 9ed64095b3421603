#include "envs/tabletop/cameras.h"

namespace rookery {
namespace {

// Looks from `eye` at `target`, upright.
Pose LookAt(const Vec3& eye, const Vec3& target) {
  const Vec3 forward = Normalized(target - eye);
  const Vec3 right = Normalized(Cross(forward, {0, 0, 1}));
  const Vec3 down = Cross(forward, right);
  return {eye, QuatFromMatrix({right.x, down.x, forward.x,  //
                               right.y, down.y, forward.y,  //
                               right.z, down.z, forward.z})};
}

Camera AgentCamera(const char* name, const Vec3& eye, double roll, double yaw) {
  Camera camera;
  camera.name = name;
  camera.X_WC = {eye, QuatFromRpy(roll, kPi, yaw)};
  return camera;
}

}  // namespace

const std::array<Camera, 3>& AgentCameras() {
  static const std::array<Camera, 3> cameras = {
      AgentCamera("front", {1, 0, 0.75}, kPi / 4, -kPi / 2),
      AgentCamera("left", {0, 0.5, 0.75}, kPi / 4.5, kPi / 4),
      AgentCamera("right", {0, -0.5, 0.75}, kPi / 4.5, 3 * kPi / 4)};
  return cameras;
}

const Camera& OracleCamera() {
  static const Camera camera = [] {
    Camera out = AgentCamera("oracle", {0.5, 0, 1000}, 0, -kPi / 2);
    out.fx = out.fy = 63e4;
    out.near_m = 999.7;
    out.far_m = 1001;
    return out;
  }();
  return camera;
}

const Camera& OverviewCamera() {
  static const Camera camera = [] {
    Camera out;
    out.name = "overview";
    out.width = 960;
    out.height = 720;
    out.fx = out.fy = 800;
    out.cx = 480;
    out.cy = 360;
    out.X_WC = LookAt({1.45, 0.75, 0.95}, {0.38, -0.02, 0.16});
    return out;
  }();
  return camera;
}

}  // namespace rookery
