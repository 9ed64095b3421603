#include "gui/panels/scene_panel.h"

#include <gtest/gtest.h>
// clang-format off
#include <imgui.h>
#include <ImGuizmo.h>  // needs the other
// clang-format on
#include <imgui_internal.h>
#include <imgui_te_context.h>

#include <cmath>
#include <string>

#include "core/registry.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

class ScenePanelTest : public ::testing::Test {
 protected:
  void Open(const std::string& env, const std::string& agent = "random") {
    viewer_.Open({.env = env, .agent = agent});
    viewer_.interface().Show("Scene");
    viewer_.Frames(4);
    ASSERT_NE(panel(), nullptr);
  }
  ScenePanel* panel() { return viewer_.interface().Find<ScenePanel>(); }
  const Scene& scene() { return *viewer_.now().scene; }

  // Of the window, where a point of the world is seen.
  ImVec2 Seen(const Vec3& point) {
    const Camera& camera = panel()->view();
    const Vec3 p = camera.X_WC.Inverse() * point;
    const float x = static_cast<float>(p.x / p.z * camera.fx + camera.cx + 0.5);
    const float y = static_cast<float>(p.y / p.z * camera.fy + camera.cy + 0.5);
    return {panel()->left() + x * panel()->pixel(), panel()->top() + y * panel()->pixel()};
  }
  ImVec2 Middle() {
    const Camera& camera = panel()->view();
    return {panel()->left() + 0.5f * panel()->pixel() * static_cast<float>(camera.width),
            panel()->top() + 0.5f * panel()->pixel() * static_cast<float>(camera.height)};
  }
  const SceneBody* Movable() {
    for (const SceneBody& body : scene().bodies) {
      if (body.movable) return &body;
    }
    return nullptr;
  }

  testing::SteeredViewer viewer_;
};

TEST_F(ScenePanelTest, TheMouseTurnsMovesAndZooms) {
  Open("Ravens/BlockInsertion-v0");
  const Vec3 forward = Rotate(panel()->view().X_WC.q, {0, 0, 1});
  viewer_.Steer([this](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Middle());
    hands->MouseDragWithDelta({80, 30});
  });
  const Vec3 turned = Rotate(panel()->view().X_WC.q, {0, 0, 1});
  EXPECT_GT(Norm(turned - forward), 0.1);
  Vec3 eye = panel()->view().X_WC.p;
  viewer_.Steer([this](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Middle());
    hands->MouseDragWithDelta({60, 0}, ImGuiMouseButton_Right);
  });
  EXPECT_LT(Norm(Rotate(panel()->view().X_WC.q, {0, 0, 1}) - turned), 1e-9);
  EXPECT_GT(Norm(panel()->view().X_WC.p - eye), 0.02);
  eye = panel()->view().X_WC.p;
  viewer_.Steer([this](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Middle());
    hands->MouseWheelY(3);
  });
  EXPECT_GT(Dot(panel()->view().X_WC.p - eye, turned), 0.1) << "nearer";
}

TEST_F(ScenePanelTest, ItsPictureIsInTheWindowPixelForPixel) {
  Open("Ravens/BlockInsertion-v0");
  viewer_.Frames(3);
  const Array window = viewer_.window().Pixels(), picture = panel()->Picture();
  const int64_t height = picture.shape()[0], width = picture.shape()[1];
  const int64_t left = std::lround(panel()->left()), top = std::lround(panel()->top());
  ASSERT_GT(height, 200);
  ASSERT_LE(top + height, window.shape()[0]);
  const auto* const w = window.As<uint8_t>().data();
  const auto* const p = picture.As<uint8_t>().data();
  int64_t different = 0;
  for (int64_t y = height / 4; y < height; ++y) {  // below the tools
    for (int64_t x = 3 * 5; x < 3 * (width - 5); ++x) {
      const int64_t at = ((top + y) * window.shape()[1] + left) * 3 + x;
      different += w[at] != p[y * width * 3 + x] ? 1 : 0;
    }
  }
  EXPECT_EQ(different, 0);
}

