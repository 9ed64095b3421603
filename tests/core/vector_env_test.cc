// VectorEnv against the same environments one by one, in every mode and on several threads.
#include "core/vector_env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "core/error.h"
#include "tests/core/drift_env.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kEnvs = 7;

VectorEnv::Factory Drifts(int max_steps = 6) {
  return [max_steps](int) {
    DriftConfig config;
    config.max_steps = max_steps;
    return std::make_unique<DriftEnv>(config);
  };
}

VectorOptions With(Autoreset mode, int threads = 1, int batch_size = 0) {
  return {.threads = threads, .batch_size = batch_size, .autoreset = mode, .pin_threads = true};
}

float MoveOf(int64_t env, int step) {
  return static_cast<float>((env * 5 + step * 3) % 7 - 3) * 0.05f;
}

ArrayMap Moves(std::span<const int64_t> envs, const std::vector<int>& steps) {
  const auto n = static_cast<int64_t>(envs.size());
  ArrayMap action{{"move", Array(DType::kFloat32, {n, 2})}, {"gear", Array(DType::kInt64, {n})}};
  for (size_t i = 0; i < envs.size(); ++i) {
    action.at("move").As<float>()[2 * i] = MoveOf(envs[i], steps[i]);
    action.at("gear").As<int64_t>()[i] = 1;
  }
  return action;
}
ArrayMap Moves(int step) {
  std::vector<int64_t> envs(kEnvs);
  for (int i = 0; i < kEnvs; ++i) envs[static_cast<size_t>(i)] = i;
  return Moves(envs, std::vector<int>(kEnvs, step));
}

double PositionIn(const Batch& batch, size_t row) {
  return batch.observation.at("position").As<double>()[row];
}

// What environment `index` of a vector shows in `steps` steps, worked out with it alone.
struct Expected {
  std::vector<double> position, reward, final_position;
  std::vector<bool> terminated, truncated, ended;
};
Expected Alone(int index, uint64_t seed, Autoreset mode, int steps) {
  DriftConfig config;
  config.max_steps = 6;
  DriftEnv env(config);
  StepResult result;
  Expected out;
  const auto note = [&](double reward, bool terminated, bool truncated, bool ended, double last) {
    out.position.push_back(result.observation.at("position").AsDouble());
    out.reward.push_back(reward);
    out.terminated.push_back(terminated);
    out.truncated.push_back(truncated);
    out.ended.push_back(ended);
    out.final_position.push_back(last);
  };
  env.Reset(seed + static_cast<uint64_t>(index), &result);
  note(0, false, false, false, 0);
  for (int step = 0; step < steps; ++step) {
    if (env.needs_reset()) {  // kNextStep
      env.Reset(std::nullopt, {}, &result);
      note(0, false, false, false, 0);
      continue;
    }
    env.Step(DriftAction(MoveOf(index, step)), &result);
    const StepResult last = result;
    const double position = result.observation.at("position").AsDouble();
    const bool ended = mode == Autoreset::kSameStep && last.done();
    if (ended) env.Reset(std::nullopt, {}, &result);
    note(last.reward, last.terminated, last.truncated, ended, ended ? position : 0);
  }
  return out;
}

class Modes : public ::testing::TestWithParam<std::tuple<Autoreset, int>> {};
INSTANTIATE_TEST_SUITE_P(VectorEnv, Modes,
                         ::testing::Combine(::testing::Values(Autoreset::kNextStep,
                                                              Autoreset::kSameStep),
                                            ::testing::Values(1, 2, 5)));

