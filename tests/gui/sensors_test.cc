// What of an environment is an image, and what its cameras see.
#include "gui/sensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/registry.h"
#include "gui/camera_views.h"

namespace rookery::gui {
namespace {

ArraySpec Picture(const std::string& name, DType dtype, Shape shape, double high = 255,
                  const std::string& unit = "") {
  ArraySpec spec;
  spec.name = name;
  spec.dtype = dtype;
  spec.shape = std::move(shape);
  spec.low = {0};
  spec.high = {high};
  spec.unit = unit;
  return spec;
}

Camera Named(const std::string& name) {
  Camera camera;
  camera.name = name;
  return camera;
}

const Sensor* Find(const std::vector<Sensor>& sensors, const std::string& id) {
  const auto found = std::find_if(sensors.begin(), sensors.end(),
                                  [&](const Sensor& sensor) { return sensor.id == id; });
  return found == sensors.end() ? nullptr : &*found;
}

TEST(Sensors, FindsEveryPictureAndWhatItMeans) {
  EnvSpec spec;
  spec.observation = {Picture("front.rgb", DType::kUInt8, {48, 64, 3}),
                      Picture("front.depth", DType::kFloat32, {48, 64}, 20, "m"),
                      Picture("front.segmentation", DType::kUInt8, {48, 64}),
                      Picture("heightmap.rgb", DType::kUInt8, {32, 16, 3}),
                      Picture("goal.heightmap.height", DType::kFloat32, {32, 16}, 0.3, "m"),
                      Picture("image", DType::kUInt8, {4, 84, 84}),
                      Picture("scaled", DType::kFloat32, {84, 84}, 1),
                      Picture("ram", DType::kUInt8, {128}),
                      Picture("poses", DType::kFloat32, {9, 7}, 1)};
  const std::vector<Sensor> sensors = FindSensors(spec, nullptr, true);
  ASSERT_EQ(sensors.size(), 8u);
  EXPECT_EQ(Find(sensors, "observation.ram"), nullptr);
  EXPECT_EQ(Find(sensors, "observation.poses"), nullptr);
  const auto style = [&](const char* id) { return Find(sensors, id)->style; };
  EXPECT_EQ(style("observation.front.rgb").kind, ImageKind::kColor);
  EXPECT_EQ(style("observation.front.depth").kind, ImageKind::kScale);
  EXPECT_EQ(Find(sensors, "observation.front.depth")->unit, "m");
  EXPECT_EQ(style("observation.front.segmentation").kind, ImageKind::kSegmentation);
  EXPECT_EQ(style("observation.image").kind, ImageKind::kGrey);
  EXPECT_EQ(Find(sensors, "observation.image")->frames, 4);
  EXPECT_EQ(style("observation.scaled").kind, ImageKind::kGrey);
  EXPECT_EQ(style("observation.scaled").high, 1);
  EXPECT_TRUE(style("observation.heightmap.rgb").table);
  EXPECT_TRUE(style("observation.goal.heightmap.height").table);
  EXPECT_FALSE(style("observation.front.rgb").table);
  EXPECT_EQ(Find(sensors, "observation.heightmap.rgb")->aspect, 2);  // the table lies
  EXPECT_NE(Find(sensors, "screen"), nullptr);
}

TEST(Sensors, CamerasShowWhatNoObservationDoes) {
  EnvSpec spec;
  spec.observation = {Picture("front.rgb", DType::kUInt8, {48, 64, 3}),
                      Picture("image", DType::kUInt8, {48, 64, 3})};
  Scene scene;
  scene.cameras = {Named("front"), Named("side"), Named("")};
  const std::vector<Sensor> sensors = FindSensors(spec, &scene, false);
  EXPECT_EQ(sensors.size(), 7u);
  EXPECT_EQ(Find(sensors, "camera.front.rgb"), nullptr);  // there is an observation
  ASSERT_NE(Find(sensors, "camera.front.segmentation"), nullptr);
  EXPECT_TRUE(Find(sensors, "camera.front.segmentation")->shown);
  EXPECT_TRUE(Find(sensors, "observation.image")->shown);
  EXPECT_FALSE(Find(sensors, "camera.side.rgb")->shown);  // not all at once at first
  EXPECT_EQ(sensors[1].title, "front.depth");             // beside its camera's others
}

TEST(Sensors, FramesOfAStackShareItsMemory) {
  Array stack(DType::kUInt8, {4, 10, 12});
  stack.As<uint8_t>()[3 * 120 + 25] = 9;
  const Array newest = FrameOf(stack, 3);
  EXPECT_EQ(newest.shape(), (Shape{10, 12}));
  EXPECT_EQ(newest.As<uint8_t>()[25], 9);
  EXPECT_EQ(newest.owner(), stack.owner());
  EXPECT_EQ(FrameOf(Array(DType::kFloat32, {2, 3, 10, 12, 3}), 5).shape(), (Shape{10, 12, 3}));
  EXPECT_THROW(FrameOf(stack, 4), Bug);
}

TEST(CameraViews, ShowWhatTheRasteriserDraws) {
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  StepResult result;
  env->Reset(1, &result);
  const auto scene = std::make_shared<Scene>(env->GetScene());
  ASSERT_FALSE(scene->cameras.empty());
  const Camera& camera = scene->cameras[0];
  CameraViews views;
  EXPECT_EQ(views.Find(camera.name), nullptr);
  for (int i = 0; i < 5000 && views.Find(camera.name) == nullptr; ++i) {
    views.Update(scene, {camera.name, "no such camera"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const CameraView* view = views.Find(camera.name);
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(view->scene, scene);
  Frame expected;
  Rasterizer().Render(*scene, camera, {}, &expected);
  EXPECT_TRUE(view->frame.rgb.BitEqual(expected.rgb));
  EXPECT_TRUE(view->frame.depth.BitEqual(expected.depth));
  EXPECT_TRUE(view->frame.segmentation.BitEqual(expected.segmentation));
  views.Update(scene, {camera.name, "no such camera"});
  EXPECT_FALSE(views.busy());  // it shows that scene already
  views.Clear();
  EXPECT_EQ(views.Find(camera.name), nullptr);
}

TEST(CameraViews, SayWhatCannotBeDrawn) {
  const auto scene = std::make_shared<Scene>();
  scene->cameras = {Named("broken")};
  scene->cameras[0].fx = -1;
  CameraViews views;
  for (int i = 0; i < 5000 && views.trouble().empty(); ++i) {
    views.Update(scene, {"broken"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_NE(views.trouble().find("broken"), std::string::npos);
}

}  // namespace
}  // namespace rookery::gui
