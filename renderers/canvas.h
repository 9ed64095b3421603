// Canvas: a picture to draw on in two dimensions: antialiased polygons, lines, discs and digits.
// For pictures that people look at; what must be fast uses Coverage itself.
#ifndef ROOKERY_RENDERERS_CANVAS_H_
#define ROOKERY_RENDERERS_CANVAS_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/array.h"
#include "renderers/coverage.h"

namespace rookery {

using Rgb8 = std::array<uint8_t, 3>;

class Canvas {
 public:
  Canvas(int width, int height);  // px, black
  int width() const { return coverage_.width(); }
  int height() const { return coverage_.height(); }
  const Array& image() const { return image_; }  // uint8 (height, width, 3)
  Array& image() { return image_; }

  void Clear(const Rgb8& color);

  // Shapes gather until Paint draws their union in one colour, without seams where they meet.
  void Add(std::span<const Point2> polygon) { coverage_.Add(polygon); }
  void AddRectangle(double x0, double y0, double x1, double y1);
  void AddDisc(const Point2& center, double radius);
  // A line through the points, with round joints and ends.
  void AddLine(std::span<const Point2> points, double width);
  // Digits and minus signs; others are left blank. `x`, `y` is the upper left corner. Bold,
  // `height` px tall, TextWidth wide.
  void AddText(std::string_view text, double x, double y, double height);
  static double TextWidth(std::string_view text, double height);
  void Paint(const Rgb8& color, double opacity = 1);

  // The same at once.
  void Fill(std::span<const Point2> polygon, const Rgb8& color, double opacity = 1) {
    Add(polygon);
    Paint(color, opacity);
  }

 private:
  Coverage<1> coverage_;
  Array image_;
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_CANVAS_H_
