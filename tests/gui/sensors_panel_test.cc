#include "gui/panels/sensors_panel.h"

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using testing::SteeredViewer;

// How many colours are in a part of the window: one means that nothing is drawn.
size_t Colors(const Array& pixels, ImVec2 low, ImVec2 high) {
  const auto bytes = pixels.As<uint8_t>();
  const int64_t width = pixels.shape()[1], height = pixels.shape()[0];
  std::set<uint32_t> colors;
  for (auto y = static_cast<int64_t>(low.y); y < std::min(height, int64_t(high.y)); ++y) {
    for (auto x = static_cast<int64_t>(low.x); x < std::min(width, int64_t(high.x)); ++x) {
      const auto at = static_cast<size_t>(3 * (y * width + x));
      colors.insert(bytes[at] | uint32_t(bytes[at + 1]) << 8 | uint32_t(bytes[at + 2]) << 16);
    }
  }
  return colors.size();
}

const SensorsPanel& PanelOf(SteeredViewer* viewer) {
  viewer->interface().Show("Sensors");
  viewer->Frames(3);
  return *viewer->interface().Find<SensorsPanel>();
}

// All that is shown has been drawn at least once.
bool AllDrawn(const SensorsPanel& panel) {
  return std::all_of(panel.panes().begin(), panel.panes().end(),
                     [](const auto& pane) { return !pane->shown || pane->view.uploads() > 0; });
}

ImRect Place(ImGuiTestContext* hands, const std::string& id) {
  return hands->ItemInfo(("**/" + id + "/##image").c_str()).RectFull;
}

TEST(SensorsPanel, ShowsWhatARobotSees) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  const SensorsPanel& panel = PanelOf(&viewer);
  viewer.Picture("sensors_empty");
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  ASSERT_TRUE(viewer.Until([&] { return AllDrawn(panel); }));
  for (const char* id :
       {"observation.front.rgb", "observation.front.depth", "camera.front.segmentation",
        "observation.heightmap.rgb", "observation.heightmap.height"}) {
    ASSERT_NE(panel.Find(id), nullptr) << id;
    EXPECT_TRUE(panel.Find(id)->shown) << id;
    EXPECT_EQ(panel.Find(id)->view.uploads(), 1) << id;  // though many frames were drawn
  }
  viewer.Picture("sensors_ravens");
  // The picture is on the screen, and what is under the mouse is known.
  ImRect place;
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Sensors");
    place = Place(hands, "camera.front.segmentation");
    hands->MouseMoveToPos(place.GetCenter());
    hands->Yield(2);
  });
  const auto pixel = panel.Find("camera.front.segmentation")->view.pixel();
  ASSERT_TRUE(pixel.has_value());
  ImGui::GetIO().AddMousePosEvent(place.GetCenter().x, place.GetCenter().y);  // it went away
  const Array pixels = viewer.Picture("sensors_pixel");
  EXPECT_GT(Colors(pixels, place.Min, place.Max), 4u);
}

TEST(SensorsPanel, PicturesAreMovedAndBroughtNearer) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  const SensorsPanel& panel = PanelOf(&viewer);
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  ASSERT_TRUE(viewer.Until([&] { return AllDrawn(panel); }));
  const SensorsPanel::Pane* pane = panel.Find("observation.heightmap.height");
  ASSERT_NE(pane, nullptr);
  std::array<int64_t, 2> before, near, moved;
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Sensors");
    ImVec2 at = Place(hands, "observation.heightmap.height").GetCenter();
    at.x += 15;
    at.y += 9;
    hands->MouseMoveToPos(at);
    hands->Yield(2);
    before = pane->view.pixel().value();
    hands->MouseWheelY(10);
    hands->Yield(2);
    near = pane->view.pixel().value();
    hands->MouseDragWithDelta({60, 0});
    hands->Yield(2);
    hands->MouseMoveToPos(at);
    hands->Yield(2);
    moved = pane->view.pixel().value();
  });
  EXPECT_GT(pane->view.zoom(), 5);
  // What was under the mouse stayed there.
  EXPECT_LE(std::abs(before[0] - near[0]), 1);
  EXPECT_LE(std::abs(before[1] - near[1]), 1);
  EXPECT_LT(moved[0], near[0]);  // a heightmap's rows go to the right
  viewer.Picture("sensors_near");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Sensors");
    hands->MouseMoveToPos(Place(hands, "observation.heightmap.height").GetCenter());
    hands->MouseDoubleClick();
  });
  EXPECT_EQ(pane->view.zoom(), 1);
}

