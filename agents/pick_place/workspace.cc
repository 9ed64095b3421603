#include "agents/pick_place/workspace.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

const Array& Need(const ArrayMap& map, std::string_view name, DType dtype, const Shape& shape,
                  const std::string& what) {
  const Array* array = map.Find(name);
  if (array == nullptr) {
    throw UserError(what + " has no '" + std::string(name) + "'" + DidYouMean(name, map.Names()) +
                    "; it has " + Join(map.Names()));
  }
  if (array->shape() != shape || array->dtype() != dtype) {
    throw UserError(what + ": expected '" + std::string(name) + "' as " + DTypeName(dtype) + " " +
                    ShapeText(shape) + ", got " + DTypeName(array->dtype()) + " " +
                    ShapeText(array->shape()));
  }
  return *array;
}

// Of a whole number; what no int can hold becomes a far one.
int ToInt(double whole) {
  constexpr double kFar = 1e9;
  return static_cast<int>(std::fmin(std::fmax(whole, -kFar), kFar));
}

Image Halved(const Image& full) {
  Image half;
  half.rows = full.rows / 2;
  half.columns = full.columns / 2;
  half.rgb.resize(full.rgb.size() / 4);
  half.height.resize(full.height.size() / 4);
  for (int row = 0; row < half.rows; ++row) {
    for (int column = 0; column < half.columns; ++column) {
      const size_t at[4] = {full.Index(2 * row, 2 * column), full.Index(2 * row, 2 * column + 1),
                            full.Index(2 * row + 1, 2 * column),
                            full.Index(2 * row + 1, 2 * column + 1)};
      const size_t to = half.Index(row, column);
      half.height[to] = full.height[at[0]];
      for (size_t i : at) half.height[to] = std::max(half.height[to], full.height[i]);
      for (size_t c = 0; c < 3; ++c) {
        int sum = 2;
        for (size_t i : at) sum += full.rgb[3 * i + c];
        half.rgb[3 * to + c] = static_cast<uint8_t>(sum / 4);
      }
    }
  }
  return half;
}

}  // namespace

PixelPoint Grid::FromWorld(double x, double y) const {
  const double shift = convention == PixelConvention::kCentre ? 0.5 : 0.0;
  return {(y - kLowY) / pixel_m - shift, (x - kLowX) / pixel_m - shift};
}

double Grid::X(double column) const {
  return kLowX + (column + (convention == PixelConvention::kCentre ? 0.5 : 0.0)) * pixel_m;
}

double Grid::Y(double row) const {
  return kLowY + (row + (convention == PixelConvention::kCentre ? 0.5 : 0.0)) * pixel_m;
}

int Grid::Pixel(double coordinate) const {
  return convention == PixelConvention::kCentre ? ToInt(std::floor(coordinate + 0.5))
                                                : Nearest(coordinate);
}

bool Grid::Contains(const PixelPoint& p) const {
  // Where the area of the image begins.
  const double low = convention == PixelConvention::kCentre ? -0.5 : 0.0;
  return p.row >= low && p.row < rows + low && p.column >= low && p.column < columns + low &&
         Contains(Pixel(p.row), Pixel(p.column));
}

int Nearest(double coordinate) { return ToInt(std::nearbyint(coordinate)); }

Image ImageFromObservation(const ArrayMap& observation, bool half_resolution,
                           const std::string& what, const std::string& prefix) {
  const Array& rgb =
      Need(observation, prefix + kRgbName, DType::kUInt8, {kRows, kColumns, 3}, what);
  const Array& height =
      Need(observation, prefix + kHeightName, DType::kFloat32, {kRows, kColumns}, what);
  Image image;
  image.rows = kRows;
  image.columns = kColumns;
  image.rgb.assign(rgb.As<uint8_t>().begin(), rgb.As<uint8_t>().end());
  image.height.assign(height.As<float>().begin(), height.As<float>().end());
  bool any = false;
  for (size_t i = 0; i < image.height.size(); ++i) {
    if (!std::isfinite(image.height[i])) {
      throw UserError(what + ": no valid height data (" + std::to_string(image.height[i]) +
                      " at row " + std::to_string(i / kColumns) + ", column " +
                      std::to_string(i % kColumns) + ")");
    }
    any = any || image.height[i] != 0;
  }
  if (!any) throw UserError(what + ": no valid height data (the heightmap is zero everywhere)");
  return half_resolution ? Halved(image) : image;
}

Label LabelFromAction(const ArrayMap& action, const Grid& grid, const std::string& what) {
  Pose pose[2];
  for (int i = 0; i < 2; ++i) {
    const std::string name = "pose" + std::to_string(i);
    const auto v = Need(action, name, DType::kFloat64, {7}, what).As<double>();
    for (double value : v) {
      if (!std::isfinite(value)) throw UserError(what + ": '" + name + "' is not finite");
    }
    const Quat q{v[3], v[4], v[5], v[6]};
    if (Norm(q) < 1e-6) throw UserError(what + ": '" + name + "' has a zero quaternion");
    pose[i] = Pose(Vec3(v[0], v[1], v[2]), Normalized(q));
  }
  Label label;
  label.pick = grid.FromWorld(pose[0].p.x, pose[0].p.y);
  label.place = grid.FromWorld(pose[1].p.x, pose[1].p.y);
  if (grid.convention == PixelConvention::kCorner) {
    for (PixelPoint* p : {&label.pick, &label.place}) {
      *p = {static_cast<double>(grid.Pixel(p->row)), static_cast<double>(grid.Pixel(p->column))};
    }
  }
  label.yaw = RavensEuler(pose[1].q).z - RavensEuler(pose[0].q).z;
  label.height = pose[1].p.z;
  label.turn = pose[1].q * Conjugate(pose[0].q);
  return label;
}

int RotationBin(double yaw, int rotations) {
  const int bin = Nearest(-yaw / (2 * kPi / rotations)) % rotations;
  return bin < 0 ? bin + rotations : bin;
}

double BinYaw(int bin, int rotations) { return -2 * kPi * bin / rotations; }

Array PoseArray(const Pose& X) {
  return Array::Of<double>({X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w});
}

Array PoseArray(double x, double y, double z, double yaw) {
  return PoseArray(Pose::FromXyYaw(x, y, z, yaw));
}

}  // namespace rookery::pick_place
