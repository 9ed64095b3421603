// The program from outside: exit codes, one JSON document, errors of one line, its files.
#include "tests/apps/program.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "core/episode_store.h"

namespace rookery::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEnv[] = "Ravens/BlockInsertion-v0";
const std::vector<std::string> kSubcommands = {"list",   "info",       "demos",    "train",
                                               "eval",   "replay",     "export",   "bench",
                                               "doctor", "quickstart", "benchmark"};

// Exit code 2, nothing on stdout, one line of complaint on stderr that says `what`.
void ExpectMisuse(const std::vector<std::string>& words, const std::string& what) {
  const Ended ended = RunExpecting(2, words);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(what));
  const size_t complaint = ended.err.find("rookery: ");
  ASSERT_NE(complaint, std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find('\n', complaint), ended.err.size() - 1) << ended.err;
}

TEST(Program, HelpEndsInAnExample) {
  for (const std::string& name : kSubcommands) {
    const Ended ended = RunExpecting(0, {name, "--help"});
    const size_t at = ended.out.rfind("Example:");
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_THAT(ended.out.substr(at), HasSubstr("rookery " + name));
    EXPECT_THAT(ended.out, HasSubstr("--json"));
  }
  EXPECT_THAT(RunExpecting(0, {"--help"}).out, HasSubstr("quickstart"));
  EXPECT_THAT(RunExpecting(0, {"--version"}).out, HasSubstr("rookery "));
}

TEST(Program, MisuseIsOneLineWithTheNearestChoice) {
  ExpectMisuse({}, "no subcommand");
  ExpectMisuse({"evla"}, "did you mean eval");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--episods", "3"}, "did you mean --episodes");
  ExpectMisuse({"eval", "Ravens/BlockInsertoin-v0", "--agent", "oracle"},
               "did you mean Ravens/BlockInsertion-v0");
  ExpectMisuse({"eval", kEnv, "--agent", "oracel"}, "did you mean oracle");
  ExpectMisuse({"eval", kEnv}, "--checkpoint");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--set", "hx=480"}, "did you mean hz");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--set", "hz=4"},
               "hz = 4 is outside [60, 1200]");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--seed", "-1"}, "seed '-1'");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--episodes", "0"}, "--episodes");
  ExpectMisuse({"eval", kEnv, "--checkpoint", "/no/such.safetensors"}, "/no/such.safetensors");
  ExpectMisuse({"info", "BlokInsertion"}, "did you mean");
  ExpectMisuse({"replay", "/no/such/folder"}, "/no/such/folder");
  ExpectMisuse({"train", "oracle", "--env", kEnv}, "oracle does not learn");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--seeds-of", "/no/such"}, "/no/such");
  ExpectMisuse({"benchmark", "raven"}, "did you mean ravens");
  ExpectMisuse({"benchmark", "ravens", "--tasks", "BlokInsertion"}, "did you mean");
  ExpectMisuse({"benchmark", "ravens", "--agents", "random:stps=3"}, "stps");
  ExpectMisuse(
      {"benchmark", "ravens", "--agents", "random", "--demos", "10", "--stored-demos", "5"},
      "--demos 10 is more than --stored-demos 5");
  ExpectMisuse({"bench", "env", "CartPol-v1"}, "did you mean CartPole-v1");
  ExpectMisuse({"bench", "env", "CartPole-v1", "--set", "max_stps=3"}, "unknown setting");
  ExpectMisuse({"bench", "vector", "CartPole-v1"}, "`rookery bench env CartPole-v1` does");
  ExpectMisuse({"bench", "env", "--set", "hz=240"}, "which is not named");
}

TEST(Program, ErrorsAreJsonTooWhereItIsAskedFor) {
  const Ended ended = RunExpecting(2, {"info", "Nothing", "--json"});
  EXPECT_EQ(ended.Json().at("exit_code"), 2);
  EXPECT_THAT(ended.Json().at("error").get<std::string>(), HasSubstr("Nothing"));
  EXPECT_TRUE(RunExpecting(2, {"info", "\xff\xfe", "--json"}).Json().contains("error"));
  EXPECT_TRUE(RunExpecting(2, {"eval", kEnv, "--nonsense", "--json"}).Json().contains("error"));
}

