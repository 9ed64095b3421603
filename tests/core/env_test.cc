#include "core/env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using testing::DriftAction;
using testing::DriftConfig;
using testing::DriftEnv;
using ::testing::HasSubstr;
using testing::MessageOf;

DriftConfig With(double noise_m, int max_steps = 10, bool clamp = false) {
  DriftConfig config;
  config.noise_m = noise_m;
  config.max_steps = max_steps;
  config.clamp = clamp;
  return config;
}

double Position(const StepResult& result) { return result.observation.at("position").AsDouble(); }

TEST(Env, FirstResetNeedsASeed) {
  DriftEnv env;
  StepResult result;
  EXPECT_THAT(MessageOf([&] { env.Reset(std::nullopt, {}, &result); }),
              AllOf(HasSubstr("Test/Drift-v0"), HasSubstr("needs a seed")));
  env.Reset(1, &result);
  EXPECT_NO_THROW(env.Reset(std::nullopt, {}, &result));
}

TEST(Env, SeedRestartsAndNoSeedContinues) {
  DriftEnv env;
  StepResult result;
  env.Reset(1, &result);
  const double first = Position(result);
  env.Reset(std::nullopt, {}, &result);
  const double second = Position(result);
  EXPECT_NE(first, second);
  env.Reset(1, &result);
  EXPECT_EQ(Position(result), first);
  env.Reset(std::nullopt, {}, &result);
  EXPECT_EQ(Position(result), second);
  env.Reset(2, &result);
  EXPECT_NE(Position(result), first);
}

TEST(Env, ResetOptionsAreKnownByName) {
  DriftEnv env;
  StepResult result;
  env.Reset(1, {{"start", Array::Scalar(0.75)}}, &result);
  EXPECT_EQ(Position(result), 0.75);
  EXPECT_THAT(MessageOf([&] {
                env.Reset(1, {{"strat", Array::Scalar(0.5)}}, &result);
              }),
              AllOf(HasSubstr("unknown reset option 'strat'"), HasSubstr("did you mean start?"),
                    HasSubstr("it takes start, speed_limit")));
}

TEST(Env, StepNeedsAReset) {
  DriftEnv env;
  StepResult result;
  EXPECT_TRUE(env.needs_reset());
  EXPECT_THAT(MessageOf([&] { env.Step(DriftAction(0), &result); }),
              HasSubstr("call Reset before Step"));
  env.Reset(1, &result);
  EXPECT_FALSE(env.needs_reset());
  EXPECT_NO_THROW(env.Step(DriftAction(0), &result));
}

TEST(Env, TimeLimitTruncates) {
  DriftEnv env(With(0, 3));
  StepResult result;
  env.Reset(1, {{"start", Array::Scalar(0.9)}}, &result);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_FALSE(result.done());
    env.Step(DriftAction(0), &result);
    EXPECT_EQ(env.episode_steps(), i);
  }
  EXPECT_TRUE(result.truncated);
  EXPECT_FALSE(result.terminated);
  EXPECT_THAT(MessageOf([&] { env.Step(DriftAction(0), &result); }),
              HasSubstr("the episode has ended; call Reset before Step"));
}

TEST(Env, NaturalEndTerminatesAndBothMayCoincide) {
  DriftEnv env(With(0, 3));
  StepResult result;
  env.Reset(1, {{"start", Array::Scalar(0.5)}}, &result);
  env.Step(DriftAction(-0.5f), &result);
  EXPECT_TRUE(result.terminated);
  EXPECT_FALSE(result.truncated);
  EXPECT_TRUE(env.needs_reset());

  env.Reset(1, {{"start", Array::Scalar(0.5)}}, &result);
  EXPECT_FALSE(result.done());  // flags of the last episode are gone
  EXPECT_EQ(result.reward, 0);
  env.Step(DriftAction(0), &result);
  env.Step(DriftAction(0), &result);
  env.Step(DriftAction(-0.5f), &result);
  EXPECT_TRUE(result.terminated && result.truncated);
}

TEST(Env, NoTimeLimit) {
  DriftEnv env(With(0, 0));
  StepResult result;
  env.Reset(1, {{"start", Array::Scalar(0.9)}}, &result);
  for (int i = 0; i < 1000; ++i) env.Step(DriftAction(0), &result);
  EXPECT_FALSE(result.done());
}

