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
