// The Training panel, with a run that a writer fakes while it is watched, and a program that only
// pretends to train.
#include "gui/panels/training_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_te_context.h>
#include <implot.h>
#include <implot_internal.h>
#include <sys/stat.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "core/agent_file.h"
#include "core/atomic_file.h"
#include "core/metrics_writer.h"
#include "core/registry.h"
#include "core/run_folder.h"
#include "core/subprocess.h"
#include "gui/metrics_reader.h"
#include "gui/training_plots.h"
#include "tests/gui/steered_viewer.h"
#include "tests/temp_folder.h"

namespace rookery::gui {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::SteeredViewer;
using testing::TempFolder;

// What `rookery train` writes.
class FakeRun {
 public:
  explicit FakeRun(const std::string& folder, int64_t steps = 400)
      : folder_(std::make_unique<RunFolder>(folder)), path_(folder) {
    const auto env = MakeEnv("CartPole-v1");
    const std::unique_ptr<Config> config = FindEnv("CartPole-v1").make_config();
    env_config_ = ConfigToJson(*config).dump();
    folder_->WriteJson("config.json", R"({"kind": "training run", "agent": "stage_learner",
      "agent_config": {"steps": )" + std::to_string(steps) +
                                          R"(, "rate": 0.1}, "env": "CartPole-v1",
      "env_config": )" + env_config_ + R"(, "steps": )" +
                                          std::to_string(steps) +
                                          R"(, "data": "10 episodes", "command":
      "rookery train stage_learner --env CartPole-v1 --out elsewhere --steps )" +
                                          std::to_string(steps) + "\"}");
    agent_ = MakeAgent("stage_learner", env->spec(), 0);
    metrics_ = std::make_unique<MetricsWriter>(folder);
  }
  void Updates(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      ++step_;
      const double t = static_cast<double>(step_);
      metrics_->Write(step_, {{"loss/attention", 3 * std::exp(-t / 150) + 0.4 * std::sin(t * 1.7)},
                              {"loss/transport", 5 * std::exp(-t / 90) + 0.3 * std::sin(t * 2.9)}});
      agent_->Update();
    }
  }
  void Checkpoint(double score) {
    SaveAgentFile(folder_->CheckpointPath(step_), *agent_,
                  {.agent = "stage_learner",
                   .agent_config = R"({"profile": "slow", "steps": 50, "rate": 0.1})",
                   .env = "CartPole-v1",
                   .env_config = env_config_,
                   .step = step_});
    scores_ += (scores_.empty() ? "" : ", ") + std::string(R"({"step": )") + std::to_string(step_) +
               R"(, "score": )" + std::to_string(score) + "}";
    folder_->WriteJson("checkpoints/best.json", R"({"best_step": )" + std::to_string(step_) +
                                                    R"(, "scores": [)" + scores_ +
                                                    R"(], "validation": "10 episodes"})");
    metrics_->Write(step_, {{"validation/score", score}});
  }
  void Extra(const std::string& name) { metrics_->Write(step_, {{name, 0.001}}); }
  void Stop() {
    metrics_.reset();
    folder_.reset();
  }
  const std::string& path() const { return path_; }

 private:
  std::unique_ptr<RunFolder> folder_;
  std::unique_ptr<MetricsWriter> metrics_;
  std::unique_ptr<Agent> agent_;
  std::string env_config_, scores_, path_;
  int64_t step_ = 0;
};

TEST(MetricsReader, ReadsOnlyWhatIsNew) {
  const TempFolder folder;
  MetricsReader reader(folder.path() + "/metrics.csv");
  EXPECT_FALSE(reader.Read());
  MetricsWriter writer(folder.path());
  for (int64_t i = 1; i <= 2000; ++i) writer.Write(i, {{"loss/a", 0.5 * static_cast<double>(i)}});
  EXPECT_TRUE(reader.Read());
  EXPECT_FALSE(reader.Read());
  ASSERT_EQ(reader.table().columns.size(), 2u);
  EXPECT_EQ(reader.table().columns[1].size(), 2000u);
  const int64_t before = reader.bytes_read();
  writer.Write(2001, {{"loss/a", 7}});
  EXPECT_TRUE(reader.Read());
  EXPECT_LT(reader.bytes_read(), before + 100);
  EXPECT_EQ(reader.table().columns[0].back(), 2001);
  EXPECT_EQ(reader.table().columns[1].back(), 7);
}

