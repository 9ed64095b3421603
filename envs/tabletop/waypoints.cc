#include "envs/tabletop/waypoints.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "envs/tabletop/primitives.h"

namespace rookery {
namespace {

constexpr double kPickDepth_m = 0.008;

// Rotation vector of q, the one nearest to `near` of those that mean the same.
Vec3 RotationVector(const Quat& q, const Vec3& near) {
  const Vec3 v(q.x, q.y, q.z);
  const double sine = Norm(v);
  if (sine < 1e-12) {
    // No rotation, or whole turns about the axis of before.
    const double turns = std::nearbyint(Norm(near) / (2 * kPi));
    return turns == 0 ? Vec3() : Normalized(near) * (2 * kPi * turns);
  }
  const Vec3 axis = v * (1 / sine);
  const double angle = 2 * std::atan2(sine, q.w);
  const double turns = std::nearbyint((Dot(near, axis) - angle) / (2 * kPi));
  return axis * (angle + 2 * kPi * turns);
}

Quat FromRotationVector(const Vec3& v) {
  const double angle = Norm(v);
  return angle < 1e-12 ? Quat() : AxisAngle(v * (1 / angle), angle);
}

// Slopes at the knots of the cubic spline through p, with the given slopes at both ends.
std::vector<Vec3> Slopes(const std::vector<Vec3>& p, const Vec3& first, const Vec3& last) {
  const size_t n = p.size();
  std::vector<Vec3> m(n);
  std::vector<double> c(n, 0);
  m.front() = first;
  m.back() = last;
  // m[i-1] + 4 m[i] + m[i+1] = 3 (p[i+1] - p[i-1]): forward elimination, back substitution.
  for (size_t i = 1; i + 1 < n; ++i) {
    Vec3 right = 3 * (p[i + 1] - p[i - 1]) - m[i - 1];
    if (i + 2 == n) right = right - last;
    const double pivot = 4 - c[i - 1];
    c[i] = 1 / pivot;
    m[i] = right * (1 / pivot);
  }
  for (size_t i = n - 1; i-- > 1;) {
    if (i + 2 < n) m[i] = m[i] - m[i + 1] * c[i];
  }
  return m;
}

std::vector<Waypoint> Sampled(const std::vector<Pose>& keys, int samples) {
  std::vector<Quat> rotations;
  for (const Pose& key : keys) rotations.push_back(key.q);
  rotations = SplineRotations(rotations, samples);
  std::vector<Waypoint> out(rotations.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t segment = std::min(i / static_cast<size_t>(samples), keys.size() - 2);
    const double t = static_cast<double>(i) / samples - static_cast<double>(segment);
    out[i].X_WE = {keys[segment].p * (1 - t) + keys[segment + 1].p * t, rotations[i]};
  }
  return out;
}

}  // namespace

std::vector<Quat> SplineRotations(const std::vector<Quat>& keys, int samples) {
  ROOKERY_CHECK_GE(keys.size(), size_t{2});
  ROOKERY_CHECK_GE(samples, 1);
  std::vector<Vec3> v = {Vec3()};
  for (size_t i = 1; i < keys.size(); ++i) {
    v.push_back(RotationVector(Conjugate(keys[0]) * keys[i], v.back()));
  }
  const std::vector<Vec3> m = Slopes(v, v[1] - v[0], v[v.size() - 1] - v[v.size() - 2]);
  std::vector<Quat> out;
  for (size_t i = 0; i + 1 < v.size(); ++i) {
    for (int k = 0; k < samples; ++k) {
      const double t = static_cast<double>(k) / samples, s = 1 - t;
      // Hermite's form of the cubic.
      const Vec3 at = v[i] * (s * s * (1 + 2 * t)) + m[i] * (t * s * s) +
                      v[i + 1] * (t * t * (3 - 2 * t)) - m[i + 1] * (t * t * s);
      out.push_back(keys[0] * FromRotationVector(at));
    }
  }
  out.push_back(keys.back());
  return out;
}

std::vector<Waypoint> PickPlaceWaypoints(const Pose& X_WE_now, const Pose& pose0, const Pose& pose1,
                                         double height_m, int samples) {
  const Pose up(Vec3(0, 0, height_m));
  const Pose over_pick = pose0 * up, over_place = pose1 * up;
  std::vector<Waypoint> out = Sampled({X_WE_now, over_pick, pose0 * Pose(Vec3(0, 0, -kPickDepth_m)),
                                       over_pick, over_place, pose1, over_place},
                                      samples);
  for (const size_t pose : {size_t{2}, size_t{5}}) {
    out[pose * static_cast<size_t>(samples)].command = true;
  }
  return out;
}

std::vector<Waypoint> PushWaypoints(const Pose& X_WE_now, const Pose& pose0, const Pose& pose1,
                                    int samples) {
  const std::optional<PushPath> path = PlanPush(pose0, pose1);
  if (!path) return {{.X_WE = X_WE_now}};
  std::vector<Waypoint> out =
      Sampled({X_WE_now, path->over_start, path->start, path->end, path->over_end}, samples);
  for (size_t i = 2 * static_cast<size_t>(samples); i <= 3 * static_cast<size_t>(samples); ++i) {
    out[i].command = true;
  }
  return out;
}

void SaveWaypoint(const Waypoint& waypoint, ByteWriter* out) {
  const Pose& X = waypoint.X_WE;
  for (double value : {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w}) out->Put(value);
  out->Put(waypoint.command);
}

Waypoint LoadWaypoint(ByteReader* in) {
  Waypoint waypoint;
  Pose& X = waypoint.X_WE;
  for (double* value : {&X.p.x, &X.p.y, &X.p.z, &X.q.x, &X.q.y, &X.q.z, &X.q.w}) {
    *value = in->Get<double>();
  }
  waypoint.command = in->Get<bool>();
  return waypoint;
}

}  // namespace rookery
