// Orthographic top-down heightmaps fused from RGB-D views, as the Ravens benchmark defines them:
// unproject with integer pixel coordinates, keep points with low <= p < high, bin by
// floor((p - low) / pixel); the highest point of a view wins its bin; views are fused by mean
// colour (of those that saw something, rounded) and maximum height. Row <-> y, column <-> x.
#ifndef ROOKERY_RENDERERS_HEIGHTMAP_H_
#define ROOKERY_RENDERERS_HEIGHTMAP_H_

#include <memory>
#include <span>

#include "core/array.h"
#include "core/scene.h"
#include "core/thread_pool.h"
#include "renderers/rasterizer.h"

namespace rookery {

struct HeightmapBounds {
  Vec3 low{0.25, -0.5, 0.0};   // m, inclusive
  Vec3 high{0.75, 0.5, 0.28};  // m, exclusive
  double pixel_m = 0.003125;
  int rows() const;     // along y: 320
  int columns() const;  // along x: 160
};

struct Heightmap {
  Array rgb;           // (rows, columns, 3) uint8; 0 where nothing was seen
  Array height;        // (rows, columns) float32, m above low.z; 0 where nothing was seen
  Array segmentation;  // (rows, columns) uint8; only of FuseWithSegmentation; 0 where unseen
};

class HeightmapFuser {
 public:
  explicit HeightmapFuser(const HeightmapBounds& bounds, ThreadPool* pool = nullptr);
  ~HeightmapFuser();
  HeightmapFuser(const HeightmapFuser&) = delete;
  HeightmapFuser& operator=(const HeightmapFuser&) = delete;

  const HeightmapBounds& bounds() const;
  // cameras[i] took frames[i] (rgb and depth needed). Same bytes for any thread count.
  void Fuse(std::span<const Camera> cameras, std::span<const Frame> frames, Heightmap* out);
  // Also projects the segmentation (of the winning point; for one view).
  void FuseWithSegmentation(const Camera& camera, const Frame& frame, Heightmap* out);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_HEIGHTMAP_H_
