#include "renderers/mesh.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "renderers/mesh_builder.h"

namespace rookery {
namespace {

using internal::MeshBuilder;

void CheckSize(const char* what, double value, bool zero_allowed = false) {
  if (std::isfinite(value) && (value > 0 || (zero_allowed && value == 0))) return;
  throw UserError(std::string(what) + " = " + std::to_string(value) + " must be a " +
                  (zero_allowed ? "number >= 0" : "positive number"));
}

void CheckSegments(int segments) {
  if (segments < 3 || segments > 65536) {
    throw UserError("segments = " + std::to_string(segments) + " is outside [3, 65536]");
  }
}

// A ring of points about z; the first one is repeated by index, so the surface closes exactly.
std::vector<std::pair<double, double>> UnitCircle(int segments) {
  std::vector<std::pair<double, double>> circle;
  for (int i = 0; i < segments; ++i) {
    const double angle = 2 * kPi * i / segments;
    circle.emplace_back(std::cos(angle), std::sin(angle));
  }
  return circle;
}

// One point of a profile and the direction its surface faces, both as (radius, z).
struct ProfilePoint {
  double r, z;
  double normal_r, normal_z;
};

// Sweeps a piece of profile about z. Walking along it, outside is on the right.
void Sweep(const std::vector<ProfilePoint>& profile, int segments, MeshBuilder* out) {
  const auto circle = UnitCircle(segments);
  const auto n = static_cast<uint32_t>(segments);
  const uint32_t first = out->vertices();
  for (const ProfilePoint& p : profile) {
    for (const auto& [c, s] : circle) {
      out->AddVertex({p.r * c, p.r * s, p.z}, {p.normal_r * c, p.normal_r * s, p.normal_z});
    }
  }
  for (uint32_t k = 0; k + 1 < profile.size(); ++k) {
    for (uint32_t i = 0; i < n; ++i) {
      const uint32_t j = (i + 1) % n;
      const uint32_t a = first + k * n + i, b = first + k * n + j;
      if (profile[k].r > 0) out->AddTriangle(a, b, b + n);
      if (profile[k + 1].r > 0) out->AddTriangle(a, b + n, a + n);
    }
  }
}

// A hemisphere about (0, 0, z) from the equator to the pole (up = +1) or back (up = -1).
void AppendCap(double radius, double z, int rings, bool up, std::vector<ProfilePoint>* profile) {
  for (int k = 0; k <= rings; ++k) {
    const double angle = kPi / 2 * (up ? k : k - rings) / rings;
    const bool pole = up ? k == rings : k == 0;
    const double c = pole ? 0 : std::cos(angle), s = std::sin(angle);
    profile->push_back({radius * c, z + radius * s, c, s});
  }
}

}  // namespace

MeshPtr BoxMesh(const Vec3& size) {
  for (int i = 0; i < 3; ++i) CheckSize("box edge", size[i]);
  MeshBuilder out;
  for (int axis = 0; axis < 3; ++axis) {
    for (int side : {-1, 1}) {
      Vec3 normal, u, v;  // u x v = normal
      normal[axis] = side;
      u[(axis + 1) % 3] = side * size[(axis + 1) % 3] / 2;
      v[(axis + 2) % 3] = size[(axis + 2) % 3] / 2;
      const Vec3 centre = normal * (size[axis] / 2);
      out.AddQuad(centre - u - v, centre + u - v, centre + u + v, centre - u + v, normal);
    }
  }
  return out.Build();
}

MeshPtr CylinderMesh(double radius, double length, int segments) {
  CheckSize("cylinder radius", radius);
  CheckSize("cylinder length", length);
  CheckSegments(segments);
  const double h = length / 2;
  MeshBuilder out;
  Sweep({{0, -h, 0, -1}, {radius, -h, 0, -1}}, segments, &out);
  Sweep({{radius, -h, 1, 0}, {radius, h, 1, 0}}, segments, &out);
  Sweep({{radius, h, 0, 1}, {0, h, 0, 1}}, segments, &out);
  return out.Build();
}

MeshPtr CapsuleMesh(double radius, double length, int segments) {
  CheckSize("capsule radius", radius);
  CheckSize("capsule length", length, true);
  CheckSegments(segments);
  const int rings = std::max(2, segments / 4);
  std::vector<ProfilePoint> profile;
  AppendCap(radius, -length / 2, rings, false, &profile);
  if (length == 0) profile.pop_back();
  AppendCap(radius, length / 2, rings, true, &profile);
  MeshBuilder out;
  Sweep(profile, segments, &out);
  return out.Build();
}

MeshPtr SphereMesh(double radius, int segments) {
  CheckSize("sphere radius", radius);
  return CapsuleMesh(radius, 0, segments);
}

MeshPtr PlaneMesh(double size_x, double size_y) {
  CheckSize("plane size x", size_x);
  CheckSize("plane size y", size_y);
  const double x = size_x / 2, y = size_y / 2;
  MeshBuilder out;
  out.AddQuad({-x, -y, 0}, {x, -y, 0}, {x, y, 0}, {-x, y, 0}, {0, 0, 1});
  return out.Build();
}

MeshPtr LatheMesh(std::span<const std::pair<double, double>> profile, int segments) {
  CheckSegments(segments);
  if (profile.size() < 2) {
    throw UserError("a lathe profile needs at least 2 points, got " +
                    std::to_string(profile.size()));
  }
  for (const auto& [r, z] : profile) {
    CheckSize("lathe profile radius", r, true);
    if (!std::isfinite(z)) throw UserError("lathe profile z = " + std::to_string(z));
  }
  // Direction an edge of the profile faces, not of unit length; 0 for a repeated point.
  const auto facing = [&](size_t k) {
    return std::pair(profile[k + 1].second - profile[k].second,
                     profile[k].first - profile[k + 1].first);
  };
  const auto unit = [](std::pair<double, double> a) {
    const double length = std::hypot(a.first, a.second);
    return length > 0 ? std::pair(a.first / length, a.second / length) : std::pair(0.0, 0.0);
  };
  const size_t last = profile.size() - 1;
  const bool closed = profile.front() == profile.back();
  MeshBuilder out;
  // A repeated point is a sharp edge: the pieces between are swept on their own.
  for (size_t begin = 0; begin < last;) {
    size_t end = begin;
    while (end < last && profile[end] != profile[end + 1]) ++end;
    std::vector<ProfilePoint> piece;
    for (size_t k = begin; k <= end && end > begin; ++k) {
      // Smooth: the mean of the two edges that meet here.
      std::pair<double, double> before(0, 0), after(0, 0);
      if (k > begin) before = unit(facing(k - 1));
      if (k < end) after = unit(facing(k));
      if (closed && begin == 0 && end == last) {
        if (k == begin) before = unit(facing(last - 1));
        if (k == end) after = unit(facing(0));
      }
      auto normal = unit({before.first + after.first, before.second + after.second});
      if (profile[k].first == 0) {
        // On the axis every side meets: only z is left.
        normal = {0, normal.second < 0 ? -1 : 1};
      }
      piece.push_back({profile[k].first, profile[k].second, normal.first, normal.second});
    }
    if (!piece.empty()) Sweep(piece, segments, &out);
    begin = std::max(end + (end < last ? 1 : 0), begin + 1);
  }
  return out.Build();
}

}  // namespace rookery
