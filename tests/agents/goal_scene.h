// Drawn heightmaps of a block on an empty table, with a goal image of the block elsewhere: what
// BlockInsertionNoFixture looks like from above, without a simulator.
#ifndef ROOKERY_TESTS_AGENTS_GOAL_SCENE_H_
#define ROOKERY_TESTS_AGENTS_GOAL_SCENE_H_

#include <memory>
#include <string>

#include "tests/agents/insertion_scene.h"

namespace rookery::testing {

// `fixture` is where the block belongs; it is not drawn.
inline InsertionScene MakeGoalScene(uint64_t seed) {
  InsertionScene scene = MakeInsertionScene(seed);
  Rng rng = Rng::Stream(seed, "goal scene");
  const Pose nowhere = Pose::FromXyYaw(10, 10, 0, 0);
  scene.observation = DrawScene(scene.block, nowhere, &rng);
  for (const auto& [name, array] : DrawScene(scene.fixture, nowhere, &rng)) {
    scene.observation.Set("goal." + name, array);
  }
  return scene;
}

inline EnvSpec GoalEnvSpec() {
  EnvSpec spec = InsertionEnvSpec();
  spec.id = "Test/Goal-v0";
  spec.observation.Add({"goal.heightmap.rgb", DType::kUInt8, {kSceneRows, kSceneColumns, 3}});
  spec.observation.Add({"goal.heightmap.height", DType::kFloat32, {kSceneRows, kSceneColumns}});
  return spec;
}

inline std::shared_ptr<const Episode> GoalEpisode(uint64_t seed) {
  auto episode = std::make_shared<Episode>(*InsertionEpisode(seed));
  const InsertionScene scene = MakeGoalScene(seed);
  episode->env_id = GoalEnvSpec().id;
  // In the end the block is where the goal shows it, drawn with noise of its own.
  Rng rng = Rng::Stream(seed, "end of a goal scene");
  ArrayMap end = scene.observation.Clone();
  for (const auto& [name, array] : DrawScene(scene.fixture, Pose::FromXyYaw(10, 10, 0, 0), &rng)) {
    end.Set(name, array);
  }
  episode->observations = {scene.observation, end};
  return episode;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_AGENTS_GOAL_SCENE_H_
