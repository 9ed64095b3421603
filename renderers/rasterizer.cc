#include "renderers/rasterizer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "renderers/kernels/dispatch.h"
#include "renderers/shadow_map.h"
#include "renderers/triangle_setup.h"

namespace rookery {
namespace {

using internal::Affine;
using internal::Checker;
using internal::Kernels;
using internal::Placed;
using internal::RasterTriangle;
using internal::ShadeTriangle;
using internal::View;

constexpr int kTileWidth = 64, kTileHeight = 32;
constexpr int kMostPixels = 16384;             // of an image's side
constexpr uint32_t kMostTriangles = 0xFFFFFE;  // 24 bits number them, 0 is the background
constexpr uint32_t kWhite = 0xFFFFFF;

void CheckCamera(const Camera& camera) {
  const auto fail = [&camera](const std::string& what, const std::string& expected) {
    throw UserError("camera" + (camera.name.empty() ? "" : " '" + camera.name + "'") + ": " + what +
                    "; expected " + expected);
  };
  if (camera.width < 1 || camera.height < 1 || camera.width > kMostPixels ||
      camera.height > kMostPixels) {
    fail("an image of " + std::to_string(camera.width) + " x " + std::to_string(camera.height) +
             " pixels",
         "1 to " + std::to_string(kMostPixels) + " each way");
  }
  if (!(camera.fx > 0 && camera.fy > 0 && std::isfinite(camera.fx) && std::isfinite(camera.fy))) {
    fail("focal lengths fx = " + std::to_string(camera.fx) + ", fy = " + std::to_string(camera.fy),
         "positive numbers of pixels");
  }
  if (!(std::isfinite(camera.cx) && std::isfinite(camera.cy))) {
    fail("a centre that is not a number", "cx and cy in pixels");
  }
  if (!(camera.near_m > 0 && camera.near_m < camera.far_m && std::isfinite(camera.far_m))) {
    fail("near_m = " + std::to_string(camera.near_m) + ", far_m = " + std::to_string(camera.far_m),
         "0 < near_m < far_m");
  }
  const Pose& pose = camera.X_WC;
  if (!(std::isfinite(pose.p.x + pose.p.y + pose.p.z) && std::abs(Norm(pose.q) - 1) < 1e-3)) {
    fail("a pose that is no rigid transform", "finite numbers and a unit quaternion");
  }
}

void CheckMesh(const SceneBody& body, const Visual& visual) {
  const auto fail = [&body](const std::string& what) {
    throw UserError("body " + std::to_string(body.id) + " '" + body.name + "': " + what);
  };
  if (visual.mesh == nullptr) fail("a visual without a mesh");
  const Mesh& mesh = *visual.mesh;
  if (mesh.vertices.size() % 3 != 0 || mesh.normals.size() != mesh.vertices.size() ||
      mesh.indices.size() % 3 != 0) {
    fail("a mesh of " + std::to_string(mesh.vertices.size()) + " coordinates, " +
         std::to_string(mesh.normals.size()) + " of normals and " +
         std::to_string(mesh.indices.size()) +
         " indices; expected as many normals as vertices and three indices a triangle");
  }
  for (const float scale : visual.scale) {
    if (!std::isfinite(scale) || scale == 0) fail("scale " + std::to_string(scale));
  }
}

// An image of this type and size: the one there is, unless somebody else holds it too.
void Ensure(DType dtype, Shape shape, Array* image) {
  if (image->dtype() == dtype && image->shape() == shape && image->owner().use_count() == 1) return;
  *image = Array(dtype, std::move(shape));
}

}  // namespace

class Rasterizer::Impl {
 public:
  explicit Impl(ThreadPool* pool) : pool_(pool) {
    workers_.resize(pool != nullptr ? static_cast<size_t>(pool->threads()) : 1);
  }

  void Render(const Scene& scene, const Camera& camera, const RenderOptions& options, Frame* out) {
    CheckCamera(camera);
    kernels_ = &internal::ActiveKernels();
    view_ = internal::ViewOf(camera);
    const bool shadows = options.rgb && options.shadows && scene.light.shadows;
    Place(scene, camera, shadows);
    const bool draw_shadows = shadows && shadow_map_.Begin(scene.light, casters_);
    SetUp(options.rgb, draw_shadows);
    if (draw_shadows) {
      shadow_map_.Sort(casters_, caster_counts_, caster_triangles_.data());
      Parallel(shadow_map_.tiles(), [this](int64_t tile, int) {
        shadow_map_.DrawTile(*kernels_, static_cast<int>(tile), caster_triangles_.data());
      });
      shadow_map_.Finish();
    }
    Sort();
    PrepareImages(camera, options, out);
    if (shadows) target_.shadow = shadow_map_.Seen(camera, view_.offset);
    Parallel(static_cast<int64_t>(lists_.size()),
             [this](int64_t tile, int worker) { DrawTile(tile, worker); });
  }

