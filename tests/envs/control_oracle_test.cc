// The classic control tasks against Gymnasium: the same seed and actions give the same
// observations to the bit, and rewards to 1e-12, over whole episodes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/pose.h"
#include "core/registry.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-12;  // of rewards

// One way to run a task.
struct Variant {
  std::vector<std::string> settings = {};  // ours
  json arguments = json::object();         // the peer's constructor
  json attributes = json::object();        // set on the peer's environment
  json options = json::object();           // of the reset, numbers
};

// Chooses actions from the state, so that episodes last.
using Policy = std::function<void(std::span<const float> state, Rng* rng, ArrayMap* action)>;

ArrayMap Choice(int64_t choice) { return {{"action", Array::Scalar<int64_t>(choice)}}; }
ArrayMap Force(double force) { return {{"action", Array::Of<float>({static_cast<float>(force)})}}; }

json ActionJson(const ArrayMap& action) {
  const Array& array = action.at("action");
  if (array.dtype() == DType::kInt64) return array.As<int64_t>()[0];
  return json::array({static_cast<double>(array.As<float>()[0])});
}

json StepJson(const StepResult& result) {
  json state = json::array();
  for (float x : result.observation.at("state").As<float>()) state.push_back(x);
  return {{"state", state},
          {"reward", result.reward},
          {"terminated", result.terminated},
          {"truncated", result.truncated}};
}

void Compare(const std::string& id, const std::vector<Variant>& variants, const Policy& policy) {
  const std::string python = testing::PeersPython("gymnasium");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  std::vector<uint64_t> seeds = {0, 1, 123, 4294967296};
  // ROOKERY_TEST_SEED chooses others.
  const char* chosen = std::getenv("ROOKERY_TEST_SEED");
  Rng choose(chosen == nullptr ? 2026 : std::strtoull(chosen, nullptr, 10));
  while (seeds.size() < 8) seeds.push_back(choose.NextUInt64() >> choose.Integer(1, 60));

  json episodes = json::array(), ours = json::array();
  int64_t steps = 0;
  for (const Variant& variant : variants) {
    const std::unique_ptr<Env> env = MakeEnv(id, variant.settings);
    ArrayMap options;
    for (const auto& [name, value] : variant.options.items()) {
      options.Set(name, Array::Scalar(value.get<double>()));
    }
    for (uint64_t seed : seeds) {
      Rng rng = Rng::Stream(seed, "actions of the comparison");
      StepResult result;
      ArrayMap action;
      env->Reset(seed, options, &result);
      json facts = json::array({StepJson(result)}), actions = json::array();
      while (!result.done()) {
        policy(result.observation.at("state").As<float>(), &rng, &action);
        env->Step(action, &result);
        actions.push_back(ActionJson(action));
        facts.push_back(StepJson(result));
      }
      steps += static_cast<int64_t>(actions.size());
      episodes.push_back({{"id", id},
                          {"arguments", variant.arguments},
                          {"attributes", variant.attributes},
                          {"options", variant.options},
                          {"seed", seed},
                          {"actions", actions}});
      ours.push_back(facts);
    }
  }
  const testing::TempFolder folder;
  const std::string text = testing::OutputOf("'" + python + "' '" + testing::SourceFolder() +
                                             "/tests/oracle/control_peer.py' '" +
                                             folder.Write("episodes.json", episodes.dump()) + "'");
  const size_t begin = text.find("RESULT");
  ASSERT_NE(begin, std::string::npos) << text;
  const json theirs = json::parse(text.substr(begin + 6));
  ASSERT_EQ(theirs.size(), ours.size());
  std::cout << id << ": " << episodes.size() << " episodes, " << steps << " steps\n";
  for (size_t e = 0; e < ours.size(); ++e) {
    ASSERT_EQ(theirs[e].size(), ours[e].size());
    for (size_t i = 0; i < ours[e].size(); ++i) {
      const json &us = ours[e][i], &them = theirs[e][i];
      const std::string where = "episode " + std::to_string(e) + " seed " +
                                episodes[e]["seed"].dump() + " step " + std::to_string(i) + ": " +
                                us.dump() + " and " + them.dump();
      ASSERT_EQ(us["state"], them["state"]) << where;
      ASSERT_NEAR(us["reward"].get<double>(), them["reward"].get<double>(), kTolerance) << where;
      ASSERT_EQ(us["terminated"], them["terminated"]) << where;
      ASSERT_EQ(us["truncated"], them["truncated"]) << where;
    }
  }
}

