// Many line plots in one SVG document that stands alone, e.g. in a README.
#ifndef ROOKERY_RENDERERS_REPORT_PLOT_GRID_H_
#define ROOKERY_RENDERERS_REPORT_PLOT_GRID_H_

#include <string>
#include <vector>

#include "renderers/report/plot.h"

namespace rookery::report {

// Panels row by row, their titles above them, under one title; one legend for all, so that series
// of the same index should mean the same in every panel. `columns` >= 1.
std::string PlotGridSvg(const std::string& title, const std::vector<LinePlot>& panels, int columns);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_PLOT_GRID_H_
