// What the base of the Ravens tasks promises, shown with a task made for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.h"
#include "core/log.h"
#include "tests/tasks/ravens_kit.h"

namespace rookery::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

RavensConfig Plain(const std::string& out_of_bounds = "reject") {
  RavensConfig config;
  config.observe = "heightmap";
  config.out_of_bounds = out_of_bounds;
  return config;
}

// A tower of blocks and a heap of small ones that fall while the scene is built: enough of them
// that the order of contacts depends on what the engine remembers. Its state is a number and a
// text.
class FallingTower final : public RavensTask {
 public:
  explicit FallingTower(const RavensConfig& config = Plain(),
                        GripperKind gripper = GripperKind::kSuction,
                        const std::string& id = "Test/FallingTower-v0")
      : RavensTask({.id = id, .max_steps = 9, .gripper = gripper}, config) {}
  using RavensTask::AddGoal;

 private:
  void BuildScene() override {
    Goal goal;
    const int64_t blocks = rng().Integer(2, 7);
    for (int64_t i = 0; i < blocks; ++i) {
      const double x = rng().Uniform(-0.015, 0.015), y = rng().Uniform(-0.015, 0.015);
      const Pose X_WB =
          Pose::FromXyYaw(0.5 + x, y, 0.03 + 0.045 * static_cast<double>(i), rng().Uniform(0, 6));
      goal.objects.push_back({.body = world().AddRigid("block/block.urdf", X_WB)});
    }
    for (int i = 0; i < 20; ++i) {
      const double x = rng().Uniform(0.6, 0.66), y = rng().Uniform(0.2, 0.26);
      const double z = rng().Uniform(0.02, 0.12);
      world().AddRigid("block/small.urdf", Pose::FromXyYaw(x, y, z, rng().Uniform(0, 6)));
    }
    goal.targets = {Pose(Vec3(0.4, -0.3, 0.02))};
    AddGoal(goal);
    world().Wait(150);
    number_ = rng().Integer(1000);
    text_ = std::string(static_cast<size_t>(blocks), 'x');
  }
  void SaveTask(ByteWriter* out) const override {
    out->Put(number_);
    out->PutString(text_);
  }
  void LoadTask(ByteReader* in) override {
    number_ = in->Get<int64_t>();
    text_ = in->GetString();
  }

  int64_t number_ = 0;
  std::string text_;
};

// Warnings since it was made.
class Warnings {
 public:
  Warnings() {
    SetLogSink([this](LogLevel level, const std::string& message) {
      if (level == LogLevel::kWarning) messages_.push_back(message);
    });
  }
  ~Warnings() { SetLogSink(nullptr); }
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  std::vector<std::string> messages_;
};

TEST(RavensTask, UsedWorldsBuildScenesAsFreshOnesDo) {
  FallingTower used;
  StepResult result;
  // Lives of different lengths leave different trees and counters behind.
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    used.Reset(seed, &result);
    if (seed == 2) {
      used.Step(ActionOf(Pose(Vec3(0.3, 0.4, 0)), Pose(Vec3(0.5, 0.1, 0))), &result);
    }
    FallingTower fresh;
    StepResult expected;
    used.Reset(100 + seed, &result);
    fresh.Reset(100 + seed, &expected);
    EXPECT_EQ(used.Save(), fresh.Save()) << seed;
    EXPECT_TRUE(result.observation.BitEqual(expected.observation)) << seed;
  }
}

TEST(RavensTask, LoadingIsAllOrNothing) {
  FallingTower saved, task;
  StepResult result;
  saved.Reset(1, &result);
  const Pose top = saved.world().physics().ComPose(saved.goals()[0].objects.back().body);
  saved.Step(ActionOf(Pose(top.p), Pose(Vec3(0.4, -0.3, 0))), &result);
  const std::string bytes = saved.Save();
  task.Reset(2, &result);
  const std::string before = task.Save();
  ASSERT_NE(before, bytes);
  // As if the snapshot had been written so short (or so long): its checksum is right.
  const std::string body = bytes.substr(0, bytes.size() - sizeof(uint64_t));
  const auto with_checksum = [](std::string text) {
    ByteWriter out;
    out.Put(HashBytes(text.data(), text.size(), 0));
    return text + out.bytes();
  };
  ASSERT_GT(body.size(), 2000u);
  for (size_t cut = 1; cut < body.size(); cut += cut < 1500 ? 1 : 97) {
    EXPECT_THROW(task.Load(with_checksum(body.substr(0, body.size() - cut))), UserError) << cut;
    ASSERT_EQ(task.Save(), before) << cut << " bytes cut off";
  }
  EXPECT_THROW(task.Load(with_checksum(body + std::string(9, '\0'))), UserError);
  EXPECT_EQ(task.Save(), before);
  task.Load(bytes);
  EXPECT_EQ(task.Save(), bytes);
}