TEST(Program, ListInfoAndDoctorSpeakJson) {
  const json list = RunExpecting(0, {"list", "--json"}).Json();
  EXPECT_THAT(list.dump(), HasSubstr(kEnv));
  const json info = RunExpecting(0, {"info", "block-insertion", "--json"}).Json();
  EXPECT_EQ(info.at("id"), kEnv);
  EXPECT_EQ(info.at("return_range"), json({0.0, 1.0}));
  EXPECT_FALSE(info.at("settings").empty());
  EXPECT_FALSE(RunExpecting(0, {"doctor", "--json"}).Json().at("findings").empty());
}

TEST(Program, EvaluatesRecordsAndReplays) {
  const TempFolder folder;
  const std::string out = folder.path() + "/eval";
  const std::vector<std::string> words = {
      "eval", kEnv,    "--agent", "oracle", "--episodes", "3",         "--seed",
      "11",   "--out", out,       "--json", "--no-film",  "--stories", "1"};
  const json alone = RunExpecting(0, words).Json();
  EXPECT_EQ(alone.at("env"), kEnv);
  EXPECT_EQ(alone.at("agent"), "oracle");
  EXPECT_EQ(alone.at("interval_95").size(), 2u);
  EXPECT_GT(alone.at("seconds"), 0);
  ASSERT_EQ(alone.at("episodes").size(), 3u);
  uint64_t seed = 11;
  double sum = 0, solved = 0;
  for (const json& episode : alone.at("episodes")) {
    EXPECT_EQ(episode.at("seed"), seed);
    seed += 2;
    sum += episode.at("score").get<double>();
    solved += episode.at("success").get<bool>() ? 1 : 0;
    EXPECT_GE(episode.at("steps"), 1);
    EXPECT_EQ(episode.at("trace_hash").get<std::string>().size(), 16u);
  }
  EXPECT_NEAR(alone.at("mean_score"), sum / 3, 1e-12);
  EXPECT_NEAR(alone.at("success_rate"), solved / 3, 1e-12);
  for (const char* name : {"report.html", "report.json", "config.json", "version.json"}) {
    EXPECT_TRUE(std::filesystem::exists(out + "/" + name)) << name;
  }

  // The same on two threads, over what is there.
  std::vector<std::string> threaded = words;
  threaded.insert(threaded.end(), {"--threads", "2"});
  const json two = RunExpecting(0, threaded).Json();
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(two["episodes"][i]["trace_hash"], alone["episodes"][i]["trace_hash"]);
  }

  const json replayed = RunExpecting(0, {"replay", out, "--json"}).Json();
  EXPECT_EQ(replayed.at("same"), 3);
  EXPECT_EQ(replayed.at("different"), 0);

  // A damaged episode is named, and keeps the others from nothing.
  const std::string file = out + "/episodes/episode_000001_seed_13.hdf5";
  std::string bytes = ReadFile(file);
  WriteFileAtomic(file, bytes.substr(0, bytes.size() / 2));
  const Ended damaged = RunExpecting(1, {"replay", out});
  EXPECT_THAT(damaged.out, HasSubstr(file));
  EXPECT_THAT(damaged.out, HasSubstr("2 of 3 episodes"));

  // Folders of another kind are left alone.
  ExpectMisuse({"demos", kEnv, "--episodes", "1", "--out", out},
               "holds the files of an evaluation");
}