TEST(Env, RefusedActionChangesNothing) {
  DriftEnv env, twin;
  StepResult result, expected;
  env.Reset(7, &result);
  twin.Reset(7, &expected);
  const std::string before = env.Save();
  const auto complaint = [&](const ArrayMap& action) {
    return MessageOf([&] { env.Step(action, &result); });
  };
  EXPECT_THAT(complaint(DriftAction(0, 3)),
              HasSubstr("action of Test/Drift-v0: move.y = 3 is outside [-1, 1] m"));
  EXPECT_THAT(complaint(DriftAction(std::nanf(""))), HasSubstr("move.x"));
  EXPECT_THAT(complaint(DriftAction(0, 0, 2)), HasSubstr("gear = 2 is outside [0, 1]"));
  EXPECT_THAT(complaint({}), HasSubstr("'move' is missing"));
  EXPECT_EQ(env.Save(), before);
  env.Step(DriftAction(0.25f), &result);
  twin.Step(DriftAction(0.25f), &expected);
  EXPECT_TRUE(result.observation.BitEqual(expected.observation));
}

TEST(Env, ClampingActionsIsAChoice) {
  DriftEnv clamped(With(0, 10, true));
  StepResult result;
  clamped.Reset(1, {{"start", Array::Scalar(0.5)}}, &result);
  const ArrayMap action = DriftAction(100, 0, 17);
  clamped.Step(action, &result);
  EXPECT_EQ(Position(result), 2.5);              // x clamped to 2, gear to 1
  EXPECT_EQ(action.at("move").AsDouble(), 100);  // the caller's action is left alone
  EXPECT_THROW(clamped.Step(DriftAction(std::nanf("")), &result), UserError);
}

TEST(Env, FailedResetNeedsAnother) {
  DriftEnv env;
  StepResult result;
  env.Reset(1, &result);
  env.throw_in_reset = true;
  EXPECT_THROW(env.Reset(1, &result), Failure);
  EXPECT_TRUE(env.needs_reset());
  EXPECT_THROW(env.Step(DriftAction(0), &result), UserError);
}

TEST(Env, ResultArraysAreReusedUnlessShared) {
  DriftEnv env(With(0));
  StepResult result;
  env.Reset(1, {{"start", Array::Scalar(0.5)}}, &result);
  const void* storage = result.observation.at("image").data();
  env.Step(DriftAction(0.25f), &result);
  EXPECT_EQ(result.observation.at("image").data(), storage);
  const Array kept = result.observation.at("image");
  const Array copy = kept.Clone();
  env.Step(DriftAction(1), &result);
  EXPECT_TRUE(kept.BitEqual(copy));  // what somebody kept does not change under them
}

TEST(EnvSnapshot, ContinuesExactly) {
  DriftEnv env;
  StepResult result;
  env.Reset(3, &result);
  env.Step(DriftAction(0.25f), &result);
  const std::string bytes = env.Save();
  const auto roll = [&](Env* on) {
    std::vector<double> positions;
    for (int i = 0; i < 5 && !on->needs_reset(); ++i) {
      on->Step(DriftAction(0.01f), &result);
      positions.push_back(Position(result));
    }
    on->Reset(std::nullopt, {}, &result);  // draws go on as well
    positions.push_back(Position(result));
    return positions;
  };
  const std::vector<double> expected = roll(&env);
  env.Load(bytes);
  EXPECT_EQ(env.Save(), bytes);
  EXPECT_EQ(env.episode_steps(), 1);
  EXPECT_EQ(roll(&env), expected);
  DriftEnv fresh;  // was never reset
  fresh.Load(bytes);
  EXPECT_EQ(fresh.Save(), bytes);
  EXPECT_EQ(roll(&fresh), expected);
}

TEST(EnvSnapshot, WithoutRandomStateKeepsTheGenerator) {
  DriftEnv env;
  StepResult result;
  env.Reset(3, &result);
  const std::string state = env.Save(/*with_random=*/false);
  EXPECT_LT(state.size(), env.Save().size());
  const auto step = [&] {
    env.Step(DriftAction(0.01f), &result);
    return Position(result);
  };
  const double first = step();
  env.Load(state);
  EXPECT_NE(step(), first);  // the same place, other luck
  DriftEnv calm(With(0)), still(With(0));
  calm.Reset(3, &result);
  const std::string calm_state = calm.Save(false);
  calm.Step(DriftAction(0.01f), &result);
  const double without_noise = Position(result);
  still.Reset(4, &result);
  still.Load(calm_state);
  still.Step(DriftAction(0.01f), &result);
  EXPECT_EQ(Position(result), without_noise);
}

