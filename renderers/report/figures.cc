#include "renderers/report/figures.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/agent.h"
#include "core/error.h"
#include "core/overlay.h"
#include "core/pose.h"
#include "renderers/report/canvas.h"
#include "renderers/report/colormap.h"
#include "renderers/report/markup.h"

namespace rookery::report {
namespace {

constexpr double kGain = 1.15, kGamma = 0.62;  // brightening: 0.19 of full scale becomes 0.39
constexpr double kPickRadius = 5;              // ring around a chosen pixel, px
constexpr Rgb kWhite = {255, 255, 255};
constexpr Rgb kOrange = {245, 140, 40}, kBlue = {64, 160, 255};

// By the largest channel, and alike for all three, which keeps hue and saturation.
const std::array<float, 256>& BrighteningGains() {
  static const std::array<float, 256> gains = [] {
    std::array<float, 256> g = {1};
    for (size_t i = 1; i < g.size(); ++i) {
      const double v = static_cast<double>(i) / 255.0;
      g[i] = static_cast<float>(std::min(1.0, std::pow(v, kGamma) * kGain) / v);
    }
    return g;
  }();
  return gains;
}

// The values of a (H, W) map as a picture shows them: transposed, what is not finite as 0.
struct Grid {
  int width = 0, height = 0;
  std::vector<float> values;

  float& at(int x, int y) { return values[static_cast<size_t>(y * width + x)]; }
  float at(int x, int y) const { return values[static_cast<size_t>(y * width + x)]; }
};

Grid Transposed(const Array& map) {
  ROOKERY_CHECK_EQ(map.shape().size(), 2u);
  const std::span<const float> in = map.As<float>();
  Grid out{static_cast<int>(map.shape()[0]), static_cast<int>(map.shape()[1]), {}};
  out.values.resize(in.size());
  size_t i = 0;
  for (int x = 0; x < out.width; ++x) {
    for (int y = 0; y < out.height; ++y, ++i) out.at(x, y) = std::isfinite(in[i]) ? in[i] : 0.0f;
  }
  return out;
}

// Binomial smoothing (1 4 6 4 1) along both axes: a single hot pixel becomes a visible spot.
Grid Smoothed(const Grid& in) {
  constexpr float kWeights[] = {1 / 16.0f, 4 / 16.0f, 6 / 16.0f, 4 / 16.0f, 1 / 16.0f};
  const auto pass = [&](const Grid& from, int dx, int dy) {
    Grid to = from;
    for (int y = 0; y < from.height; ++y) {
      for (int x = 0; x < from.width; ++x) {
        float sum = 0;
        for (int k = -2; k <= 2; ++k) {
          sum += kWeights[k + 2] * from.at(std::clamp(x + k * dx, 0, from.width - 1),
                                           std::clamp(y + k * dy, 0, from.height - 1));
        }
        to.at(x, y) = sum;
      }
    }
    return to;
  };
  return pass(pass(in, 1, 0), 0, 1);
}

float Quantile(std::vector<float> values, double q) {
  if (values.empty()) return 0;
  const size_t k = std::min(values.size() - 1,
                            static_cast<size_t>(q * static_cast<double>(values.size() - 1) + 0.5));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end());
  return values[k];
}

// Strength of heat in [0, 1]: nothing at the median, everything at the top. The cube root shows a
// thousandth of the top as a tenth: where else a sharp peak might have been.
Grid HeatStrength(const Array& map) {
  Grid heat = Smoothed(Transposed(map));
  const float median = Quantile(heat.values, 0.5);
  const float top =
      heat.values.empty() ? 0 : *std::max_element(heat.values.begin(), heat.values.end());
  const float span = top - median;
  const bool flat = !(span > 1e-3f * std::fabs(top));
  for (float& v : heat.values) v = flat ? 0.0f : std::cbrt(std::max(0.0f, v - median) / span);
  return heat;
}

float HeatOpacity(float strength) { return std::min(0.9f, 1.15f * strength); }

const Rgb& HeatColor(float strength, const std::vector<Rgb>& map) {
  return map[static_cast<size_t>(std::lround(strength * 255))];
}

void BlendHeat(const Grid& heat, const std::vector<Rgb>& map, Array* image) {
  std::span<uint8_t> pixels = image->As<uint8_t>();
  for (size_t i = 0; i < heat.values.size(); ++i) {
    const float strength = heat.values[i];
    const Rgb& color = HeatColor(strength, map);
    const float alpha = HeatOpacity(strength);
    for (size_t c = 0; c < 3; ++c) {
      const float v = pixels[i * 3 + c];
      pixels[i * 3 + c] =
          static_cast<uint8_t>(std::lround(v + (static_cast<float>(color[c]) - v) * alpha));
    }
  }
}

// A quarter darker and half as colourful, so that heat stands out.
void Dim(Array* image) {
  std::span<uint8_t> pixels = image->As<uint8_t>();
  for (size_t i = 0; i < pixels.size(); i += 3) {
    const float grey =
        0.30f * pixels[i] + 0.59f * pixels[i + 1] + 0.11f * static_cast<float>(pixels[i + 2]);
    for (size_t c = 0; c < 3; ++c) {
      pixels[i + c] =
          static_cast<uint8_t>(std::lround(0.78f * (0.35f * grey + 0.65f * pixels[i + c])));
    }
  }
}

void AddLengthBar(const TableFigureOptions& options, Picture* picture) {
  if (!options.length_bar || options.pixel_m <= 0) return;
  const double length = 0.1 / options.pixel_m;
  const double width = static_cast<double>(picture->image.shape()[1]);
  const double height = static_cast<double>(picture->image.shape()[0]);
  if (length > width / 2 || height < 40) return;
  Mark ruler;
  ruler.kind = Mark::Kind::kRuler;
  ruler.x = width - 8 - length, ruler.x2 = width - 8;
  ruler.y = ruler.y2 = height - 8;
  ruler.text = "10 cm";
  picture->marks.push_back(ruler);
}

void CheckRgb(const Array& image) {
  ROOKERY_CHECK_EQ(std::string(DTypeName(image.dtype())), std::string("uint8"));
  ROOKERY_CHECK(image.shape().size() == 3 && image.shape()[2] == 3);
}

// The part of an array's name after `prefix`, or nothing.
std::string_view After(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view();
}

}  // namespace

