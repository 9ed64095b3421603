// How badly chance does. Promises of experts and chance are checked by the conformance kit.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

constexpr int kRandomEpisodes = 20;

class EveryTask : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ravens, EveryTask, ::testing::ValuesIn(RavensTasks(/*heavy=*/false)),
                         [](const auto& task) { return task.param; });

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
