// Marks taken apart into the few shapes that SVG and Canvas both draw.
#ifndef ROOKERY_RENDERERS_REPORT_MARK_SHAPES_H_
#define ROOKERY_RENDERERS_REPORT_MARK_SHAPES_H_

#include <string>
#include <vector>

#include "renderers/report/canvas.h"
#include "renderers/report/picture.h"

namespace rookery::report {

struct MarkShape {
  enum class Kind { kLine, kRing, kDisc, kTriangle };
  Kind kind = Kind::kLine;
  Point a, b, c;  // line: a to b; ring, disc: centre a; triangle: all
  double radius = 0;
  bool dashed = false;
};

// Empty for text and for marks with coordinates that are not finite.
std::vector<MarkShape> ShapesOf(const Mark& mark);

// An <svg> element of the marks alone, to be laid over an image of this size; "" without marks.
std::string MarksSvg(const std::vector<Mark>& marks, int width, int height);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_MARK_SHAPES_H_
