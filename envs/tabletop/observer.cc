#include "envs/tabletop/observer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "envs/tabletop/cameras.h"
#include "envs/tabletop/tabletop_world.h"

namespace rookery {
namespace {

constexpr double kColorNoise = 3;        // of 255
constexpr double kDepthNoise_m = 0.003;  // standard deviations

HeightmapBounds Bounds(double top) {
  HeightmapBounds bounds;
  bounds.low = kWorkspaceLow;
  bounds.high = {kWorkspaceHigh.x, kWorkspaceHigh.y, top};
  return bounds;
}

// Lends an array of the map to a frame and back, so that images are drawn in place.
void Lend(ArrayMap* map, const std::string& name, DType dtype, const Shape& shape, Array* frame) {
  *frame = std::exchange(map->Ensure(name, dtype, shape), Array());
}

// Normal noise as the benchmark's cameras have it: colours within 0 to 255, depth.
void AddNoise(Rng* rng, Frame* frame) {
  for (uint8_t& c : frame->rgb.As<uint8_t>()) {
    c = static_cast<uint8_t>(std::clamp(std::nearbyint(rng->Normal(c, kColorNoise)), 0.0, 255.0));
  }
  for (float& d : frame->depth.As<float>()) {
    d = std::max(0.0f, d + static_cast<float>(rng->Normal(0, kDepthNoise_m)));
  }
}

}  // namespace

TabletopObserver::TabletopObserver(bool images, int threads)
    : images_(images),
      pool_(threads > 1 ? std::make_unique<ThreadPool>(threads) : nullptr),
      rasterizer_(pool_.get()),
      fuser_(Bounds(kWorkspaceHigh.z), pool_.get()),
      oracle_fuser_(Bounds(kOracleTop), pool_.get()) {
  if (images) {
    for (const Camera& camera : AgentCameras()) {
      spec_.Add({.name = camera.name + ".rgb",
                 .dtype = DType::kUInt8,
                 .shape = {camera.height, camera.width, 3},
                 .low = {0},
                 .high = {255},
                 .description = "colour image of the " + camera.name + " camera"});
      spec_.Add({.name = camera.name + ".depth",
                 .dtype = DType::kFloat32,
                 .shape = {camera.height, camera.width},
                 .low = {0},
                 .high = {20},
                 .unit = "m",
                 .description = "depth image of the " + camera.name + " camera"});
    }
  }
  const int64_t rows = fuser_.bounds().rows(), columns = fuser_.bounds().columns();
  spec_.Add({.name = "heightmap.rgb",
             .dtype = DType::kUInt8,
             .shape = {rows, columns, 3},
             .low = {0},
             .high = {255},
             .description = "the table from above, colour; row = y, column = x"});
  spec_.Add({.name = "heightmap.height",
             .dtype = DType::kFloat32,
             .shape = {rows, columns},
             .low = {0},
             .high = {kWorkspaceHigh.z},
             .unit = "m",
             .description = "the table from above, height"});
  // Fusing wants a colour image; the oracle does not look at it.
  const Camera& above = OracleCamera();
  oracle_frame_.rgb = Array(DType::kUInt8, {above.height, above.width, 3});
}

TabletopObserver::~TabletopObserver() = default;

void TabletopObserver::Observe(const Scene& scene, ArrayMap* observation, Rng* noise) {
  const auto& cameras = AgentCameras();
  for (size_t i = 0; i < cameras.size(); ++i) {
    const Camera& camera = cameras[i];
    if (images_) {
      Lend(observation, camera.name + ".rgb", DType::kUInt8, {camera.height, camera.width, 3},
           &frames_[i].rgb);
      Lend(observation, camera.name + ".depth", DType::kFloat32, {camera.height, camera.width},
           &frames_[i].depth);
    }
    // The published images are PyBullet's, one row higher than the camera model the heightmap is
    // made with says. So the table appears 1.6 mm high and is seen everywhere; drawn exactly, it
    // would lie at the lower bound, and rounding would drop half of it.
    rasterizer_.Render(scene, PyBulletView(camera), {.segmentation = false}, &frames_[i]);
    if (noise != nullptr) AddNoise(noise, &frames_[i]);
  }
  const int64_t rows = fuser_.bounds().rows(), columns = fuser_.bounds().columns();
  Lend(observation, "heightmap.rgb", DType::kUInt8, {rows, columns, 3}, &heightmap_.rgb);
  Lend(observation, "heightmap.height", DType::kFloat32, {rows, columns}, &heightmap_.height);
  fuser_.Fuse(cameras, frames_, &heightmap_);
  observation->at("heightmap.rgb") = std::exchange(heightmap_.rgb, Array());
  observation->at("heightmap.height") = std::exchange(heightmap_.height, Array());
  if (!images_) return;
  for (size_t i = 0; i < cameras.size(); ++i) {
    observation->at(cameras[i].name + ".rgb") = std::exchange(frames_[i].rgb, Array());
    observation->at(cameras[i].name + ".depth") = std::exchange(frames_[i].depth, Array());
  }
}

const Heightmap& TabletopObserver::SeeFromAbove(const Scene& scene) {
  rasterizer_.Render(scene, OracleCamera(), {.rgb = false, .shadows = false}, &oracle_frame_);
  oracle_fuser_.FuseWithSegmentation(OracleCamera(), oracle_frame_, &oracle_heightmap_);
  return oracle_heightmap_;
}

}  // namespace rookery
