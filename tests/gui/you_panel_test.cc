// A person plays: by clicks on the table, by keys, with real events of mouse and keyboard.
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/registry.h"
#include "gui/table_hand.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::testing {
namespace {

using gui::Cast;
using gui::kPersonName;
using gui::Mode;
using gui::TableHand;
using gui::TablePoint;

// A point of the table's picture, on the screen.
ImVec2 OnScreen(ImGuiTestContext* hands, const TableHand& table, const TablePoint& point) {
  const ImRect rect = hands->ItemInfo("//You/table").RectFull;
  const double zoom = static_cast<double>(rect.GetWidth()) / table.width();
  return {rect.Min.x + static_cast<float>(point.right * zoom),
          rect.Min.y + static_cast<float>(point.down * zoom)};
}

struct Wish {
  TablePoint pick, place;
  int turns = 0;  // of the wheel
};

// What the expert would do in an environment of the same seed.
Wish ExpertsWish(const Cast& cast, uint64_t seed) {
  const std::unique_ptr<Env> env = MakeEnv(cast.env, cast.env_settings);
  StepResult result;
  env->Reset(seed, &result);
  Rng rng(7);
  ArrayMap action;
  EXPECT_TRUE(env->OracleAction(&rng, &action));
  const TableHand table(env->spec());
  const auto point = [&](const char* name) {
    const auto v = action.at(name).As<double>();
    return table.Picture({v[0], v[1], v[2]});
  };
  const auto q = action.at("pose1").As<double>();
  const double yaw = RavensEuler({q[3], q[4], q[5], q[6]}).z;
  return {point("pose0"), point("pose1"), static_cast<int>(std::lround(yaw * 18 / kPi))};
}

void ClickWish(SteeredViewer* viewer, ImGuiTestContext* hands, const Wish& wish) {
  const TableHand table(*viewer->now().spec);
  hands->MouseMoveToPos(OnScreen(hands, table, wish.pick));
  hands->MouseClick();
  hands->MouseMoveToPos(OnScreen(hands, table, wish.place));
  for (int i = 0; i < std::abs(wish.turns); ++i) hands->MouseWheelY(wish.turns > 0 ? 1.0f : -1.0f);
  hands->MouseClick();
}

TEST(YouPanel, ATaskIsSolvedByClicks) {
  SteeredViewer viewer;
  const Cast cast{.env = "Ravens/BlockInsertion-v0",
                  .env_settings = {"observe=heightmap"},
                  .agent = kPersonName};
  viewer.Open(cast, 4);
  viewer.simulation().SetSpeed(0);
  const Wish wish = ExpertsWish(cast, 4);
  viewer.Steer([&](ImGuiTestContext* hands) { ClickWish(&viewer, hands, wish); });
  viewer.Picture("you_table");
  EXPECT_EQ(viewer.now().step, 0);  // nothing before Enter
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_Enter); });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 1; }, 120));
  EXPECT_TRUE(viewer.now().progress.success);
  EXPECT_EQ(viewer.now().mode, Mode::kEnded);
  EXPECT_EQ(viewer.now().sentence, "by hand");
  viewer.Picture("you_table_solved");
}

TEST(YouPanel, PointsAreTakenBack) {
  SteeredViewer viewer;
  const Cast cast{.env = "Ravens/BlockInsertion-v0",
                  .env_settings = {"observe=heightmap"},
                  .agent = kPersonName};
  viewer.Open(cast, 4);
  const TableHand table(*viewer.now().spec);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->MouseMoveToPos(OnScreen(hands, table, {100, 80}));
    hands->MouseClick();
    EXPECT_TRUE(hands->ItemInfo("//You/Do it").ItemFlags & ImGuiItemFlags_Disabled);
    hands->MouseMoveToPos(OnScreen(hands, table, {200, 60}));
    hands->MouseClick();
    EXPECT_FALSE(hands->ItemInfo("//You/Do it").ItemFlags & ImGuiItemFlags_Disabled);
    hands->MouseClick(ImGuiMouseButton_Right);
    hands->Yield(2);
    EXPECT_TRUE(hands->ItemInfo("//You/Do it").ItemFlags & ImGuiItemFlags_Disabled);
    EXPECT_FALSE(hands->ItemInfo("//You/Take back").ItemFlags & ImGuiItemFlags_Disabled);
    hands->KeyPress(ImGuiKey_Escape);
    hands->Yield(2);
    EXPECT_TRUE(hands->ItemInfo("//You/Take back").ItemFlags & ImGuiItemFlags_Disabled);
  });
  EXPECT_EQ(viewer.now().step, 0);
}

