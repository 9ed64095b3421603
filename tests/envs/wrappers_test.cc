// Wrappers: what each does, that they can be put together as data, and that snapshots, seeds and
// traces pass through all of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "core/episode.h"
#include "core/episode_store.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/step_loop.h"
#include "tests/temp_folder.h"

namespace rookery::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Counts: state is (n, 10 n, noise), image shows n in every pixel but differs between pixels.
class Counter final : public Env {
 public:
  explicit Counter(const EmptyConfig&) : Env(MakeSpec()) {}

 private:
  static EnvSpec MakeSpec() {
    return {.id = "Test/Counter-v0",
            .observation = {{.name = "state",
                             .dtype = DType::kFloat64,
                             .shape = {3},
                             .description = "count",
                             .elements = {"one", "ten", "noise"}},
                            {.name = "image",
                             .dtype = DType::kUInt8,
                             .shape = {8, 12, 3},
                             .low = {0},
                             .high = {255},
                             .description = "picture"}},
            .action = {{.name = "action",
                        .dtype = DType::kInt64,
                        .shape = {},
                        .low = {0},
                        .high = {5},
                        .description = "added",
                        .discrete = true}},
            .info = {{.name = "count", .dtype = DType::kInt64, .shape = {}, .description = "n"},
                     {.name = "draw", .dtype = DType::kFloat64, .shape = {}, .description = "u"}},
            .reward_low = 0,
            .reward_high = 5,
            .max_steps = 12};
  }
  void DoReset(const ArrayMap&, StepResult* out) override {
    count_ = 0;
    Write(out);
  }
  void DoStep(const ArrayMap& action, StepResult* out) override {
    count_ += action.at("action").As<int64_t>()[0];
    out->reward = action.at("action").AsDouble();
    Write(out);
  }
  void Write(StepResult* out) {
    const auto state = out->observation.Ensure("state", DType::kFloat64, {3}).As<double>();
    state[0] = static_cast<double>(count_);
    state[1] = 10 * static_cast<double>(count_);
    const double draw = rng().Uniform();
    state[2] = draw;
    const auto image = out->observation.Ensure("image", DType::kUInt8, {8, 12, 3}).As<uint8_t>();
    for (size_t i = 0; i < image.size(); ++i) {
      image[i] = static_cast<uint8_t>((static_cast<size_t>(count_) + 7 * i) % 251);
    }
    out->info.Ensure("count", DType::kInt64, {}).As<int64_t>()[0] = count_;
    out->info.Ensure("draw", DType::kFloat64, {}).As<double>()[0] = draw;
  }
  void DoSave(ByteWriter* out, bool) const override { out->Put(count_); }
  void DoLoad(ByteReader* in) override { count_ = in->Get<int64_t>(); }

  int64_t count_ = 0;
};
ROOKERY_REGISTER_ENV(
    Counter, EmptyConfig,
    {.id = "Test/Counter-v0", .summary = "counts", .source = "own", .world = "wrappers"});

