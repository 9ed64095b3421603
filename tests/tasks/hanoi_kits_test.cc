// Scenes, goals and models of the towers of Hanoi and of the kits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/assets.h"
#include "renderers/mesh.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(HeavyTowersOfHanoiAudit, SceneAndGoals) {
  Made made("TowersOfHanoi");
  const std::vector<int> disks = {0, 1, 0, 2, 0, 1, 0}, pegs = {2, 1, 1, 2, 0, 2, 2};
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"fixed hanoi/stand.urdf", 1},
                                                       {"rigid hanoi/disk0.urdf", 1},
                                                       {"rigid hanoi/disk1.urdf", 1},
                                                       {"rigid hanoi/disk2.urdf", 1}}));
    const Pose X_WS = made.PoseOf(5);
    EXPECT_NEAR(X_WS.p.z, 0.005, 1e-12);
    // The tower hangs over the first peg, largest below.
    for (int disk = 0; disk < 3; ++disk) {
      const Vec3 place(0, -0.12, 0.03 + 0.015 * (1 - disk));
      EXPECT_LT(Norm(X_WS.Inverse() * made.PoseOf(6 + disk).p - place), 1e-9);
      EXPECT_LT(AngleBetween(made.PoseOf(6 + disk).q, X_WS.q), 1e-7);
    }
    ASSERT_EQ(made.task->goals().size(), 7u);
    for (size_t i = 0; i < 7; ++i) {
      const Goal& goal = made.task->goals()[i];
      EXPECT_DOUBLE_EQ(goal.max_reward, 1.0 / 7);
      ASSERT_EQ(goal.objects.size(), 1u);
      EXPECT_EQ(goal.objects[0].body, 6 + disks[i]);
      EXPECT_EQ(goal.objects[0].symmetry, 0);
      ASSERT_EQ(goal.targets.size(), 1u);
      EXPECT_TRUE(Same(goal.targets[0], Pose(X_WS * Vec3(0, 0.12 * (pegs[i] - 1), 0.03))));
      EXPECT_TRUE(goal.rotations);
      EXPECT_FALSE(goal.replace);
    }
    EXPECT_NEAR(RewardSum(*made.task), 1, 1e-12);
  }
}

TEST(HeavyTowersOfHanoi, TheTowerFallsOntoTheStandAndRests) {
  Made made("TowersOfHanoi");
  for (uint64_t seed = 0; seed < 5; ++seed) {
    made.env->Reset(seed, &made.result);
    const Pose X_WS = made.PoseOf(5);
    made.task->world().Wait(240);
    for (int disk = 0; disk < 3; ++disk) {
      // 1 cm each; meshes are 1 mm larger in collisions.
      const Vec3 p = X_WS.Inverse() * made.PoseOf(6 + disk).p;
      EXPECT_NEAR(p.z, 0.011 + 0.012 * (2 - disk), 1e-3);
      EXPECT_LT(std::hypot(p.x, p.y + 0.12), 1e-3);
      EXPECT_LT(Norm(made.task->world().physics().Velocity(6 + disk)), 5e-3);
    }
  }
}

TEST(HeavyTowersOfHanoi, GoalsAreReachedInOrder) {
  Made made("TowersOfHanoi");
  made.env->Reset(1, &made.result);
  const Pose X_WS = made.PoseOf(5);
  const auto peg = [&](int i) { return X_WS * Vec3(0, 0.12 * (i - 1), 0.03); };
  // The middle disk's move is not yet asked for, and the small one is on top of it.
  ArrayMap action;
  Rng rng(0);
  ASSERT_TRUE(made.env->OracleAction(&rng, &action));
  const auto pick = action.at("pose0").As<double>();
  const Vec3 over_small(pick[0], pick[1], pick[2]);
  made.env->Step(ActionOf(Pose(over_small), Pose(peg(1) + over_small - made.PoseOf(6).p)),
                 &made.result);
  EXPECT_EQ(made.result.reward, 0) << "on the wrong peg";
  ASSERT_TRUE(made.env->OracleAction(&rng, &action));
  made.env->Step(action, &made.result);
  EXPECT_NEAR(made.result.reward, 1.0 / 7, 1e-12);
  EXPECT_EQ(made.task->goals().size(), 6u);
  EXPECT_EQ(made.task->goals()[0].objects[0].body, 7);
}

