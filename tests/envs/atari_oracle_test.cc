// The Atari games against ale-py's Gymnasium environment: observations, rewards, ends, lives, frame
// counts, memory and screen, byte for byte. Other seeds: ROOKERY_TEST_SEED.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/registry.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery::testing {
namespace {

using nlohmann::json;

struct Case {
  std::string id;
  uint64_t seed = 0;
  int steps = 300;
  std::vector<std::string> settings = {};  // ours
  json kwargs = json::object();            // theirs
  json preprocess = nullptr, stack = nullptr;
};

uint32_t Crc(const Array& array) {
  return static_cast<uint32_t>(
      crc32(0, static_cast<const Bytef*>(array.data()), static_cast<uInt>(array.nbytes())));
}

// What the peer writes, from ours.
class Player {
 public:
  explicit Player(const Case& c)
      : env_(MakeEnv(c.id, c.settings)), seed_(c.seed), rng_(Rng::Stream(c.seed, c.id)) {
    std::vector<std::string> settings;
    for (const std::string& setting : c.settings) {
      // The same game, seen as memory.
      if (setting.rfind("obs_type", 0) == 0 || setting.rfind("sound", 0) == 0) continue;
      if (setting == "preprocess=true") preprocess_ = true;
      settings.push_back(setting);
    }
    if (!preprocess_) {
      settings.push_back("obs_type=ram");
      memory_ = MakeEnv(c.id, settings);
    }
  }

  json Actions(int count) {
    json actions = json::array();
    for (int i = 0; i < count; ++i) {
      // Held for a while: random ones cancel each other.
      if (i % 3 == 0) action_ = env_->spec().action.Sample(&rng_);
      actions_.push_back(action_);
      const Array& array = action_.at("action");
      if (array.dtype() == DType::kInt64) {
        actions.push_back(array.As<int64_t>()[0]);
      } else {
        actions.push_back({array.AsDouble(0), array.AsDouble(1), array.AsDouble(2)});
      }
    }
    return actions;
  }

  std::vector<std::string> Play() {
    std::vector<std::string> lines;
    for (Env* env : {env_.get(), memory_.get()}) {
      if (env != nullptr) env->Reset(seed_, ResultOf(env));
    }
    lines.push_back(Line());
    for (const ArrayMap& action : actions_) {
      for (Env* env : {env_.get(), memory_.get()}) {
        if (env == nullptr) continue;
        if (env->needs_reset()) {
          env->Reset(std::nullopt, {}, ResultOf(env));
        } else {
          env->Step(action, ResultOf(env));
        }
      }
      lines.push_back(Line());
    }
    return lines;
  }

 private:
  StepResult* ResultOf(const Env* env) { return env == env_.get() ? &result_ : &seen_; }

  std::string Line() {
    std::ostringstream out;
    bool first = true;
    for (const auto& [name, array] : result_.observation) {
      out << (first ? "" : "+") << Crc(array);
      first = false;
    }
    out << " " << result_.reward << " " << result_.terminated << " " << result_.truncated;
    for (const char* name : {"lives", "episode_frame_number", "frame_number"}) {
      out << " " << result_.info.at(name).As<int64_t>()[0];
    }
    if (memory_ != nullptr) {
      out << " " << Crc(seen_.observation.at("ram"));
    } else {
      out << " -";
    }
    out << " " << Crc(*env_->GetScreen());
    return out.str();
  }

