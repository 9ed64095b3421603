#include "renderers/triangle_setup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/error.h"

namespace rookery::internal {
namespace {

constexpr float kUnlimited = std::numeric_limits<float>::max();
// Pixels around a triangle's exact bounds: more than the rounding of its edge functions.
constexpr double kMargin_px = 0.01;

// To 1/256 of a pixel: what is left of the sum's digits.
double Snap(double px) {
  constexpr double kBig = 1.5 * (int64_t{1} << 44);
  return (px + kBig) - kBig;
}
// Below this, the difference of a pixel and a snapped coordinate is an exact float.
constexpr double kMostSnapped_px = 32000;

// [0, 255] as a whole number, the way 8-bit colours are multiplied.
float WholeColor(float value) { return std::floor(std::clamp(255.0f * value, 0.0f, 255.0f)); }

void SetColors(const Material& material, ShadeTriangle* shade) {
  for (size_t c = 0; c < 3; ++c) {
    shade->base[0][c] = WholeColor(material.rgb[c]);
    shade->base[1][c] = WholeColor(material.checker_rgb[c]);
  }
}

}  // namespace

Affine AffineOf(const Pose& pose) {
  const std::array<double, 9> r = RotationMatrix(pose.q);
  Affine out;
  for (size_t i = 0; i < 3; ++i) {
    out[i] = {r[3 * i], r[3 * i + 1], r[3 * i + 2], pose.p[static_cast<int>(i)]};
  }
  return out;
}

Affine operator*(const Affine& a, const Affine& b) {
  Affine out;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 4; ++j) {
      out[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
    }
    out[i][3] += a[i][3];
  }
  return out;
}

View ViewOf(const Camera& camera) {
  const Affine to_camera = AffineOf(camera.X_WC.Inverse());
  View view;
  for (size_t j = 0; j < 4; ++j) {
    view.to_pixel[0][j] = camera.fx * to_camera[0][j] + camera.cx * to_camera[2][j];
    view.to_pixel[1][j] = camera.fy * to_camera[1][j] + camera.cy * to_camera[2][j];
    view.to_pixel[2][j] = to_camera[2][j];
  }
  view.width = camera.width;
  view.height = camera.height;
  view.near_m = camera.near_m;
  view.far_m = camera.far_m;
  if (camera.far_m < 2 * camera.near_m) view.offset = 2 / (camera.near_m + camera.far_m);
  return view;
}

LinearMap FromPixel(const Camera& camera, double offset, const std::array<double, 4>& row) {
  // World point = X_WC * (depth * ((x - cx) / fx, (y - cy) / fy, 1)).
  const Affine to_world = AffineOf(camera.X_WC);
  std::array<double, 4> f;  // of a point in the camera's frame
  for (size_t j = 0; j < 4; ++j) {
    f[j] = row[0] * to_world[0][j] + row[1] * to_world[1][j] + row[2] * to_world[2][j];
  }
  f[3] += row[3];
  const double x = f[0] / camera.fx, y = f[1] / camera.fy;
  return {static_cast<float>(x), static_cast<float>(y),
          static_cast<float>(f[2] - camera.cx * x - camera.cy * y + offset * f[3]),
          static_cast<float>(f[3])};
}

uint32_t ShadedColor(const float* base, const std::array<float, 3>& normal,
                     const std::array<float, 3>& light, bool dark) {
  const float along = normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2];
  const float mirrored = std::max(2.0f * along * normal[2] - light[2], 0.0f);
  const float direct = 0.35f * std::max(along, 0.0f) + 0.05f * (mirrored * mirrored);
  const float brightness = 0.6f + (dark ? 0.8f : 1.0f) * direct;
  uint32_t color = 0;
  for (int c = 2; c >= 0; --c) {
    color = color << 8 | static_cast<uint32_t>(std::min(base[c] * brightness, 255.0f));
  }
  return color;
}

void TriangleSetup::Project(const Placed& placed, const View& view) {
  const Mesh& mesh = *placed.visual->mesh;
  const Affine m = view.to_pixel * placed.to_world;
  const size_t n = mesh.vertices.size() / 3;
  vertices_.resize(n);
  for (size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(mesh.vertices[3 * i]);
    const double y = static_cast<double>(mesh.vertices[3 * i + 1]);
    const double z = static_cast<double>(mesh.vertices[3 * i + 2]);
    Vertex& v = vertices_[i];
    v.x = m[0][0] * x + m[0][1] * y + m[0][2] * z + m[0][3];
    v.y = m[1][0] * x + m[1][1] * y + m[1][2] * z + m[1][3];
    v.z = m[2][0] * x + m[2][1] * y + m[2][2] * z + m[2][3];
    const double inverse = v.z >= view.near_m ? 1 / v.z : 0;
    v.screen_x = v.x * inverse;
    v.screen_y = v.y * inverse;
    v.snapped = inverse > 0 && std::abs(v.screen_x) < kMostSnapped_px &&
                std::abs(v.screen_y) < kMostSnapped_px;
    if (v.snapped) {
      v.screen_x = Snap(v.screen_x);
      v.screen_y = Snap(v.screen_y);
    }
  }
}

