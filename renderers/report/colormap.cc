#include "renderers/report/colormap.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/pose.h"

namespace rookery::report {
namespace {

struct Lab {
  double l, a, b;
};

double ToLinear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }

double FromLinear(double c) {
  return c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055;
}

std::array<double, 3> LinearRgb(const Lab& c) {
  const double l = std::pow(c.l + 0.3963377774 * c.a + 0.2158037573 * c.b, 3);
  const double m = std::pow(c.l - 0.1055613458 * c.a - 0.0638541728 * c.b, 3);
  const double s = std::pow(c.l - 0.0894841775 * c.a - 1.2914855480 * c.b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

Lab ToLab(const Rgb& rgb) {
  const double r = ToLinear(rgb[0] / 255.0), g = ToLinear(rgb[1] / 255.0);
  const double b = ToLinear(rgb[2] / 255.0);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

bool InGamut(const std::array<double, 3>& rgb) {
  return std::all_of(rgb.begin(), rgb.end(), [](double c) { return c >= -1e-6 && c <= 1 + 1e-6; });
}

double Mix(double a, double b, double t) { return a + (b - a) * t; }

}  // namespace

Rgb OkLch(double lightness, double chroma, double hue) {
  const auto color = [&](double c) {
    return LinearRgb({lightness, c * std::cos(hue), c * std::sin(hue)});
  };
  double inside = 0, outside = chroma;
  if (InGamut(color(chroma))) inside = chroma;
  while (outside - inside > 1e-4) {
    const double middle = (inside + outside) / 2;
    (InGamut(color(middle)) ? inside : outside) = middle;
  }
  Rgb out;
  const std::array<double, 3> rgb = color(inside);
  for (size_t i = 0; i < 3; ++i) {
    out[i] = static_cast<uint8_t>(
        std::lround(255 * std::clamp(FromLinear(std::max(rgb[i], 0.0)), 0.0, 1.0)));
  }
  return out;
}

const std::vector<Rgb>& SequentialMap() {
  static const std::vector<Rgb> map = [] {
    std::vector<Rgb> colors;
    for (int i = 0; i < 256; ++i) {
      const double t = i / 255.0;
      // Chroma swells in the middle, where every hue has room for it.
      colors.push_back(
          OkLch(Mix(0.22, 0.93, t), 0.08 + 0.12 * std::sin(kPi * t), Mix(5.25, 1.75, t)));
    }
    return colors;
  }();
  return map;
}

std::vector<Rgb> HeatMap(const Rgb& color) {
  const Lab lab = ToLab(color);
  const double chroma = std::hypot(lab.a, lab.b), hue = std::atan2(lab.b, lab.a);
  std::vector<Rgb> colors;
  for (int i = 0; i < 256; ++i) {
    const double t = i / 255.0;
    const double fade = t < 0.5 ? 1.0 : 1.0 - 0.7 * (t - 0.5) / 0.5;
    colors.push_back(
        OkLch(Mix(std::max(lab.l - 0.17, 2 * lab.l - 0.97), 0.97, t), chroma * fade, hue));
  }
  return colors;
}

std::vector<Rgb> SampleMap(const std::vector<Rgb>& map, int count) {
  ROOKERY_CHECK(!map.empty() && count >= 2);
  std::vector<Rgb> out;
  for (int i = 0; i < count; ++i) {
    const size_t last = map.size() - 1;
    out.push_back(map[(last * static_cast<size_t>(i) + static_cast<size_t>(count - 1) / 2) /
                      static_cast<size_t>(count - 1)]);
  }
  return out;
}

}  // namespace rookery::report
