// PhysicsWorld against PyBullet's direct mode: the same calls give the same numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/assets.h"
#include "core/rng.h"
#include "envs/tabletop/physics_world.h"
#include "envs/tabletop/ur5.h"
#include "tests/paths.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr double kStep_s = 1.0 / 480;
constexpr int kSteps = 480;
constexpr double kTolerance = 1e-6;  // m, and of quaternion components

json Numbers(const Vec3& v) { return {v.x, v.y, v.z}; }
json Numbers(const Quat& q) { return {q.x, q.y, q.z, q.w}; }
Vec3 ReadVec3(const json& v) { return {v[0], v[1], v[2]}; }
Pose ReadPose(const json& position, const json& orientation) {
  return {ReadVec3(position), Quat{orientation[0], orientation[1], orientation[2], orientation[3]}};
}

// A list of calls that both sides carry out.
class SceneCalls {
 public:
  int Load(const std::string& urdf, const Pose& X_WB, bool fixed = false) {
    commands_.push_back({{"do", "load"},
                         {"urdf", FindAsset(urdf)},
                         {"position", Numbers(X_WB.p)},
                         {"orientation", Numbers(X_WB.q)},
                         {"fixed", fixed}});
    return bodies_++;
  }
  int Constrain(bool fixed, int parent, int parent_link, int child, int child_link,
                const Pose& X_PJ, const Pose& X_CJ, json max_force = nullptr) {
    commands_.push_back({{"do", "constraint"},
                         {"fixed", fixed},
                         {"parent", parent},
                         {"parent_link", parent_link},
                         {"child", child},
                         {"child_link", child_link},
                         {"parent_position", Numbers(X_PJ.p)},
                         {"parent_orientation", Numbers(X_PJ.q)},
                         {"child_position", Numbers(X_CJ.p)},
                         {"child_orientation", Numbers(X_CJ.q)},
                         {"max_force", max_force}});
    return constraints_++;
  }
  void Release(int constraint) {
    commands_.push_back({{"do", "release"}, {"constraint", constraint}});
  }
  void Joint(int body, int link, double position) {
    commands_.push_back({{"do", "joint"}, {"body", body}, {"link", link}, {"position", position}});
  }
  void Motor(int body, int link, double target) {
    commands_.push_back({{"do", "motor"},
                         {"body", body},
                         {"link", link},
                         {"target", target},
                         {"gain", 1.0},
                         {"force", 1e5}});
  }
  void Step(int count) { commands_.push_back({{"do", "step"}, {"count", count}}); }
  // Contacts of this body are compared too.
  void Watch(int body) { watch_ = body; }

  json Description() const {
    return {{"step_s", kStep_s}, {"watch", watch_}, {"commands", commands_}};
  }

 private:
  json commands_ = json::array();
  int bodies_ = 0, constraints_ = 0, watch_ = 0;
};

// What the peer prints, from ours.
json RunOurs(const json& scene) {
  PhysicsWorld world(scene["step_s"].get<double>());
  json poses = json::array(), contacts = json::array();
  std::vector<Contact> found;
  for (const json& c : scene["commands"]) {
    const std::string kind = c["do"];
    if (kind == "load") {
      world.LoadUrdf(c["urdf"].get<std::string>(), ReadPose(c["position"], c["orientation"]),
                     {.fixed_base = c["fixed"].get<bool>()});
    } else if (kind == "constraint") {
      std::optional<double> max_force;
      if (!c["max_force"].is_null()) max_force = c["max_force"].get<double>();
      if (c["fixed"].get<bool>()) {
        world.AddFixedConstraint(c["parent"], c["parent_link"], c["child"], c["child_link"],
                                 ReadPose(c["parent_position"], c["parent_orientation"]),
                                 ReadPose(c["child_position"], c["child_orientation"]), max_force);
      } else {
        world.AddPointConstraint(c["parent"], c["parent_link"], c["child"], c["child_link"],
                                 ReadVec3(c["parent_position"]), ReadVec3(c["child_position"]),
                                 max_force);
      }
    } else if (kind == "release") {
      world.RemoveConstraint(c["constraint"]);
    } else if (kind == "joint") {
      world.SetJointPosition(c["body"], c["link"], c["position"]);
    } else if (kind == "motor") {
      world.SetMotor(c["body"], c["link"], c["target"], c["force"], c["gain"], 1.0);
    } else {
      for (int i = 0; i < c["count"].get<int>(); ++i) {
        world.Step();
        json now = json::array();
        for (BodyId body : world.Bodies()) {
          const Pose X = world.ComPose(body);
          now.push_back({X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w});
        }
        poses.push_back(std::move(now));
        world.GetContacts(scene["watch"], std::nullopt, &found);
        json points = json::array();
        for (const Contact& contact : found) {
          points.push_back({contact.body_b, contact.link_b, contact.distance});
        }
        contacts.push_back(std::move(points));
      }
    }
  }
  return {{"poses", poses}, {"contacts", contacts}};
}