Array TableImage(const Array& heightmap_rgb) {
  CheckRgb(heightmap_rgb);
  const int64_t rows = heightmap_rgb.shape()[0], columns = heightmap_rgb.shape()[1];
  Array out(DType::kUInt8, {columns, rows, 3});
  const std::span<const uint8_t> in = heightmap_rgb.As<uint8_t>();
  std::span<uint8_t> pixels = out.As<uint8_t>();
  const std::array<float, 256>& gain = BrighteningGains();
  size_t i = 0;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c, i += 3) {
      const size_t o = static_cast<size_t>((c * rows + r) * 3);
      const float g = gain[std::max({in[i], in[i + 1], in[i + 2]})];
      for (size_t k = 0; k < 3; ++k) {
        pixels[o + k] = static_cast<uint8_t>(std::lround(g * static_cast<float>(in[i + k])));
      }
    }
  }
  return out;
}

Picture TablePicture(const Array& heightmap_rgb, const TableFigureOptions& options) {
  Picture out;
  out.image = TableImage(heightmap_rgb);
  out.title = "Colour";
  AddLengthBar(options, &out);
  return out;
}

Picture HeightPicture(const Array& height, const TableFigureOptions& options) {
  const Grid grid = Transposed(height);
  const double covered = Quantile(grid.values, 0.999) * 100.0;
  int top_cm = 1;
  while (top_cm < covered && top_cm < 1000) {
    top_cm += top_cm < 6 ? 1 : (top_cm < 10 ? 2 : 5);
  }
  const std::vector<Rgb>& map = SequentialMap();
  Picture out;
  out.image = Array(DType::kUInt8, {grid.height, grid.width, 3});
  std::span<uint8_t> pixels = out.image.As<uint8_t>();
  for (size_t i = 0; i < grid.values.size(); ++i) {
    const double t = std::clamp(grid.values[i] * 100.0 / top_cm, 0.0, 1.0);
    const Rgb& color = map[static_cast<size_t>(std::lround(t * 255))];
    std::copy(color.begin(), color.end(), pixels.begin() + static_cast<std::ptrdiff_t>(i * 3));
  }
  out.title = "Height";
  out.scales.push_back({"above the table", SampleMap(map, 9), "0", std::to_string(top_cm) + " cm"});
  AddLengthBar(options, &out);
  return out;
}

