// How well the scripted experts do, and how badly chance does.
#include <gtest/gtest.h>

#include <iostream>

#include "core/step_loop.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

constexpr int kEpisodes = 50;  // test seeds 1, 3, ..., 99
constexpr int kRandomEpisodes = 20;

class EveryTask : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ravens, EveryTask, ::testing::ValuesIn(RavensTasks()),
                         [](const auto& task) { return task.param; });

TEST_P(EveryTask, OracleSolvesTheTestSeeds) {
  const auto env = MakeEnv(GetParam(), {"observe=heightmap"});
  const auto oracle = MakeAgent("oracle", env->spec(), 0);
  StepLoop loop(env.get(), oracle.get());
  int solved = 0;
  for (uint64_t seed = 1; seed < 2 * kEpisodes; seed += 2) {
    const EpisodeResult episode = loop.RunEpisode(seed);
    if (episode.success) {
      ++solved;
      EXPECT_NEAR(episode.score, 1, 0.01);
    } else {
      const ArrayMap& info = loop.last().info;
      std::cout << GetParam() << " seed " << seed << ": score " << episode.score << " after "
                << episode.steps << " steps"
                << (episode.gave_up ? ", the oracle saw nothing to do" : "")
                << (info.at("failure").AsDouble() == 1 ? ", out of motion budget" : "")
                << (info.at("settled").AsDouble() == 0 ? ", not settled" : "") << "\n";
    }
  }
  const double rate = static_cast<double>(solved) / kEpisodes;
  std::cout << GetParam() << ": oracle solves " << solved << " of " << kEpisodes << "\n";
  EXPECT_GE(rate, FindEnv(GetParam()).oracle_success);
}

TEST_P(EveryTask, RandomActionsStayBelowTheirBound) {
  const auto env = MakeEnv(GetParam(), {"observe=heightmap"});
  const auto agent = MakeAgent("random", env->spec(), 0);
  StepLoop loop(env.get(), agent.get());
  double sum = 0;
  for (uint64_t seed = 0; seed < kRandomEpisodes; ++seed) sum += loop.RunEpisode(seed).score;
  std::cout << GetParam() << ": random actions score " << sum / kRandomEpisodes << "\n";
  EXPECT_LT(sum / kRandomEpisodes, FindEnv(GetParam()).random_score);
}

// With the tool upright more actions touch something.
TEST_P(EveryTask, RandomActionsOfAnUprightToolStayBelowIt) {
  const auto env = MakeEnv(GetParam(), {"observe=heightmap"});
  double sum = 0;
  for (uint64_t seed = 0; seed < kRandomEpisodes; ++seed) {
    Rng rng = Rng::Stream(3, "upright", 0, seed);
    StepResult result;
    for (env->Reset(seed, &result); !result.done();) {
      ArrayMap action = env->spec().action.Sample(&rng);
      for (const char* name : {"pose0", "pose1"}) {
        const Quat q = QuatFromYaw(rng.Uniform(0, 2 * kPi));
        const auto pose = action.at(name).As<double>();
        pose[3] = pose[4] = 0;
        pose[5] = q.z;
        pose[6] = q.w;
      }
      env->Step(action, &result);
      sum += result.reward;
    }
  }
  std::cout << GetParam() << ": upright random actions score " << sum / kRandomEpisodes << "\n";
  EXPECT_LT(sum / kRandomEpisodes, FindEnv(GetParam()).random_score);
}

}  // namespace
}  // namespace rookery::testing
