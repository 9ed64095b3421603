#include "envs/tabletop/ur5.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rookery {
namespace {

// Denavit-Hartenberg lengths, m (Universal Robots). Frame 0 is the world.
constexpr double kD1 = 0.089159, kA2 = -0.425, kA3 = -0.39225, kD4 = 0.10915, kD5 = 0.09465,
                 kD6 = 0.0823;
constexpr double kTool = 0.12;  // m, tip beyond tool0
// Rotates the commanded frame into tool0: x to -y, y to -x, z to -z.
const Quat kCommandToTool0 = {std::sqrt(0.5), -std::sqrt(0.5), 0, 0};

const Quat kQuarterX = AxisAngle({1, 0, 0}, kPi / 2);
const Quat kQuarterY = AxisAngle({0, 1, 0}, kPi / 2);

Pose TurnY(double angle) { return {Vec3(), AxisAngle({0, 1, 0}, angle)}; }
Pose TurnZ(double angle) { return {Vec3(), AxisAngle({0, 0, 1}, angle)}; }

// Into [-pi, pi).
double Wrapped(double angle) {
  angle = std::fmod(angle + kPi, 2 * kPi);
  return angle < 0 ? angle + kPi : angle - kPi;
}

// Into [low, low + 2 pi).
double WrappedFrom(double angle, double low) { return low + kPi + Wrapped(angle - low - kPi); }

double ClampedAcos(double cosine, bool* inside) {
  if (std::abs(cosine) > 1) *inside = false;
  return std::acos(std::clamp(cosine, -1.0, 1.0));
}

}  // namespace

std::array<Pose, 7> Ur5LinkPoses(const Ur5Joints& q) {
  std::array<Pose, 7> X;
  X[0] = TurnZ(kPi);
  X[1] = X[0] * Pose({0, 0, kD1}, {}) * TurnZ(q[0]);
  X[2] = X[1] * Pose({0, 0.13585, 0}, kQuarterY) * TurnY(q[1]);
  X[3] = X[2] * Pose(Vec3(0, -0.1197, 0.425)) * TurnY(q[2]);
  X[4] = X[3] * Pose({0, 0, 0.39225}, kQuarterY) * TurnY(q[3]);
  X[5] = X[4] * Pose(Vec3(0, 0.093, 0)) * TurnZ(q[4]);
  X[6] = X[5] * Pose(Vec3(0, 0, kD5)) * TurnY(q[5]);
  return X;
}

Pose Ur5Tool0(const Ur5Joints& q) {
  return Ur5LinkPoses(q)[6] * Pose({0, kD6, 0}, Conjugate(kQuarterX));
}

Pose Ur5EndEffector(const Ur5Joints& q) {
  return Ur5Tool0(q) * Pose({0, 0, kTool}, Conjugate(kCommandToTool0));
}

Pose Tool0FromEndEffector(const Pose& X_WE) { return X_WE * Pose({0, 0, kTool}, kCommandToTool0); }

