#include "core/pose.h"

#include <gtest/gtest.h>

#include "core/rng.h"

namespace rookery {
namespace {

Quat RandomQuat(Rng* rng) {
  return Normalized(Quat{rng->Normal(), rng->Normal(), rng->Normal(), rng->Normal()});
}
Vec3 RandomVec(Rng* rng) { return {rng->Normal(), rng->Normal(), rng->Normal()}; }

void ExpectNear(const Vec3& a, const Vec3& b, double tolerance = 1e-12) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.z, b.z, tolerance);
}

using Matrix = std::array<double, 9>;
Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      for (size_t k = 0; k < 3; ++k) out[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return out;
}
Matrix Rx(double a) { return {1, 0, 0, 0, std::cos(a), -std::sin(a), 0, std::sin(a), std::cos(a)}; }
Matrix Ry(double a) { return {std::cos(a), 0, std::sin(a), 0, 1, 0, -std::sin(a), 0, std::cos(a)}; }
Matrix Rz(double a) { return {std::cos(a), -std::sin(a), 0, std::sin(a), std::cos(a), 0, 0, 0, 1}; }

void ExpectNear(const Matrix& a, const Matrix& b) {
  for (size_t i = 0; i < 9; ++i) EXPECT_NEAR(a[i], b[i], 1e-12) << "element " << i;
}

TEST(Vec3, Algebra) {
  const Vec3 a(1, 2, 3), b(-2, 0.5, 4);
  EXPECT_EQ(a + b, Vec3(-1, 2.5, 7));
  EXPECT_EQ(a - b, Vec3(3, 1.5, -1));
  EXPECT_EQ(2.0 * a, a * 2.0);
  EXPECT_EQ(Dot(a, b), 11);
  EXPECT_EQ(Cross(Vec3(1, 0, 0), Vec3(0, 1, 0)), Vec3(0, 0, 1));
  EXPECT_NEAR(Dot(Cross(a, b), a), 0, 1e-12);
  EXPECT_EQ(Norm(Vec3(3, 4, 12)), 13);
  EXPECT_NEAR(Norm(Normalized(b)), 1, 1e-15);
  EXPECT_EQ(a[0], 1);
  EXPECT_EQ(a[2], 3);
}

TEST(Quat, RotatesAboutItsAxis) {
  ExpectNear(Rotate(AxisAngle({0, 0, 1}, kPi / 2), {1, 0, 0}), {0, 1, 0});
  ExpectNear(Rotate(AxisAngle({1, 0, 0}, kPi / 2), {0, 1, 0}), {0, 0, 1});
  ExpectNear(Rotate(AxisAngle({0, 1, 0}, kPi / 2), {0, 0, 1}), {1, 0, 0});
  ExpectNear(Rotate(QuatFromYaw(0.3), {1, 0, 0}), {std::cos(0.3), std::sin(0.3), 0});
}

TEST(Quat, ProductIsCompositionAndMatrixAgrees) {
  Rng rng(1);
  for (int i = 0; i < 100; ++i) {
    const Quat a = RandomQuat(&rng), b = RandomQuat(&rng);
    const Vec3 v = RandomVec(&rng);
    ExpectNear(Rotate(a * b, v), Rotate(a, Rotate(b, v)));
    ExpectNear(RotationMatrix(a * b), RotationMatrix(a) * RotationMatrix(b));
    const Matrix m = RotationMatrix(a);
    ExpectNear(Rotate(a, v),
               {m[0] * v.x + m[1] * v.y + m[2] * v.z, m[3] * v.x + m[4] * v.y + m[5] * v.z,
                m[6] * v.x + m[7] * v.y + m[8] * v.z});
  }
}

TEST(Quat, MatrixRoundTripThroughAllBranches) {
  Rng rng(2);
  std::vector<Quat> cases = {{0, 0, 0, 1},
                             {1, 0, 0, 0},
                             {0, 1, 0, 0},
                             {0, 0, 1, 0},
                             Normalized(Quat{0.9, 0.1, 0.1, 0.01}),
                             Normalized(Quat{0.1, 0.9, 0.1, 0.01}),
                             Normalized(Quat{0.1, 0.1, 0.9, -0.01})};
  for (int i = 0; i < 100; ++i) cases.push_back(RandomQuat(&rng));
  for (const Quat& q : cases) {
    EXPECT_NEAR(AngleBetween(QuatFromMatrix(RotationMatrix(q)), q), 0, 1e-7);
  }
}

