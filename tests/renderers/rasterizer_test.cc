#include "renderers/rasterizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "renderers/mesh.h"
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

TEST(Rasterizer, EmptySceneIsBackground) {
  Camera camera;
  camera.far_m = 3.7;
  const Frame frame = Draw(Scene(), camera);
  for (uint8_t value : frame.rgb.As<uint8_t>()) ASSERT_EQ(value, 255);
  for (uint8_t value : frame.segmentation.As<uint8_t>()) ASSERT_EQ(value, 255);
  for (float value : frame.depth.As<float>()) ASSERT_EQ(value, 3.7f);
}

TEST(Rasterizer, CubeSeenFromAbove) {
  Scene scene;
  scene.bodies = {testing::PlateBody(1),
                  Body(7, BoxMesh({0.04, 0.04, 0.04}), Pose(Vec3(0.5, 0.1, 0.02)), {1, 0, 0})};
  const Frame frame = Draw(scene, LookingDown({0.5, 0.1, 1}));
  // Its top is 0.96 m away: half of it is 0.02 * 450 / 0.96 = 9.375 pixels.
  for (int y = 220; y < 260; ++y) {
    for (int x = 300; x < 340; ++x) {
      const Pixel pixel = At(frame, x, y);
      const bool top = std::abs(x - 320) <= 9 && std::abs(y - 240) <= 9;
      ASSERT_EQ(pixel.body, top ? 7 : 1) << x << " " << y;
      ASSERT_NEAR(pixel.depth, top ? 0.96 : 1, 1e-6) << x << " " << y;
    }
  }
  // Facing up: n.l = 100 / |(-50, 30, 100)|, the mirrored light's z is the same.
  const double up = 100 / std::sqrt(2500 + 900 + 10000);
  const double expected = 0.6 + 0.35 * up + 0.05 * up * up;
  EXPECT_EQ(At(frame, 320, 240).rgb, (std::array<int, 3>{static_cast<int>(255 * expected), 0, 0}));
}

TEST(Rasterizer, SidesAreShadedByTheirNormals) {
  Scene scene;
  scene.bodies = {Body(3, BoxMesh({0.2, 0.2, 0.2}), Pose(), {1, 1, 1})};
  scene.light.shadows = false;
  const double length = std::sqrt(2500 + 900 + 10000);
  const Vec3 light = Vec3(-50, 30, 100) * (1 / length);
  for (const Vec3& normal : {Vec3(1, 0, 0), Vec3(-1, 0, 0), Vec3(0, 1, 0), Vec3(0, -1, 0),
                             Vec3(0, 0, 1), Vec3(0, 0, -1)}) {
    const Vec3 forward = -normal;
    const Vec3 side = std::abs(normal.z) > 0.5 ? Vec3(1, 0, 0) : Vec3(0, 0, 1);
    const Vec3 down = Cross(forward, side);
    Camera camera;
    camera.X_WC = {normal, QuatFromMatrix({side.x, down.x, forward.x, side.y, down.y, forward.y,
                                           side.z, down.z, forward.z})};
    const Pixel pixel = At(Draw(scene, camera), 320, 240);
    const double along = Dot(normal, light);
    const double mirrored = std::max(0.0, 2 * along * normal.z - light.z);
    const double brightness = 0.6 + 0.35 * std::max(0.0, along) + 0.05 * mirrored * mirrored;
    EXPECT_EQ(pixel.rgb[0], static_cast<int>(255 * brightness));
    EXPECT_NEAR(pixel.depth, 0.9, 1e-6);
  }
}

TEST(Rasterizer, RoundThingsAreSmooth) {
  Scene scene;
  scene.bodies = {Body(3, SphereMesh(0.2, 48), Pose())};
  scene.light.shadows = false;
  const Camera camera = LookingDown({0, 0, 1});
  const Frame frame = Draw(scene, camera);
  const Vec3 light = Normalized(scene.light.direction);
  for (int y = 160; y <= 320; y += 5) {
    for (int x = 240; x <= 400; x += 5) {
      if (std::hypot(x - 320, y - 240) > 85) continue;
      const Pixel pixel = At(frame, x, y);
      ASSERT_EQ(pixel.body, 3);
      const Vec3 normal = Normalized(camera.X_WC.p + Ray(camera, x, y) * pixel.depth);
      const double along = Dot(normal, light);
      const double mirrored = std::max(0.0, 2 * along * normal.z - light.z);
      const double brightness = 0.6 + 0.35 * std::max(0.0, along) + 0.05 * mirrored * mirrored;
      EXPECT_NEAR(pixel.rgb[1], 255 * brightness, 2) << x << " " << y;
    }
  }
}

