// The simulation without a window: its traces are those of the plain step loop, wherever one goes.
#include "gui/simulation.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/registry.h"
#include "core/step_loop.h"

namespace rookery::gui {
namespace {

using std::chrono::steady_clock;

bool Until(const std::function<bool()>& condition, double timeout_s = 60) {
  const auto end = steady_clock::now() + std::chrono::duration<double>(timeout_s);
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

EpisodeResult Plain(const Cast& cast, uint64_t seed) {
  const std::unique_ptr<Env> env = MakeEnv(cast.env, cast.env_settings);
  const std::unique_ptr<Agent> agent = MakeAgent(cast.agent, env->spec(), cast.agent_seed);
  return StepLoop(env.get(), agent.get()).RunEpisode(seed);
}

TEST(Simulation, PlaysTheTraceOfThePlainLoop) {
  for (const char* id : {"CartPole-v1", "Ravens/BlockInsertion-v0"}) {
    const Cast cast{.env = id, .agent = std::string(id) == "CartPole-v1" ? "random" : "oracle"};
    Simulation simulation;
    simulation.SetSpeed(0);
    simulation.Open(cast, 5);
    ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
    simulation.Play();
    ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; })) << id;
    const auto now = simulation.Now();
    const EpisodeResult plain = Plain(cast, 5);
    EXPECT_EQ(now->progress.trace_hash, plain.trace_hash) << id;
    EXPECT_EQ(now->progress.steps, plain.steps) << id;
    EXPECT_EQ(now->step, plain.steps) << id;
  }
}

TEST(Simulation, GoingBackAndForthChangesNothing) {
  const Cast cast{.env = "CartPole-v1"};
  SimulationOptions options;
  options.history_bytes = 4000;  // so that states are left out
  Simulation simulation(options);
  simulation.Open(cast, 3);
  for (int i = 0; i < 8; ++i) simulation.StepForward();
  ASSERT_TRUE(Until([&] { return simulation.Idle() && simulation.Now()->step == 8; }));
  simulation.StepBack();
  simulation.StepBack();
  simulation.StepBack();
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  EXPECT_EQ(simulation.Now()->step, 5);
  EXPECT_EQ(simulation.Now()->known, 8);
  simulation.Seek(0);
  simulation.Seek(7);
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  EXPECT_EQ(simulation.Now()->step, 7);
  simulation.SetSpeed(0);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  EXPECT_EQ(simulation.Now()->progress.trace_hash, Plain(cast, 3).trace_hash);
}

TEST(Simulation, AnotherSeedIsAnotherEpisode) {
  Simulation simulation;
  simulation.SetSpeed(0);
  simulation.Open({.env = "CartPole-v1"}, 3);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  const uint64_t first = simulation.Now()->progress.trace_hash;
  simulation.Reset(4);
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  EXPECT_EQ(simulation.Now()->step, 0);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  EXPECT_NE(simulation.Now()->progress.trace_hash, first);
}

TEST(Simulation, KeepsTimeAtEverySpeed) {
  for (const double speed : {0.5, 2.0}) {
    Simulation simulation;
    simulation.Open({.env = "Pendulum-v1"}, 1);
    simulation.SetSpeed(speed);
    ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
    const auto start = steady_clock::now();
    simulation.Play();
    ASSERT_TRUE(Until([&] { return simulation.Now()->time_s >= 1; }));
    const double wall_s = std::chrono::duration<double>(steady_clock::now() - start).count();
    EXPECT_GE(wall_s, 0.9 / speed);
    EXPECT_LE(wall_s, 1.2 / speed + 1);
  }
}

TEST(Simulation, TheTimeIsThatOfTheWorldHoweverOneGetsThere) {
  const Cast cast{.env = "Ravens/StackBlockPyramid-v0", .agent = "oracle"};
  std::vector<double> times;  // after each step
  for (const double speed : {0.0, 8.0}) {
    Simulation simulation;
    simulation.SetSpeed(speed);
    simulation.Open(cast, 5);
    const auto time_after = [&](int64_t step) {
      EXPECT_TRUE(Until([&] { return simulation.Idle() && simulation.Now()->step == step; }));
      return simulation.Now()->time_s;
    };
    EXPECT_EQ(time_after(0), 0);
    for (size_t step = 1; step <= 2; ++step) {
      simulation.StepForward();
      const double time_s = time_after(static_cast<int64_t>(step));
      if (times.size() < step) times.push_back(time_s);
      EXPECT_EQ(time_s, times[step - 1]) << step;
    }
    simulation.StepBack();
    EXPECT_EQ(time_after(1), times[0]);
    simulation.StepForward();
    EXPECT_EQ(time_after(2), times[1]);
  }
  EXPECT_GT(times[0], 0.5);
  EXPECT_GT(times[1], times[0] + 0.5);
}

TEST(Simulation, WhatIsAskedForWithinAPauseDoesNotEndIt) {
  Simulation simulation;
  simulation.SetSpeed(0.5);
  simulation.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"}, 1);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->time_s > 0.2; }));
  simulation.Pause();
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  const auto paused = simulation.Now();
  ASSERT_TRUE(paused->within_step);
  EXPECT_EQ(paused->mode, Mode::kPaused);
  simulation.SetGoOn(false);
  simulation.SetNextAgent({.env = paused->cast.env});
  simulation.SetSpeed(4);
  simulation.Pull(ScenePull{1, {}, {0.5, 0, 0.5}});
  simulation.Pull(std::nullopt);
  std::promise<EpisodeDraft> draft;
  simulation.AskDraft([&](EpisodeDraft d) { draft.set_value(std::move(d)); });
  EXPECT_EQ(draft.get_future().get().actions.size(), 0u);
  ASSERT_TRUE(Until([&] { return simulation.Idle() && simulation.Now()->speed == 4; }));
  EXPECT_TRUE(simulation.Now()->within_step);
  EXPECT_FALSE(simulation.Now()->touched);  // no time passed for the hand to work in
  EXPECT_EQ(simulation.Now()->mode, Mode::kPaused);
  EXPECT_EQ(simulation.Now()->time_s, paused->time_s);
  EXPECT_EQ(simulation.Now()->step, 0);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  EXPECT_FALSE(simulation.Now()->within_step);
}

