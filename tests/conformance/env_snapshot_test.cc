// Snapshots hold everything; closing gives everything back.
#include <gmock/gmock.h>

#include "tests/conformance/env_kit.h"
#include "tests/conformance/process_state.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

class EnvSnapshot : public EnvKit {
 protected:
  // In the middle of an episode where there is a middle.
  int roll() const { return Few(4, 2); }  // steps after a snapshot; the slow test rolls on
  static void Begin(Env* env, uint64_t seed) {
    RunEpisode(env, seed, MixedActions(seed), 1);
    if (env->needs_reset()) {
      StepResult result;
      env->Reset(std::nullopt, {}, &result);
    }
  }
};
ROOKERY_FOR_EVERY_ENV(EnvSnapshot);

TEST_P(EnvSnapshot, SaveLoadSaveGivesTheSameBytes) {
  const std::unique_ptr<Env> env = Make(), fresh = Make();
  const std::string untouched = env->Save();
  env->Load(untouched);  // also before the first reset
  EXPECT_EQ(env->Save(), untouched);
  Begin(env.get(), 5);
  const std::string bytes = env->Save();
  EXPECT_EQ(env->Save(), bytes);
  env->Load(bytes);
  EXPECT_EQ(env->Save(), bytes);
  Roll(env.get(), RandomActions(1), 1);
  env->Load(bytes);
  EXPECT_EQ(env->Save(), bytes);
  fresh->Load(bytes);
  EXPECT_EQ(fresh->Save(), bytes);
}

TEST_P(EnvSnapshot, LoadingContinuesExactly) {
  const std::unique_ptr<Env> env = Make(), fresh = Make();
  Begin(env.get(), 3);
  const std::string bytes = env->Save();
  const Trace expected = Roll(env.get(), MixedActions(2), roll(), /*again=*/true);
  ASSERT_GE(expected.hashes.size(), 2u);
  const std::string after = env->Save();
  env->Load(bytes);
  EXPECT_EQ(Roll(env.get(), MixedActions(2), roll(), true), expected);
  EXPECT_EQ(env->Save(), after);
  fresh->Load(bytes);
  EXPECT_EQ(Roll(fresh.get(), MixedActions(2), roll(), true), expected);
  EXPECT_EQ(fresh->Save(), after);
}

TEST_P(EnvSnapshot, SavingDoesNotChangeWhatFollows) {
  const std::unique_ptr<Env> env = Make();
  const Trace plain = RunEpisode(env.get(), 7, MixedActions(3), 3);
  const Hook save = [](Env* e, const StepResult&) {
    e->Save();
    e->Save(/*with_random=*/false);
  };
  EXPECT_EQ(RunEpisode(env.get(), 7, GivenActions(plain.actions), 3, save), plain);
  const Hook reload = [](Env* e, const StepResult&) { e->Load(e->Save()); };
  EXPECT_EQ(RunEpisode(env.get(), 7, GivenActions(plain.actions), 3, reload), plain);
}

TEST_P(EnvSnapshot, WithoutRandomStateOnlyLuckDiffers) {
  const std::unique_ptr<Env> env = Make(), fresh = Make();
  Begin(env.get(), 8);
  const std::string full = env->Save(), state = env->Save(/*with_random=*/false);
  EXPECT_LT(state.size(), full.size());
  const Trace expected = Roll(env.get(), MixedActions(4), roll(), true);
  // With the generator of then, everything is as then.
  fresh->Load(full);
  fresh->Load(state);
  EXPECT_EQ(fresh->Save(), full);
  EXPECT_EQ(Roll(fresh.get(), MixedActions(4), roll(), true), expected);
  // With another generator the place is the same: what it sees without a step or a draw.
  Begin(env.get(), 9);
  env->Load(state);
  EXPECT_EQ(env->Save(false), state);
  EXPECT_NO_THROW(Roll(env.get(), MixedActions(4), 1));
}

TEST_P(EnvSnapshot, ForeignAndDamagedBytesAreRefused) {
  const std::unique_ptr<Env> env = Make();
  Begin(env.get(), 10);
  const std::string bytes = env->Save();
  EXPECT_THAT(MessageOfUserError([&] { env->Load(""); }), HasSubstr("truncated"));
  EXPECT_THAT(MessageOfUserError([&] { env->Load("rubbish of some length"); }),
              HasSubstr("not an environment snapshot"));
  EXPECT_THROW(env->Load(bytes + "x"), UserError);
  // Cut at 40 places.
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_THROW(env->Load(bytes.substr(0, i * bytes.size() / 40)), UserError) << i;
  }
  env->Load(bytes);
  EXPECT_EQ(env->Save(), bytes);
}

TEST_P(EnvSnapshot, LivesLeaveNothingBehind) {
  const auto live = [&](uint64_t seed) {
    const std::unique_ptr<Env> env = Make();
    StepResult result;
    env->Reset(seed, &result);
  };
  // Caches fill during the first.
  const int warm_up = Few(5, 2), lives = Few(50, 5);
  for (int i = 0; i < warm_up; ++i) live(1);
  const ProcessState before = GetProcessState();
  for (int i = 0; i < lives; ++i) live(1);
  const ProcessState after = GetProcessState();
  EXPECT_EQ(after.handles, before.handles);
  EXPECT_EQ(after.threads, before.threads);
#ifndef __SANITIZE_ADDRESS__  // which keeps freed memory to itself
  // One page a life would be 200 kB after fifty.
  EXPECT_LE(after.resident_kb - before.resident_kb, 1024) << "kB more after " << lives;
#endif
}

}  // namespace
}  // namespace rookery::testing
