// What is played is recorded, and what was recorded plays again, driven by mouse and keyboard.
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/episode_store.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/step_loop.h"
#include "gui/episode_list.h"
#include "gui/episode_recording.h"
#include "gui/panels/replay_panel.h"
#include "gui/panels/scene_panel.h"
#include "gui/video_recording.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::testing {
namespace {

using gui::Cast;
using gui::EpisodeDraft;
using gui::EpisodeList;
using gui::EpisodeRecording;
using gui::kPersonName;
using gui::Mode;
using gui::VideoRecording;

// Recordings go to folders below the working directory.
class InFolder {
 public:
  explicit InFolder(const std::string& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~InFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

EpisodeDraft CartPoleDraft(uint64_t seed, int steps) {
  EpisodeDraft draft;
  draft.cast.env = "CartPole-v1";
  draft.seed = seed;
  for (int i = 0; i < steps; ++i) {
    draft.actions.push_back({{"action", Array::Scalar<int64_t>(i % 2)}});
    draft.sentences.push_back(i < 3 ? "push the cart to the left" : "push the cart to the right");
  }
  return draft;
}

template <typename Condition>
bool Until(const Condition& condition) {
  for (int i = 0; i < 30'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

// A data set of three episodes.
std::string MakeDataSet(const std::string& folder) {
  const std::string path = folder + "/demos";
  EpisodeStore store(path);
  for (const uint64_t seed : {5, 6, 7}) store.Add(PerformDraft(CartPoleDraft(seed, 8)));
  store.WriteIndex();
  return path;
}

TEST(EpisodeRecording, StoresEachEpisodeOnce) {
  const TempFolder folder;
  const std::string path = folder.path() + "/set";
  EpisodeRecording recording;
  recording.Add(CartPoleDraft(1, 6), path, false);
  recording.Add(CartPoleDraft(1, 6), path, false);
  recording.Add(CartPoleDraft(2, 6), path, false);
  recording.Add(CartPoleDraft(3, 6), path, true);  // not solved
  ASSERT_TRUE(Until([&] { return recording.pending() == 0; }));
  EXPECT_EQ(recording.Stored().size(), 2u);
  const EpisodeStore store(path);
  ASSERT_EQ(store.size(), 2);
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  EXPECT_EQ(ReplayDifference(env.get(), store.Read(1)), "");
  EXPECT_EQ(store.Read(1).seed, 2u);
  EXPECT_TRUE(std::filesystem::exists(path + "/dataset.hdf5"));
}

TEST(EpisodeRecording, SaysWhatCannotBeStored) {
  const TempFolder folder;
  EpisodeRecording recording;
  EpisodeDraft touched = CartPoleDraft(1, 6);
  touched.touched = true;
  recording.Add(touched, folder.path() + "/set", false);
  recording.Add(CartPoleDraft(1, 6), folder.path() + "/set", false);
  EpisodeDraft other = CartPoleDraft(1, 6);
  other.cast.env = "MountainCar-v0";
  recording.Add(other, folder.path() + "/set", false);
  ASSERT_TRUE(Until([&] { return recording.pending() == 0; }));
  const auto stored = recording.Stored();
  ASSERT_EQ(stored.size(), 3u);
  EXPECT_NE(stored[0].error.find("a hand took part"), std::string::npos) << stored[0].error;
  EXPECT_EQ(stored[1].error, "");
  EXPECT_NE(stored[2].error.find("holds episodes of CartPole-v1"), std::string::npos);
}

TEST(EpisodeRecording, ConfigurationsHaveFoldersOfTheirOwn) {
  const Cast plain{.env = "Ravens/BlockInsertion-v0"};
  EXPECT_EQ(gui::RecordingFolder(plain), "runs/viewer_Ravens_BlockInsertion-v0");
  Cast strict = plain;
  strict.env_settings = {"strict=true"};
  strict.env_config = R"({"strict":true})";
  EXPECT_NE(gui::RecordingFolder(strict), gui::RecordingFolder(plain));
}

TEST(EpisodeList, ReadsADataSetAndSaysWhatIsDamaged) {
  const TempFolder folder;
  const std::string path = MakeDataSet(folder.path());
  std::filesystem::resize_file(EpisodeStore(path).path(2), 1000);
  EpisodeList list;
  list.Open(path);
  ASSERT_TRUE(Until([&] {
    list.Update();
    return list.episodes().size() == 3 && !list.busy();
  }));
  EXPECT_EQ(list.episodes()[1].seed, 6u);
  EXPECT_EQ(list.episodes()[1].steps, 8);
  EXPECT_EQ(list.episodes()[1].score, 8);
  EXPECT_EQ(list.episodes()[1].error, "");
  EXPECT_NE(list.episodes()[2].error, "");
  size_t index = 0;
  std::shared_ptr<const Episode> episode;
  list.Load(1);
  ASSERT_TRUE(Until([&] { return (episode = list.TakeLoaded(&index)) != nullptr; }));
  EXPECT_EQ(index, 1u);
  EXPECT_EQ(episode->steps(), 8);
  list.Open(folder.path() + "/nothing");
  ASSERT_TRUE(Until([&] {
    list.Update();
    return !list.error().empty();
  }));
  EXPECT_TRUE(list.episodes().empty());
}

TEST(VideoRecording, KeepsTime) {
  const TempFolder folder;
  VideoRecording video(folder.path() + "/videos/film");
  Array picture(DType::kUInt8, {32, 48, 3});
  // Frames at 10 a second are shown thrice each; one that is another size is cut.
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(video.Due(i * 0.1));
    video.Add(i == 5 ? Array(DType::kUInt8, {20, 64, 3}) : picture.Clone(), i * 0.1);
    EXPECT_FALSE(video.Due(i * 0.1));
  }
  video.Finish();
  ASSERT_TRUE(Until([&] { return video.done(); }));
  EXPECT_EQ(video.error(), "");
  EXPECT_NEAR(video.seconds(), 0.93, 0.05);
  EXPECT_GT(std::filesystem::file_size(video.path()), 0u);
  EXPECT_EQ(video.left_out(), 0);
}

TEST(VideoRecording, CutsPictures) {
  Array picture(DType::kUInt8, {2, 3, 3});
  for (size_t i = 0; i < 18; ++i) picture.As<uint8_t>()[i] = static_cast<uint8_t>(i);
  const Array cut = gui::CutPicture(picture, 2, 3);
  const auto at = cut.As<uint8_t>();
  EXPECT_EQ(at[5], 5);
  EXPECT_EQ(at[6], 9);   // the second row begins
  EXPECT_EQ(at[12], 0);  // beyond
}

TEST(RecordPanel, WhatIsPlayedIsRecordedAndReplays) {
  SteeredViewer viewer;
  const InFolder in(viewer.folder());
  viewer.Open({.env = "CartPole-v1"}, 3);
  viewer.simulation().SetSpeed(0);
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiMod_Ctrl | ImGuiKey_R); });
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  const uint64_t hash = viewer.now().progress.trace_hash;
  const int64_t steps = viewer.now().step;
  const std::string folder = "runs/viewer_CartPole-v1";
  ASSERT_TRUE(viewer.Until([&] { return std::filesystem::exists(folder + "/dataset.hdf5"); }));
  EXPECT_EQ(EpisodeStore(folder).Read(0).TraceHash(), hash);
  viewer.interface().Show("Record");
  viewer.Frames(3);
  viewer.Picture("record");
  // From the list straight to its replay.
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Record");
    hands->ItemClick("stored/$$0/###stored");
  });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay; }));
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == steps; }));
  EXPECT_EQ(viewer.now().progress.trace_hash, hash);
  EXPECT_EQ(viewer.now().difference, "");
}