TEST(Simulation, BetweenTwoEpisodesItGoesOn) {
  Simulation simulation;
  simulation.SetGoOn(true);
  simulation.SetSpeed(64);
  simulation.Open({.env = "CartPole-v1"}, 1);
  simulation.Play();
  bool ended = false;
  ASSERT_TRUE(Until([&] {
    ended = ended || simulation.Now()->mode == Mode::kEnded;
    return simulation.Now()->seed == 3;
  }));
  EXPECT_FALSE(ended);
  simulation.Pause();
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  const auto paused = simulation.Now();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(simulation.Now()->seed, paused->seed);
  EXPECT_EQ(simulation.Now()->step, paused->step);
}

TEST(Simulation, ASeekShowsItsWayAndGivesWay) {
  const auto start = steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  };
  double sought_s = 0;
  {
    Simulation simulation({.history_bytes = 1});  // no state but the first is kept
    simulation.SetSpeed(0);
    simulation.Open({.env = "Broken-v0", .env_settings = {"way=sleepy"}}, 3);
    simulation.Play();
    ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
    simulation.Seek(0);
    simulation.Seek(9);
    ASSERT_TRUE(Until([&] { return simulation.Now()->step == 4; }));
    EXPECT_TRUE(simulation.Now()->busy);
    simulation.Seek(8);
    simulation.Seek(1);
    sought_s = seconds();
    ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
    EXPECT_EQ(simulation.Now()->step, 1);
    EXPECT_LT(seconds() - sought_s,
              0.45);  // four more steps to 9, or seven to 8, would take longer
    simulation.Seek(9);
    ASSERT_TRUE(Until([&] { return simulation.Now()->step == 3; }));
    sought_s = seconds();
  }
  EXPECT_LT(seconds() - sought_s, 0.45);  // it is closed
}

TEST(Simulation, APersonPlays) {
  Simulation simulation;
  simulation.Open({.env = "CartPole-v1", .agent = kPersonName}, 1);
  simulation.SetSpeed(0);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kWaiting; }));
  simulation.Decide({{"action", Array::Scalar<int64_t>(1)}});
  ASSERT_TRUE(Until([&] { return simulation.Now()->step == 1; }));
  EXPECT_EQ(simulation.Now()->mode, Mode::kWaiting);
  simulation.Hold(ArrayMap{{"action", Array::Scalar<int64_t>(1)}});
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  // Their episode is as good as any other.
  std::promise<EpisodeDraft> promise;
  simulation.AskDraft([&](EpisodeDraft draft) { promise.set_value(std::move(draft)); });
  const Episode episode = PerformDraft(promise.get_future().get());
  EXPECT_EQ(episode.agent, kPersonName);
  EXPECT_EQ(episode.steps(), simulation.Now()->step);
  EXPECT_EQ(episode.TraceHash(), simulation.Now()->progress.trace_hash);
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  EXPECT_EQ(ReplayDifference(env.get(), episode), "");
}

TEST(Simulation, ARecordingIsPlayedAndTakenOver) {
  EpisodeDraft draft;
  draft.cast.env = "CartPole-v1";
  draft.seed = 2;
  for (int i = 0; i < 6; ++i) draft.actions.push_back({{"action", Array::Scalar<int64_t>(i % 2)}});
  const auto episode = std::make_shared<Episode>(PerformDraft(draft));
  Simulation simulation;
  simulation.OpenEpisode(episode);
  simulation.SetSpeed(0);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->step == 6 && simulation.Idle(); }));
  EXPECT_TRUE(simulation.Now()->replay);
  EXPECT_EQ(simulation.Now()->difference, "");
  EXPECT_EQ(simulation.Now()->progress.trace_hash, episode->TraceHash());
  simulation.Seek(3);
  simulation.SetAgent({.env = "CartPole-v1", .agent = "random"});
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  EXPECT_FALSE(simulation.Now()->replay);
  EXPECT_EQ(simulation.Now()->known, 3);
  simulation.Play();
  ASSERT_TRUE(Until([&] { return simulation.Now()->mode == Mode::kEnded; }));
  EXPECT_GT(simulation.Now()->step, 3);
}

TEST(Simulation, WhatCannotOpenLeavesWhatIsOpen) {
  Simulation simulation;
  simulation.Open({.env = "CartPole-v1"}, 1);
  simulation.StepForward();
  ASSERT_TRUE(Until([&] { return simulation.Idle() && simulation.Now()->step == 1; }));
  simulation.Open({.env = "CartPohl-v1"}, 1);
  ASSERT_TRUE(Until([&] { return simulation.Idle(); }));
  EXPECT_NE(simulation.Now()->message.find("CartPole-v1"), std::string::npos);
  EXPECT_EQ(simulation.Now()->cast.env, "CartPole-v1");
  EXPECT_EQ(simulation.Now()->step, 1);
}

}  // namespace
}  // namespace rookery::gui
