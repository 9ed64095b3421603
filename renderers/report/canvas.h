// Anti-aliased shapes drawn into an image. Coverage comes from the distance to the shape, so that
// edges are smooth at any angle and width. Coordinates as in picture.h.
#ifndef ROOKERY_RENDERERS_REPORT_CANVAS_H_
#define ROOKERY_RENDERERS_REPORT_CANVAS_H_

#include <span>

#include "core/array.h"
#include "renderers/report/picture.h"

namespace rookery::report {

struct Point {
  double x = 0, y = 0;
};

// Draws on an image (H, W, 3) uint8 that it does not own and that must outlive it; what lies
// outside is clipped.
class Canvas {
 public:
  explicit Canvas(Array* image);

  // `alpha` in [0, 1]; `width` in pixels.
  void Line(Point from, Point to, double width, const Rgb& color, double alpha = 1);
  // Pieces of `dash` pixels with gaps of the same length.
  void DashedLine(Point from, Point to, double width, double dash, const Rgb& color,
                  double alpha = 1);
  void Ring(Point center, double radius, double width, const Rgb& color, double alpha = 1);
  void Disc(Point center, double radius, const Rgb& color, double alpha = 1);
  void Triangle(Point a, Point b, Point c, const Rgb& color, double alpha = 1);

  int width() const { return width_; }
  int height() const { return height_; }

 private:
  // Blends where signed_distance(x, y) is negative, with a border one pixel wide.
  template <typename Distance>
  void Fill(double left, double top, double right, double bottom, const Distance& signed_distance,
            const Rgb& color, double alpha);

  std::span<uint8_t> pixels_;
  int width_ = 0, height_ = 0;
};

// (H, W, 3) uint8 -> (scale H, scale W, 3), bilinear between pixel centres. Bug for scale < 1.
Array Enlarged(const Array& image, int scale);

// The average of whole blocks of `factor` x `factor` pixels; left-over rows and columns are cut.
Array Reduced(const Array& image, int factor);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_CANVAS_H_