TEST(RecordPanel, AnUnfinishedEpisodeIsStoredUpToNow) {
  SteeredViewer viewer;
  const InFolder in(viewer.folder());
  viewer.Open({.env = "Pendulum-v1"}, 3);
  viewer.interface().Show("Record");
  for (int i = 0; i < 5; ++i) viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 5; }));
  viewer.Steer(
      [&](ImGuiTestContext* hands) { hands->ItemClick("//Record/Store this one up to now"); });
  const std::string folder = "runs/viewer_Pendulum-v1";
  ASSERT_TRUE(viewer.Until([&] { return std::filesystem::exists(folder + "/dataset.hdf5"); }));
  EXPECT_EQ(EpisodeStore(folder).Read(0).steps(), 5);
}

TEST(RecordPanel, ATouchedEpisodeIsNotStored) {
  SteeredViewer viewer;
  const InFolder in(viewer.folder());
  viewer.Open(
      {.env = "Ravens/BlockInsertion-v0", .env_settings = {"observe=heightmap"}, .agent = "oracle"},
      1);
  viewer.interface().Show("Record");
  viewer.simulation().SetSpeed(0);
  viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 1; }, 120));
  viewer.Frames(3);
  const auto disabled = [&] {
    bool off = false;
    viewer.Steer([&](ImGuiTestContext* hands) {
      const ImGuiTestItemInfo info = hands->ItemInfo("//Record/Store this one up to now");
      off = (info.ItemFlags & ImGuiItemFlags_Disabled) != 0;
    });
    return off;
  };
  EXPECT_FALSE(disabled());
  for (const SceneBody& body : viewer.now().scene->bodies) {
    if (!body.movable) continue;
    Pose lifted = body.X_WB;
    lifted.p.z += 0.1;
    viewer.simulation().MoveBody(body.id, lifted);
    break;
  }
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().touched; }));
  EXPECT_TRUE(disabled());
  viewer.Picture("record_touched");
}

