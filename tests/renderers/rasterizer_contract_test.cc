#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "renderers/mesh.h"
#include "renderers/rasterizer.h"
#include "tests/renderers/block_insertion_scene.h"
#include "tests/renderers/drawing.h"

namespace rookery {
namespace {

using testing::At;
using testing::Body;
using testing::Draw;
using testing::LookingAlongX;
using testing::LookingDown;
using testing::Pixel;
using testing::Ray;

TEST(Rasterizer, AStillSceneAndAMovedOneAreDrawnAfresh) {
  // The shadow map is kept between frames: it must follow every change.
  Rasterizer rasterizer;
  Frame frame;
  Scene scene = testing::BlockInsertionScene();
  const auto expect_as_new = [&](const char* what) {
    rasterizer.Render(scene, scene.cameras[0], {}, &frame);
    EXPECT_TRUE(frame.rgb.BitEqual(Draw(scene, scene.cameras[0]).rgb)) << what;
  };
  expect_as_new("first");
  expect_as_new("second");
  scene.bodies[2].X_WB.p.y += 0.05;
  expect_as_new("moved");
  scene.bodies[2].visuals[3].scale = {1, 2, 1};
  expect_as_new("scaled");
  scene.bodies[2].visuals[3].material.casts_shadow = false;
  expect_as_new("no longer casting");
  scene.light.direction = {20, 30, 100};
  expect_as_new("other light");
  scene.bodies.erase(scene.bodies.begin() + 2);
  expect_as_new("removed");
  scene.light.shadows = false;
  expect_as_new("without shadows");
  scene.light.shadows = true;
  expect_as_new("with shadows");
}

TEST(Rasterizer, ScalesAndMirrors) {
  const auto picture = [](const MeshPtr& mesh, const std::array<float, 3>& scale) {
    Scene scene;
    scene.bodies = {Body(1, mesh, {{0.5, 0, 0.2}, QuatFromRpy(0.3, 0.2, 0.1)})};
    scene.bodies[0].visuals[0].scale = scale;
    return Draw(scene, testing::TaskCameras()[0]);
  };
  const MeshPtr box = BoxMesh({0.25, 0.5, 0.125}), unit = BoxMesh({1, 1, 1});
  const Frame expected = picture(box, {1, 1, 1});
  for (const auto& scale : {std::array<float, 3>{0.25f, 0.5f, 0.125f},
                            {-0.25f, 0.5f, 0.125f},
                            {-0.25f, -0.5f, 0.125f},
                            {-0.25f, -0.5f, -0.125f}}) {
    const Frame found = picture(unit, scale);
    EXPECT_TRUE(found.segmentation.BitEqual(expected.segmentation));
    EXPECT_TRUE(found.rgb.BitEqual(expected.rgb));
  }
  // An ellipsoid's normals are not its radii.
  const Frame flat = picture(SphereMesh(0.2, 64), {1, 1, 0.25f});
  const Frame tilted = picture(SphereMesh(0.2, 64), {1, 1, 1});
  EXPECT_FALSE(flat.rgb.BitEqual(tilted.rgb));
}

TEST(Rasterizer, SmallAndOddImagesAreCropsOfLargeOnes) {
  const Scene scene = testing::BlockInsertionScene();
  Camera camera = testing::TaskCameras()[1];
  const Frame whole = Draw(scene, camera);
  Rasterizer rasterizer;
  Frame frame;
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(17, 3), std::pair(333, 207),
                                      std::pair(3, 480), std::pair(640, 1)}) {
    camera.width = width;
    camera.height = height;
    rasterizer.Render(scene, camera, {}, &frame);
    ASSERT_EQ(frame.rgb.shape(), (Shape{height, width, 3}));
    ASSERT_EQ(frame.depth.shape(), (Shape{height, width}));
    for (int y = 0; y < height; ++y) {
      const auto row = static_cast<size_t>(y * width), big = static_cast<size_t>(y * 640);
      const auto n = static_cast<size_t>(width);
      EXPECT_EQ(
          std::memcmp(&frame.rgb.As<uint8_t>()[3 * row], &whole.rgb.As<uint8_t>()[3 * big], 3 * n),
          0);
      EXPECT_EQ(std::memcmp(&frame.depth.As<float>()[row], &whole.depth.As<float>()[big], 4 * n),
                0);
      EXPECT_EQ(std::memcmp(&frame.segmentation.As<uint8_t>()[row],
                            &whole.segmentation.As<uint8_t>()[big], n),
                0);
    }
  }
}

