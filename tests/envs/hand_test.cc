// The hand's spring alone: rest, stability for any mass and step, the greatest force, bad numbers.
#include "envs/hand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr double kGravity = 9.8;

BodyInHand Cube(double mass, double side) {
  BodyInHand body;
  body.mass = body.total_mass = mass;
  const double inertia = mass * side * side / 6;
  body.inertia = {inertia, inertia, inertia};
  return body;
}

// A free cube that a hand holds at p_B, as engines move it. How far p_B is from the target after 3
// s.
double Held(double mass, double side, const Vec3& p_B, const Vec3& target, double step_s,
            double* fastest) {
  const Vec3 gravity(0, 0, -kGravity);
  BodyInHand body = Cube(mass, side);
  *fastest = 0;
  for (double t = 0; t < 3; t += step_s) {
    const HandLoad load = HandLoadOn(body, body.X_WC * p_B, target, gravity, step_s);
    body.velocity += (load.force * (1 / mass) + gravity) * step_s;
    body.angular_velocity += load.torque * (step_s / body.inertia.x);
    body.X_WC.p += body.velocity * step_s;
    const double turn = Norm(body.angular_velocity);
    if (turn > 0) {
      body.X_WC.q =
          Normalized(AxisAngle(body.angular_velocity * (1 / turn), turn * step_s) * body.X_WC.q);
    }
    *fastest = std::max(*fastest, Norm(body.velocity));
  }
  return Norm(body.X_WC * p_B - target);
}

TEST(Hand, HoldsEveryMassAtEveryStep) {
  const Vec3 target(0.1, -0.2, 0.3);
  for (const double mass : {0.01, 1.0, 100.0}) {
    for (const double step_s : {1.0 / 1200, 1.0 / 480, 1.0 / 60}) {
      for (const Vec3& p_B : {Vec3(), Vec3(0.02, 0, 0), Vec3(0.02, 0.02, -0.02)}) {
        double fastest = 0;
        // The weight stretches the spring by g / 40^2, whatever the mass.
        EXPECT_NEAR(Held(mass, 0.04, p_B, target, step_s, &fastest), kGravity / 1600, 0.004)
            << mass << " kg, " << step_s << " s, " << p_B.x;
        EXPECT_LT(fastest, 20);
      }
    }
  }
}

TEST(Hand, ForceIsCappedAndTowardsTheTarget) {
  BodyInHand body = Cube(0.5, 0.04);
  const HandLoad load = HandLoadOn(body, {}, {0, 1000, 0}, {}, 0.002);
  EXPECT_NEAR(load.force.y, 50, 1e-9);
  EXPECT_NEAR(load.force.x, 0, 1e-9);
  EXPECT_NEAR(Norm(load.torque), 0, 1e-9);
  // At a corner it turns the body, too.
  const HandLoad corner = HandLoadOn(body, {0.02, 0, 0}, {0.02, 1000, 0}, {}, 0.002);
  EXPECT_NEAR(corner.torque.z, 0.02 * corner.force.y, 1e-9);
  EXPECT_GT(corner.torque.z, 0.9);
}

TEST(Hand, CalmsWhatTurns) {
  BodyInHand body = Cube(0.5, 0.04);
  body.angular_velocity = {0, 3, 0};
  const Vec3 torque = CalmingTorque(body, 0.002);
  EXPECT_LT(torque.y, 0);
  EXPECT_GT(torque.y * 0.002 / body.inertia.y, -3) << "it does not turn back";
  body.inertia = {};
  EXPECT_EQ(Norm(CalmingTorque(body, 0.002)), 0) << "what cannot turn";
}

TEST(Hand, BadNumbersAreRefused) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(
      [&] {
        CheckedPull({7, {}, {0, nan, 0}});
      },
      ThrowsMessage<UserError>(HasSubstr("pull of body 7")));
  EXPECT_THROW(CheckedPull({7, {infinity, 0, 0}, {}}), UserError);
  EXPECT_THROW(CheckedPlace(Pose(Vec3(nan, 0, 0))), UserError);
  EXPECT_THAT(
      [&] {
        CheckedPlace({Vec3(), {0, 0, 0, 0}});
      },
      ThrowsMessage<UserError>(HasSubstr("norm 1; it is 0")));
  EXPECT_NEAR(CheckedPlace({Vec3(), {0, 0, 0, 2}}).q.w, 1, 1e-12);
}

}  // namespace
}  // namespace rookery