TEST(ControlOracle, CartPole) {
  // Towards the side the pole falls to, and now and then anywhere.
  const Policy balance = [](std::span<const float> state, Rng* rng, ArrayMap* action) {
    const bool right = state[2] + 0.5f * state[3] + 0.05f * state[0] + 0.1f * state[1] > 0;
    *action = Choice(rng->Uniform() < 0.1 ? rng->Integer(2) : right);
  };
  const Policy anything = [](std::span<const float>, Rng* rng, ArrayMap* action) {
    *action = Choice(rng->Integer(2));
  };
  const std::vector<Variant> variants = {
      {},
      {.settings = {"sutton_barto_reward=true"}, .arguments = {{"sutton_barto_reward", true}}},
      {.options = {{"low", -0.1}, {"high", 0.1}}},
      {.options = {{"high", 0.15}}}};
  Compare("CartPole-v1", variants, balance);
  Compare("CartPole-v1", variants, anything);
}

TEST(ControlOracle, Pendulum) {
  // Within the bounds, outside of them, and now and then nothing.
  const Policy anything = [](std::span<const float> state, Rng* rng, ArrayMap* action) {
    const double pumps = rng->Uniform() < 0.5 && state[2] > 0 ? 2 : rng->Uniform(-2, 2);
    *action = Force(rng->Uniform() < 0.1 ? rng->Uniform(-5, 5) : pumps);
  };
  Compare("Pendulum-v1",
          {{},
           {.settings = {"g=9.81"}, .arguments = {{"g", 9.81}}},
           {.settings = {"g=2"}, .arguments = {{"g", 2.0}}},
           {.options = {{"x_init", kPi / 2}, {"y_init", 0.5}}},
           {.options = {{"y_init", 9.0}}}},
          anything);
}

TEST(ControlOracle, Acrobot) {
  // Pumps, so that some episodes end above the line.
  const Policy pump = [](std::span<const float> state, Rng* rng, ArrayMap* action) {
    *action = Choice(rng->Uniform() < 0.3 ? rng->Integer(3) : (state[4] > 0 ? 2 : 0));
  };
  const Policy anything = [](std::span<const float>, Rng* rng, ArrayMap* action) {
    *action = Choice(rng->Integer(3));
  };
  const std::vector<Variant> variants = {
      {},
      {.settings = {"book_or_nips=nips"}, .attributes = {{"book_or_nips", "nips"}}},
      {.settings = {"dt=0.05"}, .attributes = {{"dt", 0.05}}},
      {.settings = {"torque_noise_max=0.5"}, .attributes = {{"torque_noise_max", 0.5}}},
      {.options = {{"low", -3.0}, {"high", 3.0}}}};
  Compare("Acrobot-v1", variants, pump);
  Compare("Acrobot-v1", variants, anything);
}

TEST(ControlOracle, MountainCar) {
  const Policy rock = [](std::span<const float> state, Rng* rng, ArrayMap* action) {
    *action = Choice(rng->Uniform() < 0.1 ? rng->Integer(3) : (state[1] > 0 ? 2 : 0));
  };
  Compare("MountainCar-v0",
          {{},
           {.settings = {"goal_velocity=0.04"}, .arguments = {{"goal_velocity", 0.04}}},
           {.options = {{"low", -1.2}, {"high", 0.49}}}},
          rock);
}

TEST(ControlOracle, MountainCarContinuous) {
  const Policy rock = [](std::span<const float> state, Rng* rng, ArrayMap* action) {
    const double kind = rng->Uniform();
    *action = Force(kind < 0.3   ? rng->Uniform(-1, 1)
                    : kind < 0.4 ? rng->Uniform(-3, 3)
                    : kind < 0.6 ? (state[1] > 0 ? 1 : -1)
                                 : (state[1] > 0 ? 0.9 : -0.9));
  };
  const Policy anything = [](std::span<const float>, Rng* rng, ArrayMap* action) {
    *action = Force(rng->Uniform(-1, 1));
  };
  const std::vector<Variant> variants = {
      {},
      {.settings = {"goal_velocity=0.03"}, .arguments = {{"goal_velocity", 0.03}}},
      {.options = {{"low", -1.2}, {"high", 0.6}}}};
  Compare("MountainCarContinuous-v0", variants, rock);
  Compare("MountainCarContinuous-v0", variants, anything);
}

}  // namespace
}  // namespace rookery
