// Drawn heightmaps of an L-shaped block and a fixture it fits into, with the action that inserts
// it: what BlockInsertion looks like from above, without a simulator.
#ifndef ROOKERY_TESTS_AGENTS_INSERTION_SCENE_H_
#define ROOKERY_TESTS_AGENTS_INSERTION_SCENE_H_

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/agent.h"
#include "core/env.h"
#include "core/episode.h"
#include "core/pose.h"
#include "core/rng.h"

namespace rookery::testing {

inline constexpr int kSceneRows = 320, kSceneColumns = 160;
inline constexpr double kScenePixel = 0.003125;

struct InsertionScene {
  ArrayMap observation;
  ArrayMap action;
  Pose block, fixture;  // X_WB, X_WF
};

struct Rectangle {
  double x, y, half_width, half_height;
};

inline bool InRectangle(const Rectangle& r, const Vec3& p, double margin = 0) {
  return std::abs(p.x - r.x) <= r.half_width + margin &&
         std::abs(p.y - r.y) <= r.half_height + margin;
}

// p in the frame of the block.
inline bool InBlock(const Vec3& p, double margin = 0) {
  return InRectangle({0.025, 0, 0.04, 0.015}, p, margin) ||
         InRectangle({0, 0.025, 0.015, 0.04}, p, margin);
}

inline bool InFixture(const Vec3& p) {
  constexpr Rectangle kWalls[] = {{0.025, -0.025, 0.05, 0.002}, {0, 0.075, 0.025, 0.002},
                                  {0.05, 0.025, 0.025, 0.002},  {-0.025, 0.025, 0.002, 0.0525},
                                  {0.025, 0.05, 0.002, 0.0275}, {0.075, 0, 0.002, 0.0275}};
  for (const Rectangle& wall : kWalls) {
    if (InRectangle(wall, p)) return true;
  }
  return false;
}

inline Vec3 PixelPosition(int row, int column) {
  return {0.25 + (column + 0.5) * kScenePixel, -0.5 + (row + 0.5) * kScenePixel, 0};
}

inline ArrayMap DrawScene(const Pose& block, const Pose& fixture, Rng* rng) {
  Array rgb(DType::kUInt8, {kSceneRows, kSceneColumns, 3});
  Array height(DType::kFloat32, {kSceneRows, kSceneColumns});
  const Pose to_block = block.Inverse(), to_fixture = fixture.Inverse();
  for (int row = 0; row < kSceneRows; ++row) {
    for (int column = 0; column < kSceneColumns; ++column) {
      const Vec3 p = PixelPosition(row, column);
      double colour[3] = {47, 47, 47}, z = 0.0001;
      if (InFixture(to_fixture * p)) {
        colour[0] = 150, colour[1] = 142, colour[2] = 138;
        z = 0.04;
      }
      if (InBlock(to_block * p)) {
        colour[0] = 205, colour[1] = 70, colour[2] = 72;
        z = 0.04;
      }
      const auto at = static_cast<size_t>(row * kSceneColumns + column);
      for (size_t c = 0; c < 3; ++c) {
        rgb.As<uint8_t>()[3 * at + c] =
            static_cast<uint8_t>(std::clamp(colour[c] + rng->Normal(0, 2), 0.0, 255.0));
      }
      height.As<float>()[at] = static_cast<float>(z);
    }
  }
  return {{"heightmap.rgb", rgb}, {"heightmap.height", height}};
}

inline Array PoseNumbers(const Pose& pose) {
  return Array::Of<double>({pose.p.x, pose.p.y, pose.p.z, pose.q.x, pose.q.y, pose.q.z, pose.q.w});
}

// Poses at least 15 cm apart and 7 cm from the edges; the pick is a random point of the block.
inline InsertionScene MakeInsertionScene(uint64_t seed) {
  Rng rng = Rng::Stream(seed, "insertion scene");
  const auto pose = [&] {
    return Pose::FromXyYaw(rng.Uniform(0.34, 0.66), rng.Uniform(-0.41, 0.41), 0.02,
                           rng.Uniform(0, 2 * kPi));
  };
  InsertionScene scene;
  scene.block = pose();
  do scene.fixture = pose();
  while (Norm(scene.block.p - scene.fixture.p) < 0.15);
  scene.observation = DrawScene(scene.block, scene.fixture, &rng);
  Vec3 point;
  do point = {rng.Uniform(-0.015, 0.065), rng.Uniform(-0.015, 0.065), 0.02};
  while (!InBlock(point, -0.003));
  const Pose pick(scene.block * point);
  scene.action.Set("pose0", PoseNumbers(pick));
  scene.action.Set("pose1", PoseNumbers(scene.fixture * scene.block.Inverse() * pick));
  return scene;
}

// Would this action, if the grasp holds, put the block within 10 mm and 15 degrees?
struct InsertionOutcome {
  bool picks = false, places = false;
};
inline InsertionOutcome Judge(const InsertionScene& scene, const ArrayMap& action) {
  const auto pose = [&](const char* name) {
    const auto v = action.at(name).As<double>();
    return Pose(Vec3(v[0], v[1], v[2]), Quat{v[3], v[4], v[5], v[6]});
  };
  const Pose pick = pose("pose0"), place = pose("pose1");
  const Pose moved = place * pick.Inverse() * scene.block;
  const Vec3 error = moved.p - scene.fixture.p;
  InsertionOutcome outcome;
  outcome.picks = InBlock(scene.block.Inverse() * pick.p, 0.002);
  outcome.places = std::hypot(error.x, error.y) < 0.01 &&
                   AngleBetween(moved.q, scene.fixture.q) < 15 * kPi / 180;
  return outcome;
}

inline EnvSpec InsertionEnvSpec() {
  EnvSpec spec;
  spec.id = "Test/Insertion-v0";
  spec.observation = {{"heightmap.rgb", DType::kUInt8, {kSceneRows, kSceneColumns, 3}},
                      {"heightmap.height", DType::kFloat32, {kSceneRows, kSceneColumns}}};
  spec.action = {{"pose0", DType::kFloat64, {7}}, {"pose1", DType::kFloat64, {7}}};
  return spec;
}

inline std::shared_ptr<Episode> InsertionEpisode(uint64_t seed) {
  const InsertionScene scene = MakeInsertionScene(seed);
  auto episode = std::make_shared<Episode>();
  episode->env_id = InsertionEnvSpec().id;
  episode->seed = seed;
  episode->observations = {scene.observation, scene.observation};
  episode->actions = {scene.action};
  episode->rewards = {1.0};
  return episode;
}

inline std::vector<std::shared_ptr<const Episode>> InsertionEpisodes(int count,
                                                                     uint64_t first_seed = 0) {
  std::vector<std::shared_ptr<const Episode>> episodes;
  for (int i = 0; i < count; ++i) {
    episodes.push_back(InsertionEpisode(first_seed + 2 * static_cast<uint64_t>(i)));
  }
  return episodes;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_AGENTS_INSERTION_SCENE_H_
