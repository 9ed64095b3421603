// The Atari plugin: options and their errors, recorded traces, snapshots, what is seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/error.h"
#include "core/plugins.h"
#include "core/registry.h"
#include "core/rng.h"
#include "envs/atari/pixels.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;

uint32_t Crc(const Array& array) {
  return static_cast<uint32_t>(
      crc32(0, static_cast<const Bytef*>(array.data()), static_cast<uInt>(array.nbytes())));
}

std::string Complaint(const std::string& id, const std::vector<std::string>& settings) {
  try {
    MakeEnv(id, settings);
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

class Atari : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto envs = ListEnvs();
    if (std::none_of(envs.begin(), envs.end(),
                     [](const EnvEntry* entry) { return entry->world == "atari"; })) {
      GTEST_SKIP() << "this build has no Atari plugin";
    }
  }
};

TEST_F(Atari, HasEveryGameForOnePlayer) {
  std::set<std::string> ids;
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->family == "ALE/<Game>-v5") ids.insert(entry->id);
  }
  EXPECT_EQ(ids.size(), 104u);
  for (const char* id : {"ALE/Pong-v5", "ALE/SpaceInvaders-v5", "ALE/UpNDown-v5", "ALE/Et-v5",
                         "ALE/TicTacToe3D-v5", "ALE/Tetris-v5"}) {
    EXPECT_TRUE(ids.count(id)) << id;
  }
  EXPECT_FALSE(ids.count("ALE/Combat-v5"));
}

// Frame by frame: action (i / 8 * 7) mod n for 3000 frames, a new game after the end. Values of
// ale-py 0.12.1.
TEST_F(Atari, RecordedTraces) {
  constexpr struct {
    const char* id;
    int reward, resets;
    uint32_t ram, gray, rgb;
  } kTraces[] = {
      {"ALE/Tetris-v5", 0, 1, 3993163545, 2706268943, 464859682},
      {"ALE/Pong-v5", -20, 0, 3824888272, 2710864716, 407630994},
      {"ALE/Breakout-v5", 6, 4, 3854826323, 612208869, 1375807175},
      {"ALE/SpaceInvaders-v5", 180, 1, 4147245908, 477117316, 3901945003},
      {"ALE/Freeway-v5", 0, 0, 2437107292, 377560522, 1861424437},
      {"ALE/Boxing-v5", 9, 0, 674251181, 3718164562, 4025009505},
      {"ALE/MsPacman-v5", 310, 1, 1182506887, 1745416619, 4279026969},
  };
  for (const auto& trace : kTraces) {
    const std::vector<std::string> settings = {"repeat_action_probability=0", "frameskip=1",
                                               "full_action_space=true"};
    const auto make = [&](const char* obs_type) {
      std::vector<std::string> all = settings;
      all.push_back(std::string("obs_type=") + obs_type);
      return MakeEnv(trace.id, all);
    };
    const std::unique_ptr<Env> memory = make("ram"), gray = make("grayscale");
    const auto n = static_cast<int64_t>(memory->spec().action.at("action").HighAt(0)) + 1;
    StepResult seen, pictured;
    memory->Reset(0, &seen);
    gray->Reset(0, &pictured);
    double reward = 0;
    int resets = 0;
    uint32_t ram_crc = 0, gray_crc = 0, rgb_crc = 0;
    ArrayMap action;
    for (int64_t i = 0; i < 3000; ++i) {
      action.Ensure("action", DType::kInt64, {}).As<int64_t>()[0] = i / 8 * 7 % n;
      memory->Step(action, &seen);
      gray->Step(action, &pictured);
      reward += seen.reward;
      ram_crc = Crc(seen.observation.at("ram"));  // of the last frame, before a reset
      gray_crc = Crc(pictured.observation.at("image"));
      rgb_crc = Crc(*gray->GetScreen());
      if (!seen.done()) continue;
      memory->Reset(std::nullopt, {}, &seen);
      gray->Reset(std::nullopt, {}, &pictured);
      ++resets;
    }
    EXPECT_EQ(reward, trace.reward) << trace.id;
    EXPECT_EQ(resets, trace.resets) << trace.id;
    EXPECT_EQ(ram_crc, trace.ram) << trace.id;
    EXPECT_EQ(gray_crc, trace.gray) << trace.id;
    EXPECT_EQ(rgb_crc, trace.rgb) << trace.id;
  }
}