void ExpectSame(const std::string& name, const SceneCalls& calls) {
  const std::string python = testing::PeersPython("pybullet");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  const json scene = calls.Description();
  const testing::TempFolder folder;
  const std::string printed = testing::OutputOf(
      "'" + python + "' '" + testing::SourceFolder() + "/tests/oracle/physics_peer.py' '" +
      folder.Write("scene.json", scene.dump()) + "' 2>/dev/null");
  const size_t at = printed.find("RESULT");
  ASSERT_NE(at, std::string::npos) << printed;
  const json theirs = json::parse(printed.substr(at + 6)), ours = RunOurs(scene);

  ASSERT_EQ(ours["poses"].size(), theirs["poses"].size());
  ASSERT_GE(ours["poses"].size(), static_cast<size_t>(kSteps));
  double worst = 0, moved = 0;
  for (size_t step = 0; step < ours["poses"].size(); ++step) {
    for (size_t body = 0; body < ours["poses"][step].size(); ++body) {
      // A quaternion and its negative are the same rotation.
      double dot = 0;
      for (size_t k = 3; k < 7; ++k) {
        dot += ours["poses"][step][body][k].get<double>() *
               theirs["poses"][step][body][k].get<double>();
      }
      for (size_t k = 0; k < 7; ++k) {
        const double sign = k >= 3 && dot < 0 ? -1 : 1;
        const double mine = ours["poses"][step][body][k], peer = theirs["poses"][step][body][k];
        worst = std::max(worst, std::abs(mine - sign * peer));
        moved = std::max(moved, std::abs(mine - ours["poses"][0][body][k].get<double>()));
      }
    }
    ASSERT_LE(worst, kTolerance) << name << ": first at step " << step;
    // The same contact points in the same order.
    const json &mine = ours["contacts"][step], &peer = theirs["contacts"][step];
    ASSERT_EQ(mine.size(), peer.size()) << name << ": step " << step;
    for (size_t i = 0; i < mine.size(); ++i) {
      EXPECT_EQ(mine[i][0], peer[i][0]);
      EXPECT_EQ(mine[i][1], peer[i][1]);
      EXPECT_NEAR(mine[i][2].get<double>(), peer[i][2].get<double>(), kTolerance);
    }
  }
  std::cout << name << ": largest difference " << worst << ", largest motion " << moved << "\n";
  EXPECT_GT(moved, 1e-4) << "nothing happened";
}

const Pose kGroundPose(Vec3(0, 0, -0.001));

TEST(PhysicsParity, FreeFall) {
  SceneCalls calls;
  calls.Load("plane/plane.urdf", kGroundPose, true);
  calls.Load("insertion/ell.urdf", {{0.5, 0.1, 1.5}, QuatFromRpy(0.3, -0.4, 0.5)});
  const int bowl = calls.Load("bowl/bowl.urdf", {{0.2, 0.1, 0.3}, QuatFromRpy(1.3, 0.2, 0.1)});
  calls.Watch(bowl);
  calls.Step(kSteps);
  ExpectSame("free fall", calls);
}