TEST(Quat, AngleBetweenIgnoresTheSign) {
  const Quat q = AxisAngle({0, 0, 1}, 0.4);
  const Quat minus{-q.x, -q.y, -q.z, -q.w};
  EXPECT_NEAR(AngleBetween(q, minus), 0, 1e-12);
  EXPECT_NEAR(AngleBetween(Quat{}, q), 0.4, 1e-12);
  EXPECT_NEAR(AngleBetween(Quat{}, AxisAngle({1, 0, 0}, -3)), 3, 1e-12);
  EXPECT_NEAR(AngleBetween(Quat{}, AxisAngle({1, 0, 0}, 2 * kPi - 1)), 1, 1e-12);
}

// The three conventions: URDF and PyBullet, the Ravens helper, and pure yaw.
TEST(Euler, MatricesOfTheConventions) {
  Rng rng(3);
  for (int i = 0; i < 50; ++i) {
    const double roll = rng.Uniform(-3, 3), pitch = rng.Uniform(-3, 3), yaw = rng.Uniform(-3, 3);
    ExpectNear(RotationMatrix(QuatFromRpy(roll, pitch, yaw)), Rz(yaw) * Ry(pitch) * Rx(roll));
    ExpectNear(RotationMatrix(QuatFromRavensEuler(roll, pitch, yaw)),
               Ry(pitch) * Rx(roll) * Rz(yaw));
    ExpectNear(RotationMatrix(QuatFromYaw(yaw)), Rz(yaw));
  }
}

TEST(Euler, ConventionsAgreeForPureYawOnly) {
  for (double yaw : {-3.0, -0.1, 0.0, 1.5, 3.1}) {
    EXPECT_NEAR(AngleBetween(QuatFromRpy(0, 0, yaw), QuatFromYaw(yaw)), 0, 1e-7);
    EXPECT_NEAR(AngleBetween(QuatFromRavensEuler(0, 0, yaw), QuatFromYaw(yaw)), 0, 1e-7);
  }
  EXPECT_GT(AngleBetween(QuatFromRpy(0.5, 0.6, 0.7), QuatFromRavensEuler(0.5, 0.6, 0.7)), 0.1);
}

TEST(Euler, RavensEulerInverts) {
  Rng rng(4);
  for (int i = 0; i < 200; ++i) {
    const double roll = rng.Uniform(-1.5, 1.5);
    const double pitch = rng.Uniform(-3.1, 3.1), yaw = rng.Uniform(-3.1, 3.1);
    ExpectNear(RavensEuler(QuatFromRavensEuler(roll, pitch, yaw)), {roll, pitch, yaw}, 1e-9);
  }
  // A quaternion and its negative are the same rotation.
  const Quat q = QuatFromRavensEuler(0.2, 0.3, 0.4);
  ExpectNear(RavensEuler({-q.x, -q.y, -q.z, -q.w}), {0.2, 0.3, 0.4}, 1e-12);
}

TEST(Euler, RavensEulerAtGimbalLockGivesTheSameRotation) {
  for (double roll : {kPi / 2, -kPi / 2}) {
    for (double yaw : {-2.0, 0.0, 1.0}) {
      const Quat q = QuatFromRavensEuler(roll, 0.7, yaw);
      const Vec3 e = RavensEuler(q);
      EXPECT_NEAR(AngleBetween(QuatFromRavensEuler(e.x, e.y, e.z), q), 0, 1e-6);
    }
  }
}

TEST(Pose, ComposesInvertsAndTransforms) {
  Rng rng(5);
  for (int i = 0; i < 100; ++i) {
    const Pose X_AB(RandomVec(&rng), RandomQuat(&rng)), X_BC(RandomVec(&rng), RandomQuat(&rng));
    const Vec3 p_C = RandomVec(&rng);
    ExpectNear((X_AB * X_BC) * p_C, X_AB * (X_BC * p_C));
    ExpectNear(X_AB.Inverse() * (X_AB * p_C), p_C);
    const Pose identity = X_AB * X_AB.Inverse();
    ExpectNear(identity.p, {0, 0, 0});
    EXPECT_NEAR(AngleBetween(identity.q, Quat{}), 0, 1e-12);
  }
}

TEST(Pose, KnownExample) {
  // B stands 2 m along x of A, turned left by 90 degrees: B's x is A's y.
  const Pose X_AB = Pose::FromXyYaw(2, 0, 0.5, kPi / 2);
  ExpectNear(X_AB * Vec3(1, 0, 0), {2, 1, 0.5});
  ExpectNear(X_AB.Inverse() * Vec3(2, 1, 0.5), {1, 0, 0});
  ExpectNear((X_AB * X_AB).p, {2, 2, 1});
}

}  // namespace
}  // namespace rookery
