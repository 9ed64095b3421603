// Same seed, same trace - whatever else happens in the process; another seed, another trace.
#include <set>
#include <thread>

#include "renderers/rasterizer.h"
#include "tests/conformance/env_kit.h"

namespace rookery::testing {
namespace {

class EnvTrace : public EnvKit {
 protected:
  // A step of a tabletop task costs up to a quarter of a second, of a heavy one more; whole
  // episodes are compared by the slow test.
  int steps() const { return Few(3, 2); }
  bool deterministic() const { return Make()->spec().deterministic; }
  bool same_start() const { return Make()->spec().same_start; }
  // Until luck has shown.
  static constexpr int kManySteps = 300;
};
ROOKERY_FOR_EVERY_ENV(EnvTrace);

TEST_P(EnvTrace, SameSeedAndActionsGiveTheSame) {
  const std::unique_ptr<Env> env = Make(), other = Make();
  const Trace first = RunEpisode(env.get(), 11, MixedActions(1), steps());
  ASSERT_GE(first.hashes.size(), 2u);
  // On the used environment and on a fresh one.
  EXPECT_EQ(RunEpisode(env.get(), 11, GivenActions(first.actions), steps()), first);
  EXPECT_EQ(RunEpisode(other.get(), 11, GivenActions(first.actions), steps()), first);
}

TEST_P(EnvTrace, AnotherSeedDiffers) {
  const std::unique_ptr<Env> env = Make();
  const int count = same_start() ? kManySteps : steps();
  const Trace first = RunEpisode(env.get(), 11, MixedActions(1), count);
  const Trace second = RunEpisode(env.get(), 12, GivenActions(first.actions), count);
  EXPECT_EQ(first == second, deterministic());
}

TEST_P(EnvTrace, OtherActionsDiffer) {
  const std::unique_ptr<Env> env = Make();
  const Trace first = RunEpisode(env.get(), 11, MixedActions(1), steps());
  const Trace second = RunEpisode(env.get(), 11, RandomActions(2), 1);
  EXPECT_EQ(first.hashes[0], second.hashes[0]);
  EXPECT_NE(first, second);
}

TEST_P(EnvTrace, ResetWithoutSeedGoesOnAndIsRepeatable) {
  const std::unique_ptr<Env> env = Make();
  const auto pair = [&] {
    StepResult result;
    env->Reset(21, &result);
    const uint64_t first = HashStep(result);
    env->Reset(std::nullopt, {}, &result);
    return std::make_pair(first, HashStep(result));
  };
  const auto [first, second] = pair();
  if (!same_start()) {
    EXPECT_EQ(first == second, deterministic());
  }
  EXPECT_EQ(pair(), std::make_pair(first, second));
}

TEST_P(EnvTrace, ExtremeSeedsAreAcceptedAndDistinct) {
  const std::unique_ptr<Env> env = Make();
  const std::vector<uint64_t> seeds = {0, 1, 1ULL << 32, 1ULL << 63, UINT64_MAX};
  std::set<uint64_t> hashes;
  StepResult result;
  for (uint64_t seed : seeds) {
    env->Reset(seed, &result);
    uint64_t hash = HashStep(result);
    if (same_start()) {
      for (const uint64_t step : Roll(env.get(), RandomActions(1), kManySteps).hashes) {
        hash = HashBytes(&step, sizeof(step), hash);
      }
    }
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), deterministic() ? 1 : seeds.size());
}

TEST_P(EnvTrace, RenderingChangesNothing) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 31, MixedActions(3), steps());
  Rasterizer rasterizer;
  Frame frame;
  int step = 0;
  const Hook render = [&](Env* e, const StepResult&) {
    const int times = step % 3 == 0 ? 0 : (step % 3 == 1 ? 1 : 5);
    ++step;
    for (int i = 0; i < times; ++i) {
      const Scene& scene = e->GetScene();
      Camera camera;
      camera.width = 40 + i;
      camera.height = 30;
      camera.fx = camera.fy = 30;
      camera.cx = 20;
      camera.cy = 15;
      camera.X_WC = {{0.5, 0.0, 1.5 + i}, AxisAngle({1, 0, 0}, kPi)};  // from above
      rasterizer.Render(scene, camera, {}, &frame);
      for (const Camera& own : scene.cameras) rasterizer.Render(scene, own, {}, &frame);
    }
  };
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps(), render), plain);
  EXPECT_GE(step, 2);
}

TEST_P(EnvTrace, WatchingChangesNothing) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 31, MixedActions(3), steps());
  double last = -1;
  bool forward = true;
  env->WatchScene(30, [&](const Scene&, double time_s) {
    forward = forward && time_s >= last;
    last = time_s;
  });
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps()), plain);
  EXPECT_TRUE(forward) << "time went back";
  env->WatchScene(0, {});
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps()), plain);
}

TEST_P(EnvTrace, TwoInterleavedEqualTwoAlone) {
  const std::unique_ptr<Env> a = Make(), b = Make();
  const Trace a_alone = RunEpisode(a.get(), 41, MixedActions(4), steps());
  const Trace b_alone = RunEpisode(b.get(), 42, MixedActions(5), steps());
  Trace a_both, b_both;
  StepResult result;
  const auto begin = [&](Env* env, uint64_t seed, Trace* trace) {
    env->Reset(seed, &result);
    trace->hashes.push_back(HashStep(result));
  };
  const auto step = [&](Env* env, const Trace& alone, size_t i, Trace* trace) {
    if (i >= alone.actions.size()) return;
    env->Step(alone.actions[i], &result);
    trace->hashes.push_back(HashStep(result));
  };
  begin(a.get(), 41, &a_both);
  begin(b.get(), 42, &b_both);
  for (size_t i = 0; i < std::max(a_alone.actions.size(), b_alone.actions.size()); ++i) {
    step(a.get(), a_alone, i, &a_both);
    step(b.get(), b_alone, i, &b_both);
  }
  EXPECT_EQ(a_both, a_alone);
  EXPECT_EQ(b_both, b_alone);
}

TEST_P(EnvTrace, TwoThreadsEqualOne) {
  const auto run = [&](uint64_t seed) {
    const std::unique_ptr<Env> env = Make();  // made on its thread, too
    return RunEpisode(env.get(), seed, MixedActions(seed), steps());
  };
  const Trace alone[2] = {run(51), run(52)};
  Trace threaded[2];
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] { threaded[i] = run(51 + i); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(threaded[0], alone[0]);
  EXPECT_EQ(threaded[1], alone[1]);
}

}  // namespace
}  // namespace rookery::testing