std::vector<std::string> ExplainedNames(const ArrayMap& explanation) {
  std::vector<std::string> names;
  for (const auto& [key, array] : explanation) {
    for (const char* prefix : {kExplainHeatmap, kExplainPixel, kExplainYaw, kExplainAngle}) {
      const std::string name(After(key, prefix));
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

Rgb NameColor(const ArrayMap& explanation, const std::string& what) {
  if (what == "pick") return kOrange;
  if (what == "place") return kBlue;
  size_t index = 0;
  for (const std::string& name : ExplainedNames(explanation)) {
    if (name == what) break;
    if (name != "pick" && name != "place") ++index;
  }
  constexpr Rgb kOthers[] = {{120, 200, 90}, {225, 110, 200}, {235, 200, 70}, {90, 205, 200}};
  return kOthers[index % std::size(kOthers)];
}

Picture DecisionPicture(const Array& heightmap_rgb, const ArrayMap& explanation,
                        const std::vector<std::string>& names, const TableFigureOptions& options) {
  const std::vector<std::string> shown = names.empty() ? ExplainedNames(explanation) : names;
  Picture out;
  out.image = TableImage(heightmap_rgb);
  out.title = "Decision";
  bool any_heat = false;
  for (const std::string& name : shown) {
    any_heat |= explanation.Has(kExplainHeatmap + name);
  }
  if (any_heat) Dim(&out.image);

  struct Chosen {
    std::string name;
    Rgb color;
    double x, y, angle;
    double radius;  // arrows keep this far away from the centre
  };
  std::vector<Chosen> chosen;
  for (const std::string& name : shown) {
    const Rgb color = NameColor(explanation, name);
    if (const Array* map = explanation.Find(kExplainHeatmap + name)) {
      const Grid heat = HeatStrength(*map);
      ROOKERY_CHECK_EQ(heat.width, static_cast<int>(out.image.shape()[1]));
      ROOKERY_CHECK_EQ(heat.height, static_cast<int>(out.image.shape()[0]));
      const std::vector<Rgb> colors = HeatMap(color);
      BlendHeat(heat, colors, &out.image);
      out.scales.push_back({name, SampleMap(colors, 7), "", ""});
    }
    if (const Array* pixel = explanation.Find(kExplainPixel + name)) {
      ROOKERY_CHECK_EQ(pixel->size(), 2);
      const Array* yaw = explanation.Find(kExplainYaw + name);
      const double angle = yaw ? kPi / 2 - yaw->AsDouble() : kUnknown;
      chosen.push_back({name, color, pixel->AsDouble(0) + 0.5, pixel->AsDouble(1) + 0.5, angle,
                        kPickRadius + 1});
    }
  }

  for (size_t i = 0; i + 1 < chosen.size(); ++i) {
    const Chosen &a = chosen[i], &b = chosen[i + 1];
    const double dx = b.x - a.x, dy = b.y - a.y, length = std::hypot(dx, dy);
    if (length <= a.radius + b.radius + 4) continue;
    Mark arrow;
    arrow.kind = Mark::Kind::kArrow;
    arrow.x = a.x + dx / length * a.radius, arrow.y = a.y + dy / length * a.radius;
    arrow.x2 = b.x - dx / length * b.radius, arrow.y2 = b.y - dy / length * b.radius;
    arrow.color = kWhite;
    out.marks.push_back(arrow);
  }
  const std::vector<std::string> all = ExplainedNames(explanation);
  const std::string first = all.empty() ? "" : all[0];
  for (const Chosen& point : chosen) {
    Mark ring;
    ring.x = point.x, ring.y = point.y, ring.size = kPickRadius, ring.color = point.color;
    // The square is the crop around the first point as it was compared with the scene here.
    if (point.name != first && std::isfinite(point.angle) && options.crop_px > 0) {
      Mark square = ring;
      square.kind = Mark::Kind::kSquare;
      square.size = options.crop_px, square.angle = point.angle, square.dashed = true;
      out.marks.push_back(square);
    }
    out.marks.push_back(ring);
    out.legend.push_back({Mark::Kind::kRing, point.color, point.name});
  }
  AddLengthBar(options, &out);
  return out;
}

Array HeatLayer(const Array& map, const Rgb& color) {
  const Grid heat = HeatStrength(map);
  const std::vector<Rgb> colors = HeatMap(color);
  Array out(DType::kUInt8, {map.shape()[0], map.shape()[1], 4});
  uint8_t* pixel = out.As<uint8_t>().data();
  for (int r = 0; r < heat.width; ++r) {
    for (int c = 0; c < heat.height; ++c, pixel += 4) {
      const float strength = heat.at(r, c);
      std::copy_n(HeatColor(strength, colors).begin(), 3, pixel);
      pixel[3] = static_cast<uint8_t>(std::lround(255 * HeatOpacity(strength)));
    }
  }
  return out;
}

AnglePlot AngleFigure(const ArrayMap& explanation, const std::string& what) {
  const Array* scores = explanation.Find(kExplainAngle + what);
  ROOKERY_CHECK(scores != nullptr);
  AnglePlot plot;
  plot.title = "Rotation";
  for (int64_t i = 0; i < scores->size(); ++i) plot.scores.push_back(scores->AsDouble(i));
  if (const Array* yaw = explanation.Find(kExplainYaw + what)) plot.chosen = yaw->AsDouble();
  return plot;
}

Picture CameraPicture(const Array& rgb, const std::string& title, int max_width) {
  CheckRgb(rgb);
  ROOKERY_CHECK_GE(max_width, 1);
  const int width = static_cast<int>(rgb.shape()[1]);
  Picture out;
  out.image = Reduced(rgb, std::max(1, (width + max_width - 1) / max_width));
  out.title = title;
  return out;
}

}  // namespace rookery::report