TEST(EnvSnapshot, RemembersThatTheEpisodeEnded) {
  DriftEnv env(With(0, 1)), other(With(0, 1));
  StepResult result;
  env.Reset(1, &result);
  env.Step(DriftAction(0), &result);
  other.Load(env.Save());
  EXPECT_TRUE(other.needs_reset());
  EXPECT_THROW(other.Step(DriftAction(0), &result), UserError);
  EXPECT_NO_THROW(other.Reset(std::nullopt, {}, &result));
  DriftEnv untouched(With(0, 1));
  other.Load(untouched.Save());
  EXPECT_THROW(other.Reset(std::nullopt, {}, &result), UserError);  // never seeded
}

TEST(EnvSnapshot, RefusesForeignAndDamagedBytes) {
  DriftEnv env, other(With(0.2));
  StepResult result;
  env.Reset(3, &result);
  const std::string bytes = env.Save();
  EXPECT_THAT(MessageOf([&] { other.Load(bytes); }),
              AllOf(HasSubstr("noise 0.1"), HasSubstr("noise 0.2")));
  EXPECT_THAT(MessageOf([&] { env.Load("something else"); }),
              HasSubstr("not an environment snapshot"));
  std::string renamed = bytes;
  renamed.replace(renamed.find("Drift"), 5, "Draft");
  EXPECT_THAT(MessageOf([&] { env.Load(renamed); }),
              HasSubstr("Test/Drift-v0: the snapshot is of Test/Draft-v0"));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(env.Load(bytes.substr(0, length)), UserError) << length;
  }
  EXPECT_THROW(env.Load(bytes + "x"), UserError);
  std::string flipped = bytes;
  flipped[bytes.size() - 12] ^= 1;  // in the state itself
  EXPECT_THAT(MessageOf([&] { env.Load(flipped); }), HasSubstr("damaged"));
  EXPECT_EQ(env.Save(), bytes) << "a refused snapshot changed something";
}

TEST(Env, DefaultsOfWhatIsOptional) {
  class Bare final : public Env {
   public:
    Bare() : Env({.id = "Test/Bare-v0"}) {}

   private:
    void DoReset(const ArrayMap&, StepResult*) override {}
    void DoStep(const ArrayMap&, StepResult*) override {}
    void DoSave(ByteWriter*, bool) const override {}
    void DoLoad(ByteReader*) override {}
  };
  Bare bare;
  EXPECT_TRUE(bare.GetScene().bodies.empty());
  Rng rng;
  ArrayMap action;
  EXPECT_THAT(MessageOf([&] { bare.OracleAction(&rng, &action); }),
              HasSubstr("Test/Bare-v0 has no scripted oracle"));
  EXPECT_THAT(MessageOf([&] { bare.Reading("lives"); }),
              HasSubstr("Test/Bare-v0 has no reading 'lives'"));
  StepResult result;
  EXPECT_THAT(MessageOf([&] {
                bare.Reset(0, {{"x", Array()}}, &result);
              }),
              HasSubstr("it takes none"));
}

TEST(Bytes, RoundTripAndTruncation) {
  ByteWriter out;
  out.Put<uint8_t>(7);
  out.PutString("caw");
  out.PutVector<double>({1.5, -2.5});
  out.Put(true);
  const std::string bytes = out.bytes();
  ByteReader in(bytes);
  EXPECT_EQ(in.Get<uint8_t>(), 7);
  EXPECT_EQ(in.GetString(), "caw");
  EXPECT_EQ(in.GetVector<double>(), (std::vector<double>{1.5, -2.5}));
  EXPECT_TRUE(in.Get<bool>());
  EXPECT_TRUE(in.AtEnd());
  EXPECT_THROW(in.Get<uint8_t>(), UserError);
  // A length that promises more than there is must not allocate it.
  ByteWriter liar;
  liar.Put<uint64_t>(UINT64_MAX);
  ByteReader lied_to(liar.bytes());
  EXPECT_THROW(lied_to.GetVector<double>(), UserError);
  ByteReader lied_to_again(liar.bytes());
  EXPECT_THROW(lied_to_again.GetString(), UserError);
}

}  // namespace
}  // namespace rookery