TEST_F(ScenePanelTest, KeysChangeCamerasAndStyles) {
  Open("Ravens/BlockInsertion-v0");
  const Pose free = panel()->view().X_WC;
  ASSERT_GE(scene().cameras.size(), 2u);
  const auto press = [this](ImGuiKey key) {
    viewer_.Steer([key](ImGuiTestContext* hands) { hands->KeyPress(key); });
    viewer_.Frames(2);
  };
  press(ImGuiKey_RightBracket);
  EXPECT_EQ(panel()->view().X_WC, scene().cameras[0].X_WC);
  press(ImGuiKey_RightBracket);
  EXPECT_EQ(panel()->view().X_WC, scene().cameras[1].X_WC);
  press(ImGuiKey_LeftBracket);
  press(ImGuiKey_LeftBracket);
  EXPECT_NE(panel()->view().X_WC, scene().cameras[0].X_WC) << "the free one";
  press(ImGuiKey_F);
  EXPECT_LT(Norm(panel()->view().X_WC.p - free.p), 1e-9);
  press(ImGuiKey_H);
  EXPECT_FALSE(panel()->style().shadows);
  press(ImGuiKey_W);
  EXPECT_TRUE(panel()->style().wireframe);
  viewer_.Picture("scene_wires");
  press(ImGuiKey_W);
  press(ImGuiKey_G);
  press(ImGuiKey_C);
  press(ImGuiKey_F6);
  EXPECT_TRUE(panel()->style().segmentation);
  EXPECT_TRUE(panel()->style().contacts);
  EXPECT_TRUE(panel()->style().frames);
  viewer_.Picture("scene_bodies");
  viewer_.Restart();
  viewer_.Frames(2);
  EXPECT_FALSE(panel()->style().shadows) << "it is remembered";
  EXPECT_TRUE(panel()->style().frames);
}

TEST_F(ScenePanelTest, ADoubleClickSelectsABody) {
  Open("Ravens/BlockInsertion-v0");
  const SceneBody* body = nullptr;
  for (const SceneBody& other : scene().bodies) {
    if (other.name.find("insertion") != std::string::npos) body = &other;
  }
  if (body == nullptr) body = &scene().bodies.back();
  const int id = body->id;
  const Vec3 at = body->X_WB.p;
  EXPECT_EQ(panel()->selected(), -1);
  viewer_.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Seen(at));
    hands->MouseDoubleClick();
  });
  viewer_.Frames(2);
  EXPECT_EQ(panel()->selected(), id);
  viewer_.Picture("scene_selected");
  viewer_.Steer([](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_Escape); });
  EXPECT_EQ(panel()->selected(), -1);
}

TEST_F(ScenePanelTest, AHandPullsAndPlacesABody) {
  Open("Ravens/BlockInsertion-v0");
  ASSERT_NE(Movable(), nullptr);
  const int id = Movable()->id;
  const Vec3 before = Movable()->X_WB.p;
  viewer_.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Seen(before));
    hands->KeyDown(ImGuiMod_Ctrl);
    hands->MouseDown();
    const ImVec2 at = Seen(before);
    hands->MouseMoveToPos({at.x - 60, at.y - 90});
    hands->SleepNoSkip(0.7f, 0.05f);
    hands->MouseUp();
    hands->KeyUp(ImGuiMod_Ctrl);
  });
  EXPECT_TRUE(viewer_.Until([&] { return Norm(FindBody(scene(), id)->X_WB.p - before) > 0.02; }));
  EXPECT_EQ(panel()->selected(), id);
  EXPECT_TRUE(viewer_.Until([&] { return viewer_.now().touched; }));
  // Paused, with the body selected, its arrows move it; the blue one is upwards.
  viewer_.simulation().Pause();
  ASSERT_TRUE(viewer_.UntilIdle());
  viewer_.Frames(10);
  viewer_.Picture("scene_place");
  const Vec3 rest = FindBody(scene(), id)->X_WB.p;
  const Camera& camera = panel()->view();
  // The gizmo is as large in every picture: its arrows end 0.16 of the clip space away.
  const double length = 0.16 * Dot(rest - camera.X_WC.p, Rotate(camera.X_WC.q, {0, 0, 1})) /
                        (2 * camera.fx / camera.width);
  const ImVec2 tip = Seen(rest + Vec3(0, 0, 0.8 * length));
  viewer_.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(tip);
    hands->Yield(4);
    hands->MouseDown();
    hands->MouseMoveToPos({tip.x, tip.y - 60});
    hands->Yield(4);
    hands->MouseUp();
  });
  ASSERT_TRUE(viewer_.UntilIdle());
  const Vec3 placed = FindBody(scene(), id)->X_WB.p;
  EXPECT_GT(placed.z - rest.z, 0.02);
  EXPECT_LT(std::hypot(placed.x - rest.x, placed.y - rest.y), 1e-3);
}

