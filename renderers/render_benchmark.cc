#include "renderers/render_benchmark.h"

#include <chrono>
#include <functional>
#include <string>

#include "core/error.h"
#include "core/thread_pool.h"
#include "renderers/heightmap.h"
#include "renderers/rasterizer.h"

namespace rookery {
namespace {

// Mean seconds of one `work`, repeated until `seconds` are over.
double MeanTime(double seconds, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  double elapsed = 0;
  for (int64_t n = 1;; ++n) {
    work();
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    if (elapsed >= seconds) return elapsed / static_cast<double>(n);
  }
}

}  // namespace

RenderTimes TimeRendering(const Scene& scene, std::span<const Camera> cameras,
                          const RenderBenchmark& benchmark) {
  if (cameras.empty() || benchmark.repetitions < 1) {
    throw UserError("the render benchmark needs a camera and at least one repetition, got " +
                    std::to_string(cameras.size()) + " and " +
                    std::to_string(benchmark.repetitions));
  }
  ThreadPool pool(benchmark.threads);
  Rasterizer rasterizer(&pool);
  HeightmapFuser fuser({}, &pool);
  Scene moving = scene;
  std::vector<Frame> frames(cameras.size());
  Heightmap map;
  size_t count = 0;
  const auto move = [&] {
    const double step_m = count++ % 2 == 0 ? 1e-6 : -1e-6;
    for (SceneBody& body : moving.bodies) body.X_WB.p.x += step_m;
  };
  const auto frame = [&] {
    move();
    const size_t i = count % cameras.size();
    rasterizer.Render(moving, cameras[i], {}, &frames[i]);
  };
  const auto observation = [&] {
    move();
    for (size_t i = 0; i < cameras.size(); ++i) {
      rasterizer.Render(moving, cameras[i], {}, &frames[i]);
    }
    fuser.Fuse(cameras, frames, &map);
  };
  RenderTimes times;
  MeanTime(benchmark.seconds, frame);
  MeanTime(benchmark.seconds, observation);
  for (int i = 0; i < benchmark.repetitions; ++i) {
    times.frame.push_back(MeanTime(benchmark.seconds, frame));
    times.observation.push_back(MeanTime(benchmark.seconds, observation));
  }
  return times;
}

}  // namespace rookery
