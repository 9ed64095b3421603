// The benchmark from outside: jobs shared by processes, killed and continued, and the table.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "tests/apps/program.h"

namespace rookery::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr char kEnv[] = "Ravens/BlockInsertion-v0";

// Scores, steps and choices of every cell; no times.
std::map<std::string, json> Cells(const std::string& folder) {
  std::map<std::string, json> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "result.json") continue;
    json result = json::parse(ReadFile(entry.path().string()));
    for (const char* name : {"train_seconds", "test_seconds", "commands"}) result.erase(name);
    out[fs::relative(entry.path(), folder).string()] = std::move(result);
  }
  return out;
}

#ifdef ROOKERY_BUILT_COMPLETELY
std::vector<std::string> Words(const std::string& out, int jobs) {
  return {"benchmark",
          "ravens",
          "--tasks",
          "BlockInsertion,block-insertion-easy",
          "--agents",
          "transporter:steps=8,random",
          "--demos",
          "1,2",
          "--seeds",
          "0,1",
          "--out",
          out,
          "--jobs",
          std::to_string(jobs),
          "--episodes",
          "3",
          "--stored-demos",
          "3",
          "--validate-episodes",
          "1",
          "--json"};
}

TEST(Benchmark, SharedAndKilledWorkEndsAsOneProcessAlone) {
  const TempFolder folder;
  const std::string alone = folder.path() + "/alone", shared = folder.path() + "/shared";
  const json document = RunExpecting(0, Words(alone, 1)).Json();
  // Two tasks: demonstrations, test seeds, 2 x 2 trained runs, 2 of the agent that does not learn.
  EXPECT_EQ(document.at("jobs"), 16);
  EXPECT_EQ(document.at("left"), 0);
  EXPECT_EQ(document.at("cells").size(), 6u);
  const std::map<std::string, json> expected = Cells(alone);
  EXPECT_EQ(expected.size(), 16u);

  {
    Program first(Words(shared, 2));
    while (first.running() && (fs::exists(shared) ? Cells(shared).size() : 0) < 4) usleep(20'000);
    EXPECT_EQ(first.Wait(SIGKILL).code, -SIGKILL);
  }
  Program second(Words(shared, 1)), third(Words(shared, 1));
  EXPECT_EQ(second.Wait().code, 0);
  EXPECT_EQ(third.Wait().code, 0);
  EXPECT_EQ(Cells(shared), expected);

  for (const char* name : {"table.md", "table.csv", "plot.svg", "report.html"}) {
    EXPECT_TRUE(fs::exists(shared + "/" + name)) << name;
  }
  const std::string table = ReadFile(shared + "/table.md");
  EXPECT_THAT(table, HasSubstr("| BlockInsertion |"));
  EXPECT_THAT(table, HasSubstr("100.0 / –"));  // published with 1, not with 2
  EXPECT_THAT(table, HasSubstr("| BlockInsertionEasy | 3 of 3 |"));

  // The mean of a cell is that of its runs.
  double sum = 0;
  for (const char* seed : {"0", "1"}) {
    sum += expected
               .at("cells/BlockInsertion-v0/transporter_steps=8/demos_2/seed_" + std::string(seed) +
                   "/result.json")
               .at("mean_score")
               .get<double>();
  }
  EXPECT_NEAR(document.at("cells").at(1).at("score_percent").get<double>(), 100 * sum / 2, 1e-9);

  // Other numbers in the same folder are refused.
  std::vector<std::string> other = Words(shared, 1);
  *std::find(other.begin(), other.end(), "3") = "2";
  EXPECT_THAT(RunExpecting(2, other).err, HasSubstr("was made with"));
}

TEST(Benchmark, AJobThatFailsIsNamedAndTheOthersAreDone) {
  const TempFolder folder;
  const std::string out = folder.path() + "/out";
  RunExpecting(0, {"demos", kEnv, "--episodes", "1", "--out", folder.path() + "/demos"});
  // Where the test seeds of one task should go there is something else.
  fs::create_directories(out + "/tests/BlockInsertion-v0");
  fs::copy(folder.path() + "/demos", out + "/tests/BlockInsertion-v0/episodes");
  const Ended ended = RunExpecting(1, Words(out, 2));
  EXPECT_THAT(ended.err, HasSubstr("Ravens/BlockInsertion-v0, test seeds"));
  EXPECT_THAT(ended.err, HasSubstr("even seeds train"));
  EXPECT_TRUE(fs::exists(out + "/tests/BlockInsertionEasy-v0/result.json"));
  EXPECT_THAT(ReadFile(out + "/table.md"), HasSubstr("| BlockInsertionEasy | 3 of 3 |"));
}
#endif  // ROOKERY_BUILT_COMPLETELY

// An evaluation that was killed goes on after the episodes it has.
TEST(KilledEvaluation, ContinuesAsIfNothingHadHappened) {
  const TempFolder folder;
  const auto words = [&](const std::string& out) {
    return std::vector<std::string>{"eval", kEnv,        "--agent", "oracle",    "--episodes",
                                    "12",   "--stories", "0",       "--no-film", "--threads",
                                    "2",    "--out",     out,       "--json"};
  };
  const json straight = RunExpecting(0, words(folder.path() + "/straight")).Json();
  for (const int signal : {SIGKILL, SIGINT}) {
    const std::string stopped = folder.path() + "/stopped_" + std::to_string(signal);
    Program program(words(stopped));
    while (program.running() && !fs::exists(stopped + "/episodes/episode_000003_seed_7.hdf5")) {
      usleep(5'000);
    }
    EXPECT_EQ(program.Wait(signal).code, signal == SIGINT ? 130 : -SIGKILL);
    const Ended again = RunExpecting(0, words(stopped));
    EXPECT_THAT(again.err, HasSubstr("going on after "));
    const json document = again.Json();
    EXPECT_EQ(document.at("mean_score"), straight.at("mean_score"));
    ASSERT_EQ(document.at("episodes").size(), 12u);
    for (size_t i = 0; i < 12; ++i) {
      for (const char* name : {"seed", "score", "success", "steps", "gave_up", "trace_hash"}) {
        EXPECT_EQ(document["episodes"][i].at(name), straight["episodes"][i].at(name)) << name;
      }
    }
    for (const auto& entry : fs::directory_iterator(folder.path() + "/straight/episodes")) {
      const std::string name = entry.path().filename().string();
      EXPECT_EQ(ReadFile(stopped + "/episodes/" + name), ReadFile(entry.path().string())) << name;
    }
    // Finished: now it is replaced.
    EXPECT_THAT(RunExpecting(0, words(stopped)).err, HasSubstr("is replaced"));
  }
}

}  // namespace
}  // namespace rookery::testing
