// Rigid transforms. X_AB is the pose of frame B in frame A: p_A = X_AB * p_B, and
// X_AC = X_AB * X_BC. Metres, radians; quaternions are stored (x, y, z, w).
#ifndef ROOKERY_CORE_POSE_H_
#define ROOKERY_CORE_POSE_H_

#include <array>
#include <cmath>

namespace rookery {

inline constexpr double kPi = 3.14159265358979323846;

struct Vec3 {
  double x = 0, y = 0, z = 0;

  constexpr Vec3() = default;
  constexpr Vec3(double x_, double y_, double z_) : x(x_), y(y_), z(z_) {}
  double& operator[](int i) { return i == 0 ? x : (i == 1 ? y : z); }
  double operator[](int i) const { return i == 0 ? x : (i == 1 ? y : z); }
  bool operator==(const Vec3&) const = default;
};
inline Vec3 operator+(const Vec3& a, const Vec3& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(const Vec3& a, const Vec3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator-(const Vec3& a) { return {-a.x, -a.y, -a.z}; }
inline Vec3 operator*(const Vec3& a, double s) { return {a.x * s, a.y * s, a.z * s}; }
inline Vec3 operator*(double s, const Vec3& a) { return a * s; }
inline Vec3& operator+=(Vec3& a, const Vec3& b) { return a = a + b; }
inline double Dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 Cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double Norm(const Vec3& a) { return std::sqrt(Dot(a, a)); }
inline Vec3 Normalized(const Vec3& a) { return a * (1.0 / Norm(a)); }

// Unit quaternion; (x, y, z, w) order, Hamilton product.
struct Quat {
  double x = 0, y = 0, z = 0, w = 1;
  bool operator==(const Quat&) const = default;
};
Quat operator*(const Quat& a, const Quat& b);
Vec3 Rotate(const Quat& q, const Vec3& v);
inline Quat Conjugate(const Quat& q) { return {-q.x, -q.y, -q.z, q.w}; }
inline double Norm(const Quat& q) {
  return std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
}
Quat Normalized(const Quat& q);
Quat AxisAngle(const Vec3& unit_axis, double angle_rad);
// Rows of the 3 x 3 rotation matrix, row-major.
std::array<double, 9> RotationMatrix(const Quat& q);
Quat QuatFromMatrix(const std::array<double, 9>& r);
// Fixed-axes roll-pitch-yaw of URDF and PyBullet: R = Rz(yaw) Ry(pitch) Rx(roll).
Quat QuatFromRpy(double roll, double pitch, double yaw);
// The Ravens helper "eulerXYZ": R = Ry(pitch) Rx(roll) Rz(yaw), and its inverse as
// (roll, pitch, yaw). Equal to the above for pure yaw.
Quat QuatFromRavensEuler(double roll, double pitch, double yaw);
Vec3 RavensEuler(const Quat& q);
inline Quat QuatFromYaw(double yaw) { return {0, 0, std::sin(yaw / 2), std::cos(yaw / 2)}; }
// Angle of the rotation that takes a to b, in [0, pi].
double AngleBetween(const Quat& a, const Quat& b);

struct Pose {
  Vec3 p;
  Quat q;

  Pose() = default;
  Pose(const Vec3& position, const Quat& rotation) : p(position), q(rotation) {}
  explicit Pose(const Vec3& position) : p(position) {}
  bool operator==(const Pose&) const = default;

  Vec3 operator*(const Vec3& v) const { return Rotate(q, v) + p; }
  Pose operator*(const Pose& other) const { return {*this * other.p, q * other.q}; }
  Pose Inverse() const {
    const Quat inverse = Conjugate(q);
    return {-Rotate(inverse, p), inverse};
  }
  static Pose FromXyYaw(double x, double y, double z, double yaw) {
    return {Vec3(x, y, z), QuatFromYaw(yaw)};
  }
};

}  // namespace rookery

#endif  // ROOKERY_CORE_POSE_H_