TEST(Rasterizer, GroundDepthIsExactFromEveryTaskCamera) {
  Scene scene;
  scene.bodies = {testing::GroundBody(0)};
  for (const Camera& camera : testing::TaskCameras()) {
    const Frame frame = Draw(scene, camera);
    for (int y = 0; y < 480; ++y) {
      for (int x = 0; x < 640; ++x) {
        const Pixel pixel = At(frame, x, y);
        const double expected = (-0.001 - camera.X_WC.p.z) / Ray(camera, x, y).z;
        ASSERT_EQ(pixel.body, 0);
        ASSERT_NEAR(pixel.depth, expected, 2e-6 * expected) << x << " " << y;
      }
    }
  }
}

TEST(Rasterizer, CheckerboardFollowsTheBody) {
  Scene scene;
  SceneBody ground = testing::GroundBody(0);
  ground.X_WB = {{0.3, -0.2, 0}, QuatFromYaw(0.3)};
  ground.visuals[0].X_BV = Pose(Vec3(0.123, 0, 0));  // the tiles do not move with the mesh
  ground.visuals[0].material.checker_tile_m = 0.11f;
  ground.visuals[0].material.rgb = {1, 0, 0};
  ground.visuals[0].material.checker_rgb = {0, 1, 0};
  scene.bodies = {ground};
  const Camera camera = testing::TaskCameras()[1];
  const Frame frame = Draw(scene, camera);
  int compared = 0;
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      const Vec3 ray = Ray(camera, x, y);
      const Vec3 p = ground.X_WB.Inverse() * (camera.X_WC.p + ray * (-camera.X_WC.p.z / ray.z));
      const double u = p.x / 0.11, v = p.y / 0.11;
      if (std::abs(u - std::round(u)) < 1e-3 || std::abs(v - std::round(v)) < 1e-3) continue;
      const bool odd =
          (static_cast<int64_t>(std::floor(u)) + static_cast<int64_t>(std::floor(v))) & 1;
      const Pixel pixel = At(frame, x, y);
      ASSERT_EQ(pixel.rgb[0] > 0, !odd) << x << " " << y;
      ASSERT_EQ(pixel.rgb[1] > 0, odd) << x << " " << y;
      ++compared;
    }
  }
  EXPECT_GT(compared, 300000);
}

TEST(Rasterizer, TableHasThePublishedBrightness) {
  const Frame frame = Draw(testing::BlockInsertionScene(), testing::TaskCameras()[0]);
  const Pixel table = At(frame, 320, 420);
  EXPECT_EQ(table.body, 1);
  for (int value : table.rgb) {
    EXPECT_GE(value, 0.17 * 255);
    EXPECT_LE(value, 0.20 * 255);
  }
}

// A camera just above the ground looks at the horizon: the triangles reach behind it.
TEST(Rasterizer, NearAndFarPlanesCutTrianglesThatPassTheCamera) {
  Scene scene;
  scene.bodies = {testing::GroundBody(0)};
  Camera camera = LookingAlongX({3, 4, 0.2});
  camera.near_m = 0.7;
  camera.far_m = 20;
  const Frame frame = Draw(scene, camera);
  int seen = 0;
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; x += 3) {
      const double slope = Ray(camera, x, y).z;
      const double expected = slope < 0 ? -0.201 / slope : 1e9;
      if (std::abs(expected - 0.7) < 1e-5 || std::abs(expected - 20) < 1e-3) continue;
      const bool visible = expected > 0.7 && expected < 20;
      const Pixel pixel = At(frame, x, y);
      ASSERT_EQ(pixel.body, visible ? 0 : 255) << x << " " << y;
      ASSERT_NEAR(pixel.depth, visible ? expected : 20, 1e-4) << x << " " << y;
      seen += visible ? 1 : 0;
    }
  }
  EXPECT_GT(seen, 20000);
}

TEST(Rasterizer, BacksAreInvisible) {
  Scene scene;
  scene.bodies = {Body(1, BoxMesh({1, 1, 1}), Pose())};
  const Frame inside = Draw(scene, LookingDown({0, 0, 0}));
  for (uint8_t body : inside.segmentation.As<uint8_t>()) ASSERT_EQ(body, 255);
  scene.bodies = {Body(1, PlaneMesh(1, 1), {{0, 0, 2}, QuatFromRpy(0, 0, 0)})};
  const Frame below = Draw(scene, LookingAlongX({-1, 0, 1.9}));
  for (uint8_t body : below.segmentation.As<uint8_t>()) ASSERT_EQ(body, 255);
}

