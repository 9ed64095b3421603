// What keys are called, and which actions may share one.
#include "gui/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <set>
#include <string>

namespace rookery::gui {
namespace {

TEST(Keys, NoKeyHasTwoJobsThatAreAliveTogether) {
  Keys keys;
  EXPECT_EQ(keys.Bind("wireframe", 0, ImGuiKey_N), "another episode: the next seed");
  EXPECT_EQ(keys.chords("wireframe")[0], ImGuiKey_N);
  EXPECT_EQ(keys.chords("next_seed")[0], 0);
  // Back again, it takes the key from the other, and says so.
  EXPECT_THAT(keys.Restore("next_seed"), ::testing::ElementsAre("wireframe"));
  EXPECT_EQ(keys.chords("next_seed")[0], ImGuiKey_N);
  EXPECT_EQ(keys.chords("wireframe")[0], 0);
  EXPECT_THAT(keys.Restore("next_seed"), ::testing::IsEmpty());
  // A person who steers has keys of their own.
  EXPECT_EQ(keys.Bind("fire", 0, ImGuiKey_N), "");
  EXPECT_EQ(keys.chords("next_seed")[0], ImGuiKey_N);
  EXPECT_EQ(keys.Bind("up", 1, ImGuiKey_N), "fire");
}

TEST(Keys, TheStandardHasNoConflict) {
  const Keys keys;
  std::set<KeyChord> yours, others;
  for (const KeyAction& action : KeyActions()) {
    for (const KeyChord chord : keys.chords(action.id)) {
      std::set<KeyChord>& group = std::string(action.group) == "You" ? yours : others;
      if (chord == 0) continue;
      EXPECT_TRUE(group.insert(chord).second) << action.id;
    }
  }
}

TEST(Keys, AreCalledAsTheyArePrinted) {
  EXPECT_EQ(Keys::Name(0), "");
  EXPECT_EQ(Keys::Name(ImGuiKey_Equal), "=");
  EXPECT_EQ(Keys::Name(ImGuiKey_RightBracket), "]");
  EXPECT_EQ(Keys::Name(ImGuiKey_KeypadAdd), "Keypad +");
  EXPECT_EQ(Keys::Name(ImGuiKey_Keypad7), "Keypad 7");
  EXPECT_EQ(Keys::Name(ImGuiKey_LeftArrow), "Left arrow");
  EXPECT_EQ(Keys::Name(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Minus), "Ctrl+Shift+-");
  EXPECT_EQ(Keys::Name(ImGuiMod_Ctrl | ImGuiKey_P), "Ctrl+P");
  EXPECT_EQ(Keys::Name(ImGuiKey_Space), "Space");
  EXPECT_EQ(Keys().Names("faster"), "=, Keypad +");
}

}  // namespace
}  // namespace rookery::gui
