#include "agents/pick_place/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <optional>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr float kSameHeight = 0.010F;  // m
constexpr int kSameColour = 24;
constexpr float kChangedHeight = 0.004F;  // m
constexpr size_t kFewestInner = 6;        // pixels
constexpr int kFoundColour = 40;          // elsewhere the light falls otherwise

// How far a point of the body moves at the place when it moves at the pick.
struct Carry {
  double xx, xy, yx, yy, zx = 0, zy = 0;

  explicit Carry(double yaw)
      : xx(std::cos(yaw)), xy(-std::sin(yaw)), yx(std::sin(yaw)), yy(std::cos(yaw)) {}
  explicit Carry(const Quat& turn) {
    const std::array<double, 9> r = RotationMatrix(turn);
    xx = r[0], xy = r[1], yx = r[3], yy = r[4], zx = r[6], zy = r[7];
  }

  PixelPoint Place(PixelPoint place, PixelPoint from, PixelPoint to) const {
    const double y = to.row - from.row, x = to.column - from.column;
    return {place.row + yx * x + yy * y, place.column + xx * x + xy * y};
  }
  // Pixels.
  double Rise(PixelPoint from, PixelPoint to) const {
    return zx * (to.column - from.column) + zy * (to.row - from.row);
  }
};

bool SameColour(const Image& a, size_t i, const Image& b, size_t j, int tolerance) {
  for (size_t k = 0; k < 3; ++k) {
    if (std::abs(a.rgb[3 * i + k] - b.rgb[3 * j + k]) > tolerance) return false;
  }
  return true;
}

// The pixels for which `belongs` that neighbours connect to `start`, in a fixed order; `start`
// whatever it is.
std::vector<int> Connected(const Image& image, size_t start,
                           const std::function<bool(size_t)>& belongs) {
  std::vector<bool> seen(image.height.size(), false);
  std::vector<int> found = {static_cast<int>(start)};
  seen[start] = true;
  for (size_t next = 0; next < found.size(); ++next) {
    const int r = found[next] / image.columns, c = found[next] % image.columns;
    constexpr int kSteps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (const auto& step : kSteps) {
      const int nr = r + step[0], nc = c + step[1];
      if (nr < 0 || nr >= image.rows || nc < 0 || nc >= image.columns) continue;
      const size_t i = image.Index(nr, nc);
      if (seen[i] || !belongs(i)) continue;
      seen[i] = true;
      found.push_back(static_cast<int>(i));
    }
  }
  return found;
}

}  // namespace

PlaneMotion::PlaneMotion(double angle, PixelPoint pivot, PixelPoint shift)
    : cos_(std::cos(angle)), sin_(std::sin(angle)), pivot_(pivot), shift_(shift) {}

PixelPoint PlaneMotion::operator()(PixelPoint p) const {
  const double x = p.column - pivot_.column, y = p.row - pivot_.row;
  return {sin_ * x + cos_ * y + shift_.row + pivot_.row,
          cos_ * x - sin_ * y + shift_.column + pivot_.column};
}

PixelPoint PlaneMotion::Inverse(PixelPoint p) const {
  const double x = p.column - shift_.column - pivot_.column;
  const double y = p.row - shift_.row - pivot_.row;
  return {cos_ * y - sin_ * x + pivot_.row, cos_ * x + sin_ * y + pivot_.column};
}

Image Warp(const Image& image, const PlaneMotion& motion) {
  Image out;
  out.rows = image.rows;
  out.columns = image.columns;
  out.rgb.assign(image.rgb.size(), 0);
  out.height.assign(image.height.size(), 0.0F);
  for (int row = 0; row < out.rows; ++row) {
    for (int column = 0; column < out.columns; ++column) {
      const PixelPoint from =
          motion.Inverse({static_cast<double>(row), static_cast<double>(column)});
      const int r = Nearest(from.row), c = Nearest(from.column);
      if (r < 0 || r >= image.rows || c < 0 || c >= image.columns) continue;
      const size_t to = out.Index(row, column), at = image.Index(r, c);
      out.height[to] = image.height[at];
      for (size_t k = 0; k < 3; ++k) out.rgb[3 * to + k] = image.rgb[3 * at + k];
    }
  }
  return out;
}

