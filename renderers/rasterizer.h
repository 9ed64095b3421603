// CPU rasteriser: colour, depth and segmentation of a Scene in one pass, without a GPU or a
// display, and with the same bytes on every machine, instruction set and thread count.
// Shading as PyBullet's CPU renderer: base * (0.6 + s * (0.35 max(0, n.l) + 0.05 specular)),
// s = 1 lit, 0.8 in shadow; in shadow is what the light, a pinhole 2 m from its centre, sees
// more than about 4 cm behind something else.
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

// PyBullet's CPU renderer counts rows from the image's lower edge, which moves its pictures up by
// one pixel: where this camera model has row r, its image (of the same field of view) has row
// r - 1. This is the camera whose images equal the ones PyBullet makes for `camera`.
Camera PyBulletView(const Camera& camera);

// Reused between calls (an image that somebody else holds too is replaced, not overwritten); only
// the requested images are written.
struct Frame {
  Array rgb;           // (height, width, 3) uint8; 255 = background
  Array depth;         // (height, width) float32, m along the optical axis; far_m = background
  Array segmentation;  // (height, width) uint8 body id; 255 = background
};

// Keeps scratch memory and the shadow map between frames. Not thread-safe itself; uses the
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
