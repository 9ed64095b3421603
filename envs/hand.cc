#include "envs/hand.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace rookery {
namespace {

constexpr double kFrequency = 40;  // rad/s, of the spring with the whole mass; critically damped
constexpr double kMaxAcceleration = 100;  // m/s^2, of the whole mass by the greatest force
constexpr double kCalming = 5;            // 1/s, rate at which turning dies down

bool IsFinite(const Vec3& v) {
  return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

// a x = b, for a symmetric and positive definite a.
Vec3 Solve(const std::array<double, 9>& a, const Vec3& b) {
  const Vec3 r0(a[0], a[1], a[2]), r1(a[3], a[4], a[5]), r2(a[6], a[7], a[8]);
  const Vec3 c0 = Cross(r1, r2), c1 = Cross(r2, r0), c2 = Cross(r0, r1);
  return (c0 * b.x + c1 * b.y + c2 * b.z) * (1 / Dot(r0, c0));
}

double Inverse(double inertia) { return inertia > 0 ? 1 / inertia : 0; }

// 1/kg, at a point r from the centre of mass.
std::array<double, 9> InverseMassAt(const BodyInHand& body, const Vec3& r) {
  std::array<double, 9> k;
  const Quat to_body = Conjugate(body.X_WC.q);
  for (int i = 0; i < 3; ++i) {
    Vec3 unit;
    unit[i] = 1;
    Vec3 spin = Rotate(to_body, Cross(r, unit));
    for (int j = 0; j < 3; ++j) spin[j] *= Inverse(body.inertia[j]);
    const Vec3 column = unit * (1 / body.mass) + Cross(Rotate(body.X_WC.q, spin), r);
    for (int j = 0; j < 3; ++j) k[static_cast<size_t>(3 * j + i)] = column[j];
  }
  return k;
}

}  // namespace

ScenePull CheckedPull(const ScenePull& pull) {
  if (!IsFinite(pull.p_B) || !IsFinite(pull.target)) {
    throw UserError("pull of body " + std::to_string(pull.body) +
                    ": point and target must be finite numbers");
  }
  return pull;
}

Pose CheckedPlace(const Pose& X_WB) {
  const double norm = Norm(X_WB.q);
  if (!IsFinite(X_WB.p) || !(norm > 1e-6 && norm < 1e6)) {
    throw UserError(
        "place of a body: position must be finite, and the quaternion's norm 1; it is " +
        std::to_string(norm));
  }
  return {X_WB.p, Normalized(X_WB.q)};
}

Vec3 HandForce(const HeldPoint& point, double step_s) {
  // The impulse p of a spring and damper that act with the stretch and velocity of the step's end:
  // (K + softness) p = -(velocity + bias stretch).
  const double stiffness = point.mass * kFrequency * kFrequency;
  const double damping = 2 * point.mass * kFrequency;
  const double softness = 1 / (step_s * (damping + step_s * stiffness));
  const double bias = step_s * stiffness * softness;
  std::array<double, 9> k = point.inverse_mass;
  for (size_t i = 0; i < 9; i += 4) k[i] += softness;
  const Vec3 force = Solve(k, point.velocity + point.stretch * bias) * (-1 / step_s);
  const double most = point.mass * kMaxAcceleration, size = Norm(force);
  return size > most ? force * (most / size) : force;
}

Vec3 CalmingTorque(const BodyInHand& body, double step_s) {
  Vec3 torque = Rotate(Conjugate(body.X_WC.q), body.angular_velocity);
  for (int i = 0; i < 3; ++i) torque[i] *= -body.inertia[i] * kCalming / (1 + kCalming * step_s);
  return Rotate(body.X_WC.q, torque);
}

HandLoad HandLoadOn(const BodyInHand& body, const Vec3& p_W, const Vec3& target,
                    const Vec3& gravity, double step_s) {
  const Vec3 r = p_W - body.X_WC.p;
  HeldPoint point;
  point.mass = body.total_mass;
  point.stretch = p_W - target;
  point.velocity = body.velocity + Cross(body.angular_velocity, r) + gravity * step_s;
  point.inverse_mass = InverseMassAt(body, r);
  const Vec3 force = HandForce(point, step_s);
  return {force, Cross(r, force) + CalmingTorque(body, step_s)};
}

}  // namespace rookery
