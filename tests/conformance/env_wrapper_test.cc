// Every registered wrapper around real environments, one of each kind: the same seed gives the same
// trace, snapshots go on exactly, episodes are recorded and replayed with the setting `wrap`.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/episode_store.h"
#include "core/step_loop.h"
#include "tests/conformance/wrapper_cases.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

class EnvWrapper : public WrapperKit {
 protected:
  // Null where the wrapper refuses, which it may as long as it says who refuses whom and why.
  std::unique_ptr<Env> Make() const {
    try {
      return MakeEnv(id(), {Setting()});
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("wrapper " + wrapper() + " of " + id() + ": "));
      EXPECT_THAT(error.what(), ::testing::AnyOf(HasSubstr("there is no "),
                                                 HasSubstr("these would"), HasSubstr("expected ")));
      return nullptr;
    }
  }
  bool AllStartsAreAlike() const { return MakeEnv(id())->spec().same_start; }
  // One after the other: a recording locks its folder.
  Trace Run(uint64_t seed, const Chooser& choose) const {
    const std::unique_ptr<Env> env = Make();
    const EnvSpec& spec = env->spec();
    return RunEpisode(env.get(), seed, choose, steps(), [&](Env* it, const StepResult& result) {
      spec.observation.Validate(result.observation, "observation");
      spec.info.Validate(result.info, "info");
      EXPECT_EQ(result.observation.Names(), spec.observation.Names());
      EXPECT_EQ(result.info.Names(), spec.info.Names());
      if (it->episode_steps() == 0) return;
      EXPECT_GE(result.reward, spec.reward_low);
      EXPECT_LE(result.reward, spec.reward_high);
    });
  }

  // Those of the tabletop are whole pick-and-places.
  int steps() const { return FindEnv(id()).world == "tabletop" ? 2 : 6; }
};
ROOKERY_FOR_EVERY_WRAPPER(EnvWrapper);

TEST_P(EnvWrapper, SameSeedSameTrace) {
  if (Make() == nullptr) return;
  const Trace first = Run(11, MixedActions(1));
  ASSERT_GE(first.hashes.size(), 2u);
  EXPECT_EQ(Run(11, GivenActions(first.actions)), first);
  if (!AllStartsAreAlike()) {
    EXPECT_NE(Run(12, GivenActions(first.actions)).hashes, first.hashes);
  }
}

TEST_P(EnvWrapper, SnapshotsGoOnExactly) {
  std::unique_ptr<Env> env = Make();
  if (env == nullptr) return;
  RunEpisode(env.get(), 6, MixedActions(6), 1);
  const std::string bytes = env->Save();
  const Trace expected = Roll(env.get(), MixedActions(2), steps(), /*again=*/true);
  const std::string after = env->Save();
  env->Load(bytes);
  EXPECT_TRUE(env->Save() == bytes);  // not for printing
  EXPECT_EQ(Roll(env.get(), MixedActions(2), steps(), true), expected);
  env.reset();
  const std::unique_ptr<Env> fresh = Make();
  fresh->Load(bytes);
  EXPECT_EQ(Roll(fresh.get(), MixedActions(2), steps(), true), expected);
  EXPECT_TRUE(fresh->Save() == after);
}

TEST_P(EnvWrapper, EpisodesAreRecordedAndReplayed) {
  std::unique_ptr<Env> env = Make();
  if (env == nullptr) return;
  const EnvEntry& entry = FindEnv(id());
  const std::string config = ConfigToJson(*MakeEnvConfig(entry, {Setting()})).dump();
  EpisodeRecorder recorder(*env, config, "test");
  StepResult result;
  env->Reset(21, &result);
  recorder.OnReset(21, {}, result);
  const Chooser choose = MixedActions(3);
  ArrayMap action;
  for (int step = 0; step < steps() && !result.done() && choose(env.get(), &action); ++step) {
    const ArrayMap before = result.observation.Clone();
    env->Step(action, &result);
    recorder.OnStep(before, action, result);
  }
  EpisodeStore store(folder_.path() + "/episodes");
  store.Add(recorder.episode());
  env.reset();

  const Episode episode = store.Read(0);
  ASSERT_GE(episode.steps(), 1);
  std::unique_ptr<Config> again = entry.make_config();
  ConfigFromJson(*again, nlohmann::json::parse(episode.env_config), entry.id);
  const std::unique_ptr<Env> other = entry.make(*again);
  EXPECT_EQ(ReplayDifference(other.get(), episode), "");
  if (!AllStartsAreAlike()) {
    Episode of_other_luck = episode;
    ++of_other_luck.seed;
    EXPECT_NE(ReplayDifference(other.get(), of_other_luck), "");
  }
}

#ifdef ROOKERY_BUILT_COMPLETELY
// One that refused them all would not have been tested.
TEST(EnvWrappers, EachFitsSomeEnvironment) {
  for (const std::string& wrapper : WrapperNames()) {
    const TempFolder folder;
    const std::string record = wrapper == "record" ? ":folder=" + folder.path() + "/episodes" : "";
    int fits = 0;
    for (const std::string& id : WrapperSampleIds()) {
      try {
        MakeEnv(id, {"wrap=" + wrapper + record});
        ++fits;
      } catch (const UserError&) {
      }
    }
    EXPECT_GE(fits, 1) << wrapper;
  }
}
#endif  // ROOKERY_BUILT_COMPLETELY

}  // namespace
}  // namespace rookery::testing