TEST_P(Modes, EqualsTheEnvironmentsAlone) {
  const auto [mode, threads] = GetParam();
  constexpr int kSteps = 60;
  VectorEnv vector(kEnvs, Drifts(), With(mode, threads));
  std::vector<Expected> expected;
  for (int i = 0; i < kEnvs; ++i) expected.push_back(Alone(i, 100, mode, kSteps));
  const Batch* batch = &vector.Reset(100);
  int ends = 0;
  for (int step = 0; step <= kSteps; ++step) {
    if (step > 0) batch = &vector.Step(Moves(step - 1));
    const auto t = static_cast<size_t>(step);
    for (size_t i = 0; i < kEnvs; ++i) {
      EXPECT_EQ(PositionIn(*batch, i), expected[i].position[t]) << "step " << step;
      EXPECT_EQ(batch->reward.As<double>()[i], expected[i].reward[t]);
      EXPECT_EQ(batch->terminated.As<bool>()[i], expected[i].terminated[t]);
      EXPECT_EQ(batch->truncated.As<bool>()[i], expected[i].truncated[t]);
      EXPECT_EQ(batch->ended.As<bool>()[i], expected[i].ended[t]);
      if (expected[i].ended[t]) {
        EXPECT_EQ(batch->final_observation.at("position").As<double>()[i],
                  expected[i].final_position[t]);
      }
      ends += expected[i].terminated[t] || expected[i].truncated[t];
    }
  }
  EXPECT_GT(ends, kEnvs) << "the test should see several episodes";
}

// Steps that take long enough are shared, whatever the first ones took.
TEST(VectorEnv, LongStepsAreTakenOnSeveralThreads) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kNextStep, 3));
  std::vector<Expected> expected;
  for (int i = 0; i < kEnvs; ++i) expected.push_back(Alone(i, 100, Autoreset::kNextStep, 400));
  vector.Reset(100);
  std::set<std::thread::id> threads;
  for (int step = 0; step < 400; ++step) {
    const Batch& batch = vector.Step(Moves(step));
    for (int i = 0; i < kEnvs; ++i) {
      const auto env = static_cast<size_t>(i);
      EXPECT_EQ(PositionIn(batch, env), expected[env].position[static_cast<size_t>(step) + 1]);
      auto& drift = dynamic_cast<DriftEnv&>(vector.env(i));
      if (drift.work.count() > 0) threads.insert(drift.stepped_by);
      if (step >= 100) drift.work = std::chrono::microseconds(30);
    }
  }
  EXPECT_GT(threads.size(), 1u);
}

TEST(VectorEnv, DisabledLeavesResetsToTheCaller) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kDisabled, 2));
  const Batch* batch = &vector.Reset(100);
  int step = 0;
  do {
    batch = &vector.Step(Moves(step++));
  } while (std::none_of(batch->truncated.As<bool>().begin(), batch->truncated.As<bool>().end(),
                        [](bool b) { return b; }) &&
           std::none_of(batch->terminated.As<bool>().begin(), batch->terminated.As<bool>().end(),
                        [](bool b) { return b; }));
  EXPECT_THAT(MessageOf([&] { vector.Step(Moves(step)); }),
              HasSubstr("has ended; Reset it, by a mask, before the next Step"));
  bool mask[kEnvs];
  std::vector<double> before;
  for (size_t i = 0; i < kEnvs; ++i) {
    mask[i] = batch->truncated.As<bool>()[i] || batch->terminated.As<bool>()[i];
    before.push_back(PositionIn(*batch, i));
  }
  batch = &vector.Reset({}, {}, mask);
  for (size_t i = 0; i < kEnvs; ++i) EXPECT_EQ(PositionIn(*batch, i) != before[i], mask[i]);
  EXPECT_NO_THROW(vector.Step(Moves(step)));
  const bool none[kEnvs] = {};
  EXPECT_THAT(MessageOf([&] { vector.Reset({}, {}, none); }), HasSubstr("names no environment"));
  EXPECT_THAT(MessageOf([&] { vector.Reset({}, {}, std::span(mask, 2)); }),
              HasSubstr("a reset mask of 2 for 7 environments"));
}

