#include "gui/scene_hand.h"

#include <gtest/gtest.h>

#include "gui/orbit_camera.h"

namespace rookery::gui {
namespace {

Camera OffCentre() {
  OrbitCamera orbit;
  orbit.Fit({0, 0, 0}, {1, 1, 1});
  Camera camera = orbit.ToCamera(640, 480);
  camera.cx += 40;
  camera.cy -= 25;
  camera.fx *= 1.2;
  return camera;
}

Vec3 PixelOf(const Camera& camera, const Vec3& point) {
  const Vec3 p = camera.X_WC.Inverse() * point;
  return {p.x / p.z * camera.fx + camera.cx, p.y / p.z * camera.fy + camera.cy, p.z};
}

std::array<double, 4> Times(const std::array<float, 16>& m, const std::array<double, 4>& v) {
  std::array<double, 4> out = {};
  for (size_t i = 0; i < 4; ++i) {
    for (size_t k = 0; k < 4; ++k) out[i] += static_cast<double>(m[4 * k + i]) * v[k];
  }
  return out;
}

TEST(SceneHand, OpenGLsMatricesShowAPointWhereTheCameraDoes) {
  const Camera camera = OffCentre();
  for (const Vec3& point : {Vec3(0.5, 0.5, 0.5), Vec3(0.1, 0.9, 0.2), Vec3(1, 0, 1)}) {
    const auto clip =
        Times(ProjectionMatrix(camera), Times(ViewMatrix(camera), {point.x, point.y, point.z, 1}));
    const Vec3 pixel = PixelOf(camera, point);
    EXPECT_NEAR((clip[0] / clip[3] + 1) / 2 * camera.width - 0.5, pixel.x, 1e-2);
    EXPECT_NEAR((1 - clip[1] / clip[3]) / 2 * camera.height - 0.5, pixel.y, 1e-2);
    EXPECT_NEAR(clip[3], pixel.z, 1e-5);
    EXPECT_GT(clip[2] / clip[3], -1);
    EXPECT_LT(clip[2] / clip[3], 1);
  }
}

TEST(SceneHand, PosesSurviveTheirMatrix) {
  const Pose pose(Vec3(0.3, -0.2, 1.5), QuatFromRpy(0.4, -1.1, 2.5));
  const Pose again = PoseOfMatrix(PoseMatrix(pose));
  EXPECT_LT(Norm(again.p - pose.p), 1e-6);
  EXPECT_LT(AngleBetween(again.q, pose.q), 1e-3);
}

TEST(SceneHand, PullsInThePlaneOfThePicture) {
  const Camera camera = OffCentre();
  Scene scene;
  SceneBody body;
  body.id = 4;
  body.X_WB = Pose(Vec3(0.4, 0.6, 0.5), QuatFromYaw(1));
  scene.bodies.push_back(body);
  const Vec3 grip = body.X_WB * Vec3(0.05, 0, 0.02);
  SceneHand hand;
  EXPECT_EQ(hand.pull(), std::nullopt);
  hand.MoveTo(camera, 1, 1);  // holds nothing
  EXPECT_EQ(hand.pull(), std::nullopt);
  hand.Take(body, grip, camera);
  ASSERT_TRUE(hand.pull());
  EXPECT_EQ(hand.pull()->body, 4);
  EXPECT_LT(Norm(hand.pull()->p_B - Vec3(0.05, 0, 0.02)), 1e-9);
  EXPECT_LT(Norm(hand.pull()->target - grip), 1e-9);
  hand.MoveTo(camera, 123, 345);
  const Vec3 pixel = PixelOf(camera, hand.pull()->target);
  EXPECT_NEAR(pixel.x, 123, 1e-6);
  EXPECT_NEAR(pixel.y, 345, 1e-6);
  EXPECT_NEAR(pixel.z, PixelOf(camera, grip).z, 1e-9);
  SceneMarks marks;
  hand.Draw(scene, &marks);
  ASSERT_EQ(marks.lines.size(), 1u);
  EXPECT_LT(Norm(marks.lines[0].from - grip), 1e-9);
  EXPECT_LT(Norm(marks.lines[0].to - hand.pull()->target), 1e-9);
  hand.Let();
  EXPECT_EQ(hand.pull(), std::nullopt);
}

}  // namespace
}  // namespace rookery::gui
