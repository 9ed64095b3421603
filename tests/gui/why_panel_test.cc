// The Why panel with agents that explain everything, nothing, and what fits nothing.
#include "gui/panels/why_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>

#include <string>

#include "core/registry.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using ::testing::HasSubstr;
using testing::SteeredViewer;

class WhyPanelTest : public ::testing::Test {
 protected:
  // One step of `agent` with the panel in front.
  void Step(const std::string& env, const std::string& agent) {
    viewer_.Open({.env = env, .agent = agent});
    viewer_.interface().Show("Why");
    viewer_.Frames(3);
    viewer_.simulation().SetSpeed(0);
    viewer_.simulation().StepForward();
    ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 1; }, 60));
    ASSERT_TRUE(viewer_.UntilIdle());
    ASSERT_TRUE(viewer_.Until([&] { return panel()->ready(); }));
    viewer_.Frames(2);
  }
  const ItemFigures* Item(const std::string& name) {
    for (const ItemFigures& figures : panel()->figures().items) {
      if (figures.item.name == name) return &figures;
    }
    return nullptr;
  }
  WhyPanel* panel() { return viewer_.interface().Find<WhyPanel>(); }

  SteeredViewer viewer_{{.width = 1280, .height = 980}};
};

TEST_F(WhyPanelTest, EveryKindOfReasonIsDrawn) {
  Step("Ravens/BlockInsertion-v0", "stage_explainer");
  const ExplanationFigures& figures = panel()->figures();
  EXPECT_EQ(figures.trouble, "");
  // Twice as large as the heightmap, its rows to the right.
  const Shape table = viewer_.now().seen->at("heightmap.rgb").shape();
  EXPECT_EQ(figures.table.shape(), (Shape{2 * table[1], 2 * table[0], 3}));
  ASSERT_NE(Item("pick"), nullptr);
  EXPECT_TRUE(Item("pick")->item.pose.has_value());
  ASSERT_NE(Item("energy"), nullptr);
  EXPECT_EQ(Item("energy")->landscape.shape(), (Shape{48, 64, 3}));
  const auto& order = Item("energy")->cloud_order;
  const auto cloud = Item("energy")->item.cloud.As<float>();
  for (size_t i = 1; i < order.size(); ++i) {
    EXPECT_GE(cloud[static_cast<size_t>(order[i - 1]) * 4 + 3],
              cloud[static_cast<size_t>(order[i]) * 4 + 3]);
  }
  viewer_.Picture("why_table_dark");

  // A map that is switched off leaves the picture.
  const Array both = figures.table.Clone();
  viewer_.Steer([](ImGuiTestContext* hands) { hands->ItemUncheck("//Why/pick"); });
  ASSERT_TRUE(viewer_.Until([&] { return panel()->ready(); }));
  EXPECT_FALSE(panel()->figures().table.BitEqual(both));
  viewer_.Steer([](ImGuiTestContext* hands) { hands->ItemCheck("//Why/pick"); });
  ASSERT_TRUE(viewer_.Until([&] { return panel()->ready(); }));
  EXPECT_TRUE(panel()->figures().table.BitEqual(both));

  for (int page = 1; page <= 2; ++page) {
    viewer_.Steer([](ImGuiTestContext* hands) {
      hands->ItemClose("//Why/Over the table");
      hands->ScrollToY("//Why", 0);
    });
    if (page == 2) {
      viewer_.Steer([](ImGuiTestContext* hands) { hands->ScrollToBottom("//Why"); });
      viewer_.interface().settings().theme = Theme::kLight;
    }
    viewer_.Picture("why_page_" + std::to_string(page));
  }
}

