#include "gui/body_color.h"

#include "core/pose.h"
#include "renderers/report/colormap.h"

namespace rookery::gui {

std::array<float, 3> BodyColor(int id) {
  static const auto colors = [] {
    constexpr double kGoldenAngle = 2.399963229728653;  // rad: no two steps come close for long
    std::array<std::array<float, 3>, 255> table;
    for (size_t i = 0; i < table.size(); ++i) {
      const double n = static_cast<double>(i);
      const double lightness = 0.70 + 0.09 * static_cast<double>(i % 3);
      const report::Rgb rgb = report::OkLch(lightness, 0.12, 4.3 + kGoldenAngle * n);
      for (size_t c = 0; c < 3; ++c) table[i][c] = static_cast<float>(rgb[c]) / 255.0f;
    }
    return table;
  }();
  if (id < 0 || id > 254) return {0.16f, 0.16f, 0.18f};
  return colors[static_cast<size_t>(id)];
}

}  // namespace rookery::gui