  std::unique_ptr<Env> env_, memory_;
  bool preprocess_ = false;
  uint64_t seed_;
  Rng rng_;
  ArrayMap action_;
  std::vector<ArrayMap> actions_;
  StepResult result_, seen_;
};

// Without the field that ours does not have (memory, of preprocessed games).
std::string Masked(const std::string& line, bool mask) {
  if (!mask) return line;
  const size_t end = line.rfind(' '), begin = line.rfind(' ', end - 1);
  return line.substr(0, begin) + " -" + line.substr(end);
}

void ExpectSame(const std::vector<Case>& cases) {
  const std::string python = PeersPython("ale_py, gymnasium, cv2");
  if (python.empty()) GTEST_SKIP() << kNoPeers;
  if (std::none_of(cases.begin(), cases.end(), [](const Case& c) {
        for (const EnvEntry* entry : ListEnvs()) {
          if (entry->id == c.id) return true;
        }
        return false;
      })) {
    GTEST_SKIP() << "this build has no Atari plugin";
  }
  std::vector<std::unique_ptr<Player>> players;
  json description = json::array();
  for (const Case& c : cases) {
    players.push_back(std::make_unique<Player>(c));
    description.push_back({{"id", c.id},
                           {"seed", c.seed},
                           {"kwargs", c.kwargs},
                           {"preprocess", c.preprocess},
                           {"stack", c.stack},
                           {"actions", players.back()->Actions(c.steps)}});
  }
  const TempFolder folder;
  const std::string input = folder.Write("cases.json", description.dump());
  const std::string output = folder.Write("out.txt", "");
  OutputOf("'" + python + "' '" + SourceFolder() + "/tests/oracle/atari_peer.py' '" + input +
           "' '" + output + "' 2>&1");
  std::ifstream in(output);
  int steps = 0, ends = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::vector<std::string> ours = players[i]->Play();
    for (size_t k = 0; k < ours.size(); ++k) {
      std::string theirs;
      ASSERT_TRUE(std::getline(in, theirs)) << cases[i].id;
      ASSERT_EQ(ours[k], Masked(theirs, !cases[i].preprocess.is_null()))
          << cases[i].id << " seed " << cases[i].seed << " step " << k << " of case " << i;
      ++steps;
      std::istringstream fields(theirs);
      std::string hash, reward;
      int terminated = 0, truncated = 0;
      fields >> hash >> reward >> terminated >> truncated;
      ends += terminated + truncated;
    }
    std::string end;
    std::getline(in, end);
    ASSERT_EQ(end, "end");
  }
  std::cout << cases.size() << " cases, " << steps << " steps, " << ends << " ends: all equal\n";
}

uint64_t BaseSeed() {
  const char* asked = std::getenv("ROOKERY_TEST_SEED");
  return asked == nullptr ? 11 : std::strtoull(asked, nullptr, 10);
}

std::vector<std::string> GameIds() {
  std::vector<std::string> ids;
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->world == "atari" && entry->family == "ALE/<Game>-v5") ids.push_back(entry->id);
  }
  return ids;
}

TEST(AtariOracle, EveryGameWithStickyActions) {
  std::vector<Case> cases;
  for (const std::string& id : GameIds()) {
    cases.push_back({.id = id, .seed = BaseSeed() + cases.size(), .steps = 250});
  }
  ExpectSame(cases);
}

TEST(AtariOracle, EveryGameWithoutStickyActionsInGrey) {
  std::vector<Case> cases;
  for (const std::string& id : GameIds()) {
    cases.push_back({.id = id,
                     .seed = BaseSeed() + 1000 + cases.size(),
                     .steps = 120,
                     .settings = {"repeat_action_probability=0", "obs_type=grayscale",
                                  "full_action_space=true"},
                     .kwargs = {{"repeat_action_probability", 0.0},
                                {"obs_type", "grayscale"},
                                {"full_action_space", true}}});
  }
  ExpectSame(cases);
}

TEST(AtariOracle, LongGames) {
  std::vector<Case> cases;
  for (const char* id : {"ALE/Pong-v5", "ALE/Breakout-v5", "ALE/Seaquest-v5", "ALE/MsPacman-v5"}) {
    for (uint64_t k = 0; k < 2; ++k) {
      cases.push_back({.id = id, .seed = BaseSeed() + (k << 40), .steps = 2000});
    }
  }
  ExpectSame(cases);
}

TEST(AtariOracle, Options) {
  ExpectSame({
      {.id = "ALE/SpaceInvaders-v5",
       .seed = BaseSeed(),
       .settings = {"frameskip=2,5", "mode=3", "difficulty=1", "max_num_frames_per_episode=301"},
       .kwargs = {{"frameskip", {2, 5}},
                  {"mode", 3},
                  {"difficulty", 1},
                  {"max_num_frames_per_episode", 301}}},
      {.id = "ALE/Breakout-v5",
       .seed = BaseSeed() + 1,
       .settings = {"frameskip=1", "mode=12", "obs_type=ram"},
       .kwargs = {{"frameskip", 1}, {"mode", 12}, {"obs_type", "ram"}}},
      {.id = "ALE/Pong-v5",
       .seed = BaseSeed() + 2,
       .settings = {"continuous=true", "repeat_action_probability=0.5"},
       .kwargs = {{"continuous", true}, {"repeat_action_probability", 0.5}}},
      {.id = "ALE/Alien-v5",
       .seed = BaseSeed() + 3,
       .settings = {"continuous=true", "continuous_action_threshold=0.3"},
       .kwargs = {{"continuous", true}, {"continuous_action_threshold", 0.3}}},
      {.id = "ALE/Asterix-v5",
       .seed = BaseSeed() + 4,
       .settings = {"sound_obs=true"},
       .kwargs = {{"sound_obs", true}}},
      {.id = "ALE/Skiing-v5",
       .seed = BaseSeed() + 5,
       .settings = {"repeat_action_probability=1"},
       .kwargs = {{"repeat_action_probability", 1.0}}},
  });
}

