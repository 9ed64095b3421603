// The table as the Transporter sees it: heightmaps of 320 x 160 pixels of 3.125 mm over x in
// [0.25, 0.75) m, y in [-0.5, 0.5) m; row <-> y, column <-> x, no flips. Working images may have
// half that resolution.
#ifndef ROOKERY_AGENTS_PICK_PLACE_WORKSPACE_H_
#define ROOKERY_AGENTS_PICK_PLACE_WORKSPACE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/pose.h"

namespace rookery::pick_place {

inline constexpr int kRows = 320, kColumns = 160;
inline constexpr double kPixel = 0.003125;           // m
inline constexpr double kLowX = 0.25, kLowY = -0.5;  // m
inline constexpr char kRgbName[] = "heightmap.rgb";
inline constexpr char kHeightName[] = "heightmap.height";
inline constexpr char kGoalPrefix[] = "goal.";  // of the same two of a goal image

// How integer pixels and metres correspond. kCorner, the reference: pixel i is at low + i * size,
// and labels are rounded, ties to even. kCentre: pixel i is at low + (i + 1/2) * size, which a
// rotation about pixel centres carries along exactly, and a label is the cell that holds it.
enum class PixelConvention { kCorner, kCentre };

// A point of the working image in units of pixels; integer values are pixels.
struct PixelPoint {
  double row = 0, column = 0;
};

struct Grid {
  int rows = kRows, columns = kColumns;
  double pixel_m = kPixel;
  PixelConvention convention = PixelConvention::kCorner;

  PixelPoint FromWorld(double x, double y) const;
  double X(double column) const;
  double Y(double row) const;
  // The pixel that a row or column belongs to.
  int Pixel(double coordinate) const;
  bool Contains(int row, int column) const {
    return row >= 0 && row < rows && column >= 0 && column < columns;
  }
  // Whether both the point and its pixel are in the image.
  bool Contains(const PixelPoint& p) const;
};

// Nearest integer; ties to even, as the reference. Huge values and NaN give some far integer.
int Nearest(double coordinate);

struct Image {
  int rows = 0, columns = 0;
  std::vector<uint8_t> rgb;   // (rows, columns, 3)
  std::vector<float> height;  // (rows, columns) m

  size_t Index(int row, int column) const {
    return static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(column);
  }
};

// The working image of an observation: full size, or cells of 2 x 2 pixels with their mean colour
// and greatest height. UserError, beginning with `what`, for missing arrays, other shapes or
// dtypes, heights that are not finite, and a heightmap that is zero everywhere. `prefix`: of the
// names.
Image ImageFromObservation(const ArrayMap& observation, bool half_resolution,
                           const std::string& what, const std::string& prefix = "");

// What a demonstrated action says: where it picked and placed, and by how much it turned.
struct Label {
  PixelPoint pick, place;
  double yaw = 0;     // of place minus pick, rad
  double height = 0;  // of the place, m
  Quat turn = {};     // rotation of place after that of pick undone, in the world
};
// From arrays pose0 and pose1 (x y z qx qy qz qw). With kCorner the points are rounded to pixels,
// as the reference does before it moves them. UserError when they are missing or malformed.
Label LabelFromAction(const ArrayMap& action, const Grid& grid, const std::string& what);

// Rotation bin i stands for a place yaw of -2 pi i / n.
int RotationBin(double yaw, int rotations);
double BinYaw(int bin, int rotations);

// 7 numbers x y z qx qy qz qw; of a pose with only a yaw.
Array PoseArray(const Pose& X);
Array PoseArray(double x, double y, double z, double yaw);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_WORKSPACE_H_
