// Arrays as pictures: which colour each of their numbers has.
#ifndef ROOKERY_GUI_IMAGE_PIXELS_H_
#define ROOKERY_GUI_IMAGE_PIXELS_H_

#include <array>
#include <cstdint>
#include <string>

#include "core/array.h"

namespace rookery::gui {

enum class ImageKind {
  kColor,         // (H, W, 3) or (H, W, 4): bytes, or reals from low to high
  kGrey,          // (H, W) or (H, W, 1): low is black, high is white
  kScale,         // the same, low to high in the colours of measured values
  kSegmentation,  // (H, W) or (H, W, 1): ids of bodies, 255 = none
};

struct ImageStyle {
  ImageKind kind = ImageKind::kColor;
  // A heightmap: its rows are y and go to the right, its columns are x and go down, and colours are
  // brightened (renderers/report/figures.h).
  bool table = false;
  double low = 0, high = 255;
  bool operator==(const ImageStyle&) const = default;
};

// Is it an array that can be shown so?
bool FitsStyle(const Array& image, const ImageStyle& style);

// As it is shown: (height, width, 4) uint8; what is not finite is dark grey. Bug unless it fits.
Array ImagePixels(const Array& image, const ImageStyle& style);

// Where a shown pixel (x, y) is in the array: row, column.
std::array<int64_t, 2> ArrayPixel(const ImageStyle& style, int64_t x, int64_t y);

// Where nearly all numbers of a map lie: all but the outermost few thousandths. {0, 1} when none is
// finite; never empty.
std::array<double, 2> UsualRange(const Array& image);

// The numbers of one pixel, "0.412 m", "(12, 200, 31)".
std::string PixelText(const Array& image, int64_t row, int64_t column, const std::string& unit);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_IMAGE_PIXELS_H_
