// Pictures of the table from heightmaps and from what an agent explains (core/agent.h).
//
// Heightmap arrays have rows along y and columns along x. Pictures show them with y to the right
// and x downwards: the table from above, landscape, as the front camera sees it, with the robot
// at the upper edge. (Shown as stored, an array would be a mirror image.) Row r and column c lie
// at picture point (r + 0.5, c + 0.5); a yaw, from x towards y about the upward z axis, points to
// (sin yaw, cos yaw).
#ifndef ROOKERY_RENDERERS_REPORT_FIGURES_H_
#define ROOKERY_RENDERERS_REPORT_FIGURES_H_

#include <string>
#include <vector>

#include "core/array.h"
#include "renderers/report/picture.h"
#include "renderers/report/plot.h"

namespace rookery::report {

struct TableFigureOptions {
  double pixel_m = 0.003125;  // edge of a heightmap pixel, m
  int crop_px = 64;           // side of the square drawn around a place point, px; 0 = none
  bool length_bar = true;     // 10 cm
};

// Colour heightmap (H, W, 3) uint8 -> (W, H, 3), brightened by a fixed curve (255 stays 255),
// because the table is dark.
Array TableImage(const Array& heightmap_rgb);
Picture TablePicture(const Array& heightmap_rgb, const TableFigureOptions& options = {});

// Height (H, W) float32, m, in false colours from 0 to the least of 1, 2, 3, 4, 5, 6, 8, 10, 15,
// 20, 25, 30 ... cm that covers all but the highest 0.1 % of the pixels.
Picture HeightPicture(const Array& height, const TableFigureOptions& options = {});

// Names <what> that an explanation has as heatmap.<what>, pixel.<what>, yaw.<what> or
// angle.<what>, in order of appearance.
std::vector<std::string> ExplainedNames(const ArrayMap& explanation);

// The colour of <what> in all pictures: `pick` is orange, `place` blue, others follow in order.
Rgb NameColor(const ArrayMap& explanation, const std::string& what);

// The table with the heat maps of `names` (all if empty) laid over it, the chosen pixels, the
// place square turned by its yaw, and an arrow from the first chosen pixel to the second. Each map
// is normalised by itself: its median shows nothing, its largest value fully, a thousandth of that
// a tenth; so a flat map shows nothing, and a sharp one still shows its flanks. Bug when a heat map
// has another size than the image.
Picture DecisionPicture(const Array& heightmap_rgb, const ArrayMap& explanation,
                        const std::vector<std::string>& names = {},
                        const TableFigureOptions& options = {});

// One heat map, (H, W) float32, as it is laid over the table there: (H, W, 4) uint8 as stored (not
// turned), its opacity from 0 where it says nothing.
Array HeatLayer(const Array& map, const Rgb& color);

// angle.<what> with yaw.<what>; Bug when there is no such array.
AnglePlot AngleFigure(const ArrayMap& explanation, const std::string& what);

// A camera image (H, W, 3) uint8, averaged down by a whole number until it is not wider than
// max_width.
Picture CameraPicture(const Array& rgb, const std::string& title, int max_width = 320);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_FIGURES_H_
