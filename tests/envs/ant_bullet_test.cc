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

// Asleep on the floor.
struct RestingBulletAnt {
  BulletAnt ant;
  explicit RestingBulletAnt(bool unit_axes = false) : ant(unit_axes) {
    ant.SetSceneDetail(true);
    ant.Reset(std::array<double, 8>{0.05, -0.05, 0.05, -0.05, 0.05, -0.05, 0.05, -0.05});
    Wait(100);
  }
  void Wait(int steps) {
    for (int t = 0; t < steps; ++t) ant.Step(std::array<double, 8>{});
  }
  const SceneBody& Body(int id) { return ant.GetScene().bodies[static_cast<size_t>(id)]; }
  std::string Bytes() const {
    ByteWriter out;
    ant.Save(&out);
    return out.Take();
  }
  void Load(const std::string& bytes) {
    ByteReader in(bytes);
    ant.Load(&in);
  }
};
constexpr int kTorso = 1, kFoot = 4;  // of the scene

TEST(AntBulletHand, TheFloorCarriesItsWeight) {
  RestingBulletAnt robot;
  Vec3 sum;
  for (const SceneContact& contact : robot.ant.GetScene().contacts) {
    ASSERT_TRUE((contact.body_a == 0) != (contact.body_b == 0)) << "the floor is one of them";
    EXPECT_NEAR(contact.position.z, 0, 0.02);
    sum += contact.body_a == 0 ? contact.force : -contact.force;
  }
  const double weight = robot.ant.Mass() * 9.8;
  EXPECT_GT(weight, 1);
  EXPECT_NEAR(sum.z, weight, 0.05 * weight);
  EXPECT_FALSE(robot.Body(0).movable);
  EXPECT_TRUE(robot.Body(kTorso).movable);
  robot.ant.SetSceneDetail(false);
  EXPECT_TRUE(robot.ant.GetScene().contacts.empty());
}

TEST(AntBulletHand, LiftsAndLetsFall) {
  for (const int body : {kTorso, kFoot}) {
    RestingBulletAnt robot;
    const Vec3 target(1, 0.5, 2);
    ASSERT_TRUE(robot.ant.Pull(ScenePull{body, {}, target}));
    double fastest = 0;
    for (int t = 0; t < 300; ++t) {
      robot.Wait(1);
      fastest = std::max(fastest, Norm(robot.Body(kTorso).velocity));
    }
    // A foot is light for what it lifts: its spring is long.
    EXPECT_LT(Norm(robot.Body(body).X_WB.p - target), body == kFoot ? 0.25 : 0.1) << body;
    EXPECT_LT(fastest, 20);
    EXPECT_TRUE(robot.ant.GetScene().contacts.empty()) << body;
    ASSERT_TRUE(robot.ant.Pull(std::nullopt));
    robot.Wait(24);
    EXPECT_LT(robot.Body(body).X_WB.p.z, target.z - 0.5) << "it falls";
    robot.Wait(200);
    EXPECT_LT(robot.Body(kTorso).X_WB.p.z, 0.8);
  }
}

TEST(AntBulletHand, VelocitiesAreThoseOfThePoses) {
  for (const bool unit_axes : {false, true}) {
    RestingBulletAnt robot(unit_axes);
    ASSERT_TRUE(robot.ant.Pull(ScenePull{kTorso, {0.2, 0, 0}, {1, 0, 2}}));
    robot.Wait(12);
    robot.ant.Pull(std::nullopt);
    robot.Wait(1);
    const Scene before = robot.ant.GetScene();
    robot.Wait(1);
    const Scene& after = robot.ant.GetScene();
    ASSERT_GT(Norm(after.bodies[1].velocity), 0.3);
    for (size_t i = 1; i < after.bodies.size(); ++i) {
      const Vec3 measured =
          (after.bodies[i].X_WB.p - before.bodies[i].X_WB.p) * (1 / BulletAnt::kStep_s);
      const Vec3 mean = (before.bodies[i].velocity + after.bodies[i].velocity) * 0.5;
      EXPECT_LT(Norm(measured - mean), 0.15) << after.bodies[i].name;
    }
  }
}

TEST(AntBulletHand, MovesTheWholeRobotToRest) {
  RestingBulletAnt robot;
  const double foot = Norm(robot.Body(kFoot).X_WB.p - robot.Body(kTorso).X_WB.p);
  const Pose place({3, -1, 1.5}, QuatFromYaw(0.7));
  for (const int body : {kTorso, kFoot}) {
    ASSERT_TRUE(robot.ant.MoveBody(body, place));
    EXPECT_LT(Norm(robot.Body(body).X_WB.p - place.p), 1e-9);
    EXPECT_LT(AngleBetween(robot.Body(body).X_WB.q, place.q), 1e-6);
    EXPECT_NEAR(Norm(robot.Body(kFoot).X_WB.p - robot.Body(kTorso).X_WB.p), foot, 1e-9);
    for (const SceneBody& b : robot.ant.GetScene().bodies) EXPECT_EQ(Norm(b.velocity), 0) << b.name;
    EXPECT_TRUE(robot.ant.GetScene().contacts.empty());
  }
  const auto env = MakeEnv("ant-bullet");
  StepResult result;
  env->Reset(0, &result);
  ASSERT_TRUE(env->MoveBody(kTorso, place));
  env->Step(Nothing(), &result);
  EXPECT_LT(std::abs(result.info.at("reward_progress").AsDouble()), 1) << "no leap in the reward";
}

TEST(AntBulletHand, HoldsOnlyWhatCanBeMoved) {
  RestingBulletAnt robot;
  for (const int body : {-1, 0, 14, 1000}) {
    EXPECT_FALSE(robot.ant.Pull(ScenePull{body, {}, {0, 0, 2}})) << body;
    EXPECT_FALSE(robot.ant.MoveBody(body, Pose(Vec3(0, 0, 2)))) << body;
  }
  EXPECT_THROW(robot.ant.Pull(ScenePull{1, {}, {0, std::nan(""), 2}}), UserError);
  robot.Wait(5);
  EXPECT_LT(robot.Body(kTorso).X_WB.p.z, 0.8);
}

TEST(AntBulletHand, IsInNoSnapshotAndLetsGo) {
  RestingBulletAnt robot, other;
  const std::string resting = robot.Bytes();
  robot.Wait(20);
  const std::string expected = robot.Bytes();
  const ScenePull pull{kTorso, {0.1, 0, 0}, {1, 0, 2}};
  ASSERT_TRUE(robot.ant.Pull(pull));
  robot.Wait(3);
  robot.Load(resting);
  robot.Wait(20);
  EXPECT_TRUE(robot.Bytes() == expected) << "Load does not let go, or forces stay";
  // In the midst of a pull: what comes after depends on the snapshot alone.
  ASSERT_TRUE(robot.ant.Pull(pull));
  robot.Wait(3);
  const std::string flying = robot.Bytes();
  robot.ant.Pull(std::nullopt);
  EXPECT_TRUE(robot.Bytes() == flying);
  robot.Wait(10);
  other.Load(flying);
  other.Wait(10);
  EXPECT_TRUE(robot.Bytes() == other.Bytes());

  const std::array<double, 8> start = {};
  ASSERT_TRUE(robot.ant.Pull(pull));
  for (RestingBulletAnt* one : {&robot, &other}) {
    one->ant.Reset(start);
    one->Wait(10);
  }
  EXPECT_TRUE(robot.Bytes() == other.Bytes()) << "Reset does not let go";
}

}  // namespace
}  // namespace rookery
