#include "tasks/ravens/goal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "core/error.h"

namespace rookery {
namespace {

constexpr double kZoneTop = 0.3;        // m, in the zone's frame
constexpr double kPointSpacing = 0.02;  // m

// Distance of two angles that mean the same every `period` rad.
double YawDistance(double a, double b, double period) {
  const double d = std::fmod(std::abs(a - b), period);
  return std::min(d, period - d);
}

// Smallest angle between cubes of these rotations. The quaternions of a cube's 24 symmetries are
// +-1, (+-1 +-1) / sqrt(2) and (+-1 +-1 +-1 +-1) / 2 along any axes.
double CubeAngle(const Quat& a, const Quat& b) {
  const Quat d = Conjugate(a) * b;
  std::array<double, 4> c = {std::abs(d.x), std::abs(d.y), std::abs(d.z), std::abs(d.w)};
  std::sort(c.begin(), c.end(), std::greater<>());
  const double nearest =
      std::max({c[0], (c[0] + c[1]) / std::sqrt(2.0), (c[0] + c[1] + c[2] + c[3]) / 2});
  return 2 * std::acos(std::min(nearest, 1.0));
}

// Most objects that can have a target each: augmenting paths (Kuhn).
size_t MaximumMatching(const std::vector<std::vector<size_t>>& fits, size_t targets) {
  std::vector<int> owner(targets, -1);
  size_t matched = 0;
  for (size_t object = 0; object < fits.size(); ++object) {
    std::vector<bool> tried(targets, false);
    const auto place = [&](const auto& self, size_t i) -> bool {
      for (size_t target : fits[i]) {
        if (tried[target]) continue;
        tried[target] = true;
        if (owner[target] < 0 || self(self, static_cast<size_t>(owner[target]))) {
          owner[target] = static_cast<int>(i);
          return true;
        }
      }
      return false;
    };
    if (place(place, object)) ++matched;
  }
  return matched;
}

double PoseShare(const Goal& goal, const PhysicsWorld& physics, bool strict) {
  const std::vector<Pose>& targets = goal.Targets(strict);
  std::vector<std::vector<size_t>> fits(goal.objects.size());
  size_t somewhere = 0;
  for (size_t i = 0; i < goal.objects.size(); ++i) {
    const Pose X_WB = physics.ComPose(goal.objects[i].body);
    for (size_t j = 0; j < targets.size(); ++j) {
      if (goal.Allowed(i, j) && PosesMatch(goal, X_WB, targets[j], goal.objects[i], strict)) {
        fits[i].push_back(j);
      }
    }
    if (!fits[i].empty()) ++somewhere;
  }
  if (strict && !goal.replace) somewhere = MaximumMatching(fits, targets.size());
  return static_cast<double>(somewhere) / static_cast<double>(goal.objects.size());
}

double ZoneShare(const Goal& goal, const PhysicsWorld& physics) {
  size_t inside = 0, total = 0;
  for (const Goal::Zone& zone : goal.zones) {
    const Pose X_ZW = zone.X_WZ.Inverse();
    for (const Goal::Object& object : goal.objects) {
      const Pose X_ZB = X_ZW * physics.ComPose(object.body);
      for (const Vec3& point : object.points) {
        const Vec3 p = X_ZB * point;
        if (std::abs(p.x) < zone.size.x / 2 && std::abs(p.y) < zone.size.y / 2 && p.z < kZoneTop) {
          ++inside;
        }
      }
      total += object.points.size();
    }
  }
  return total == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(total);
}

double HullShare(const Goal& goal, const PhysicsWorld& physics) {
  std::vector<std::array<double, 2>> points;
  for (const Goal::Object& object : goal.objects) {
    const Vec3 p = physics.ComPose(object.body).p;
    points.push_back({p.x, p.y});
  }
  return std::min(1.0, ConvexHullArea(std::move(points)) / goal.hull_area);
}

void Put(const Vec3& v, ByteWriter* out) {
  for (int i = 0; i < 3; ++i) out->Put(v[i]);
}
void Put(const Pose& X, ByteWriter* out) {
  Put(X.p, out);
  for (double q : {X.q.x, X.q.y, X.q.z, X.q.w}) out->Put(q);
}
Vec3 GetVec3(ByteReader* in) {
  Vec3 v;
  for (int i = 0; i < 3; ++i) v[i] = in->Get<double>();
  return v;
}
Pose GetPose(ByteReader* in) {
  Pose X;
  X.p = GetVec3(in);
  for (double* q : {&X.q.x, &X.q.y, &X.q.z, &X.q.w}) *q = in->Get<double>();
  return X;
}

}  // namespace

std::vector<uint8_t> OneToOne(size_t n) {
  std::vector<uint8_t> matches(n * n, 0);
  for (size_t i = 0; i < n; ++i) matches[i * n + i] = 1;
  return matches;
}

void CheckGoal(const Goal& goal, const PhysicsWorld& physics) {
  const bool zone = goal.metric == Goal::Metric::kZone;
  ROOKERY_CHECK(!goal.objects.empty());
  const std::vector<BodyId> bodies = physics.Bodies();
  for (const Goal::Object& object : goal.objects) {
    if (!std::binary_search(bodies.begin(), bodies.end(), object.body)) {
      throw Bug("a goal names body " + std::to_string(object.body) +
                ", which is not in the world; bodies are what AddRigid and AddFixed return");
    }
    ROOKERY_CHECK_GE(object.symmetry, 0);
    ROOKERY_CHECK(!zone || !object.points.empty());
  }
  ROOKERY_CHECK(goal.metric != Goal::Metric::kPose || !goal.targets.empty());
  ROOKERY_CHECK(!zone || !goal.zones.empty());
  if (!goal.matches.empty()) {
    ROOKERY_CHECK_EQ(goal.matches.size(), goal.objects.size() * goal.targets.size());
  }
  if (!goal.rest_targets.empty()) {
    ROOKERY_CHECK_EQ(goal.rest_targets.size(), goal.targets.size());
  }
  if (goal.places.size() > 1) ROOKERY_CHECK_EQ(goal.places.size(), goal.targets.size());
  ROOKERY_CHECK(goal.metric != Goal::Metric::kHull || goal.hull_area > 0);
  ROOKERY_CHECK_GT(goal.max_reward, 0);
}

bool PosesMatch(const Goal& goal, const Pose& P, const Pose& Q, const Goal::Object& object,
                bool strict) {
  const double symmetry = object.symmetry;
  if (!(std::hypot(P.p.x - Q.p.x, P.p.y - Q.p.y) < goal.position_tolerance)) return false;
  if (strict && !(std::abs(P.p.z - Q.p.z) < goal.height_tolerance)) return false;
  if (symmetry == 0) return true;
  if (strict && object.cube) return CubeAngle(P.q, Q.q) < goal.rotation_tolerance;
  if (!(YawDistance(RavensEuler(P.q).z, RavensEuler(Q.q).z, symmetry) < goal.rotation_tolerance)) {
    return false;
  }
  if (!strict) return true;
  const double tilt_cosine = Dot(Rotate(P.q, {0, 0, 1}), Rotate(Q.q, {0, 0, 1}));
  return std::acos(std::clamp(tilt_cosine, -1.0, 1.0)) < goal.rotation_tolerance;
}

double EarnedReward(const Goal& goal, const PhysicsWorld& physics, bool strict) {
  ROOKERY_CHECK(!goal.objects.empty());
  switch (goal.metric) {
    case Goal::Metric::kPose:
      return goal.max_reward * PoseShare(goal, physics, strict);
    case Goal::Metric::kZone:
      return goal.max_reward * ZoneShare(goal, physics);
    case Goal::Metric::kHull:
      return goal.max_reward * HullShare(goal, physics);
  }
  throw Bug("a goal without a metric");
}

double ConvexHullArea(std::vector<std::array<double, 2>> points) {
  // Andrew's monotone chain: lower and upper hull, each turning left.
  std::sort(points.begin(), points.end());
  const auto cross = [](const auto& o, const auto& a, const auto& b) {
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  };
  double twice = 0;
  for (int side = 0; side < 2; ++side) {
    std::vector<std::array<double, 2>> chain;
    for (const auto& point : points) {
      while (chain.size() >= 2 && cross(chain[chain.size() - 2], chain.back(), point) <= 0) {
        chain.pop_back();
      }
      chain.push_back(point);
    }
    for (size_t i = 0; i + 1 < chain.size(); ++i) {
      twice += chain[i][0] * chain[i + 1][1] - chain[i + 1][0] * chain[i][1];
    }
    std::reverse(points.begin(), points.end());
  }
  return twice / 2;
}

std::vector<Vec3> BoxPoints(const Vec3& size) {
  // As numpy.arange(-d / 2, d / 2, 0.02).
  const auto axis = [](double d) {
    std::vector<double> values;
    const auto n = static_cast<int>(std::ceil(d / kPointSpacing));
    for (int i = 0; i < n; ++i) values.push_back(-d / 2 + i * kPointSpacing);
    return values;
  };
  std::vector<Vec3> points;
  for (double x : axis(size.x)) {
    for (double y : axis(size.y)) {
      for (double z : axis(size.z)) points.emplace_back(x, y, z);
    }
  }
  return points;
}

void SaveGoal(const Goal& goal, ByteWriter* out) {
  out->Put<uint64_t>(goal.objects.size());
  for (const Goal::Object& object : goal.objects) {
    out->Put(object.body);
    out->Put(object.symmetry);
    out->Put(object.cube);
    out->PutString(object.name);
    out->Put<uint64_t>(object.points.size());
    for (const Vec3& point : object.points) Put(point, out);
  }
  out->Put<uint64_t>(goal.targets.size());
  for (const Pose& target : goal.targets) Put(target, out);
  out->Put<uint64_t>(goal.rest_targets.size());
  for (const Pose& target : goal.rest_targets) Put(target, out);
  out->Put<uint64_t>(goal.places.size());
  for (const std::string& place : goal.places) out->PutString(place);
  out->PutVector(goal.matches);
  out->Put(goal.replace);
  out->Put(goal.rotations);
  out->Put(goal.metric);
  out->Put<uint64_t>(goal.zones.size());
  for (const Goal::Zone& zone : goal.zones) {
    Put(zone.X_WZ, out);
    Put(zone.size, out);
  }
  out->Put(goal.hull_area);
  out->Put(goal.max_reward);
  out->Put(goal.position_tolerance);
  out->Put(goal.rotation_tolerance);
  out->Put(goal.height_tolerance);
}

Goal LoadGoal(ByteReader* in) {
  Goal goal;
  for (auto n = in->Get<uint64_t>(); n > 0; --n) {
    Goal::Object object;
    object.body = in->Get<BodyId>();
    object.symmetry = in->Get<double>();
    object.cube = in->Get<bool>();
    object.name = in->GetString();
    for (auto m = in->Get<uint64_t>(); m > 0; --m) object.points.push_back(GetVec3(in));
    goal.objects.push_back(std::move(object));
  }
  for (auto n = in->Get<uint64_t>(); n > 0; --n) goal.targets.push_back(GetPose(in));
  for (auto n = in->Get<uint64_t>(); n > 0; --n) goal.rest_targets.push_back(GetPose(in));
  for (auto n = in->Get<uint64_t>(); n > 0; --n) goal.places.push_back(in->GetString());
  goal.matches = in->GetVector<uint8_t>();
  goal.replace = in->Get<bool>();
  goal.rotations = in->Get<bool>();
  goal.metric = in->Get<Goal::Metric>();
  if (goal.metric > Goal::Metric::kHull) throw UserError("snapshot: a goal's metric is unknown");
  for (auto n = in->Get<uint64_t>(); n > 0; --n) {
    Goal::Zone zone;
    zone.X_WZ = GetPose(in);
    zone.size = GetVec3(in);
    goal.zones.push_back(zone);
  }
  goal.hull_area = in->Get<double>();
  goal.max_reward = in->Get<double>();
  goal.position_tolerance = in->Get<double>();
  goal.rotation_tolerance = in->Get<double>();
  goal.height_tolerance = in->Get<double>();
  return goal;
}

}  // namespace rookery
