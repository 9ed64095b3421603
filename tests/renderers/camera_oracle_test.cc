// The task cameras against PyBullet's CPU renderer, on the same meshes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "renderers/image_io.h"
#include "renderers/rasterizer.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/renderers/block_insertion_scene.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;

json Numbers(const Vec3& v) { return {v.x, v.y, v.z}; }
json Numbers(const Quat& q) { return {q.x, q.y, q.z, q.w}; }

json Bytes(const std::array<float, 3>& rgb) {
  json out;
  for (float value : rgb) out.push_back(static_cast<int>(255.0f * value));
  return out;
}

// Scales are applied to the vertices; what is left is a rigid pose. The scenes here have
// checkerboards in visuals at their body's origin only.
json Describe(const Scene& scene) {
  json out = {{"visuals", json::array()}, {"cameras", json::array()}};
  for (const SceneBody& body : scene.bodies) {
    for (const Visual& visual : body.visuals) {
      const Pose X_WV = body.X_WB * visual.X_BV;
      json entry = {{"body", body.id},
                    {"position", Numbers(X_WV.p)},
                    {"orientation", Numbers(X_WV.q)},
                    {"vertices", visual.mesh->vertices},
                    {"normals", visual.mesh->normals},
                    {"indices", visual.mesh->indices},
                    {"rgb", visual.material.rgb},
                    {"checker", nullptr}};
      if (visual.material.checker_tile_m > 0) {
        entry["checker"] = {
            {"tile", visual.material.checker_tile_m},
            {"rgb", {Bytes(visual.material.rgb), Bytes(visual.material.checker_rgb)}}};
      }
      out["visuals"].push_back(entry);
    }
  }
  for (const Camera& camera : scene.cameras) {
    out["cameras"].push_back({{"name", camera.name},
                              {"width", camera.width},
                              {"height", camera.height},
                              {"fy", camera.fy},
                              {"near", camera.near_m},
                              {"far", camera.far_m},
                              {"position", Numbers(camera.X_WC.p)},
                              {"orientation", Numbers(camera.X_WC.q)}});
  }
  return out;
}

Array ReadRaw(const std::string& path, DType dtype, const Shape& shape) {
  const std::string bytes = ReadFile(path);
  const Array array(dtype, shape);
  EXPECT_EQ(bytes.size(), array.nbytes()) << path;
  return Array::FromBytes(dtype, shape, bytes.data());
}

struct Agreement {
  double depth = 0;                        // share of pixels off the edges within 1 mm
  double segmentation = 0;                 // share of all pixels
  double color_pixels = 0;                 // share of all pixels within 3 of 255 in every channel
  std::array<double, 3> color_ratio = {};  // of the mean colours
};

Agreement Compare(const Frame& ours, const Frame& theirs, int width, int height) {
  const auto rgb = ours.rgb.As<uint8_t>(), their_rgb = theirs.rgb.As<uint8_t>();
  const auto depth = ours.depth.As<float>(), their_depth = theirs.depth.As<float>();
  const auto bodies = ours.segmentation.As<uint8_t>();
  const auto their_bodies = theirs.segmentation.As<uint8_t>();
  // An edge: within a pixel of another body or of a step in depth (of 2 cm), in PyBullet's image.
  const auto is_edge = [&](int x, int y) {
    float low = 1e9f, high = 0;
    bool other = false;
    const auto here = static_cast<size_t>(y * width + x);
    for (int v = std::max(y - 1, 0); v <= std::min(y + 1, height - 1); ++v) {
      for (int u = std::max(x - 1, 0); u <= std::min(x + 1, width - 1); ++u) {
        const auto i = static_cast<size_t>(v * width + u);
        low = std::min(low, their_depth[i]);
        high = std::max(high, their_depth[i]);
        other = other || their_bodies[i] != their_bodies[here];
      }
    }
    return other || high - low > 0.02f;
  };
  int64_t inner = 0, near = 0, same = 0, alike = 0;
  std::array<double, 3> sum = {}, their_sum = {};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto i = static_cast<size_t>(y * width + x);
      if (!is_edge(x, y)) {
        ++inner;
        near += std::abs(depth[i] - their_depth[i]) <= 0.001f ? 1 : 0;
      }
      same += bodies[i] == their_bodies[i] ? 1 : 0;
      bool close = true;
      for (size_t c = 0; c < 3; ++c) {
        sum[c] += rgb[3 * i + c];
        their_sum[c] += their_rgb[3 * i + c];
        close = close && std::abs(rgb[3 * i + c] - their_rgb[3 * i + c]) <= 3;
      }
      alike += close ? 1 : 0;
    }
  }
  const double pixels = static_cast<double>(width) * height;
  Agreement out;
  out.depth = static_cast<double>(near) / static_cast<double>(inner);
  out.segmentation = static_cast<double>(same) / pixels;
  out.color_pixels = static_cast<double>(alike) / pixels;
  for (size_t c = 0; c < 3; ++c) out.color_ratio[c] = sum[c] / their_sum[c];
  return out;
}

