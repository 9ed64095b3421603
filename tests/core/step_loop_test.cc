#include "core/step_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "core/hash.h"
#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using testing::DriftAction;
using testing::DriftConfig;
using testing::DriftEnv;
using ::testing::HasSubstr;
using testing::MessageOf;

// Moves a little to the left and counts what it is told.
class LeftAgent final : public Agent {
 public:
  void BeginEpisode(uint64_t seed) override { begun.push_back(seed); }
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override {
    if (acts == give_up_after) return false;
    ++acts;
    trained = context.training;
    saw_same_observation = saw_same_observation && context.last->observation.BitEqual(observation);
    *action = DriftAction(-0.01f);
    return true;
  }
  void Observe(const Transition& transition) override {
    ++observed;
    reward_sum += transition.result->reward;
    changed = changed || !transition.observation->BitEqual(transition.result->observation);
  }
  std::vector<uint64_t> begun;
  int acts = 0, observed = 0, give_up_after = -1;
  double reward_sum = 0;
  bool trained = false, changed = false, saw_same_observation = true;
};

class Counter final : public StepObserver {
 public:
  void OnReset(uint64_t seed, const ArrayMap&, const StepResult& result) override {
    seeds.push_back(seed);
    last = result.observation.Clone();
  }
  void OnStep(const ArrayMap& observation, const ArrayMap&, const StepResult& result) override {
    chained = chained && observation.BitEqual(last);
    last = result.observation.Clone();
    ++steps;
  }
  std::vector<uint64_t> seeds;
  int steps = 0;
  bool chained = true;
  ArrayMap last;
};

TEST(StepLoop, RunsAnEpisode) {
  DriftEnv env;
  LeftAgent agent;
  Counter counter;
  StepLoop loop(&env, &agent);
  loop.AddObserver(&counter);
  const EpisodeResult result = loop.RunEpisode(5);
  EXPECT_EQ(result.seed, 5u);
  EXPECT_EQ(result.steps, agent.acts);
  EXPECT_EQ(result.steps, counter.steps);
  EXPECT_FALSE(result.gave_up);
  EXPECT_TRUE(loop.last().done());
  EXPECT_EQ(result.success, loop.last().info.at("success").AsDouble() != 0);
  EXPECT_THAT(agent.begun, ::testing::ElementsAre(5));
  EXPECT_THAT(counter.seeds, ::testing::ElementsAre(5));
  EXPECT_TRUE(counter.chained);  // each step starts from what the last one returned
  EXPECT_TRUE(agent.saw_same_observation);
  EXPECT_EQ(agent.observed, 0);  // no training
  EXPECT_FALSE(agent.trained);
  EXPECT_THROW(loop.Step(), Bug);
}

TEST(StepLoop, TrainingObserves) {
  DriftEnv env;
  LeftAgent agent;
  StepLoop loop(&env, &agent, /*training=*/true);
  const EpisodeResult result = loop.RunEpisode(5);
  EXPECT_EQ(agent.observed, result.steps);
  EXPECT_NEAR(agent.reward_sum, result.score, 1e-12);
  EXPECT_TRUE(agent.trained);
  EXPECT_TRUE(agent.changed);  // before and after are different arrays
}

TEST(StepLoop, TraceDependsOnSeedOnly) {
  DriftEnv env, other;
  LeftAgent agent, second;
  StepLoop loop(&env, &agent), again(&other, &second);
  const uint64_t five = loop.RunEpisode(5).trace_hash;
  const uint64_t six = loop.RunEpisode(6).trace_hash;
  EXPECT_NE(five, six);
  EXPECT_EQ(loop.RunEpisode(5).trace_hash, five);
  EXPECT_EQ(again.RunEpisode(6).trace_hash, six);
}

TEST(StepLoop, GivingUpEndsTheEpisode) {
  DriftEnv env;
  LeftAgent agent;
  agent.give_up_after = 2;
  StepLoop loop(&env, &agent);
  const EpisodeResult result = loop.RunEpisode(5);
  EXPECT_TRUE(result.gave_up);
  EXPECT_EQ(result.steps, 2);
  agent.give_up_after = -1;
  EXPECT_FALSE(loop.RunEpisode(5).gave_up);
}

