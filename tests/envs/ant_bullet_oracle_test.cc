// AntBullet-v0 against PyBullet with its own model: the same actions give the same numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/registry.h"
#include "core/rng.h"
#include "envs/ant/bullet_ant.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-6;
constexpr int kSteps = 300;  // going on when the torso is down

json Peer(const std::string& python, const std::string& arguments) {
  const std::string printed =
      testing::OutputOf("'" + python + "' '" + testing::SourceFolder() +
                        "/tests/oracle/ant_bullet_peer.py' " + arguments + " 2>/dev/null");
  const size_t at = printed.find("RESULT");
  if (at == std::string::npos) throw Failure(printed);
  return json::parse(printed.substr(at + 6, printed.find('\n', at) - at - 6));
}

json Episode(const std::string& python, uint64_t seed, double size, bool episodes_before = false) {
  Rng rng = Rng::Stream(seed, "ant bullet oracle");
  json joints = json::array(), actions = json::array();
  for (int j = 0; j < 8; ++j) joints.push_back(rng.Uniform(-0.1, 0.1));
  for (int t = 0; t < kSteps; ++t) {
    json& action = actions.emplace_back(json::array());
    for (int j = 0; j < 8; ++j) {
      action.push_back(static_cast<double>(static_cast<float>(rng.Uniform(-size, size))));
    }
  }
  json calls = {{"joints", joints}, {"actions", actions}, {"episodes_before", episodes_before}};
  const testing::TempFolder folder;
  calls["theirs"] = Peer(python, "episode '" + folder.Write("calls.json", calls.dump()) + "'");
  return calls;
}

template <typename T>
std::vector<T> Numbers(const json& array) {
  return array.get<std::vector<T>>();
}

// Poses of torso and joints, also long after the end of an episode.
TEST(AntBulletParity, Poses) {
  const std::string python = testing::PeersPython("pybullet, pybullet_data, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const bool episodes_before = seed > 2;
    const json calls = Episode(python, seed, seed % 2 == 0 ? 1.3 : 0.4, episodes_before);
    BulletAnt ant(/*unit_axes=*/false);
    if (episodes_before) {
      ant.Reset(std::array<double, 8>{});
      for (int t = 0; t < 100; ++t) ant.Step(std::array<double, 8>{100, 50, 0, 9, -80, 0, 30, 0});
    }
    ant.Reset(Numbers<double>(calls["joints"]));
    double worst = 0;
    for (size_t t = 0; t < kSteps; ++t) {
      std::array<double, 8> torques;
      for (size_t j = 0; j < 8; ++j) {
        torques[j] = 250 * std::clamp(calls["actions"][t][j].get<double>(), -1.0, 1.0);
      }
      ant.Step(torques);
      const Pose X = ant.Torso();
      std::vector<double> mine = {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w};
      for (int j = 0; j < 8; ++j) mine.push_back(ant.JointPosition(j));
      const auto peer = Numbers<double>(calls["theirs"]["steps"][t]["pose"]);
      for (size_t i = 0; i < mine.size(); ++i) {
        worst = std::max(worst, std::abs(mine[i] - peer[i]));
        ASSERT_NEAR(mine[i], peer[i], kTolerance) << "seed " << seed << " step " << t << " " << i;
      }
    }
    std::cout << "seed " << seed << ": largest difference in " << kSteps << " steps " << worst
              << "\n";
  }
}

TEST(AntBulletParity, ObservationsAndRewards) {
  const std::string python = testing::PeersPython("pybullet, pybullet_data, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  double worst = 0;
  int compared = 0;
  for (uint64_t seed = 11; seed <= 16; ++seed) {
    const json calls = Episode(python, seed, seed % 2 == 0 ? 1.2 : 0.3);
    const std::unique_ptr<Env> env = MakeEnv("AntBullet-v0");
    StepResult result;
    env->Reset(seed, {{"joints", Array::From<double>(Numbers<double>(calls["joints"]))}}, &result);
    const auto expect_near = [&](double mine, double peer, const std::string& what) {
      worst = std::max(worst, std::abs(mine - peer));
      ASSERT_NEAR(mine, peer, kTolerance) << what << ", seed " << seed;
    };
    const auto expect_observation = [&](const json& peer, size_t t) {
      const auto mine = result.observation.at("state").As<float>();
      ASSERT_EQ(mine.size(), peer.size());
      for (size_t i = 0; i < mine.size(); ++i) {
        expect_near(static_cast<double>(mine[i]), peer[i],
                    "step " + std::to_string(t) + " input " + std::to_string(i));
      }
    };
    expect_observation(calls["theirs"]["reset"], 0);
    for (size_t t = 0; t < kSteps; ++t) {
      env->Step({{"action", Array::From<float>(Numbers<float>(calls["actions"][t]))}}, &result);
      const json& peer = calls["theirs"]["steps"][t];
      expect_observation(peer["observation"], t + 1);
      expect_near(result.reward, peer["reward"], "reward of step " + std::to_string(t + 1));
      const char* terms[] = {"reward_alive", "reward_progress", "reward_electricity",
                             "reward_joints_at_limit", "reward_feet_collision"};
      for (size_t i = 0; i < 5; ++i) {
        expect_near(result.info.at(terms[i]).AsDouble(), peer["rewards"][i], terms[i]);
      }
      ASSERT_EQ(result.terminated, peer["terminated"].get<bool>());
      if (HasFatalFailure()) return;
      ++compared;
      if (result.terminated) break;
    }
  }
  std::cout << compared << " steps, largest difference of any number " << worst << "\n";
  EXPECT_GT(compared, 300);
}

// Steps per second of processor time, one thread, whole environments without resets.
TEST(AntBulletParity, Speed) {
  const std::string python = testing::PeersPython("pybullet, pybullet_data, numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  constexpr int kOurSteps = 10000, kTheirSteps = 2000, kRepetitions = 5;
  const std::unique_ptr<Env> env = MakeEnv("AntBullet-v0");
  StepResult result;
  ArrayMap action;
  Rng rng(0);
  env->Reset(0, &result);
  double sum = 0, squares = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    const std::clock_t begin = std::clock();
    for (int i = 0; i < kOurSteps; ++i) {
      const auto to = action.Ensure("action", DType::kFloat32, {8}).As<float>();
      for (float& a : to) a = static_cast<float>(rng.Uniform(-1, 1));
      if (env->needs_reset()) env->Reset(std::nullopt, {}, &result);
      env->Step(action, &result);
    }
    const double ours =
        static_cast<double>(kOurSteps) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - begin);
    const double theirs =
        Peer(python, "speed " + std::to_string(kTheirSteps))["steps_per_s"].get<double>();
    std::cout << "steps/s: ours " << ours << ", PyBullet " << theirs << "\n";
    sum += ours / theirs;
    squares += ours / theirs * (ours / theirs);
  }
  const double mean = sum / kRepetitions;
  std::cout << "ours / PyBullet " << mean << " +- "
            << std::sqrt(std::max(0.0, squares / kRepetitions - mean * mean)) << "\n";
  EXPECT_GT(mean, 1);
}

}  // namespace
}  // namespace rookery
