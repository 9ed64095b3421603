// What the tests of the rasteriser share: bodies, cameras, pixels.
#ifndef ROOKERY_TESTS_RENDERERS_DRAWING_H_
#define ROOKERY_TESTS_RENDERERS_DRAWING_H_

#include <array>
#include <utility>

#include "renderers/mesh.h"
#include "renderers/rasterizer.h"
#include "tests/renderers/block_insertion_scene.h"

namespace rookery::testing {

inline SceneBody Body(int id, MeshPtr mesh, const Pose& pose, const Color& rgb = {1, 1, 1}) {
  SceneBody body;
  body.id = id;
  body.X_WB = pose;
  body.visuals.push_back(MakeVisual(std::move(mesh), {}, rgb));
  return body;
}

// Looking down: x right = +x, y down = -y.
inline Camera LookingDown(const Vec3& position) {
  Camera camera;
  camera.X_WC = {position, QuatFromRpy(kPi, 0, 0)};
  return camera;
}

inline Camera LookingAlongX(const Vec3& position) {
  Camera camera;  // z forward = +x, x right = -y, y down = -z
  camera.X_WC = {position, QuatFromMatrix({0, 0, 1, -1, 0, 0, 0, -1, 0})};
  return camera;
}

inline Frame Draw(const Scene& scene, const Camera& camera, const RenderOptions& options = {}) {
  Rasterizer rasterizer;
  Frame frame;
  rasterizer.Render(scene, camera, options, &frame);
  return frame;
}

struct Pixel {
  std::array<int, 3> rgb;
  double depth;
  int body;
};
inline Pixel At(const Frame& frame, int x, int y) {
  const auto i = static_cast<size_t>(y * frame.depth.shape()[1] + x);
  const auto rgb = frame.rgb.As<uint8_t>();
  return {{rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]},
          static_cast<double>(frame.depth.As<float>()[i]),
          frame.segmentation.As<uint8_t>()[i]};
}

// Direction of a pixel's ray in the world; a point at depth d is at position + d * ray.
inline Vec3 Ray(const Camera& camera, int x, int y) {
  return Rotate(camera.X_WC.q, {(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1});
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_RENDERERS_DRAWING_H_
