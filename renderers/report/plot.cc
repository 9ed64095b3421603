#include "renderers/report/plot.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/pose.h"
#include "renderers/report/markup.h"

namespace rookery::report {
namespace {

constexpr double kWidth = 460, kHeight = 270;  // of a line plot, CSS pixels at its natural size
constexpr double kLeft = 46, kRight = 14, kTop = 12, kBottom = 34;
constexpr size_t kMaxPoints = 400;  // of a line; more cannot be told apart

// Maps values of one axis to picture coordinates.
struct Axis {
  double low = 0, high = 1;
  double from = 0, to = 1;
  bool log = false;

  double At(double v) const {
    const auto f = [&](double u) { return log ? std::log10(u) : u; };
    return from + (f(v) - f(low)) / (f(high) - f(low)) * (to - from);
  }
  bool Shows(double v) const { return std::isfinite(v) && (!log || v > 0); }
  double Clamped(double v) const { return At(std::clamp(v, low, high)); }
  std::vector<double> Ticks(int count) const {
    return log ? LogAxisTicks(low, high) : AxisTicks(low, high, count);
  }
};

Axis FittedAxis(const std::vector<double>& values, bool log, double margin) {
  Axis axis;
  axis.log = log;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : values) {
    if (!axis.Shows(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (low > high) low = log ? 1 : 0, high = log ? 10 : 1;
  // Far beyond what a plot can show; with this all differences and margins stay finite.
  low = std::clamp(low, log ? 1e-200 : -1e300, log ? 1e200 : 1e300);
  high = std::clamp(high, low, log ? 1e200 : 1e300);
  if (log) {
    const double pad = std::max((std::log10(high) - std::log10(low)) * margin, 0.02);
    axis.low = std::pow(10.0, std::log10(low) - pad);
    axis.high = std::pow(10.0, std::log10(high) + pad);
  } else {
    const double pad = (high - low) * margin;
    const bool flat = high - low <= 1e-12 * std::max(std::fabs(low), std::fabs(high));
    const double alone = low == 0 ? 1 : std::fabs(low) * 0.1;
    axis.low = low - (flat ? alone : pad), axis.high = high + (flat ? alone : pad);
    if (low >= 0 && axis.low < 0) axis.low = 0;  // no empty room below zero
  }
  return axis;
}

// Without trailing zeros: "0.05", "20", "3e-7".
std::string ShortText(double v) {
  const double size = std::fabs(v);
  if (size == 0 || !std::isfinite(v)) return FixedText(v, 0);
  int exponent = static_cast<int>(std::floor(std::log10(size) + 1e-9));
  const bool power = exponent < -4 || exponent > 5;
  const double shown = power ? v / std::pow(10.0, exponent) : v;
  int decimals = 0;
  for (double rest = std::fabs(shown); decimals < 5; ++decimals, rest *= 10) {
    if (std::fabs(rest - std::round(rest)) <= 1e-6 * rest) break;
  }
  const std::string text = FixedText(shown, decimals);
  return power ? text + "e" + FixedText(exponent, 0) : text;
}

// The numbers along an axis: equally many decimals on a linear one, where they differ by less
// than a power of ten; each as short as can be on a logarithmic one.
std::vector<std::string> TickTexts(const std::vector<double>& ticks, bool log,
                                   const NumberStyle& style) {
  std::vector<std::string> out;
  double largest = 0;
  for (const double v : ticks) largest = std::max(largest, std::fabs(v * style.scale));
  const double step = ticks.size() > 1 ? std::fabs(ticks[1] - ticks[0]) * style.scale : largest;
  const bool powers = largest >= 1e6 || (largest > 0 && largest < 1e-3);
  int decimals = 0;
  for (double s = step; decimals < 6 && s > 0; ++decimals, s *= 10) {
    if (std::fabs(s - std::round(s)) <= 1e-6 * s) break;
  }
  for (const double v : ticks) {
    if (style.decimals >= 0) {
      out.push_back(NumberText(v, style));
    } else if (log || powers || v == 0) {
      out.push_back(ShortText(v * style.scale) + style.suffix);
    } else {
      out.push_back(FixedText(v * style.scale, decimals) + style.suffix);
    }
  }
  return out;
}

std::string TextAt(double x, double y, const std::string& anchor, const std::string& text,
                   const std::string& css = "") {
  return "<text x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\" text-anchor=\"" + anchor +
         "\"" + (css.empty() ? "" : " class=\"" + css + "\"") + ">" + Escape(text) + "</text>";
}

std::string LineAt(double x1, double y1, double x2, double y2, const std::string& css) {
  return "<line class=\"" + css + "\" x1=\"" + Coordinate(x1) + "\" y1=\"" + Coordinate(y1) +
         "\" x2=\"" + Coordinate(x2) + "\" y2=\"" + Coordinate(y2) + "\"/>";
}

std::string PointText(double x, double y) { return Coordinate(x) + " " + Coordinate(y); }

std::string OpenSvg(double width, double height, const std::string& title) {
  return "<svg class=\"plot\" viewBox=\"0 0 " + Coordinate(width) + " " + Coordinate(height) +
         "\" role=\"img\" aria-label=\"" + Escape(title) + "\">";
}

// Indices worth drawing: all, or of every stretch its ends and its extremes.
std::vector<size_t> Thinned(const std::vector<double>& y) {
  std::vector<size_t> out;
  if (y.size() <= kMaxPoints) {
    for (size_t i = 0; i < y.size(); ++i) out.push_back(i);
    return out;
  }
  const size_t stretches = kMaxPoints / 4;
  for (size_t s = 0; s < stretches; ++s) {
    const size_t begin = s * y.size() / stretches, end = (s + 1) * y.size() / stretches;
    size_t low = begin, high = begin;
    for (size_t i = begin; i < end; ++i) {
      if (!(y[i] >= y[low])) low = i;  // also finds a gap
      if (y[i] > y[high]) high = i;
    }
    std::vector<size_t> picked = {begin, low, high, end - 1};
    std::sort(picked.begin(), picked.end());
    picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
    out.insert(out.end(), picked.begin(), picked.end());
  }
  return out;
}

std::string BandPath(const Series& s, const Axis& x, const Axis& y) {
  std::string path;
  std::vector<size_t> run;
  const auto flush = [&] {
    if (run.size() > 1) {
      // Forth along the upper edge, back along the lower.
      for (size_t k = 0; k < run.size(); ++k) {
        path += k == 0 ? "M" : "L";
        path += PointText(x.At(s.x[run[k]]), y.Clamped(s.high[run[k]]));
      }
      for (size_t k = run.size(); k-- > 0;) {
        path += "L";
        path += PointText(x.At(s.x[run[k]]), y.Clamped(s.low[run[k]]));
      }
      path += "Z";
    }
    run.clear();
  };
  for (const size_t i : Thinned(s.y)) {
    if (x.Shows(s.x[i]) && y.Shows(s.low[i]) && y.Shows(s.high[i])) {
      run.push_back(i);
    } else {
      flush();
    }
  }
  flush();
  return path;
}

std::string SeriesSvg(const Series& s, size_t index, const LinePlot& plot, const Axis& x,
                      const Axis& y) {
  const std::string color = SeriesColorClass(index);
  std::string out;
  if (!s.low.empty()) {
    const std::string band = BandPath(s, x, y);
    if (!band.empty()) out += "<path class=\"band " + color + "\" d=\"" + band + "\"/>";
  }
  std::string path;
  bool pen_down = false;
  for (const size_t i : Thinned(s.y)) {
    const bool shown = x.Shows(s.x[i]) && y.Shows(s.y[i]);
    if (shown) {
      path += pen_down ? "L" : "M";
      path += PointText(x.At(s.x[i]), y.Clamped(s.y[i]));
    }
    pen_down = shown;
  }
  if (!path.empty()) out += "<path class=\"line " + color + "\" d=\"" + path + "\"/>";
  if (s.points) {
    const NumberStyle style = plot.y_style.decimals >= 0
                                  ? plot.y_style
                                  : NumberStyle{plot.y_style.scale, 4, plot.y_style.suffix};
    for (size_t i = 0; i < s.x.size(); ++i) {
      if (!x.Shows(s.x[i]) || !y.Shows(s.y[i])) continue;
      out += "<circle class=\"point " + color + "\" r=\"3.2\" cx=\"" + Coordinate(x.At(s.x[i])) +
             "\" cy=\"" + Coordinate(y.Clamped(s.y[i])) + "\"><title>" +
             Escape(s.name + ": " + NumberText(s.y[i], style) + " at " + ShortText(s.x[i])) +
             "</title></circle>";
    }
  }
  return out;
}

}  // namespace

const char* SeriesColorClass(size_t index) {
  constexpr const char* kClasses[] = {"c0", "c1", "c2", "c3", "c4", "c5"};
  return kClasses[index % std::size(kClasses)];
}

std::string NumberText(double value, const NumberStyle& style) {
  const std::string text = FixedText(value * style.scale, std::max(style.decimals, 0));
  return std::isnan(value) ? text : text + style.suffix;
}

std::vector<double> AxisTicks(double low, double high, int count) {
  std::vector<double> out;
  if (!(low < high) || !std::isfinite(high - low) || count < 1) return out;
  const double raw = (high - low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double m : {1.0, 2.0, 5.0}) {
    if (m * power >= raw * (1 - 1e-9)) {
      step = m * power;
      break;
    }
  }
  const double slack = 1e-9 * step;
  for (double k = std::ceil((low - slack) / step); k * step <= high + slack; ++k) {
    const double v = k * step;
    out.push_back(std::fabs(v) < slack ? 0 : v);
    if (out.size() > 1000) break;  // steps too small to change `low`
  }
  return out;
}

std::vector<double> LogAxisTicks(double low, double high) {
  std::vector<double> out;
  if (!(low > 0) || !(low < high) || !std::isfinite(high)) return out;
  const double decades = std::log10(high) - std::log10(low);
  const int every = static_cast<int>(std::ceil(decades / 7));
  const int first = static_cast<int>(std::floor(std::log10(low)));
  const int last = static_cast<int>(std::ceil(std::log10(high)));
  for (int e = first; e <= last; ++e) {
    for (const double m : {1.0, 2.0, 5.0}) {
      // Decades alone where there are many; 1, 2 and 5 of each where there are few.
      if (m != 1.0 && decades > 2.5) continue;
      if (m == 1.0 && (e % std::max(every, 1)) != 0) continue;
      const double v = m * std::pow(10.0, e);
      if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) out.push_back(v);
    }
  }
  return out;
}

std::string LinePlotSvg(const LinePlot& plot) {
  std::vector<double> xs, ys;
  for (const Series& s : plot.series) {
    ROOKERY_CHECK_EQ(s.x.size(), s.y.size());
    ROOKERY_CHECK(s.low.size() == s.high.size());
    ROOKERY_CHECK(s.low.empty() || s.low.size() == s.x.size());
    xs.insert(xs.end(), s.x.begin(), s.x.end());
    ys.insert(ys.end(), s.y.begin(), s.y.end());
    ys.insert(ys.end(), s.low.begin(), s.low.end());
    ys.insert(ys.end(), s.high.begin(), s.high.end());
  }
  for (const auto& mark : plot.marks) xs.push_back(mark.first);
  Axis x = FittedAxis(xs, plot.log_x, 0.02);
  Axis y = FittedAxis(ys, plot.log_y, 0.06);
  if (plot.y_range.low < plot.y_range.high && y.Shows(plot.y_range.low)) {
    y.low = plot.y_range.low, y.high = plot.y_range.high;
  }
  x.from = kLeft, x.to = kWidth - kRight;
  y.from = kHeight - kBottom, y.to = kTop;

  std::string out = OpenSvg(kWidth, kHeight, plot.title);
  const std::vector<double> y_ticks = y.Ticks(5), x_ticks = x.Ticks(6);
  const std::vector<std::string> y_texts = TickTexts(y_ticks, y.log, plot.y_style);
  const std::vector<std::string> x_texts = TickTexts(x_ticks, x.log, {1, -1, ""});
  for (size_t i = 0; i < y_ticks.size(); ++i) {
    const double py = y.At(y_ticks[i]);
    out += LineAt(x.from, py, x.to, py, "grid");
    out += TextAt(x.from - 7, py + 4, "end", y_texts[i]);
  }
  out += LineAt(x.from, y.from, x.to, y.from, "axis");
  for (size_t i = 0; i < x_ticks.size(); ++i) {
    const double px = x.At(x_ticks[i]);
    out += LineAt(px, y.from, px, y.from + 4, "axis");
    out += TextAt(px, y.from + 17, "middle", x_texts[i]);
  }
  if (!plot.x_label.empty()) out += TextAt(x.to, kHeight - 3, "end", plot.x_label, "label");
  std::string mark_texts;  // over the curves
  for (const auto& [at, text] : plot.marks) {
    if (!x.Shows(at)) continue;
    const double px = x.At(at);
    out += LineAt(px, y.to, px, y.from, "marker");
    const bool left = px > (x.from + x.to) / 2;
    mark_texts += TextAt(px + (left ? -6 : 6), y.from - 8, left ? "end" : "start", text, "halo");
  }
  for (size_t i = 0; i < plot.series.size(); ++i) {
    out += SeriesSvg(plot.series[i], i, plot, x, y);
  }
  out += mark_texts;
  if (ys.empty()) out += TextAt(kWidth / 2, kHeight / 2, "middle", "no data", "label");
  return out + "</svg>";
}

std::string BarPlotSvg(const BarPlot& plot) {
  constexpr double kRow = 40;  // label above its bar
  std::vector<double> values = {0};
  for (const Bar& bar : plot.bars) {
    values.insert(values.end(), {bar.value, bar.interval.low, bar.interval.high});
  }
  Axis x = FittedAxis(values, false, 0);
  if (plot.range.low < plot.range.high) x.low = plot.range.low, x.high = plot.range.high;
  const double height = std::max<double>(kRow, kRow * static_cast<double>(plot.bars.size())) + 6;
  x.from = 2, x.to = kWidth - 2;

  std::string out = OpenSvg(kWidth, height, plot.title);
  double top = 4;
  for (const Bar& bar : plot.bars) {
    const double y = top + 18, zero = x.Clamped(0);
    std::string number = NumberText(bar.value, plot.style);
    if (bar.interval.known()) {
      number += " (" + NumberText(bar.interval.low, {plot.style.scale, plot.style.decimals, ""}) +
                "\xE2\x80\x93" + NumberText(bar.interval.high, plot.style) + ")";
    }
    if (!bar.note.empty()) number += " " + bar.note;
    out += TextAt(x.from, top + 11, "start", bar.label, "label strong");
    out += TextAt(x.to, top + 11, "end", number, "label");
    out += "<rect class=\"track\" rx=\"3\" x=\"" + Coordinate(x.from) + "\" y=\"" + Coordinate(y) +
           "\" width=\"" + Coordinate(x.to - x.from) + "\" height=\"12\"/>";
    if (x.Shows(bar.value)) {
      const double end = x.Clamped(bar.value);
      out += "<rect class=\"bar c0\" rx=\"3\" x=\"" + Coordinate(std::min(zero, end)) + "\" y=\"" +
             Coordinate(y) + "\" width=\"" + Coordinate(std::fabs(end - zero)) +
             "\" height=\"12\"/>";
    }
    if (bar.interval.known() && x.Shows(bar.interval.low) && x.Shows(bar.interval.high)) {
      const double a = x.Clamped(bar.interval.low), b = x.Clamped(bar.interval.high);
      out += LineAt(a, y + 6, b, y + 6, "whisker") + LineAt(a, y + 2, a, y + 10, "whisker") +
             LineAt(b, y + 2, b, y + 10, "whisker");
    }
    top += kRow;
  }
  if (plot.bars.empty()) out += TextAt(kWidth / 2, 24, "middle", "no data", "label");
  return out + "</svg>";
}

std::string AnglePlotSvg(const AnglePlot& plot) {
  constexpr double kSize = 200, kCenter = kSize / 2, kInner = 18, kOuter = 74;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double s : plot.scores) {
    if (!std::isfinite(s)) continue;
    low = std::min(low, s);
    high = std::max(high, s);
  }
  // Probabilities grow from zero, scores of any sign from the lowest.
  if (low >= 0) low = 0;
  const auto at = [&](double yaw, double radius) {
    return PointText(kCenter + radius * std::sin(yaw), kCenter + radius * std::cos(yaw));
  };