std::vector<int> SurfaceAround(const Image& image, int row, int column) {
  ROOKERY_CHECK(row >= 0 && row < image.rows && column >= 0 && column < image.columns);
  const size_t centre = image.Index(row, column);
  return Connected(image, centre, [&](size_t i) {
    return std::abs(image.height[i] - image.height[centre]) <= kSameHeight &&
           SameColour(image, i, image, centre, kSameColour);
  });
}

std::vector<int> MovedObject(const Image& image, const Image& after, const Label& label,
                             const Grid& grid) {
  const int row = grid.Pixel(label.pick.row), column = grid.Pixel(label.pick.column);
  const size_t pick = image.Index(row, column);
  std::vector<bool> alike(image.height.size(), false);
  for (int i : SurfaceAround(image, row, column)) alike[static_cast<size_t>(i)] = true;
  const Carry carry(label.yaw);
  const auto where = [&](size_t i) -> std::optional<size_t> {
    const auto columns = static_cast<size_t>(image.columns);
    const PixelPoint to =
        carry.Place(label.place, label.pick,
                    {static_cast<double>(i / columns), static_cast<double>(i % columns)});
    if (!grid.Contains(to)) return std::nullopt;
    return image.Index(grid.Pixel(to.row), grid.Pixel(to.column));
  };
  const auto grown = [&](float raised) {
    return Connected(image, pick, [&](size_t i) {
      const bool changed = std::abs(after.height[i] - image.height[i]) > kChangedHeight ||
                           !SameColour(image, i, after, i, kSameColour);
      const std::optional<size_t> to = where(i);
      return (changed || alike[i]) && to &&
             std::abs(after.height[*to] - image.height[i] - raised) <= kSameHeight / 2 &&
             SameColour(image, i, after, *to, kFoundColour);
    });
  };
  // At an edge a pixel shows what is beside it: the object rose by what most of it says.
  std::vector<int> best = {static_cast<int>(pick)};
  for (int r = std::max(0, row - 1); r <= std::min(image.rows - 1, row + 1); ++r) {
    for (int c = std::max(0, column - 1); c <= std::min(image.columns - 1, column + 1); ++c) {
      const size_t i = image.Index(r, c);
      const std::optional<size_t> to = where(i);
      if (!to) continue;
      std::vector<int> found = grown(after.height[*to] - image.height[i]);
      if (found.size() > best.size()) best = std::move(found);
    }
  }
  // Pixels at the edge are partly of what is beside it; thin objects have no others.
  std::vector<bool> inside(image.height.size(), false);
  for (int i : best) inside[static_cast<size_t>(i)] = true;
  const auto holds = [&](int r, int c) { return grid.Contains(r, c) && inside[image.Index(r, c)]; };
  std::vector<int> inner;
  for (int i : best) {
    const int r = i / image.columns, c = i % image.columns;
    if (holds(r - 1, c) && holds(r + 1, c) && holds(r, c - 1) && holds(r, c + 1)) {
      inner.push_back(i);
    }
  }
  return inner.size() >= kFewestInner ? inner : best;
}

Image HalfTurned(const Image& image) {
  Image out;
  out.rows = image.rows;
  out.columns = image.columns;
  out.height.assign(image.height.rbegin(), image.height.rend());
  out.rgb.resize(image.rgb.size());
  const size_t n = image.height.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < 3; ++k) out.rgb[3 * i + k] = image.rgb[3 * (n - 1 - i) + k];
  }
  return out;
}

PixelPoint HalfTurned(const PixelPoint& p, const Image& image) {
  return {image.rows - 1 - p.row, image.columns - 1 - p.column};
}

