// AntBullet-v0: numbers measured with PyBullet 3.2.7, snapshots, options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/error.h"
#include "core/registry.h"
#include "core/rng.h"
#include "envs/ant/bullet_ant.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;

ArrayMap Alternating() {
  std::vector<double> joints;
  for (int j = 0; j < 8; ++j) joints.push_back(j % 2 == 0 ? 0.05 : -0.05);
  return {{"joints", Array::From<double>(joints)}};
}

ArrayMap Action(const std::function<double(int)>& value) {
  ArrayMap action;
  const auto to = action.Ensure("action", DType::kFloat32, {8}).As<float>();
  for (int i = 0; i < 8; ++i) to[static_cast<size_t>(i)] = static_cast<float>(value(i));
  return action;
}
ArrayMap Nothing() {
  return Action([](int) { return 0; });
}

TEST(AntBullet, FirstObservation) {
  const auto env = MakeEnv("ant-bullet");
  StepResult result;
  env->Reset(0, Alternating(), &result);
  const double places[] = {0.07162, -1.93899, 0.07162, 1.77529,
                           0.07162, 1.77529,  0.07162, -1.93899};
  for (int j = 0; j < 8; ++j) {
    EXPECT_NEAR(result.observation.at("state").AsDouble(8 + 2 * j), places[j], 1e-5) << j;
    EXPECT_EQ(result.observation.at("state").AsDouble(9 + 2 * j), 0);
  }
  EXPECT_EQ(result.observation.at("state").AsDouble(0), 0);
  for (int i = 24; i < 28; ++i) EXPECT_EQ(result.observation.at("state").AsDouble(i), 0);
}

// It falls and is dead on the floor: the published heights.
TEST(AntBullet, Falls) {
  const auto env = MakeEnv("ant-bullet");
  StepResult result;
  env->Reset(0, Alternating(), &result);
  const auto z = [&] { return 0.75 + result.observation.at("state").AsDouble(0); };
  env->Step(Nothing(), &result);
  EXPECT_NEAR(z(), 0.74833, 1e-5);
  EXPECT_NEAR(result.reward, 0.6, 1e-6);
  env->Step(Nothing(), &result);
  EXPECT_NEAR(z(), 0.74400, 1e-5);
  for (int t = 2; t < 10; ++t) env->Step(Nothing(), &result);
  EXPECT_NEAR(z(), 0.61379, 1e-5);
  EXPECT_FALSE(result.terminated);
  while (!result.done()) env->Step(Nothing(), &result);
  EXPECT_LE(z(), 0.26);
  EXPECT_EQ(result.info.at("reward_alive").AsDouble(), -1);
  EXPECT_FALSE(result.truncated);
}

TEST(AntBullet, RestsOnTheFloor) {
  BulletAnt ant(/*unit_axes=*/false);
  const std::array<double, 8> joints = {0.05, -0.05, 0.05, -0.05, 0.05, -0.05, 0.05, -0.05};
  ant.Reset(joints);
  for (int t = 0; t < 50; ++t) ant.Step(std::array<double, 8>{});
  EXPECT_NEAR(ant.Torso().p.z, 0.250, 1e-3);
  for (int leg = 0; leg < 4; ++leg) EXPECT_TRUE(ant.FootTouchesFloor(leg)) << leg;
}

// Half the acceleration for the same torque is what the longer axes of the ankles cost.
TEST(AntBullet, UnitAxesMoveMore) {
  std::array<double, 8> joints = {}, torques = {};
  for (int k = 1; k < 8; k += 2) joints[static_cast<size_t>(k)] = k == 1 || k == 7 ? 1 : -1;
  torques[1] = 10;
  double speed[2];
  for (bool unit : {false, true}) {
    BulletAnt ant(unit);
    ant.Reset(joints);
    ant.Step(torques);
    speed[unit] = ant.JointVelocity(1);
  }
  EXPECT_NEAR(speed[1] / speed[0], 2, 0.02);
}

TEST(AntBullet, BadOptionsAreNamed) {
  const auto env = MakeEnv("ant-bullet");
  StepResult result;
  const auto message = [&](const ArrayMap& options) -> std::string {
    try {
      env->Reset(0, options, &result);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message({{"joints", Array(DType::kFloat64, {7})}}),
              HasSubstr("AntBullet-v0: reset option 'joints' has shape (7), expected (8)"));
  EXPECT_THAT(message({{"joints", Array::From<double>(std::vector<double>(8, 4.0))}}),
              HasSubstr("element 0 is 4.000000, expected an angle from -pi to pi"));
}

// Into a fresh world, from the midst of contacts that the engine remembers.
TEST(AntBullet, SnapshotsContinueToTheBit) {
  Rng rng(7);
  BulletAnt a(false);
  a.Reset(std::array<double, 8>{});
  const auto random = [&] {
    std::array<double, 8> torques;
    for (double& t : torques) t = rng.Uniform(-250, 250);
    return torques;
  };
  const auto bytes = [](const BulletAnt& ant) {
    ByteWriter out;
    ant.Save(&out);
    return out.Take();
  };
  int touching = 0;
  for (int round = 0; round < 20; ++round) {
    for (int t = 0; t < 11; ++t) a.Step(random());
    const std::string saved = bytes(a);
    BulletAnt b(false);
    if (round % 2 == 0) {  // or a used one
      b.Reset(std::array<double, 8>{});
      for (int t = 0; t < 60; ++t) b.Step(random());
    }
    ByteReader in(saved);
    b.Load(&in);
    EXPECT_TRUE(in.AtEnd());
    ASSERT_EQ(bytes(b), saved) << round;
    for (int t = 0; t < 11; ++t) {
      const auto torques = random();
      a.Step(torques);
      b.Step(torques);
      ASSERT_EQ(bytes(a), bytes(b)) << "round " << round << " step " << t;
    }
    for (int leg = 0; leg < 4; ++leg) touching += a.FootTouchesFloor(leg);
  }
  EXPECT_GT(touching, 5);
}

TEST(AntBullet, CameraFollowsTheTorso) {
  const auto env = MakeEnv("ant-bullet");
  StepResult result;
  env->Reset(0, &result);
  const Scene& scene = env->GetScene();
  ASSERT_EQ(scene.bodies.size(), 14u);
  const Vec3 torso = scene.cameras[0].X_WC.Inverse() * scene.bodies[1].X_WB.p;
  EXPECT_NEAR(torso.x / torso.z, 0, 1e-9);
  EXPECT_NEAR(torso.y / torso.z, 0, 1e-9);
  EXPECT_NEAR(torso.z, 4.118, 0.01);
}

}  // namespace
}  // namespace rookery
