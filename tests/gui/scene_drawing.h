// What tests of the scene's renderer share: a scene, a way to look at it, and pictures compared.
#ifndef ROOKERY_TESTS_GUI_SCENE_DRAWING_H_
#define ROOKERY_TESTS_GUI_SCENE_DRAWING_H_

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "gui/gl.h"
#include "gui/scene_renderer.h"
#include "renderers/mesh.h"
#include "tests/gui/display.h"

namespace rookery::gui {

// A box on a floor, seen from above at an angle.
inline Scene BoxOnFloor() {
  Scene scene;
  SceneBody floor, box;
  floor.id = 3;
  floor.name = "floor";
  Visual plane;
  plane.mesh = PlaneMesh(4, 4);
  plane.material.rgb = {0.5f, 0.5f, 0.5f};
  plane.material.casts_shadow = false;
  floor.visuals.push_back(plane);
  box.id = 7;
  box.name = "box";
  box.movable = true;
  box.X_WB = Pose::FromXyYaw(0, 0, 0.1, 0.3);
  Visual cube;
  cube.mesh = BoxMesh({0.2, 0.2, 0.2});
  cube.material.rgb = {0.8f, 0.2f, 0.1f};
  box.visuals.push_back(cube);
  scene.bodies = {floor, box};
  scene.light.direction = {-1, -1, 2};
  return scene;
}

// Looks at `target` from `eye`, z upwards.
inline Camera LookAt(const Vec3& eye, const Vec3& target, int width = 320, int height = 240) {
  const Vec3 forward = Normalized(target - eye), right = Normalized(Cross(forward, {0, 0, 1}));
  const Vec3 down = Cross(forward, right);
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = 0.9 * width;
  camera.cx = 0.5 * (width - 1);
  camera.cy = 0.5 * (height - 1);
  camera.X_WC = {eye, QuatFromMatrix({right.x, down.x, forward.x, right.y, down.y, forward.y,
                                      right.z, down.z, forward.z})};
  return camera;
}

inline std::array<int, 3> PixelAt(const Array& image, int x, int y) {
  const auto* const p = image.As<uint8_t>().data() + 3 * (y * image.shape()[1] + x);
  return {p[0], p[1], p[2]};
}

inline double MeanDifference(const Array& a, const Array& b) {
  EXPECT_EQ(a.shape(), b.shape());
  const auto pa = a.As<uint8_t>(), pb = b.As<uint8_t>();
  double sum = 0;
  for (size_t i = 0; i < pa.size(); ++i) sum += std::abs(int{pa[i]} - int{pb[i]});
  return sum / static_cast<double>(pa.size());
}

// Pixels that differ by more than `by` in some channel, as a share.
inline double ShareOfChanged(const Array& a, const Array& b, int by) {
  const auto pa = a.As<uint8_t>(), pb = b.As<uint8_t>();
  int64_t changed = 0;
  for (size_t i = 0; i < pa.size(); i += 3) {
    for (size_t c = 0; c < 3; ++c) {
      if (std::abs(int{pa[i + c]} - int{pb[i + c]}) <= by) continue;
      ++changed;
      break;
    }
  }
  return static_cast<double>(changed) / (static_cast<double>(pa.size()) / 3);
}

class SceneDrawing : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR)); }

  SceneRenderer& renderer() {
    if (renderer_ == nullptr) renderer_ = std::make_unique<SceneRenderer>();
    return *renderer_;
  }
  Array Draw(const Scene& scene, const Camera& camera, const SceneStyle& style = {}) {
    renderer().Render(scene, camera, style);
    EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR));
    return renderer().Pixels();
  }
  // As the rasteriser draws it: where nothing is, is white.
  static SceneStyle Plain() {
    SceneStyle style;
    style.background = {1, 1, 1};
    return style;
  }

 private:
  testing::HiddenWindow window_{64, 64};  // what it draws on is of no interest
  std::unique_ptr<SceneRenderer> renderer_;
};

// Four quarters of four colours.
inline SceneDecal Quarters() {
  SceneDecal decal;
  decal.rgba = Array(DType::kUInt8, {8, 8, 4});
  const auto p = decal.rgba.As<uint8_t>();
  for (size_t i = 0; i < 64; ++i) {
    const bool right = i % 8 >= 4, below = i / 8 >= 4;
    p[4 * i] = right ? 255 : 0;
    p[4 * i + 1] = below ? 255 : 0;
    p[4 * i + 2] = !right && !below ? 255 : 0;
    p[4 * i + 3] = 255;
  }
  decal.origin = {-0.4, -0.3, 0};
  decal.right = {0.8, 0, 0};
  decal.down = {0, 0.6, 0};
  return decal;
}

}  // namespace rookery::gui

#endif  // ROOKERY_TESTS_GUI_SCENE_DRAWING_H_
