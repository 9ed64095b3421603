#include "envs/tabletop/tabletop_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/error.h"
#include "envs/tabletop/cameras.h"
#include "envs/tabletop/observer.h"
#include "envs/tabletop/primitives.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr char kBlock[] = "block/block.urdf";

std::string Bytes(const TabletopWorld& world) {
  ByteWriter out;
  world.Save(&out);
  return out.Take();
}

// The cup hangs over a block, moved down until it touches.
void Touch(TabletopWorld* world, const Vec3& p) {
  ASSERT_TRUE(world->MoveTo(Pose(p + Vec3(0, 0, 0.1)), 0.01));
  for (int mm = 0; mm < 200 && !world->gripper().DetectContact(world->physics()); ++mm) {
    ASSERT_TRUE(world->MoveTo(Pose(p + Vec3(0, 0, 0.1 - 0.001 * mm)), 0.01));
  }
}

void Activate(TabletopWorld* world) {
  world->gripper().Activate(&world->physics(),
                            [world](BodyId body) { return world->IsRigid(body); });
}

TEST(Cameras, AreThoseOfTheBenchmark) {
  const auto& cameras = AgentCameras();
  const Quat quaternions[3] = {{0.65328, 0.65328, -0.2706, -0.2706},
                               {-0.3596, 0.86816, -0.31599, 0.13089},
                               {-0.86816, 0.3596, -0.13089, 0.31599}};
  const Vec3 forward[3] = {
      {-0.7071, 0, -0.7071}, {0.45452, -0.45452, -0.76604}, {0.45452, 0.45452, -0.76604}};
  const Vec3 right[3] = {{0, 1, 0}, {-0.7071, -0.7071, 0}, {0.7071, -0.7071, 0}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_LT(AngleBetween(cameras[i].X_WC.q, Normalized(quaternions[i])), 1e-4);
    EXPECT_LT(Norm(Rotate(cameras[i].X_WC.q, {0, 0, 1}) - forward[i]), 1e-4);
    EXPECT_LT(Norm(Rotate(cameras[i].X_WC.q, {1, 0, 0}) - right[i]), 1e-4);
    EXPECT_EQ(cameras[i].fx, 450);
    EXPECT_EQ(cameras[i].width, 640);
  }
  const Camera& oracle = OracleCamera();
  EXPECT_LT(AngleBetween(oracle.X_WC.q, Normalized(Quat{0.70711, 0.70711, 0, 0})), 1e-4);
  EXPECT_LT(Norm(Rotate(oracle.X_WC.q, {0, 0, 1}) - Vec3(0, 0, -1)), 1e-9);
  EXPECT_LT(Norm(Rotate(oracle.X_WC.q, {1, 0, 0}) - Vec3(0, 1, 0)), 1e-9);
}

TEST(TabletopWorld, BeginsEmptyWithTheArmAtHome) {
  TabletopWorld world(GripperKind::kSuction, 480);
  EXPECT_EQ(world.joints(), kUr5Home);
  EXPECT_EQ(world.physics().Bodies(), (std::vector<BodyId>{0, 1, 2, 3, 4}));
  EXPECT_EQ(world.AddRigid(kBlock, Pose(Vec3(0.5, 0, 0.02))), 5) << "objects count from 5";
  TabletopWorld pusher(GripperKind::kSpatula, 480);
  EXPECT_EQ(pusher.AddRigid(kBlock, Pose(Vec3(0.5, 0, 0.02))), 4) << "with the spatula from 4";
  EXPECT_THROW(TabletopWorld(GripperKind::kSuction, 0), UserError);
}