std::unique_ptr<Env> Make(const std::string& wrap) {
  return MakeEnv("Test/Counter-v0", {"wrap=" + wrap});
}
ArrayMap Add(int64_t n) { return {{"action", Array::Scalar<int64_t>(n)}}; }
std::vector<double> State(const StepResult& result) {
  const Array& array = result.observation.at("state");
  std::vector<double> out;
  for (int64_t i = 0; i < array.size(); ++i) out.push_back(array.AsDouble(i));
  return out;
}
template <typename Body>
std::string Complaint(Body body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

// ---- all of them
// ---------------------------------------------------------------------------------

class EveryWrapper : public ::testing::TestWithParam<std::string> {
 protected:
  // With what a wrapper cannot do without.
  std::string Text() const {
    if (GetParam() == "record") return "record:folder=" + folder_.path() + "/episodes";
    if (GetParam() == "patch_occlude") return "patch_occlude:patch=2";
    return GetParam();
  }
  TempFolder folder_;
};
std::vector<std::string> WrapperNames() {
  std::vector<std::string> names;
  for (const WrapperEntry* entry : ListWrappers()) names.push_back(entry->name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Wrappers, EveryWrapper, ::testing::ValuesIn(WrapperNames()),
                         [](const auto& name) { return name.param; });

std::vector<uint64_t> Hashes(Env* env, int steps) {
  std::vector<uint64_t> out;
  StepResult result;
  for (int i = 0; i < steps; ++i) {
    if (env->needs_reset())
      env->Reset(std::nullopt, {}, &result);
    else
      env->Step(Add(i % 6), &result);
    out.push_back(HashStep(result));
    env->spec().observation.Validate(result.observation, "observation");
    env->spec().info.Validate(result.info, "info");
    EXPECT_EQ(result.observation.Names(), env->spec().observation.Names());
    EXPECT_EQ(result.info.Names(), env->spec().info.Names());
    EXPECT_GE(result.reward, env->spec().reward_low);
    EXPECT_LE(result.reward, env->spec().reward_high);
  }
  return out;
}

TEST_P(EveryWrapper, FitsItsSpecificationAndRepeatsItself) {
  StepResult result;
  std::vector<uint64_t> first;
  for (int repeat = 0; repeat < 2; ++repeat) {
    const std::unique_ptr<Env> env = Make(Text());
    env->Reset(3, &result);
    const std::vector<uint64_t> hashes = Hashes(env.get(), 30);
    if (repeat == 0) first = hashes;
    EXPECT_EQ(hashes, first);
  }
}

TEST_P(EveryWrapper, EarlierEpisodesHaveNoSay) {
  const std::unique_ptr<Env> env = Make(Text());
  StepResult result;
  std::vector<std::vector<uint64_t>> traces;
  for (const uint64_t seed : {3, 4, 3}) {
    env->Reset(seed, &result);
    traces.push_back({HashStep(result)});
    for (const uint64_t hash : Hashes(env.get(), 30)) traces.back().push_back(hash);
  }
  EXPECT_EQ(traces[0], traces[2]);
  EXPECT_NE(traces[0], traces[1]);
}

TEST_P(EveryWrapper, SnapshotsContinueExactly) {
  const std::unique_ptr<Env> env = Make(Text());
  StepResult result;
  env->Reset(3, &result);
  Hashes(env.get(), 5);
  const std::string saved = env->Save();
  const std::vector<uint64_t> expected = Hashes(env.get(), 30);
  env->Load(saved);
  EXPECT_EQ(env->Save(), saved);
  EXPECT_EQ(Hashes(env.get(), 30), expected);
}

TEST_P(EveryWrapper, DrawsNothingFromTheEnvironment) {
  const std::unique_ptr<Env> env = Make(Text()), bare = MakeEnv("Test/Counter-v0");
  StepResult result, expected;
  env->Reset(3, &result);
  bare->Reset(3, &expected);
  EXPECT_EQ(result.info.at("draw").AsDouble(), expected.info.at("draw").AsDouble());
  env->Step(Add(1), &result);
  while (expected.info.at("count").AsDouble() < result.info.at("count").AsDouble()) {
    bare->Step(Add(1), &expected);
  }
  EXPECT_EQ(result.info.at("draw").AsDouble(), expected.info.at("draw").AsDouble());
}

// ---- each
// ----------------------------------------------------------------------------------------

TEST(Wrappers, TimeLimitShortensAndLengthens) {
  for (const int limit : {5, 40}) {
    const std::unique_ptr<Env> env = Make("time_limit:steps=" + std::to_string(limit));
    EXPECT_EQ(env->spec().max_steps, limit);
    StepResult result;
    env->Reset(1, &result);
    while (!result.done()) env->Step(Add(1), &result);
    EXPECT_EQ(env->episode_steps(), limit);
    EXPECT_TRUE(result.truncated);
    EXPECT_FALSE(result.terminated);
  }
}

TEST(Wrappers, ActionRepeatAddsRewardsAndStopsAtTheEnd) {
  const std::unique_ptr<Env> env = Make("action_repeat:times=5");
  EXPECT_EQ(env->spec().max_steps, 3);
  StepResult result;
  env->Reset(1, &result);
  env->Step(Add(2), &result);
  EXPECT_EQ(result.reward, 10);
  EXPECT_EQ(State(result)[0], 10);
  env->Step(Add(1), &result);
  EXPECT_FALSE(result.done());
  env->Step(Add(1), &result);
  EXPECT_EQ(result.reward, 2);  // the environment ended after 12 steps
  EXPECT_TRUE(result.truncated);
}

TEST(Wrappers, FrameStackKeepsTheOldestFirst) {
  const std::unique_ptr<Env> env = Make("frame_stack:frames=3,array=state"),
                             zero = Make("frame_stack:frames=3,array=state,padding=zero");
  EXPECT_THAT(env->spec().observation.at("state").shape, ElementsAre(3, 3));
  StepResult result;
  for (Env* one : {env.get(), zero.get()}) {
    one->Reset(1, &result);
    one->Step(Add(2), &result);
    one->Step(Add(3), &result);
    const std::vector<double> state = State(result);
    EXPECT_EQ(state[0], 0);
    EXPECT_EQ(state[3], 2);
    EXPECT_EQ(state[6], 5);
  }
  zero->Reset(1, &result);
  EXPECT_EQ(State(result)[2], 0);  // the noise of the first observation is not there
  env->Reset(1, &result);
  EXPECT_EQ(State(result)[2], State(result)[8]);
}

TEST(Wrappers, RewardsAreClippedSquashedAndSigned) {
  StepResult result;
  const auto reward = [&](const std::string& wrap, int64_t action) {
    const std::unique_ptr<Env> env = Make(wrap);
    env->Reset(1, &result);
    env->Step(Add(action), &result);
    return result.reward;
  };
  EXPECT_EQ(reward("reward:low=0,high=2", 5), 2);
  EXPECT_EQ(reward("reward:mode=tanh,factor=0.5", 3), std::tanh(1.5));
  EXPECT_EQ(reward("reward:mode=sign", 4), 1);
  EXPECT_EQ(reward("reward:mode=sign", 0), 0);
}

TEST(Wrappers, NoiseIsAppendedFreshEveryStep) {
  const std::unique_ptr<Env> env = Make("sensor_noise:channels=2000,sd=0.1");
  StepResult result;
  env->Reset(1, &result);
  const std::vector<double> first = State(result);
  env->Step(Add(1), &result);
  const std::vector<double> second = State(result);
  EXPECT_EQ(second[1], 10);
  double sum = 0, squares = 0;
  for (size_t i = 3; i < second.size(); ++i) {
    EXPECT_NE(first[i], second[i]);
    sum += second[i];
    squares += second[i] * second[i];
  }
  EXPECT_NEAR(sum / 2000, 0, 0.01);
  EXPECT_NEAR(std::sqrt(squares / 2000), 0.1, 0.01);
}

TEST(Wrappers, ShufflingMovesSensorsAndSaysHow) {
  const std::unique_ptr<Env> env = Make("sensor_duplicate:copies=3+sensor_shuffle:every=4");
  StepResult result;
  env->Reset(1, &result);
  std::set<std::vector<int64_t>> orders;
  for (int step = 0; step < 12; ++step) {
    const auto order = result.info.at("sensor_order").As<int64_t>();
    orders.insert({order.begin(), order.end()});
    const std::vector<double> state = State(result);
    const double count = result.info.at("count").AsDouble();
    for (size_t i = 0; i < 9; ++i) {
      const int64_t kind = order[i] % 3;
      if (kind < 2) {
        EXPECT_EQ(state[i], kind == 0 ? count : 10 * count);
      }
    }
    env->Step(Add(1), &result);
  }
  EXPECT_EQ(orders.size(), 3u);  // new at the reset, after 4 and after 8 steps
}

TEST(Wrappers, OneOrderForEver) {
  const std::unique_ptr<Env> given = Make("sensor_shuffle:order=2-0-1");
  StepResult result;
  given->Reset(1, &result);
  given->Step(Add(4), &result);
  EXPECT_EQ(State(result)[1], 4);
  EXPECT_EQ(State(result)[2], 40);
  std::set<std::vector<int64_t>> orders;
  const std::unique_ptr<Env> drawn = Make("sensor_shuffle:seed=5");
  for (uint64_t seed = 0; seed < 5; ++seed) {
    drawn->Reset(seed, &result);
    const auto order = result.info.at("sensor_order").As<int64_t>();
    orders.insert({order.begin(), order.end()});
  }
  EXPECT_EQ(orders.size(), 1u);
}

TEST(Wrappers, PatchesMoveAsWholesInEveryFrameOfAStack) {
  const std::unique_ptr<Env> env =
      Make("grayscale+frame_stack:frames=9,array=image+sensor_shuffle:patch=4,array=image");
  const std::unique_ptr<Env> plain = Make("grayscale+frame_stack:frames=9,array=image");
  EXPECT_THAT(env->spec().observation.at("image").shape, ElementsAre(9, 8, 12));
  StepResult shuffled, straight;
  env->Reset(2, &shuffled);
  plain->Reset(2, &straight);
  env->Step(Add(3), &shuffled);
  plain->Step(Add(3), &straight);
  const auto order = shuffled.info.at("sensor_order").As<int64_t>();
  ASSERT_EQ(order.size(), 6u);
  const auto a = shuffled.observation.at("image").As<uint8_t>();
  const auto b = straight.observation.at("image").As<uint8_t>();
  for (size_t k = 0; k < 9; ++k) {
    for (size_t y = 0; y < 8; ++y) {
      for (size_t x = 0; x < 12; ++x) {
        const auto from = static_cast<size_t>(order[y / 4 * 3 + x / 4]);
        EXPECT_EQ(a[(k * 8 + y) * 12 + x],
                  b[(k * 8 + from / 3 * 4 + y % 4) * 12 + from % 3 * 4 + x % 4]);
      }
    }
  }
}

TEST(Wrappers, OcclusionHidesItsShareForAnEpisode) {
  const std::unique_ptr<Env> env = Make("patch_occlude:patch=2,ratio=0.7");
  StepResult result;
  env->Reset(2, &result);
  env->Step(Add(1), &result);
  const auto hidden = result.info.at("patch_hidden").As<bool>();
  ASSERT_EQ(hidden.size(), 24u);
  EXPECT_EQ(std::count(hidden.begin(), hidden.end(), true), 16);
  const auto image = result.observation.at("image").As<uint8_t>();
  for (size_t y = 0; y < 8; ++y) {
    for (size_t x = 0; x < 12; ++x) {
      const size_t i = (y * 12 + x) * 3;
      const bool black = image[i] == 0 && image[i + 1] == 0 && image[i + 2] == 0;
      EXPECT_EQ(black, hidden[y / 2 * 6 + x / 2]);
    }
  }
}

TEST(Wrappers, ImagesBecomeGreyAndSmall) {
  const std::unique_ptr<Env> env = Make("grayscale:weights=opencv+resize:width=6,height=4");
  const std::unique_ptr<Env> plain = MakeEnv("Test/Counter-v0");
  EXPECT_THAT(env->spec().observation.at("image").shape, ElementsAre(4, 6));
  StepResult small, large;
  env->Reset(2, &small);
  plain->Reset(2, &large);
  const auto rgb = large.observation.at("image").As<uint8_t>();
  const auto grey = [&](size_t y, size_t x) {
    const size_t i = (y * 12 + x) * 3;
    return std::round(0.299 * rgb[i] + 0.587 * rgb[i + 1] + 0.114 * rgb[i + 2]);
  };
  const double mean = (grey(2, 4) + grey(2, 5) + grey(3, 4) + grey(3, 5)) / 4;
  EXPECT_NEAR(small.observation.at("image").As<uint8_t>()[1 * 6 + 2], mean, 1);
}

// Of (238, 245, 1): 225.9 by the one, 215.1 by the other.
TEST(Wrappers, GreyByTwoRules) {
  StepResult result;
  const std::unique_ptr<Env> cut = Make("grayscale"), rounded = Make("grayscale:weights=opencv");
  cut->Reset(1, &result);
  for (const int n : {4, 3}) cut->Step(Add(n), &result);
  EXPECT_EQ(result.observation.at("image").As<uint8_t>()[11], 225);
  rounded->Reset(1, &result);
  for (const int n : {4, 3}) rounded->Step(Add(n), &result);
  EXPECT_EQ(result.observation.at("image").As<uint8_t>()[11], 215);
}

TEST(Wrappers, OrdersOfTwoShufflesAreOne) {
  const std::unique_ptr<Env> env = Make("sensor_shuffle:order=2-0-1+sensor_shuffle:order=1-0-2"),
                             bare = Make("");
  StepResult result, plain;
  env->Reset(3, &result);
  bare->Reset(3, &plain);
  env->Step(Add(1), &result);  // into results that are used again
  bare->Step(Add(1), &plain);
  const auto order = result.info.at("sensor_order").As<int64_t>();
  EXPECT_THAT(std::vector<int64_t>(order.begin(), order.end()), ElementsAre(0, 2, 1));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(State(result)[i], State(plain)[static_cast<size_t>(order[i])]);
  }
}

TEST(Wrappers, NoiseMayBeMixedIn) {
  const std::unique_ptr<Env> env = Make("sensor_noise:channels=4,sd=0,mix=true");
  std::set<std::vector<int64_t>> places;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    StepResult result;
    env->Reset(seed, &result);
    env->Step(Add(5), &result);
    const auto at = result.info.at("noise_at").As<int64_t>();
    places.insert({at.begin(), at.end()});
    const std::vector<double> state = State(result);
    ASSERT_EQ(state.size(), 7u);
    for (const int64_t place : at) EXPECT_EQ(state[static_cast<size_t>(place)], 0);
    EXPECT_EQ(std::count(state.begin(), state.end(), 5), 1);
    EXPECT_EQ(std::count(state.begin(), state.end(), 50), 1);
  }
  EXPECT_GT(places.size(), 4u);
}