TEST(PhysicsParity, SlideOnAnIncline) {
  SceneCalls calls;
  const Quat tilt = QuatFromRpy(0, 0.42, 0);
  calls.Load("plane/plane.urdf", {{0, 0, 0}, tilt}, true);
  const int block =
      calls.Load("insertion/ell.urdf", {Rotate(tilt, {0, 0, 0.021}), tilt * QuatFromYaw(0.4)});
  calls.Watch(block);
  calls.Step(kSteps);
  ExpectSame("slide on an incline", calls);
}

TEST(PhysicsParity, StackOfSixCubes) {
  SceneCalls calls;
  calls.Load("plane/plane.urdf", kGroundPose, true);
  Rng rng(3);
  int top = 0;
  for (int i = 0; i < 6; ++i) {
    top = calls.Load("block/block.urdf",
                     Pose::FromXyYaw(0.5 + rng.Uniform(-0.006, 0.006), rng.Uniform(-0.006, 0.006),
                                     0.025 + 0.043 * i, rng.Uniform(0, 6)));
  }
  calls.Watch(top);
  calls.Step(kSteps);
  ExpectSame("stack of six cubes", calls);
}

TEST(PhysicsParity, RopeOfBeads) {
  SceneCalls calls;
  calls.Load("plane/plane.urdf", kGroundPose, true);
  int last = -1;
  for (int i = 0; i < 12; ++i) {
    const int bead = calls.Load("block/small.urdf", Pose(Vec3(0.5, 0.1, 0.02 + 0.01414 * i)));
    if (last >= 0) {
      calls.Constrain(false, last, -1, bead, -1, Pose(Vec3(0, 0, 0.01414)), Pose(), 100);
    }
    last = bead;
  }
  calls.Watch(last);
  calls.Step(kSteps);
  ExpectSame("rope of beads", calls);
}

// The arm with its servos goes down on a block, takes it and lifts it, in joint space.
TEST(PhysicsParity, SuctionLift) {
  constexpr int kTool0 = 7, kFirstJoint = 1, kHeadTip = 0;
  SceneCalls calls;
  calls.Load("plane/plane.urdf", kGroundPose, true);
  const int arm = calls.Load("ur5/ur5.urdf", Pose(), true);
  const auto at = [](double z) {
    const Ur5Solution s = Ur5InverseKinematics(Pose::FromXyYaw(0.5, 0.1, z, 0.3));
    EXPECT_TRUE(s.reachable);
    return s.q;
  };
  Ur5Joints q = at(0.10);
  for (int i = 0; i < 6; ++i) calls.Joint(arm, kFirstJoint + i, q[static_cast<size_t>(i)]);
  const Pose X_WTool = Ur5Tool0(q), X_THead(Vec3(0, 0, 0.08));
  const int head = calls.Load("ur5/suction/suction_head.urdf", X_WTool * X_THead);
  calls.Constrain(true, arm, kTool0, head, -1, Pose(), X_THead.Inverse(), 50);
  const int block = calls.Load("stacking/block.urdf", Pose::FromXyYaw(0.505, 0.095, 0.019, 0.2));
  calls.Watch(head);
  const auto move = [&](const Ur5Joints& target) {
    for (bool arrived = false; !arrived;) {
      double square = 0;
      for (size_t i = 0; i < 6; ++i) square += (target[i] - q[i]) * (target[i] - q[i]);
      const double share = std::min(1.0, 0.01 / std::sqrt(square));
      for (size_t i = 0; i < 6; ++i) {
        q[i] += share * (target[i] - q[i]);
        calls.Motor(arm, kFirstJoint + static_cast<int>(i), q[i]);
      }
      calls.Step(1);
      arrived = share == 1.0;
    }
  };
  move(at(0.041));  // 1 to 2 mm into the block's top
  const int grasp = calls.Constrain(true, head, kHeadTip, block, -1,
                                    Pose({0.005, -0.005, 0.036}, QuatFromRpy(kPi, 0, 0.2)), Pose());
  calls.Step(20);
  move(at(0.25));
  calls.Step(200);
  calls.Release(grasp);
  calls.Step(kSteps);
  ExpectSame("suction lift", calls);
}

}  // namespace
}  // namespace rookery
