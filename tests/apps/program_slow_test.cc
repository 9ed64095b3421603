// Killed and interrupted runs of the program end, resumed, with the bytes of one left alone.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <map>

#include "tests/apps/program.h"

namespace rookery::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kEnv[] = "Ravens/BlockInsertion-v0";

// Starts the program and sends the signal once `when` holds.
Ended StopWhen(const std::vector<std::string>& words, int signal,
               const std::function<bool()>& when) {
  Program program(words);
  while (program.running() && !when()) usleep(5'000);
  EXPECT_TRUE(program.running()) << "it ended before it could be stopped";
  return program.Wait(signal);
}

// Name -> bytes of the files below that end with one of `endings`.
std::map<std::string, std::string> Files(const std::string& folder,
                                         const std::vector<std::string>& endings) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).string();
    for (const std::string& ending : endings) {
      if (entry.is_regular_file() && name.ends_with(ending)) {
        out[name] = ReadFile(entry.path().string());
      }
    }
  }
  return out;
}

std::vector<std::string> Demos(const std::string& out, int episodes) {
  return {"demos", kEnv, "--episodes", std::to_string(episodes), "--out", out, "--threads", "2"};
}

TEST(KilledDemos, ContinueAsIfNothingHadHappened) {
  const TempFolder folder;
  const std::string straight = folder.path() + "/straight";
  RunExpecting(0, Demos(straight, 12));
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string stopped = folder.path() + "/stopped_" + std::to_string(signal);
    for (const int at : {2, 7}) {
      std::string marker = std::to_string(at);
      marker = stopped + "/episode_" + std::string(6 - marker.size(), '0') + marker + "_seed_";
      const Ended ended = StopWhen(Demos(stopped, 12), signal, [&] {
        if (!fs::is_directory(stopped)) return false;
        for (const auto& entry : fs::directory_iterator(stopped)) {
          if (entry.path().string().rfind(marker, 0) == 0) return true;
        }
        return false;
      });
      EXPECT_EQ(ended.code, signal == SIGINT ? 130 : -SIGKILL);
      // What was reported done can be read and repeated.
      RunExpecting(0, {"replay", stopped});
    }
    RunExpecting(0, Demos(stopped, 12));
    EXPECT_EQ(Files(stopped, {".hdf5"}), Files(straight, {".hdf5"}));
  }
}

#ifdef ROOKERY_BUILT_COMPLETELY

class KilledTraining : public ::testing::Test {
 protected:
  void SetUp() override { RunExpecting(0, Demos(demos_, 4)); }

  std::vector<std::string> Train(const std::string& out, const std::string& demos,
                                 const std::string& count) const {
    return {"train",
            "transporter",
            "--env",
            kEnv,
            "--episodes-dir",
            demos,
            "--demos",
            count,
            "--out",
            out,
            "--steps",
            "12",
            "--checkpoint-every",
            "3",
            "--validate-episodes",
            "1"};
  }

  TempFolder folder_;
  std::string demos_ = folder_.path() + "/demos";
};

TEST_F(KilledTraining, ResumesToTheSameBytes) {
  const std::string straight = folder_.path() + "/straight";
  RunExpecting(0, Train(straight, demos_, "3"));
  const std::vector<std::string> results = {".safetensors", "best.json", "metrics.csv"};
  const std::map<std::string, std::string> expected = Files(straight, results);
  EXPECT_EQ(expected.size(), 6u);
  // The folder of a run stands for its best checkpoint.
  EXPECT_THAT(RunExpecting(0, {"eval", kEnv, "--checkpoint", straight, "--episodes", "1", "--out",
                               folder_.path() + "/eval", "--no-film", "--stories", "0", "--json"})
                  .Json()
                  .at("checkpoint")
                  .get<std::string>(),
              HasSubstr("/straight/checkpoints/step_000000"));
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string stopped = folder_.path() + "/stopped_" + std::to_string(signal);
    for (const char* step : {"00000003", "00000009"}) {
      const Ended ended = StopWhen(Train(stopped, demos_, "3"), signal, [&] {
        return fs::exists(stopped + "/checkpoints/step_" + step + ".safetensors");
      });
      EXPECT_EQ(ended.code, signal == SIGINT ? 130 : -SIGKILL) << ended.err;
    }
    RunExpecting(0, Train(stopped, demos_, "3"));
    for (const auto& [name, bytes] : expected) {
      EXPECT_EQ(ReadFile(stopped + "/" + name), bytes) << name << " after signal " << signal;
    }
  }
}

TEST_F(KilledTraining, OtherDataOrSettingsAreRefusedAndLeaveTheRunAlone) {
  const std::string run = folder_.path() + "/run";
  RunExpecting(0, Train(run, demos_, "3"));
  const auto before = Files(run, {""});
  const auto expect_refused = [&](const std::vector<std::string>& words, const std::string& what) {
    EXPECT_THAT(RunExpecting(2, words).err, HasSubstr(what));
    EXPECT_EQ(Files(run, {""}), before);
  };
  expect_refused(Train(run, demos_, "2"), "the demonstrations");
  std::vector<std::string> words = Train(run, demos_, "3");
  words.insert(words.end(), {"--set", "learning_rate=0.002"});
  expect_refused(words, "learning_rate");
  words = Train(run, demos_, "3");
  words.back() = "2";
  expect_refused(words, "2 episodes from seed");
  words = Train(run, demos_, "3");
  words.insert(words.end(), {"--set", "hz=240"});
  expect_refused(words, "hz");
  words = Train(run, demos_, "3");
  words.insert(words.end(), {"--set", "steps=12"});
  expect_refused(words, "--steps and --set steps=");
}

#endif  // ROOKERY_BUILT_COMPLETELY

TEST(BenchEnv, MeasuresAnyEnvironment) {
  const nlohmann::json document =
      RunExpecting(0, {"bench", "env", "CartPole-v1", "--set", "wrap=frame_stack", "--json"})
          .Json();
  for (const char* name : {"step_1_thread", "step_2_threads", "reset", "save", "load"}) {
    EXPECT_GT(document.at("measurements").at(name).at("ours").at("median"), 0) << name;
  }
  const nlohmann::json& row = document.at("tables").at("footprint").at("rows").at("CartPole-v1");
  EXPECT_GT(row.at("snapshot"), 0);
  EXPECT_LT(row.at("memory"), 1024) << "KiB";
}

}  // namespace
}  // namespace rookery::testing
