#include "gui/panels/values_panel.h"

#include <gtest/gtest.h>
#include <imgui_te_context.h>

#include <limits>

#include "gui/panels/plots_panel.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using testing::SteeredViewer;

TEST(Values, AreWrittenAsTheyAreMeant) {
  ArraySpec number;
  EXPECT_EQ(ValueText(number, 0.25), "0.25");
  EXPECT_EQ(ValueText(number, -std::numeric_limits<double>::infinity()), "-inf");
  ArraySpec flag;
  flag.dtype = DType::kBool;
  EXPECT_EQ(ValueText(flag, 1), "true");
  ArraySpec choice;
  choice.dtype = DType::kInt64;
  choice.low = {3};
  choice.choices = {"NOOP", "FIRE"};
  EXPECT_EQ(ValueText(choice, 4), "FIRE");
  EXPECT_EQ(ValueText(choice, 5), "5");  // it has no name
}

TEST(ValuesPanel, ShowsTheNumbersOfAStep) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  viewer.interface().Show("Values");
  viewer.Picture("values_empty");
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  viewer.simulation().SetSpeed(0);
  viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.UntilIdle());
  viewer.Picture("values_ravens");
  viewer.Open({.env = "CartPole-v1", .agent = "random"});
  viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.UntilIdle());
  viewer.interface().settings().theme = Theme::kLight;
  viewer.Picture("values_cart_pole_light");
  // Searched, and put into a plot.
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Values");
    EXPECT_NE(hands->ItemInfo("**/reward").ID, 0u);
    hands->ItemInputValue("##filter", "observation theta");
    hands->Yield(2);
    EXPECT_EQ(hands->ItemInfo("**/reward", ImGuiTestOpFlags_NoError).ID, 0u);
    EXPECT_EQ(hands->ItemInfo("**/x_dot", ImGuiTestOpFlags_NoError).ID, 0u);
    hands->ItemClick("**/theta", ImGuiMouseButton_Right);
    hands->ItemClick("//$FOCUSED/Plot it");
  });
  EXPECT_TRUE(viewer.interface().Find<PlotsPanel>()->IsPlotted("observation.state.theta"));
  EXPECT_TRUE(viewer.interface().IsShown("Plots"));
  viewer.Picture("values_searched");
}

}  // namespace
}  // namespace rookery::gui
