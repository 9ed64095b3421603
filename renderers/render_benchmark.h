// Times of the renderer on a scene, for `rookery bench render` and the performance page.
#ifndef ROOKERY_RENDERERS_RENDER_BENCHMARK_H_
#define ROOKERY_RENDERERS_RENDER_BENCHMARK_H_

#include <span>
#include <vector>

#include "core/scene.h"

namespace rookery {

struct RenderTimes {
  // One entry a repetition, s: the mean of as many as fit into it.
  std::vector<double> frame;        // rgb, depth and segmentation with shadows, cameras in turn
  std::vector<double> observation;  // all cameras and the heightmap fused from them
};

struct RenderBenchmark {
  int threads = 1;
  int repetitions = 5;
  double seconds = 0.2;  // of each repetition, at least
};

// The scene moves by a hair before every frame (and before every observation), so that nothing,
// the shadow map included, can be kept from the one before. One repetition more warms up.
RenderTimes TimeRendering(const Scene& scene, std::span<const Camera> cameras,
                          const RenderBenchmark& benchmark);

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_RENDER_BENCHMARK_H_
