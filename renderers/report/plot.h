// Plots as inline SVG. Colours and fonts come from the page's style sheet (light or dark); the
// text of an SVG needs nothing else. Values that are not finite, and values <= 0 on a logarithmic
// axis, leave a gap.
#ifndef ROOKERY_RENDERERS_REPORT_PLOT_H_
#define ROOKERY_RENDERERS_REPORT_PLOT_H_

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace rookery::report {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = kUnknown, high = kUnknown;
  bool known() const { return low <= high; }  // false for NaN
};

// How a number is written: `scale` * value with `decimals` digits, then the suffix.
struct NumberStyle {
  double scale = 1;
  int decimals = 3;
  const char* suffix = "";
};
inline constexpr NumberStyle kScore = {1, 3, ""};
inline constexpr NumberStyle kCount = {1, 0, ""};
inline constexpr NumberStyle kPercent = {100, 1, "\u00A0%"};  // of fractions in [0, 1]
inline constexpr NumberStyle kSeconds = {1, 1, "\u00A0s"};

struct Series {
  std::string name;
  std::vector<double> x, y;                 // same length (Bug otherwise)
  std::vector<double> low = {}, high = {};  // spread band around y; both empty = none
  bool points = false;  // a dot at every value, which tells its numbers when pointed at
};

struct LinePlot {
  std::string title, caption;
  std::string x_label, y_label;
  std::vector<Series> series;
  bool log_x = false, log_y = false;
  Interval y_range = {};              // known: fixed; else fitted to the data
  NumberStyle y_style = {1, -1, ""};  // decimals -1 = as many as the ticks need
  std::vector<std::pair<double, std::string>> marks = {};  // vertical lines at x, with a text
};

struct Bar {
  std::string label;
  double value = kUnknown;
  Interval interval = {};
  std::string note = {};  // after the number
};

// Horizontal bars, which leave room for their labels on a phone.
struct BarPlot {
  std::string title, caption;
  std::vector<Bar> bars;
  NumberStyle style = kScore;
  Interval range = {};  // known: fixed axis; else from 0 to the largest value
};

// Scores of n rotations about the vertical axis, entry i at 2 pi i / n rad, drawn in the
// directions they have in a table picture (see figures.h).
struct AnglePlot {
  std::string title, caption;
  std::vector<double> scores;
  double chosen = kUnknown;  // rad
};

// Class of the style sheet for the series of this index; they repeat after six.
const char* SeriesColorClass(size_t index);

std::string LinePlotSvg(const LinePlot& plot);
std::string BarPlotSvg(const BarPlot& plot);
std::string AnglePlotSvg(const AnglePlot& plot);

// "98.5 %" (the suffixes above do not break from their number); a dash for NaN.
std::string NumberText(double value, const NumberStyle& style);
// Round values for an axis from low to high, about `count` of them, all inside.
std::vector<double> AxisTicks(double low, double high, int count);
std::vector<double> LogAxisTicks(double low, double high);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_PLOT_H_