TEST(VectorEnv, SeedsAreNoneOneOrOneForEach) {
  VectorEnv vector(kEnvs, Drifts(), {});
  const std::vector<uint64_t> seeds = {5, 6, 7, 8, 9, 10, 11};
  const Array counted = vector.Reset(5).observation.at("position").Clone();
  const Array listed = vector.Reset(seeds).observation.at("position").Clone();
  EXPECT_TRUE(counted.BitEqual(listed));
  EXPECT_FALSE(vector.Reset().observation.at("position").BitEqual(listed));
  EXPECT_THAT(MessageOf([&] { vector.Reset(std::span(seeds).first(3)); }),
              HasSubstr("3 seeds for 7 environments"));
  VectorEnv fresh(kEnvs, Drifts(), {});
  EXPECT_THAT(MessageOf([&] { fresh.Reset(); }), HasSubstr("environment 0 of 7: "));
}

TEST(VectorEnv, OptionsGoToEachEnvironment) {
  VectorEnv vector(kEnvs, Drifts(), {});
  const uint64_t seed = 1;
  std::vector<ArrayMap> options = {{{"start", Array::Scalar(0.25)}}};
  const Batch& same = vector.Reset(std::span(&seed, 1), options);
  for (size_t i = 0; i < kEnvs; ++i) EXPECT_EQ(PositionIn(same, i), 0.25);
  options.push_back(options.front());
  EXPECT_THAT(MessageOf([&] { vector.Reset(std::span(&seed, 1), options); }),
              HasSubstr("2 maps of reset options for 7 environments"));
  options.clear();
  for (size_t i = 0; i < kEnvs; ++i) {
    options.push_back({{"start", Array::Scalar(0.125 * static_cast<double>(i))}});
  }
  const Batch& each = vector.Reset(std::span(&seed, 1), options);
  for (size_t i = 0; i < kEnvs; ++i) EXPECT_EQ(PositionIn(each, i), 0.125 * static_cast<double>(i));
}

TEST(VectorEnv, OneThatThrowsIsNamedAndTheOthersGoOn) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kNextStep, 2));
  VectorEnv twin(kEnvs, Drifts(), With(Autoreset::kNextStep));
  vector.Reset(1);
  twin.Reset(1);
  ArrayMap bad = Moves(0);
  bad.at("move").As<float>()[2 * 4] = 3;  // out of bounds, environment 4
  EXPECT_THAT(MessageOf([&] { vector.Step(bad); }),
              HasSubstr("environment 4 of 7: action of Test/Drift-v0: move.x = 3 is outside"));
  twin.Step(Moves(0));
  const Batch &now = vector.Step(Moves(1)), &expected = twin.Step(Moves(1));
  for (size_t i = 0; i < kEnvs; ++i) {
    EXPECT_EQ(PositionIn(now, i) == PositionIn(expected, i), i != 4);
  }
  // Arrays that do not fit change nothing.
  const std::string before = vector.Save();
  EXPECT_THAT(MessageOf([&] { vector.Step(DriftAction(0)); }),
              HasSubstr("'move' is float32 (2), expected float32 (7, 2)"));
  ArrayMap lacking = Moves(0);
  lacking.Erase("gear");
  EXPECT_THAT(MessageOf([&] { vector.Step(lacking); }), HasSubstr("array 'gear' is missing"));
  EXPECT_EQ(vector.Save(), before);
}

TEST(VectorEnv, ABrokenResetIsTriedAgain) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kNextStep, 2));
  vector.Reset(1);
  auto& broken = dynamic_cast<DriftEnv&>(vector.env(2));
  broken.throw_in_reset = true;
  const auto until_error = [&] {
    for (int step = 0; step < 20; ++step) vector.Step(Moves(step));
  };
  EXPECT_THAT(MessageOf<Failure>(until_error), HasSubstr("environment 2 of 7: no ground"));
  EXPECT_THAT(MessageOf<Failure>(until_error), HasSubstr("environment 2 of 7: no ground"));
  broken.throw_in_reset = false;
  EXPECT_NO_THROW(until_error());
}