TEST(SensorsPanel, APaneOfItsOwnAndWhatIsChosenAreKept) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  PanelOf(&viewer);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Sensors");
    hands->ItemClick("**/observation.front.rgb/###menu");
    hands->ItemClick("//$FOCUSED/Own window");
    hands->ItemClick("Choose");
    hands->ItemClick("//$FOCUSED/###observation.heightmap.height");
    hands->PopupCloseAll();
  });
  viewer.Frames(3);
  const ImGuiWindow* window = nullptr;
  const auto find = [&] {
    viewer.Steer([&](ImGuiTestContext* hands) {
      window = hands->GetWindowByRef("//###observation.front.rgb");
    });
    return window != nullptr && window->WasActive;
  };
  EXPECT_TRUE(find());
  viewer.Picture("sensors_window");
  viewer.Restart();
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  const SensorsPanel& panel = PanelOf(&viewer);
  EXPECT_TRUE(panel.Find("observation.front.rgb")->window);
  EXPECT_FALSE(panel.Find("observation.heightmap.height")->shown);
  EXPECT_TRUE(find());
  // Closed, it goes back.
  viewer.Steer([&](ImGuiTestContext* hands) { hands->WindowClose("//###observation.front.rgb"); });
  EXPECT_FALSE(panel.Find("observation.front.rgb")->window);
  EXPECT_TRUE(panel.Find("observation.front.rgb")->shown);
}

TEST(SensorsPanel, ShowsGamesAndTheirStackedFrames) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  const SensorsPanel& panel = PanelOf(&viewer);
  viewer.Open(
      {.env = "CarRacing-v3", .env_settings = {"wrap=frame_stack:frames=3"}, .agent = "random"});
  ASSERT_TRUE(viewer.Until([&] { return AllDrawn(panel); }));
  const SensorsPanel::Pane* pane = panel.Find("observation.image");
  ASSERT_NE(pane, nullptr);
  EXPECT_EQ(pane->sensor.frames, 3);
  for (int i = 0; i < 20; ++i) viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_GT(pane->view.uploads(), 1);
  const int64_t uploads = pane->view.uploads();
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef("Sensors");
    hands->ItemInputValue("**/observation.image/##frame", -2);
  });
  EXPECT_EQ(pane->age, 2);
  viewer.Frames(2);
  EXPECT_EQ(pane->view.uploads(), uploads + 1);
  viewer.Picture("sensors_car_racing");
}

// A world without pictures: what its cameras see is drawn here, or the panel says where to look.
TEST(SensorsPanel, DrawsWhatCamerasOfAWorldWithoutPicturesSee) {
  SteeredViewer viewer({.width = 1600, .height = 1000});
  const SensorsPanel& panel = PanelOf(&viewer);
  viewer.Open({.env = "CartPole-v1", .agent = "random"});
  ASSERT_FALSE(panel.panes().empty());
  ASSERT_TRUE(viewer.Until([&] { return AllDrawn(panel); }));
  const std::string camera = viewer.now().scene->cameras[0].name;
  const SensorsPanel::Pane* pane = panel.Find("camera." + camera + ".segmentation");
  ASSERT_NE(pane, nullptr);
  const int64_t uploads = pane->view.uploads();
  viewer.simulation().StepForward();
  EXPECT_TRUE(viewer.Until([&] { return pane->view.uploads() > uploads; }));
  viewer.interface().settings().theme = Theme::kLight;
  viewer.Picture("sensors_cart_pole_light");
}

}  // namespace
}  // namespace rookery::gui