TEST(TabletopWorld, MovesByAFixedArcAStep) {
  TabletopWorld world(GripperKind::kSuction, 480);
  Ur5Joints target = kUr5Home;
  target[0] += 0.3;
  target[3] -= 0.4;  // 0.5 rad away
  ASSERT_TRUE(world.MoveJoints(target, 0.01));
  // Until every joint is within 0.01 rad: 0.5 / 0.01, less the last step.
  EXPECT_EQ(world.steps(), 49);
  for (size_t i = 0; i < target.size(); ++i) {
    EXPECT_LT(std::abs(world.joints()[i] - target[i]), 0.01);
  }
  const int64_t before = world.steps();
  ASSERT_TRUE(world.MoveJoints(target, 0.01));
  EXPECT_EQ(world.steps(), before) << "no physics step when it is there already";
  target[1] += 0.0099;
  ASSERT_TRUE(world.MoveJoints(target, 0.01));
  EXPECT_EQ(world.steps(), before) << "nor within the tolerance";
}

TEST(TabletopWorld, MillimetresAccumulate) {
  TabletopWorld world(GripperKind::kSuction, 480);
  ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, 0, 0.3)), 0.01));
  const int64_t before = world.steps();
  for (int mm = 1; mm <= 100; ++mm) {
    ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, 0, 0.3 - 0.001 * mm)), 0.01));
  }
  // Several millimetres a step, as in the reference.
  EXPECT_GT(world.steps() - before, 15);
  EXPECT_LT(world.steps() - before, 50);
}

TEST(TabletopWorld, SettlesOrSaysThatItDoesNot) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.2, 0.06)));
  EXPECT_TRUE(world.Settle()) << "at rest when it is let go: nothing to wait for";
  EXPECT_EQ(world.steps(), 0);
  world.Wait(20);
  EXPECT_TRUE(world.Settle());
  EXPECT_NEAR(world.physics().BodyPose(block).p.z, 0.019, 1e-3);
  // Falls from 2 km: 10 s are over before it lands.
  world.AddRigid(kBlock, Pose(Vec3(0.5, 0.2, 2000)));
  world.Wait(10);
  const int64_t before = world.steps();
  EXPECT_FALSE(world.Settle());
  EXPECT_EQ(world.steps() - before, 4800);
}

TEST(SuctionGripper, TakesARigidBodyAndLetsItGo) {
  TabletopWorld world(GripperKind::kSuction, 480);
  Gripper& gripper = world.gripper();
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  world.Wait(100);
  Activate(&world);
  EXPECT_FALSE(gripper.HoldsSomething()) << "touches nothing: nothing happens";
  Touch(&world, {0.5, 0.1, 0.04});
  ASSERT_TRUE(gripper.DetectContact(world.physics()));
  Activate(&world);
  ASSERT_TRUE(gripper.HoldsSomething());
  EXPECT_EQ(gripper.HeldBody(), block);
  ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.45, -0.1, 0.3)), 0.01));
  world.Wait(50);
  EXPECT_GT(world.physics().BodyPose(block).p.z, 0.2);
  EXPECT_NEAR(world.physics().BodyPose(block).p.x, 0.45, 0.01);
  EXPECT_FALSE(gripper.DetectContact(world.physics()))
      << "the held block touches nothing but the cup";
  gripper.Release(&world.physics());
  EXPECT_FALSE(gripper.HoldsSomething());
  world.Wait(240);
  EXPECT_NEAR(world.physics().BodyPose(block).p.z, 0.019, 2e-3);
}

TEST(SuctionGripper, StaysEmptyOnWhatCannotBeLifted) {
  for (const bool fixture : {false, true}) {
    TabletopWorld world(GripperKind::kSuction, 480);
    Gripper& gripper = world.gripper();
    if (fixture) world.AddFixed(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
    const double top = fixture ? 0.04 : 0;
    Touch(&world, {0.5, 0.1, top});
    ASSERT_TRUE(gripper.DetectContact(world.physics()));
    Activate(&world);
    EXPECT_FALSE(gripper.HoldsSomething());
    // Active, though: a block under the cup is not taken before a release.
    ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.45, -0.1, 0.2)), 0.01));
    world.AddRigid(kBlock, Pose(Vec3(0.45, -0.1, 0.02)));
    world.Wait(20);
    Touch(&world, {0.45, -0.1, 0.04});
    Activate(&world);
    EXPECT_FALSE(gripper.HoldsSomething());
    gripper.Release(&world.physics());
    Activate(&world);
    EXPECT_TRUE(gripper.HoldsSomething());
  }
}

