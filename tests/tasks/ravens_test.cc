// Scenes, rewards, errors and limits of the Ravens tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(BlockInsertionAudit, SceneAndGoals) {
  Made made("BlockInsertion");
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"rigid insertion/ell.urdf", 1},
                                                       {"fixed insertion/fixture.urdf", 1}}));
    ExpectOnTheTable(made);
    ASSERT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    ASSERT_EQ(goal.objects.size(), 1u);
    EXPECT_EQ(goal.objects[0].body, 5);
    EXPECT_EQ(goal.objects[0].symmetry, kNoSymmetry);
    ASSERT_EQ(goal.targets.size(), 1u);
    EXPECT_TRUE(Same(goal.targets[0], made.PoseOf(6))) << "the fixture's pose";
    EXPECT_NEAR(goal.targets[0].p.z, 0.02, 1e-12);
    EXPECT_FALSE(goal.replace);
    EXPECT_TRUE(goal.rotations);
    EXPECT_GT(Norm(made.PoseOf(5).p - made.PoseOf(6).p), 0.06) << "apart from each other";
    EXPECT_DOUBLE_EQ(RewardSum(*made.task), 1);
  }
}

TEST(PlaceRedInGreenAudit, SceneAndGoals) {
  Made made("PlaceRedInGreen");
  std::set<size_t> bowl_numbers, block_numbers;
  size_t distractors = 0;
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    ExpectOnTheTable(made);
    ASSERT_EQ(made.task->goals().size(), 1u);
    const Goal& goal = made.task->goals()[0];
    const size_t bowls = goal.targets.size(), blocks = goal.objects.size();
    bowl_numbers.insert(bowls);
    block_numbers.insert(blocks);
    EXPECT_LE(blocks, bowls);
    EXPECT_TRUE(goal.matches.empty()) << "any block into any bowl";
    EXPECT_DOUBLE_EQ(goal.position_tolerance, 0.05);
    const Scene& scene = made.env->GetScene();
    const auto color = [&](BodyId id) {
      return scene.bodies[static_cast<size_t>(id)].visuals[0].material.rgb;
    };
    const auto& objects = made.task->world().objects();
    distractors += objects.size() - bowls - blocks;
    for (size_t i = 0; i < objects.size(); ++i) {
      const bool bowl = made.Urdf(objects[i].body) == "bowl/bowl.urdf";
      const auto rgb = color(objects[i].body);
      if (i < bowls) {
        EXPECT_TRUE(bowl && !objects[i].rigid);
        EXPECT_NEAR(rgb[1], palette::kGreen[1], 1e-3);
        // The target is the bowl's frame, which is not in its middle.
        EXPECT_TRUE(Same(goal.targets[i], made.task->world().physics().BodyPose(objects[i].body)));
        EXPECT_DOUBLE_EQ(goal.targets[i].p.z, 0);
      } else if (i < bowls + blocks) {
        EXPECT_TRUE(!bowl && objects[i].rigid);
        EXPECT_EQ(rgb, palette::kRed);
        EXPECT_EQ(goal.objects[i - bowls].body, objects[i].body);
        EXPECT_EQ(goal.objects[i - bowls].symmetry, 0);
      } else {
        EXPECT_TRUE(objects[i].rigid) << "distractors can be picked up";
        EXPECT_NE(rgb, bowl ? palette::kGreen : palette::kRed);
      }
    }
    EXPECT_DOUBLE_EQ(RewardSum(*made.task), 1);
  }
  EXPECT_EQ(bowl_numbers, (std::set<size_t>{1, 2, 3}));
  EXPECT_EQ(block_numbers, (std::set<size_t>{1, 2, 3}));
  EXPECT_GE(distractors, kAudits * 10 * 9 / 10) << "nearly always all ten have room";
}

TEST(AlignBoxCornerAudit, SceneAndGoals) {
  Made made("AlignBoxCorner");
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"rigid box/box-template.urdf", 1},
                                                       {"fixed corner/corner-template.urdf", 1}}));
    ExpectOnTheTable(made);
    const Goal& goal = made.task->goals()[0];
    const BodyId box = goal.objects[0].body;
    const Vec3 size = made.task->world().physics().VisualDimensions(box);
    for (int i = 0; i < 3; ++i) {
      EXPECT_GE(size[i], i < 2 ? 0.05 : 0.01);
      EXPECT_LE(size[i], i < 2 ? 0.15 : 0.06);
    }
    EXPECT_NEAR(made.PoseOf(box).p.z, size.z / 2, 2e-3);
    ASSERT_EQ(goal.targets.size(), 4u);
    // At each of them, one corner of the box is the marked corner.
    const Pose X_WC = made.task->world().physics().BodyPose(5);
    const Vec3 marked = X_WC * Vec3(size.x / 2, size.y / 2, 0);
    for (const Pose& X_WT : goal.targets) {
      double nearest = 1;
      for (const double sx : {-0.5, 0.5}) {
        for (const double sy : {-0.5, 0.5}) {
          nearest = std::min(nearest, Norm(X_WT * Vec3(sx * size.x, sy * size.y, 0) - marked));
        }
      }
      EXPECT_LT(nearest, 1e-9);
    }
    EXPECT_DOUBLE_EQ(RewardSum(*made.task), 1);
  }
}

