// Colour maps of even perceived steps, made in the OKLab space (Ottosson, "A perceptual color
// space for image processing", 2020): lightness rises linearly along every map, so that they also
// read in grey.
#ifndef ROOKERY_RENDERERS_REPORT_COLORMAP_H_
#define ROOKERY_RENDERERS_REPORT_COLORMAP_H_

#include <vector>

#include "renderers/report/picture.h"

namespace rookery::report {

// The sRGB colour of lightness [0, 1], chroma and hue (rad) in OKLab; the chroma is reduced until
// the colour can be shown.
Rgb OkLch(double lightness, double chroma, double hue);

// 256 colours, dark violet over blue-green to light yellow; for measured values.
const std::vector<Rgb>& SequentialMap();

// 256 colours around one hue from deep to nearly white, for heat maps; `color` is their middle.
std::vector<Rgb> HeatMap(const Rgb& color);

// Evenly spaced entries of a map, for a legend.
std::vector<Rgb> SampleMap(const std::vector<Rgb>& map, int count);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_COLORMAP_H_