TEST(SuctionGripper, TouchesSomethingWithWhatItHolds) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  world.AddRigid(kBlock, Pose(Vec3(0.5, -0.1, 0.02)));
  world.Wait(100);
  Touch(&world, {0.5, 0.1, 0.04});
  Activate(&world);
  ASSERT_EQ(world.gripper().HeldBody(), block);
  ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, -0.1, 0.2)), 0.01));
  ASSERT_FALSE(world.gripper().DetectContact(world.physics()));
  int mm = 0;
  while (!world.gripper().DetectContact(world.physics()) && ++mm < 200) {
    ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, -0.1, 0.2 - 0.001 * mm)), 0.01));
  }
  EXPECT_NEAR(world.physics().BodyPose(block).p.z, 0.059, 6e-3) << "on the other block";
}

// The kinematic arm lifts as one whose joints are servos of unlimited strength.
TEST(TabletopWorld, LiftsAsAnArmOfServosDoes) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.019)));
  Touch(&world, {0.505, 0.095, 0.04});
  Activate(&world);
  ASSERT_TRUE(world.gripper().HoldsSomething());

  // The same moment with an arm of joints and motors.
  const PhysicsState state = world.physics().State();
  PhysicsWorld servos(1.0 / 480);
  servos.LoadUrdf("plane/plane.urdf", Pose(Vec3(0, 0, -0.001)), {.fixed_base = true});
  const BodyId arm = servos.LoadUrdf("ur5/ur5.urdf", Pose(), {.fixed_base = true});
  std::array<int, 6> joint;
  for (size_t i = 0; i < 6; ++i) {
    joint[i] = servos.FindLink(arm, kUr5Links[i + 1]);
    servos.SetJointPosition(arm, joint[i], world.joints()[i]);
  }
  const Pose X_THead(Vec3(0, 0, 0.08));
  const BodyId head = servos.LoadUrdf("ur5/suction/suction_head.urdf", world.physics().BodyPose(4));
  servos.AddFixedConstraint(arm, servos.FindLink(arm, "tool0"), head, kBaseLink, Pose(),
                            X_THead.Inverse(), 50);
  const BodyId block2 = servos.LoadUrdf(kBlock, world.physics().BodyPose(block));
  const ConstraintState& grasp = state.constraints.back();
  servos.AddFixedConstraint(head, 0, block2, kBaseLink, grasp.X_PJ, grasp.X_CJ);

  double worst = 0;
  Ur5Joints q = world.joints();
  for (int step = 0; step < 400; ++step) {
    q[0] += 0.003;
    q[1] -= 0.002;
    q[3] += 0.001;
    world.physics().MoveFixedBody(2, Ur5Tool0(q));
    world.physics().Step();
    for (size_t i = 0; i < 6; ++i) servos.SetMotor(arm, joint[i], q[i], 1e5, 1.0);
    servos.Step();
    if (step > 300) {
      worst = std::max(worst, Norm(world.physics().BodyPose(block).p - servos.BodyPose(block2).p));
    }
  }
  EXPECT_LT(worst, 5e-3);
}

