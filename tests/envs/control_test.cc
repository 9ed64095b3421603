// The control tasks by themselves: published starts, hand-made steps, errors. The comparison with
// Gymnasium is control_oracle_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/pose.h"
#include "core/registry.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;

template <typename Body>
std::string MessageOf(Body body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

ArrayMap Number(const char* name, double value) { return {{name, Array::Scalar(value)}}; }
ArrayMap Choice(int64_t choice) { return {{"action", Array::Scalar<int64_t>(choice)}}; }

// After a reset with seed 123, to the digits that Gymnasium's documentation gives.
void ExpectStart(const char* id, const ArrayMap& options, const std::vector<float>& expected) {
  const std::unique_ptr<Env> env = MakeEnv(id);
  StepResult result;
  env->Reset(123, options, &result);
  const std::span<const float> state = result.observation.at("state").As<float>();
  ASSERT_EQ(state.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(state[i], expected[i], 5e-8f) << id;
}

TEST(Control, StartsAreThePublishedOnes) {
  ExpectStart("CartPole-v1", {{"low", Array::Scalar(-0.1)}, {"high", Array::Scalar(0.1)}},
              {0.03647037f, -0.0892358f, -0.05592803f, -0.06312564f});
  ExpectStart("Pendulum-v1", {{"x_init", Array::Scalar(kPi / 2)}, {"y_init", Array::Scalar(0.5)}},
              {0.8403459f, 0.54205054f, -0.44617897f});
  ExpectStart("Acrobot-v1", {{"low", Array::Scalar(-0.2)}, {"high", Array::Scalar(0.2)}},
              {0.997341f, 0.07287608f, 0.9841162f, -0.17752565f, -0.11185605f, -0.12625128f});
  ExpectStart("MountainCar-v0", {{"low", Array::Scalar(-0.7)}, {"high", Array::Scalar(0.5)}},
              {0.11882224f, 0.f});
  ExpectStart("MountainCarContinuous-v0",
              {{"low", Array::Scalar(-0.7)}, {"high", Array::Scalar(-0.5)}}, {-0.5635296f, 0.f});
}

TEST(Control, ResetOptionsAreChecked) {
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  StepResult result;
  const auto complaint = [&](const ArrayMap& options) {
    return MessageOf([&] { env->Reset(1, options, &result); });
  };
  EXPECT_EQ(complaint(Number("low", 1)),
            "CartPole-v1: reset options low = 1 and high = 0.05 are no range; expected low <= high "
            "(by default -0.05 and 0.05)");
  EXPECT_EQ(complaint(Number("high", std::nan(""))),
            "CartPole-v1: reset option 'high' is nan, expected one finite number");
  EXPECT_EQ(complaint({{"low", Array::Of<float>({0.f, 1.f})}}),
            "CartPole-v1: reset option 'low' is of shape (2), expected one finite number");
  EXPECT_THAT(complaint(Number("lo", 1)), HasSubstr("did you mean low?"));
  EXPECT_NO_THROW(env->Reset(1, {{"low", Array::Of<int64_t>({0})}}, &result));
  const std::unique_ptr<Env> pendulum = MakeEnv("Pendulum-v1");
  EXPECT_EQ(MessageOf([&] { pendulum->Reset(1, Number("x_init", -1), &result); }),
            "Pendulum-v1: reset option 'x_init' is -1, expected 0 or more: starts are drawn "
            "between minus and plus it");
}

// The published tables of the swing-up: from one state, the force sin(0.05 t).
TEST(Control, SwingUpFollowsItsTable) {
  const std::unique_ptr<Env> env = MakeEnv("CartPoleSwingUpHarder-v0");
  StepResult result;
  env->Reset(1,
             {{"x", Array::Scalar(0.1)},
              {"x_dot", Array::Scalar(-0.2)},
              {"theta", Array::Scalar(kPi + 0.3)},
              {"theta_dot", Array::Scalar(0.4)}},
             &result);
  const std::map<int, std::array<double, 5>> table = {
      // x, x_dot, theta, theta_dot, return
      {1, {0.098000000, -0.183781967, 3.445592654, 0.288715592, 0.022879471}},
      {10, {0.096333926, 0.297403438, 3.409523674, -1.515726641, 0.219676819}},
      {50, {0.943304382, 3.311570645, 1.484619629, -3.059563522, 6.536729836}},
      {100, {2.280546503, -0.967184752, 3.242110284, 13.897211575, 17.000179950}}};
  double sum = 0;
  for (int t = 0; t < 100; ++t) {
    env->Step({{"action", Array::Of<double>({std::sin(0.05 * t)})}}, &result);
    sum += result.reward;
    const auto row = table.find(t + 1);
    if (row == table.end()) continue;
    const auto& [x, x_dot, theta, theta_dot, score] = row->second;
    const std::span<const double> state = result.observation.at("state").As<double>();
    constexpr double kDigits = 6e-10;
    EXPECT_NEAR(state[0], x, kDigits) << t;
    EXPECT_NEAR(state[1], x_dot, kDigits) << t;
    EXPECT_NEAR(state[2], std::cos(theta), kDigits) << t;
    EXPECT_NEAR(state[3], std::sin(theta), kDigits) << t;
    EXPECT_NEAR(state[4], theta_dot, kDigits) << t;
    EXPECT_NEAR(sum, score, kDigits) << t;
  }
}

// Leaving the track ends it, with a reward below 0; forces beyond the bounds are the bounds'.
TEST(Control, SwingUpEndsBesideTheTrack) {
  const std::unique_ptr<Env> env = MakeEnv("CartPoleSwingUpHarder-v0"),
                             other = MakeEnv("CartPoleSwingUpHarder-v0");
  StepResult result, clipped;
  env->Reset(2, {{"theta", Array::Scalar(0.0)}, {"theta_dot", Array::Scalar(0.0)}}, &result);
  other->Load(env->Save());
  while (!result.done()) {
    env->Step({{"action", Array::Of<double>({1})}}, &result);
    other->Step({{"action", Array::Of<double>({7})}}, &clipped);
    EXPECT_TRUE(result.observation.BitEqual(clipped.observation));
  }
  EXPECT_TRUE(result.terminated);
  EXPECT_LT(result.reward, 0);
  EXPECT_GT(result.reward, -0.2);
}

// The starts: hard ones fill their ranges, simple ones are near rest.
TEST(Control, SwingUpStarts) {
  const auto spread = [](const std::string& setting) {
    const std::unique_ptr<Env> env = MakeEnv("CartPoleSwingUpHarder-v0", {setting});
    std::array<double, 2> most = {};  // of x and x_dot
    StepResult result;
    for (uint64_t seed = 0; seed < 200; ++seed) {
      env->Reset(seed, &result);
      const std::span<const double> state = result.observation.at("state").As<double>();
      for (size_t i = 0; i < 2; ++i) most[i] = std::max(most[i], std::abs(state[i]));
      EXPECT_LT(state[2], 0.1) << "above the horizontal";
    }
    return most;
  };
  const auto [x, x_dot] = spread("start=harder");
  EXPECT_GT(x, 2.2);
  EXPECT_LE(x, 2.4);
  EXPECT_GT(x_dot, 9);
  EXPECT_LE(x_dot, 10);
  const auto [near_x, near_x_dot] = spread("start=simple");
  EXPECT_GT(near_x, 0.3);
  EXPECT_LT(near_x, 1);
  EXPECT_LT(near_x_dot, 1);
}

// A pole that falls over by itself; the last step is rewarded too, but not the published one.
TEST(Control, CartPoleFalls) {
  for (const bool sutton_barto : {false, true}) {
    const std::unique_ptr<Env> env =
        MakeEnv("CartPole-v1", {sutton_barto ? "sutton_barto_reward=1" : "sutton_barto_reward=0"});
    StepResult result;
    double sum = 0;
    for (env->Reset(7, &result); !result.done(); sum += result.reward) {
      env->Step(Choice(1), &result);
    }
    EXPECT_TRUE(result.terminated);
    EXPECT_LT(env->episode_steps(), 15);
    EXPECT_EQ(sum, sutton_barto ? -1 : static_cast<double>(env->episode_steps()));
  }
}

TEST(Control, ActionsOutOfRangeAreNamed) {
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  StepResult result;
  env->Reset(1, &result);
  EXPECT_EQ(MessageOf([&] { env->Step(Choice(2), &result); }),
            "action of CartPole-v1: action = 2 is outside [0, 1]");
}

// The scene is where the state is, and stays within its camera's view.
TEST(Control, ScenesShowTheState) {
  const std::unique_ptr<Env> env = MakeEnv("CartPole-v1");
  StepResult result;
  env->Reset(1, {{"low", Array::Scalar(0.1)}, {"high", Array::Scalar(0.1)}}, &result);
  const Scene& scene = env->GetScene();
  ASSERT_EQ(scene.cameras.size(), 1u);
  ASSERT_EQ(scene.bodies.size(), 4u);
  EXPECT_DOUBLE_EQ(scene.bodies[2].X_WB.p.x, 0.1);
  // The pole leans to the right.
  EXPECT_NEAR((scene.bodies[3].X_WB * Vec3(0, 0, 1)).x, 0.1 + std::sin(0.1), 1e-12);
}

}  // namespace
}  // namespace rookery