TriangleSetup::Bounds TriangleSetup::ClippedBounds(const std::array<const Vertex*, 3>& v,
                                                   double near_m) {
  Bounds out = {1e30, 1e30, -1e30, -1e30};
  const auto include = [&out](double x, double y) {
    out.x0 = std::min(out.x0, x);
    out.x1 = std::max(out.x1, x);
    out.y0 = std::min(out.y0, y);
    out.y1 = std::max(out.y1, y);
  };
  for (size_t i = 0; i < 3; ++i) {
    const Vertex& a = *v[i];
    const Vertex& b = *v[(i + 1) % 3];
    if (a.z >= near_m) include(a.screen_x, a.screen_y);
    if ((a.z >= near_m) != (b.z >= near_m)) {
      const double t = (near_m - a.z) / (b.z - a.z);
      include((a.x + t * (b.x - a.x)) / near_m, (a.y + t * (b.y - a.y)) / near_m);
    }
  }
  return out;
}

void TriangleSetup::SetEdge(const Vertex& a, const Vertex& b, const double* homogeneous, bool flip,
                            int k, RasterTriangle* t) {
  float* const edge = t->edge[k];
  if (a.snapped && b.snapped) {
    const double sign = flip ? -1 : 1;
    edge[0] = static_cast<float>(sign * (a.screen_y - b.screen_y));
    edge[1] = static_cast<float>(sign * (b.screen_x - a.screen_x));
    edge[2] = 0;
    // The same end for both triangles at this edge.
    const bool first =
        a.screen_y < b.screen_y || (a.screen_y == b.screen_y && a.screen_x < b.screen_x);
    const Vertex& origin = first ? a : b;
    t->origin[k][0] = static_cast<float>(origin.screen_x);
    t->origin[k][1] = static_cast<float>(origin.screen_y);
  } else {
    for (size_t c = 0; c < 3; ++c) edge[c] = static_cast<float>(homogeneous[c]);
    t->origin[k][0] = t->origin[k][1] = 0;
  }
  // Of the two triangles at an edge one owns the pixels exactly on it.
  const bool own = edge[0] > 0 || (edge[0] == 0 && edge[1] > 0);
  t->threshold[k] = own ? 0 : std::numeric_limits<float>::denorm_min();
}

