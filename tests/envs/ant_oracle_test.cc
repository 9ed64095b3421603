// Ant-v5 against Gymnasium's: the same model, and from the same state with the same actions the
// same numbers.
#include <gtest/gtest.h>
#include <mujoco/mjxmacro.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/registry.h"
#include "core/rng.h"
#include "envs/mujoco/mujoco_sim.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-9;  // absolute, of everything
constexpr int kSteps = 1000;

json Peer(const std::string& python, const std::string& arguments) {
  const std::string printed = testing::OutputOf("'" + python + "' '" + testing::SourceFolder() +
                                                "/tests/oracle/ant_peer.py' " + arguments);
  const size_t at = printed.find("RESULT");
  if (at == std::string::npos) throw Failure(printed);
  return json::parse(printed.substr(at + 6));
}

#define ROOKERY_PEER_OR_SKIP(python)                                    \
  const std::string python = testing::PeersPython("gymnasium, mujoco"); \
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers

TEST(AntParity, TheCompiledModelIsTheSame) {
  ROOKERY_PEER_OR_SKIP(python);
  const auto model = LoadMujocoModel("ant/ant.xml");
  const mjModel& m = *model;
  // Every array that physics reads.
  json ours = json::object();
  const auto add = [&](const std::string& name, const auto* values, int64_t n) {
    static const std::vector<std::string> kLooks = {"geom_rgba", "geom_matid", "body_user"};
    for (const char* prefix : {"qpos", "body_", "jnt_", "dof_", "geom_", "actuator_", "bvh_", "eq_",
                               "pair_", "exclude_", "tree_"}) {
      if (name.rfind(prefix, 0) != 0) continue;
      if (std::find(kLooks.begin(), kLooks.end(), name) != kLooks.end()) continue;
      json& array = ours[name] = json::array();
      for (int64_t i = 0; i < n; ++i) array.push_back(static_cast<double>(values[i]));
    }
  };
#undef MJ_M
#define MJ_M(n) m.n
#define X(type, name, rows, columns) add(#name, m.name, int64_t{m.rows} * (columns));
  MJMODEL_POINTERS
#undef X
  const auto scalar = [&](const char* name, double value) { ours[name] = {value}; };
  scalar("nq", m.nq);
  scalar("nv", m.nv);
  scalar("nu", m.nu);
  scalar("nbody", m.nbody);
  scalar("ngeom", m.ngeom);
  scalar("opt.timestep", m.opt.timestep);
  scalar("opt.integrator", m.opt.integrator);
  scalar("opt.solver", m.opt.solver);
  scalar("opt.cone", m.opt.cone);
  scalar("opt.jacobian", m.opt.jacobian);
  scalar("opt.iterations", m.opt.iterations);
  scalar("opt.ls_iterations", m.opt.ls_iterations);
  scalar("opt.tolerance", m.opt.tolerance);
  scalar("opt.impratio", m.opt.impratio);
  scalar("opt.disableflags", m.opt.disableflags);
  scalar("opt.enableflags", m.opt.enableflags);
  ours["opt.gravity"] = {m.opt.gravity[0], m.opt.gravity[1], m.opt.gravity[2]};
  scalar("stat.meaninertia", m.stat.meaninertia);
  std::string names;
  for (const auto& [name, values] : ours.items()) names += " " + name;
  const json theirs = Peer(python, "model" + names);
  EXPECT_GE(ours.size(), 100u);
  for (const auto& [name, values] : ours.items()) EXPECT_EQ(values, theirs[name]) << name;
  std::cout << ours.size() << " arrays are equal\n";
}

