// The viewer's shell, by mouse and keyboard.
#include "gui/interface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_te_context.h>

#include <string>
#include <vector>

#include "core/atomic_file.h"
#include "core/log.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

using testing::SteeredViewer;

TEST(Interface, BeginsEmptyAndSaysWhatToDo) {
  SteeredViewer viewer;
  viewer.Frames(5);
  EXPECT_EQ(viewer.now().mode, Mode::kEmpty);
  viewer.Picture("empty");
}

TEST(Interface, ATaskIsFoundOpenedAndPlayedByMouse) {
  SteeredViewer viewer;
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->WindowFocus("Task");
    hands->SetRef("Task");
    hands->ItemClick("##filter");
    hands->KeyCharsReplace("blockinsertion-v0");
    hands->Yield(2);
    hands->ItemClick("**/###Ravens\\/BlockInsertion-v0");
  });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().cast.env, "Ravens/BlockInsertion-v0");
  EXPECT_EQ(viewer.now().cast.agent, "oracle");
  viewer.simulation().SetSpeed(0);
  viewer.Steer([](ImGuiTestContext* hands) { hands->ItemClick("**/###play"); });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  EXPECT_TRUE(viewer.now().progress.success);
  viewer.Picture("solved");
}

TEST(Interface, EveryPanelOpensAndDrawsInBothThemes) {
  SteeredViewer viewer;
  viewer.Open({.env = "Ravens/PlaceRedInGreen-v0", .agent = "oracle"});
  viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.UntilIdle());
  for (const Theme theme : {Theme::kDark, Theme::kLight}) {
    viewer.interface().settings().theme = theme;
    for (const PanelEntry& entry : PanelEntries()) {
      viewer.interface().Show(entry.facts.title);
      viewer.Frames(5);
      const ImGuiWindow* window = ImGui::FindWindowByName(entry.facts.title.c_str());
      ASSERT_NE(window, nullptr) << entry.facts.title;
      EXPECT_TRUE(window->Active) << entry.facts.title;
      EXPECT_FALSE(window->Hidden) << entry.facts.title;
      viewer.Picture(std::string(theme == Theme::kDark ? "dark_" : "light_") + entry.facts.title);
    }
  }
}

TEST(Interface, EveryKeyDoesWhatTheTableSays) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"});
  const auto press = [&](const char* id) {
    const KeyChord chord = viewer.interface().keys().chords(id)[0];
    viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(chord); });
    EXPECT_TRUE(viewer.UntilIdle()) << id;
  };
  press("step");
  EXPECT_EQ(viewer.now().step, 1);
  press("step");
  press("back");
  EXPECT_EQ(viewer.now().step, 1);
  EXPECT_EQ(viewer.now().known, 2);
  press("faster");
  EXPECT_EQ(viewer.now().speed, 2);
  press("slower");
  press("slower");
  EXPECT_EQ(viewer.now().speed, 0.5);
  press("reset");
  EXPECT_EQ(viewer.now().step, 0);
  press("next_seed");
  EXPECT_EQ(viewer.now().seed, 2u);
  press("take_over");
  EXPECT_EQ(viewer.now().cast.agent, kPersonName);
  press("take_over");
  EXPECT_EQ(viewer.now().cast.agent, "random");
  // A trained or set agent comes back as it was.
  Cast seeded = viewer.now().cast;
  seeded.agent_seed = 5;
  viewer.simulation().SetAgent(seeded);
  ASSERT_TRUE(viewer.UntilIdle());
  press("take_over");
  press("take_over");
  EXPECT_EQ(viewer.now().cast.agent_seed, 5u);
  press("help");
  EXPECT_NE(ImGui::FindWindowByName("Keys and mouse"), nullptr);
  viewer.Picture("help");
  press("help");
  press("full_screen");
  press("full_screen");
  EXPECT_FALSE(viewer.window().full_screen());
  press("play");
  EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
  press("quit");
  EXPECT_TRUE(viewer.window().ShouldClose());
}

TEST(Interface, ChordsCountHoweverTheyAreLetGo) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"});
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, true);
  viewer.Frames(1);
  io.AddKeyEvent(ImGuiKey_Q, true);  // in one slow frame
  io.AddKeyEvent(ImGuiMod_Ctrl, false);
  viewer.Frames(1);
  io.AddKeyEvent(ImGuiKey_Q, false);
  viewer.Frames(1);
  EXPECT_TRUE(viewer.window().ShouldClose());
}

TEST(Interface, PlayAtTheEndBeginsAnew) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"}, 4);
  viewer.simulation().SetSpeed(0);
  const auto play = [&] {
    viewer.Steer([](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_Space); });
    EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
    EXPECT_TRUE(viewer.UntilIdle());
  };
  play();
  const uint64_t first = viewer.now().progress.trace_hash;
  play();
  EXPECT_EQ(viewer.now().seed, 4u);
  EXPECT_EQ(viewer.now().progress.trace_hash, first);
  // And no press is kept for later.
  viewer.simulation().Reset(5);
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().mode, Mode::kPaused);
  EXPECT_EQ(viewer.now().step, 0);
}