TEST_F(Atari, BadOptionsAreNamed) {
  const std::string id = "ALE/Pong-v5";
  EXPECT_THAT(Complaint(id, {"mode=7"}), HasSubstr("mode = 7 is none of Pong's; it has 0, 1"));
  EXPECT_THAT(Complaint(id, {"difficulty=9"}), HasSubstr("difficulty = 9"));
  EXPECT_THAT(Complaint(id, {"repeat_action_probability=1.5"}), HasSubstr("outside [0, 1]"));
  EXPECT_THAT(Complaint(id, {"repeat_action_probability=nan"}),
              HasSubstr("repeat_action_probability"));
  for (const char* skip : {"0", "-3", "5,2", "4,4", "2,5,7", "four", ""}) {
    EXPECT_THAT(Complaint(id, {std::string("frameskip=") + skip}), HasSubstr("frameskip = "))
        << skip;
  }
  EXPECT_THAT(Complaint(id, {"obs_type=depth"}), HasSubstr("grayscale"));
  EXPECT_THAT(Complaint(id, {"preprocess=true", "screen_size=300000"}), HasSubstr("screen_size"));
  EXPECT_THAT(Complaint(id, {"preprocess=true", "screen_size=0"}), HasSubstr("screen_size"));
  EXPECT_THAT(Complaint(id, {"preprocess=true", "obs_type=ram"}), HasSubstr("ram"));
  EXPECT_THAT(Complaint(id, {"noop_max=-1"}), HasSubstr("noop_max"));
  EXPECT_THAT(Complaint(id, {"sound_obs=true", "stack_size=4"}), HasSubstr("sound_obs"));
  EXPECT_THAT(Complaint("PuzzlePong-v0", {"patch_size=5"}), HasSubstr("does not divide 84"));
}

TEST_F(Atari, SkiingHasNineActionsAtMost) {
  const auto env = MakeEnv("ALE/Skiing-v5", {"full_action_space=true"});
  EXPECT_EQ(env->spec().action.at("action").HighAt(0), 8);
}

// ALE ends the process on files that it does not like.
TEST_F(Atari, WrongAndMissingGamesAreErrors) {
  const testing::TempFolder folder;
  folder.Write("pong.bin", "no game");
  const char* before = std::getenv("ROOKERY_ROMS");
  const std::string kept = before == nullptr ? "" : before;
  setenv("ROOKERY_ROMS", folder.path().c_str(), 1);
  EXPECT_THAT(Complaint("ALE/Pong-v5", {}), HasSubstr("60e0ea3cbe0913d39803477945e9e5ec"));
  EXPECT_EQ(Complaint("ALE/Alien-v5", {}), "(nothing thrown)") << "other folders are looked into";
  if (kept.empty()) {
    unsetenv("ROOKERY_ROMS");
  } else {
    setenv("ROOKERY_ROMS", kept.c_str(), 1);
  }
}

// In the middle of games, and with all that an environment of ours remembers.
void ExpectExactSnapshots(const std::string& id, const std::vector<std::string>& settings,
                          int before, int after) {
  const auto env = MakeEnv(id, settings), fresh = MakeEnv(id, settings);
  Rng rng(7);
  StepResult a, b;
  const auto step = [&](Env* e, const ArrayMap& action, StepResult* out) {
    if (e->needs_reset()) {
      e->Reset(std::nullopt, {}, out);
    } else {
      e->Step(action, out);
    }
  };
  env->Reset(5, &a);
  for (int i = 0; i < before; ++i) step(env.get(), env->spec().action.Sample(&rng), &a);
  fresh->Reset(77, &b);
  for (int i = 0; i < 3; ++i) step(fresh.get(), env->spec().action.Sample(&rng), &b);
  fresh->Load(env->Save());
  for (int i = 0; i < after; ++i) {
    EXPECT_TRUE(env->GetScreen()->BitEqual(*fresh->GetScreen())) << id << " " << i;
    const ArrayMap action = env->spec().action.Sample(&rng);
    step(env.get(), action, &a);
    step(fresh.get(), action, &b);
    ASSERT_TRUE(a.observation.BitEqual(b.observation)) << id << " step " << i;
    ASSERT_TRUE(a.info.BitEqual(b.info)) << id << " step " << i;
    ASSERT_EQ(a.reward, b.reward);
    ASSERT_EQ(a.done(), b.done());
  }
  // Their known issue (EnvEntry::known_issues).
  if (!FindEnv(id).known_issues.empty()) return;
  const std::string mine = env->Save(), other = fresh->Save();
  ASSERT_EQ(mine.size(), other.size()) << id;
  const auto at = std::mismatch(mine.begin(), mine.end(), other.begin());
  EXPECT_TRUE(at.first == mine.end()) << id << ": snapshots differ at " << at.first - mine.begin()
                                      << ": " << int(*at.first) << " " << int(*at.second);
}

