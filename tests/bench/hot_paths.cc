// Times of the hot paths, one by one: where an episode's and an iteration's time goes.
//
//   build/release/tests/hot_paths --benchmark_filter=Render
//
// Figures of one machine in one run; comparisons with peers are made by `rookery bench`.
#include <benchmark/benchmark.h>

#include "core/registry.h"

namespace rookery {
namespace {

void RandomNumbers(benchmark::State& state) {
  Rng rng(1);
  for (auto _ : state) benchmark::DoNotOptimize(rng.Uniform(0, 1));
}
BENCHMARK(RandomNumbers);

void NormalNumbers(benchmark::State& state) {
  Rng rng(1);
  for (auto _ : state) benchmark::DoNotOptimize(rng.StandardNormal());
}
BENCHMARK(NormalNumbers);

// Random actions, with a reset at the end of every episode.
void Step(benchmark::State& state, const char* id) {
  const std::unique_ptr<Env> env = MakeEnv(id);
  Rng rng(1);
  std::vector<ArrayMap> actions;
  for (int i = 0; i < 64; ++i) actions.push_back(env->spec().action.Sample(&rng));
  StepResult result;
  env->Reset(1, &result);
  size_t i = 0;
  for (auto _ : state) {
    env->Step(actions[i++ % actions.size()], &result);
    if (env->needs_reset()) env->Reset(std::nullopt, {}, &result);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(Step, CartPole, "CartPole-v1");
BENCHMARK_CAPTURE(Step, CartPoleSwingUpHarder, "CartPoleSwingUpHarder-v0");
BENCHMARK_CAPTURE(Step, Pendulum, "Pendulum-v1");
BENCHMARK_CAPTURE(Step, Acrobot, "Acrobot-v1");
BENCHMARK_CAPTURE(Step, MountainCar, "MountainCar-v0");
BENCHMARK_CAPTURE(Step, MountainCarContinuous, "MountainCarContinuous-v0");

}  // namespace
}  // namespace rookery

BENCHMARK_MAIN();
