// CPU rasteriser: colour, depth and segmentation of a Scene in one pass, without a GPU or a
// display, and with the same bytes on every machine, instruction set and thread count.
// Shading as PyBullet's CPU renderer: base * (0.6 + s * (0.35 max(0, n.l) + 0.05 specular)),
// s = 1 lit, 0.8 in shadow.
#ifndef ROOKERY_RENDERERS_RASTERIZER_H_
#define ROOKERY_RENDERERS_RASTERIZER_H_

#include <cstdint>
#include <memory>

#include "core/array.h"
#include "core/scene.h"
#include "core/thread_pool.h"

namespace rookery {

struct RenderOptions {
  bool rgb = true;
  bool depth = true;
  bool segmentation = true;
  bool shadows = true;  // needs scene.light.shadows too
};

// Reused between calls; only the requested images are written.
struct Frame {
  Array rgb;           // (height, width, 3) uint8
  Array depth;         // (height, width) float32, m along the optical axis; far_m = background
  Array segmentation;  // (height, width) uint8 body id; 255 = background
};

// Keeps scratch memory and per-mesh caches between frames. Not thread-safe itself; uses the
// pool, when there is one, for tiles. The pool must outlive it.
class Rasterizer {
 public:
  explicit Rasterizer(ThreadPool* pool = nullptr);
  ~Rasterizer();
  Rasterizer(const Rasterizer&) = delete;
  Rasterizer& operator=(const Rasterizer&) = delete;

  // UserError for a camera without pixels, focal length <= 0 or near_m >= far_m.
  void Render(const Scene& scene, const Camera& camera, const RenderOptions& options, Frame* out);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_RASTERIZER_H_
