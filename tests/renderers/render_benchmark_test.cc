#include "renderers/render_benchmark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "core/error.h"
#include "tests/renderers/block_insertion_scene.h"

namespace rookery {
namespace {

// Generous limits, so that a busy machine does not fail the test; the figures are printed.
TEST(RenderBenchmark, BlockInsertionSceneIsDrawnInMilliseconds) {
  for (int threads : {1, 2}) {
    RenderBenchmark benchmark;
    benchmark.threads = threads;
    benchmark.seconds = 0.03;
    const Scene scene = testing::BlockInsertionScene();
    const RenderTimes times = TimeRendering(scene, scene.cameras, benchmark);
    ASSERT_EQ(times.frame.size(), 5u);
    ASSERT_EQ(times.observation.size(), 5u);
    const double frame = *std::min_element(times.frame.begin(), times.frame.end());
    const double observation =
        *std::min_element(times.observation.begin(), times.observation.end());
    std::printf("%d thread(s): frame %.2f ms, observation %.2f ms\n", threads, 1e3 * frame,
                1e3 * observation);
    EXPECT_GT(frame, 0);
    EXPECT_GT(observation, frame);
#ifdef NDEBUG
    EXPECT_LT(frame, 0.05);
    EXPECT_LT(observation, 0.2);
#endif
  }
}

TEST(RenderBenchmark, BadInputIsRefused) {
  const Scene scene = testing::BlockInsertionScene();
  EXPECT_THROW(TimeRendering(scene, {}, {}), UserError);
  RenderBenchmark none;
  none.repetitions = 0;
  EXPECT_THROW(TimeRendering(scene, scene.cameras, none), UserError);
}

}  // namespace
}  // namespace rookery