TEST_F(WhyPanelTest, WeightsHaveTheNamesOfTheSensors) {
  Step("CartPole-v1", "stage_explainer");
  ASSERT_NE(Item("attention"), nullptr);
  const std::vector<std::string>& names = Item("attention")->weight_names;
  const ArraySpec& state = viewer_.now().spec->observation.at("state");
  ASSERT_EQ(static_cast<int64_t>(names.size()), state.shape[0]);
  for (size_t i = 0; i < state.elements.size(); ++i) EXPECT_EQ(names[i], state.elements[i]);
  // Videos play; a click on the play head stops them.
  viewer_.Steer([](ImGuiTestContext* hands) {
    hands->ScrollToBottom("//Why");
    hands->ItemClick("//Why/###play");
  });
  const int64_t frame = panel()->frame();
  viewer_.Frames(30);
  EXPECT_EQ(panel()->frame(), frame);
  viewer_.Steer([](ImGuiTestContext* hands) { hands->ItemInputValue("//Why/##frame", 7); });
  EXPECT_EQ(panel()->frame(), 7);
  viewer_.Picture("why_cartpole");
}

TEST_F(WhyPanelTest, GoingBackShowsTheReasonsOfThatStep) {
  Step("CartPole-v1", "stage_explainer");
  const Array first = Item("energy")->item.samples.Clone();
  viewer_.simulation().StepForward();
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 2; }));
  ASSERT_TRUE(viewer_.Until([&] { return panel()->ready(); }));
  EXPECT_FALSE(Item("energy")->item.samples.BitEqual(first));
  viewer_.simulation().StepBack();
  ASSERT_TRUE(viewer_.Until([&] { return viewer_.now().step == 1; }));
  ASSERT_TRUE(viewer_.Until([&] { return panel()->ready(); }));
  EXPECT_TRUE(Item("energy")->item.samples.BitEqual(first));
}

TEST_F(WhyPanelTest, WhoExplainsNothingIsSaidToDoSo) {
  Step("CartPole-v1", "random");
  EXPECT_TRUE(panel()->figures().empty());
  EXPECT_EQ(panel()->figures().trouble, "");
  viewer_.Picture("why_nothing");
}

TEST_F(WhyPanelTest, ReasonsThatFitNothingAreSaid) {
  Step("CartPole-v1", "stage_muddler");
  EXPECT_THAT(panel()->figures().trouble, HasSubstr("explanation heatmap.pick is float64 (4, 4)"));
  viewer_.Picture("why_wrong");
}

TEST(ExplanationFigures, AMapOfAnotherSizeThanTheTableIsSaidAndTheRestIsThere) {
  const ArrayMap explanation = {{"heatmap.pick", Array(DType::kFloat32, {5, 4})},
                                {"weights.all", Array(DType::kFloat32, {3})}};
  const ArrayMap seen = {{"heightmap.rgb", Array(DType::kUInt8, {8, 4, 3})}};
  const ExplanationFigures figures = MakeExplanationFigures(explanation, seen, {.id = "x"}, {});
  EXPECT_EQ(figures.trouble,
            "explanation heatmap.pick is (5, 4), but observation heightmap.rgb is (8, 4, 3)");
  ASSERT_EQ(figures.items.size(), 2u);
  EXPECT_EQ(figures.items[0].heat.shape(), (Shape{5, 4, 3}));
  EXPECT_THAT(figures.items[1].weight_names, ::testing::ElementsAre("0", "1", "2"));
}

TEST(ExplanationFigures, PatchesDarkenWhatIsNotLookedAt) {
  Array weights(DType::kFloat32, {1, 2});
  weights.As<float>()[1] = 2;
  Array image(DType::kUInt8, {2, 4, 1});
  for (uint8_t& value : image.As<uint8_t>()) value = 200;
  const ExplanationFigures figures =
      MakeExplanationFigures({{"patches.all", weights}}, {{"image", image}}, {.id = "x"}, {});
  ASSERT_EQ(figures.items.size(), 1u);
  const Array& picture = figures.items[0].patches;
  ASSERT_EQ(picture.shape(), (Shape{2, 4, 3}));
  EXPECT_EQ(picture.As<uint8_t>()[0], 30);
  EXPECT_EQ(picture.As<uint8_t>()[3 * 3], 200);
}

TEST(ExplanationFigures, FramesOfAVideoShareItsPixels) {
  const Array video(DType::kUInt8, {4, 2, 2, 3});
  const Array frame = VideoFrame(video, 2);
  EXPECT_EQ(frame.shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(static_cast<const uint8_t*>(frame.data()),
            static_cast<const uint8_t*>(video.data()) + 24);
}

}  // namespace
}  // namespace rookery::gui
