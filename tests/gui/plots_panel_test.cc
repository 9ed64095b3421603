#include "gui/panels/plots_panel.h"

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_te_context.h>

#include <string>
#include <vector>

#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using testing::SteeredViewer;
using Names = std::vector<std::vector<std::string>>;

PlotsPanel& PanelOf(SteeredViewer* viewer) {
  viewer->interface().Show("Plots");
  viewer->Frames(3);
  return *viewer->interface().Find<PlotsPanel>();
}

// Plots and combo boxes tell the Test Engine no names: by their ids.
ImGuiID InPlots(ImGuiTestContext* hands, const char* name) {
  const ImGuiTestItemInfo child = hands->WindowInfo("//Plots/plots");
  IM_CHECK_SILENT_RETV(child.Window != nullptr, 0);
  return child.Window->GetID(name);
}

TEST(PlotsPanel, RewardAndReturnAtFirst) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  PlotsPanel& panel = PanelOf(&viewer);
  EXPECT_EQ(panel.plots(), (Names{{"reward"}, {"return"}}));
  viewer.Picture("plots_empty");
  viewer.Open({.env = "Pendulum-v1", .agent = "random"});
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  viewer.Frames(3);
  EXPECT_EQ(panel.low(), 0);
  EXPECT_EQ(panel.high(), static_cast<double>(viewer.now().step));
  viewer.Picture("plots_pendulum");
}

TEST(PlotsPanel, NumbersAreChosenComparedAndKept) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  viewer.Open({.env = "Pendulum-v1", .agent = "random"});
  PlotsPanel& panel = PanelOf(&viewer);
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  const std::string column = "action.action";
  std::string first;
  viewer.Steer([&](ImGuiTestContext* hands) {
    const auto names = [&](const std::string& item) {
      return hands->ItemInfo(("//Plots/**/" + item).c_str()).ID;
    };
    hands->ItemInputValue("//Plots/**/##filter", "state");
    hands->Yield(2);
    for (const std::string& name : viewer.simulation().series().Names()) {
      if (name.starts_with("observation.state") && first.empty()) first = name;
    }
    hands->ItemClick(names("###" + first));
    hands->ItemInputValue("//Plots/**/##filter", "");
    hands->ItemClick(names("###return"));  // off
    hands->Yield(2);
    // What is dragged onto a plot is drawn in it too.
    hands->ItemDragAndDrop(names("###" + column), InPlots(hands, "##plot0"));
    hands->Yield(2);
  });
  const Names expected = {{"reward", column}, {first}};
  EXPECT_EQ(panel.plots(), expected);
  viewer.interface().settings().theme = Theme::kLight;
  viewer.Picture("plots_chosen_light");
  viewer.Restart();
  EXPECT_EQ(PanelOf(&viewer).plots(), expected);
}

TEST(PlotsPanel, AClickGoesToThatStep) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  viewer.Open({.env = "Pendulum-v1", .agent = "random"});
  PlotsPanel& panel = PanelOf(&viewer);
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  const int64_t end = viewer.now().step;
  viewer.Frames(3);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMove(InPlots(hands, "##plot0"));
    hands->MouseClick();
    hands->Yield(3);
  });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_GT(viewer.now().step, end / 4);
  EXPECT_LT(viewer.now().step, 3 * end / 4);
  EXPECT_EQ(viewer.now().mode, Mode::kPaused);
  // What is known of the future stays in the plot.
  viewer.Frames(3);
  EXPECT_EQ(panel.high(), static_cast<double>(end));
  viewer.Picture("plots_back");
  // The wheel zooms, and Fit shows all again.
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMove(InPlots(hands, "##plot1"));
    for (int i = 0; i < 5; ++i) hands->MouseWheelY(1);
    hands->Yield(3);
  });
  EXPECT_LT(panel.high() - panel.low(), 0.8 * static_cast<double>(end));
  viewer.Picture("plots_zoomed");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemClick("//Plots/**/Fit"); });
  EXPECT_EQ(panel.high(), static_cast<double>(end));
  EXPECT_EQ(panel.low(), 0);
}

TEST(PlotsPanel, FollowsTheLastSteps) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  viewer.Open({.env = "Pendulum-v1", .agent = "random"});
  PlotsPanel& panel = PanelOf(&viewer);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemClick(InPlots(hands, "##view"));
    hands->ItemClick("//##Combo_00/last 50 steps");
  });
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  viewer.Frames(3);
  EXPECT_EQ(panel.high(), static_cast<double>(viewer.now().step));
  EXPECT_EQ(panel.low(), panel.high() - 50);
  viewer.simulation().Seek(100);
  ASSERT_TRUE(viewer.UntilIdle());
  viewer.Frames(3);
  EXPECT_EQ(panel.high(), 100);
}

}  // namespace
}  // namespace rookery::gui
