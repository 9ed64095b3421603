// Same seed, same trace - whatever else happens in the process; another seed, another trace.
#include <algorithm>
#include <cmath>
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
  // Where every reset looks alike, luck comes with the steps, in some games late.
  std::vector<int> UntilLuckShows() const {
    return same_start() ? std::vector{300, 3000, 10000} : std::vector{steps()};
  }
  // From a reset with the seed on, through as many episodes as it takes.
  static Trace From(Env* env, uint64_t seed, const Chooser& choose, int count) {
    Trace trace = RunEpisode(env, seed, choose, 0);
    const Trace rest = Roll(env, choose, count, /*again=*/true);
    trace.hashes.insert(trace.hashes.end(), rest.hashes.begin(), rest.hashes.end());
    return trace;
  }
};
ROOKERY_FOR_EVERY_ENV(EnvTrace);

// A suite of its own, for the thread sanitizer (CMakePresets.json).
class EnvThreads : public EnvTrace {};

ROOKERY_FOR_EVERY_ENV(EnvThreads);

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
  bool same = true;
  for (const int count : UntilLuckShows()) {
    if (!same) break;
    if (same_start()) {
      same = From(env.get(), 11, RandomActions(1), count) ==
             From(env.get(), 12, RandomActions(1), count);
    } else {
      const Trace first = RunEpisode(env.get(), 11, MixedActions(1), count);
      same = RunEpisode(env.get(), 12, GivenActions(first.actions), count) == first;
    }
  }
  EXPECT_EQ(same, deterministic());
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
  std::set<std::string> starts;
  StepResult result;
  for (const uint64_t seed : seeds) {
    env->Reset(seed, &result);
    // Where every reset looks alike, the random generators differ.
    starts.insert(same_start() ? env->Save() : HashHex(HashStep(result)));
  }
  EXPECT_EQ(starts.size(), deterministic() ? 1 : seeds.size());
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
  double last = -1, clock = -1;
  bool forward = true;
  env->WatchScene(30, [&](const Scene&, double time_s) {
    forward = forward && time_s >= last && time_s >= clock;
    last = time_s;
  });
  const Hook look = [&](Env* e, const StepResult&) {
    forward = forward && e->Clock() >= std::max(clock, last - 1e-9);
    clock = e->Clock();
  };
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps(), look), plain);
  EXPECT_TRUE(forward) << "time went back";
  EXPECT_TRUE(clock > 0 || last < 0) << "scenes have a time, and the world has none";
  const std::unique_ptr<Env> other = Make();
  other->Load(env->Save());
  EXPECT_EQ(other->Clock(), clock);
  env->WatchScene(0, {});
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps()), plain);
}

// Contacts, frames and velocities, seen within steps and between them.
TEST_P(EnvTrace, DetailChangesNothing) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 31, MixedActions(3), steps());
  RunEpisode(env.get(), 31, GivenActions(plain.actions), steps());  // no expert is in its state
  const std::string after = env->Save();
  const auto expect_sound = [](const Scene& scene) {
    for (const SceneBody& body : scene.bodies) {
      EXPECT_TRUE(std::isfinite(Norm(body.velocity) + Norm(body.angular_velocity))) << body.name;
    }
    for (const SceneContact& contact : scene.contacts) {
      EXPECT_TRUE(std::isfinite(Norm(contact.position) + Norm(contact.force)));
    }
    for (const SceneFrame& frame : scene.frames) {
      EXPECT_FALSE(frame.name.empty());
      EXPECT_NEAR(Norm(frame.X_WF.q), 1, 1e-6) << frame.name;
    }
  };
  const std::unique_ptr<Env> seen = Make();
  seen->SetSceneDetail(true);
  seen->WatchScene(30, [&](const Scene& scene, double) { expect_sound(scene); });
  const Hook look = [&](Env* e, const StepResult&) {
    expect_sound(e->GetScene());
    expect_sound(e->GetScene());
  };
  EXPECT_EQ(RunEpisode(seen.get(), 31, GivenActions(plain.actions), steps(), look), plain);
  EXPECT_TRUE(seen->Save() == after) << "another state";
  seen->SetSceneDetail(false);
  EXPECT_TRUE(seen->GetScene().contacts.empty());
  EXPECT_TRUE(seen->GetScene().frames.empty());
}

TEST_P(EnvTrace, HandsThatHoldNothingChangeNothing) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 31, MixedActions(3), steps());
  RunEpisode(env.get(), 31, GivenActions(plain.actions), steps());  // no expert is in its state
  const std::string after = env->Save();
  std::set<int> fixed = {-1, 255, 100000};  // ids of no body
  const Hook grasp = [&](Env* e, const StepResult&) {
    for (const SceneBody& body : e->GetScene().bodies) {
      if (!body.movable) fixed.insert(body.id);
    }
    for (const int body : fixed) {
      EXPECT_FALSE(e->Pull(ScenePull{body, {}, {0.5, 0, 0.5}})) << body;
      EXPECT_FALSE(e->MoveBody(body, Pose(Vec3(0.5, 0, 0.5)))) << body;
    }
    e->Pull(std::nullopt);
  };
  EXPECT_EQ(RunEpisode(env.get(), 31, GivenActions(plain.actions), steps(), grasp), plain);
  EXPECT_TRUE(env->Save() == after) << "another state";
}

// Whatever is said to be movable is, and a reset with the seed knows nothing of it.
TEST_P(EnvTrace, HandsAreForgottenByAReset) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 31, MixedActions(3), steps());
  StepResult result;
  env->Reset(31, &result);
  std::set<int> movable;
  for (const SceneBody& body : env->GetScene().bodies) {
    if (body.movable) movable.insert(body.id);
  }
  double z = 1;  // each at a place of its own: bodies within each other burst
  for (const int body : movable) {
    EXPECT_TRUE(env->MoveBody(body, Pose(Vec3(0.4, 0.1, z += 0.3)))) << body;
    EXPECT_TRUE(env->Pull(ScenePull{body, {0.01, 0, 0}, {0.5, 0, 1}})) << body;
  }
  env->PassTime(0.1);
  if (!plain.actions.empty()) env->Step(plain.actions.front(), &result);
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

TEST_P(EnvThreads, TwoThreadsEqualOne) {
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
