#include "gui/orbit_camera.h"

#include <gtest/gtest.h>

#include <cmath>

#include "renderers/mesh.h"

namespace rookery::gui {
namespace {

Vec3 PixelOf(const Camera& camera, const Vec3& point) {
  const Vec3 p = camera.X_WC.Inverse() * point;
  return {p.x / p.z * camera.fx + camera.cx, p.y / p.z * camera.fy + camera.cy, p.z};
}

void ExpectNear(const Vec3& a, const Vec3& b, double tolerance) {
  EXPECT_LT(Norm(a - b), tolerance)
      << a.x << ", " << a.y << ", " << a.z << " and " << b.x << ", " << b.y << ", " << b.z;
}

TEST(OrbitCamera, LooksAtItsTargetWithTheWorldUpright) {
  OrbitCamera orbit;
  orbit.Fit({0, -1, 0}, {2, 1, 0.5});
  const Camera camera = orbit.ToCamera(640, 480);
  const Vec3 middle = PixelOf(camera, orbit.target());
  EXPECT_NEAR(middle.x, 319.5, 1e-6);
  EXPECT_NEAR(middle.y, 239.5, 1e-6);
  EXPECT_NEAR(middle.z, orbit.distance(), 1e-9);
  const Vec3 above = PixelOf(camera, orbit.target() + Vec3(0, 0, 0.1));
  EXPECT_NEAR(above.x, 319.5, 1e-6);
  EXPECT_LT(above.y, 239);
  EXPECT_NEAR(Norm(camera.X_WC.q), 1, 1e-12);
}

TEST(OrbitCamera, FitsCornersIntoAnyPicture) {
  const Vec3 low = {0.25, -0.5, 0}, high = {0.75, 0.5, 0.28};
  OrbitCamera orbit;
  orbit.Fit(low, high);
  for (const auto& [width, height] : {std::pair(1280, 720), {300, 900}, {50, 50}}) {
    const Camera camera = orbit.ToCamera(width, height);
    for (int i = 0; i < 8; ++i) {
      const Vec3 corner((i & 1) != 0 ? high.x : low.x, (i & 2) != 0 ? high.y : low.y,
                        (i & 4) != 0 ? high.z : low.z);
      const Vec3 p = PixelOf(camera, corner);
      EXPECT_GT(p.x, 0);
      EXPECT_LT(p.x, width);
      EXPECT_GT(p.y, 0);
      EXPECT_LT(p.y, height);
      EXPECT_GT(p.z, camera.near_m);
      EXPECT_LT(p.z, camera.far_m);
    }
  }
}

TEST(OrbitCamera, TheSceneFollowsTheHand) {
  OrbitCamera orbit;
  orbit.Fit({-0.5, -0.5, -0.5}, {0.5, 0.5, 0.5});
  const Vec3 eye = orbit.target() - orbit.forward() * orbit.distance();
  const Vec3 front = orbit.target() - orbit.forward() * 0.5;  // on the near side
  const Vec3 before = PixelOf(orbit.ToCamera(640, 480), front);
  OrbitCamera turned = orbit;
  turned.Orbit(20, 0);
  EXPECT_GT(PixelOf(turned.ToCamera(640, 480), front).x, before.x + 5);
  turned = orbit;
  turned.Orbit(0, 20);
  EXPECT_GT(PixelOf(turned.ToCamera(640, 480), front).y, before.y + 5);
  EXPECT_NEAR(turned.distance(), orbit.distance(), 1e-12);
  ExpectNear(turned.target(), orbit.target(), 1e-12);
  // A drag over more than there is ends upright above it.
  turned.Orbit(0, 1e5);
  ExpectNear(turned.forward(), {0, 0, -1}, 1e-9);
  // A point at the target's depth moves exactly with a panning hand.
  OrbitCamera panned = orbit;
  panned.Pan(31, -17, 480);
  const Vec3 moved = PixelOf(panned.ToCamera(640, 480), orbit.target());
  EXPECT_NEAR(moved.x, 319.5 + 31, 1e-6);
  EXPECT_NEAR(moved.y, 239.5 - 17, 1e-6);
  ExpectNear(panned.forward(), orbit.forward(), 1e-12);
  EXPECT_GT(Norm(panned.target() - panned.forward() * panned.distance() - eye), 0.01);
}

TEST(OrbitCamera, ZoomsTowardsAPoint) {
  OrbitCamera orbit;
  orbit.Fit({-0.5, -0.5, -0.5}, {0.5, 0.5, 0.5});
  const Vec3 point(0.2, 0.1, 0.3);
  const Vec3 before = PixelOf(orbit.ToCamera(640, 480), point);
  const double distance = orbit.distance();
  orbit.ZoomAt(3, point);
  EXPECT_LT(orbit.distance(), 0.8 * distance);
  const Vec3 after = PixelOf(orbit.ToCamera(640, 480), point);
  EXPECT_NEAR(after.x, before.x, 1e-6);
  EXPECT_NEAR(after.y, before.y, 1e-6);
  orbit.Zoom(-3);
  EXPECT_NEAR(orbit.distance(), distance, 1e-9);
  orbit.Zoom(1e6);
  EXPECT_GT(orbit.distance(), 0);
  orbit.Zoom(-1e6);
  EXPECT_TRUE(std::isfinite(orbit.distance()));
}

TEST(OrbitCamera, FollowsACameraOfTheScene) {
  Scene scene;
  scene.workspace_low = {0.25, -0.5, 0};
  scene.workspace_high = {0.75, 0.5, 0.28};
  OrbitCamera first;
  first.Fit(scene);
  first.Orbit(333, 40);
  const Camera camera = first.ToCamera(640, 480);
  OrbitCamera second;
  second.Follow(camera, scene);
  const Camera again = second.ToCamera(640, 480);
  ExpectNear(again.X_WC.p, camera.X_WC.p, 1e-6);
  EXPECT_LT(AngleBetween(again.X_WC.q, camera.X_WC.q), 1e-6);
  EXPECT_NEAR(again.fx, camera.fx, 1e-6);
  // Straight down, with y upwards in the picture.
  Camera above = camera;
  above.X_WC = {Vec3(0.5, 0, 2), Quat{1, 0, 0, 0}};
  second.Follow(above, scene);
  const Camera down = second.ToCamera(640, 480);
  ExpectNear(down.X_WC.p, above.X_WC.p, 1e-6);
  EXPECT_LT(AngleBetween(down.X_WC.q, above.X_WC.q), 1e-6);
}

TEST(OrbitCamera, FitsBodiesButNotTheFloor) {
  Scene scene;
  SceneBody floor, box;
  floor.visuals.push_back({PlaneMesh(100, 100), Pose(), {1, 1, 1}, Material()});
  box.X_WB = Pose(Vec3(3, 4, 0.5));
  box.visuals.push_back({BoxMesh({0.4, 0.2, 0.1}), Pose(), {1, 1, 2}, Material()});
  scene.bodies = {floor, box};
  OrbitCamera orbit;
  orbit.Fit(scene);
  ExpectNear(orbit.target(), {3, 4, 0.5}, 1e-6);
  EXPECT_LT(orbit.distance(), 2);
  orbit.Fit(Scene());
  EXPECT_GT(orbit.distance(), 0.5);
}

TEST(FittedCamera, ShowsTheWholePictureInTheMiddle) {
  Camera camera;
  camera.width = 640;
  camera.height = 480;
  camera.cx = 300;
  camera.cy = 250;
  const auto corner_ray = [](const Camera& c, double u, double v) {
    return Vec3((u - c.cx) / c.fx, (v - c.cy) / c.fy, 1);
  };
  const Camera wide = FittedCamera(camera, 1280, 720);  // 960 x 720, 160 px from the left
  ExpectNear(corner_ray(wide, 159.5, -0.5), corner_ray(camera, -0.5, -0.5), 1e-9);
  ExpectNear(corner_ray(wide, 1119.5, 719.5), corner_ray(camera, 639.5, 479.5), 1e-9);
  EXPECT_EQ(wide.width, 1280);
  EXPECT_EQ(wide.height, 720);
}

}  // namespace
}  // namespace rookery::gui