TEST(TabletopWorld, SavesWhatItHolds) {
  TabletopWorld world(GripperKind::kSuction, 480), fresh(GripperKind::kSuction, 480);
  world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  world.AddFixed("insertion/fixture.urdf", Pose(Vec3(0.5, -0.2, 0.02)));
  world.Wait(50);
  Touch(&world, {0.5, 0.1, 0.04});
  Activate(&world);
  ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.45, 0, 0.2)), 0.01));
  ASSERT_TRUE(world.gripper().HoldsSomething());

  const std::string saved = Bytes(world);
  world.ForgetCaches();
  EXPECT_EQ(Bytes(world), saved) << "forgetting changes no state";
  const auto goes_on = [](TabletopWorld* w) {
    EXPECT_TRUE(w->gripper().HoldsSomething());
    w->MoveTo(Pose::FromXyYaw(0.5, -0.1, 0.1, 0.5), 0.01);
    w->gripper().Release(&w->physics());
    w->MoveTo(Pose(Vec3(0.5, 0.2, 0.3)), 0.01);
    w->Settle();
  };
  goes_on(&world);
  const std::string after = Bytes(world);
  for (TabletopWorld* w : {&fresh, &world}) {
    ByteReader in(saved);
    w->Load(&in);
    EXPECT_TRUE(in.AtEnd());
    EXPECT_EQ(Bytes(*w), saved);
    goes_on(w);
    EXPECT_EQ(Bytes(*w), after);
  }
  // Cut off anywhere, most of all where its parts meet; and too long.
  const std::string longer = saved + '\0';
  for (size_t size = 0; size <= longer.size();
       size += size < 200 || size + 99 > saved.size() ? 1 : 31) {
    if (size == saved.size()) continue;
    ByteReader in(std::string_view(longer).substr(0, size));
    EXPECT_THROW(world.Load(&in), UserError) << size;
    EXPECT_EQ(Bytes(world), after) << "unchanged by a bad snapshot of " << size << " bytes";
    EXPECT_FALSE(world.gripper().HoldsSomething());
  }
}

TEST(TabletopWorld, RefusesSnapshotsThatContradictThemselves) {
  TabletopWorld world(GripperKind::kSuction, 480);
  world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  const std::string before = Bytes(world);
  // Six joints, the steps and a count come before the one object; then the gripper.
  constexpr size_t kObject = 6 * 8 + 8 + 8, kGrasp = kObject + 4 + 1 + 1, kHeld = kGrasp + 4;
  const auto refused = [&](size_t at, int32_t id, const char* why) {
    std::string bytes = before;
    std::memcpy(&bytes[at], &id, sizeof(id));
    ByteReader in(bytes);
    EXPECT_THAT([&] { world.Load(&in); }, ThrowsMessage<UserError>(HasSubstr(why)));
    EXPECT_EQ(Bytes(world), before);
  };
  refused(kObject, 77, "object 77 has no body");
  refused(kGrasp, 0, "holds what is not there");
  refused(kHeld, 5, "holds what is not there");
}

TEST(TabletopWorld, RemovesWhatItHolds) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  const BodyId other = world.AddRigid(kBlock, Pose(Vec3(0.4, -0.1, 0.02)));
  world.Wait(50);
  Touch(&world, {0.5, 0.1, 0.04});
  Activate(&world);
  ASSERT_EQ(world.gripper().HeldBody(), block);
  world.RemoveBody(block);
  EXPECT_FALSE(world.gripper().HoldsSomething());
  ASSERT_EQ(world.objects().size(), 1u);
  EXPECT_EQ(world.objects()[0].body, other);
  EXPECT_EQ(world.UpdatedScene().bodies.size(), 6u);
  world.Wait(10);
  Touch(&world, {0.4, -0.1, 0.04});
  Activate(&world);
  EXPECT_EQ(world.gripper().HeldBody(), other) << "the cup works on";
}

TEST(Primitives, PickPlaceCarriesABlock) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose::FromXyYaw(0.45, 0.2, 0.02, 0.3));
  ASSERT_EQ(PickPlace(&world, Pose(Vec3(0.45, 0.2, 0.04)), Pose::FromXyYaw(0.55, -0.2, 0.04, 1.0)),
            PrimitiveResult::kDone);
  ASSERT_TRUE(world.Settle());
  const Pose X = world.physics().BodyPose(block);
  EXPECT_NEAR(X.p.x, 0.55, 5e-3);
  EXPECT_NEAR(X.p.y, -0.2, 5e-3);
  EXPECT_NEAR(RavensEuler(X.q).z, 1.3, 0.05);
  EXPECT_FALSE(world.gripper().HoldsSomething());
}