// A cube of 1 cm falls through a ring, but not through a shape's hole, which its hull fills.
TEST(Rings, AreOpenOnThePegsAndFilledInKits) {
  const auto height_of_cube = [](const std::string& urdf, const UrdfOptions& options, double z) {
    PhysicsWorld world(1.0 / 480);
    world.LoadUrdf("plane/plane.urdf", Pose(), {.fixed_base = true});
    world.LoadUrdf(urdf, Pose(Vec3(0, 0, z)), options);
    const BodyId cube = world.LoadUrdf("block/small.urdf", Pose(Vec3(0, 0, 0.04)));
    for (int i = 0; i < 480; ++i) world.Step();
    return world.ComPose(cube).p.z;
  };
  EXPECT_NEAR(height_of_cube("hanoi/disk0.urdf", {}, 0.006), 0.005, 1e-3);
  UrdfOptions ring;
  ring.replacements = {{"SHAPE", 16}, {"SCALE0", 0.003}, {"SCALE1", 0.003}, {"SCALE2", 0.001}};
  EXPECT_NEAR(height_of_cube("kitting/object-template.urdf", ring, 0.001), 0.0275, 2e-3);
}

// Period of each shape's yaw as published, in turns; 0 = any.
constexpr int kTurns[20] = {1, 1, 3, 4, 4, 1, 2, 5, 2, 4, 5, 0, 1, 1, 1, 1, 0, 6, 1, 1};

// What the model of a body was made with.
double Replacement(const Made& made, BodyId body, const std::string& name) {
  for (const BodyState& state : made.task->world().physics().State().bodies) {
    if (state.id != body) continue;
    for (const auto& [key, value] : state.options.replacements) {
      if (key == name) return value;
    }
  }
  ADD_FAILURE() << "body " << body << " has no " << name;
  return -1;
}
int Shape(const Made& made, BodyId body) {
  return static_cast<int>(Replacement(made, body, "SHAPE"));
}

// Audits scenes and returns all shapes that occurred.
std::set<int> AuditKits(const std::string& id, const std::string& split, double tolerance,
                        bool all_alike) {
  Made made(id, {"observe=heightmap", "split=" + split});
  std::set<int> seen;
  const std::vector<Vec3> slots = {
      {-0.09, 0.045, 0.0014},   {0, 0.045, 0.0014},      {0.09, 0.045, 0.0014},
      {-0.045, -0.045, 0.0014}, {0.045, -0.045, 0.0014},
  };
  const std::vector<palette::Rgb> colors = {palette::kPurple, palette::kBlue, palette::kGreen,
                                            palette::kYellow, palette::kRed};
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"fixed kitting/kit.urdf", 1},
                                                       {"fixed kitting/object-template.urdf", 5},
                                                       {"rigid kitting/object-template.urdf", 5}}));
    ExpectOnTheTable(made);
    const Pose X_WK = made.PoseOf(5);
    EXPECT_NEAR(X_WK.p.z, 0.0025, 1e-12);
    EXPECT_EQ(made.task->world().physics().VisualDimensions(5), Vec3(0.28, 0.20, 0.005));
    EXPECT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    EXPECT_EQ(goal.objects.size(), 5u);
    EXPECT_EQ(goal.targets.size(), 5u);
    EXPECT_DOUBLE_EQ(goal.rotation_tolerance, tolerance);
    EXPECT_DOUBLE_EQ(goal.position_tolerance, 0.01);
    EXPECT_FALSE(goal.replace);
    EXPECT_TRUE(goal.rotations);
    EXPECT_DOUBLE_EQ(RewardSum(*made.task), 1);
    const Scene& scene = made.env->GetScene();
    const auto color = [&](BodyId body) {
      return scene.bodies[static_cast<size_t>(body)].visuals[0].material.rgb;
    };
    std::set<double> yaws;
    for (int i = 0; i < 5; ++i) {
      const auto at = static_cast<size_t>(i);
      const BodyId slot = 6 + i, object = 11 + i;
      const int shape = Shape(made, object);
      seen.insert(shape);
      EXPECT_TRUE(!all_alike || shape == Shape(made, 11));
      EXPECT_EQ(Shape(made, slot), shape);
      const PhysicsWorld& physics = made.task->world().physics();
      EXPECT_EQ(physics.VisualDimensions(slot), Vec3(0.003, 0.003, 0.0001));
      EXPECT_EQ(physics.VisualDimensions(object), Vec3(0.003, 0.003, 0.001));
      EXPECT_EQ(color(slot), (palette::Rgb{0.2f, 0.2f, 0.2f}));
      EXPECT_EQ(color(object), colors[at]);
      EXPECT_TRUE(Same(goal.targets[at], physics.BodyPose(slot)));
      EXPECT_LT(Norm(X_WK.Inverse() * goal.targets[at].p - slots[at]), 1e-9);
      yaws.insert(RavensEuler(goal.targets[at].q).z);
      EXPECT_EQ(goal.objects[at].body, object);
      const int turns = kTurns[shape];
      EXPECT_DOUBLE_EQ(goal.objects[at].symmetry, turns == 0 ? 0 : 2 * kPi / turns);
      for (size_t j = 0; j < 5; ++j) {
        EXPECT_EQ(goal.Allowed(at, j), shape == Shape(made, 6 + static_cast<int>(j)));
      }
      // Half its height above the table: origins of shapes are at their bottoms.
      EXPECT_NEAR(physics.BodyPose(object).p.z, 0.01, 1e-12);
    }
    EXPECT_EQ(yaws.size(), 5u) << "each slot has a yaw of its own";
  }
  return seen;
}

