// The same bytes from every instruction set and number of threads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "core/error.h"
#include "core/rng.h"
#include "core/thread_pool.h"
#include "renderers/heightmap.h"
#include "renderers/kernels/dispatch.h"
#include "renderers/rasterizer.h"
#include "tests/renderers/block_insertion_scene.h"

namespace rookery {
namespace {

// Restores the kernels in use.
class SameBytes : public ::testing::Test {
 protected:
  ~SameBytes() override { internal::UseKernels(name_); }
  std::string name_ = internal::ActiveKernels().name;
};

// Triangles of every size, some reaching behind the camera, some degenerate, some smooth.
Scene Soup(uint64_t seed) {
  Rng rng(seed);
  Scene scene;
  for (int id = 0; id < 200; ++id) {
    auto mesh = std::make_shared<Mesh>();
    const double size = std::pow(10, rng.Uniform(-3, 1.5));
    const Vec3 centre(rng.Uniform(-1, 1), rng.Uniform(-1, 1), rng.Uniform(-0.5, 1));
    for (int corner = 0; corner < 9; ++corner) {
      const Vec3 normal = Normalized(Vec3(rng.Uniform(-1, 1), rng.Uniform(-1, 1), 1));
      for (int c = 0; c < 3; ++c) {
        mesh->vertices.push_back(static_cast<float>(centre[c] + rng.Uniform(-size, size)));
        mesh->normals.push_back(id % 3 == 0 ? (c == 2 ? 1.0f : 0.0f)
                                            : static_cast<float>(normal[c]));
      }
    }
    mesh->indices = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 2, 1, 0, 5, 4, 3};
    SceneBody body;
    body.id = id;
    body.visuals.push_back(testing::MakeVisual(mesh, {}, {0.9f, 0.5f, 0.2f}));
    if (id % 5 == 0) body.visuals[0].material.checker_tile_m = 0.05f;
    scene.bodies.push_back(body);
  }
  return scene;
}

struct Pictures {
  std::vector<Frame> frames;
  Heightmap map, oracle_map;
};

Pictures DrawEverything(ThreadPool* pool) {
  Pictures out;
  Rasterizer rasterizer(pool);
  const auto draw = [&](const Scene& scene, const Camera& camera, bool rgb = true) {
    RenderOptions options;
    options.rgb = rgb;
    out.frames.emplace_back();
    rasterizer.Render(scene, camera, options, &out.frames.back());
  };
  const Scene scene = testing::BlockInsertionScene({-2.7, -1.2, 1.9, -2.2, -1.5, 0.4});
  const std::vector<Camera> cameras = testing::TaskCameras();
  for (const Camera& camera : cameras) draw(scene, PyBulletView(camera));
  draw(scene, testing::OracleCamera());
  HeightmapFuser fuser({}, pool);
  fuser.Fuse(cameras, std::span<const Frame>(out.frames.data(), 3), &out.map);
  fuser.FuseWithSegmentation(testing::OracleCamera(), out.frames[3], &out.oracle_map);
  for (uint64_t seed = 0; seed < 3; ++seed) {
    Camera odd = cameras[seed];
    odd.width = 333 + static_cast<int>(seed);
    odd.height = 211;
    odd.cx = 150.3;
    odd.fy = 300;
    draw(Soup(seed), odd);
    draw(Soup(seed), odd, false);
  }
  return out;
}

bool Same(const Array& a, const Array& b) { return a.BitEqual(b); }

void ExpectSame(const Pictures& a, const Pictures& b, const std::string& what) {
  for (size_t i = 0; i < a.frames.size(); ++i) {
    EXPECT_TRUE(Same(a.frames[i].rgb, b.frames[i].rgb)) << what << " rgb " << i;
    EXPECT_TRUE(Same(a.frames[i].depth, b.frames[i].depth)) << what << " depth " << i;
    EXPECT_TRUE(Same(a.frames[i].segmentation, b.frames[i].segmentation)) << what << " " << i;
  }
  for (const auto& [mine, other] :
       {std::pair(&a.map, &b.map), std::pair(&a.oracle_map, &b.oracle_map)}) {
    EXPECT_TRUE(Same(mine->rgb, other->rgb)) << what;
    EXPECT_TRUE(Same(mine->height, other->height)) << what;
    EXPECT_TRUE(Same(mine->segmentation, other->segmentation)) << what;
  }
}

TEST_F(SameBytes, FromEveryInstructionSetAndThreadCount) {
  internal::UseKernels("baseline");
  const Pictures expected = DrawEverything(nullptr);
  for (const std::string& name : internal::SupportedKernels()) {
    internal::UseKernels(name);
    ASSERT_EQ(internal::ActiveKernels().name, name);
    for (int threads : {1, 2, 3, 7}) {
      ThreadPool pool(threads);
      ExpectSame(expected, DrawEverything(&pool), name + " " + std::to_string(threads));
    }
  }
}

TEST_F(SameBytes, OtherSoupsDiffer) {
  const Camera camera = testing::TaskCameras()[0];
  Rasterizer rasterizer;
  Frame a, b;
  rasterizer.Render(Soup(1), camera, {}, &a);
  rasterizer.Render(Soup(2), camera, {}, &b);
  EXPECT_FALSE(a.rgb.BitEqual(b.rgb));
}

TEST_F(SameBytes, UnknownInstructionSetIsNamed) {
  EXPECT_THROW(internal::UseKernels("avx3"), UserError);
  EXPECT_EQ(internal::SupportedKernels()[0], "baseline");
}

}  // namespace
}  // namespace rookery