uint32_t TriangleSetup::Run(const Placed& placed, const View& view,
                            const std::array<float, 3>& light, RasterTriangle* triangles,
                            ShadeTriangle* shade) {
  const Mesh& mesh = *placed.visual->mesh;
  Project(placed, view);
  if (shade != nullptr) {
    const Affine& m = placed.normal_to_world;
    normals_.resize(vertices_.size());
    for (size_t i = 0; i < normals_.size(); ++i) {
      const float* const n = &mesh.normals[3 * i];
      for (size_t k = 0; k < 3; ++k) {
        normals_[i][k] = m[k][0] * static_cast<double>(n[0]) + m[k][1] * static_cast<double>(n[1]) +
                         m[k][2] * static_cast<double>(n[2]);
      }
    }
  }
  const double right = view.width - 1, bottom = view.height - 1;
  uint32_t count = 0;
  for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
    std::array<uint32_t, 3> index = {mesh.indices[i], mesh.indices[i + 1], mesh.indices[i + 2]};
    if (std::max({index[0], index[1], index[2]}) >= vertices_.size()) {
      throw UserError("a mesh of body " + std::to_string(placed.body) + " has " +
                      std::to_string(vertices_.size()) + " vertices but names number " +
                      std::to_string(std::max({index[0], index[1], index[2]})));
    }
    if (placed.mirrored) std::swap(index[1], index[2]);
    std::array<const Vertex*, 3> v = {&vertices_[index[0]], &vertices_[index[1]],
                                      &vertices_[index[2]]};
    const double least_z = std::min({v[0]->z, v[1]->z, v[2]->z});
    const double most_z = std::max({v[0]->z, v[1]->z, v[2]->z});
    if (most_z < view.near_m || least_z > view.far_m) continue;
    const bool near = least_z < view.near_m;
    Bounds bounds;
    if (near) {
      bounds = ClippedBounds(v, view.near_m);
    } else {
      bounds = {std::min({v[0]->screen_x, v[1]->screen_x, v[2]->screen_x}),
                std::min({v[0]->screen_y, v[1]->screen_y, v[2]->screen_y}),
                std::max({v[0]->screen_x, v[1]->screen_x, v[2]->screen_x}),
                std::max({v[0]->screen_y, v[1]->screen_y, v[2]->screen_y})};
    }
    // Pixel centres are at whole numbers: many small triangles cover none.
    const double x0 = std::ceil(std::max(bounds.x0 - kMargin_px, 0.0));
    const double y0 = std::ceil(std::max(bounds.y0 - kMargin_px, 0.0));
    const double x1 = std::floor(std::min(bounds.x1 + kMargin_px, right));
    const double y1 = std::floor(std::min(bounds.y1 + kMargin_px, bottom));
    if (!(x0 <= x1 && y0 <= y1)) continue;

    // Edge k is opposite vertex k. The front of a triangle has a positive determinant.
    double edge[3][3];
    for (size_t k = 0; k < 3; ++k) {
      const Vertex& a = *v[(k + 2) % 3];
      const Vertex& b = *v[(k + 1) % 3];
      edge[k][0] = a.y * b.z - a.z * b.y;
      edge[k][1] = a.z * b.x - a.x * b.z;
      edge[k][2] = a.x * b.y - a.y * b.x;
    }
    double determinant = v[0]->x * edge[0][0] + v[0]->y * edge[0][1] + v[0]->z * edge[0][2];
    const bool flip = determinant < 0 && !view.one_sided;
    if (flip) {
      determinant = -determinant;
      for (auto& e : edge) {
        for (double& value : e) value = -value;
      }
    }
    if (!(determinant > 0)) continue;

    RasterTriangle& t = triangles[placed.first + count];
    const double scale = 1 / determinant;
    if (!(scale < 1e300)) continue;
    for (int k = 0; k < 3; ++k) {
      const Vertex& a = *v[static_cast<size_t>((k + 2) % 3)];
      const Vertex& b = *v[static_cast<size_t>((k + 1) % 3)];
      SetEdge(a, b, edge[k], flip, k, &t);
    }
    for (size_t c = 0; c < 3; ++c) {
      const double sum = (edge[0][c] + edge[1][c] + edge[2][c]) * scale;
      t.nearness[c] = static_cast<float>(c == 2 ? sum - view.offset : sum);
    }
    t.low = near ? -kUnlimited : static_cast<float>(1 / most_z - view.offset);
    t.high = near ? kUnlimited : static_cast<float>(1 / least_z - view.offset);
    t.limit = near ? static_cast<float>(1 / view.near_m - view.offset) : kUnlimited;
    t.id = (placed.first + count + 1) << 8 | static_cast<uint32_t>(placed.body);
    t.x0 = static_cast<int16_t>(x0);
    t.y0 = static_cast<int16_t>(y0);
    t.x1 = static_cast<int16_t>(x1);
    t.y1 = static_cast<int16_t>(y1);

    if (shade != nullptr) {
      ShadeTriangle& s = shade[placed.first + count + 1];
      SetColors(placed.visual->material, &s);
      s.checker = placed.checker;
      const std::array<double, 3>&n0 = normals_[index[0]], &n1 = normals_[index[1]],
                               &n2 = normals_[index[2]];
      s.smooth = n0 != n1 || n0 != n2;
      if (s.smooth != 0) {
        // A point's barycentric coordinates are in the ratio of the edge functions.
        for (size_t c = 0; c < 3; ++c) {
          for (size_t k = 0; k < 3; ++k) {
            s.normal[c][k] = static_cast<float>(
                (edge[0][k] * n0[c] + edge[1][k] * n1[c] + edge[2][k] * n2[c]) * scale);
          }
        }
      } else {
        const Vec3 unit = Normalized(Vec3(n0[0], n0[1], n0[2]));
        const std::array<float, 3> normal = {static_cast<float>(unit.x), static_cast<float>(unit.y),
                                             static_cast<float>(unit.z)};
        for (size_t tile = 0; tile < 2; ++tile) {
          s.lit[tile] = ShadedColor(s.base[tile], normal, light, false);
          s.dark[tile] = ShadedColor(s.base[tile], normal, light, true);
        }
      }
    }
    ++count;
  }
  return count;
}

}  // namespace rookery::internal