TEST(RavensTask, GoalsMustMakeSense) {
  FallingTower task;
  StepResult result;
  task.Reset(1, &result);
  const Goal good = task.goals()[0];
  const auto bad = [&](const auto& spoil) {
    Goal goal = good;
    spoil(&goal);
    EXPECT_THROW(task.AddGoal(goal), Bug);
  };
  bad([](Goal* goal) { goal->objects.clear(); });
  bad([](Goal* goal) { goal->objects[1].body = 99; });
  bad([](Goal* goal) { goal->targets.clear(); });
  bad([](Goal* goal) { goal->matches = {1}; });
  bad([](Goal* goal) { goal->rest_targets.resize(2); });
  bad([](Goal* goal) { goal->max_reward = 0; });
  bad([](Goal* goal) { goal->metric = Goal::Metric::kZone; });
  bad([](Goal* goal) {
    goal->metric = Goal::Metric::kZone;
    goal->zones = {{Pose(), {1, 1, 1}}};  // and no points of the objects
  });
  EXPECT_EQ(task.goals().size(), 1u);
  EXPECT_NO_THROW(task.AddGoal(good));
}

TEST(RavensTask, PushesOfNoLengthAreIgnored) {
  for (const double length : {0.0, 1e-9}) {
    FallingTower task(Plain(), GripperKind::kSpatula);
    StepResult result;
    task.Reset(1, &result);
    const double steps = result.info.at("physics_steps").AsDouble();
    const Warnings warnings;
    const Vec3 p(0.4, 0.2, 0);
    task.Step(ActionOf(Pose(p), Pose(p + Vec3(0, length, 0))), &result);
    EXPECT_EQ(result.reward, 0);
    EXPECT_FALSE(result.terminated);
    EXPECT_EQ(result.info.at("failure").AsDouble(), 2);
    EXPECT_EQ(result.info.at("physics_steps").AsDouble(), steps) << "nothing moves";
    EXPECT_LE(warnings.messages().size(), 1u);
    for (const std::string& message : warnings.messages()) {
      EXPECT_THAT(message, HasSubstr("push of length 0: ignored"));
    }
    task.Step(ActionOf(Pose(p), Pose(p + Vec3(0, 0.1, 0))), &result);
    EXPECT_EQ(result.info.at("failure").AsDouble(), 0) << "the next one is a push again";
  }
}

TEST(RavensTask, PosesOutsideAreRefusedOrClamped) {
  const ArrayMap outside = ActionOf(Pose(Vec3(0.3, 0.4, 0)), Pose(Vec3(0.9, 0, -0.1)));
  const ArrayMap inside = ActionOf(Pose(Vec3(0.3, 0.4, 0)), Pose(Vec3(0.75, 0, 0)));
  FallingTower rejects, clamps(Plain("clamp"), GripperKind::kSuction, "Test/Clamping-v0"),
      expected(Plain(), GripperKind::kSuction, "Test/Clamping-v0");
  StepResult result, wanted;
  rejects.Reset(1, &result);
  EXPECT_THAT([&] { rejects.Step(outside, &result); },
              ThrowsMessage<UserError>(AllOf(HasSubstr("pose1.x = 0.9"), HasSubstr("0.75"))));

  const Warnings warnings;
  clamps.Reset(1, &result);
  expected.Reset(1, &wanted);
  for (int step = 0; step < 2; ++step) {
    clamps.Step(outside, &result);
    expected.Step(inside, &wanted);
    EXPECT_EQ(result.reward, 0);
    EXPECT_FALSE(result.terminated);
    EXPECT_TRUE(result.observation.BitEqual(wanted.observation));
  }
  EXPECT_EQ(clamps.Save(), expected.Save());
  ASSERT_EQ(warnings.messages().size(), 1u) << "only once";
  EXPECT_THAT(warnings.messages()[0], AllOf(HasSubstr("Test/Clamping-v0"),
                                            HasSubstr("pose1.x = 0.9"), HasSubstr("clamped")));
  // Rotations and what is no number have nothing to be clamped to.
  EXPECT_THROW(clamps.Step(ActionOf(Pose(), {Vec3(0.5, 0, 0), {0, 0, 0, 5}}), &result), UserError);
  EXPECT_THROW(clamps.Step(ActionOf(Pose(), Pose(Vec3(0.5, std::nan(""), 0))), &result), UserError);
  EXPECT_EQ(clamps.Save(), expected.Save());
}

TEST(RavensTask, PosesOutOfReachEndTheEpisode) {
  // At the far corner the arm reaches the table, though not the point over it.
  FallingTower task;
  StepResult result;
  task.Reset(1, &result);
  ASSERT_FALSE(Ur5InverseKinematics(Pose(Vec3(0.745, 0.495, 0.32))).reachable);
  const Warnings warnings;
  task.Step(ActionOf(Pose(Vec3(0.745, 0.495, 0)), Pose(Vec3(0.745, -0.495, 0))), &result);
  EXPECT_EQ(result.info.at("failure").AsDouble(), 0);
  EXPECT_FALSE(result.terminated);
  EXPECT_TRUE(warnings.messages().empty());
  // Leaning outwards, it does not.
  const Pose leaning({0.74, 0.49, 0.0}, QuatFromRpy(0.0, 0.5, 0));
  ASSERT_FALSE(Ur5InverseKinematics(leaning).reachable);
  task.Step(ActionOf(leaning, Pose(Vec3(0.5, 0, 0))), &result);
  EXPECT_EQ(result.info.at("failure").AsDouble(), 1);
  EXPECT_TRUE(result.terminated);
  EXPECT_EQ(result.reward, 0);
  EXPECT_LE(warnings.messages().size(), 1u);
  for (const std::string& message : warnings.messages()) {
    EXPECT_THAT(message, HasSubstr("the arm cannot reach (0.7"));
  }
}

}  // namespace
}  // namespace rookery::testing