TEST_F(ScenePanelTest, WithCtrlTheHandPullsWhereTheArrowsAre) {
  Open("Ravens/BlockInsertion-v0");
  const int id = Movable()->id;
  const Vec3 at = Movable()->X_WB.p;
  viewer_.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(Seen(at));
    hands->MouseDoubleClick();
    hands->Yield(4);
    EXPECT_TRUE(ImGuizmo::IsOver());
    hands->KeyDown(ImGuiMod_Ctrl);
    hands->Yield(2);
    hands->MouseDown();
    const ImVec2 from = Seen(at);
    hands->MouseMoveToPos({from.x - 40, from.y - 60});
    EXPECT_FALSE(ImGuizmo::IsUsing());
    hands->SleepNoSkip(0.7f, 0.05f);
    hands->MouseUp();
    hands->KeyUp(ImGuiMod_Ctrl);
  });
  EXPECT_EQ(panel()->selected(), id);
  // A spring takes time; what arrows and rings place is there at once, and at rest.
  EXPECT_TRUE(viewer_.Until([&] { return Norm(FindBody(scene(), id)->X_WB.p - at) > 0.02; }));
}

TEST_F(ScenePanelTest, ToolsTakeOneRowAtMost) {
  Open("Ravens/BlockInsertion-v0");
  for (auto& [title, open] : viewer_.interface().settings().open) open = title == "Scene";
  const auto tools = [] {
    for (const ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
      if (window->Active && std::string(window->Name).find("/tools_") != std::string::npos) {
        return window;
      }
    }
    return static_cast<const ImGuiWindow*>(nullptr);
  };
  for (const float width : {1000.0f, 500.0f, 360.0f, 180.0f}) {
    viewer_.Steer([&](ImGuiTestContext* hands) {
      hands->UndockWindow("Scene");
      hands->WindowMove("Scene", {10, 90});
      hands->WindowResize("Scene", {width, 400});
      hands->Yield(3);
    });
    ASSERT_NE(tools(), nullptr) << width;
    EXPECT_LT(tools()->Size.y, 2.5f * ImGui::GetFontSize()) << width;
    EXPECT_LE(tools()->Pos.x + tools()->Size.x, 10 + width) << width;
    viewer_.Picture("scene_tools_" + std::to_string(static_cast<int>(width)));
  }
  // What has no room is in the menu, which stays open for another.
  viewer_.Steer([&](ImGuiTestContext* hands) {
    hands->SetRef(tools()->ID);
    hands->ItemClick("View");
    hands->ItemClick("//$FOCUSED/Space");
    hands->ItemClick("//$FOCUSED/Frames");
  });
  viewer_.Picture("scene_tools_menu");
  EXPECT_TRUE(panel()->style().workspace);
  EXPECT_TRUE(panel()->style().frames);
}

TEST(ScenePanel, ScreensAreShownInWholePixels) {
  testing::SteeredViewer viewer({.width = 1800, .height = 1100});
  viewer.Open({.env = "CarRacing-v3", .agent = "random"});
  for (auto& [title, open] : viewer.interface().settings().open) open = title == "Scene";  // room
  viewer.interface().Show("Scene");
  viewer.Frames(4);
  ASSERT_NE(viewer.now().screen, nullptr);
  const Array& screen = *viewer.now().screen;
  const Array window = viewer.Picture("scene_screen");
  // Its middle row is found in the window, every pixel repeated as often.
  const int64_t width = screen.shape()[1], row = screen.shape()[0] / 2;
  const auto* const s = screen.As<uint8_t>().data() + row * width * 3;
  const auto w = window.As<uint8_t>();
  const int64_t columns = window.shape()[1];
  bool found = false;
  for (int64_t scale = 1; scale <= 8 && !found; ++scale) {
    for (int64_t y = 0; y < window.shape()[0] && !found; y += scale) {
      for (int64_t x = 0; x + width * scale <= columns && !found; ++x) {
        found = true;
        for (int64_t k = 0; k < width * scale && found; ++k) {
          for (int64_t c = 0; c < 3; ++c) {
            found &= std::abs(int{w[static_cast<size_t>((y * columns + x + k) * 3 + c)]} -
                              int{s[k / scale * 3 + c]}) <= 1;
          }
        }
      }
    }
  }
  EXPECT_TRUE(found);
}

TEST_F(ScenePanelTest, SaysWhatToDoWhenThereIsNothing) {
  viewer_.interface().Show("Scene");
  viewer_.Frames(3);
  const Array empty = viewer_.Picture("scene_empty");
  EXPECT_EQ(panel()->Picture().size(), 0);
  Open("CartPole-v1");
  viewer_.Picture("scene_cartpole");
  EXPECT_GT(panel()->Picture().size(), 0);
}

}  // namespace
}  // namespace rookery::gui