// Long episodes of many short steps, of an environment that knows no success.
TEST(Program, EvaluatesControlTasks) {
  const TempFolder folder;
  const std::string out = folder.path() + "/pendulum";
  const Ended ended = RunExpecting(0, {"eval", "Pendulum-v1", "--agent", "random", "--episodes",
                                       "4", "--stories", "2", "--out", out});
  EXPECT_THAT(ended.out, HasSubstr("mean score -"));
  EXPECT_THAT(ended.out, Not(HasSubstr("solved")));
  const std::string page = ReadFile(out + "/report.html");
  EXPECT_THAT(page, HasSubstr("Low scores come first"));
  EXPECT_THAT(page, HasSubstr("End, step 200"));
  EXPECT_THAT(page, Not(HasSubstr("solved")));
  EXPECT_LT(page.size(), 300'000u);
  const json report = json::parse(ReadFile(out + "/report.json"));
  EXPECT_EQ(report["success_rate"], json());
  EXPECT_EQ(report["episodes"].size(), 4u);
  EXPECT_THAT(RunExpecting(0, {"replay", out + "/episodes"}).out, HasSubstr("4 of 4"));
  // All episodes are demonstrations; there is no expert who would give others.
  const std::string demos = folder.path() + "/demos";
  EXPECT_THAT(RunExpecting(0, {"demos", "CartPole-v1", "--agent", "random", "--episodes", "3",
                               "--out", demos})
                  .out,
              HasSubstr("3 episodes"));
  ExpectMisuse({"demos", "CartPole-v1", "--out", demos + "2"}, "has no scripted oracle");
  EXPECT_THAT(RunExpecting(0, {"info", "cart-pole"}).out, HasSubstr("return: 0 to 500"));
}

TEST(Program, AgentsThatCannotBeMadeCostNoResults) {
  const TempFolder folder;
  const std::string out = folder.path() + "/eval";
  RunExpecting(0, {"eval", kEnv, "--agent", "oracle", "--episodes", "1", "--out", out, "--no-film",
                   "--stories", "0"});
  const std::string report = ReadFile(out + "/report.json");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--episodes", "4", "--threads", "2", "--out",
                out, "--set", "agent.foo=1"},
               "foo");
#ifdef ROOKERY_BUILT_COMPLETELY
  RunExpecting(2, {"eval", kEnv, "--agent", "transporter", "--episodes", "4", "--out", out, "--set",
                   "learning_rate=-1"});
#endif
  EXPECT_EQ(ReadFile(out + "/report.json"), report);
  RunExpecting(0, {"replay", out});
}

TEST(Program, DemonstrationsContinue) {
  const TempFolder folder;
  const std::string out = folder.path() + "/demos";
  const auto demos = [&](const char* episodes, int code, const char* seed) {
    return RunExpecting(code, {"demos", kEnv, "--episodes", episodes, "--out", out, "--json",
                               "--seed", seed})
        .Json();
  };
  EXPECT_EQ(demos("2", 0, "0").at("new"), 2);
  EXPECT_EQ(demos("3", 0, "0").at("new"), 1);
  EXPECT_EQ(demos("3", 0, "0").at("new"), 0);
  EXPECT_THAT(demos("4", 2, "1").at("error").get<std::string>(), HasSubstr("even seeds"));
  EXPECT_EQ(RunExpecting(0, {"replay", out, "--json"}).Json().at("same"), 3);
}

TEST(Program, ReplayNamesOtherVersionsAndTheFirstStepThatDiffers) {
  const TempFolder folder;
  const std::string out = folder.path() + "/demos";
  RunExpecting(0, {"demos", kEnv, "--episodes", "2", "--out", out});
  const std::string file = out + "/episode_000001_seed_2.hdf5";
  Episode episode = ReadEpisode(file);
  EXPECT_FALSE(episode.instruction.empty());
  for (const std::string& sentence : episode.annotations) EXPECT_THAT(sentence, HasSubstr("pick"));

  // Versions alone are news, not a difference.
  episode.versions["rookery"] = "0.0.1";
  WriteEpisode(file, episode);
  EXPECT_THAT(RunExpecting(0, {"replay", out}).out,
              HasSubstr("1 episode was recorded with other versions: rookery 0.0.1, now "));

  episode.actions[0].at("pose1").As<double>()[1] *= 0.5;
  WriteEpisode(file, episode);
  const Ended different = RunExpecting(1, {"replay", out});
  EXPECT_THAT(different.out, HasSubstr(file + ": step 1 of "));
  EXPECT_THAT(different.out, HasSubstr("1 of 2 episodes"));

  // What the environment refuses keeps no other episode from its proof.
  episode.actions[0].at("pose1").As<double>()[1] = 9;
  WriteEpisode(file, episode);
  const json refused = RunExpecting(1, {"replay", out, "--json"}).Json();
  EXPECT_EQ(refused.at("same"), 1);
  EXPECT_THAT(refused["episodes"][1]["difference"].get<std::string>(),
              HasSubstr("cannot be repeated: action of "));
}