TEST(Primitives, PickingTheTableDoesNothing) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.45, 0.2, 0.02)));
  EXPECT_EQ(PickPlace(&world, Pose(Vec3(0.5, -0.2, 0)), Pose(Vec3(0.4, 0, 0))),
            PrimitiveResult::kDone);
  EXPECT_NEAR(world.physics().BodyPose(block).p.x, 0.45, 1e-3);
  EXPECT_LT(Norm(Ur5EndEffector(world.joints()).p - Vec3(0.5, -0.2, 0.32)), 0.02)
      << "back over the place where it picked";
}

TEST(Primitives, DescendsAtMostAMetre) {
  // Upside down: the "descent" goes up and never touches anything.
  TabletopWorld world(GripperKind::kSuction, 480);
  const Pose up({0.5, 0, 0.1}, QuatFromRpy(kPi, 0, 0));
  EXPECT_EQ(PickPlace(&world, up, up), PrimitiveResult::kMotionBudget);
  EXPECT_LT(world.steps(), 20000);
}

TEST(Primitives, PushMovesABlock) {
  TabletopWorld world(GripperKind::kSpatula, 480);
  const BodyId block = world.AddRigid("block/small.urdf", Pose(Vec3(0.45, 0, 0.01)));
  world.Settle();
  ASSERT_EQ(Push(&world, Pose(Vec3(0.45, 0, 0)), Pose(Vec3(0.45, 0.25, 0))),
            PrimitiveResult::kDone);
  EXPECT_TRUE(world.Settle());
  const Vec3 p = world.physics().BodyPose(block).p;
  // The blade stops 5 cm short of the end.
  EXPECT_GT(p.y, 0.15);
  EXPECT_LT(p.y, 0.26);
  EXPECT_NEAR(p.x, 0.45, 0.03);
  const int64_t before = world.steps();
  for (const double length : {0.0, 1e-9}) {
    EXPECT_EQ(Push(&world, Pose(Vec3(0.4, 0, 0)), Pose(Vec3(0.4, length, 0.2))),
              PrimitiveResult::kNoPush);
  }
  EXPECT_EQ(world.steps(), before);
  EXPECT_EQ(Push(&world, Pose(Vec3(0.7, 0.4, 0)), Pose(Vec3(0.9, 0.7, 0))),
            PrimitiveResult::kMotionBudget)
      << "out of reach";
  EXPECT_EQ(world.steps(), before);
}

// Slow along the table only: 0.003 rad a step, 0.01 before and after.
TEST(Primitives, PushLiftsAtFullSpeed) {
  TabletopWorld world(GripperKind::kSpatula, 480);
  std::vector<Ur5Joints> path = {world.joints()};
  world.SetStepObserver([&] { path.push_back(world.joints()); });
  ASSERT_EQ(Push(&world, Pose(Vec3(0.45, -0.1, 0)), Pose(Vec3(0.45, 0.15, 0))),
            PrimitiveResult::kDone);
  size_t slow = 0, lift = 0;
  for (size_t i = 1; i < path.size(); ++i) {
    double square = 0;
    for (size_t j = 0; j < 6; ++j) square += std::pow(path[i][j] - path[i - 1][j], 2);
    const double speed = std::sqrt(square);
    if (std::abs(speed - 0.003) < 1e-9) {
      ++slow;
      lift = 0;
      EXPECT_LT(Ur5EndEffector(path[i]).p.z, 0.02);
    } else {
      EXPECT_NEAR(speed, 0.01, 1e-9);
      ++lift;
    }
  }
  EXPECT_GT(slow, 50u);
  EXPECT_GT(lift, 20u) << "up by 30 cm";
}

