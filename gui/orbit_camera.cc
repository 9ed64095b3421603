#include "gui/orbit_camera.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rookery::gui {
namespace {

constexpr double kRadiansPerPixel = 0.007, kNearerPerStep = 0.87;
constexpr double kLeastDistance_m = 0.02, kMostDistance_m = 500;
constexpr double kLeastPitch = -1.55, kMostPitch = kPi / 2;
constexpr double kFloor_m = 5;  // what is longer is scenery

struct Box {
  Vec3 low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};

  bool empty() const { return !(low.x <= high.x); }
  void Include(const Vec3& p) {
    for (int i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], p[i]);
      high[i] = std::max(high[i], p[i]);
    }
  }
};

Box BoundsOfVisual(const SceneBody& body, const Visual& visual) {
  Box box;
  if (visual.mesh == nullptr) return box;
  const Pose X_WV = body.X_WB * visual.X_BV;
  const std::vector<float>& v = visual.mesh->vertices;
  for (size_t i = 0; i + 2 < v.size(); i += 3) {
    box.Include(X_WV * Vec3(static_cast<double>(v[i] * visual.scale[0]),
                            static_cast<double>(v[i + 1] * visual.scale[1]),
                            static_cast<double>(v[i + 2] * visual.scale[2])));
  }
  return box;
}

// Without a workspace: around the bodies, but for floors and walls.
Box BoundsOfScene(const Scene& scene) {
  if (!(scene.workspace_low == scene.workspace_high)) {
    return {scene.workspace_low, scene.workspace_high};
  }
  Box box;
  for (const SceneBody& body : scene.bodies) {
    for (const Visual& visual : body.visuals) {
      const Box part = BoundsOfVisual(body, visual);
      if (part.empty() || visual.material.checker_tile_m > 0) continue;
      if (Norm(part.high - part.low) > kFloor_m) continue;
      box.Include(part.low);
      box.Include(part.high);
    }
  }
  if (box.empty()) box = {Vec3(-0.5, -0.5, 0), Vec3(0.5, 0.5, 0.5)};
  return box;
}

}  // namespace

Camera FittedCamera(const Camera& camera, int width, int height) {
  const double scale = std::min(static_cast<double>(width) / camera.width,
                                static_cast<double>(height) / camera.height);
  Camera out = camera;
  out.width = width;
  out.height = height;
  out.fx *= scale;
  out.fy *= scale;
  // Pixel centres are at whole numbers: the picture's corner is at -0.5.
  out.cx = (camera.cx + 0.5) * scale - 0.5 + 0.5 * (width - camera.width * scale);
  out.cy = (camera.cy + 0.5) * scale - 0.5 + 0.5 * (height - camera.height * scale);
  return out;
}

Vec3 OrbitCamera::forward() const {
  return {std::cos(yaw_) * std::cos(pitch_), std::sin(yaw_) * std::cos(pitch_), -std::sin(pitch_)};
}

Vec3 OrbitCamera::right() const { return {std::sin(yaw_), -std::cos(yaw_), 0}; }

void OrbitCamera::Orbit(double right_px, double down_px) {
  yaw_ = std::remainder(yaw_ - kRadiansPerPixel * right_px, 2 * kPi);
  pitch_ = std::clamp(pitch_ + kRadiansPerPixel * down_px, kLeastPitch, kMostPitch);
}

void OrbitCamera::Pan(double right_px, double down_px, int height) {
  const double m_per_px = 2 * distance_ * std::tan(half_view_) / std::max(height, 1);
  const Vec3 down = Cross(forward(), right());
  target_ = target_ - (right() * right_px + down * down_px) * m_per_px;
}

void OrbitCamera::Zoom(double steps) {
  distance_ =
      std::clamp(distance_ * std::pow(kNearerPerStep, steps), kLeastDistance_m, kMostDistance_m);
}

void OrbitCamera::ZoomAt(double steps, const Vec3& point) {
  const double before = distance_;
  Zoom(steps);
  // The eye moves along its line to the point, and the target with it.
  const Vec3 eye = target_ - forward() * before;
  const Vec3 nearer = point + (eye - point) * (distance_ / before);
  target_ = nearer + forward() * distance_;
}

void OrbitCamera::Fit(const Vec3& low, const Vec3& high) {
  target_ = (low + high) * 0.5;
  const double radius = std::max(0.5 * Norm(high - low), 0.01);
  distance_ = std::clamp(1.1 * radius / std::sin(half_view_), kLeastDistance_m, kMostDistance_m);
}

void OrbitCamera::Fit(const Scene& scene) {
  const Box box = BoundsOfScene(scene);
  *this = OrbitCamera();
  Fit(box.low, box.high);
}

void OrbitCamera::Follow(const Camera& camera, const Scene& scene) {
  const Vec3 axis = Rotate(camera.X_WC.q, {0, 0, 1});
  const Box box = BoundsOfScene(scene);
  const double depth = Dot((box.low + box.high) * 0.5 - camera.X_WC.p, axis);
  distance_ = std::clamp(depth, 0.1, kMostDistance_m);
  pitch_ = std::clamp(std::asin(std::clamp(-axis.z, -1.0, 1.0)), kLeastPitch, kMostPitch);
  if (std::hypot(axis.x, axis.y) > 1e-6) {
    yaw_ = std::atan2(axis.y, axis.x);
  } else {  // straight up or down: what is up in the picture tells
    const Vec3 up = Rotate(camera.X_WC.q, {0, axis.z < 0 ? -1.0 : 1.0, 0});
    yaw_ = std::atan2(up.y, up.x);
  }
  target_ = camera.X_WC.p + forward() * distance_;
  half_view_ = std::atan2(0.5 * std::min(camera.width / camera.fx, camera.height / camera.fy), 1.0);
}

Camera OrbitCamera::ToCamera(int width, int height) const {
  Camera camera;
  camera.name = "free";
  camera.width = std::max(width, 1);
  camera.height = std::max(height, 1);
  camera.fx = camera.fy = 0.5 * std::min(camera.width, camera.height) / std::tan(half_view_);
  camera.cx = 0.5 * (camera.width - 1);
  camera.cy = 0.5 * (camera.height - 1);
  camera.near_m = 0.01 * std::min(distance_, 1.0);
  camera.far_m = 20 * distance_ + 30;
  const Vec3 z = forward(), x = right(), y = Cross(z, x);
  camera.X_WC = {target_ - z * distance_,
                 QuatFromMatrix({x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z})};
  return camera;
}

}  // namespace rookery::gui