TEST(MetricsReader, FollowsTheWriterWhateverItDoes) {
  const TempFolder folder;
  const std::string path = folder.path() + "/metrics.csv";
  MetricsReader reader(path);
  auto writer = std::make_unique<MetricsWriter>(folder.path());
  const auto same = [&] {
    reader.Read();
    const report::MetricsTable all = report::ReadMetrics(path);
    ASSERT_EQ(reader.table().names, all.names);
    for (size_t c = 0; c < all.columns.size(); ++c) {
      ASSERT_EQ(reader.table().columns[c].size(), all.columns[c].size()) << all.names[c];
      for (size_t r = 0; r < all.columns[c].size(); ++r) {
        const double a = reader.table().columns[c][r], b = all.columns[c][r];
        EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << all.names[c] << " " << r;
      }
    }
  };
  for (int64_t i = 1; i <= 5; ++i) {
    writer->Write(i, {{"loss", 1.0 / static_cast<double>(i)}});
    same();
  }
  writer->Write(5, {{"loss", 12345.5}});  // in the place of the last row
  same();
  writer->Write(5, {{"validation/score", 0.5}});  // a new column: another file
  same();
  writer->Write(6, {{"other", 1}, {"loss", 2}});
  writer->Write(7, {{"more", 1}, {"loss", 2}});  // two other files between two looks
  same();
  writer = std::make_unique<MetricsWriter>(folder.path(), 3);  // resumed: rows are dropped
  same();
  EXPECT_EQ(reader.table().columns[0].back(), 3);
  writer->Write(4, {{"loss", 0.25}});
  same();
}

TEST(MetricsReader, ARowThatIsBeingWrittenWaits) {
  const TempFolder folder;
  const std::string path = folder.Write("metrics.csv", "step,loss\n1,0.5\n2,0.2");
  MetricsReader reader(path);
  EXPECT_TRUE(reader.Read());
  EXPECT_THAT(reader.table().columns[0], ElementsAre(1));
  folder.Write("metrics.csv", "step,loss\n1,0.5\n2,0.25\n");
  EXPECT_TRUE(reader.Read());
  EXPECT_THAT(reader.table().columns[1], ElementsAre(0.5, 0.25));
}

TEST(TrainingPlots, SmoothingBeginsWithTheFirstValueAndSkipsGaps) {
  EXPECT_THAT(Smoothed({4, 4, 4}, 0.9), ElementsAre(4, 4, 4));
  EXPECT_THAT(Smoothed({1, 3}, 0), ElementsAre(1, 3));
  const std::vector<double> smooth = Smoothed({1, std::nan(""), 3}, 0.5);
  EXPECT_EQ(smooth[1], 1);
  EXPECT_DOUBLE_EQ(smooth[2], (0.5 * 0.5 * 1 + 0.5 * 3) / 0.75);
}

