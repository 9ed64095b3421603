#include "renderers/heightmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/rng.h"
#include "tests/renderers/block_insertion_scene.h"

namespace rookery {
namespace {

// The definition, word for word: points, bounds, stable sort by height, write in that order.
struct View {
  std::vector<float> height;
  std::vector<std::array<uint8_t, 3>> rgb;
  std::vector<uint8_t> segmentation;
};

View OneView(const HeightmapBounds& b, const Camera& camera, const Frame& frame) {
  struct Point {
    float p[3];
    size_t pixel;
  };
  const std::array<double, 9> r = RotationMatrix(camera.X_WC.q);
  const auto depth = frame.depth.As<float>();
  std::vector<Point> points;
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const auto pixel = static_cast<size_t>(y * camera.width + x);
      const double d = static_cast<double>(depth[pixel]);
      const auto px = static_cast<float>((x - camera.cx) * (d / camera.fx));
      const auto py = static_cast<float>((y - camera.cy) * (d / camera.fy));
      Point point;
      point.pixel = pixel;
      bool inside = true;
      for (int i = 0; i < 3; ++i) {
        const auto k = static_cast<size_t>(3 * i);
        point.p[i] = static_cast<float>(
            ((r[k] * static_cast<double>(px) + r[k + 1] * static_cast<double>(py)) + r[k + 2] * d) +
            camera.X_WC.p[i]);
        const double value = static_cast<double>(point.p[i]);
        inside = inside && value >= b.low[i] && value < b.high[i];
      }
      if (inside) points.push_back(point);
    }
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& c) { return a.p[2] < c.p[2]; });
  const auto cells = static_cast<size_t>(b.rows() * b.columns());
  View view = {std::vector<float>(cells, 0), std::vector<std::array<uint8_t, 3>>(cells),
               std::vector<uint8_t>(cells, 0)};
  const auto rgb = frame.rgb.As<uint8_t>();
  for (const Point& point : points) {
    const auto bin = [&](int i, int count) {
      return std::clamp(
          static_cast<int>(std::floor((static_cast<double>(point.p[i]) - b.low[i]) / b.pixel_m)), 0,
          count - 1);
    };
    const auto cell = static_cast<size_t>(bin(1, b.rows()) * b.columns() + bin(0, b.columns()));
    view.height[cell] = static_cast<float>(static_cast<double>(point.p[2]) - b.low.z);
    for (size_t c = 0; c < 3; ++c) view.rgb[cell][c] = rgb[3 * point.pixel + c];
    if (frame.segmentation.size() > 0) {
      view.segmentation[cell] = frame.segmentation.As<uint8_t>()[point.pixel];
    }
  }
  return view;
}

Heightmap Definition(const HeightmapBounds& b, std::span<const Camera> cameras,
                     std::span<const Frame> frames) {
  std::vector<View> views;
  for (size_t i = 0; i < cameras.size(); ++i) views.push_back(OneView(b, cameras[i], frames[i]));
  Heightmap out;
  out.rgb = Array(DType::kUInt8, {b.rows(), b.columns(), 3});
  out.height = Array(DType::kFloat32, {b.rows(), b.columns()});
  for (size_t cell = 0; cell < views[0].height.size(); ++cell) {
    int seen = 0;
    for (const View& view : views) {
      seen += view.rgb[cell][0] + view.rgb[cell][1] + view.rgb[cell][2] > 0 ? 1 : 0;
    }
    float highest = views[0].height[cell];
    for (const View& view : views) highest = std::max(highest, view.height[cell]);
    out.height.As<float>()[cell] = highest;
    for (size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (const View& view : views) sum += view.rgb[cell][c];
      out.rgb.As<uint8_t>()[3 * cell + c] =
          static_cast<uint8_t>(std::nearbyint(sum / std::max(seen, 1)));
    }
  }
  return out;
}

std::vector<Frame> DrawAll(const Scene& scene, const std::vector<Camera>& cameras) {
  Rasterizer rasterizer;
  std::vector<Frame> frames(cameras.size());
  for (size_t i = 0; i < cameras.size(); ++i) {
    rasterizer.Render(scene, cameras[i], {}, &frames[i]);
  }
  return frames;
}