// Renders with PyBullet and with us, and expects agreement in every camera.
void ExpectAgreement(const Scene& scene, const std::string& python) {
  const testing::TempFolder folder;
  const std::string description = folder.Write("scene.json", Describe(scene).dump());
  const std::string script = testing::SourceFolder() + "/tests/oracle/camera_peer.py";
  testing::OutputOf("'" + python + "' '" + script + "' '" + description + "' '" + folder.path() +
                    "' 2>&1");
  Rasterizer rasterizer;
  for (const Camera& camera : scene.cameras) {
    const Shape shape = {camera.height, camera.width};
    const std::string base = folder.path() + "/" + camera.name;
    const Frame theirs = {ReadRaw(base + ".rgb", DType::kUInt8, {camera.height, camera.width, 3}),
                          ReadRaw(base + ".depth", DType::kFloat32, shape),
                          ReadRaw(base + ".segmentation", DType::kUInt8, shape)};
    Frame ours;
    rasterizer.Render(scene, PyBulletView(camera), {}, &ours);
    const Agreement found = Compare(ours, theirs, camera.width, camera.height);
    std::printf("%-6s depth %.5f segmentation %.5f colours %.5f mean colour %.4f %.4f %.4f\n",
                camera.name.c_str(), found.depth, found.segmentation, found.color_pixels,
                found.color_ratio[0], found.color_ratio[1], found.color_ratio[2]);
    if (const char* pictures = std::getenv("ROOKERY_TEST_PICTURES"); pictures != nullptr) {
      WritePng(std::string(pictures) + "/ours_" + camera.name + ".png", ours.rgb);
      WritePng(std::string(pictures) + "/pybullet_" + camera.name + ".png", theirs.rgb);
    }
    EXPECT_GE(found.depth, 0.9995) << camera.name;
    EXPECT_GE(found.segmentation, 0.9995) << camera.name;
    EXPECT_GE(found.color_pixels, 0.999) << camera.name;
    for (double ratio : found.color_ratio) EXPECT_NEAR(ratio, 1, 0.002) << camera.name;
  }
}

TEST(CameraOracle, BlockInsertionScene) {
  const std::string python = testing::PeersPython("pybullet, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  ExpectAgreement(testing::BlockInsertionScene(), python);
}

// The arm reaching over the table, so that its shadow falls on the objects.
TEST(CameraOracle, ArmOverTheTable) {
  const std::string python = testing::PeersPython("pybullet, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  ExpectAgreement(testing::BlockInsertionScene({-2.7, -1.2, 1.9, -2.2, -1.5, 0.4}), python);
}

// Curved and tilted things.
TEST(CameraOracle, SpheresBowlsAndTiltedBoxes) {
  const std::string python = testing::PeersPython("pybullet, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  Scene scene;
  scene.bodies = {testing::GroundBody(0), testing::PlateBody(1)};
  const std::vector<std::pair<double, double>> bowl = {
      {0, 0},          {0.044, 0},      {0.044, 0},      {0.049, 0.0146},
      {0.052, 0.024},  {0.057, 0.0347}, {0.057, 0.0347}, {0.052, 0.0347},
      {0.052, 0.0347}, {0.044, 0.012},  {0.03, 0.006},   {0, 0.006}};
  int id = 5;
  const auto add = [&](MeshPtr mesh, const Pose& pose, const testing::Color& color) {
    SceneBody body;
    body.id = id++;
    body.X_WB = pose;
    body.visuals.push_back(testing::MakeVisual(std::move(mesh), {}, color));
    scene.bodies.push_back(std::move(body));
  };
  add(LatheMesh(bowl), Pose(Vec3(0.45, -0.2, 0)), {0.349f, 0.663f, 0.310f});
  add(LatheMesh(bowl), Pose({0.6, 0.3, 0.1}, QuatFromRpy(0.7, 0.4, 0)), {0.929f, 0.788f, 0.282f});
  add(SphereMesh(0.05), Pose(Vec3(0.5, 0.1, 0.05)), {1, 0.3412f, 0.349f});
  add(BoxMesh({0.1, 0.06, 0.04}), Pose({0.35, 0, 0.1}, QuatFromRpy(0.4, 0.5, 0.6)),
      {0.6f, 0.46f, 0.37f});
  add(CylinderMesh(0.03, 0.2), Pose({0.6, -0.05, 0.1}, QuatFromRpy(0.3, 0, 0)), {0.7f, 0.7f, 1});
  scene.cameras = testing::TaskCameras();
  ExpectAgreement(scene, python);
}

}  // namespace
}  // namespace rookery