TEST(Interface, APauseWithinAStepIsAPause) {
  SteeredViewer viewer;
  viewer.Open({.env = "Ravens/BlockInsertion-v0", .agent = "oracle"});
  viewer.simulation().SetSpeed(1.0 / 16);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().time_s > 0; }));
  viewer.simulation().Pause();
  ASSERT_TRUE(viewer.UntilIdle());  // nothing is being computed
  EXPECT_EQ(viewer.now().mode, Mode::kPaused);
  EXPECT_EQ(viewer.now().step, 0);
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
}

TEST(Interface, TheMenuBringsAPanelToTheFront) {
  SteeredViewer viewer;
  const auto hidden = [](const char* title) { return ImGui::FindWindowByName(title)->Hidden; };
  viewer.interface().Show("Task");
  viewer.Frames(5);
  ASSERT_TRUE(hidden("Agent"));
  viewer.Steer([](ImGuiTestContext* hands) { hands->MenuClick("##MainMenuBar/Panels/Agent"); });
  viewer.Frames(5);
  EXPECT_FALSE(hidden("Agent"));
  EXPECT_TRUE(viewer.interface().IsShown("Agent"));
  viewer.Steer([](ImGuiTestContext* hands) { hands->MenuClick("##MainMenuBar/Panels/Agent"); });
  EXPECT_FALSE(viewer.interface().IsShown("Agent"));
}

TEST(Interface, KeysAreBoundAnewAndRemembered) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"});
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_F1);
    hands->Yield(2);
    hands->SetRef("Keys and mouse");
    hands->ItemClick("**/step/###0");
    hands->KeyPress(ImGuiKey_J);
    hands->Yield(2);
    hands->KeyPress(ImGuiKey_F1);
  });
  EXPECT_EQ(viewer.interface().keys().chords("step")[0], ImGuiKey_J);
  viewer.Restart();
  viewer.Open({.env = "CartPole-v1"});
  viewer.Steer([](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_RightArrow);
    hands->KeyPress(ImGuiKey_J);
  });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().step, 1);
}

TEST(Interface, TheTableOfKeysHasRoomForTheirNames) {
  for (const int width : {1280, 800}) {
    SteeredViewer viewer({.width = width, .height = 600});
    const KeyChord longest = ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_KeypadEnter;
    viewer.interface().keys().Bind("play", 0, longest);
    viewer.Steer([&](ImGuiTestContext* hands) {
      hands->KeyPress(ImGuiKey_F1);
      hands->Yield(3);
      const ImGuiTestItemInfo info = hands->ItemInfo("//Keys and mouse/**/play/###0");
      const float text = ImGui::CalcTextSize(Keys::Name(longest).c_str()).x;
      EXPECT_GE(info.RectClipped.GetWidth(), text + 2 * ImGui::GetStyle().FramePadding.x);
    });
    const ImGuiWindow* help = ImGui::FindWindowByName("Keys and mouse");
    EXPECT_LE(help->Pos.y + help->Size.y, 600);
    EXPECT_GE(help->WindowBorderSize, 1) << "it floats over others";
    EXPECT_EQ(ImGui::FindWindowByName("Task")->WindowBorderSize, 0) << "docked";
    viewer.interface().settings().theme = Theme::kLight;
    viewer.Picture("help_light_" + std::to_string(width));
  }
}

TEST(Interface, TheSceneHasRoomInSmallWindows) {
  testing::TempFolder folder;
  const auto share = [] {  // of the window's width
    return ImGui::FindWindowByName("Scene")->Size.x / ImGui::GetMainViewport()->Size.x;
  };
  float standard = 0;
  {
    SteeredViewer viewer({.settings_path = folder.path() + "/viewer.json"});
    viewer.Frames(3);
    standard = share();
  }
  EXPECT_GE(standard, 0.45f);
  // The same layout in a window that is smaller, and in the first size again.
  {
    SteeredViewer viewer(
        {.width = 800, .height = 600, .settings_path = folder.path() + "/viewer.json"});
    viewer.Frames(3);
    EXPECT_NEAR(share(), standard, 0.01f);
  }
  {
    SteeredViewer viewer({.settings_path = folder.path() + "/viewer.json"});
    viewer.Frames(3);
    EXPECT_NEAR(share(), standard, 0.01f);
  }
  // And one that is small from the beginning.
  SteeredViewer viewer({.width = 800, .height = 600});
  viewer.Frames(3);
  EXPECT_GE(share(), 0.45f);
}

