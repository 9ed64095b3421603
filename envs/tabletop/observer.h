// What is seen of the table: the three cameras' images with their fused heightmap, and the
// oracle's view from above.
#ifndef ROOKERY_ENVS_TABLETOP_OBSERVER_H_
#define ROOKERY_ENVS_TABLETOP_OBSERVER_H_

#include <array>
#include <memory>

#include "core/array.h"
#include "core/rng.h"
#include "core/scene.h"
#include "core/spec.h"
#include "core/thread_pool.h"
#include "renderers/heightmap.h"
#include "renderers/rasterizer.h"

namespace rookery {

// Height bound of the oracle's heightmap, m; that of observations is 0.28.
inline constexpr double kOracleTop = 0.30;

class TabletopObserver {
 public:
  // `images`: put the cameras' images into observations too. `threads` for rendering, >= 1.
  TabletopObserver(bool images, int threads);
  ~TabletopObserver();

  // <camera>.rgb uint8 (480, 640, 3) and <camera>.depth float32 (480, 640) m for front, left,
  // right (if wanted); heightmap.rgb uint8 (320, 160, 3), heightmap.height float32 (320, 160) m.
  const Spec& spec() const { return spec_; }
  // `noise`: draws the cameras' noise, which the heightmap then has too; null = none.
  void Observe(const Scene& scene, ArrayMap* observation, Rng* noise = nullptr);

  // height and segmentation (body ids; 0 where nothing is) as the oracle sees them. Valid until
  // the next call.
  const Heightmap& SeeFromAbove(const Scene& scene);

 private:
  bool images_;
  std::unique_ptr<ThreadPool> pool_;
  Rasterizer rasterizer_;
  HeightmapFuser fuser_, oracle_fuser_;
  std::array<Frame, 3> frames_;
  Frame oracle_frame_;
  Heightmap heightmap_, oracle_heightmap_;
  Spec spec_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_OBSERVER_H_