TEST(Rasterizer, OnlyWantedImagesAreWrittenAndTheyAreTheSame) {
  const Scene scene = testing::BlockInsertionScene();
  const Frame whole = Draw(scene, scene.cameras[0]);
  for (int bits = 0; bits < 8; ++bits) {
    RenderOptions options;
    options.rgb = (bits & 1) != 0;
    options.depth = (bits & 2) != 0;
    options.segmentation = (bits & 4) != 0;
    const Frame frame = Draw(scene, scene.cameras[0], options);
    EXPECT_TRUE(options.rgb ? frame.rgb.BitEqual(whole.rgb) : frame.rgb.size() == 0);
    EXPECT_TRUE(options.depth ? frame.depth.BitEqual(whole.depth) : frame.depth.size() == 0);
    EXPECT_TRUE(options.segmentation ? frame.segmentation.BitEqual(whole.segmentation)
                                     : frame.segmentation.size() == 0);
  }
}

TEST(Rasterizer, FramesAreReusedUnlessHeldElsewhere) {
  Scene scene = testing::BlockInsertionScene();
  Rasterizer rasterizer;
  Frame frame;
  rasterizer.Render(scene, scene.cameras[0], {}, &frame);
  const void* const data = frame.depth.data();
  rasterizer.Render(scene, scene.cameras[1], {}, &frame);
  EXPECT_EQ(frame.depth.data(), data);
  const Array held = frame.rgb, copy = held.Clone();
  rasterizer.Render(scene, scene.cameras[0], {}, &frame);
  EXPECT_NE(frame.rgb.data(), held.data());
  EXPECT_TRUE(held.BitEqual(copy));
}

TEST(Rasterizer, PyBulletShowsThePictureOneRowHigher) {
  const Scene scene = testing::BlockInsertionScene();
  const Camera camera = testing::TaskCameras()[0];
  const Frame ours = Draw(scene, camera), theirs = Draw(scene, PyBulletView(camera));
  int same = 0;
  for (int y = 0; y + 1 < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      same += At(theirs, x, y).body == At(ours, x, y + 1).body ? 1 : 0;
    }
  }
  EXPECT_GT(same, 479 * 640 * 0.9999);
}

TEST(Rasterizer, BadInputIsNamed) {
  const auto error_of = [](const Scene& scene, const std::function<void(Camera*)>& change) {
    Camera camera;
    camera.name = "wrist";
    change(&camera);
    try {
      Draw(scene, camera);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const Scene scene = testing::BlockInsertionScene();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::function<void(Camera*)>, std::string>> cases = {
      {[](Camera* c) { c->width = 0; }, "0 x 480"},
      {[](Camera* c) { c->height = -3; }, "640 x -3"},
      {[](Camera* c) { c->width = 100000; }, "16384"},
      {[](Camera* c) { c->fx = 0; }, "fx = 0"},
      {[](Camera* c) { c->fy = -1; }, "fy = -1"},
      {[nan](Camera* c) { c->fy = nan; }, "fy = nan"},
      {[nan](Camera* c) { c->cx = nan; }, "cx and cy"},
      {[](Camera* c) { c->near_m = 10; }, "near_m < far_m"},
      {[](Camera* c) { c->near_m = 0; }, "0 < near_m"},
      {[nan](Camera* c) { c->X_WC.p.x = nan; }, "pose"},
      {[](Camera* c) {
         c->X_WC.q = {0, 0, 0, 2};
       },
       "quaternion"}};
  for (const auto& [change, expected] : cases) {
    const std::string message = error_of(scene, change);
    EXPECT_NE(message.find("camera 'wrist'"), std::string::npos) << message;
    EXPECT_NE(message.find(expected), std::string::npos) << message;
  }
  const auto keep = [](Camera*) {};
  for (int id : {-1, 255}) {
    Scene bad;
    bad.bodies = {Body(id, BoxMesh({1, 1, 1}), Pose())};
    EXPECT_NE(error_of(bad, keep).find(std::to_string(id)), std::string::npos);
  }
  Scene no_mesh;
  no_mesh.bodies = {Body(1, nullptr, Pose())};
  EXPECT_NE(error_of(no_mesh, keep).find("without a mesh"), std::string::npos);
  auto mesh = std::make_shared<Mesh>(*BoxMesh({1, 1, 1}));
  mesh->indices[4] = 99;
  Scene bad_index;
  bad_index.bodies = {Body(1, mesh, Pose())};
  EXPECT_NE(error_of(bad_index, keep).find("99"), std::string::npos);
  Scene no_light = scene;
  no_light.light.direction = {0, 0, 0};
  EXPECT_NE(error_of(no_light, keep).find("light"), std::string::npos);
}

}  // namespace
}  // namespace rookery
