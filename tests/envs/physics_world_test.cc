#include "envs/tabletop/physics_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/rng.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double kStep_s = 1.0 / 480;
const Pose kGroundPose(Vec3(0, 0, -0.001));

void Advance(PhysicsWorld* world, int steps) {
  for (int i = 0; i < steps; ++i) world->Step();
}

// A heap of things in motion: cubes, bowls with many contacts, a rope, a held block.
void BuildHeap(PhysicsWorld* world) {
  world->LoadUrdf("plane/plane.urdf", kGroundPose, {.fixed_base = true});
  Rng rng(11);
  for (int i = 0; i < 4; ++i) {
    world->LoadUrdf("block/block.urdf", Pose::FromXyYaw(0.5, rng.Uniform(-0.02, 0.02),
                                                        0.03 + 0.045 * i, rng.Uniform(0, 6)));
  }
  world->LoadUrdf("bowl/bowl.urdf", {{0.56, 0.02, 0.2}, QuatFromRpy(0.4, 0.2, 0)});
  const BodyId head =
      world->LoadUrdf("ur5/suction/suction_head.urdf", {{0.3, 0.1, 0.2}, QuatFromRpy(kPi, 0, 0)});
  const BodyId hand = world->LoadUrdf("ur5/hand.urdf", {{0.3, 0.1, 0.28}, QuatFromRpy(kPi, 0, 0)},
                                      {.fixed_base = true});
  world->AddFixedConstraint(hand, kBaseLink, head, kBaseLink, Pose(), Pose(Vec3(0, 0, -0.08)), 50);
  BodyId last = -1;
  for (int i = 0; i < 4; ++i) {
    const BodyId bead =
        world->LoadUrdf("block/small.urdf", Pose(Vec3(0.3, -0.2, 0.02 + 0.0141 * i)));
    if (last >= 0) {
      world->AddPointConstraint(last, kBaseLink, bead, kBaseLink, {0, 0, 0.0141}, {}, 100);
    }
    last = bead;
  }
}

std::string Bytes(const PhysicsWorld& world) {
  ByteWriter out;
  world.State().Save(&out);
  return out.Take();
}

PhysicsState FromBytes(const std::string& bytes) {
  ByteReader in(bytes);
  PhysicsState state = PhysicsState::Load(&in);
  in.ExpectEnd();
  return state;
}

TEST(PhysicsWorld, FallsAndComesToRest) {
  PhysicsWorld world(kStep_s);
  world.LoadUrdf("plane/plane.urdf", kGroundPose, {.fixed_base = true});
  const BodyId block = world.LoadUrdf("block/block.urdf", Pose(Vec3(0.5, 0, 0.2)));
  Advance(&world, 48);
  // Half a g t squared (semi-implicit Euler: n (n + 1) / 2 steps), with a little damping.
  EXPECT_NEAR(world.BodyPose(block).p.z, 0.2 - 9.8 * kStep_s * kStep_s * 48 * 49 / 2, 1e-3);
  EXPECT_NEAR(world.Velocity(block).z, -0.98, 0.01);
  Advance(&world, 480);
  EXPECT_NEAR(world.BodyPose(block).p.z, 0.019, 1e-4);
  EXPECT_LT(Norm(world.Velocity(block)), 1e-3);
}

TEST(PhysicsWorld, ReportsContactsFromBothSides) {
  PhysicsWorld world(kStep_s);
  const BodyId ground = world.LoadUrdf("plane/plane.urdf", kGroundPose, {.fixed_base = true});
  const BodyId block = world.LoadUrdf("block/block.urdf", Pose(Vec3(0.5, 0, 0.019)));
  std::vector<Contact> contacts;
  world.GetContacts(block, std::nullopt, &contacts);
  EXPECT_TRUE(contacts.empty()) << "no step yet";
  Advance(&world, 10);
  world.GetContacts(block, kBaseLink, &contacts);
  ASSERT_EQ(contacts.size(), 4u);
  double impulse = 0;
  for (const Contact& contact : contacts) {
    EXPECT_EQ(contact.body_a, block);
    EXPECT_EQ(contact.body_b, ground);
    EXPECT_NEAR(contact.normal_on_b.z, 1, 1e-6);
    EXPECT_NEAR(contact.position.z, -0.001, 1e-4);
    impulse += contact.normal_impulse;
  }
  EXPECT_NEAR(impulse / kStep_s, 0.1 * 9.8, 0.02) << "carries the block's weight";
  world.GetContacts(ground, std::nullopt, &contacts);
  ASSERT_EQ(contacts.size(), 4u);
  EXPECT_EQ(contacts[0].body_b, block);
  EXPECT_NEAR(contacts[0].normal_on_b.z, -1, 1e-6);
  world.GetContacts(block, 3, &contacts);
  EXPECT_TRUE(contacts.empty()) << "it has no link 3";
}