 private:
  struct Worker {
    internal::TriangleSetup setup;
    alignas(64) std::array<float, kTileWidth * kTileHeight> nearness;
    alignas(64) std::array<uint32_t, kTileWidth * kTileHeight> id;
  };

  template <typename Body>
  void Parallel(int64_t n, const Body& body) {
    if (pool_ != nullptr && n > 1) {
      pool_->ParallelFor(n, std::cref(body));
    } else {
      for (int64_t i = 0; i < n; ++i) body(i, 0);
    }
  }

  // Where everything is.
  void Place(const Scene& scene, const Camera& camera, bool shadows) {
    placed_.clear();
    casters_.clear();
    checkers_.clear();
    const Vec3 light = Normalized(scene.light.direction);
    light_ = {static_cast<float>(light.x), static_cast<float>(light.y),
              static_cast<float>(light.z)};
    if (!std::isfinite(light_[0] + light_[1] + light_[2])) {
      throw UserError("the light's direction has no length");
    }
    size_t total = 0, caster_total = 0;
    for (const SceneBody& body : scene.bodies) {
      if (body.id < 0 || body.id > 254) {
        throw UserError("body '" + body.name + "' has id " + std::to_string(body.id) +
                        "; segmentation images hold 0 to 254");
      }
      for (const Visual& visual : body.visuals) {
        CheckMesh(body, visual);
        Placed placed;
        placed.visual = &visual;
        placed.body = body.id;
        placed.first = static_cast<uint32_t>(total);
        placed.to_world = internal::AffineOf(body.X_WB * visual.X_BV);
        placed.normal_to_world = placed.to_world;
        const auto& scale = visual.scale;
        placed.mirrored = (scale[0] < 0) != ((scale[1] < 0) != (scale[2] < 0));
        for (size_t i = 0; i < 3; ++i) {
          for (size_t k = 0; k < 3; ++k) {
            placed.to_world[i][k] *= static_cast<double>(scale[k]);
            placed.normal_to_world[i][k] /= static_cast<double>(scale[k]);
          }
        }
        if (visual.material.checker_tile_m > 0) {
          placed.checker = static_cast<int32_t>(checkers_.size());
          checkers_.push_back(CheckerOf(body, visual.material, camera));
        }
        placed_.push_back(placed);
        total += visual.mesh->indices.size() / 3;
        if (shadows && visual.material.casts_shadow) {
          placed.first = static_cast<uint32_t>(caster_total);
          casters_.push_back(placed);
          caster_total += visual.mesh->indices.size() / 3;
        }
      }
    }
    if (total > kMostTriangles) {
      throw UserError("the scene has " + std::to_string(total) + " triangles; at most " +
                      std::to_string(kMostTriangles) + " can be drawn");
    }
    if (triangles_.size() < total) triangles_.resize(total);
    if (shade_.size() < total + 1) shade_.resize(total + 1);
    if (caster_triangles_.size() < caster_total) caster_triangles_.resize(caster_total);
  }

  Checker CheckerOf(const SceneBody& body, const Material& material, const Camera& camera) const {
    Affine to_tiles = internal::AffineOf(body.X_WB.Inverse());
    for (auto& row : to_tiles) {
      for (double& value : row) value /= static_cast<double>(material.checker_tile_m);
    }
    return {internal::FromPixel(camera, view_.offset, to_tiles[0]),
            internal::FromPixel(camera, view_.offset, to_tiles[1])};
  }

  // Triangles for the camera and, where they are new, for the shadow map.
  void SetUp(bool rgb, bool draw_shadows) {
    counts_.resize(placed_.size());
    caster_counts_.resize(casters_.size());
    const auto visuals = static_cast<int64_t>(placed_.size());
    const auto all = visuals + (draw_shadows ? static_cast<int64_t>(casters_.size()) : 0);
    Parallel(all, [this, rgb, visuals](int64_t i, int worker) {
      internal::TriangleSetup& setup = workers_[static_cast<size_t>(worker)].setup;
      const auto k = static_cast<size_t>(i < visuals ? i : i - visuals);
      if (i < visuals) {
        counts_[k] =
            setup.Run(placed_[k], view_, light_, triangles_.data(), rgb ? shade_.data() : nullptr);
      } else {
        caster_counts_[k] =
            setup.Run(casters_[k], shadow_map_.view(), light_, caster_triangles_.data(), nullptr);
      }
    });
  }

