// What is drawn over and beside the surfaces of a scene.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gui/scene_renderer.h"
#include "tests/gui/scene_drawing.h"

namespace rookery::gui {
namespace {

using SceneOverlayTest = SceneDrawing;

std::array<int, 2> PixelOf(const Camera& camera, const Vec3& point) {
  const Vec3 p = camera.X_WC.Inverse() * point;
  return {static_cast<int>(std::lround(p.x / p.z * camera.fx + camera.cx)),
          static_cast<int>(std::lround(p.y / p.z * camera.fy + camera.cy))};
}

TEST_F(SceneOverlayTest, DecalsLieWhereTheyShould) {
  Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.1, -0.5, 1.2}, {0.05, 0.05, 0});
  const Array without = Draw(scene, camera);
  for (const double height : {0.0, 0.5}) {
    SceneDecal decal = Quarters();
    decal.height_m = height;
    renderer().Add(decal);
    const Array image = Draw(scene, camera);
    const auto at = [&](double x, double y, double z) {
      const auto [u, v] = PixelOf(camera, {x, y, z});
      return PixelAt(image, u, v);
    };
    EXPECT_EQ(at(-0.3, -0.2, 0), (std::array<int, 3>{0, 0, 255})) << height;
    EXPECT_EQ(at(0.3, -0.2, 0), (std::array<int, 3>{255, 0, 0})) << height;
    EXPECT_EQ(at(-0.3, 0.2, 0), (std::array<int, 3>{0, 255, 0})) << height;
    EXPECT_EQ(at(0.3, 0.2, 0), (std::array<int, 3>{255, 255, 0})) << height;
    // On the box's top it lies only when it is laid on what stands there.
    const auto [u, v] = PixelOf(camera, {0.05, 0.05, 0.2});
    ASSERT_EQ(renderer().BodyAt(u, v), 7);
    if (height > 0) {
      EXPECT_EQ(PixelAt(image, u, v), (std::array<int, 3>{255, 255, 0}));
    } else {
      EXPECT_EQ(PixelAt(image, u, v), PixelAt(without, u, v));
    }
    const auto outside = PixelOf(camera, {0.45, 0, 0});
    EXPECT_EQ(PixelAt(image, outside[0], outside[1]), PixelAt(without, outside[0], outside[1]));
  }
  EXPECT_LT(MeanDifference(Draw(scene, camera), without), 1e-9) << "they stay";
}

TEST_F(SceneOverlayTest, LinesAndPointsAreHiddenWhenTheyAskForIt) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0, -1.2, 0.25}, {0, 0, 0.1});
  const std::array<float, 4> green = {0, 1, 0, 1};
  const auto through = PixelOf(camera, {0, 0, 0.1});  // the line passes behind the box here
  const auto beside = PixelOf(camera, {0.3, 0.3, 0.1});
  for (const bool always : {true, false}) {
    SceneLine line;
    line.from = {-0.5, 0.3, 0.1};
    line.to = {0.5, 0.3, 0.1};
    line.width_px = 7;
    line.color = green;
    line.always = always;
    renderer().Add(line);
    ScenePoint point;
    point.position = {0, 0.2, 0.1};
    point.size_px = 15;
    point.color = {1, 0, 1, 1};
    point.always = always;
    renderer().Add(point);
    const Array image = Draw(scene, camera);
    EXPECT_EQ(PixelAt(image, beside[0], beside[1]), (std::array<int, 3>{0, 255, 0}));
    EXPECT_EQ(PixelAt(image, through[0], through[1]) == (std::array<int, 3>{255, 0, 255}), always);
  }
  // One end behind the camera, and both.
  for (const double y : {-5.0, -2.0}) {
    SceneLine line;
    line.from = {0.02, -6, 0.2};
    line.to = {0.02, y == -5.0 ? 1.0 : y, 0.2};
    line.color = {0, 0, 1, 1};
    renderer().Add(line);
    const Array image = Draw(scene, camera);
    const auto at = PixelOf(camera, {0.02, -0.6, 0.2});
    EXPECT_EQ(PixelAt(image, at[0], at[1]) == (std::array<int, 3>{0, 0, 255}), y == -5.0);
  }
}

TEST_F(SceneOverlayTest, StylesShowWhatTheyName) {
  Scene scene = BoxOnFloor();
  scene.contacts.push_back({3, 7, {0.1, -0.1, 0}, {0, 0, 10}});
  scene.frames.push_back({"goal", Pose(Vec3(0.3, 0.1, 0.05))});
  scene.workspace_low = {-0.3, -0.3, 0};
  scene.workspace_high = {0.3, 0.3, 0.3};
  scene.cameras.push_back(LookAt({-0.4, 0.4, 0.5}, {0, 0, 0}));
  const Camera camera = LookAt({0.6, -0.9, 0.8}, {0, 0, 0.1});
  const Array plain = Draw(scene, camera);
  for (bool SceneStyle::*member :
       {&SceneStyle::contacts, &SceneStyle::frames, &SceneStyle::frusta, &SceneStyle::workspace}) {
    SceneStyle style;
    style.*member = true;
    const double changed = ShareOfChanged(Draw(scene, camera, style), plain, 20);
    EXPECT_GT(changed, 0.0005);
    EXPECT_LT(changed, 0.06);
  }
  SceneStyle style;
  style.selected = 7;
  const Array selected = Draw(scene, camera, style);
  EXPECT_GT(ShareOfChanged(selected, plain, 60), 0.002);
  EXPECT_LT(ShareOfChanged(selected, plain, 60), 0.03);
  // The outline ends at the body: far from it nothing changes.
  EXPECT_EQ(PixelAt(selected, 10, 200), PixelAt(plain, 10, 200));
  style.selected = 200;
  EXPECT_LT(MeanDifference(Draw(scene, camera, style), plain), 1e-9) << "no such body";
}

TEST_F(SceneOverlayTest, SeveralSamplesSmoothEdges) {
  const Scene scene = BoxOnFloor();
  const Camera camera = LookAt({0.5, -0.7, 0.6}, {0, 0, 0.1});
  SceneStyle style = Plain();
  const Array one = Draw(scene, camera, style);
  style.samples = 4;
  const Array four = Draw(scene, camera, style);
  EXPECT_GT(ShareOfChanged(one, four, 8), 0.0005);
  EXPECT_LT(MeanDifference(one, four), 1.0);
  renderer().Add(Quarters());
  style.selected = 7;
  Draw(scene, camera, style);
  EXPECT_EQ(renderer().BodyAt(159, 119), 7);
}

}  // namespace
}  // namespace rookery::gui