TEST(AtariOracle, PreprocessedEveryGame) {
  std::vector<Case> cases;
  for (const std::string& id : GameIds()) {
    Case c{.id = id,
           .seed = BaseSeed() + 2000 + cases.size(),
           .steps = 120,
           .settings = {"preprocess=true"},
           .kwargs = {{"frameskip", 1}},
           .preprocess = json::object()};
    if (id == "ALE/Backgammon-v5" || id == "ALE/VideoCheckers-v5") {  // have no NOOP
      EXPECT_THROW(MakeEnv(id, c.settings), UserError);
      c.settings.push_back("noop_max=0");
      c.preprocess = {{"noop_max", 0}};
    }
    cases.push_back(c);
  }
  ExpectSame(cases);
}

TEST(AtariOracle, PreprocessedWithOptions) {
  const json single = {{"frameskip", 1}};
  const json dqn = {{"frameskip", 1}, {"repeat_action_probability", 0.0}};
  ExpectSame({
      {.id = "ALE/Breakout-v5",
       .seed = BaseSeed(),
       .steps = 2000,
       .settings = {"preprocess=true", "terminal_on_life_loss=true", "stack_size=4"},
       .kwargs = single,
       .preprocess = {{"terminal_on_life_loss", true}},
       .stack = {{"stack_size", 4}}},
      {.id = "ALE/Seaquest-v5",
       .seed = BaseSeed() + 1,
       .steps = 1500,
       .settings = {"preprocess=true", "repeat_action_probability=0", "stack_size=3",
                    "padding_type=zero", "noop_max=0"},
       .kwargs = dqn,
       .preprocess = {{"noop_max", 0}},
       .stack = {{"stack_size", 3}, {"padding_type", "zero"}}},
      {.id = "ALE/MsPacman-v5",
       .seed = BaseSeed() + 2,
       .steps = 600,
       .settings = {"preprocess=true", "grayscale_obs=false", "screen_size=64,96"},
       .kwargs = single,
       .preprocess = {{"grayscale_obs", false}, {"screen_size", {64, 96}}}},
      {.id = "ALE/Pong-v5",
       .seed = BaseSeed() + 3,
       .settings = {"preprocess=true", "scale_obs=true", "grayscale_newaxis=true", "frame_skip=3"},
       .kwargs = single,
       .preprocess = {{"scale_obs", true}, {"grayscale_newaxis", true}, {"frame_skip", 3}}},
      {.id = "ALE/Qbert-v5",
       .seed = BaseSeed() + 4,
       .settings = {"preprocess=true", "frame_skip=1", "frameskip=2,6", "screen_size=80,105"},
       .kwargs = {{"frameskip", {2, 6}}},
       .preprocess = {{"frame_skip", 1}, {"screen_size", {80, 105}}}},
      {.id = "ALE/Freeway-v5",
       .seed = BaseSeed() + 5,
       .settings = {"preprocess=true", "screen_size=160,210", "max_num_frames_per_episode=99"},
       .kwargs = {{"frameskip", 1}, {"max_num_frames_per_episode", 99}},
       .preprocess = {{"screen_size", {160, 210}}}},
      {.id = "ALE/Boxing-v5",
       .seed = BaseSeed() + 6,
       .settings = {"preprocess=true", "screen_size=64", "noop_max=3"},
       .kwargs = single,
       .preprocess = {{"screen_size", 64}, {"noop_max", 3}}},
      {.id = "ALE/DonkeyKong-v5",
       .seed = BaseSeed() + 7,
       .steps = 200,
       .settings = {"preprocess=true", "screen_size=200"},
       .kwargs = single,
       .preprocess = {{"screen_size", 200}}},
  });
}

}  // namespace
}  // namespace rookery::testing