TEST_F(Atari, SnapshotsOfSomeGamesContinueExactly) {
  for (const char* id : {"ALE/Pong-v5", "ALE/Qbert-v5", "ALE/Tetris-v5", "ALE/DoubleDunk-v5"}) {
    ExpectExactSnapshots(id, {}, 60, 60);
  }
  ExpectExactSnapshots("ALE/Breakout-v5", {"preprocess=true", "stack_size=4"}, 100, 80);
  ExpectExactSnapshots("ALE/Asterix-v5", {"sound_obs=true", "continuous=true"}, 50, 50);
  ExpectExactSnapshots("ALE/Seaquest-v5", {"frameskip=2,5"}, 50, 50);
}

// Every game, under the label slow.
TEST(HeavyAtari, SnapshotsOfAllGamesContinueExactly) {
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->family == "ALE/<Game>-v5") ExpectExactSnapshots(entry->id, {}, 80, 120);
  }
}

TEST_F(Atari, PuzzleHidesAndShufflesPatches) {
  const auto env = MakeEnv("PuzzlePong-v0", {"occlusion_ratio=0.7"});
  StepResult result;
  env->Reset(3, &result);
  const auto visible = result.info.at("visible_patches").As<int64_t>();
  ASSERT_EQ(visible.size(), 59u);
  EXPECT_EQ(std::set<int64_t>(visible.begin(), visible.end()).size(), 59u);
  EXPECT_FALSE(std::is_sorted(visible.begin(), visible.end()));
  const std::vector<int64_t> first(visible.begin(), visible.end());
  const std::set<int64_t> shown(first.begin(), first.end());
  ArrayMap action;
  action.Ensure("action", DType::kInt64, {}).As<int64_t>()[0] = 0;
  for (int i = 0; i < 5; ++i) env->Step(action, &result);
  const auto image = result.observation.at("image").As<uint8_t>();
  for (int64_t patch = 0; patch < 196; ++patch) {
    int sum = 0;
    for (int64_t y = 0; y < 6; ++y) {
      for (int64_t x = 0; x < 6; ++x) {
        sum += image[static_cast<size_t>(3 * 84 * 84 + (patch / 14 * 6 + y) * 84 + patch % 14 * 6 +
                                         x)];
      }
    }
    if (shown.count(patch) == 0) {
      EXPECT_EQ(sum, 0) << patch;
    }
  }
  const auto now = result.info.at("visible_patches").As<int64_t>();
  EXPECT_TRUE(std::equal(first.begin(), first.end(), now.begin())) << "fixed for an episode";
  env->Reset(std::nullopt, {}, &result);
  const auto next = result.info.at("visible_patches").As<int64_t>();
  EXPECT_FALSE(std::equal(first.begin(), first.end(), next.begin())) << "dealt anew";
}

// Without shuffling the picture is Pong's, less the score.
TEST_F(Atari, PuzzleInOrderIsPong) {
  const auto puzzle = MakeEnv("PuzzlePong-v0", {"permutation=false"});
  StepResult result;
  puzzle->Reset(1, &result);
  const auto image = result.observation.at("image").As<uint8_t>();
  for (size_t i = 0; i < 10 * 84; ++i) ASSERT_EQ(image[i], 0);
  EXPECT_GT(std::count(image.begin() + 20 * 84, image.begin() + 60 * 84, 87), 2000) << "ground";
}

// What preprocessing does fast is what its plain loops say, for any palette and any indices.
TEST(AtariPixels, PooledGreyIsTheGreaterOfBoth) {
  Rng rng(7);
  atari::GrayTable table;
  for (uint8_t& gray : table) gray = static_cast<uint8_t>(rng.Integer(256));
  for (const bool odd : {false, true}) {
    std::vector<uint8_t> a(1003), b, out(1003);
    for (uint8_t& index : a) index = static_cast<uint8_t>(rng.Integer(256) & (odd ? 0xff : 0xfe));
    b = a;
    for (size_t i = 0; i < b.size(); i += 90) b[i] = static_cast<uint8_t>(b[i] + 2);
    atari::PoolGray(a, b.data(), table, out.data());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(out[i], std::max(table[a[i]], table[b[i]]));
  }
}

TEST(Plugins, WhatIsNoneIsRefusedInOneLine) {
  const testing::TempFolder folder;
  folder.Write("rookery_broken.so", "no module");
  setenv("ROOKERY_PLUGINS", folder.path().c_str(), 1);
  EXPECT_TRUE(LoadPlugins().empty());
  EXPECT_EQ(PluginFolders().front(), folder.path());
  unsetenv("ROOKERY_PLUGINS");
}

}  // namespace
}  // namespace rookery