TEST(VectorEnv, ResultsThatSomebodyHoldsAreKept) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kSameStep));
  const void* first = vector.Reset(1).observation.at("position").data();
  EXPECT_EQ(vector.Step(Moves(0)).observation.at("position").data(), first) << "reused";
  const Array held = vector.Step(Moves(1)).observation.at("position");
  const Array copy = held.Clone();
  for (int step = 2; step < 10; ++step) {
    EXPECT_NE(vector.Step(Moves(step)).observation.at("position").data(), held.data());
  }
  EXPECT_TRUE(held.BitEqual(copy));
}

TEST(VectorEnv, SnapshotsContinueExactly) {
  for (const Autoreset mode : {Autoreset::kNextStep, Autoreset::kSameStep}) {
    VectorEnv vector(kEnvs, Drifts(), With(mode, 2));
    vector.Reset(3);
    for (int step = 0; step < 15; ++step) vector.Step(Moves(step));
    const std::string saved = vector.Save();
    std::vector<Array> expected;
    for (int step = 0; step < 15; ++step) {
      expected.push_back(vector.Step(Moves(step)).observation.at("position").Clone());
    }
    VectorEnv other(kEnvs, Drifts(), With(mode));
    other.Load(saved);
    for (int step = 0; step < 15; ++step) {
      EXPECT_TRUE(other.Step(Moves(step))
                      .observation.at("position")
                      .BitEqual(expected[static_cast<size_t>(step)]));
    }
    VectorEnv fewer(2, Drifts(), {});
    EXPECT_THAT(MessageOf([&] { fewer.Load(saved); }),
                HasSubstr("the snapshot is of 7 environments, there are 2"));
  }
}

// Whatever comes first: every environment goes its own way.
TEST(VectorEnv, SendAndRecvGiveEachEnvironmentItsOwnTrace) {
  for (const int batch_size : {1, 3, 7}) {
    VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kNextStep, 3, batch_size));
    constexpr int kSteps = 40;
    std::vector<Expected> expected;
    for (int i = 0; i < kEnvs; ++i) expected.push_back(Alone(i, 100, Autoreset::kNextStep, kSteps));
    std::map<int64_t, int> seen;
    const uint64_t seed = 100;
    vector.SendReset(std::span(&seed, 1));
    for (int total = 0; total < kEnvs * kSteps - kEnvs * 2;) {
      const Batch& batch = vector.Recv();
      const auto ids = batch.env_id.As<int64_t>();
      ASSERT_EQ(ids.size(), static_cast<size_t>(batch_size));
      std::vector<int64_t> again(ids.begin(), ids.end());
      std::vector<int> steps;
      for (size_t row = 0; row < ids.size(); ++row) {
        const auto t = static_cast<size_t>(seen[ids[row]]++);
        ASSERT_LT(t, kSteps);
        EXPECT_EQ(PositionIn(batch, row), expected[static_cast<size_t>(ids[row])].position[t]);
        EXPECT_EQ(batch.truncated.As<bool>()[row],
                  expected[static_cast<size_t>(ids[row])].truncated[t]);
        steps.push_back(static_cast<int>(t));
        ++total;
      }
      // Those that are ahead wait, so that none gets more steps than were worked out.
      if (std::any_of(seen.begin(), seen.end(), [](auto& s) { return s.second >= kSteps; })) break;
      vector.Send(Moves(again, steps), again);
    }
  }
}