TEST(YouPanel, APileIsSwept) {
  SteeredViewer viewer;
  const Cast cast{.env = "Ravens/SweepingPiles-v0",
                  .env_settings = {"observe=heightmap"},
                  .agent = kPersonName};
  viewer.Open(cast, 2);
  viewer.simulation().SetSpeed(0);
  const Wish wish = ExpertsWish(cast, 2);
  viewer.Steer([&](ImGuiTestContext* hands) {
    ClickWish(&viewer, hands, {wish.pick, wish.place, 0});
    hands->Yield(2);
  });
  viewer.Picture("you_sweep");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemClick("//You/Do it"); });
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 1; }, 180));
  EXPECT_EQ(viewer.now().result->info.at("failure").AsDouble(), 0);
}

TEST(YouPanel, APoleIsBalancedByKeys) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1", .agent = kPersonName}, 3);
  viewer.simulation().SetSpeed(0.25);
  bool paused_by_space = false;
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    hands->Yield(3);
    EXPECT_EQ(viewer.now().mode, Mode::kWaiting);  // for the first key
    ImGuiKey held = ImGuiKey_None;
    while (viewer.now().step < 60 && viewer.now().mode != Mode::kEnded) {
      const auto state = viewer.now().result->observation.at("state").As<float>();
      const ImGuiKey wanted =
          state[2] + 0.4f * state[3] + 0.05f * state[1] > 0 ? ImGuiKey_RightArrow : ImGuiKey_A;
      if (wanted != held) {
        if (held != ImGuiKey_None) hands->KeyUp(held);
        hands->KeyDown(wanted);
        held = wanted;
      }
      hands->Yield();
    }
    if (held != ImGuiKey_None) hands->KeyUp(held);
    paused_by_space = viewer.now().mode == Mode::kPaused;
  });
  EXPECT_GE(viewer.now().step, 60);
  EXPECT_FALSE(paused_by_space);
  viewer.Picture("you_keys");
  // Space plays and pauses no more, Escape gives the keys back.
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Escape);
    hands->Yield(3);
  });
  EXPECT_EQ(viewer.now().mode, Mode::kPaused);
  const int64_t at = viewer.now().step;
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_LeftArrow); });
  // It may have stood within a step. Going back is not steering: what was done stays known.
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().known == viewer.now().step + 1; }));
  EXPECT_GE(viewer.now().step, at - 1);
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().known, viewer.now().step + 1);
}

TEST(YouPanel, WhatSteeredToTheEndStepsNoWhere) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1", .agent = kPersonName}, 3);
  viewer.simulation().SetSpeed(0);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    hands->KeyDown(ImGuiKey_LeftArrow);  // also "one step back"
    while (viewer.now().mode != Mode::kEnded) hands->Yield();
    const int64_t end = viewer.now().step;
    hands->SleepNoSkip(1.5f, 1.0f / 30);  // long enough to repeat
    EXPECT_EQ(viewer.now().step, end);
    EXPECT_EQ(viewer.now().mode, Mode::kEnded);
    hands->KeyUp(ImGuiKey_LeftArrow);
    hands->Yield(2);
    hands->KeyPress(ImGuiKey_LeftArrow);  // pressed anew it is meant
    while (viewer.now().step == end) hands->Yield();
    EXPECT_EQ(viewer.now().step, end - 1);
  });
}

TEST(YouPanel, EveryEpisodeWaitsForItsFirstKey) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1", .agent = kPersonName}, 3);
  viewer.simulation().SetSpeed(0);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    hands->KeyPress(ImGuiKey_RightArrow);
    while (viewer.now().mode != Mode::kEnded) hands->Yield();
    hands->SleepNoSkip(1.5f, 1.0f / 30);
    hands->KeyPress(ImGuiKey_N);
    hands->Yield(5);
    hands->KeyPress(ImGuiKey_Space);
    hands->SleepNoSkip(0.5f, 1.0f / 30);
  });
  EXPECT_EQ(viewer.now().seed, 4u);
  EXPECT_EQ(viewer.now().step, 0);
  EXPECT_EQ(viewer.now().mode, Mode::kWaiting);
}

