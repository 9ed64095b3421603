#include "gui/scene_hand.h"

#include <cmath>

namespace rookery::gui {

Vec3 RayAt(const Camera& camera, double x, double y) {
  return Rotate(camera.X_WC.q, {(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1});
}

std::array<float, 16> ViewMatrix(const Camera& camera) {
  const Pose X_CW = camera.X_WC.Inverse();
  const std::array<double, 9> r = RotationMatrix(X_CW.q);
  std::array<float, 16> out = {};
  for (size_t i = 0; i < 3; ++i) {
    // OpenGL's cameras have y upwards and look along -z.
    const double sign = i == 0 ? 1 : -1;
    for (size_t k = 0; k < 3; ++k) out[4 * k + i] = static_cast<float>(sign * r[3 * i + k]);
    out[12 + i] = static_cast<float>(sign * X_CW.p[static_cast<int>(i)]);
  }
  out[15] = 1;
  return out;
}

std::array<float, 16> ProjectionMatrix(const Camera& camera) {
  const double n = camera.near_m, f = camera.far_m;
  std::array<float, 16> out = {};
  out[0] = static_cast<float>(2 * camera.fx / camera.width);
  out[5] = static_cast<float>(2 * camera.fy / camera.height);
  out[8] = static_cast<float>(1 - 2 * (camera.cx + 0.5) / camera.width);
  out[9] = static_cast<float>(2 * (camera.cy + 0.5) / camera.height - 1);
  out[10] = static_cast<float>(-(f + n) / (f - n));
  out[11] = -1;
  out[14] = static_cast<float>(-2 * f * n / (f - n));
  return out;
}

std::array<float, 16> PoseMatrix(const Pose& pose) {
  const std::array<double, 9> r = RotationMatrix(pose.q);
  std::array<float, 16> out = {};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t k = 0; k < 3; ++k) out[4 * k + i] = static_cast<float>(r[3 * i + k]);
    out[12 + i] = static_cast<float>(pose.p[static_cast<int>(i)]);
  }
  out[15] = 1;
  return out;
}

Pose PoseOfMatrix(const std::array<float, 16>& matrix) {
  std::array<double, 9> r;
  for (size_t k = 0; k < 3; ++k) {
    const Vec3 axis =
        Normalized(Vec3(static_cast<double>(matrix[4 * k]), static_cast<double>(matrix[4 * k + 1]),
                        static_cast<double>(matrix[4 * k + 2])));
    for (size_t i = 0; i < 3; ++i) r[3 * i + k] = axis[static_cast<int>(i)];
  }
  return {Vec3(static_cast<double>(matrix[12]), static_cast<double>(matrix[13]),
               static_cast<double>(matrix[14])),
          Normalized(QuatFromMatrix(r))};
}

const SceneBody* FindBody(const Scene& scene, int id) {
  for (const SceneBody& body : scene.bodies) {
    if (body.id == id) return &body;
  }
  return nullptr;
}

void SceneHand::Take(const SceneBody& body, const Vec3& point, const Camera& camera) {
  pull_ = ScenePull{body.id, body.X_WB.Inverse() * point, point};
  normal_ = Rotate(camera.X_WC.q, {0, 0, 1});
  point_ = point;
}

void SceneHand::MoveTo(const Camera& camera, double x, double y) {
  if (!pull_) return;
  const Vec3 ray = RayAt(camera, x, y);
  const double along = Dot(ray, normal_);
  if (!(std::abs(along) > 1e-6)) return;
  const double depth = Dot(point_ - camera.X_WC.p, normal_) / along;
  if (depth > 0) pull_->target = camera.X_WC.p + ray * depth;
}

void SceneHand::Draw(const Scene& scene, SceneMarks* marks) const {
  const SceneBody* const body = pull_ ? FindBody(scene, pull_->body) : nullptr;
  if (body == nullptr) return;
  SceneLine spring;
  spring.from = body->X_WB * pull_->p_B;
  spring.to = pull_->target;
  spring.color = {1.0f, 0.72f, 0.18f, 0.95f};
  spring.width_px = 3;
  marks->lines.push_back(spring);
  for (const Vec3& end : {spring.from, spring.to}) {
    ScenePoint point;
    point.position = end;
    point.color = spring.color;
    point.size_px = 10;
    marks->points.push_back(point);
  }
}

}  // namespace rookery::gui