TEST(StackBlockPyramidAudit, SceneAndGoals) {
  Made made("StackBlockPyramid");
  for (uint64_t seed = 0; seed < kAudits; ++seed) {
    made.env->Reset(seed, &made.result);
    EXPECT_EQ(Count(made), (std::map<std::string, int>{{"rigid stacking/block.urdf", 6},
                                                       {"fixed stacking/stand.urdf", 1}}));
    ExpectOnTheTable(made);
    const auto& goals = made.task->goals();
    ASSERT_EQ(goals.size(), 3u);
    EXPECT_DOUBLE_EQ(goals[0].max_reward, 1.0 / 2);
    EXPECT_DOUBLE_EQ(goals[1].max_reward, 1.0 / 3);
    EXPECT_DOUBLE_EQ(goals[2].max_reward, 1.0 / 6);
    BodyId next = 6;
    for (size_t g = 0; g < 3; ++g) {
      EXPECT_EQ(goals[g].objects.size(), 3 - g);
      EXPECT_EQ(goals[g].targets.size(), 3 - g);
      for (const Goal::Object& object : goals[g].objects) {
        EXPECT_EQ(object.body, next++);
        EXPECT_DOUBLE_EQ(object.symmetry, kPi / 2);
      }
      for (const Pose& target : goals[g].targets) {
        EXPECT_NEAR(target.p.z, 0.0025 + 0.03 + 0.05 * static_cast<double>(g), 1e-9);
      }
    }
  }
}

class EveryTask : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ravens, EveryTask, ::testing::ValuesIn(RavensTasks(/*heavy=*/false)),
                         [](const auto& task) { return task.param; });
INSTANTIATE_TEST_SUITE_P(HeavyRavens, EveryTask, ::testing::ValuesIn(RavensTasks(/*heavy=*/true)),
                         [](const auto& task) { return task.param; });

// What the least thing in place is worth: an object, a point of one. 0 = the share is continuous.
double Unit(const Goal& goal) {
  size_t parts = 0;
  for (const Goal::Object& object : goal.objects) {
    parts += goal.metric == Goal::Metric::kPose ? 1 : object.points.size();
  }
  return parts == 0 ? 0 : goal.max_reward / static_cast<double>(parts);
}

TEST_P(EveryTask, SolvedEpisodesEarnOneByMilestones) {
  Made made(GetParam());
  // Long episodes take seconds: one of them will do.
  const int wanted = made.env->spec().max_steps >= 20 ? 1 : 2;
  int solved = 0;
  for (uint64_t seed = 1; seed <= 5 && solved < wanted; seed += 2) {
    Rng rng = Rng::Stream(7, "oracle", 0, seed);
    made.env->Reset(seed, &made.result);
    double sum = 0;
    ArrayMap action;
    while (!made.result.done() && made.env->OracleAction(&rng, &action)) {
      const double unit = Unit(made.task->goals().front());
      made.env->Step(action, &made.result);
      sum += made.result.reward;
      if (unit > 0) {
        const double units = made.result.reward / unit;
        EXPECT_NEAR(units, std::nearbyint(units), 1e-6) << made.result.reward;
      }
      EXPECT_NEAR(made.result.info.at("progress").AsDouble(), sum, 1e-12);
    }
    if (made.result.info.at("success").AsDouble() == 0) continue;
    ++solved;
    EXPECT_NEAR(sum, 1, 0.01);
    EXPECT_TRUE(made.result.terminated);
  }
  EXPECT_GE(solved, wanted);
}