  std::string out = OpenSvg(kSize, kSize, plot.title);
  for (const double r : {kInner, (kInner + kOuter) / 2, kOuter}) {
    out += "<circle class=\"grid\" cx=\"" + Coordinate(kCenter) + "\" cy=\"" + Coordinate(kCenter) +
           "\" r=\"" + Coordinate(r) + "\"/>";
  }
  const size_t n = plot.scores.size();
  const double pitch = n > 0 ? 2 * kPi / static_cast<double>(n) : 0;
  // The rotation that was chosen, if it is one of these.
  const double turns = plot.chosen / (2 * kPi);
  const size_t chosen =
      n > 0 && std::isfinite(turns)
          ? static_cast<size_t>(std::lround((turns - std::floor(turns)) * static_cast<double>(n))) %
                n
          : n;
  for (size_t i = 0; i < n; ++i) {
    if (!std::isfinite(plot.scores[i])) continue;
    const double yaw = pitch * static_cast<double>(i), half = std::min(pitch * 0.4, 0.3);
    const double part = high > low ? (plot.scores[i] - low) / (high - low) : 1.0;
    const double r = kInner + part * (kOuter - kInner);
    if (part < 0.03) continue;
    const std::string name = FixedText(yaw * 180 / kPi, 0) + "\xC2\xB0";
    out += std::string("<path class=\"bar ") + (i == chosen ? "c1" : "c0") + "\" d=\"M" +
           at(yaw - half, kInner) + "L" + at(yaw - half, r) + "L" + at(yaw + half, r) + "L" +
           at(yaw + half, kInner) + "Z\"><title>" + name + ": " +
           Escape(FixedText(plot.scores[i], 4)) + "</title></path>";
  }
  if (std::isfinite(plot.chosen)) {
    out += "<path class=\"chosen\" d=\"M" + at(plot.chosen, kOuter + 3) + "L" +
           at(plot.chosen, kOuter + 12) + "\"/>";
    double degrees = std::remainder(plot.chosen * 180 / kPi, 360.0);
    out += TextAt(kCenter, kCenter + 4, "middle", FixedText(degrees, 0) + "\xC2\xB0", "strong");
  }
  for (int quarter = 0; quarter < 4; ++quarter) {
    const double yaw = quarter * kPi / 2, r = kOuter + 17;
    const int degrees = quarter == 3 ? -90 : 90 * quarter;
    out += TextAt(kCenter + r * std::sin(yaw), kCenter + r * std::cos(yaw) + 4, "middle",
                  FixedText(degrees, 0) + "\xC2\xB0", "label");
  }
  if (n == 0) out += TextAt(kCenter, kCenter + 4, "middle", "no data", "label");
  return out + "</svg>";
}

}  // namespace rookery::report