TrainingSample MakeSample(const Image& original, const Label& label, const std::vector<int>& object,
                          const Grid& grid, const AugmentationOptions& options, Rng* rng,
                          const Image* goal) {
  ROOKERY_CHECK_EQ(original.rows, grid.rows);
  ROOKERY_CHECK_EQ(original.columns, grid.columns);
  const bool half = options.half_turns && rng->Integer(2) == 1;
  const Image turned = half ? HalfTurned(original) : Image();
  const Image& image = half ? turned : original;
  const auto turned_point = [&](const PixelPoint& p) { return half ? HalfTurned(p, image) : p; };
  const auto point_of = [&](int index) {
    return turned_point(
        {static_cast<double>(index / image.columns), static_cast<double>(index % image.columns)});
  };
  PixelPoint pick = turned_point(label.pick), place = turned_point(label.place);
  double height = label.height, world_turn = half ? kPi : 0;
  const auto rotation = [&] {  // of the body, in the world as it is turned now
    return QuatFromYaw(world_turn) * label.turn * QuatFromYaw(-world_turn);
  };
  // Moves the place along with a pick that moves on the body, if that stays inside.
  const auto carried = [&](const PixelPoint& to) {
    const Carry carry = options.six_dof ? Carry(rotation()) : Carry(label.yaw);
    const PixelPoint moved = carry.Place(place, pick, to);
    if (!grid.Contains(moved)) return false;
    height += carry.Rise(pick, to) * grid.pixel_m;
    place = moved;
    return true;
  };
  if (options.pick_shift) {
    const PixelPoint to =
        point_of(object[static_cast<size_t>(rng->Integer(static_cast<int64_t>(object.size())))]);
    if (carried(to)) pick = to;
  }
  PlaneMotion moved_by;
  TrainingSample sample;
  if (options.move) {
    const PixelPoint pivot{image.rows / 2.0, image.columns / 2.0};
    const double spread = image.columns / 6.0;
    for (; sample.rejected < options.max_tries; ++sample.rejected) {
      const double angle = rng->Normal(0, 2 * kPi / 6);
      const double columns = rng->Normal(0, spread), rows = rng->Normal(0, spread);
      const PlaneMotion motion(angle, pivot, {rows, columns});
      if (!grid.Contains(motion(pick)) || !grid.Contains(motion(place))) continue;
      sample.augmented = true;
      sample.image = Warp(image, motion);
      moved_by = motion;
      world_turn += angle;
      pick = motion(pick);
      place = motion(place);
      break;
    }
  }
  if (!sample.augmented) sample.image = image;
  if (goal != nullptr) {
    sample.goal = half ? HalfTurned(*goal) : *goal;
    if (sample.augmented) sample.goal = Warp(sample.goal, moved_by);
  }
  sample.pick_row = grid.Pixel(pick.row);
  sample.pick_column = grid.Pixel(pick.column);
  if (options.rigid_rounding) {
    carried({static_cast<double>(sample.pick_row), static_cast<double>(sample.pick_column)});
  }
  sample.place_row = grid.Pixel(place.row);
  sample.place_column = grid.Pixel(place.column);
  if (options.six_dof) {
    const Vec3 euler = RavensEuler(rotation());
    sample.spatial = {height, euler.x, euler.y};
    sample.bin = RotationBin(euler.z, options.rotations);
  } else {
    sample.bin = RotationBin(label.yaw, options.rotations);
  }
  for (int index : object) {
    const PixelPoint p = moved_by(point_of(index));
    if (grid.Contains(p)) {
      sample.object.push_back(
          static_cast<int>(image.Index(grid.Pixel(p.row), grid.Pixel(p.column))));
    }
  }
  sample.object.push_back(static_cast<int>(image.Index(sample.pick_row, sample.pick_column)));
  std::sort(sample.object.begin(), sample.object.end());
  sample.object.erase(std::unique(sample.object.begin(), sample.object.end()), sample.object.end());
  return sample;
}

}  // namespace rookery::pick_place