// Random actions, some beyond the bounds, from a random state near the initial one.
void ExpectSameEpisode(const std::string& python, uint64_t seed, const json& options,
                       const std::vector<std::string>& settings, double* worst) {
  Rng rng = Rng::Stream(seed, "ant oracle");
  std::vector<double> qpos(15), qvel(14);
  qpos[2] = 0.75;
  qpos[3] = 1;
  for (double& q : qpos) q += rng.Uniform(-0.1, 0.1);
  for (double& v : qvel) v = rng.Normal(0, 0.1);
  json actions = json::array();
  for (int t = 0; t < kSteps; ++t) {
    json& action = actions.emplace_back(json::array());
    for (int i = 0; i < 8; ++i) {
      action.push_back(static_cast<double>(static_cast<float>(rng.Uniform(-1.2, 1.2))));
    }
  }
  const testing::TempFolder folder;
  const json calls = {{"options", options}, {"qpos", qpos}, {"qvel", qvel}, {"actions", actions}};
  const json theirs = Peer(python, "episode '" + folder.Write("calls.json", calls.dump()) + "'");

  const std::unique_ptr<Env> env = MakeEnv("Ant-v5", settings);
  StepResult result;
  env->Reset(seed, {{"qpos", Array::From<double>(qpos)}, {"qvel", Array::From<double>(qvel)}},
             &result);
  const auto expect_near = [&](double mine, double peer, const std::string& what) {
    *worst = std::max(*worst, std::abs(mine - peer));
    ASSERT_NEAR(mine, peer, kTolerance) << what;
  };
  const auto expect_observation = [&](const json& peer, int t) {
    const auto mine = result.observation.at("state").As<double>();
    ASSERT_EQ(mine.size(), peer.size());
    for (size_t i = 0; i < mine.size(); ++i) {
      expect_near(mine[i], peer[i], "step " + std::to_string(t) + " state " + std::to_string(i));
    }
  };
  expect_observation(theirs["reset"], 0);
  ArrayMap action;
  for (int t = 0; t < kSteps; ++t) {
    const auto to = action.Ensure("action", DType::kFloat32, {8}).As<float>();
    for (size_t i = 0; i < 8; ++i) to[i] = actions[static_cast<size_t>(t)][i].get<float>();
    const json& peer = theirs["steps"][static_cast<size_t>(t)];
    // The peer goes on after the end, as its environment without wrappers lets it.
    if (env->needs_reset()) {
      ASSERT_TRUE(theirs["steps"][static_cast<size_t>(t - 1)]["terminated"].get<bool>());
      std::cout << "  ended after " << t << " steps, as the peer\n";
      return;
    }
    env->Step(action, &result);
    ASSERT_EQ(result.terminated, peer["terminated"].get<bool>()) << "step " << t;
    expect_near(result.reward, peer["reward"], "reward of step " + std::to_string(t));
    expect_observation(peer["observation"], t + 1);
    ASSERT_EQ(peer["info"].size() + 1, result.info.size());
    for (const auto& [name, value] : peer["info"].items()) {
      expect_near(result.info.at(name).AsDouble(), value, name + " of step " + std::to_string(t));
    }
    ASSERT_EQ(result.info.at("unstable").AsDouble(), 0);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(AntParity, EveryNumberOfRandomEpisodes) {
  ROOKERY_PEER_OR_SKIP(python);
  double worst = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    // Going on when unhealthy, so that there are a thousand steps, lying on the back included.
    ExpectSameEpisode(python, seed, {{"terminate_when_unhealthy", false}},
                      {"terminate_when_unhealthy=false"}, &worst);
    ExpectSameEpisode(python, 10 + seed, json::object(), {}, &worst);
    if (HasFatalFailure()) return;
  }
  std::cout << "largest difference of any number " << worst << "\n";
}

TEST(AntParity, EveryOption) {
  ROOKERY_PEER_OR_SKIP(python);
  const std::vector<std::pair<json, std::vector<std::string>>> options = {
      {{{"frame_skip", 2}}, {"frame_skip=2"}},
      {{{"forward_reward_weight", 1.7}}, {"forward_reward_weight=1.7"}},
      {{{"ctrl_cost_weight", 0.3}}, {"ctrl_cost_weight=0.3"}},
      {{{"contact_cost_weight", 0.01}}, {"contact_cost_weight=0.01"}},
      {{{"healthy_reward", 0.7}}, {"healthy_reward=0.7"}},
      {{{"main_body", 4}}, {"main_body=4"}},
      {{{"main_body", "aux_3"}}, {"main_body=aux_3"}},
      {{{"healthy_z_range", {0.4, 0.8}}}, {"healthy_z_range_low=0.4", "healthy_z_range_high=0.8"}},
      {{{"contact_force_range", {-0.2, 3.0}}},
       {"contact_force_range_low=-0.2", "contact_force_range_high=3"}},
      {{{"exclude_current_positions_from_observation", false}},
       {"exclude_current_positions_from_observation=false"}},
      {{{"include_cfrc_ext_in_observation", false}}, {"include_cfrc_ext_in_observation=false"}},
      {{{"reset_noise_scale", 0.5}}, {"reset_noise_scale=0.5"}},
  };
  double worst = 0;
  uint64_t seed = 100;
  for (const auto& [theirs, ours] : options) {
    SCOPED_TRACE(theirs.dump());
    json with = theirs;
    std::vector<std::string> settings = ours;
    if (!theirs.contains("healthy_z_range")) {
      with["terminate_when_unhealthy"] = false;
      settings.push_back("terminate_when_unhealthy=false");
    }
    ExpectSameEpisode(python, ++seed, with, settings, &worst);
    if (HasFatalFailure()) return;
  }
  std::cout << "largest difference of any number " << worst << "\n";
}

// The same seed is the same start.
TEST(AntParity, Resets) {
  ROOKERY_PEER_OR_SKIP(python);
  for (uint64_t seed : {0, 1, 123, 4000000}) {
    const json theirs = Peer(python, "reset " + std::to_string(seed));
    const std::unique_ptr<Env> env = MakeEnv("Ant-v5");
    StepResult result;
    env->Reset(seed, &result);
    EXPECT_EQ(result.info.at("x_position").AsDouble(), theirs["qpos"][0].get<double>());
    const auto mine = result.observation.at("state").As<double>();
    ASSERT_EQ(mine.size(), theirs["observation"].size());
    for (size_t i = 0; i < mine.size(); ++i) {
      EXPECT_EQ(mine[i], theirs["observation"][i].get<double>()) << "seed " << seed << ", " << i;
    }
    for (const auto& [name, value] : theirs["info"].items()) {
      EXPECT_NEAR(result.info.at(name).AsDouble(), value.get<double>(), 1e-15) << name;
    }
  }
}

// Steps per second of processor time, one thread, with resets, beside the peer's and those of
// MuJoCo alone.
TEST(AntParity, Speed) {
  ROOKERY_PEER_OR_SKIP(python);
  constexpr int kOurSteps = 10000, kTheirSteps = 3000, kRepetitions = 5;
  const std::unique_ptr<Env> env = MakeEnv("Ant-v5");
  MujocoSim sim("ant/ant.xml");
  StepResult result;
  ArrayMap action;
  Rng rng(0);
  const auto draw = [&] {
    const auto to = action.Ensure("action", DType::kFloat32, {8}).As<float>();
    for (float& a : to) a = static_cast<float>(rng.Uniform(-1, 1));
    return to;
  };
  const auto per_second = [](int steps, const auto& step) {
    const std::clock_t begin = std::clock();
    for (int i = 0; i < steps; ++i) step();
    return static_cast<double>(steps) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - begin);
  };
  env->Reset(0, &result);
  double sum = 0, squares = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    const double ours = per_second(kOurSteps, [&] {
      draw();
      if (env->needs_reset()) env->Reset(std::nullopt, {}, &result);
      env->Step(action, &result);
    });
    const double bare = per_second(kOurSteps, [&] {
      const auto a = draw();
      std::copy(a.begin(), a.end(), sim.data().ctrl);
      for (int i = 0; i < 5; ++i) mj_step(&sim.model(), &sim.data());
      if (sim.data().qpos[2] < 0.2 || sim.data().qpos[2] > 1) sim.Reset();
    });
    const double theirs =
        Peer(python, "speed " + std::to_string(kTheirSteps))["steps_per_s"].get<double>();
    std::cout << "steps/s: ours " << ours << ", five times mj_step " << bare << ", Gymnasium "
              << theirs << "\n";
    sum += ours / theirs;
    squares += ours / theirs * (ours / theirs);
  }
  const double mean = sum / kRepetitions;
  std::cout << "ours / Gymnasium " << mean << " +- "
            << std::sqrt(std::max(0.0, squares / kRepetitions - mean * mean)) << "\n";
  EXPECT_GT(mean, 1);
}

}  // namespace
}  // namespace rookery
