#include "renderers/report/canvas.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace rookery::report {
namespace {

double SegmentDistance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  const double t =
      length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Which side of the line a -> b, as twice the area of a, b, p.
double Side(Point a, Point b, Point p) {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

bool IsFinite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

}  // namespace

Canvas::Canvas(Array* image) {
  const Shape& shape = image->shape();
  ROOKERY_CHECK(shape.size() == 3 && shape[2] == 3);
  pixels_ = image->As<uint8_t>();
  height_ = static_cast<int>(shape[0]);
  width_ = static_cast<int>(shape[1]);
}

template <typename Distance>
void Canvas::Fill(double left, double top, double right, double bottom,
                  const Distance& signed_distance, const Rgb& color, double alpha) {
  // Clamped as double first: far away points do not fit an int.
  const auto bound = [](double v, int size) {
    return static_cast<int>(std::clamp(std::floor(v), 0.0, static_cast<double>(size)));
  };
  const int x0 = bound(left - 1, width_), x1 = bound(right + 2, width_);
  const int y0 = bound(top - 1, height_), y1 = bound(bottom + 2, height_);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const double coverage = std::clamp(0.5 - signed_distance(Point{x + 0.5, y + 0.5}), 0.0, 1.0);
      if (coverage == 0) continue;
      uint8_t* pixel =
          &pixels_[(static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x)) *
                   3];
      const double a = coverage * alpha;
      for (size_t c = 0; c < 3; ++c) {
        pixel[c] = static_cast<uint8_t>(std::lround(pixel[c] + (color[c] - pixel[c]) * a));
      }
    }
  }
}

void Canvas::Line(Point from, Point to, double width, const Rgb& color, double alpha) {
  if (!IsFinite(from) || !IsFinite(to)) return;
  const double r = width / 2;
  Fill(
      std::min(from.x, to.x) - r, std::min(from.y, to.y) - r, std::max(from.x, to.x) + r,
      std::max(from.y, to.y) + r, [&](Point p) { return SegmentDistance(p, from, to) - r; }, color,
      alpha);
}

void Canvas::DashedLine(Point from, Point to, double width, double dash, const Rgb& color,
                        double alpha) {
  if (!IsFinite(from) || !IsFinite(to)) return;
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  // Lines that leave the image by far would have endless pieces.
  if (length > 16.0 * (width_ + height_)) return;
  const auto at = [&](double s) {
    const double t = length > 0 ? std::min(s / length, 1.0) : 0.0;
    return Point{from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t};
  };
  for (double s = 0; s <= length; s += 2 * dash) Line(at(s), at(s + dash), width, color, alpha);
}

void Canvas::Ring(Point center, double radius, double width, const Rgb& color, double alpha) {
  if (!IsFinite(center)) return;
  const double r = radius + width / 2;
  Fill(
      center.x - r, center.y - r, center.x + r, center.y + r,
      [&](Point p) {
        return std::fabs(std::hypot(p.x - center.x, p.y - center.y) - radius) - width / 2;
      },
      color, alpha);
}

void Canvas::Disc(Point center, double radius, const Rgb& color, double alpha) {
  if (!IsFinite(center)) return;
  Fill(
      center.x - radius, center.y - radius, center.x + radius, center.y + radius,
      [&](Point p) { return std::hypot(p.x - center.x, p.y - center.y) - radius; }, color, alpha);
}

void Canvas::Triangle(Point a, Point b, Point c, const Rgb& color, double alpha) {
  if (!IsFinite(a) || !IsFinite(b) || !IsFinite(c)) return;
  const auto distance = [&](Point p) {
    const double d =
        std::min({SegmentDistance(p, a, b), SegmentDistance(p, b, c), SegmentDistance(p, c, a)});
    const double s = Side(a, b, p), t = Side(b, c, p), u = Side(c, a, p);
    const bool inside = (s >= 0 && t >= 0 && u >= 0) || (s <= 0 && t <= 0 && u <= 0);
    return inside ? -d : d;
  };
  Fill(std::min({a.x, b.x, c.x}), std::min({a.y, b.y, c.y}), std::max({a.x, b.x, c.x}),
       std::max({a.y, b.y, c.y}), distance, color, alpha);
}

Array Enlarged(const Array& image, int scale) {
  ROOKERY_CHECK_GE(scale, 1);
  ROOKERY_CHECK(image.shape().size() == 3 && image.shape()[2] == 3 && image.size() > 0);
  if (scale == 1) return image.Clone();
  const int64_t rows = image.shape()[0], columns = image.shape()[1];
  Array out(DType::kUInt8, {rows * scale, columns * scale, 3});
  const std::span<const uint8_t> in = image.As<uint8_t>();
  std::span<uint8_t> pixels = out.As<uint8_t>();
  // For each output index the two neighbours and how far it is on the way to the second.
  struct Tap {
    size_t first, second;
    double t;
  };
  const auto taps = [&](int64_t n) {
    std::vector<Tap> result;
    for (int64_t i = 0; i < n * scale; ++i) {
      const double p =
          std::clamp((static_cast<double>(i) + 0.5) / scale - 0.5, 0.0, static_cast<double>(n - 1));
      const int64_t first = static_cast<int64_t>(p);
      result.push_back({static_cast<size_t>(first), static_cast<size_t>(std::min(first + 1, n - 1)),
                        p - static_cast<double>(first)});
    }
    return result;
  };
  const std::vector<Tap> across = taps(columns), down = taps(rows);
  const size_t stride = static_cast<size_t>(columns) * 3;
  size_t i = 0;
  for (const Tap& y : down) {
    for (const Tap& x : across) {
      for (size_t c = 0; c < 3; ++c) {
        const auto row = [&](size_t r) {
          const double a = in[r * stride + x.first * 3 + c], b = in[r * stride + x.second * 3 + c];
          return a + (b - a) * x.t;
        };
        const double top = row(y.first), bottom = row(y.second);
        pixels[i++] = static_cast<uint8_t>(std::lround(top + (bottom - top) * y.t));
      }
    }
  }
  return out;
}

Array Reduced(const Array& image, int factor) {
  ROOKERY_CHECK_GE(factor, 1);
  ROOKERY_CHECK(image.shape().size() == 3 && image.shape()[2] == 3);
  const int64_t rows = image.shape()[0] / factor, columns = image.shape()[1] / factor;
  Array out(DType::kUInt8, {rows, columns, 3});
  const std::span<const uint8_t> in = image.As<uint8_t>();
  std::span<uint8_t> pixels = out.As<uint8_t>();
  const unsigned area = static_cast<unsigned>(factor) * static_cast<unsigned>(factor);
  size_t i = 0;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t x = 0; x < columns; ++x) {
      for (int64_t c = 0; c < 3; ++c) {
        unsigned sum = 0;
        for (int64_t v = r * factor; v < (r + 1) * factor; ++v) {
          for (int64_t u = x * factor; u < (x + 1) * factor; ++u) {
            sum += in[static_cast<size_t>((v * image.shape()[1] + u) * 3 + c)];
          }
        }
        pixels[i++] = static_cast<uint8_t>((sum + area / 2) / area);
      }
    }
  }
  return out;
}

}  // namespace rookery::report
