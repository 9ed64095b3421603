// What a viewer sees of the tabletop in detail, and what a hand does there.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "envs/tabletop/tabletop_world.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

constexpr char kBlock[] = "block/block.urdf";
constexpr double kBlockMass = 0.1;  // kg
constexpr double kGravity = 9.8;

const SceneBody& BodyOf(const Scene& scene, BodyId id) {
  for (const SceneBody& body : scene.bodies) {
    if (body.id == id) return body;
  }
  throw Failure("no body " + std::to_string(id));
}

// On the body.
Vec3 ContactForce(const Scene& scene, BodyId id) {
  Vec3 sum;
  for (const SceneContact& contact : scene.contacts) {
    if (contact.body_b == id) sum += contact.force;
    if (contact.body_a == id) sum += -contact.force;
  }
  return sum;
}

std::string Bytes(const TabletopWorld& world) {
  ByteWriter out;
  world.Save(&out);
  return out.Take();
}

struct Table {
  TabletopWorld world{GripperKind::kSuction, 480};
  BodyId block = world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02)));
  Table() {
    world.SetSceneDetail(true);
    world.Wait(200);
  }
  const SceneBody& Block() { return BodyOf(world.UpdatedScene(), block); }
  bool PullTo(const Vec3& target, const Vec3& p_B = {}) {
    return world.Pull(ScenePull{block, p_B, target});
  }
};

TEST(TabletopDetail, RestingBlocksPressWithTheirWeight) {
  Table table;
  const BodyId upper = table.world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.0595)));
  table.world.Wait(300);
  const Scene& scene = table.world.UpdatedScene();
  const double weight = kBlockMass * kGravity;
  EXPECT_NEAR(ContactForce(scene, upper).z, weight, 0.05 * weight);
  EXPECT_NEAR(ContactForce(scene, table.block).z, weight, 0.05 * weight);
  // The lower one carries both: what the table gives it.
  double below = 0;
  for (const SceneContact& contact : scene.contacts) {
    const bool with_upper = contact.body_a == upper || contact.body_b == upper;
    if (contact.body_a == table.block && !with_upper) below -= contact.force.z;
    if (contact.body_b == table.block && !with_upper) below += contact.force.z;
    EXPECT_NE(contact.body_a, contact.body_b);
    EXPECT_GE(contact.body_a, 0);
    EXPECT_LE(contact.body_b, upper);
  }
  EXPECT_NEAR(below, 2 * weight, 0.1 * weight);
}

TEST(TabletopDetail, FrictionHoldsWhatIsPushed) {
  Table table;
  const double push = 0.3 * kBlockMass * kGravity;
  for (int step = 0; step < 200; ++step) {
    table.world.physics().ApplyForce(table.block, {push, 0, 0});
    table.world.Wait(1);
  }
  EXPECT_NEAR(table.Block().X_WB.p.x, 0.5, 2e-3) << "it does not slide";
  EXPECT_NEAR(ContactForce(table.world.UpdatedScene(), table.block).x, -push, 0.05 * push);
}

TEST(TabletopDetail, FallingBodiesGainSpeed) {
  Table table;
  ASSERT_TRUE(table.world.MoveBody(table.block, Pose(Vec3(0.6, -0.3, 0.5))));
  for (int step = 0; step < 24; ++step) {
    table.world.physics().ApplyForce(table.block, {0.2, 0, 0});
    table.world.Wait(1);
  }
  EXPECT_NEAR(table.Block().velocity.z, -kGravity * 24 / 480, 0.02);
  EXPECT_NEAR(table.Block().velocity.x, 0.2 / kBlockMass * 24 / 480, 0.01);
}

// The bowl's frame is not at its centre of mass: when it spins, they have other velocities.
TEST(TabletopDetail, VelocitiesAreThoseOfTheOrigin) {
  Table table;
  const BodyId bowl = table.world.AddRigid("bowl/bowl.urdf", Pose(Vec3(0.6, -0.3, 0.5)));
  const PhysicsWorld& physics = table.world.physics();
  ASSERT_TRUE(table.world.Pull(ScenePull{bowl, {0.05, 0, 0}, {0.6, -0.2, 0.8}}));
  table.world.Wait(20);
  const SceneBody before = BodyOf(table.world.UpdatedScene(), bowl);
  EXPECT_GT(Norm(before.velocity - physics.Velocity(bowl)), 0.02);
  EXPECT_LT(Norm(before.angular_velocity - physics.AngularVelocity(bowl)), 1e-12);
  table.world.Wait(1);
  const SceneBody after = BodyOf(table.world.UpdatedScene(), bowl);
  const Vec3 measured = (after.X_WB.p - before.X_WB.p) * 480;
  EXPECT_LT(Norm(measured - (before.velocity + after.velocity) * 0.5), 0.1 * Norm(measured));
}