  // Lists each tile's triangles, in the scene's order.
  void Sort() {
    columns_ = (view_.width + kTileWidth - 1) / kTileWidth;
    const int rows = (view_.height + kTileHeight - 1) / kTileHeight;
    lists_.resize(static_cast<size_t>(columns_ * rows));
    for (auto& list : lists_) list.clear();
    for (size_t i = 0; i < placed_.size(); ++i) {
      for (uint32_t k = placed_[i].first; k < placed_[i].first + counts_[i]; ++k) {
        const RasterTriangle& t = triangles_[k];
        for (int y = t.y0 / kTileHeight; y <= t.y1 / kTileHeight; ++y) {
          for (int x = t.x0 / kTileWidth; x <= t.x1 / kTileWidth; ++x) {
            lists_[static_cast<size_t>(y * columns_ + x)].push_back(k);
          }
        }
      }
    }
  }

  void PrepareImages(const Camera& camera, const RenderOptions& options, Frame* out) {
    const Shape shape = {camera.height, camera.width};
    target_ = {};
    target_.width = camera.width;
    target_.height = camera.height;
    if (options.rgb) {
      Ensure(DType::kUInt8, {camera.height, camera.width, 3}, &out->rgb);
      target_.rgb = out->rgb.As<uint8_t>().data();
    }
    if (options.depth) {
      Ensure(DType::kFloat32, shape, &out->depth);
      target_.depth = out->depth.As<float>().data();
    }
    if (options.segmentation) {
      Ensure(DType::kUInt8, shape, &out->segmentation);
      target_.segmentation = out->segmentation.As<uint8_t>().data();
    }
    target_.offset = static_cast<float>(view_.offset);
    target_.background_nearness = static_cast<float>(1 / camera.far_m - view_.offset);
    target_.background_depth = static_cast<float>(camera.far_m);
    ShadeTriangle& background = shade_[0];
    background = {};
    background.checker = -1;
    for (uint32_t& color : background.lit) color = kWhite;
    for (uint32_t& color : background.dark) color = kWhite;
    target_.triangles = shade_.data();
    target_.checkers = checkers_.data();
    std::copy(light_.begin(), light_.end(), target_.light);
  }

  void DrawTile(int64_t tile, int worker) {
    Worker& own = workers_[static_cast<size_t>(worker)];
    const int x0 = static_cast<int>(tile % columns_) * kTileWidth;
    const int y0 = static_cast<int>(tile / columns_) * kTileHeight;
    internal::ResolveTarget target = target_;
    target.tile = {own.nearness.data(),
                   own.id.data(),
                   kTileWidth,
                   x0,
                   y0,
                   x0 + kTileWidth,
                   std::min(y0 + kTileHeight, view_.height)};
    own.nearness.fill(target.background_nearness);
    own.id.fill(255);  // triangle 0, body 255
    const std::vector<uint32_t>& list = lists_[static_cast<size_t>(tile)];
    kernels_->raster(triangles_.data(), list.data(), static_cast<int>(list.size()), target.tile);
    kernels_->resolve(target);
  }

  ThreadPool* const pool_;
  std::vector<Worker> workers_;
  const Kernels* kernels_ = nullptr;
  View view_;
  std::array<float, 3> light_ = {};
  std::vector<Placed> placed_, casters_;
  std::vector<uint32_t> counts_, caster_counts_;  // triangles of each that may be seen
  std::vector<RasterTriangle> triangles_, caster_triangles_;
  std::vector<ShadeTriangle> shade_;  // one more: the background comes first
  std::vector<Checker> checkers_;
  internal::ShadowMap shadow_map_;
  int columns_ = 0;                           // tiles in a row
  std::vector<std::vector<uint32_t>> lists_;  // triangles of each tile
  internal::ResolveTarget target_ = {};
};

Camera PyBulletView(const Camera& camera) {
  Camera out = camera;
  out.cy -= 1;
  return out;
}

Rasterizer::Rasterizer(ThreadPool* pool) : impl_(std::make_unique<Impl>(pool)) {}
Rasterizer::~Rasterizer() = default;

void Rasterizer::Render(const Scene& scene, const Camera& camera, const RenderOptions& options,
                        Frame* out) {
  impl_->Render(scene, camera, options, out);
}

}  // namespace rookery