TEST(PhysicsWorld, MovesFixedBodiesAndWhatHangsOnThem) {
  PhysicsWorld world(kStep_s);
  Pose X(Vec3(0.4, 0, 0.5));
  const BodyId hand = world.LoadUrdf("ur5/hand.urdf", X, {.fixed_base = true});
  const BodyId head = world.LoadUrdf("ur5/suction/suction_head.urdf", X * Pose(Vec3(0, 0, 0.08)));
  world.AddFixedConstraint(hand, kBaseLink, head, kBaseLink, Pose(), Pose(Vec3(0, 0, -0.08)), 50);
  double lag = 0;
  for (int i = 0; i < 200; ++i) {
    // 4 mm and 0.6 degrees a step, faster than any servo would like.
    const double angle = 0.01 * i;
    X = {{0.4 * std::cos(angle), 0.4 * std::sin(angle), 0.5 + 0.001 * std::sin(0.05 * i)},
         QuatFromRpy(0.3 * angle, 0, angle)};
    world.MoveFixedBody(hand, X);
    world.Step();
    EXPECT_EQ(world.BodyPose(hand), X) << "exactly where it was sent";
    EXPECT_EQ(world.Velocity(hand), Vec3());
    const Pose X_HandHead = world.BodyPose(hand).Inverse() * world.BodyPose(head);
    if (i > 20) lag = std::max(lag, Norm(X_HandHead.p - Vec3(0, 0, 0.08)));
  }
  EXPECT_LT(lag, 2e-4) << "the head follows without lag";
  EXPECT_THROW(world.MoveFixedBody(head, X), UserError);
}

TEST(PhysicsWorld, ForcesActDuringOneStep) {
  PhysicsWorld world(kStep_s);
  const BodyId block = world.LoadUrdf("block/block.urdf", Pose(Vec3(0.5, 0, 0.2)));
  world.ApplyForce(block, {3, 0, 0});
  world.Step();
  EXPECT_NEAR(world.Velocity(block).x, 3 / 0.1 * kStep_s, 1e-4) << "a block of 0.1 kg";
  world.Step();
  EXPECT_NEAR(world.Velocity(block).x, 3 / 0.1 * kStep_s, 1e-4);
  EXPECT_THROW(world.ApplyForce(77, {}), UserError);
}

TEST(PhysicsWorld, AClearedOneIsAsNew) {
  PhysicsWorld used(kStep_s), fresh(kStep_s);
  BuildHeap(&used);
  Advance(&used, 333);
  used.Clear();
  for (PhysicsWorld* world : {&used, &fresh}) {
    BuildHeap(world);
    Advance(world, 200);
  }
  EXPECT_EQ(Bytes(used), Bytes(fresh));
}

TEST(PhysicsWorld, TemplatesTakeNumbers) {
  PhysicsWorld world(kStep_s);
  const UrdfOptions options{.replacements = {{"DIM0", 0.06}, {"DIM1", 0.1}, {"DIM2", 0.02}}};
  world.LoadUrdf("plane/plane.urdf", kGroundPose, {.fixed_base = true});
  const BodyId box = world.LoadUrdf("box/box-template.urdf", Pose(Vec3(0.5, 0, 0.03)), options);
  EXPECT_EQ(world.VisualDimensions(box), Vec3(0.06, 0.1, 0.02));
  Advance(&world, 240);
  EXPECT_NEAR(world.BodyPose(box).p.z, 0.009, 1e-4) << "half its height over the ground";
  std::vector<Visual> visuals;
  world.SetColor(box, {0.1f, 0.2f, 0.3f});
  world.GetVisuals(box, &visuals);
  ASSERT_EQ(visuals.size(), 1u);
  EXPECT_FLOAT_EQ(visuals[0].scale[1], 0.1f);
  EXPECT_FLOAT_EQ(visuals[0].material.rgb[2], 0.3f);
}

TEST(PhysicsWorld, BowlHasItsCentreOfMassBesideItsFrame) {
  PhysicsWorld world(kStep_s);
  const Pose X_WB = Pose::FromXyYaw(0.5, 0.1, 0.05, 1.2);
  const BodyId bowl = world.LoadUrdf("bowl/bowl.urdf", X_WB);
  const Pose expected = X_WB * Pose(Vec3(-0.01, 0, 0.02));
  EXPECT_LT(Norm(world.ComPose(bowl).p - expected.p), 1e-12);
  EXPECT_LT(Norm(world.BodyPose(bowl).p - X_WB.p), 1e-12);
  EXPECT_LT(AngleBetween(world.BodyPose(bowl).q, X_WB.q), 1e-7);
}