std::set<int> Range(int first, int end) {
  std::set<int> all;
  for (int i = first; i < end; ++i) all.insert(i);
  return all;
}

TEST(AssemblingKitsAudit, TrainShapes) {
  EXPECT_EQ(AuditKits("AssemblingKits", "train", kPi / 12, false), Range(0, 14));
}
TEST(AssemblingKitsAudit, TestShapes) {
  EXPECT_EQ(AuditKits("AssemblingKits", "test", kPi / 12, false), Range(14, 20));
}
TEST(AssemblingKitsAudit, EasyTrainShapes) {
  std::set<int> all = Range(0, 20);
  all.erase(3);
  all.erase(11);
  EXPECT_EQ(AuditKits("AssemblingKitsEasy", "train", kPi / 6, false), all);
}
TEST(AssemblingKitsAudit, EasyTestShapes) {
  EXPECT_EQ(AuditKits("AssemblingKitsEasy", "test", kPi / 6, true), (std::set<int>{3, 11}));
}

TEST(AssemblingKits, OracleSolvesTestShapes) {
  for (const char* id : {"AssemblingKits", "AssemblingKitsEasy"}) {
    Made made(id, {"observe=heightmap", "split=test"});
    Rng rng(1);
    ArrayMap action;
    made.env->Reset(1, &made.result);
    while (!made.result.done() && made.env->OracleAction(&rng, &action)) {
      made.env->Step(action, &made.result);
    }
    EXPECT_EQ(made.result.info.at("success").AsDouble(), 1) << id;
  }
}

// Which slot, how far and how far turned: what one object is worth there.
TEST(AssemblingKits, ScoresPlaceShapeAndYaw) {
  for (const bool easy : {false, true}) {
    Made made(easy ? "AssemblingKitsEasy" : "AssemblingKits");
    made.env->Reset(2, &made.result);
    const Goal& goal = made.task->goals()[0];
    const auto earned = [&](size_t object, const Pose& X) {
      PhysicsWorld& physics = made.task->world().physics();
      const Pose before = physics.BodyPose(goal.objects[object].body);
      physics.SetBodyPose(goal.objects[object].body, X);
      const double value = EarnedReward(goal, physics, false);
      physics.SetBodyPose(goal.objects[object].body, before);
      return value;
    };
    const auto turned = [](const Pose& X, double degrees) {
      return X * Pose::FromXyYaw(0, 0, 0, degrees * kPi / 180);
    };
    const auto moved = [](const Pose& X, double x) { return X * Pose(Vec3(x, 0, 0)); };
    for (size_t i = 0; i < 5; ++i) {
      const Pose& slot = goal.targets[i];
      const double symmetry = goal.objects[i].symmetry;
      EXPECT_DOUBLE_EQ(earned(i, slot), 0.2);
      EXPECT_DOUBLE_EQ(earned(i, moved(slot, 0.009)), 0.2);
      EXPECT_EQ(earned(i, moved(slot, 0.011)), 0);
      EXPECT_DOUBLE_EQ(earned(i, turned(slot, 14)), 0.2);
      EXPECT_DOUBLE_EQ(earned(i, turned(slot, 20)), easy || symmetry == 0 ? 0.2 : 0);
      if (symmetry > 0 && symmetry < kNoSymmetry) {
        EXPECT_DOUBLE_EQ(earned(i, turned(slot, symmetry * 180 / kPi)), 0.2);
      }
      for (size_t j = 0; j < 5; ++j) {
        if (goal.Allowed(i, j)) continue;
        EXPECT_EQ(earned(i, goal.targets[j]), 0) << "another's slot";
      }
    }
  }
}