namespace {

// The branch of the lowest cost.
template <typename Cost>
Ur5Solution BestBranch(const Pose& X_WE, const Cost& cost_of) {
  const Pose X06 = Tool0FromEndEffector(X_WE);
  const std::array<double, 9> r = RotationMatrix(Normalized(X06.q));
  const Vec3 x6(r[0], r[3], r[6]), y6(r[1], r[4], r[7]), z6(r[2], r[5], r[8]);
  const Vec3 p05 = X06.p - z6 * kD6;

  Ur5Solution best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (int branch = 0; branch < 8; ++branch) {
    const double shoulder = branch & 1 ? -1 : 1, wrist = branch & 2 ? -1 : 1;
    const double elbow = branch & 4 ? -1 : 1;
    Ur5Solution s;
    Ur5Joints& q = s.q;
    // Joint 1: the wrist's centre lies d4 beside the arm's plane.
    const double radius = std::hypot(p05.x, p05.y);
    q[0] = std::atan2(p05.y, p05.x) +
           shoulder * ClampedAcos(radius > 0 ? kD4 / radius : 2, &s.reachable) + kPi / 2;
    const double s1 = std::sin(q[0]), c1 = std::cos(q[0]);
    // Joint 5: angle between tool axis and the arm's plane.
    bool tilt_inside = true;
    q[4] = wrist * ClampedAcos((X06.p.x * s1 - X06.p.y * c1 - kD4) / kD6, &tilt_inside);
    if (!s.reachable) {
      // The plane cannot hold the wrist's centre; keep the tool's direction.
      q[4] = wrist * std::acos(std::clamp(z6.x * s1 - z6.y * c1, -1.0, 1.0));
    }
    const double s5 = std::sin(q[4]);
    // Joint 6; arbitrary when joints 4 and 6 are parallel.
    q[5] = std::abs(s5) < 1e-9
               ? 0
               : std::atan2((-y6.x * s1 + y6.y * c1) / s5, (x6.x * s1 - x6.y * c1) / s5);
    // Frame 4 in frame 1, from the known ends of the chain.
    const Pose X01 = TurnZ(q[0]) * Pose({0, 0, kD1}, kQuarterX);
    const Pose X45 = TurnZ(q[4]) * Pose({0, 0, kD5}, Conjugate(kQuarterX));
    const Pose X56 = TurnZ(q[5]) * Pose(Vec3(0, 0, kD6));
    const Pose X14 = X01.Inverse() * Pose(X06.p, Normalized(X06.q)) * (X45 * X56).Inverse();
    const Vec3 p13 = X14 * Vec3(0, -kD4, 0);
    // Joints 3 and 2: a planar arm of two bars, stretched when the point is too far.
    const double square = p13.x * p13.x + p13.y * p13.y;
    bool in_reach = true;
    q[2] = elbow * ClampedAcos((square - kA2 * kA2 - kA3 * kA3) / (2 * kA2 * kA3), &in_reach);
    if (!in_reach) s.reachable = false;
    const double s3 = std::sin(q[2]), c3 = std::cos(q[2]);
    q[1] = std::atan2(p13.y, p13.x) - std::atan2(kA3 * s3, kA2 + kA3 * c3);
    // Joint 4: what is left of the rotation in the plane.
    const Quat q34 = Conjugate(AxisAngle({0, 0, 1}, q[1] + q[2])) * X14.q * Conjugate(kQuarterX);
    q[3] = 2 * std::atan2(q34.z, q34.w);

    q[0] = WrappedFrom(q[0], -2 * kPi);
    q[1] = WrappedFrom(q[1], -1.5 * kPi);
    for (size_t i = 2; i < 6; ++i) q[i] = Wrapped(q[i]);
    const double cost = cost_of(&s.q) + (s.reachable ? 0 : 1e6);
    if (cost < best_cost) {
      best_cost = cost;
      best = s;
    }
  }
  return best;
}

}  // namespace

Ur5Solution Ur5InverseKinematics(const Pose& X_WE) {
  return BestBranch(X_WE, [](const Ur5Joints* joints) {
    // Within the limits first, then nearest to home.
    const Ur5Joints& q = *joints;
    const bool allowed =
        q[0] >= -1.5 * kPi && q[0] <= -0.5 * kPi && q[1] >= -0.75 * kPi && q[1] <= 0 && q[2] >= 0;
    double cost = allowed ? 0 : 1e3;
    for (size_t i = 0; i < 5; ++i) cost += std::abs(q[i] - kUr5Home[i]);
    return cost;
  });
}

Ur5Solution Ur5InverseKinematicsNear(const Pose& X_WE, const Ur5Joints& near) {
  return BestBranch(X_WE, [&near](Ur5Joints* joints) {
    double cost = 0;
    for (size_t i = 0; i < joints->size(); ++i) {
      double& q = (*joints)[i];
      for (const double other : {q - 2 * kPi, q + 2 * kPi}) {
        const bool possible = std::abs(other) <= (i == 2 ? kPi : 2 * kPi);
        if (possible && std::abs(other - near[i]) < std::abs(q - near[i])) q = other;
      }
      cost += std::abs(q - near[i]);
    }
    return cost;
  });
}

}  // namespace rookery
