// Hands and detail of the Ravens tasks, as a viewer uses them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/episode.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

constexpr BodyId kBlock = 5;  // of BlockInsertion, the first object

const SceneBody& BodyIn(const Scene& scene, int id) {
  for (const SceneBody& body : scene.bodies) {
    if (body.id == id) return body;
  }
  throw Failure("no body " + std::to_string(id));
}

struct Insertion : Made {
  explicit Insertion(std::vector<std::string> settings = {"observe=heightmap"})
      : Made("BlockInsertion", std::move(settings)) {
    env->SetSceneDetail(true);
    env->Reset(1, &result);
  }
  const SceneBody& Block() { return BodyIn(env->GetScene(), kBlock); }
  // The expert's whole action.
  void Act() {
    Rng rng(1);
    ArrayMap action;
    ASSERT_TRUE(env->OracleAction(&rng, &action));
    env->Step(action, &result);
  }
};

TEST(RavensHand, WorksWhileTheArmWaits) {
  Insertion made;
  const Vec3 target(0.4, 0.3, 0.2);
  ASSERT_TRUE(made.env->Pull(ScenePull{kBlock, {}, target}));
  EXPECT_GT(Norm(made.Block().X_WB.p - target), 0.05) << "no time has passed";
  const int64_t before = made.task->world().steps();
  ASSERT_TRUE(made.env->PassTime(1));
  EXPECT_EQ(made.task->world().steps() - before, 480);
  EXPECT_LT(Norm(made.Block().X_WB.p - target), 0.012);
  EXPECT_EQ(made.env->episode_steps(), 0);
  EXPECT_TRUE(made.env->Pull(std::nullopt));
  ASSERT_TRUE(made.env->PassTime(1));
  EXPECT_LT(made.Block().X_WB.p.z, 0.05) << "it falls";
  EXPECT_THAT([&] { made.env->PassTime(-1); },
              ::testing::ThrowsMessage<UserError>(::testing::HasSubstr("-1.000000 s cannot pass")));
  EXPECT_THROW(made.env->PassTime(std::nan("")), UserError);
}

TEST(RavensHand, TimeThatPassesIsWatched) {
  Insertion made;
  std::vector<double> times;
  made.env->WatchScene(60, [&](const Scene& scene, double time_s) {
    times.push_back(time_s);
    EXPECT_FALSE(scene.contacts.empty());
    EXPECT_GE(scene.frames.size(), 2u);
  });
  ASSERT_TRUE(made.env->PassTime(0.5));
  ASSERT_EQ(times.size(), 30u);
  EXPECT_NEAR(times.back() - times.front(), 29.0 / 60, 1e-9);
  made.env->WatchScene(0, {});
  ASSERT_TRUE(made.env->PassTime(0.1));
  EXPECT_EQ(times.size(), 30u);
}

// The hand carries the block away before the arm is there.
TEST(RavensHand, PullsDuringAStep) {
  Insertion made;
  const Vec3 target(0.3, made.Block().X_WB.p.y > 0 ? -0.4 : 0.4, 0.15);
  int calls = 0;
  made.env->WatchScene(60, [&](const Scene&, double) {
    EXPECT_TRUE(made.env->Pull(ScenePull{kBlock, {}, target}));
    ++calls;
  });
  made.Act();
  EXPECT_GT(calls, 10);
  EXPECT_LT(Norm(made.Block().X_WB.p - target), 0.05);
  EXPECT_EQ(made.result.reward, 0);
}

TEST(RavensHand, SolvesTheTask) {
  Insertion made;
  const Pose place = made.task->goals().front().targets.front();
  ASSERT_TRUE(made.env->MoveBody(kBlock, place));
  EXPECT_LT(Norm(made.Block().X_WB.p - place.p), 1e-9);
  // Something that leaves it alone.
  const Vec3 free(0.3, place.p.y > 0 ? -0.4 : 0.4, 0);
  made.env->Step(ActionOf(Pose(free), Pose(free + Vec3(0.02, 0, 0))), &made.result);
  EXPECT_NEAR(made.result.reward, 1, 1e-9);
  EXPECT_TRUE(made.result.terminated);
}

TEST(RavensHand, WhatItMovedIsSeenBeforeTheNextStep) {
  Insertion made;
  ArrayMap before = made.result.observation.Clone(), now = before.Clone();
  ASSERT_TRUE(made.env->Look(&now));
  EXPECT_TRUE(now.BitEqual(before));
  const Vec3 free(0.3, made.Block().X_WB.p.y > 0 ? -0.4 : 0.4, 0.02);
  ASSERT_TRUE(made.env->MoveBody(kBlock, Pose(free)));
  ASSERT_TRUE(made.env->Look(&now));
  EXPECT_FALSE(now.at("heightmap.rgb").BitEqual(before.at("heightmap.rgb")));
  EXPECT_FALSE(now.at("heightmap.height").BitEqual(before.at("heightmap.height")));
}