TEST(YouPanel, SpaceIsNotPauseWhileSteering) {
  SteeredViewer viewer;
  viewer.Open({.env = "MountainCar-v0", .agent = kPersonName}, 1);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    hands->Yield(3);
    EXPECT_EQ(viewer.now().mode, Mode::kPlaying);
    hands->KeyPress(ImGuiKey_Space);
    hands->Yield(3);
    EXPECT_EQ(viewer.now().mode, Mode::kPlaying);
    hands->KeyDown(ImGuiKey_D);
    const int64_t from = viewer.now().step;
    while (viewer.now().step < from + 3) hands->Yield();
    EXPECT_EQ(viewer.now().action->at("action").AsDouble(), 2);
    hands->KeyUp(ImGuiKey_D);
    const int64_t then = viewer.now().step;
    while (viewer.now().step < then + 3) hands->Yield();
    EXPECT_EQ(viewer.now().action->at("action").AsDouble(), 1);
    hands->KeyPress(ImGuiKey_Escape);
  });
  EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kPaused; }));
}

TEST(YouPanel, ACarIsDriven) {
  SteeredViewer viewer;
  viewer.Open({.env = "CarRacing-v3", .agent = kPersonName}, 1);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    hands->KeyDown(ImGuiKey_UpArrow);
    while (viewer.now().step < 40) hands->Yield();
  });
  viewer.Picture("you_car");
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyUp(ImGuiKey_UpArrow);
    hands->KeyPress(ImGuiKey_Escape);
  });
  EXPECT_GT(viewer.now().result->info.at("tiles_visited").AsDouble(), 0);
}

TEST(YouPanel, AGameIsPlayedByKeys) {
  const auto envs = ListEnvs();
  if (std::none_of(envs.begin(), envs.end(),
                   [](const EnvEntry* entry) { return entry->id == "ALE/Breakout-v5"; })) {
    GTEST_SKIP() << "the plugin of the Atari games is not there";
  }
  SteeredViewer viewer;
  viewer.Open({.env = "ALE/Breakout-v5", .agent = kPersonName}, 1);
  const std::vector<std::string> names = viewer.now().spec->action.at("action").choices;
  const auto played = [&] {
    return names.at(static_cast<size_t>(viewer.now().action->at("action").AsDouble()));
  };
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->KeyPress(ImGuiKey_Space);
    const auto hold = [&](ImGuiKey key, const char* name) {
      hands->KeyDown(key);
      const int64_t from = viewer.now().step;
      while (viewer.now().step < from + 4) hands->Yield();
      EXPECT_EQ(played(), name);
      hands->KeyUp(key);
    };
    hold(ImGuiKey_X, "FIRE");
    hold(ImGuiKey_RightArrow, "RIGHT");
    hold(ImGuiKey_A, "LEFT");
  });
  viewer.Picture("you_atari");
  viewer.Steer([&](ImGuiTestContext* hands) { hands->KeyPress(ImGuiKey_Escape); });
}

TEST(YouPanel, ChoicesAndSlidersActStepByStep) {
  SteeredViewer viewer({.height = 1000});
  viewer.Open({.env = "CartPole-v1", .agent = kPersonName}, 1);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemClick("//You/0 left##choice0");
    hands->ItemClick("//You/1 right##choice1");
    hands->ItemClick("//You/1 right##choice1");
  });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().step, 3);
  EXPECT_EQ(viewer.now().action->at("action").AsDouble(), 1);
  EXPECT_EQ(viewer.now().mode, Mode::kPaused);
  viewer.Open({.env = "Ant-v5", .agent = kPersonName}, 1);
  viewer.Steer([&](ImGuiTestContext* hands) {
    hands->ItemDragWithDelta("//You/$$3/##value", {40, 0});
    hands->ItemClick("//You/One step");
  });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().step, 1);
  EXPECT_GT(viewer.now().action->at("action").AsDouble(3), 0.05);
  EXPECT_EQ(viewer.now().action->at("action").AsDouble(2), 0);
  viewer.Picture("you_sliders");
}

TEST(YouPanel, AnAgentsEpisodeIsTakenOver) {
  SteeredViewer viewer;
  viewer.Open({.env = "CartPole-v1"}, 1);
  viewer.interface().Show("You");
  for (int i = 0; i < 4; ++i) viewer.simulation().StepForward();
  ASSERT_TRUE(viewer.Until([&] { return viewer.now().step == 4; }));
  viewer.Steer([&](ImGuiTestContext* hands) { hands->ItemClick("//You/Play yourself"); });
  ASSERT_TRUE(viewer.UntilIdle());
  EXPECT_EQ(viewer.now().cast.agent, kPersonName);
  EXPECT_EQ(viewer.now().step, 4);
}

}  // namespace
}  // namespace rookery::testing