TEST(Heightmap, SizeOfTheWorkspace) {
  const HeightmapBounds bounds;
  EXPECT_EQ(bounds.rows(), 320);
  EXPECT_EQ(bounds.columns(), 160);
}

TEST(Heightmap, EqualsTheDefinition) {
  const Scene scene = testing::BlockInsertionScene({-2.7, -1.2, 1.9, -2.2, -1.5, 0.4});
  const std::vector<Camera> cameras = testing::TaskCameras();
  std::vector<Camera> views;
  for (const Camera& camera : cameras) views.push_back(PyBulletView(camera));
  const std::vector<Frame> frames = DrawAll(scene, views);
  HeightmapBounds odd;
  odd.low = {0.31, -0.33, -0.0005};
  odd.high = {0.62, 0.4, 0.2};
  odd.pixel_m = 0.0071;
  for (const HeightmapBounds& bounds : {HeightmapBounds(), odd}) {
    for (size_t n = 1; n <= 3; ++n) {
      const std::span<const Camera> some_cameras(cameras.data(), n);
      const std::span<const Frame> some_frames(frames.data(), n);
      HeightmapFuser fuser(bounds);
      Heightmap found;
      fuser.Fuse(some_cameras, some_frames, &found);
      const Heightmap expected = Definition(bounds, some_cameras, some_frames);
      EXPECT_TRUE(found.rgb.BitEqual(expected.rgb)) << n;
      EXPECT_TRUE(found.height.BitEqual(expected.height)) << n;
      EXPECT_EQ(found.segmentation.size(), 0);
    }
  }
}

// Few different depths and colours: many ties, and means that end in a half.
TEST(Heightmap, TiesGoToTheLaterPointAndHalvesToEven) {
  Rng rng(3);
  std::vector<Camera> cameras(2);
  std::vector<Frame> frames(2);
  for (size_t i = 0; i < 2; ++i) {
    Camera& camera = cameras[i];
    camera.width = 37;
    camera.height = 23;
    camera.fx = 40;
    camera.fy = 50;
    camera.cx = 18;
    camera.cy = 11;
    camera.X_WC = {{0.5, 0, 1}, QuatFromRpy(kPi, 0, 0)};
    frames[i].depth = Array(DType::kFloat32, {23, 37});
    frames[i].rgb = Array(DType::kUInt8, {23, 37, 3});
    for (float& d : frames[i].depth.As<float>()) {
      d = 0.75f + 0.125f * static_cast<float>(rng.Integer(3));
    }
    for (uint8_t& c : frames[i].rgb.As<uint8_t>()) c = static_cast<uint8_t>(rng.Integer(4));
  }
  HeightmapBounds bounds;
  bounds.low.z = -0.1;
  bounds.high.z = 0.5;
  bounds.pixel_m = 0.1;
  HeightmapFuser fuser(bounds);
  Heightmap found;
  fuser.Fuse(cameras, frames, &found);
  const Heightmap expected = Definition(bounds, cameras, frames);
  EXPECT_TRUE(found.rgb.BitEqual(expected.rgb));
  EXPECT_TRUE(found.height.BitEqual(expected.height));
}

Scene TableWithCube() {
  Scene scene;
  scene.bodies = {testing::GroundBody(0), testing::PlateBody(1)};
  SceneBody cube;
  cube.id = 5;
  cube.X_WB = Pose(Vec3(0.5, 0, 0.02));
  cube.visuals.push_back(testing::MakeVisual(BoxMesh({0.04, 0.04, 0.04}), {}, {1, 0, 0}));
  scene.bodies.push_back(cube);
  return scene;
}

TEST(Heightmap, CubeOnTheTable) {
  const std::vector<Camera> cameras = testing::TaskCameras();
  const std::vector<Frame> frames = DrawAll(TableWithCube(), cameras);
  HeightmapBounds bounds;
  bounds.low.z = -0.0005;  // the table itself is at 0
  HeightmapFuser fuser(bounds);
  Heightmap map;
  fuser.Fuse(cameras, frames, &map);
  int low_row = 320, high_row = -1, low_column = 160, high_column = -1;
  for (int row = 0; row < 320; ++row) {
    for (int column = 0; column < 160; ++column) {
      const auto cell = static_cast<size_t>(row * 160 + column);
      const double height = static_cast<double>(map.height.As<float>()[cell]) + bounds.low.z;
      if (height > 0.035) {
        EXPECT_NEAR(height, 0.04, 0.001);
        low_row = std::min(low_row, row);
        high_row = std::max(high_row, row);
        low_column = std::min(low_column, column);
        high_column = std::max(high_column, column);
      }
    }
  }
  // 4 cm are 12.8 pixels about row 160, column 80.
  EXPECT_NEAR(high_row - low_row + 1, 13, 1);
  EXPECT_NEAR(high_column - low_column + 1, 13, 1);
  EXPECT_NEAR((low_row + high_row + 1) / 2.0, 160, 1);
  EXPECT_NEAR((low_column + high_column + 1) / 2.0, 80, 1);
}