TEST(RavensHand, HoldsOnlyWhatCanBeMoved) {
  Insertion made;
  const std::string before = made.env->Save();
  for (const SceneBody& body : made.env->GetScene().bodies) {
    EXPECT_EQ(body.movable, body.id == kBlock) << body.name;
  }
  for (const int body : {-1, 0, 1, 2, 3, 4, 6, 7, 255}) {
    EXPECT_FALSE(made.env->Pull(ScenePull{body, {}, {0.5, 0, 0.3}})) << body;
    EXPECT_FALSE(made.env->MoveBody(body, Pose(Vec3(0.5, 0, 0.3)))) << body;
  }
  EXPECT_TRUE(made.env->Save() == before);
}

TEST(RavensHand, ResetAndLoadLetGo) {
  Insertion made, other;
  const std::string start = made.env->Save();
  const ScenePull pull{kBlock, {}, {0.4, 0.3, 0.3}};
  other.Act();
  const std::string expected = other.env->Save();
  ASSERT_TRUE(made.env->Pull(pull));
  EXPECT_TRUE(made.env->Save() == start) << "a hand is no state";
  made.env->Load(start);
  made.Act();
  EXPECT_TRUE(made.env->Save() == expected);
  ASSERT_TRUE(made.env->Pull(pull));
  made.env->Reset(1, &made.result);
  made.Act();
  EXPECT_TRUE(made.env->Save() == expected);
}

// What a hand did is no part of the trace, but what it left is: it can be saved and gone on from.
TEST(RavensHand, SnapshotsAfterAHandGoOnExactly) {
  Insertion made, other;
  ASSERT_TRUE(made.env->Pull(ScenePull{kBlock, {0.01, 0, 0}, {0.45, 0.2, 0.1}}));
  ASSERT_TRUE(made.env->PassTime(0.7));
  made.env->Pull(std::nullopt);
  ASSERT_TRUE(made.env->PassTime(0.05));
  other.env->Load(made.env->Save());
  made.Act();
  other.Act();
  EXPECT_EQ(HashStep(made.result), HashStep(other.result));
  EXPECT_TRUE(made.env->Save() == other.env->Save());
}

TEST(RavensDetail, ShowsContactsGoalsAndTheTool) {
  Insertion made;
  ASSERT_TRUE(made.env->PassTime(0.2));
  const Scene& scene = made.env->GetScene();
  Vec3 carried;
  for (const SceneContact& contact : scene.contacts) {
    if (contact.body_b == kBlock) carried += contact.force;
    if (contact.body_a == kBlock) carried += -contact.force;
  }
  // As long as nothing but the table touches it, its weight.
  EXPECT_GT(carried.z, 0.01);
  EXPECT_LT(std::hypot(carried.x, carried.y), 0.05 * carried.z);
  ASSERT_EQ(scene.frames.size(), 2u);
  EXPECT_EQ(scene.frames[0].name, "end effector");
  EXPECT_LT(Norm(scene.frames[0].X_WF.p - Ur5EndEffector(made.task->world().joints()).p), 1e-12);
  EXPECT_EQ(scene.frames[1].name, "goal");
  EXPECT_EQ(scene.frames[1].X_WF, made.task->goals().front().targets.front());
  made.env->SetSceneDetail(false);
  EXPECT_TRUE(made.env->GetScene().frames.empty());
  EXPECT_TRUE(made.env->GetScene().contacts.empty());
}

TEST(RavensDetail, ShowsEveryTargetOfTheGoalAtHand) {
  Made made("StackBlockPyramid");
  made.env->SetSceneDetail(true);
  made.env->Reset(1, &made.result);
  const std::vector<SceneFrame> frames = made.env->GetScene().frames;
  ASSERT_EQ(frames.size(), 4u) << "the tool's and three of the lowest row";
  EXPECT_EQ(frames[1].name, "goal 1");
  EXPECT_EQ(frames[3].name, "goal 3");
  Made sweeping("SweepingPiles");
  sweeping.env->SetSceneDetail(true);
  sweeping.env->Reset(1, &sweeping.result);
  ASSERT_EQ(sweeping.env->GetScene().frames.size(), 2u);
  EXPECT_EQ(sweeping.env->GetScene().frames[1].name, "zone");
}

TEST(RavensHand, WrappersPassItOn) {
  Insertion plain, wrapped({"observe=heightmap", "wrap=time_limit:steps=5+reward:factor=2"});
  ASSERT_EQ(wrapped.task, nullptr) << "a wrapper is around it";
  const Vec3 target(0.4, 0.3, 0.2);
  for (Insertion* made : {&plain, &wrapped}) {
    EXPECT_FALSE(made->env->Pull(ScenePull{99, {}, target}));
    ASSERT_TRUE(made->env->Pull(ScenePull{kBlock, {}, target}));
    ASSERT_TRUE(made->env->PassTime(1));
    EXPECT_LT(Norm(made->Block().X_WB.p - target), 0.012);
    EXPECT_EQ(made->env->GetScene().frames.size(), 2u) << "detail";
    ASSERT_TRUE(made->env->MoveBody(kBlock, Pose(Vec3(0.4, 0.3, 0.1))));
    EXPECT_EQ(made->Block().X_WB.p, Vec3(0.4, 0.3, 0.1));
    EXPECT_TRUE(made->env->Pull(std::nullopt));
    ASSERT_TRUE(made->env->PassTime(0.5));
  }
  EXPECT_EQ(plain.Block().X_WB, wrapped.Block().X_WB);
}

}  // namespace
}  // namespace rookery::testing