TEST(Program, ExportsAreCompleteOrAbsent) {
  const TempFolder folder;
  const std::string demos = folder.path() + "/demos", out = folder.path() + "/out.hdf5";
  RunExpecting(0, {"demos", kEnv, "--episodes", "2", "--out", demos});
  ExpectMisuse({"export", demos, "--to", "robomimc", "--out", out}, "did you mean robomimic");
  ExpectMisuse({"export", folder.path() + "/none", "--to", "robomimic", "--out", out}, "/none");
  ExpectMisuse({"export", demos, "--to", "minari", "--out", folder.path() + "/name"},
               "insertion-v0");
  RunExpecting(0, {"export", demos, "--to", "robomimic", "--out", out});
  const std::string bytes = ReadFile(out);
  ExpectMisuse({"export", demos, "--to", "robomimic", "--out", out}, "--force");
  RunExpecting(0, {"export", demos, "--to", "robomimic", "--out", out, "--force"});
  EXPECT_EQ(ReadFile(out), bytes);
  // --force deletes nothing but exports.
  ExpectMisuse({"export", demos, "--to", "minari", "--out", folder.path() + "/demos", "--force"},
               "is no export to minari");

  // What a killed export left goes too: no process has such a number.
  folder.Write(".out.hdf5.exporting-99999999", "half");
  // A damaged episode leaves what was there, and nothing else.
  const std::string file = demos + "/episode_000001_seed_2.hdf5";
  WriteFileAtomic(file, ReadFile(file).substr(0, 9000));
  ExpectMisuse({"export", demos, "--to", "robomimic", "--out", out, "--force"}, file);
  EXPECT_EQ(ReadFile(out), bytes);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().string().find("exporting"), std::string::npos) << entry.path();
  }
}

TEST(Program, SettingsComeFromAFile) {
  const TempFolder folder;
  const std::string file = folder.Write("run.toml", "hz = 240\n[env]\nstrict = true\n");
  const std::string out = folder.path() + "/eval";
  RunExpecting(0, {"eval", kEnv, "--agent", "oracle", "--episodes", "1", "--stories", "0",
                   "--no-film", "--out", out, "--config", file, "--set", "hz=120"});
  const json config = json::parse(ReadFile(out + "/config.json"));
  EXPECT_EQ(config.at("env_config").at("strict"), true);
  EXPECT_EQ(config.at("env_config").at("hz"), 120);
  EXPECT_THAT(config.at("command").get<std::string>(), HasSubstr("--config " + file));
  const std::string bad = folder.Write("bad.toml", "\nhz = 3\n");
  ExpectMisuse({"eval", kEnv, "--agent", "oracle", "--config", bad}, bad + ":2:6: hz = 3");
}

TEST(Program, TwoProcessesDoNotWriteToOneFolder) {
  const TempFolder folder;
  const std::string out = folder.path() + "/demos";
  Program first({"demos", kEnv, "--episodes", "1000", "--out", out});
  while (first.running() && !std::filesystem::exists(out + "/config.json")) usleep(10'000);
  ExpectMisuse({"demos", kEnv, "--episodes", "1", "--out", out}, "another process is writing");
  EXPECT_EQ(first.Wait(SIGINT).code, 130);
}

}  // namespace
}  // namespace rookery::testing
