// The viewer from its command line on: what is refused, and that it runs.
#include "gui/viewer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "core/run_folder.h"
#include "gui/run_list.h"
#include "tests/gui/display.h"
#include "tests/temp_folder.h"

namespace rookery::gui {
namespace {

using testing::TempFolder;

TEST(Viewer, RunsWithAndWithoutAScreenshot) {
  testing::StartDisplay();
  const TempFolder folder;
  ViewerOptions options{.cast = Cast{.env = "CartPole-v1"},
                        .play = true,
                        .speed = 0,
                        .width = 640,
                        .height = 480,
                        .settings_path = folder.path() + "/viewer.json",
                        .frames = 5};
  CheckViewerFiles(options);
  RunViewer(options);
  EXPECT_TRUE(std::filesystem::exists(options.settings_path));
  options.screenshot = folder.path() + "/window.png";
  CheckViewerFiles(options);
  RunViewer(options);
  EXPECT_GT(std::filesystem::file_size(options.screenshot), 1000u);
  options.screenshot = folder.path() + "/no/window.png";
  EXPECT_THROW(CheckViewerFiles(options), Failure);
}

TEST(Viewer, RunsWithinRunsAreFound) {
  const TempFolder folder;
  const RunFolder evaluation(folder.path() + "/quickstart");
  evaluation.WriteJson("config.json", R"({"kind": "evaluation"})");
  const RunFolder training(folder.path() + "/quickstart/train");
  training.WriteJson("config.json", R"({"kind": "training run"})");
  const auto runs = FindTrainingRuns(folder.path());
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].folder, training.path());
  EXPECT_NO_THROW(CheckViewerFiles({.run = training.path()}));
  EXPECT_THROW(CheckViewerFiles({.run = evaluation.path()}), UserError);
}

}  // namespace
}  // namespace rookery::gui
