// A picture of a report or viewer: pixels, plus marks and legends that stay vectors, so that they
// are sharp at any size in HTML. Flatten() draws the marks into the pixels for videos.
#ifndef ROOKERY_RENDERERS_REPORT_PICTURE_H_
#define ROOKERY_RENDERERS_REPORT_PICTURE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/array.h"

namespace rookery::report {

using Rgb = std::array<uint8_t, 3>;  // sRGB

// Coordinates are image pixels, x right, y down; the centre of the first pixel is (0.5, 0.5).
// Angles turn from x right towards y down, rad.
struct Mark {
  enum class Kind {
    kRing,    // circle of radius `size` around (x, y)
    kDisc,    // the same, filled
    kCross,   // two diagonal strokes, half length `size`
    kArrow,   // from (x, y) to (x2, y2)
    kLine,    // the same without a head
    kSquare,  // side `size`, turned by `angle`, with a tick from its centre in that direction
    kText,    // `text` centred above (x, y); left out by Flatten
    kRuler,   // kLine with `text` above its middle; left out by Flatten
  };
  Kind kind = Kind::kRing;
  double x = 0, y = 0, x2 = 0, y2 = 0;
  double size = 0, angle = 0;
  Rgb color = {255, 255, 255};
  bool dashed = false;
  std::string text = {};
};

// One entry below the picture: a sample of the mark and what it means.
struct LegendItem {
  Mark::Kind kind = Mark::Kind::kDisc;
  Rgb color = {255, 255, 255};
  std::string text;
};

// A colour scale below the picture: `colors` from low to high.
struct ColorScale {
  std::string name;  // "height"
  std::vector<Rgb> colors;
  std::string low = {}, high = {};  // "0", "6 cm"
};

struct Picture {
  Array image;               // (H, W, 3) uint8
  std::string title;         // "Where to pick"
  std::string caption = {};  // more
  std::vector<Mark> marks = {};
  std::vector<LegendItem> legend = {};
  std::vector<ColorScale> scales = {};
};

// The picture enlarged `scale` times (bilinear) with its marks drawn in, anti-aliased.
Array Flatten(const Picture& picture, int scale = 2);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_PICTURE_H_