// A whole episode of LeftAgent.
Episode Record(uint64_t seed, const std::vector<std::string>& keep = {}) {
  DriftEnv env;
  LeftAgent agent;
  StepLoop loop(&env, &agent);
  EpisodeRecorder recorder(env, "{}", "left", keep);
  loop.AddObserver(&recorder);
  loop.RunEpisode(1000);  // an earlier episode leaves nothing behind
  const EpisodeResult result = loop.RunEpisode(seed);
  EXPECT_EQ(result.trace_hash, recorder.episode().TraceHash());
  EXPECT_EQ(result.steps, recorder.episode().steps());
  EXPECT_NEAR(result.score, recorder.episode().Return(), 1e-12);
  EXPECT_EQ(result.success, recorder.episode().Success());
  return recorder.episode();
}

TEST(EpisodeRecorder, KeepsEverythingThatHappened) {
  const Episode episode = Record(8);
  const auto steps = static_cast<size_t>(episode.steps());
  EXPECT_EQ(episode.env_id, "Test/Drift-v0");
  EXPECT_EQ(episode.agent, "left");
  EXPECT_EQ(episode.seed, 8u);
  EXPECT_EQ(episode.random_state, Rng(8).Bytes());
  EXPECT_EQ(episode.observations.size(), steps + 1);
  EXPECT_EQ(episode.infos.size(), steps + 1);
  EXPECT_EQ(episode.hashes.size(), steps + 1);
  EXPECT_EQ(episode.rewards.size(), steps);
  EXPECT_EQ(episode.terminated.size(), steps);
  EXPECT_EQ(episode.truncated.size(), steps);
  EXPECT_TRUE(episode.terminated.back() || episode.truncated.back());
  EXPECT_FALSE(episode.versions.empty());
  EXPECT_FALSE(episode.observations[0].BitEqual(episode.observations[1]));
}

TEST(EpisodeRecorder, MayKeepSomeArraysButHashesAll) {
  const Episode all = Record(8), some = Record(8, {"position"});
  EXPECT_THAT(some.observations[0].Names(), ::testing::ElementsAre("position"));
  EXPECT_EQ(some.hashes, all.hashes);
}

// Says how it moves.
class SpeakingAgent final : public Agent {
 public:
  bool Act(const ArrayMap&, const ActContext& context, ArrayMap* action) override {
    *action = DriftAction(-0.01f);
    sentence_ = "step " + std::to_string(context.env->episode_steps());
    return true;
  }
  std::string Sentence() const override { return sentence_; }

 private:
  std::string sentence_;
};

TEST(EpisodeRecorder, KeepsSentencesAndResetOptions) {
  DriftEnv env;
  SpeakingAgent agent;
  StepLoop loop(&env, &agent);
  EpisodeRecorder recorder(env, "{}", "speaking", {}, &agent);
  loop.AddObserver(&recorder);
  loop.RunEpisode(8);
  EXPECT_TRUE(recorder.episode().reset_options.empty());
  loop.RunEpisode(8, {{"start", Array::Scalar(0.75)}});
  Episode episode = recorder.episode();
  ASSERT_EQ(std::ssize(episode.annotations), episode.steps());
  EXPECT_EQ(episode.annotations.front(), "step 0");
  EXPECT_EQ(episode.annotations.back(), "step " + std::to_string(episode.steps() - 1));
  EXPECT_EQ(episode.reset_options.at("start").AsDouble(), 0.75);
  EXPECT_EQ(ReplayDifference(&env, episode), "");
  episode.reset_options.Clear();
  EXPECT_THAT(ReplayDifference(&env, episode), HasSubstr("step 0 of "));
  EXPECT_EQ(Record(8).annotations, std::vector<std::string>(Record(8).annotations.size()));
}

TEST(Replay, RepeatsToTheByte) {
  for (const std::vector<std::string>& keep : {std::vector<std::string>{}, {"position"}}) {
    DriftEnv env;
    EXPECT_EQ(ReplayDifference(&env, Record(8, keep)), "");
  }
}

