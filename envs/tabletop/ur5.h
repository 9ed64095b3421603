// Kinematics of the UR5 arm with the tool of the Ravens benchmark, base at the world's origin.
// End-effector poses X_WE are of the tool's tip, 0.12 m beyond tool0, and turned such that the
// identity points straight down (z of E is up, against the tool's direction).
#ifndef ROOKERY_ENVS_TABLETOP_UR5_H_
#define ROOKERY_ENVS_TABLETOP_UR5_H_

#include <array>

#include "core/pose.h"

namespace rookery {

// shoulder pan, shoulder lift, elbow, wrist 1, wrist 2, wrist 3; rad.
using Ur5Joints = std::array<double, 6>;

inline constexpr Ur5Joints kUr5Home = {-kPi, -0.5 * kPi, 0.5 * kPi, -0.5 * kPi, -0.5 * kPi, 0};

// Frames of the links base_link, shoulder, upper_arm, forearm, wrist_1, wrist_2, wrist_3 of
// assets/ur5/ur5.urdf, in the world.
inline constexpr std::array<const char*, 7> kUr5Links = {
    "base_link",    "shoulder_link", "upper_arm_link", "forearm_link",
    "wrist_1_link", "wrist_2_link",  "wrist_3_link"};
std::array<Pose, 7> Ur5LinkPoses(const Ur5Joints& q);
Pose Ur5Tool0(const Ur5Joints& q);

Pose Ur5EndEffector(const Ur5Joints& q);
Pose Tool0FromEndEffector(const Pose& X_WE);

struct Ur5Solution {
  Ur5Joints q{};
  bool reachable = true;  // false: q stretches towards the pose, orientation kept
};

// Closed form. Of the up to eight branches: shoulder pan in [-3pi/2, -pi/2], shoulder lift in
// [-3pi/4, 0], elbow > 0 where they exist, else and among those the one nearest to home; joints
// 3 to 6 in [-pi, pi). These are the limits and the rest pose of the reference's numerical solver,
// whose answers are up to 1 cm less accurate.
Ur5Solution Ur5InverseKinematics(const Pose& X_WE);
// The branch nearest to the given joints, which may turn on beyond half a turn (up to the arm's
// limits of a whole one): short motions keep the arm's posture.
Ur5Solution Ur5InverseKinematicsNear(const Pose& X_WE, const Ur5Joints& near);

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_UR5_H_
