// The scenes of the Ravens tasks at rest, and their published numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

constexpr int kScenes = 5;  // of each task

class RavensScene : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Ravens, RavensScene,
                         ::testing::Values("BlockInsertion", "PlaceRedInGreen", "AlignBoxCorner",
                                           "StackBlockPyramid"),
                         [](const auto& task) { return task.param; });

// Height of the centre of mass of a body that lies on the table.
double RestHeight(const Made& made, BodyId body) {
  const std::string urdf = made.Urdf(body);
  // A wall of convex pieces, 1 mm larger than it looks: the bowl stands 1.1 mm over the table.
  if (urdf == "bowl/bowl.urdf") return kGroundHeight + 0.02 + 0.001 - 0.0001;
  if (urdf == "insertion/ell.urdf") return kGroundHeight + 0.02;
  return kGroundHeight + made.task->world().physics().VisualDimensions(body).z / 2;
}

TEST_P(RavensScene, LiesStill) {
  Made made(GetParam());
  for (uint64_t seed = 0; seed < kScenes; ++seed) {
    made.env->Reset(seed, &made.result);
    TabletopWorld& world = made.task->world();
    std::vector<Pose> before;
    for (const auto& object : world.objects()) before.push_back(made.PoseOf(object.body));
    world.Wait(world.hz());
    for (size_t i = 0; i < world.objects().size(); ++i) {
      const auto& object = world.objects()[i];
      SCOPED_TRACE("seed " + std::to_string(seed) + ": " + made.Urdf(object.body));
      const Pose X = made.PoseOf(object.body);
      if (!object.rigid) {
        EXPECT_TRUE(Same(X, before[i]));
        continue;
      }
      EXPECT_NEAR(X.p.z, RestHeight(made, object.body), 2e-4);
      EXPECT_LT(std::hypot(X.p.x - before[i].p.x, X.p.y - before[i].p.y), 2e-4) << "drifts";
      EXPECT_LT(AngleBetween(X.q, before[i].q), 2e-3) << "turns";
      EXPECT_LT(Norm(world.physics().Velocity(object.body)), 1e-3);
      EXPECT_LT(Norm(world.physics().AngularVelocity(object.body)), 0.02);
      std::vector<Contact> contacts;
      world.physics().GetContacts(object.body, std::nullopt, &contacts);
      EXPECT_GE(contacts.size(), 3u);
      for (const Contact& contact : contacts) {
        EXPECT_EQ(contact.body_b, 0) << "touches the table only";
        EXPECT_GT(contact.distance, -1e-4) << "sinks in";
      }
    }
  }
}

TEST_P(RavensScene, IsScoredByPoseAndEndsInTime) {
  const std::map<std::string, int> max_steps = {{"BlockInsertion", 3},
                                                {"PlaceRedInGreen", 10},
                                                {"AlignBoxCorner", 3},
                                                {"StackBlockPyramid", 12}};
  Made made(GetParam());
  made.env->Reset(1, &made.result);
  EXPECT_EQ(made.env->spec().max_steps, max_steps.at(GetParam()));
  for (const Goal& goal : made.task->goals()) {
    EXPECT_EQ(goal.metric, Goal::Metric::kPose);
    EXPECT_FALSE(goal.replace);
    EXPECT_TRUE(goal.rotations);
    EXPECT_DOUBLE_EQ(goal.position_tolerance, GetParam() == "PlaceRedInGreen" ? 0.05 : 0.01);
    EXPECT_DOUBLE_EQ(goal.rotation_tolerance, 15 * kPi / 180);
  }
}

TEST(StackBlockPyramidAudit, PlacesAndColors) {
  constexpr std::array<palette::Rgb, 6> kColors = {palette::kPurple, palette::kBlue,
                                                   palette::kGreen,  palette::kYellow,
                                                   palette::kOrange, palette::kRed};
  const std::vector<std::vector<Vec3>> places = {{{0, -0.05, 0.03}, {0, 0, 0.03}, {0, 0.05, 0.03}},
                                                 {{0, -0.025, 0.08}, {0, 0.025, 0.08}},
                                                 {{0, 0, 0.13}}};
  Made made("StackBlockPyramid");
  for (uint64_t seed = 0; seed < 20; ++seed) {
    made.env->Reset(seed, &made.result);
    const Pose X_SW = made.PoseOf(made.task->world().objects()[0].body).Inverse();
    for (size_t row = 0; row < places.size(); ++row) {
      const Goal& goal = made.task->goals()[row];
      for (size_t i = 0; i < places[row].size(); ++i) {
        const Pose X_ST = X_SW * goal.targets[i], X_SR = X_SW * goal.rest_targets[i];
        EXPECT_LT(Norm(X_ST.p - places[row][i]), 1e-9);
        EXPECT_LT(AngleBetween(X_ST.q, Quat()), 1e-7) << "turned as the stand";
        EXPECT_LT(std::hypot(X_SR.p.x - X_ST.p.x, X_SR.p.y - X_ST.p.y), 1e-9);
        EXPECT_NEAR(goal.rest_targets[i].p.z, 0.025 + 0.04 * static_cast<double>(row), 1e-9);
      }
    }
    const Scene& scene = made.env->GetScene();
    for (size_t i = 0; i < kColors.size(); ++i) {
      const auto id = static_cast<size_t>(made.task->world().objects()[i + 1].body);
      EXPECT_EQ(scene.bodies[id].visuals[0].material.rgb, kColors[i]) << "block " << i;
    }
  }
}

TEST(AlignBoxCornerAudit, StripsMeetAtTheCorner) {
  Made made("AlignBoxCorner");
  for (uint64_t seed = 0; seed < 20; ++seed) {
    made.env->Reset(seed, &made.result);
    const PhysicsWorld& physics = made.task->world().physics();
    const BodyId corner = made.task->world().objects()[0].body;
    const Vec3 box = physics.VisualDimensions(made.task->world().objects()[1].body);
    std::vector<Visual> strips;
    physics.GetVisuals(corner, &strips);
    ASSERT_EQ(strips.size(), 2u);
    // Half a strip's width beyond the box's edges, half its length back from the corner.
    EXPECT_LT(Norm(strips[0].X_BV.p - Vec3(box.x / 2 - 0.0225, box.y / 2 + 0.0025, 0.0005)), 1e-9);
    EXPECT_LT(Norm(strips[1].X_BV.p - Vec3(box.x / 2 + 0.0025, box.y / 2 - 0.0225, 0.0005)), 1e-9);
    EXPECT_THAT(strips[0].scale, ::testing::ElementsAre(0.055f, 0.005f, 0.001f));
    EXPECT_THAT(strips[1].scale, ::testing::ElementsAre(0.005f, 0.055f, 0.001f));
    EXPECT_THAT(strips[0].material.rgb, ::testing::ElementsAre(0, 1, 0));
    EXPECT_TRUE(Same(physics.BodyPose(corner), made.task->goals()[0].targets[0]));
  }
}

}  // namespace
}  // namespace rookery::testing