TEST(Replay, NamesTheFirstStepAndArrayThatDiffer) {
  DriftEnv env;
  const Episode good = Record(8);
  ASSERT_GT(good.steps(), 3);
  Episode bad = good;
  bad.actions[2] = DriftAction(0.5f);
  EXPECT_THAT(ReplayDifference(&env, bad),
              AllOf(HasSubstr("step 3 of "), HasSubstr("observation position differs"),
                    HasSubstr(HashHex(good.hashes[3]))));
  bad = good;
  bad.seed = 9;
  EXPECT_THAT(ReplayDifference(&env, bad), HasSubstr("step 0 of "));
  bad = good;
  bad.rewards[1] += 1;
  bad.hashes[2] ^= 1;
  EXPECT_THAT(ReplayDifference(&env, bad), AllOf(HasSubstr("step 2 of "), HasSubstr("reward")));
  bad = good;
  bad.hashes[1] ^= 1;  // nothing that was stored differs
  EXPECT_THAT(ReplayDifference(&env, bad), HasSubstr("step 1 of "));
  bad = Record(8, {"image"});
  bad.actions[1] = DriftAction(0.015625f);
  EXPECT_THAT(ReplayDifference(&env, bad), HasSubstr("step 2 of "));
}

TEST(StepLoop, AnEpisodeMayBeStoppedBetweenSteps) {
  struct Ends final : StepObserver {
    int ends = 0;
    void OnEnd(const EpisodeResult&) override { ++ends; }
  } ends;
  DriftEnv env;
  LeftAgent agent;
  StepLoop loop(&env, &agent);
  loop.AddObserver(&ends);
  static int asked;
  asked = 0;
  const EpisodeResult result = loop.RunEpisode(8, {}, [] { return ++asked == 2; });
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.steps, 2);
  EXPECT_EQ(ends.ends, 0);
  EXPECT_FALSE(loop.RunEpisode(8).stopped);
  EXPECT_EQ(ends.ends, 1);
}

TEST(Replay, SaysWhenTheEpisodeEndsEarlier) {
  DriftConfig longer;
  longer.max_steps = 20;
  DriftEnv env(longer), shorter;
  LeftAgent agent;
  StepLoop loop(&env, &agent);
  EpisodeRecorder recorder(env, "{}", "left");
  loop.AddObserver(&recorder);
  uint64_t seed = 0;
  while (loop.RunEpisode(seed).steps <= 10) ++seed;
  // The last common step already differs: it is truncated here.
  EXPECT_THAT(ReplayDifference(&shorter, recorder.episode()), HasSubstr("step 10 of "));
}

TEST(Replay, RefusesAnotherEnvironment) {
  DriftEnv env;
  Episode episode = Record(8);
  episode.env_id = "Test/Other-v0";
  EXPECT_THAT(MessageOf([&] { ReplayDifference(&env, episode); }),
              HasSubstr("the episode is of Test/Other-v0, not Test/Drift-v0"));
}

TEST(HashStep, CoversObservationRewardFlagsAndInfo) {
  StepResult base;
  base.observation.Set("x", Array::Of<float>({1, 2}));
  base.info.Set("success", Array::Scalar(false));
  base.reward = 0.5;
  std::vector<StepResult> others(7);
  for (StepResult& other : others) {
    other = base;
    other.observation = base.observation.Clone();
    other.info = base.info.Clone();
  }
  EXPECT_EQ(HashStep(others[0]), HashStep(base));
  others[0].observation.at("x").As<float>()[1] = 3;
  others[1].info.at("success").As<bool>()[0] = true;
  others[2].reward = 0.25;
  others[3].terminated = true;
  others[4].truncated = true;
  others[5].observation.Set("x", base.observation.at("x").Reshaped({2, 1}));
  others[6].observation = {{"y", base.observation.at("x")}};
  std::set<uint64_t> hashes = {HashStep(base)};
  for (const StepResult& other : others) hashes.insert(HashStep(other));
  EXPECT_EQ(hashes.size(), 8u);
}

}  // namespace
}  // namespace rookery