// As published: rendered the way PyBullet does, fused with the cameras' nominal centre.
TEST(Heightmap, PublishedConventionShowsTheWholeTable) {
  const std::vector<Camera> cameras = testing::TaskCameras();
  std::vector<Camera> views;
  for (const Camera& camera : cameras) views.push_back(PyBulletView(camera));
  const std::vector<Frame> frames = DrawAll(TableWithCube(), views);
  HeightmapFuser fuser{HeightmapBounds()};
  Heightmap map;
  fuser.Fuse(cameras, frames, &map);
  int table = 0, cube = 0;
  double brightness = 0;
  for (size_t cell = 0; cell < 320 * 160; ++cell) {
    const double height = static_cast<double>(map.height.As<float>()[cell]);
    const uint8_t* const rgb = &map.rgb.As<uint8_t>()[3 * cell];
    if (height > 0.035) {
      ++cube;
      EXPECT_NEAR(height, 0.0415, 0.001);
    } else if (height > 0) {
      ++table;
      brightness += rgb[1] / 255.0;
    }
  }
  // 12.8 pixels reach into 13 or 14 cells each way.
  EXPECT_NEAR(cube, 13.5 * 13.5, 14);
  EXPECT_GT(table, 50500);
  EXPECT_GT(brightness / table, 0.17);
  EXPECT_LT(brightness / table, 0.20);
}

TEST(Heightmap, SegmentationFromTheOracleCamera) {
  const Scene scene = TableWithCube();
  const Camera camera = testing::OracleCamera();
  RenderOptions options;
  options.shadows = false;
  Rasterizer rasterizer;
  Frame frame;
  rasterizer.Render(scene, camera, options, &frame);
  HeightmapBounds bounds;
  bounds.high.z = 0.3;
  HeightmapFuser fuser(bounds);
  Heightmap map;
  fuser.FuseWithSegmentation(camera, frame, &map);
  const View expected = OneView(bounds, camera, frame);
  ASSERT_EQ(map.segmentation.shape(), (Shape{320, 160}));
  int cube = 0;
  for (size_t cell = 0; cell < expected.height.size(); ++cell) {
    ASSERT_EQ(map.segmentation.As<uint8_t>()[cell], expected.segmentation[cell]);
    ASSERT_EQ(map.height.As<float>()[cell], expected.height[cell]);
    cube += map.segmentation.As<uint8_t>()[cell] == 5 ? 1 : 0;
  }
  EXPECT_NEAR(cube, 13.5 * 13.5, 14);
}

TEST(Heightmap, BadInputIsNamed) {
  HeightmapBounds bounds;
  bounds.pixel_m = 0;
  EXPECT_THROW(HeightmapFuser{bounds}, UserError);
  bounds = {};
  bounds.high.y = -1;
  EXPECT_THROW(HeightmapFuser{bounds}, UserError);
  bounds = {};
  bounds.pixel_m = 1e-9;
  EXPECT_THROW(HeightmapFuser{bounds}, UserError);

  const std::vector<Camera> cameras = testing::TaskCameras();
  std::vector<Frame> frames = DrawAll(TableWithCube(), cameras);
  HeightmapFuser fuser{HeightmapBounds()};
  Heightmap map;
  EXPECT_THROW(fuser.Fuse(cameras, std::span<const Frame>(frames.data(), 2), &map), UserError);
  EXPECT_THROW(fuser.Fuse({}, {}, &map), UserError);
  frames[1].depth = Array(DType::kFloat32, {480, 639});
  try {
    fuser.Fuse(cameras, frames, &map);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("'left'"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("(480, 639)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace rookery