TEST_P(EveryTask, PickingTheTableOrPlacingOutsideGoesOn) {
  Made made(GetParam());
  made.env->Reset(2, &made.result);
  // A free spot: no object within 10 cm.
  Vec3 free(0.3, -0.4, 0);
  const auto clear = [&](const Vec3& p) {
    for (const auto& object : made.task->world().objects()) {
      const Vec3 q = made.PoseOf(object.body).p;
      if (std::hypot(p.x - q.x, p.y - q.y) < 0.1) return false;
    }
    return true;
  };
  for (double y = -0.4; y <= 0.4 && !clear(free); y += 0.05) {
    for (double x = 0.3; x <= 0.7 && !clear(free); x += 0.05) free = {x, y, 0};
  }
  ASSERT_TRUE(clear(free));
  // The first reward has what is in place from the start.
  const Goal& goal = made.task->goals().front();
  const double share = EarnedReward(goal, made.task->world().physics(), false);
  made.env->Step(ActionOf(Pose(free), Pose(free + Vec3(0.02, 0, 0))), &made.result);
  if (share == 0) {
    EXPECT_EQ(made.result.reward, 0);
  } else {
    EXPECT_NEAR(made.result.reward, share, 0.02);
  }
  EXPECT_FALSE(made.result.terminated);
  EXPECT_EQ(made.result.info.at("failure").AsDouble(), 0);

  // Positions outside of the workspace are refused, and nothing moves.
  const std::string before = made.env->Save();
  EXPECT_THAT([&] { made.env->Step(ActionOf(Pose(free), Pose(Vec3(0.8, 0, 0))), &made.result); },
              ThrowsMessage<UserError>(HasSubstr("pose1.x")));
  EXPECT_EQ(made.env->Save(), before);
}

TEST_P(EveryTask, UnsuitableQuaternionsAreRefused) {
  Made made(GetParam());
  made.env->Reset(2, &made.result);
  const std::string before = made.env->Save();
  const Vec3 p(0.5, 0, 0);
  EXPECT_THAT(
      [&] {
        made.env->Step(ActionOf({p, {0, 0, 0, 0.4}}, Pose(p)), &made.result);
      },
      ThrowsMessage<UserError>(AllOf(HasSubstr("pose0"), HasSubstr("norm 0.4"))));
  EXPECT_THROW(made.env->Step(ActionOf(Pose(p), {p, {0, 0, std::nan(""), 1}}), &made.result),
               UserError);
  EXPECT_THAT(
      [&] {
        made.env->Step(ActionOf(Pose(p), {p, {0, 1.5, 0, 1.5}}), &made.result);
      },
      ThrowsMessage<UserError>(AllOf(HasSubstr("pose1"), HasSubstr("norm 2.1"))));
  EXPECT_THAT(
      [&] {
        made.env->Step(ActionOf({p, {0, 0, 0, 3}}, Pose(p)), &made.result);
      },
      ThrowsMessage<UserError>(HasSubstr("pose0.qw = 3 is outside [-2, 2]")));
  EXPECT_EQ(made.env->Save(), before);
}

TEST_P(EveryTask, QuaternionsAreNormalised) {
  Made a(GetParam());
  const Quat unit = QuatFromYaw(0.5);
  const Vec3 pick(0.4, 0.1, 0.02);
  a.env->Reset(3, &a.result);
  a.env->Step(ActionOf(Pose(pick), {Vec3(0.5, 0, 0), unit}), &a.result);
  for (const double norm : {0.5, 1.0000001, 1.5, 2.0}) {
    Made b(GetParam());
    b.env->Reset(3, &b.result);
    const Quat scaled{0, 0, unit.z * norm, unit.w * norm};
    b.env->Step(ActionOf({pick, {0, 0, 0, norm}}, {Vec3(0.5, 0, 0), scaled}), &b.result);
    // Powers of two scale without rounding; a last bit may decide about a contact.
    if (norm == 0.5 || norm == 2) {
      EXPECT_TRUE(a.result.observation.BitEqual(b.result.observation)) << norm;
    }
  }
}

// An arm that can never arrive: the episode ends, with a reason, without a reward.
TEST_P(EveryTask, MotionsThatTakeTooLongEndTheEpisode) {
  Made made(GetParam());
  made.env->Reset(3, &made.result);
  if (Pushes(made)) GTEST_SKIP() << "pushes ignore orientations: they always arrive";
  // Over all objects towards +x, until the arm is stretched.
  const Pose forward({0.5, 0, 0.28}, QuatFromRpy(0, -kPi / 2, 0));
  made.env->Step(ActionOf(forward, forward), &made.result);
  EXPECT_TRUE(made.result.terminated);
  EXPECT_EQ(made.result.reward, 0);
  EXPECT_EQ(made.result.info.at("failure").AsDouble(), 1);
  EXPECT_EQ(made.result.info.at("success").AsDouble(), 0);
  EXPECT_LT(made.result.info.at("physics_steps").AsDouble(), 30000);
}

