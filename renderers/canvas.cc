#include "renderers/canvas.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/pose.h"

namespace rookery {
namespace {

constexpr double kAdvance = 0.78;  // of a character, heights
constexpr double kPen = 0.2;       // width of the digits' strokes, heights
constexpr int kDiscCorners = 24;

using Line = std::vector<Point2>;

// A piece of an ellipse; angles in degrees, 0 to the right, 90 down.
void Arc(double cx, double cy, double rx, double ry, double from, double to, Line* line) {
  constexpr int kPieces = 16;
  for (int i = 0; i <= kPieces; ++i) {
    const double angle = (from + (to - from) * i / kPieces) * kPi / 180;
    line->push_back({cx + rx * std::cos(angle), cy + ry * std::sin(angle)});
  }
}

// The strokes of a character in a box of width 0.68 and height 1.
std::vector<Line> Strokes(char c) {
  std::vector<Line> strokes(1);
  Line& line = strokes[0];
  switch (c) {
    case '0':
      Arc(0.34, 0.5, 0.23, 0.4, 0, 360, &line);
      break;
    case '1':
      line = {{0.16, 0.27}, {0.38, 0.1}, {0.38, 0.9}};
      break;
    case '2':
      Arc(0.34, 0.34, 0.23, 0.24, 185, 385, &line);
      line.insert(line.end(), {{0.11, 0.9}, {0.58, 0.9}});
      break;
    case '3':
      Arc(0.33, 0.3, 0.21, 0.2, 200, 450, &line);
      strokes.emplace_back();
      Arc(0.33, 0.695, 0.24, 0.205, 270, 520, &strokes[1]);
      break;
    case '4':
      line = {{0.46, 0.9}, {0.46, 0.1}, {0.08, 0.66}, {0.6, 0.66}};
      break;
    case '5':
      line = {{0.55, 0.1}, {0.17, 0.1}, {0.14, 0.48}};
      Arc(0.32, 0.64, 0.25, 0.26, 220, 500, &line);
      break;
    case '6':
    case '9':
      Arc(0.34, 0.65, 0.23, 0.25, 0, 360, &line);
      strokes.emplace_back();
      Arc(0.53, 0.62, 0.42, 0.52, 180, 275, &strokes[1]);
      break;
    case '7':
      line = {{0.1, 0.1}, {0.57, 0.1}, {0.27, 0.9}};
      break;
    case '8':
      Arc(0.34, 0.29, 0.19, 0.19, 0, 360, &line);
      strokes.emplace_back();
      Arc(0.34, 0.69, 0.23, 0.21, 0, 360, &strokes[1]);
      break;
    case '-':
      line = {{0.16, 0.58}, {0.5, 0.58}};
      break;
    default:
      strokes.clear();
  }
  if (c == '9') {  // a six on its head
    for (Line& stroke : strokes) {
      for (Point2& point : stroke) point = {0.68 - point.x, 1 - point.y};
    }
  }
  return strokes;
}

}  // namespace

Canvas::Canvas(int width, int height)
    : coverage_(width, height), image_(DType::kUInt8, {height, width, 3}) {}

void Canvas::Clear(const Rgb8& color) {
  const std::span<uint8_t> bytes = image_.As<uint8_t>();
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = color[i % 3];
}

void Canvas::AddRectangle(double x0, double y0, double x1, double y1) {
  const Point2 corners[] = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
  Add(corners);
}

void Canvas::AddDisc(const Point2& center, double radius) {
  std::array<Point2, kDiscCorners> corners;
  for (size_t i = 0; i < corners.size(); ++i) {
    const double angle = 2 * kPi * static_cast<double>(i) / kDiscCorners;
    corners[i] = {center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)};
  }
  Add(corners);
}

void Canvas::AddLine(std::span<const Point2> points, double width) {
  const double half = width / 2;
  for (size_t i = 0; i < points.size(); ++i) {
    AddDisc(points[i], half);
    if (i == 0) continue;
    const Point2 &a = points[i - 1], &b = points[i];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (length == 0) continue;
    const double nx = -(b.y - a.y) / length * half, ny = (b.x - a.x) / length * half;
    const Point2 corners[] = {
        {a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}};
    Add(corners);
  }
}

double Canvas::TextWidth(std::string_view text, double height) {
  return kAdvance * height * static_cast<double>(text.size());
}

void Canvas::AddText(std::string_view text, double x, double y, double height) {
  for (char c : text) {
    for (Line& stroke : Strokes(c)) {
      for (Point2& point : stroke) point = {x + point.x * height, y + point.y * height};
      AddLine(stroke, kPen * height);
    }
    x += kAdvance * height;
  }
}

void Canvas::Paint(const Rgb8& color, double opacity) {
  const auto strength = static_cast<int64_t>(std::clamp(opacity, 0.0, 1.0) * 256 + 0.5);
  uint8_t* const pixels = image_.As<uint8_t>().data();
  coverage_.Sweep(false, [&](int y, int begin, int end, const Coverage<1>::Cover& cover) {
    const int64_t part = std::clamp(cover[0], 0, kFullCover) * strength / 256;
    if (part == 0) return;
    const size_t row = static_cast<size_t>(y) * static_cast<size_t>(width());
    uint8_t* out = pixels + (row + static_cast<size_t>(begin)) * 3;
    for (int x = begin; x < end; ++x) {
      for (size_t c = 0; c < 3; ++c, ++out) {
        *out = static_cast<uint8_t>(*out + ((part * (color[c] - *out) + kFullCover / 2) >> 17));
      }
    }
  });
}

}  // namespace rookery