TEST(VectorEnv, MisuseOfSendAndRecvIsNamed) {
  VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kNextStep, 2, 3));
  EXPECT_THAT(MessageOf([&] { vector.Recv(); }),
              HasSubstr("a batch of 3 is wanted, but only 0 environments were sent"));
  vector.SendReset(std::vector<uint64_t>{1});
  EXPECT_THAT(MessageOf([&] { vector.Reset(1); }), HasSubstr("call Recv first"));
  EXPECT_THAT(MessageOf([&] { vector.Save(); }), HasSubstr("call Recv first"));
  const Batch& batch = vector.Recv();
  const int64_t id = batch.env_id.As<int64_t>()[0];
  const std::vector<int64_t> twice = {id, id}, outside = {7};
  std::vector<int64_t> pending;
  for (int64_t i = 0; i < kEnvs && pending.empty(); ++i) {
    const auto ids = batch.env_id.As<int64_t>();
    if (std::find(ids.begin(), ids.end(), i) == ids.end()) pending = {i};
  }
  EXPECT_THAT(MessageOf([&] {
                vector.Send(Moves(twice, {0, 0}), twice);
              }),
              HasSubstr("named twice"));
  EXPECT_THAT(MessageOf([&] { vector.Send(Moves(outside, {0}), outside); }),
              HasSubstr("environment 7 is outside [0, 6]"));
  EXPECT_THAT(MessageOf([&] { vector.Send(Moves(pending, {0}), pending); }),
              HasSubstr("is still to be received"));
}

// The sanitizers watch what workers touch after that.
TEST(VectorEnv, ClosingWhileEnvironmentsAreStepping) {
  for (int round = 0; round < 50; ++round) {
    VectorEnv vector(kEnvs, Drifts(), With(Autoreset::kSameStep, 3, 2));
    vector.SendReset(std::vector<uint64_t>{1});
    if (round % 2 == 0) continue;
    const auto ids = vector.Recv().env_id.As<int64_t>();
    const std::vector<int64_t> again(ids.begin(), ids.end());
    vector.Send(Moves(again, {0, 0}), again);
  }
}

TEST(VectorEnv, ErrorsComeThroughRecvOnce) {
  VectorEnv vector(3, Drifts(), With(Autoreset::kNextStep, 2, 3));
  vector.SendReset(std::vector<uint64_t>{1});
  vector.Recv();
  const std::vector<int64_t> all = {0, 1, 2};
  ArrayMap action = Moves(all, {0, 0, 0});
  action.at("move").As<float>()[2] = 9;
  vector.Send(action, all);
  EXPECT_THAT(MessageOf([&] { vector.Recv(); }), HasSubstr("environment 1 of 3: action of"));
  const std::vector<int64_t> one = {1};
  vector.Send(Moves(one, {0}), one);
  std::set<int64_t> ids;
  const Batch& batch = vector.Recv();
  for (const int64_t id : batch.env_id.As<int64_t>()) ids.insert(id);
  EXPECT_EQ(ids.size(), 3u);
}

TEST(VectorEnv, RefusesWhatCannotBe) {
  EXPECT_THAT(MessageOf([] { VectorEnv(0, Drifts(), {}); }), HasSubstr("outside [1, "));
  EXPECT_THAT(MessageOf([] { VectorEnv(3, Drifts(), With(Autoreset::kNextStep, 1, 4)); }),
              HasSubstr("batch_size = 4 is outside [0, 3]"));
  EXPECT_THAT(MessageOf([] { VectorEnv(3, Drifts(), With(Autoreset::kNextStep, 0)); }),
              HasSubstr("threads = 0"));
  const auto mixed = [](int i) -> std::unique_ptr<Env> {
    if (i < 2) return std::make_unique<DriftEnv>();
    class Other final : public Env {
     public:
      Other() : Env({.id = "Test/Other-v0"}) {}
      void DoReset(const ArrayMap&, StepResult*) override {}
      void DoStep(const ArrayMap&, StepResult*) override {}
      void DoSave(ByteWriter*, bool) const override {}
      void DoLoad(ByteReader*) override {}
    };
    return std::make_unique<Other>();
  };
  const std::string message = MessageOf([&] { VectorEnv(3, mixed, {}); });
  EXPECT_THAT(message, HasSubstr("environment 2 differs from the first"));
  EXPECT_THAT(message, HasSubstr("Test/Drift-v0"));
  EXPECT_THAT(message, HasSubstr("Test/Other-v0"));
  EXPECT_THAT(MessageOf([] { AutoresetFromName("samestep"); }), HasSubstr("same_step"));
}

}  // namespace
}  // namespace rookery::testing