TEST(TabletopDetail, IsThereOnlyWhenAskedFor) {
  Table table;
  table.world.SetGoalFrames({{"goal", Pose(Vec3(0.4, 0, 0))}});
  const Scene& scene = table.world.UpdatedScene();
  ASSERT_EQ(scene.frames.size(), 2u);
  EXPECT_EQ(scene.frames[0].name, "end effector");
  EXPECT_LT(Norm(scene.frames[0].X_WF.p - Ur5EndEffector(kUr5Home).p), 1e-12);
  EXPECT_EQ(scene.frames[1].name, "goal");
  EXPECT_FALSE(scene.contacts.empty());
  for (const SceneContact& contact : scene.contacts) {
    EXPECT_TRUE(contact.body_a == table.block || contact.body_b == table.block)
        << contact.body_a << " and " << contact.body_b << " rest on each other without a force";
  }
  for (const SceneBody& body : scene.bodies) {
    EXPECT_EQ(body.movable, body.id == table.block) << body.name;
  }
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  table.world.Wait(10);
  EXPECT_GT(Norm(table.Block().velocity), 0.01);
  table.world.SetSceneDetail(false);
  EXPECT_EQ(Norm(table.Block().velocity), 0);
  EXPECT_TRUE(scene.contacts.empty());
  EXPECT_TRUE(scene.frames.empty());
}

TEST(TabletopHand, LiftsAndLetsFall) {
  Table table;
  const Vec3 target(0.45, -0.1, 0.25);
  ASSERT_TRUE(table.PullTo(target));
  table.world.Wait(480);
  EXPECT_LT(Norm(table.Block().X_WB.p - target), 0.012);
  EXPECT_LT(Norm(table.Block().velocity), 0.02);
  EXPECT_TRUE(table.world.Pull(std::nullopt));
  table.world.Wait(480);
  EXPECT_NEAR(table.Block().X_WB.p.z, 0.019, 2e-3);
  EXPECT_LT(std::hypot(table.Block().X_WB.p.x - target.x, table.Block().X_WB.p.y - target.y), 0.1);
}

// Held at an edge, it hangs there: the edge is above the centre.
TEST(TabletopHand, PullsAtThePointThatItHolds) {
  Table table;
  const Vec3 target(0.45, -0.1, 0.25), edge(0.02, 0, 0);
  ASSERT_TRUE(table.PullTo(target, edge));
  table.world.Wait(4 * 480);
  const Pose X_WB = table.Block().X_WB;
  EXPECT_LT(Norm(X_WB * edge - target), 0.012);
  EXPECT_GT((X_WB * edge - X_WB.p).z, 0.019);
}

// From 10 g to 1 kg and at the coarsest steps.
TEST(TabletopHand, IsStableForLightAndHeavy) {
  const testing::TempFolder folder;
  for (const char* mass : {"0.01", "1"}) {
    const std::string urdf = folder.Write(
        "cube.urdf", std::string("<robot name='cube'><link name='cube'><inertial><mass value='") +
                         mass +
                         "'/><inertia ixx='1' ixy='0' ixz='0' iyy='1' iyz='0' izz='1'/></inertial>"
                         "<visual><geometry><box size='0.06 0.04 0.04'/></geometry></visual>"
                         "<collision><geometry><box size='0.06 0.04 0.04'/></geometry></collision>"
                         "</link></robot>");
    for (const int hz : {60, 480}) {
      TabletopWorld world(GripperKind::kSuction, hz);
      world.SetSceneDetail(true);
      const BodyId cube = world.AddRigid(urdf, Pose(Vec3(0.5, 0.1, 0.02)));
      const Vec3 target(0.6, 0.2, 0.3), corner(0.03, 0.02, 0.02);
      ASSERT_TRUE(world.Pull(ScenePull{cube, corner, target}));
      double fastest = 0;
      for (int step = 0; step < 3 * hz; ++step) {
        world.Wait(1);
        fastest = std::max(fastest, Norm(BodyOf(world.UpdatedScene(), cube).velocity));
      }
      const SceneBody& body = BodyOf(world.UpdatedScene(), cube);
      EXPECT_LT(Norm(body.X_WB * corner - target), 0.015) << mass << " kg at " << hz << " Hz";
      EXPECT_LT(fastest, 10) << mass << " kg at " << hz << " Hz";
    }
  }
}