TEST(TrainingPlots, LongCurvesKeepTheirExtremes) {
  std::vector<double> x, y;
  for (int i = 0; i < 100'000; ++i) {
    x.push_back(i);
    y.push_back(i == 31'337 ? 50 : i == 70'001 ? -50 : i % 10);
  }
  const CurvePoints points = Decimated(x, y, 0, 99'999, 400);
  EXPECT_LE(points.x.size(), 802u);
  EXPECT_EQ(*std::max_element(points.y.begin(), points.y.end()), 50);
  EXPECT_EQ(*std::min_element(points.y.begin(), points.y.end()), -50);
  EXPECT_TRUE(std::is_sorted(points.x.begin(), points.x.end()));
  const CurvePoints part = Decimated(x, y, 1000, 1010, 400);
  EXPECT_EQ(part.x.size(), 13u);  // and one on either side
}

TEST(TrainingPlots, AConstantHasRoomAroundIt) {
  EXPECT_EQ(AxisRange(0, 0), std::pair(-0.5, 0.5));
  EXPECT_EQ(AxisRange(0.25, 0.25), std::pair(-0.75, 1.25));
  EXPECT_EQ(AxisRange(-200, -200), std::pair(-220.0, -180.0));
  const auto [low, high] = AxisRange(1, 3);
  EXPECT_DOUBLE_EQ(low, 1 - 0.12);
  EXPECT_DOUBLE_EQ(high, 3 + 0.12);
}

TEST(TrainingPlots, TicksAreFewAndRound) {
  EXPECT_THAT(RoundTicks(0, 400, 3), ElementsAre(0, 200, 400));
  EXPECT_THAT(RoundTicks(-0.75, 1.25, 4), ElementsAre(-0.5, 0, 0.5, 1));
  EXPECT_THAT(RoundTicks(0, 5, 7, 1), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(RoundTicks(0, 5, 20, 1), ElementsAre(0, 1, 2, 3, 4, 5));  // no half steps
  EXPECT_THAT(RoundTicks(1, 1, 5), ElementsAre());
  for (int most = 2; most < 9; ++most) {
    EXPECT_LE(RoundTicks(-3.7, 812.3, most).size(), static_cast<size_t>(most));
  }
}

// Else what it says after the viewer was killed would end it before it has saved.
TEST(ChildProcess, AWriteThatNobodyReadsDoesNotKillIt) {
  const auto before = signal(SIGPIPE, SIG_DFL);
  ChildProcess child({"/bin/sh", "-c", "grep SigIgn /proc/self/status"});
  signal(SIGPIPE, before);
  while (child.running()) child.Poll();
  ASSERT_EQ(child.lines().size(), 1u);
  const std::string mask = child.lines()[0].substr(child.lines()[0].find_first_of("0123456789"));
  EXPECT_NE(std::stoull(mask, nullptr, 16) & (1ull << (SIGPIPE - 1)), 0u) << mask;
}

TEST(TrainingForm, ARunGoesOnWithItsOwnCommandInItsOwnFolder) {
  const TrainingOrder order = ContinueOrder(
      "rookery train transporter --env 'A B' --out there/x --steps 5 --set a=b", "here");
  EXPECT_THAT(order.words, ElementsAre("train", "transporter", "--env", "A B", "--steps", "5",
                                       "--set", "a=b", "--out", "here"));
}

TEST(TrainingPanel, WatchesARunAndItsNewestCheckpointActs) {
  SteeredViewer viewer;
  FakeRun run(viewer.folder() + "/run");
  auto* panel = viewer.interface().Find<TrainingPanel>();
  ASSERT_NE(panel, nullptr);
  viewer.interface().Show("Training");
  panel->Attach(run.path() + "/");
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->number > 0; }));
  EXPECT_EQ(panel->run()->trouble, "");
  EXPECT_TRUE(panel->run()->running);
  EXPECT_EQ(panel->run()->agent, "stage_learner");
  run.Updates(120);
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->step == 120; }));
  EXPECT_EQ(panel->run()->metrics->names.size(), 3u);
  EXPECT_EQ(panel->run()->checkpoint, "");

  viewer.Steer(
      [](ImGuiTestContext* hands) { hands->ItemCheck("//Training/**/latest checkpoint acts"); });
  run.Checkpoint(0.25);
  ASSERT_TRUE(viewer.Until([&] { return !viewer.now().cast.checkpoint.empty(); }));
  EXPECT_EQ(viewer.now().cast.env, "CartPole-v1");
  EXPECT_EQ(viewer.now().cast.agent, "stage_learner");
  EXPECT_THAT(viewer.now().cast.checkpoint, HasSubstr("step_00000120"));

  // A newer one waits for the next episode.
  viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 1; }));
  run.Updates(80);
  run.Checkpoint(0.75);
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->checkpoint_step == 200; }));
  viewer.Frames(3);
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_THAT(viewer.now().cast.checkpoint, HasSubstr("step_00000120"));
  EXPECT_EQ(viewer.now().step, 1);
  viewer.simulation().Reset(2);
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_THAT(viewer.now().cast.checkpoint, HasSubstr("step_00000200"));
  ASSERT_EQ(panel->run()->validation.size(), 2u);
  EXPECT_EQ(panel->run()->best_step, 200);
  viewer.Picture("training_dark");
  viewer.interface().settings().theme = Theme::kLight;
  viewer.Picture("training_light");

  run.Stop();
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->step == 200; }));
}

TEST(TrainingPanel, AllCurvesHaveRoomBesideEachOther) {
  SteeredViewer viewer;
  FakeRun run(viewer.folder() + "/run");
  run.Updates(20);
  run.Checkpoint(0.5);
  run.Extra("learning_rate");
  auto* panel = viewer.interface().Find<TrainingPanel>();
  viewer.interface().Show("Training");
  panel->Attach(run.path());
  ASSERT_TRUE(viewer.Until([&] {
    return panel->run()->metrics != nullptr && panel->run()->metrics->names.size() == 5;
  }));
  viewer.Frames(3);
  viewer.Picture("training_three_curves");
  const ImGuiWindow* window = ImGui::FindWindowByName("Training");
  ImPool<ImPlotPlot>& plots = ImPlot::GetCurrentContext()->Plots;
  ASSERT_EQ(plots.GetBufSize(), 3);
  float right = window->Pos.x;  // of the one before
  for (int i = 0; i < 3; ++i) {
    const ImRect& plot = plots.GetByIndex(i)->FrameRect;
    EXPECT_GE(plot.Min.x, right) << i;
    right = plot.Max.x;
    EXPECT_LE(right, window->Pos.x + window->Size.x) << i;
    EXPECT_LE(plot.Max.y, window->Pos.y + window->Size.y) << i;
  }
}

TEST(TrainingPanel, SaysWhatAFolderIsThatIsNoRun) {
  SteeredViewer viewer;
  auto* panel = viewer.interface().Find<TrainingPanel>();
  panel->Attach(viewer.folder() + "/none");
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->number > 0; }));
  EXPECT_THAT(panel->run()->trouble, HasSubstr("there is no folder"));
  const RunFolder demos(viewer.folder() + "/demos");
  demos.WriteJson("config.json", R"({"kind": "set of demonstrations"})");
  panel->Attach(demos.path());
  ASSERT_TRUE(viewer.Until([&] { return panel->run()->number > 0; }));
  EXPECT_THAT(panel->run()->trouble, HasSubstr("set of demonstrations"));
  viewer.interface().Show("Training");
  viewer.Frames(3);
}