TEST(Interface, EscapeClosesAMenu) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"});
  viewer.interface().Show("Compare");
  viewer.Frames(5);
  const auto any_open = [] {
    return ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
  };
  for (const char* menu : {"//Compare/##other", "//##MainMenuBar##MenuBar/Panels"}) {
    viewer.Steer([&](ImGuiTestContext* hands) {
      hands->ItemClick(menu);
      hands->Yield(2);
      EXPECT_TRUE(any_open()) << menu;
      hands->KeyPress(ImGuiKey_Escape);
      hands->Yield(2);
      EXPECT_FALSE(any_open()) << menu;
    });
  }
}

TEST(Interface, LayoutAndLooksAreRemembered) {
  SteeredViewer viewer;
  viewer.interface().settings().theme = Theme::kLight;
  viewer.interface().settings().open["Agent"] = false;
  viewer.Frames(3);
  viewer.Restart();
  EXPECT_EQ(viewer.interface().settings().theme, Theme::kLight);
  EXPECT_FALSE(viewer.interface().IsShown("Agent"));
  EXPECT_TRUE(viewer.interface().IsShown("Task"));
}

TEST(Interface, DamagedSettingsAreLeftAside) {
  testing::TempFolder folder;
  const std::string broken = "{\"theme\": 3, ", path = folder.Write("viewer.json", broken);
  std::vector<std::string> said;
  SetLogSink([&](LogLevel, const std::string& text) { said.push_back(text); });
  SteeredViewer viewer({.settings_path = path});
  viewer.Frames(3);
  EXPECT_TRUE(viewer.interface().IsShown("Task"));
  viewer.Restart();
  EXPECT_EQ(ReadFile(path + ".broken"), broken);
  SetLogSink(nullptr);
  EXPECT_THAT(said, ::testing::ElementsAre(::testing::HasSubstr("keeps it as")));
}

TEST(Interface, ABrokenEnvironmentPausesWithItsMessage) {
  SteeredViewer viewer;
  const std::pair<const char*, const char*> ways[] = {{"way=throw", "the motor is on fire"},
                                                      {"way=nan", "not finite"},
                                                      {"way=foreign", "unknown"},
                                                      {"way=scene", "the lamp is out"}};
  for (const auto& [way, message] : ways) {
    viewer.Open({.env = "Broken-v0", .env_settings = {way}});
    viewer.simulation().Play();
    ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kFailed; })) << way;
    EXPECT_NE(viewer.now().message.find(message), std::string::npos) << viewer.now().message;
    viewer.Frames(3);
    // The window lives on, and so does everything else.
    viewer.simulation().Reset(1);
    viewer.simulation().StepForward();
    ASSERT_TRUE(viewer.UntilIdle());
    EXPECT_EQ(viewer.now().step, 1) << way;
  }
  viewer.Picture("broken");
}

TEST(Interface, ASettingThatIsRefusedIsTakenBack) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"});
  viewer.interface().Show("Task");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemInputValue("//Task/**/wrap/##value", "frame_stak:4");
    hands->KeyPress(ImGuiKey_Enter);
  });
  ASSERT_TRUE(viewer.Until([&] { return !viewer.now().message.empty(); }));
  viewer.Frames(3);
  viewer.Picture("setting_refused");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemClick("//Task/Take back"); });
  viewer.Frames(3);
  viewer.Steer([&](ImGuiTestContext* hands) {
    EXPECT_EQ(hands->ItemInfo("//Task/Take back", ImGuiTestOpFlags_NoError).ID, 0u);
  });
}

TEST(Interface, AWideRangeIsTypedNotSlid) {
  SteeredViewer viewer;
  viewer.Open({.env = "Pendulum-v1"});
  viewer.interface().Show("Task");
  const auto set = [&](const char* setting) {
    return viewer.Until([&] {
      const auto& settings = viewer.now().cast.env_settings;
      return settings == std::vector<std::string>{setting};
    });
  };
  viewer.Steer([](ImGuiTestContext* hands) { hands->ItemClick("//Task/**/g/##value"); });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_TRUE(viewer.now().cast.env_settings.empty()) << "a slider would go to its middle";
  viewer.Steer(
      [](ImGuiTestContext* hands) { hands->ItemInputValue("//Task/**/g/##value", "9.5"); });
  EXPECT_TRUE(set("g=9.5"));
  viewer.Steer(
      [](ImGuiTestContext* hands) { hands->ItemInputValue("//Task/**/g/##value", "5000"); });
  EXPECT_TRUE(set("g=1000")) << "within its bounds";
  viewer.Picture("setting_typed");
}

TEST(Interface, DrawsOnWhileAStepTakesLong) {
  SteeredViewer viewer;
  viewer.Open({.env = "Broken-v0", .env_settings = {"way=slow"}});
  viewer.simulation().SetSpeed(0);
  viewer.simulation().Play();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kPlaying; }));
  viewer.Frames(20);
  EXPECT_LT(viewer.now().step, 3);  // twenty frames, and still in the third step
  EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
}

}  // namespace
}  // namespace rookery::gui
