#include "renderers/report/plot_grid.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "renderers/report/markup.h"
#include "renderers/report/style.h"

namespace rookery::report {
namespace {

constexpr double kPanelWidth = 460, kPanelHeight = 270;  // as LinePlotSvg draws them
constexpr double kTitle = 26, kGap = 26, kMargin = 24, kHead = 46, kLegendRow = 24;

std::string TextAt(double x, double y, const std::string& css, const std::string& text) {
  return "<text class=\"" + css + "\" x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\">" +
         Escape(text) + "</text>";
}

}  // namespace

std::string PlotGridSvg(const std::string& title, const std::vector<LinePlot>& panels,
                        int columns) {
  ROOKERY_CHECK(columns >= 1);
  std::vector<std::string> names;
  for (const LinePlot& panel : panels) {
    for (size_t i = 0; i < panel.series.size(); ++i) {
      if (i >= names.size()) names.push_back(panel.series[i].name);
    }
  }
  const auto count = static_cast<int>(panels.size());
  const int rows = (count + columns - 1) / columns;
  const int used = std::max(1, std::min(columns, count));
  const double width = 2 * kMargin + used * kPanelWidth + (used - 1) * kGap;
  // Legend entries side by side, as many as fit.
  double x = kMargin, y = kMargin + kHead;
  std::string legend;
  for (size_t i = 0; i < names.size(); ++i) {
    const double needs = 44 + 8.2 * static_cast<double>(names[i].size());
    if (x > kMargin && x + needs > width - kMargin) x = kMargin, y += kLegendRow;
    legend += std::string("<line class=\"line ") + SeriesColorClass(i) + "\" x1=\"" +
              Coordinate(x) + "\" y1=\"" + Coordinate(y - 5) + "\" x2=\"" + Coordinate(x + 22) +
              "\" y2=\"" + Coordinate(y - 5) + "\"/>" + TextAt(x + 29, y, "entry", names[i]);
    x += needs;
  }
  const double top = y + kGap;
  const double height = top + rows * (kTitle + kPanelHeight) + (rows - 1) * kGap + kMargin;

  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + Coordinate(width) +
                    "\" height=\"" + Coordinate(height) + "\" viewBox=\"0 0 " + Coordinate(width) +
                    " " + Coordinate(height) + "\" role=\"img\"><title>" + Escape(title) +
                    "</title><style>" + kStyleSheet +
                    "text{font-family:system-ui,\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation "
                    "Sans\",sans-serif;fill:var(--ink)}"
                    ".title{font-size:20px;font-weight:650}.panel{font-size:14px;font-weight:600}"
                    ".entry{font-size:14px}.line{fill:none;stroke-width:2.4}"
                    ".sheet{fill:var(--bg)}</style>"
                    "<rect class=\"sheet\" width=\"100%\" height=\"100%\"/>" +
                    TextAt(kMargin, kMargin + 14, "title", title) + legend;
  for (int i = 0; i < count; ++i) {
    const LinePlot& panel = panels[static_cast<size_t>(i)];
    const double px = kMargin + (i % columns) * (kPanelWidth + kGap);
    const double py = top + (i / columns) * (kTitle + kPanelHeight + kGap);
    out += TextAt(px + 4, py + 14, "panel",
                  panel.title + (panel.y_label.empty() ? "" : ", " + panel.y_label));
    // Sized by the sheet's rules for pages, a plot would fill its parent.
    std::string plot = LinePlotSvg(panel);
    constexpr std::string_view kPage = "<svg class=\"plot\"";
    ROOKERY_CHECK(plot.starts_with(kPage));
    plot.replace(0, kPage.size(),
                 "<svg width=\"" + Coordinate(kPanelWidth) + "\" height=\"" +
                     Coordinate(kPanelHeight) + "\"");
    out += "<g class=\"plot\" transform=\"translate(" + Coordinate(px) + " " +
           Coordinate(py + kTitle) + ")\">" + plot + "</g>";
  }
  return out + "</svg>\n";
}

}  // namespace rookery::report
