#include "agents/pick_place/augmentation.h"

#include <cmath>
#include <cstdlib>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr float kSameHeight = 0.010F;  // m
constexpr int kSameColour = 24;

// Where the place goes when the pick moves from `from` to `to` on a body that turns by yaw.
PixelPoint MovedPlace(PixelPoint place, PixelPoint from, PixelPoint to, double yaw) {
  const double c = std::cos(yaw), s = std::sin(yaw);
  const double rows = to.row - from.row, columns = to.column - from.column;
  return {place.row + s * columns + c * rows, place.column + c * columns - s * rows};
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
  const auto similar = [&](size_t i) {
    if (std::abs(image.height[i] - image.height[centre]) > kSameHeight) return false;
    for (size_t k = 0; k < 3; ++k) {
      if (std::abs(image.rgb[3 * i + k] - image.rgb[3 * centre + k]) > kSameColour) return false;
    }
    return true;
  };
  std::vector<bool> seen(image.height.size(), false);
  std::vector<int> found = {static_cast<int>(centre)};
  seen[centre] = true;
  for (size_t next = 0; next < found.size(); ++next) {
    const int r = found[next] / image.columns, c = found[next] % image.columns;
    constexpr int kSteps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (const auto& step : kSteps) {
      const int nr = r + step[0], nc = c + step[1];
      if (nr < 0 || nr >= image.rows || nc < 0 || nc >= image.columns) continue;
      const size_t i = image.Index(nr, nc);
      if (seen[i] || !similar(i)) continue;
      seen[i] = true;
      found.push_back(static_cast<int>(i));
    }
  }
  return found;
}

TrainingSample MakeSample(const Image& image, const Label& label, const Grid& grid,
                          const AugmentationOptions& options, Rng* rng) {
  ROOKERY_CHECK_EQ(image.rows, grid.rows);
  ROOKERY_CHECK_EQ(image.columns, grid.columns);
  PixelPoint pick = label.pick, place = label.place;
  if (options.pick_shift) {
    const std::vector<int> surface =
        SurfaceAround(image, grid.Pixel(pick.row), grid.Pixel(pick.column));
    const int chosen =
        surface[static_cast<size_t>(rng->Integer(static_cast<int64_t>(surface.size())))];
    const PixelPoint to{static_cast<double>(chosen / image.columns),
                        static_cast<double>(chosen % image.columns)};
    const PixelPoint moved = MovedPlace(place, pick, to, label.yaw);
    if (grid.Contains(moved)) {
      pick = to;
      place = moved;
    }
  }
  TrainingSample sample;
  sample.bin = RotationBin(label.yaw, options.rotations);
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
      pick = motion(pick);
      place = motion(place);
      break;
    }
  }
  if (!sample.augmented) sample.image = image;
  sample.pick_row = grid.Pixel(pick.row);
  sample.pick_column = grid.Pixel(pick.column);
  if (options.rigid_rounding) {
    const PixelPoint rounded{static_cast<double>(sample.pick_row),
                             static_cast<double>(sample.pick_column)};
    const PixelPoint moved = MovedPlace(place, pick, rounded, label.yaw);
    if (grid.Contains(moved)) place = moved;
  }
  sample.place_row = grid.Pixel(place.row);
  sample.place_column = grid.Pixel(place.column);
  return sample;
}

}  // namespace rookery::pick_place