// Every pixel of a triangulated square belongs to exactly one triangle, wherever vertices and
// edges fall.
TEST(Rasterizer, NeighboursLeaveNoCrackAndNoOverlap) {
  Rng rng(5);
  constexpr int kCells = 12;
  for (int round = 0; round < 6; ++round) {
    std::vector<Vec3> points;
    for (int i = 0; i <= kCells; ++i) {
      for (int k = 0; k <= kCells; ++k) {
        // On pixel centres in the first round: 450 pixels a metre.
        const bool border = i == 0 || k == 0 || i == kCells || k == kCells;
        const double spread = round == 0 || border ? 0 : 0.008;
        points.emplace_back((k - kCells / 2) * 20.0 / 450 + rng.Uniform(-spread, spread),
                            (i - kCells / 2) * 20.0 / 450 + rng.Uniform(-spread, spread),
                            round < 3 || border ? 0 : rng.Uniform(-0.01, 0.01));
      }
    }
    Camera camera = LookingDown({0, 0, 1});
    std::vector<int> covered(640 * 480, 0);
    Rasterizer rasterizer;
    Frame frame;
    RenderOptions options;
    options.rgb = options.depth = false;
    const auto corner = [&](int i, int k) {
      return points[static_cast<size_t>(i * (kCells + 1) + k)];
    };
    for (int i = 0; i < kCells; ++i) {
      for (int k = 0; k < kCells; ++k) {
        const std::array<Vec3, 4> quad = {corner(i, k), corner(i, k + 1), corner(i + 1, k + 1),
                                          corner(i + 1, k)};
        for (size_t half = 0; half < 2; ++half) {
          auto mesh = std::make_shared<Mesh>();
          for (size_t v : {size_t{0}, half + 1, half + 2}) {
            for (int c = 0; c < 3; ++c) {
              mesh->vertices.push_back(static_cast<float>(quad[v][c]));
              mesh->normals.push_back(c == 2 ? 1.0f : 0.0f);
            }
          }
          mesh->indices = {0, 1, 2};
          Scene scene;
          scene.bodies = {Body(1, mesh, Pose())};
          rasterizer.Render(scene, camera, options, &frame);
          const auto bodies = frame.segmentation.As<uint8_t>();
          for (size_t p = 0; p < covered.size(); ++p) covered[p] += bodies[p] == 1 ? 1 : 0;
        }
      }
    }
    int inside = 0;
    for (int y = 0; y < 480; ++y) {
      for (int x = 0; x < 640; ++x) {
        const int count = covered[static_cast<size_t>(y * 640 + x)];
        if (std::abs(x - 320) < 120 && std::abs(y - 240) < 120) {
          ASSERT_EQ(count, 1) << x << " " << y << " round " << round;
          ++inside;
        } else if (std::abs(x - 320) > 120 || std::abs(y - 240) > 120) {
          ASSERT_EQ(count, 0) << x << " " << y << " round " << round;
        } else {
          ASSERT_LE(count, 1);
        }
      }
    }
    EXPECT_EQ(inside, 239 * 239);
  }
}

// Any triangles at all, against rays traced in double precision.
TEST(Rasterizer, TriangleSoupMatchesRayTracing) {
  Rng rng(11);
  for (int round = 0; round < 4; ++round) {
    Scene scene;
    std::vector<std::array<Vec3, 3>> triangles;
    for (int id = 0; id < 120; ++id) {
      auto mesh = std::make_shared<Mesh>();
      const double size = id % 10 == 0 ? 20 : 0.5;
      const Vec3 centre(rng.Uniform(-2, 2), rng.Uniform(-2, 2), rng.Uniform(-1, 4));
      std::array<Vec3, 3> triangle;
      for (Vec3& p : triangle) {
        for (int c = 0; c < 3; ++c) {
          const auto value = static_cast<float>(centre[c] + rng.Uniform(-size, size));
          mesh->vertices.push_back(value);
          mesh->normals.push_back(c == 0 ? 1.0f : 0.0f);
          p[c] = static_cast<double>(value);
        }
      }
      mesh->indices = {0, 1, 2};
      scene.bodies.push_back(Body(id, mesh, Pose()));
      triangles.push_back(triangle);
    }
    Camera camera;  // at the origin, looking along +z
    camera.width = 160;
    camera.height = 120;
    camera.fx = 110;
    camera.fy = 130;
    camera.cx = 77.3;
    camera.cy = 61.8;
    camera.near_m = 0.05;
    const Frame frame = Draw(scene, camera);
    int wrong = 0;
    for (int y = 0; y < camera.height; ++y) {
      for (int x = 0; x < camera.width; ++x) {
        const Vec3 ray = Ray(camera, x, y);
        double nearest = camera.far_m;
        int body = 255;
        for (size_t id = 0; id < triangles.size(); ++id) {
          const auto& [a, b, c] = triangles[id];
          const Vec3 normal = Cross(b - a, c - a);
          if (Dot(normal, a) >= 0) continue;  // seen from behind
          const double depth = Dot(normal, a) / Dot(normal, ray);
          const Vec3 p = ray * depth;
          const bool inside = Dot(Cross(b - a, p - a), normal) >= 0 &&
                              Dot(Cross(c - b, p - b), normal) >= 0 &&
                              Dot(Cross(a - c, p - c), normal) >= 0;
          if (inside && depth >= camera.near_m && depth < nearest) {
            nearest = depth;
            body = static_cast<int>(id);
          }
        }
        const Pixel pixel = At(frame, x, y);
        if (pixel.body != body) {
          ++wrong;
        } else {
          ASSERT_NEAR(pixel.depth, nearest, 1e-4) << x << " " << y;
        }
      }
    }
    EXPECT_LE(wrong, 10) << "of " << camera.width * camera.height;
  }
}

