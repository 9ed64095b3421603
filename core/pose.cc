#include "core/pose.h"

#include <algorithm>

namespace rookery {

Quat operator*(const Quat& a, const Quat& b) {
  return {
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}

Vec3 Rotate(const Quat& q, const Vec3& v) {
  const Vec3 u(q.x, q.y, q.z);
  const Vec3 t = 2.0 * Cross(u, v);
  return v + q.w * t + Cross(u, t);
}

Quat Normalized(const Quat& q) {
  const double s = 1.0 / Norm(q);
  return {q.x * s, q.y * s, q.z * s, q.w * s};
}

Quat AxisAngle(const Vec3& axis, double angle_rad) {
  const double s = std::sin(angle_rad / 2);
  return {axis.x * s, axis.y * s, axis.z * s, std::cos(angle_rad / 2)};
}

std::array<double, 9> RotationMatrix(const Quat& q) {
  const double xx = q.x * q.x, yy = q.y * q.y, zz = q.z * q.z;
  const double xy = q.x * q.y, xz = q.x * q.z, yz = q.y * q.z;
  const double wx = q.w * q.x, wy = q.w * q.y, wz = q.w * q.z;
  return {1 - 2 * (yy + zz), 2 * (xy - wz), 2 * (xz + wy), 2 * (xy + wz),    1 - 2 * (xx + zz),
          2 * (yz - wx),     2 * (xz - wy), 2 * (yz + wx), 1 - 2 * (xx + yy)};
}

Quat QuatFromMatrix(const std::array<double, 9>& r) {
  // Shepperd's method: divide by the largest component.
  const double trace = r[0] + r[4] + r[8];
  Quat q;
  if (trace > 0) {
    const double s = 2 * std::sqrt(trace + 1);
    q = {(r[7] - r[5]) / s, (r[2] - r[6]) / s, (r[3] - r[1]) / s, s / 4};
  } else if (r[0] > r[4] && r[0] > r[8]) {
    const double s = 2 * std::sqrt(1 + r[0] - r[4] - r[8]);
    q = {s / 4, (r[1] + r[3]) / s, (r[2] + r[6]) / s, (r[7] - r[5]) / s};
  } else if (r[4] > r[8]) {
    const double s = 2 * std::sqrt(1 + r[4] - r[0] - r[8]);
    q = {(r[1] + r[3]) / s, s / 4, (r[5] + r[7]) / s, (r[2] - r[6]) / s};
  } else {
    const double s = 2 * std::sqrt(1 + r[8] - r[0] - r[4]);
    q = {(r[2] + r[6]) / s, (r[5] + r[7]) / s, s / 4, (r[3] - r[1]) / s};
  }
  return Normalized(q);
}

Quat QuatFromRpy(double roll, double pitch, double yaw) {
  return AxisAngle({0, 0, 1}, yaw) * AxisAngle({0, 1, 0}, pitch) * AxisAngle({1, 0, 0}, roll);
}

Quat QuatFromRavensEuler(double roll, double pitch, double yaw) {
  return AxisAngle({0, 1, 0}, pitch) * AxisAngle({1, 0, 0}, roll) * AxisAngle({0, 0, 1}, yaw);
}

Vec3 RavensEuler(const Quat& q) {
  // R = Ry(p) Rx(r) Rz(w): R[1][2] = -sin r, R[0][2] = sin p cos r, R[2][2] = cos p cos r,
  // R[1][0] = cos r sin w, R[1][1] = cos r cos w.
  const std::array<double, 9> r = RotationMatrix(Normalized(q));
  const double sin_roll = std::clamp(-r[5], -1.0, 1.0);
  if (std::abs(sin_roll) > 1 - 1e-12) {
    // Gimbal lock: only pitch -+ yaw is determined; put all of it into yaw.
    return {std::asin(sin_roll), 0, std::atan2(-r[1], r[0])};
  }
  return {std::asin(sin_roll), std::atan2(r[2], r[8]), std::atan2(r[3], r[4])};
}

double AngleBetween(const Quat& a, const Quat& b) {
  const Quat d = Conjugate(a) * b;
  return 2 * std::atan2(Norm(Vec3(d.x, d.y, d.z)), std::abs(d.w));
}

}  // namespace rookery
