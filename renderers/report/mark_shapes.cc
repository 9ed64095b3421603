#include "renderers/report/mark_shapes.h"

#include <algorithm>
#include <cmath>

#include "renderers/report/markup.h"

namespace rookery::report {
namespace {

constexpr double kArrowLength = 9, kArrowHalfWidth = 4;  // of the head, image pixels

Point Ahead(Point from, double angle, double distance) {
  return {from.x + std::cos(angle) * distance, from.y + std::sin(angle) * distance};
}

MarkShape Line(Point a, Point b, bool dashed = false) {
  return {MarkShape::Kind::kLine, a, b, {}, 0, dashed};
}

void AddArrow(const Mark& mark, std::vector<MarkShape>* out) {
  const Point tail{mark.x, mark.y}, tip{mark.x2, mark.y2};
  const double length = std::hypot(tip.x - tail.x, tip.y - tail.y);
  if (length == 0) return;
  const double angle = std::atan2(tip.y - tail.y, tip.x - tail.x);
  const double head = std::min(kArrowLength, length);
  const Point neck = Ahead(tail, angle, length - head);
  if (length > head) out->push_back(Line(tail, neck, mark.dashed));
  const double half = kArrowHalfWidth * head / kArrowLength;
  const double across = std::atan2(tip.x - tail.x, tail.y - tip.y);
  out->push_back({MarkShape::Kind::kTriangle, tip, Ahead(neck, across, half),
                  Ahead(neck, across, -half), 0, false});
}

void AddSquare(const Mark& mark, std::vector<MarkShape>* out) {
  const Point center{mark.x, mark.y};
  const double half = mark.size / 2;
  Point corners[4];
  for (int i = 0; i < 4; ++i) {
    const double u = i == 0 || i == 3 ? half : -half, v = i < 2 ? half : -half;
    const double c = std::cos(mark.angle), s = std::sin(mark.angle);
    corners[i] = {center.x + c * u - s * v, center.y + s * u + c * v};
  }
  for (int i = 0; i < 4; ++i) out->push_back(Line(corners[i], corners[(i + 1) % 4], mark.dashed));
  // The tick stands on the edge it points to, so that it hides nothing in the middle.
  out->push_back(
      Line(Ahead(center, mark.angle, half), Ahead(center, mark.angle, half + mark.size * 0.14)));
}

bool IsText(Mark::Kind kind) { return kind == Mark::Kind::kText || kind == Mark::Kind::kRuler; }

void AppendPoint(Point p, std::string* out) { *out += Coordinate(p.x) + " " + Coordinate(p.y); }

void AppendShape(const MarkShape& shape, std::string* out) {
  const char* dashed = shape.dashed ? " class=\"dashed\"" : "";
  switch (shape.kind) {
    case MarkShape::Kind::kLine:
      *out += "<path d=\"M";
      AppendPoint(shape.a, out);
      *out += "L";
      AppendPoint(shape.b, out);
      *out += std::string("\"") + dashed + "/>";
      break;
    case MarkShape::Kind::kTriangle:
      *out += "<path class=\"fill\" d=\"M";
      AppendPoint(shape.a, out);
      *out += "L";
      AppendPoint(shape.b, out);
      *out += "L";
      AppendPoint(shape.c, out);
      *out += "Z\"/>";
      break;
    case MarkShape::Kind::kRing:
    case MarkShape::Kind::kDisc:
      *out += std::string("<circle") +
              (shape.kind == MarkShape::Kind::kDisc ? " class=\"fill\"" : dashed) + " cx=\"" +
              Coordinate(shape.a.x) + "\" cy=\"" + Coordinate(shape.a.y) + "\" r=\"" +
              Coordinate(shape.radius) + "\"/>";
      break;
  }
}

}  // namespace

std::vector<MarkShape> ShapesOf(const Mark& mark) {
  std::vector<MarkShape> out;
  for (const double v : {mark.x, mark.y, mark.x2, mark.y2, mark.size, mark.angle}) {
    if (!std::isfinite(v)) return out;
  }
  const Point center{mark.x, mark.y};
  const double s = mark.size;
  switch (mark.kind) {
    case Mark::Kind::kRing:
      out.push_back({MarkShape::Kind::kRing, center, {}, {}, s, mark.dashed});
      break;
    case Mark::Kind::kDisc:
      out.push_back({MarkShape::Kind::kDisc, center, {}, {}, s, false});
      break;
    case Mark::Kind::kCross:
      out.push_back(Line({mark.x - s, mark.y - s}, {mark.x + s, mark.y + s}, mark.dashed));
      out.push_back(Line({mark.x - s, mark.y + s}, {mark.x + s, mark.y - s}, mark.dashed));
      break;
    case Mark::Kind::kLine:
    case Mark::Kind::kRuler:
      out.push_back(Line(center, {mark.x2, mark.y2}, mark.dashed));
      break;
    case Mark::Kind::kArrow:
      AddArrow(mark, &out);
      break;
    case Mark::Kind::kSquare:
      AddSquare(mark, &out);
      break;
    case Mark::Kind::kText:
      break;
  }
  return out;
}

std::string MarksSvg(const std::vector<Mark>& marks, int width, int height) {
  std::string shapes;
  for (const Mark& mark : marks) {
    const std::string color = HexColor(mark.color);
    if (IsText(mark.kind)) {
      // Above the point, or above the middle of the ruler.
      const bool ruler = mark.kind == Mark::Kind::kRuler;
      const double x = ruler ? (mark.x + mark.x2) / 2 : mark.x;
      const double y = ruler ? std::min(mark.y, mark.y2) - 4 : mark.y;
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      shapes += "<text x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\" fill=\"" + color +
                "\">" + Escape(mark.text) + "</text>";
    }
    std::string group;
    for (const MarkShape& shape : ShapesOf(mark)) AppendShape(shape, &group);
    if (group.empty()) continue;
    // A dark rim first, so that the mark shows on any ground.
    shapes += "<g class=\"rim\">" + group + "</g><g stroke=\"" + color + "\" color=\"" + color +
              "\">" + group + "</g>";
  }
  if (shapes.empty()) return "";
  return "<svg class=\"marks\" viewBox=\"0 0 " + std::to_string(width) + " " +
         std::to_string(height) + "\" aria-hidden=\"true\">" + shapes + "</svg>";
}

Array Flatten(const Picture& picture, int scale) {
  Array out = Enlarged(picture.image, scale);
  Canvas canvas(&out);
  const double width = std::max(1.5, 0.8 * scale);
  const auto to = [&](Point p) { return Point{p.x * scale, p.y * scale}; };
  const auto draw = [&](const MarkShape& shape, double w, const Rgb& color, double alpha) {
    switch (shape.kind) {
      case MarkShape::Kind::kLine:
        if (shape.dashed) {
          canvas.DashedLine(to(shape.a), to(shape.b), w, 3.0 * scale, color, alpha);
        } else {
          canvas.Line(to(shape.a), to(shape.b), w, color, alpha);
        }
        break;
      case MarkShape::Kind::kRing:
        canvas.Ring(to(shape.a), shape.radius * scale, w, color, alpha);
        break;
      case MarkShape::Kind::kDisc:
        canvas.Disc(to(shape.a), shape.radius * scale + (w - width) / 2, color, alpha);
        break;
      case MarkShape::Kind::kTriangle:
        canvas.Triangle(to(shape.a), to(shape.b), to(shape.c), color, alpha);
        break;
    }
  };
  for (const Mark& mark : picture.marks) {
    if (IsText(mark.kind)) continue;
    const std::vector<MarkShape> shapes = ShapesOf(mark);
    for (const MarkShape& shape : shapes) draw(shape, 2.2 * width, {0, 0, 0}, 0.5);
    for (const MarkShape& shape : shapes) draw(shape, width, mark.color, 1);
  }
  return out;
}

}  // namespace rookery::report