TEST(PhysicsWorld, LinksHaveNamesAndPoses) {
  PhysicsWorld world(kStep_s);
  const Pose X(Vec3(0.4, 0.1, 0.3));
  const BodyId head = world.LoadUrdf("ur5/suction/suction_head.urdf", X);
  EXPECT_EQ(world.NumLinks(head), 1);
  EXPECT_EQ(world.FindLink(head, "head"), kBaseLink);
  EXPECT_EQ(world.FindLink(head, "tip"), 0);
  EXPECT_LT(Norm(world.LinkPose(head, 0).p - Vec3(0.4, 0.1, 0.329)), 1e-12);
  EXPECT_THAT([&] { world.FindLink(head, "tipp"); },
              ThrowsMessage<UserError>(HasSubstr("did you mean tip")));
  EXPECT_THAT([&] { world.LinkPose(head, 7); }, ThrowsMessage<UserError>(HasSubstr("no link 7")));
}

TEST(PhysicsWorld, RemovingABodyRemovesItsConstraints) {
  PhysicsWorld world(kStep_s);
  BuildHeap(&world);
  const std::vector<BodyId> ids = world.Bodies();
  const size_t constraints = world.State().constraints.size();
  world.RemoveBody(ids[6]);  // the head
  EXPECT_EQ(world.State().constraints.size(), constraints - 1);
  EXPECT_THAT([&] { world.BodyPose(ids[6]); }, ThrowsMessage<UserError>(HasSubstr("no body 6")));
  Advance(&world, 50);
  EXPECT_EQ(world.LoadUrdf("block/block.urdf", Pose(Vec3(1, 1, 1))), ids.back() + 1)
      << "ids are not used again";
}

TEST(PhysicsWorld, SaysWhatIsWrongWithAFile) {
  PhysicsWorld world(kStep_s);
  EXPECT_THAT(
      [&] { world.LoadUrdf("insertion/el.urdf", Pose()); },
      ThrowsMessage<UserError>(AllOf(HasSubstr("insertion/el.urdf"), HasSubstr("ROOKERY_ASSETS"))));
  const testing::TempFolder folder;
  const std::string bad = folder.Write("bad.urdf", "<robot name=\"x\"><link></robot>");
  EXPECT_THAT([&] { world.LoadUrdf(bad, Pose()); }, ThrowsMessage<UserError>(HasSubstr(bad)));
  const std::string lacks_mesh =
      folder.Write("mesh.urdf",
                   "<robot name=\"x\"><link name=\"a\"><visual><geometry>"
                   "<mesh filename=\"gone.obj\"/></geometry></visual></link></robot>");
  EXPECT_THROW(world.LoadUrdf(lacks_mesh, Pose()), UserError);
  EXPECT_TRUE(world.Bodies().empty()) << "nothing half-loaded";
  EXPECT_THROW(PhysicsWorld(0.0), UserError);
  EXPECT_THROW(PhysicsWorld(-1.0), UserError);
}

TEST(PhysicsState, ContinuesBitwiseInAFreshWorld) {
  PhysicsWorld world(kStep_s);
  BuildHeap(&world);
  Advance(&world, 57);  // things fall and touch
  world.ForgetCaches();
  const std::string saved = Bytes(world);
  Advance(&world, 300);
  const std::string after = Bytes(world);
  EXPECT_NE(after, saved);

  PhysicsWorld fresh(kStep_s);
  fresh.SetState(FromBytes(saved));
  EXPECT_EQ(Bytes(fresh), saved);
  Advance(&fresh, 300);
  EXPECT_EQ(Bytes(fresh), after);

  world.SetState(FromBytes(saved));
  EXPECT_EQ(Bytes(world), saved);
  Advance(&world, 300);
  EXPECT_EQ(Bytes(world), after);
}

// Twenty cubes are enough for the broadphase's counters to show in the order of contacts.
TEST(PhysicsState, ClearForgetsTheWholePast) {
  const auto heap = [](PhysicsWorld* world, uint64_t seed, int steps) {
    world->LoadUrdf("plane/plane.urdf", kGroundPose, {.fixed_base = true});
    Rng rng(seed);
    for (int i = 0; i < 20; ++i) {
      const double x = rng.Uniform(0.4, 0.46), y = rng.Uniform(-0.03, 0.03);
      const double z = rng.Uniform(0.02, 0.12);
      world->LoadUrdf("block/small.urdf", Pose::FromXyYaw(x, y, z, rng.Uniform(0, 6)));
    }
    Advance(world, steps);
  };
  PhysicsWorld fresh(kStep_s);
  heap(&fresh, 100, 150);
  for (int lives = 1; lives <= 4; ++lives) {
    PhysicsWorld used(kStep_s);
    for (int life = 0; life < lives; ++life) {
      heap(&used, static_cast<uint64_t>(life), 37 + 10 * life);
      if (life == 1) used.RemoveBody(used.Bodies()[3]);
      used.Clear();
    }
    heap(&used, 100, 150);
    EXPECT_EQ(Bytes(used), Bytes(fresh)) << "after " << lives << " lives";
  }
}

