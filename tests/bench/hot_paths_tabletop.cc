// Times of the tabletop's hot paths (see hot_paths.cc).
#include <benchmark/benchmark.h>

#include "core/registry.h"
#include "core/step_loop.h"
#include "renderers/heightmap.h"
#include "renderers/rasterizer.h"

namespace rookery {
namespace {

constexpr char kEnv[] = "Ravens/BlockInsertion-v0";

// An environment after its reset.
struct Stage {
  std::unique_ptr<Env> env = MakeEnv(kEnv);
  StepResult result;
  Stage() { env->Reset(1, &result); }
};

void HashOfAStep(benchmark::State& state) {
  const Stage stage;
  for (auto _ : state) benchmark::DoNotOptimize(HashStep(stage.result));
}
BENCHMARK(HashOfAStep)->Unit(benchmark::kMicrosecond);

void RenderAFrame(benchmark::State& state) {
  Stage stage;
  const Scene& scene = stage.env->GetScene();
  ThreadPool pool(static_cast<int>(state.range(0)));
  Rasterizer rasterizer(&pool);
  Frame frame;
  for (auto _ : state) rasterizer.Render(scene, scene.cameras.front(), {}, &frame);
}
BENCHMARK(RenderAFrame)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void FuseAHeightmap(benchmark::State& state) {
  Stage stage;
  const Scene& scene = stage.env->GetScene();
  Rasterizer rasterizer;
  const std::vector<Camera> cameras(scene.cameras.begin(), scene.cameras.begin() + 3);
  std::vector<Frame> frames(cameras.size());
  for (size_t i = 0; i < cameras.size(); ++i) {
    rasterizer.Render(scene, cameras[i], {}, &frames[i]);
  }
  HeightmapFuser fuser(HeightmapBounds{});
  Heightmap heightmap;
  for (auto _ : state) fuser.Fuse(cameras, frames, &heightmap);
}
BENCHMARK(FuseAHeightmap)->Unit(benchmark::kMillisecond);

void SaveAndLoad(benchmark::State& state) {
  Stage stage;
  for (auto _ : state) stage.env->Load(stage.env->Save());
}
BENCHMARK(SaveAndLoad)->Unit(benchmark::kMicrosecond);

void ResetAnEpisode(benchmark::State& state) {
  Stage stage;
  for (auto _ : state) stage.env->Reset(1, &stage.result);
}
BENCHMARK(ResetAnEpisode)->Unit(benchmark::kMillisecond);

void OracleStep(benchmark::State& state) {
  Stage stage;
  Rng rng(1);
  ArrayMap action;
  for (auto _ : state) {
    stage.env->Reset(1, &stage.result);
    stage.env->OracleAction(&rng, &action);
    stage.env->Step(action, &stage.result);
  }
}
BENCHMARK(OracleStep)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rookery