TEST(Wrappers, NormalisingGivesZeroMeanAndUnitVariance) {
  const std::unique_ptr<Env> env = Make("time_limit:steps=0+normalize:array=state");
  StepResult result;
  env->Reset(2, &result);
  double sum = 0, squares = 0;
  for (int i = 0; i < 2000; ++i) {
    env->Step(Add(i % 6), &result);
    if (i < 1000) continue;
    sum += State(result)[2];
    squares += State(result)[2] * State(result)[2];
  }
  EXPECT_NEAR(sum / 1000, 0, 0.1);
  EXPECT_NEAR(squares / 1000, 1, 0.1);
}

TEST(Wrappers, RecordedEpisodesReplay) {
  const TempFolder folder;
  const std::string path = folder.path() + "/episodes";
  {
    const std::unique_ptr<Env> env =
        Make("sensor_noise:channels=2+record:folder=" + path + ",every=2");
    StepResult result;
    env->Reset(7, &result);
    for (int i = 0; i < 13 * 4; ++i) {
      if (env->needs_reset())
        env->Reset(std::nullopt, {}, &result);
      else
        env->Step(Add(i % 6), &result);
    }
  }
  const EpisodeStore store(path);
  ASSERT_EQ(store.size(), 2);
  EXPECT_EQ(store.Read(0).seed, 7u);
  for (int64_t i = 0; i < 2; ++i) {
    const Episode episode = store.Read(i);
    EXPECT_EQ(episode.env_config, R"({"wrap":"sensor_noise:channels=2"})");
    const std::unique_ptr<Env> env = Make("sensor_noise:channels=2");
    EXPECT_EQ(ReplayDifference(env.get(), episode), "");
  }
}