TEST(RecordPanel, AVideoIsRecorded) {
  SteeredViewer viewer;
  const InFolder in(viewer.folder());
  viewer.Open({.env = "CartPole-v1"}, 3);
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiMod_Ctrl | ImGuiKey_M); });
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::seconds(1)) viewer.Frames(1);
  const auto* scene = viewer.interface().Find<gui::ScenePanel>();
  EXPECT_TRUE(scene->bare()) << "no tools in the video";
  viewer.Picture("video_of_the_scene");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiMod_Ctrl | ImGuiKey_M); });
  const auto written = [] {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("videos", error)) {
      const auto extension = entry.path().extension();
      if (extension == ".mp4" || extension == ".png") return entry.file_size() > 1000;
    }
    return false;
  };
  EXPECT_TRUE(viewer.Until(written, 60));
  EXPECT_FALSE(scene->bare());
}

TEST(ReplayPanel, ADataSetIsScrubbedAndTakenOver) {
  SteeredViewer viewer;
  const std::string path = MakeDataSet(viewer.folder());
  auto* panel = viewer.interface().Find<gui::ReplayPanel>();
  ASSERT_NE(panel, nullptr);
  panel->Open(&viewer.interface(), path);
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay && !panel->list().busy(); }));
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().seed, 5u);
  EXPECT_EQ(viewer.now().known, 8);
  EXPECT_EQ(viewer.interface().settings().recent.front(), path);
  // Another of the set, by a click.
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Replay");
    hands->ItemClick("episodes/$$1/###episode");
  });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().seed == 6; }));
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 8; }));
  EXPECT_EQ(viewer.now().difference, "");
  // Along the timeline, by dragging.
  viewer.Steer([&](ImGuiTestContext* hands) {
    const ImRect rect = hands->ItemInfo("//##controls/##timeline").RectFull;
    const float y = rect.GetCenter().y;
    hands->MouseMoveToPos({rect.Max.x - 6, y});
    hands->MouseDown();
    hands->MouseMoveToPos({rect.Min.x + 0.5f * rect.GetWidth(), y});
    hands->Yield(2);
    EXPECT_NEAR(static_cast<double>(viewer.now().step), 4, 1);
    hands->MouseMoveToPos({rect.Min.x + 4, y});
    hands->MouseUp();
  });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 0; }));
  EXPECT_EQ(viewer.now().known, 8);
  // To where a sentence begins.
  viewer.Steer([&](ImGuiTestContext* hands) {
    const ImGuiTestItemInfo child = hands->WindowInfo("//Replay/sentences");
    hands->SetRef(child.Window);
    hands->ItemClick("$$1/###said");
  });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 3; }));
  viewer.Picture("replay");
  // And on by hand.
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemClick("//Replay/I play"); });
  ASSERT_TRUE(viewer.Until([&] { return !viewer.now().replay; }));
  EXPECT_EQ(viewer.now().cast.agent, kPersonName);
  EXPECT_EQ(viewer.now().step, 3);
  EXPECT_EQ(viewer.now().known, 3);
}