TEST(AssemblingKits, SplitsAreNamedAndKeptApart) {
  EXPECT_THAT([] { MakeEnv("AssemblingKits", {"split=unseen"}); },
              ThrowsMessage<UserError>(AllOf(HasSubstr("split"), HasSubstr("train"))));
  Made train("AssemblingKits"), test("AssemblingKits", {"observe=heightmap", "split=test"});
  train.env->Reset(1, &train.result);
  EXPECT_THAT([&] { test.env->Load(train.env->Save()); },
              ThrowsMessage<UserError>(HasSubstr("split=train")));
}

// Outlines: sizes in mesh units as published, and areas that tell holes and notches.
TEST(KitShapes, HaveTheirSizesAndHoles) {
  const double width[20] = {13.5, 16.6, 20, 20, 20,   20,   25,    19.06, 25, 20,
                            19.2, 20,   15, 16, 10.7, 20.0, 20.02, 17.3,  19, 18};
  const double depth[20] = {18.9, 19, 20, 20,   20,   20, 20,   18.1, 15,   20,
                            20.2, 20, 19, 18.9, 18.9, 20, 20.0, 20,   17.6, 18.9};
  std::vector<double> areas;
  for (int shape = 0; shape < 20; ++shape) {
    const MeshPtr mesh = LoadObj(FindAsset("kitting/" + std::to_string(shape) + ".obj"));
    Vec3 low(1e9, 1e9, 1e9), high = low * -1;
    const auto vertex = [&](size_t i) {
      const float* v = &mesh->vertices[3 * i];
      return Vec3(v[0], v[1], v[2]);
    };
    for (size_t i = 0; i < mesh->vertices.size() / 3; ++i) {
      for (int axis = 0; axis < 3; ++axis) {
        low[axis] = std::min(low[axis], vertex(i)[axis]);
        high[axis] = std::max(high[axis], vertex(i)[axis]);
      }
    }
    EXPECT_NEAR(high.x - low.x, width[shape], 0.6) << shape;
    EXPECT_NEAR(high.y - low.y, depth[shape], 0.6) << shape;
    EXPECT_NEAR(high.x + low.x, 0, 0.05) << shape;
    EXPECT_NEAR(high.y + low.y, 0, 0.05) << shape;
    EXPECT_EQ(low.z, 0) << shape;
    EXPECT_EQ(high.z, 20) << shape;
    // Volume by the divergence theorem: right only when closed and turned outwards.
    double volume = 0;
    for (size_t t = 0; t < mesh->indices.size(); t += 3) {
      volume += Dot(vertex(mesh->indices[t]),
                    Cross(vertex(mesh->indices[t + 1]), vertex(mesh->indices[t + 2]))) /
                6;
    }
    const double area = volume / 20, box = (high.x - low.x) * (high.y - low.y);
    EXPECT_GT(area, 0.25 * box) << shape;
    EXPECT_LE(area, box * 1.001) << shape;
    areas.push_back(area);
  }
  EXPECT_NEAR(areas[3], 400, 1e-3) << "square";
  EXPECT_NEAR(areas[4], 300, 1e-3) << "plus";
  EXPECT_NEAR(areas[11], kPi * 100, 1) << "disk";
  EXPECT_NEAR(areas[16], kPi * (100 - 4.23 * 4.23), 1) << "ring";
  EXPECT_LT(areas[0], 0.75 * 13.5 * 18.9) << "R has a hole";
}

// Strict scoring knows where things come to rest; a solution takes one action an object.
TEST(HeavyHanoiAndKits, TheExpertIsStrictToo) {
  for (const char* id : {"TowersOfHanoi", "AssemblingKits"}) {
    Made made(id, {"observe=heightmap", "strict=true"});
    bool solved = false;
    for (uint64_t seed = 1; seed <= 5 && !solved; seed += 2) {
      Rng rng(seed);
      ArrayMap action;
      made.env->Reset(seed, &made.result);
      EXPECT_EQ(made.result.info.at("least_steps").AsDouble(), id[0] == 'T' ? 7 : 5);
      while (!made.result.done() && made.env->OracleAction(&rng, &action)) {
        made.env->Step(action, &made.result);
      }
      solved = made.result.info.at("success").AsDouble() != 0;
    }
    EXPECT_TRUE(solved) << id;
  }
}

}  // namespace
}  // namespace rookery::testing