TEST(Wrappers, MistakesAreNamed) {
  EXPECT_THAT(Complaint([] { Make("sensor_shufle"); }),
              HasSubstr("unknown wrapper 'sensor_shufle'; did you mean sensor_shuffle?"));
  EXPECT_THAT(Complaint([] { Make("frame_stack:frame=4"); }),
              HasSubstr("unknown setting 'frame' for wrapper frame_stack (did you mean frames?)"));
  EXPECT_THAT(Complaint([] { Make("frame_stack:frames=0"); }), HasSubstr("outside [1, 1000]"));
  EXPECT_THAT(
      Complaint([] { Make("sensor_shuffle:patch=5,array=image"); }),
      HasSubstr("patches of 5 pixels do not fill an image of 12 x 8; these would: 1, 2, 4"));
  EXPECT_THAT(
      Complaint([] { Make("sensor_noise:array=image"); }),
      HasSubstr("observation 'image' is uint8 (8, 12, 3), expected vector of real numbers"));
  EXPECT_THAT(Complaint([] { Make("sensor_noise:array=stat"); }), HasSubstr("did you mean state"));
  EXPECT_THAT(Complaint([] { Make("grayscale+grayscale"); }), HasSubstr("no colour image among"));
  EXPECT_THAT(Complaint([] { Make("sensor_shuffle:order=0-1-1"); }),
              HasSubstr("order = 0-1-1 is not the numbers from 0 to 2"));
  EXPECT_THAT(Complaint([] { Make("patch_occlude:patch=2,ratio=1"); }),
              HasSubstr("hides everything"));
  EXPECT_THAT(Complaint([] { Make("record"); }), HasSubstr("folder is missing"));
}

}  // namespace
}  // namespace rookery::testing