TEST(ReplayPanel, TakenOverAtItsEndAnotherEpisodeFollows) {
  SteeredViewer viewer;
  EpisodeDraft draft = CartPoleDraft(5, 0);
  for (int i = 0; i < 500; ++i) {  // to its end
    draft.actions.push_back({{"action", Array::Scalar<int64_t>(0)}});
    draft.sentences.push_back("");
    try {
      PerformDraft(draft);
    } catch (const Failure&) {
      break;
    }
  }
  draft.actions.pop_back();
  draft.sentences.pop_back();
  viewer.simulation().OpenEpisode(std::make_shared<Episode>(PerformDraft(draft)));
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay; }));
  viewer.simulation().Seek(500);
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_T); });
  ASSERT_TRUE(viewer.Until([&] { return !viewer.now().replay; }));
  EXPECT_EQ(viewer.now().cast.agent, kPersonName);
  EXPECT_EQ(viewer.now().mode, Mode::kEnded);
  viewer.Picture("replay_ended_taken");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_Backspace); });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().step, 0);
  EXPECT_EQ(viewer.now().seed, 5u);
}

TEST(ReplayPanel, AllArePlayedInTurn) {
  SteeredViewer viewer;
  auto* panel = viewer.interface().Find<gui::ReplayPanel>();
  panel->Open(&viewer.interface(), MakeDataSet(viewer.folder()));
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay && !panel->list().busy(); }));
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemCheck("//Replay/all in turn"); });
  viewer.simulation().Play();
  std::vector<uint64_t> seeds;
  ASSERT_TRUE(viewer.Until([&] {
    if (seeds.empty() || seeds.back() != viewer.now().seed) seeds.push_back(viewer.now().seed);
    return seeds.size() == 3 && viewer.now().step == 8;
  }));
  EXPECT_EQ(seeds, (std::vector<uint64_t>{5, 6, 7}));
}

TEST(ReplayPanel, ADifferenceIsSaidPlainly) {
  SteeredViewer viewer;
  const std::string folder = viewer.folder() + "/odd";
  Episode episode = PerformDraft(CartPoleDraft(5, 8));
  episode.hashes[4] ^= 1;
  EpisodeStore store(folder);
  store.Add(episode);
  auto* panel = viewer.interface().Find<gui::ReplayPanel>();
  panel->Open(&viewer.interface(), store.path(0), true);
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay && viewer.now().step == 8; }));
  EXPECT_EQ(viewer.now().difference, "step 4 is not as it was recorded");
  viewer.interface().settings().theme = gui::Theme::kLight;
  viewer.Picture("replay_differs_light");
}

TEST(ReplayPanel, AFolderIsChosenInTheBrowser) {
  SteeredViewer viewer;
  MakeDataSet(viewer.folder());
  const InFolder in(viewer.folder());
  viewer.interface().Show("Replay");
  viewer.Frames(3);
  viewer.Picture("replay_empty");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemClick("//Replay/Browse");
    hands->Sleep(0.3f);
    hands->Yield(10);
    hands->SetRef(hands->WindowInfo("//Open a recording/entries").Window);
    hands->ItemClick("###demos");
    hands->Yield(10);
    hands->ItemClick("//Open a recording/###open");
  });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().replay; }));
  EXPECT_EQ(viewer.now().seed, 5u);
  EXPECT_NE(viewer.interface().settings().recent.front().find("demos"), std::string::npos);
}

}  // namespace
}  // namespace rookery::testing