TEST(TabletopHand, HoldsOnlyWhatCanBeMoved) {
  Table table;
  const std::string before = Bytes(table.world);
  for (const BodyId body : {-1, 0, 1, 2, 3, 4, table.block + 1}) {
    EXPECT_FALSE(table.world.Pull(ScenePull{body, {}, {0.5, 0, 0.3}})) << body;
    EXPECT_FALSE(table.world.MoveBody(body, Pose(Vec3(0.5, 0, 0.3)))) << body;
  }
  const BodyId fixed = table.world.AddFixed("insertion/fixture.urdf", Pose(Vec3(0.4, -0.2, 0.02)));
  EXPECT_FALSE(table.world.Pull(ScenePull{fixed, {}, {0.5, 0, 0.3}}));
  EXPECT_FALSE(table.world.MoveBody(fixed, Pose(Vec3(0.5, 0, 0.3))));
  table.world.RemoveBody(fixed);
  EXPECT_THROW(table.PullTo({std::nan(""), 0, 0}), UserError);
  table.world.Wait(5);
  const Vec3 at = table.Block().X_WB.p;
  EXPECT_LT(Norm(at - Vec3(0.5, 0.1, at.z)), 1e-3);
  EXPECT_LT(at.z, 0.021);
}

TEST(TabletopHand, MovesABodyToRest) {
  Table table;
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  table.world.Wait(20);
  table.world.Pull(std::nullopt);
  const Pose place({0.35, -0.2, 0.1}, QuatFromYaw(1));
  ASSERT_TRUE(table.world.MoveBody(table.block, place));
  EXPECT_LT(Norm(table.Block().X_WB.p - place.p), 1e-12);
  EXPECT_LT(AngleBetween(table.Block().X_WB.q, place.q), 1e-7);
  EXPECT_EQ(Norm(table.Block().velocity), 0);
  EXPECT_EQ(Norm(ContactForce(table.world.UpdatedScene(), table.block)), 0);
  table.world.Wait(240);
  EXPECT_NEAR(table.Block().X_WB.p.z, 0.019, 2e-3);
}

TEST(TabletopHand, TakesFromTheCup) {
  Table table;
  TabletopWorld& world = table.world;
  ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, 0.1, 0.14)), 0.01));
  for (int mm = 0; mm < 200 && !world.gripper().DetectContact(world.physics()); ++mm) {
    ASSERT_TRUE(world.MoveTo(Pose(Vec3(0.5, 0.1, 0.14 - 0.001 * mm)), 0.01));
  }
  world.gripper().Activate(&world.physics(), [&](BodyId body) { return world.IsRigid(body); });
  ASSERT_EQ(world.gripper().HeldBody(), table.block);
  ASSERT_TRUE(world.MoveBody(table.block, Pose(Vec3(0.35, -0.2, 0.02))));
  EXPECT_FALSE(world.gripper().HoldsSomething());
  world.Wait(100);
  EXPECT_NEAR(table.Block().X_WB.p.x, 0.35, 0.01);
}

// Two worlds that a hand left in the same state go on alike, whether it held something or not.
TEST(TabletopHand, IsInNoSnapshotAndLetsGoWithIt) {
  Table table;
  const std::string resting = Bytes(table.world);
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  EXPECT_EQ(Bytes(table.world), resting);
  const auto load = [](TabletopWorld* world, const std::string& bytes) {
    ByteReader in(bytes);
    world->Load(&in);
  };
  load(&table.world, resting);
  table.world.Wait(100);
  EXPECT_NEAR(table.Block().X_WB.p.z, 0.019, 1e-3) << "still pulled";
  Table other;
  load(&other.world, resting);
  other.world.Wait(100);
  EXPECT_EQ(Bytes(table.world), Bytes(other.world));

  // In the midst of a pull, too: the forces of the last step are no state.
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  table.world.Wait(30);
  table.world.Pull(std::nullopt);
  const std::string flying = Bytes(table.world);
  table.world.ForgetCaches();
  load(&other.world, flying);
  table.world.Wait(60);
  other.world.Wait(60);
  EXPECT_EQ(Bytes(table.world), Bytes(other.world));
}

TEST(TabletopHand, ResetAndRemovalLetGo) {
  Table table;
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  table.world.Reset();
  ASSERT_EQ(table.world.AddRigid(kBlock, Pose(Vec3(0.5, 0.1, 0.02))), table.block);
  table.world.Wait(100);
  EXPECT_NEAR(table.Block().X_WB.p.z, 0.019, 1e-3) << "still pulled";
  ASSERT_TRUE(table.PullTo({0.6, 0.1, 0.3}));
  table.world.RemoveBody(table.block);
  EXPECT_NO_THROW(table.world.Wait(2));
}

}  // namespace
}  // namespace rookery
