// What keys mean as actions, from the specs of the environments alone.
#include "gui/key_steering.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/registry.h"

namespace rookery::gui {
namespace {

EnvSpec SpecOf(const std::string& id, const std::vector<std::string>& settings = {}) {
  return MakeEnv(id, settings)->spec();
}

EnvSpec Named(std::vector<std::string> choices) {
  EnvSpec spec;
  spec.action.Add({.name = "action",
                   .dtype = DType::kInt64,
                   .shape = {},
                   .low = {0},
                   .high = {static_cast<double>(choices.size()) - 1},
                   .discrete = true,
                   .choices = choices});
  return spec;
}

std::string NameOf(KeySteering* steering, const SteeringKeys& keys) {
  const auto action = steering->Act(keys, 0.02);
  return steering->ChoiceName(static_cast<int>(action->at("action").As<int64_t>()[0]));
}

TEST(KeySteering, TwoChoicesGoOnUntilTheOther) {
  KeySteering steering(SpecOf("CartPole-v1"));
  EXPECT_EQ(steering.kind(), KeySteering::Kind::kTwoWay);
  EXPECT_FALSE(steering.Act({}, 0.02));  // nobody said anything
  EXPECT_EQ(steering.Act({.right = true}, 0.02)->at("action").As<int64_t>()[0], 1);
  EXPECT_EQ(steering.Act({}, 0.02)->at("action").As<int64_t>()[0], 1);
  EXPECT_EQ(steering.Act({.left = true}, 0.02)->at("action").As<int64_t>()[0], 0);
  steering.Forget();
  EXPECT_FALSE(steering.Act({}, 0.02));
}

TEST(KeySteering, AJoystickIsTiltedAndFires) {
  EnvSpec spec;
  spec.action.Add({.name = "action",
                   .dtype = DType::kFloat32,
                   .shape = {3},
                   .low = {0, -3.14159265, 0},
                   .high = {1, 3.14159265, 1},
                   .elements = {"radius", "theta", "fire"}});
  KeySteering steering(spec);
  EXPECT_TRUE(steering.fires());
  const auto act = [&](const SteeringKeys& keys) {
    const auto action = steering.Act(keys, 0.02);
    const auto values = action->at("action").As<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(act({}), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(act({.right = true, .fire = true}), (std::vector<float>{1, 0, 1}));
  EXPECT_NEAR(act({.left = true})[1], 3.1415927, 1e-6);
  EXPECT_NEAR(act({.up = true, .left = true})[1], 2.3561945, 1e-6);
  EXPECT_NEAR(act({.down = true})[1], -1.5707963, 1e-6);
}

TEST(KeySteering, ThreeChoicesHaveNothingInTheMiddle) {
  for (const char* id : {"MountainCar-v0", "Acrobot-v1"}) {
    KeySteering steering(SpecOf(id));
    EXPECT_EQ(steering.kind(), KeySteering::Kind::kThreeWay) << id;
    EXPECT_EQ(steering.Act({}, 0.02)->at("action").As<int64_t>()[0], 1);
    EXPECT_EQ(steering.Act({.left = true}, 0.02)->at("action").As<int64_t>()[0], 0);
    EXPECT_EQ(steering.Act({.right = true}, 0.02)->at("action").As<int64_t>()[0], 2);
    EXPECT_EQ(steering.Act({.left = true, .right = true}, 0.02)->at("action").As<int64_t>()[0], 1);
  }
}

TEST(KeySteering, NamesAreCombined) {
  KeySteering full(Named({"NOOP", "FIRE", "UP", "RIGHT", "LEFT", "DOWN", "UPRIGHT", "UPLEFT",
                          "DOWNRIGHT", "DOWNLEFT", "UPFIRE", "RIGHTFIRE", "LEFTFIRE", "DOWNFIRE",
                          "UPRIGHTFIRE", "UPLEFTFIRE", "DOWNRIGHTFIRE", "DOWNLEFTFIRE"}));
  EXPECT_EQ(NameOf(&full, {}), "NOOP");
  EXPECT_EQ(NameOf(&full, {.up = true, .right = true, .fire = true}), "UPRIGHTFIRE");
  EXPECT_EQ(NameOf(&full, {.down = true, .left = true}), "DOWNLEFT");
  EXPECT_EQ(NameOf(&full, {.fire = true}), "FIRE");
  EXPECT_EQ(NameOf(&full, {.up = true, .down = true}), "NOOP");
  // Fewer: the nearest that there is.
  KeySteering paddle(Named({"NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"}));
  EXPECT_EQ(NameOf(&paddle, {.up = true}), "RIGHT");
  EXPECT_EQ(NameOf(&paddle, {.down = true, .fire = true}), "LEFTFIRE");
  EXPECT_EQ(NameOf(&paddle, {.up = true, .left = true}), "LEFT");
  KeySteering road(Named({"NOOP", "UP", "DOWN"}));
  EXPECT_EQ(NameOf(&road, {.up = true, .right = true, .fire = true}), "UP");
}

TEST(KeySteering, CarsAreSteeredGradually) {
  KeySteering steering(SpecOf("CarRacing-v3"));
  EXPECT_TRUE(steering.vehicle());
  const auto values = [&](const SteeringKeys& keys, double seconds) {
    const ArrayMap action = *steering.Act(keys, seconds);
    const auto span = action.at("action").As<float>();
    return std::vector<float>(span.begin(), span.end());
  };
  const std::vector<float> first = values({.up = true, .left = true}, 0.05);
  EXPECT_LT(first[0], 0);
  EXPECT_GT(first[0], -0.5f);
  EXPECT_GT(first[1], 0);
  EXPECT_EQ(first[2], 0);
  EXPECT_EQ(values({.up = true, .left = true}, 10), (std::vector<float>{-1, 1, 0}));
  EXPECT_EQ(values({.down = true}, 10), (std::vector<float>{0, 0, 1}));
  KeySteering discrete(SpecOf("CarRacing-v3", {"continuous=false"}));
  EXPECT_EQ(NameOf(&discrete, {.up = true}), "GAS");
  EXPECT_EQ(NameOf(&discrete, {.down = true}), "BRAKE");
  EXPECT_EQ(NameOf(&discrete, {.left = true}), "LEFT");
  EXPECT_EQ(NameOf(&discrete, {.up = true, .right = true}), "RIGHT");
}

TEST(KeySteering, NumbersHaveKeysAndSliders) {
  KeySteering pendulum(SpecOf("Pendulum-v1"));
  ASSERT_EQ(pendulum.sliders().size(), 1u);
  EXPECT_EQ(pendulum.Act({.left = true}, 0.02)->at("action").AsDouble(), -2);
  EXPECT_EQ(pendulum.Act({.right = true}, 0.02)->at("action").AsDouble(), 2);
  EXPECT_EQ(pendulum.Act({}, 0.02)->at("action").AsDouble(), 0);
  KeySteering ant(SpecOf("Ant-v5"));
  ASSERT_EQ(ant.sliders().size(), 8u);
  ant.sliders()[5].rest = 0.25;
  const ArrayMap action = *ant.Act({.up = true, .left = true}, 0.02);
  EXPECT_EQ(action.at("action").AsDouble(0), -1);
  EXPECT_EQ(action.at("action").AsDouble(1), 1);
  EXPECT_EQ(action.at("action").AsDouble(5), 0.25);
  ant.Centre();
  EXPECT_EQ(ant.Act({}, 0.02)->at("action").AsDouble(5), 0);
}

// Whatever keys do, it is an action of the environment.
TEST(KeySteering, EveryActionFits) {
  for (const char* id : {"CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1",
                         "CarRacing-v3", "Ant-v5", "Acrobot-v1"}) {
    const EnvSpec spec = SpecOf(id);
    KeySteering steering(spec);
    ASSERT_TRUE(steering.works()) << id;
    for (int bits = 0; bits < 32; ++bits) {
      const auto action = steering.Act({.up = (bits & 1) != 0,
                                        .down = (bits & 2) != 0,
                                        .left = (bits & 4) != 0,
                                        .right = (bits & 8) != 0,
                                        .fire = (bits & 16) != 0},
                                       0.1);
      if (action) spec.action.Validate(*action, id);
    }
  }
}

TEST(KeySteering, SaysWhyNot) {
  EnvSpec spec;
  EXPECT_EQ(KeySteering(spec).why_not(), "this environment takes no action");
  spec.action.Add({.name = "image", .shape = {32, 32}});
  EXPECT_FALSE(KeySteering(spec).works());
  EXPECT_NE(KeySteering(spec).why_not().find("1024 numbers"), std::string::npos);
}

}  // namespace
}  // namespace rookery::gui