TEST(TabletopScene, ShowsEverything) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  world.SetColor(block, {0.25f, 0.5f, 0.75f});
  const Scene& scene = world.UpdatedScene();
  ASSERT_EQ(scene.bodies.size(), 6u);
  EXPECT_EQ(scene.bodies[2].name, "ur5");
  EXPECT_GE(scene.bodies[2].visuals.size(), 12u);
  EXPECT_EQ(scene.bodies[5].id, block);
  EXPECT_FLOAT_EQ(scene.bodies[5].visuals[0].material.rgb[1], 0.5f);
  EXPECT_GT(scene.bodies[0].visuals[0].material.checker_tile_m, 0);
  ASSERT_EQ(scene.cameras.size(), 5u);
  EXPECT_EQ(scene.cameras[4].name, "overview");
  // The arm's last link is where the kinematics say.
  const Visual& wrist = scene.bodies[2].visuals.back();
  const Pose X_WTool = Ur5Tool0(world.joints());
  EXPECT_LT(Norm((scene.bodies[2].X_WB * wrist.X_BV).p - X_WTool.p), 0.03);
}

TEST(TabletopObserver, SeesACubeWhereItIs) {
  TabletopWorld world(GripperKind::kSuction, 480);
  const BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0, 0.019)));
  world.MoveTo(Pose(Vec3(0.45, 0.35, 0.32)), 0.01);
  TabletopObserver observer(/*images=*/true, /*threads=*/1), plain(false, 2);
  ArrayMap seen, map_only;
  observer.Observe(world.UpdatedScene(), &seen);
  plain.Observe(world.UpdatedScene(), &map_only);
  EXPECT_EQ(seen.Names(), observer.spec().Names());
  EXPECT_NO_THROW(observer.spec().Validate(seen, "observation"));
  EXPECT_EQ(map_only.Names(), (std::vector<std::string>{"heightmap.rgb", "heightmap.height"}));
  EXPECT_TRUE(map_only.at("heightmap.rgb").BitEqual(seen.at("heightmap.rgb")));
  EXPECT_TRUE(map_only.at("heightmap.height").BitEqual(seen.at("heightmap.height")));

  // The benchmark's bar: 0.040 +- 0.001 m over about 13 x 13 pixels (14 where a pixel is cut),
  // at most a pixel beside the place.
  const auto height = seen.at("heightmap.height").As<float>();
  int tops = 0, first_row = 320, last_row = 0, first_column = 160, last_column = 0;
  for (int row = 100; row < 220; ++row) {
    for (int column = 40; column < 120; ++column) {
      const float h = height[static_cast<size_t>(row * 160 + column)];
      if (h < 0.003f) continue;
      ++tops;
      EXPECT_NEAR(h, 0.040, 0.001);
      first_row = std::min(first_row, row);
      last_row = std::max(last_row, row);
      first_column = std::min(first_column, column);
      last_column = std::max(last_column, column);
    }
  }
  const int rows = last_row - first_row + 1, columns = last_column - first_column + 1;
  EXPECT_EQ(tops, rows * columns) << "without gaps";
  EXPECT_NEAR(rows, 13.5, 0.5);
  EXPECT_NEAR(columns, 13.5, 0.5);
  EXPECT_NEAR(first_row + rows / 2.0, 160, 1);
  EXPECT_NEAR(first_column + columns / 2.0, 80, 1);
  // The table's grey, where nothing stands in the light.
  const auto rgb = seen.at("heightmap.rgb").As<uint8_t>();
  double sum = 0;
  int count = 0;
  for (int row = 20; row < 100; ++row) {
    for (int column = 100; column < 150; ++column, ++count) {
      sum += rgb[static_cast<size_t>(3 * (row * 160 + column))];
    }
  }
  EXPECT_NEAR(sum / count / 255, 0.185, 0.02);

  const Heightmap& above = observer.SeeFromAbove(world.UpdatedScene());
  int pixels = 0;
  for (uint8_t id : above.segmentation.As<uint8_t>()) pixels += id == block ? 1 : 0;
  EXPECT_NEAR(pixels, 182, 16) << "13 to 14 pixels each way";
}

}  // namespace
}  // namespace rookery