TEST(PhysicsState, ForgetCachesForgetsTheWholePast) {
  // One world had another life before; both reach the same state and then forget.
  PhysicsWorld a(kStep_s), b(kStep_s);
  BuildHeap(&b);
  Advance(&b, 200);
  b.Clear();
  BuildHeap(&a);
  BuildHeap(&b);
  Advance(&a, 120);
  Advance(&b, 120);
  EXPECT_EQ(Bytes(a), Bytes(b)) << "Clear leaves nothing";
  // Without forgetting, contact caches carry on; with it, state alone decides.
  const PhysicsState state = a.State();
  Advance(&a, 30);
  PhysicsWorld c(kStep_s);
  c.SetState(state);
  b.ForgetCaches();
  Advance(&b, 30);
  Advance(&c, 30);
  EXPECT_EQ(Bytes(b), Bytes(c));
  EXPECT_NE(Bytes(a), Bytes(c)) << "there was something to forget";
}

// Templates with other numbers are other models; they go with the last body made of them.
TEST(PhysicsWorld, KeepsNoTemplatesThatNobodyNeeds) {
  const auto options = [](double size) {
    return UrdfOptions{.replacements = {{"DIM0", size}, {"DIM1", 0.1}, {"DIM2", 0.02}}};
  };
  constexpr char kBox[] = "box/box-template.urdf";
  std::vector<std::string> snapshots;
  for (int i = 0; i < 5; ++i) {
    PhysicsWorld other(kStep_s);
    other.LoadUrdf(kBox, Pose(), options(0.05 + 0.01 * i));
    snapshots.push_back(Bytes(other));
  }
  PhysicsWorld world(kStep_s);
  world.LoadUrdf("block/block.urdf", Pose());
  for (int round = 0; round < 3; ++round) {
    for (const std::string& snapshot : snapshots) {
      world.SetState(FromBytes(snapshot));
      EXPECT_EQ(world.NumModels(), 2u) << "block and one box";
      Advance(&world, 2);
    }
  }
  PhysicsState bad = FromBytes(snapshots[0]);
  bad.bodies.push_back(bad.bodies[0]);
  bad.bodies[1].id = 5;
  bad.bodies[1].urdf = "no/such.urdf";
  EXPECT_THROW(world.SetState(bad), UserError);
  EXPECT_EQ(world.NumModels(), 2u);
  Advance(&world, 2);
  world.Clear();
  EXPECT_EQ(world.NumModels(), 1u);
}

TEST(PhysicsState, JointsAndMotorsAreInIt) {
  PhysicsWorld world(kStep_s);
  const BodyId arm = world.LoadUrdf("ur5/ur5.urdf", Pose(), {.fixed_base = true});
  const int shoulder = world.FindLink(arm, "upper_arm_link");
  world.SetJointPosition(arm, shoulder, -1.0);
  world.SetMotor(arm, shoulder, -0.5, 40, 0.05);
  Advance(&world, 20);
  EXPECT_GT(world.JointPosition(arm, shoulder), -1.0);
  EXPECT_GT(world.JointVelocity(arm, shoulder), 0.01);
  world.ForgetCaches();
  const std::string saved = Bytes(world);
  Advance(&world, 100);
  const std::string after = Bytes(world);
  PhysicsWorld fresh(kStep_s);
  fresh.SetState(FromBytes(saved));
  Advance(&fresh, 100);
  EXPECT_EQ(Bytes(fresh), after);
}

TEST(PhysicsState, BadStatesChangeNothing) {
  PhysicsWorld world(kStep_s);
  BuildHeap(&world);
  Advance(&world, 10);
  const std::string before = Bytes(world);
  PhysicsState state = world.State();
  state.bodies[2].urdf = "no/such.urdf";
  EXPECT_THROW(world.SetState(state), UserError);
  state = world.State();
  state.constraints[0].child = 99;
  EXPECT_THROW(world.SetState(state), UserError);
  state = world.State();
  std::swap(state.bodies[0].id, state.bodies[1].id);
  EXPECT_THROW(world.SetState(state), UserError);
  EXPECT_EQ(Bytes(world), before);
  Advance(&world, 10);
  for (size_t cut = 0; cut < before.size(); cut += 97) {
    EXPECT_THROW(FromBytes(before.substr(0, cut)), UserError) << cut;
  }
}

}  // namespace
}  // namespace rookery
