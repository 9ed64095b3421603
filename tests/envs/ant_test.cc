// Ant-v5: published numbers, options, snapshots, what breaks it, and that a step allocates nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <atomic>
#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"
#include "core/rng.h"
#include "envs/mujoco/mujoco_sim.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;

ArrayMap Rest() {
  std::vector<double> qpos(15), qvel(14);
  qpos[2] = 0.75;
  qpos[3] = 1;
  return {{"qpos", Array::From<double>(qpos)}, {"qvel", Array::From<double>(qvel)}};
}

ArrayMap Action(const std::function<double(int)>& value) {
  ArrayMap action;
  const auto to = action.Ensure("action", DType::kFloat32, {8}).As<float>();
  for (int i = 0; i < 8; ++i) to[static_cast<size_t>(i)] = static_cast<float>(value(i));
  return action;
}

template <typename Body>
std::string MessageOf(Body body) {
  try {
    body();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

// Measured with Gymnasium 1.4 and MuJoCo 3.17: action k of step t is sin(0.1 t + k).
TEST(Ant, FirstStepsFromRest) {
  const auto env = MakeEnv("Ant-v5", {"exclude_current_positions_from_observation=false"});
  StepResult result;
  env->Reset(0, Rest(), &result);
  EXPECT_EQ(result.observation.at("state").shape(), Shape{107});
  env->Step(Action([](int k) { return std::sin(k); }), &result);
  const double expected[] = {0.002786,  -0.010472, 0.774337,  0.999994, 0.002105,
                             -0.002347, 0.001692,  0.164007,  0.434535, -0.136606,
                             -0.498473, -0.050821, -0.386108, 0.000071, 0.488579};
  for (int i = 0; i < 15; ++i) {
    EXPECT_NEAR(result.observation.at("state").AsDouble(i), expected[i], 1e-6) << i;
  }
  EXPECT_NEAR(result.reward, -0.722641, 1e-6);
  env->Step(Action([](int k) { return std::sin(0.1 + k); }), &result);
  EXPECT_NEAR(result.observation.at("state").AsDouble(2), 0.769626, 1e-6);
  EXPECT_NEAR(result.reward, -0.675359, 1e-6);
  const auto info = [&](const char* name) { return result.info.at(name).AsDouble(); };
  EXPECT_DOUBLE_EQ(result.reward, info("reward_forward") + info("reward_survive") +
                                      info("reward_ctrl") + info("reward_contact"));
}

TEST(Ant, OptionsChangeTheObservation) {
  EXPECT_EQ(MakeEnv("ant")->spec().observation.at("state").shape, Shape{105});
  EXPECT_EQ(MakeEnv("ant", {"include_cfrc_ext_in_observation=false"})
                ->spec()
                .observation.at("state")
                .shape,
            Shape{27});
  EXPECT_NEAR(MakeEnv("ant")->spec().control_hz, 20, 1e-9);
  EXPECT_NEAR(MakeEnv("ant", {"frame_skip=1"})->spec().control_hz, 100, 1e-9);
}

TEST(Ant, BadOptionsAreNamed) {
  EXPECT_THAT(MessageOf([] { MakeEnv("ant", {"main_body=torsoo"}); }),
              HasSubstr("main_body = torsoo is no body (did you mean torso?); it is 0 to 13 or"));
  EXPECT_THAT(MessageOf([] { MakeEnv("ant", {"main_body=14"}); }), HasSubstr("it is 0 to 13"));
  EXPECT_THAT(MessageOf([] { MakeEnv("ant", {"healthy_z_range_low=2"}); }),
              HasSubstr("healthy_z_range_low = 2.000000 is above healthy_z_range_high"));
  EXPECT_THAT(MessageOf([] { MakeEnv("ant", {"frame_skip=0"}); }), HasSubstr("frame_skip"));
  const auto env = MakeEnv("ant");
  StepResult result;
  EXPECT_THAT(MessageOf([&] {
                env->Reset(0, {{"qpos", Array(DType::kFloat64, {14})}}, &result);
              }),
              HasSubstr("Ant-v5: reset option 'qpos' has shape (14), expected (15)"));
  ArrayMap options = Rest();
  options.at("qvel").As<double>()[3] = std::nan("");
  EXPECT_THAT(MessageOf([&] { env->Reset(0, options, &result); }),
              HasSubstr("reset option 'qvel': element 3 is nan, expected a finite number"));
}

TEST(Ant, FallsOverAndEnds) {
  const auto env = MakeEnv("ant");
  StepResult result;
  ArrayMap low = Rest();
  low.at("qpos").As<double>()[2] = 1.2;
  env->Reset(0, low, &result);
  EXPECT_FALSE(result.terminated);
  env->Step(Action([](int) { return 0; }), &result);
  EXPECT_TRUE(result.terminated);
  EXPECT_EQ(result.info.at("reward_survive").AsDouble(), 0);
  const auto other = MakeEnv("ant", {"terminate_when_unhealthy=false"});
  other->Reset(0, low, &result);
  other->Step(Action([](int) { return 0; }), &result);
  EXPECT_FALSE(result.terminated);
  EXPECT_EQ(result.info.at("reward_survive").AsDouble(), 0);
}

// Torques stop growing at the bounds; what they cost does not.
TEST(Ant, ActionsBeyondTheBounds) {
  const auto a = MakeEnv("ant"), b = MakeEnv("ant");
  StepResult at, beyond;
  a->Reset(0, Rest(), &at);
  b->Reset(0, Rest(), &beyond);
  a->Step(Action([](int) { return 1; }), &at);
  b->Step(Action([](int) { return 2; }), &beyond);
  EXPECT_TRUE(at.observation.BitEqual(beyond.observation));
  EXPECT_EQ(at.info.at("reward_ctrl").AsDouble(), -4);
  EXPECT_EQ(beyond.info.at("reward_ctrl").AsDouble(), -16);
}

TEST(Ant, BreakdownEndsTheEpisode) {
  for (const char* setting : {"terminate_when_unhealthy=true", "terminate_when_unhealthy=false"}) {
    const auto env = MakeEnv("ant", {setting});
    StepResult result;
    ArrayMap wild = Rest();
    for (double& v : wild.at("qvel").As<double>()) v = 1e9;
    env->Reset(0, wild, &result);
    int warnings = 0;
    SetLogSink([&](LogLevel level, const std::string& message) {
      warnings += level == LogLevel::kWarning && message.find("mujoco: ") == 0;
    });
    env->Step(Action([](int) { return 0.1; }), &result);
    SetLogSink(nullptr);
    EXPECT_GE(warnings, 1);
    EXPECT_TRUE(result.terminated);
    EXPECT_EQ(result.info.at("unstable").AsDouble(), 1);
    EXPECT_NO_THROW(env->spec().observation.Validate(result.observation, "observation"));
    EXPECT_NO_THROW(env->spec().info.Validate(result.info, "info"));
    // And is over with the next.
    env->Reset(1, {}, &result);
    env->Step(Action([](int) { return 0.1; }), &result);
    EXPECT_EQ(result.info.at("unstable").AsDouble(), 0);
  }
  EXPECT_FALSE(std::filesystem::exists("MUJOCO_LOG.TXT"));
}

// Long after the ants fell into contact, and the solver is warm.
TEST(Ant, SnapshotsContinueToTheBit) {
  const auto a = MakeEnv("ant", {"terminate_when_unhealthy=false"});
  const auto b = MakeEnv("ant", {"terminate_when_unhealthy=false"});
  Rng rng(5);
  StepResult result, other;
  a->Reset(3, &result);
  b->Reset(4, &other);
  const auto random = [&] { return Action([&](int) { return rng.Uniform(-1, 1); }); };
  for (int round = 0; round < 20; ++round) {
    for (int t = 0; t < 13; ++t) a->Step(random(), &result);
    b->Load(a->Save());
    EXPECT_EQ(a->Save(), b->Save());
    for (int t = 0; t < 13; ++t) {
      const ArrayMap action = random();
      a->Step(action, &result);
      b->Step(action, &other);
      ASSERT_TRUE(result.observation.BitEqual(other.observation)) << round << " " << t;
      ASSERT_TRUE(result.info.BitEqual(other.info));
      ASSERT_EQ(result.reward, other.reward);
    }
  }
  const auto arm = MakeEnv("ant", {"terminate_when_unhealthy=false", "main_body=aux_1"});
  EXPECT_THAT(MessageOf([&] { arm->Load(a->Save()); }), HasSubstr("main_body=3"));
}

TEST(Ant, CameraFollowsTheTorso) {
  const auto env = MakeEnv("ant");
  StepResult result;
  ArrayMap far = Rest();
  far.at("qpos").As<double>()[0] = 20;
  env->Reset(0, Rest(), &result);
  const Scene at_home = env->GetScene();
  env->Reset(0, far, &result);
  const Scene& away = env->GetScene();
  ASSERT_EQ(away.bodies.size(), 14u);
  ASSERT_EQ(away.cameras.size(), 1u);
  EXPECT_EQ(away.cameras[0].name, "track");
  EXPECT_NEAR(away.cameras[0].X_WC.p.x, at_home.cameras[0].X_WC.p.x + 20, 1e-9);
  EXPECT_NEAR(away.bodies[1].X_WB.p.x, 20, 1e-12);
  EXPECT_NEAR(away.light.center.x, 20, 1e-9);
  // The torso is in the middle of the picture.
  const Vec3 torso = away.cameras[0].X_WC.Inverse() * away.bodies[1].X_WB.p;
  EXPECT_NEAR(torso.x / torso.z, 0, 0.02);
  EXPECT_NEAR(torso.y / torso.z, 0, 0.02);
}

// Asleep on the floor.
struct RestingAnt {
  std::unique_ptr<Env> env = MakeEnv("ant", {"terminate_when_unhealthy=false"});
  StepResult result;
  RestingAnt() {
    env->SetSceneDetail(true);
    env->Reset(0, Rest(), &result);
    Wait(100);
  }
  void Wait(int steps) {
    for (int t = 0; t < steps; ++t) env->Step(Action([](int) { return 0; }), &result);
  }
  const SceneBody& Body(int id) { return env->GetScene().bodies[static_cast<size_t>(id)]; }
  const SceneBody& Torso() { return Body(1); }
};
constexpr int kTorso = 1, kFoot = 4;  // of the model

TEST(AntHand, TheFloorCarriesItsWeight) {
  RestingAnt ant;
  const auto model = LoadMujocoModel("ant/ant.xml");
  const double weight = mj_getTotalmass(model.get()) * 9.81;
  Vec3 sum;
  for (const SceneContact& contact : ant.env->GetScene().contacts) {
    ASSERT_TRUE((contact.body_a == 0) != (contact.body_b == 0)) << "the floor is one of them";
    EXPECT_NEAR(contact.position.z, 0, 0.02);
    sum += contact.body_a == 0 ? contact.force : -contact.force;
  }
  EXPECT_NEAR(sum.z, weight, 0.05 * weight);
  EXPECT_NEAR(sum.x, 0, 0.05 * weight);
  EXPECT_FALSE(ant.env->GetScene().bodies[0].movable);
  EXPECT_TRUE(ant.Torso().movable);
  ant.env->SetSceneDetail(false);
  EXPECT_TRUE(ant.env->GetScene().contacts.empty());
}

TEST(AntHand, LiftsAndLetsFall) {
  for (const int body : {kTorso, kFoot}) {
    RestingAnt ant;
    const Vec3 target(1, 0.5, 2);
    ASSERT_TRUE(ant.env->Pull(ScenePull{body, {}, target}));
    double fastest = 0;
    for (int t = 0; t < 100; ++t) {
      ant.Wait(1);
      fastest = std::max(fastest, Norm(ant.Torso().velocity));
    }
    EXPECT_LT(Norm(ant.Body(body).X_WB.p - target), 0.1) << body;
    EXPECT_TRUE(ant.env->GetScene().contacts.empty()) << body;
    EXPECT_LT(fastest, 20);
    EXPECT_EQ(ant.result.info.at("unstable").AsDouble(), 0);
    ASSERT_TRUE(ant.env->Pull(std::nullopt));
    ant.Wait(8);
    EXPECT_LT(ant.Body(body).X_WB.p.z, target.z - 0.5) << "it falls";
    ant.Wait(60);
    EXPECT_LT(ant.Torso().X_WB.p.z, 0.8);
  }
}

TEST(AntHand, VelocitiesAreThoseOfThePoses) {
  RestingAnt ant;
  ASSERT_TRUE(ant.env->Pull(ScenePull{kTorso, {0.2, 0, 0}, {1, 0, 2}}));
  ant.Wait(4);
  ant.env->Pull(std::nullopt);
  const auto fine = MakeEnv("ant", {"frame_skip=1", "terminate_when_unhealthy=false"});
  fine->Load(ant.env->Save());
  fine->SetSceneDetail(true);
  const Scene before = fine->GetScene();
  fine->Step(Action([](int) { return 0; }), &ant.result);
  const Scene& after = fine->GetScene();
  ASSERT_GT(Norm(after.bodies[1].velocity), 0.3);
  for (size_t i = 1; i < after.bodies.size(); ++i) {
    const Vec3 measured = (after.bodies[i].X_WB.p - before.bodies[i].X_WB.p) * 100;
    const Vec3 mean = (before.bodies[i].velocity + after.bodies[i].velocity) * 0.5;
    EXPECT_LT(Norm(measured - mean), 0.03) << after.bodies[i].name;
  }
}

TEST(AntHand, MovesTheWholeRobotToRest) {
  RestingAnt ant;
  const double foot = Norm(ant.env->GetScene().bodies[kFoot].X_WB.p - ant.Torso().X_WB.p);
  const Pose place({3, -1, 2.5}, QuatFromYaw(0.7));
  for (const int body : {kTorso, kFoot}) {
    ASSERT_TRUE(ant.env->MoveBody(body, place));
    const Scene& scene = ant.env->GetScene();
    const SceneBody& moved = scene.bodies[static_cast<size_t>(body)];
    EXPECT_LT(Norm(moved.X_WB.p - place.p), 1e-9);
    EXPECT_LT(AngleBetween(moved.X_WB.q, place.q), 1e-6);
    EXPECT_NEAR(Norm(scene.bodies[kFoot].X_WB.p - scene.bodies[kTorso].X_WB.p), foot, 1e-9);
    for (const SceneBody& b : scene.bodies) EXPECT_EQ(Norm(b.velocity), 0) << b.name;
    EXPECT_TRUE(scene.contacts.empty());
    ant.Wait(1);
    EXPECT_LT(std::abs(ant.result.info.at("x_velocity").AsDouble()), 1) << "no leap in the reward";
  }
}

TEST(AntHand, HoldsOnlyWhatCanBeMoved) {
  RestingAnt ant;
  for (const int body : {-1, 0, 14, 1000}) {
    EXPECT_FALSE(ant.env->Pull(ScenePull{body, {}, {0, 0, 2}})) << body;
    EXPECT_FALSE(ant.env->MoveBody(body, Pose(Vec3(0, 0, 2)))) << body;
  }
  EXPECT_THROW(ant.env->Pull(ScenePull{1, {}, {0, std::nan(""), 2}}), UserError);
  ant.Wait(5);
  EXPECT_LT(ant.Torso().X_WB.p.z, 0.8);
}

TEST(AntHand, IsInNoSnapshotAndLetsGo) {
  RestingAnt ant;
  const std::string resting = ant.env->Save();
  ant.Wait(20);
  const std::string expected = ant.env->Save();
  const ScenePull pull{kTorso, {0.1, 0, 0}, {1, 0, 2}};
  ASSERT_TRUE(ant.env->Pull(pull));
  ant.Wait(3);
  ant.env->Load(resting);
  ant.Wait(20);
  EXPECT_TRUE(ant.env->Save() == expected) << "Load does not let go, or forces stay";
  // In the midst of a pull: what comes after depends on the snapshot alone.
  ASSERT_TRUE(ant.env->Pull(pull));
  ant.Wait(3);
  const std::string flying = ant.env->Save();
  ant.env->Pull(std::nullopt);
  EXPECT_TRUE(ant.env->Save() == flying);
  ant.Wait(10);
  RestingAnt other;
  other.env->Load(flying);
  other.Wait(10);
  EXPECT_TRUE(ant.env->Save() == other.env->Save());

  ASSERT_TRUE(ant.env->Pull(pull));
  ant.env->Reset(0, Rest(), &ant.result);
  ant.Wait(100);
  other.env->Load(resting);
  EXPECT_LT(Norm(ant.Torso().X_WB.p - other.Torso().X_WB.p), 1e-6) << "Reset does not let go";
}

TEST(MujocoSim, ModelsAreSharedWhileHeld) {
  const auto a = LoadMujocoModel("ant/ant.xml"), b = LoadMujocoModel("ant/ant.xml");
  EXPECT_EQ(a, b);
  EXPECT_THROW(LoadMujocoModel("ant/no_such.xml"), UserError);
  const testing::TempFolder folder;
  EXPECT_THROW(LoadMujocoModel(folder.Write("no.xml", "no model")), Failure);
  EXPECT_THROW(LoadMujocoModel(folder.Write("massless.xml",
                                            "<mujoco><worldbody><body><freejoint/>"
                                            "</body></worldbody></mujoco>")),
               Failure);
}

// MuJoCo's own handler would end the process and write a file.
TEST(MujocoSim, ErrorsAreFailures) {
  MujocoSim sim("ant/ant.xml");
  sim.Step(1);
  const auto memory = sim.data().narena;
  sim.data().narena = 64;
  EXPECT_THROW(sim.Step(1), Failure);
  sim.data().narena = memory;
  sim.Reset();
  EXPECT_TRUE(sim.Step(10));
  EXPECT_FALSE(std::filesystem::exists("MUJOCO_LOG.TXT"));
}

// MuJoCo's memory comes from here once a simulation is made.
std::atomic<int> allocations = 0;
void* Allocate(size_t bytes) {
  ++allocations;
  return std::aligned_alloc(64, (bytes + 63) / 64 * 64);
}

TEST(MujocoSim, StepsAllocateNothing) {
  MujocoSim sim("ant/ant.xml");
  sim.Step(5);
  void* (*before)(size_t) = mju_user_malloc;
  void (*before_free)(void*) = mju_user_free;
  mju_user_malloc = Allocate;
  mju_user_free = std::free;
  allocations = 0;
  for (int i = 0; i < 100; ++i) sim.Step(5);
  mju_user_malloc = before;
  mju_user_free = before_free;
  EXPECT_EQ(allocations, 0);
}

}  // namespace
}  // namespace rookery