TEST_P(EveryTask, InfoListsTheObjects) {
  Made made(GetParam());
  made.env->Reset(4, &made.result);
  const auto& objects = made.task->world().objects();
  EXPECT_EQ(made.result.info.at("object_count").AsDouble(), static_cast<double>(objects.size()));
  const auto rows = made.result.info.at("objects").As<double>();
  const auto colors = made.result.info.at("object_colors").As<float>();
  const Scene& scene = made.task->GetScene();
  for (size_t i = 0; i < objects.size(); ++i) {
    const auto drawn = std::find_if(scene.bodies.begin(), scene.bodies.end(),
                                    [&](const SceneBody& b) { return b.id == objects[i].body; });
    ASSERT_NE(drawn, scene.bodies.end());
    EXPECT_TRUE(std::equal(drawn->visuals.front().material.rgb.begin(),
                           drawn->visuals.front().material.rgb.end(), &colors[3 * i]));
    const Pose X = made.PoseOf(objects[i].body);
    EXPECT_EQ(rows[10 * i], X.p.x);
    EXPECT_EQ(rows[10 * i + 6], X.q.w);
    EXPECT_GT(rows[10 * i + 7], 0);
  }
  EXPECT_EQ(rows[10 * objects.size()], 0);
  EXPECT_EQ(colors[3 * objects.size()], 0);
}

TEST_P(EveryTask, LeastStepsAreThoseThatPlaceEveryObject) {
  Made made(GetParam());
  made.env->Reset(4, &made.result);
  const std::string id = GetParam();
  size_t objects = 0;
  for (const Goal& goal : made.task->goals()) {
    objects += goal.metric == Goal::Metric::kPose ? goal.objects.size() : 0;
  }
  if (id == "ManipulatingRope" || id.rfind("Cable", 0) == 0) objects = 0;
  EXPECT_EQ(made.result.info.at("least_steps").AsDouble(), static_cast<double>(objects));
}

TEST_P(EveryTask, RenderingThreadsChangeNothing) {
  Made one(GetParam(), {}), two(GetParam(), {"render_threads=2"}), map(GetParam());
  for (Made* made : {&one, &two, &map}) made->env->Reset(9, &made->result);
  EXPECT_TRUE(one.result.observation.BitEqual(two.result.observation));
  EXPECT_TRUE(one.result.observation.at("heightmap.rgb")
                  .BitEqual(map.result.observation.at("heightmap.rgb")));
  const size_t goal_image = one.result.observation.Find("goal.heightmap.rgb") == nullptr ? 0 : 2;
  EXPECT_EQ(one.result.observation.size(), 8 + goal_image);
  EXPECT_EQ(map.result.observation.size(), 2 + goal_image);
  EXPECT_EQ(one.env->Save(), two.env->Save());
  EXPECT_EQ(one.env->Save(), map.env->Save()) << "snapshots do not depend on what is observed";
}

TEST_P(EveryTask, SnapshotsOfOtherPhysicsAreRefused) {
  Made at480(GetParam()), at240(GetParam(), {"hz=240", "observe=heightmap"});
  at480.env->Reset(1, &at480.result);
  EXPECT_THAT([&] { at240.env->Load(at480.env->Save()); },
              ThrowsMessage<UserError>(HasSubstr("hz=480")));
}

// A goal whose objects are all where they should be, but for one that lies on top.
TEST(StrictScoring, TellsAStackFromAHeap) {
  Made loose("StackBlockPyramid"), strict("StackBlockPyramid", {"strict=true"});
  for (Made* made : {&loose, &strict}) {
    made->env->Reset(5, &made->result);
    const Goal& first = made->task->goals()[0];
    PhysicsWorld& physics = made->task->world().physics();
    for (size_t i = 0; i < 3; ++i) {
      Pose X = first.targets[i];
      if (i == 2) X.p.z += 0.05;
      physics.SetBodyPose(first.objects[i].body, X);
    }
    const double earned = EarnedReward(first, physics, made == &strict);
    EXPECT_NEAR(earned, made == &strict ? 1.0 / 3 : 1.0 / 2, 1e-9);
  }
}

TEST(RavensConfig, SaysWhatIsWrong) {
  EXPECT_THAT([] { MakeEnv("BlockInsertion", {"hz=0"}); },
              ThrowsMessage<UserError>(HasSubstr("hz")));
  EXPECT_THAT([] { MakeEnv("BlockInsertion", {"observe=maps"}); },
              ThrowsMessage<UserError>(HasSubstr("heightmap")));
  EXPECT_THAT([] { MakeEnv("BlockInsertion", {"render_threads=0"}); },
              ThrowsMessage<UserError>(HasSubstr("render_threads")));
}

}  // namespace
}  // namespace rookery::testing