TEST(Rasterizer, OracleCameraKeepsMillimetres) {
  Scene scene = testing::BlockInsertionScene();
  // Reaches above 0.3 m, where the near plane is.
  scene.bodies.push_back(Body(9, BoxMesh({0.1, 0.1, 0.6}), Pose(Vec3(0.6, 0.3, 0.3))));
  RenderOptions options;
  options.shadows = false;
  const Camera camera = testing::OracleCamera();
  const Frame frame = Draw(scene, camera, options);
  int block = 0, table = 0;
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      const Pixel pixel = At(frame, x, y);
      ASSERT_TRUE(pixel.body == 0 || pixel.body == 1 || pixel.body == 5 || pixel.body == 6)
          << "body " << pixel.body << " is above the near plane";
      if (pixel.body == 0) {
        ASSERT_NEAR(pixel.depth, 1000.001, 1e-4);
      } else if (pixel.body == 1) {
        ++table;
        ASSERT_NEAR(pixel.depth, 1000, 1e-4);
      } else if (pixel.body == 5) {
        ++block;
        ASSERT_GE(pixel.depth, 999.96 - 1e-4);
      }
    }
  }
  // 1.587 mm a pixel: the L's area is 0.08 * 0.03 + 0.05 * 0.03 m^2.
  EXPECT_NEAR(block, 0.0039 / (1.0 / 630 / 630), 60);
  EXPECT_GT(table, 190000);
}

TEST(Rasterizer, ShadowsFallWhereRaysToTheLightAreBlocked) {
  Scene scene;
  SceneBody floor = testing::PlateBody(1);
  floor.visuals[0].mesh = PlaneMesh(4, 4);
  floor.visuals[0].material.rgb = {0.8f, 0.8f, 0.8f};
  const Vec3 centre(0.3, 0, 0.35), half(0.1, 0.15, 0.03);
  scene.bodies = {floor, Body(2, BoxMesh(half * 2), Pose(centre))};
  const Camera camera = testing::TaskCameras()[0];
  const Frame shaded = Draw(scene, camera);
  scene.light.shadows = false;
  const Frame lit = Draw(scene, camera);
  const Vec3 lamp = Normalized(scene.light.direction) * 2;
  int dark = 0, wrong = 0;
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      const Pixel pixel = At(shaded, x, y);
      if (pixel.body != 1) continue;
      const Vec3 p = camera.X_WC.p + Ray(camera, x, y) * pixel.depth;
      // Does the segment to the lamp meet the box?
      double enter = 0, leave = 1;
      for (int c = 0; c < 3; ++c) {
        const double a = (centre[c] - half[c] - p[c]) / (lamp[c] - p[c]);
        const double b = (centre[c] + half[c] - p[c]) / (lamp[c] - p[c]);
        enter = std::max(enter, std::min(a, b));
        leave = std::min(leave, std::max(a, b));
      }
      const bool blocked = enter < leave;
      const bool is_dark = pixel.rgb[0] < At(lit, x, y).rgb[0];
      dark += is_dark ? 1 : 0;
      wrong += is_dark != blocked ? 1 : 0;
      if (is_dark) {
        // The direct part, 0.35 n.l + 0.05 specular, is 0.8 of what it was.
        const double up = 100 / std::sqrt(13400.0), direct = 0.35 * up + 0.05 * up * up;
        ASSERT_EQ(pixel.rgb[0], static_cast<int>(204 * (0.6 + 0.8 * direct)));
      }
    }
  }
  EXPECT_GT(dark, 5000);
  EXPECT_LT(wrong, dark / 25) << "of " << dark;
}

TEST(Rasterizer, SurfacesDoNotShadowThemselves) {
  Scene scene;
  scene.bodies = {Body(1, PlaneMesh(1, 1), Pose(Vec3(0.5, 0, 0))),
                  Body(2, BoxMesh({0.03, 0.03, 0.03}), Pose(Vec3(0.5, 0, 0.015)))};
  const Frame shaded = Draw(scene, testing::TaskCameras()[2]);
  scene.light.shadows = false;
  EXPECT_TRUE(shaded.rgb.BitEqual(Draw(scene, testing::TaskCameras()[2]).rgb));
}

}  // namespace
}  // namespace rookery