TEST(TrainingPanel, StartsATrainingAndStopsIt) {
  const TempFolder folder;
  const std::string program = folder.Write(
      "rookery", "#!/bin/sh\nprintf '%s\\n' \"$*\" > " + folder.path() +
                     "/words\necho training has begun\ntrap 'echo saved; exit 130' INT\n"
                     "while :; do sleep 0.02; done\n");
  chmod(program.c_str(), 0755);
  SteeredViewer viewer({.width = 1560, .height = 980, .program = program});
  viewer.Open({.env = "CartPole-v1"});
  auto* panel = viewer.interface().Find<TrainingPanel>();
  viewer.interface().Show("Training");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemClick("//Training/training/Start");
    // The Test Engine finds no combo by its label alone.
    hands->SetRef(hands->ItemInfo("//Training/**/##out").Window);
    hands->ItemClick("what/##profile");
    hands->ItemClick("//$FOCUSED/fast");
    hands->ItemInputValue("//Training/**/##demonstrations", "demos/cart");
    hands->ItemInputValue("//Training/**/##steps", 300);
    hands->ItemInputValue("//Training/**/##out", (folder.path() + "/run").c_str());
  });
  viewer.Picture("training_start");
  viewer.Steer([](ImGuiTestContext* hands) { hands->ItemClick("//Training/**/Start training"); });
  ASSERT_NE(panel->child(), nullptr);
  ASSERT_TRUE(viewer.Until([&] { return !panel->child()->lines().empty(); }));
  EXPECT_EQ(panel->child()->lines().front(), "training has begun");
  EXPECT_EQ(panel->run()->folder, folder.path() + "/run");
  const std::string words = ReadFile(folder.path() + "/words");
  EXPECT_THAT(words, HasSubstr("train stage_learner --env CartPole-v1 --steps 300"));
  EXPECT_THAT(words, HasSubstr("--episodes-dir demos/cart"));
  EXPECT_THAT(words, HasSubstr("--set agent.profile=fast"));
  EXPECT_THAT(words, ::testing::Not(HasSubstr("agent.steps")));
  EXPECT_TRUE(panel->child()->running());
  viewer.Steer([](ImGuiTestContext* hands) {
    hands->ItemClick("//Training/training/Log");
    hands->ItemClick("//Training/**/Stop");
  });
  ASSERT_TRUE(viewer.Until([&] { return !panel->child()->running(); }));
  EXPECT_EQ(panel->child()->lines().back(), "saved");
  viewer.Picture("training_log");
}

TEST(TrainingPanel, MoreDemonstrationsComeToThoseThatAreThere) {
  const TempFolder folder;
  const std::string program = folder.Write(
      "rookery", "#!/bin/sh\nprintf '%s\\n' \"$*\" > " + folder.path() + "/words\necho made\n");
  chmod(program.c_str(), 0755);
  const RunFolder demos(folder.path() + "/demos");
  demos.WriteJson("config.json", R"({"kind": "set of demonstrations"})");
  for (const char* name : {"/episode_000000_seed_0.hdf5", "/episode_000001_seed_1.hdf5"}) {
    folder.Write("demos" + std::string(name), "");
  }
  SteeredViewer viewer({.width = 1560, .height = 980, .program = program});
  viewer.Open({.env = "Ravens/BlockInsertion-v0"});
  auto* panel = viewer.interface().Find<TrainingPanel>();
  viewer.interface().Show("Training");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemClick("//Training/training/Start");
    hands->ItemInputValue("//Training/**/##demonstrations", demos.path().c_str());
    hands->ItemInputValue("//Training/**/##episodes", 5);
    hands->ItemClick("//Training/**/###make");
  });
  ASSERT_NE(panel->child(), nullptr);
  ASSERT_TRUE(viewer.Until([&] { return !panel->child()->running(); }));
  EXPECT_THAT(ReadFile(folder.path() + "/words"), HasSubstr("--episodes 7 --out " + demos.path()));
}

TEST(TrainingPanel, AProgramThatCannotStartIsSaid) {
  SteeredViewer viewer({.program = "/no/such/rookery"});
  viewer.Open({.env = "CartPole-v1"});
  auto* panel = viewer.interface().Find<TrainingPanel>();
  panel->Start(&viewer.interface(), {TrainingOrder::Kind::kTrain, "training", "x", {"train"}});
  EXPECT_EQ(panel->child(), nullptr);
  viewer.Frames(2);
}

}  // namespace
}  // namespace rookery::gui
