// What is drawn of an agent's reasons (core/overlay.h), made ready off the window's thread.
#ifndef ROOKERY_GUI_EXPLANATION_FIGURES_H_
#define ROOKERY_GUI_EXPLANATION_FIGURES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/env_spec.h"
#include "core/overlay.h"
#include "renderers/report/picture.h"

namespace rookery::gui {

// Pixels and numbers of one item, those that it has.
struct ItemFigures {
  OverlayItem item;
  report::Rgb color = {255, 255, 255};  // of this name in all pictures
  Array heat;                           // (H, W, 3): its map alone, where no table was seen
  Array landscape;                      // (H, W, 3), y upwards
  double landscape_low = 0, landscape_high = 1;
  Array patches;                          // (H, W, 3): what was seen, dark where it did not look
  std::vector<std::string> weight_names;  // of the sensors
  std::vector<int> cloud_order;           // its samples, the highest value first
};

struct ExplanationFigures {
  std::string trouble;  // why nothing, or not all, can be drawn; one line
  std::vector<ItemFigures> items;
  Array table;  // (H, W, 3): the table with the maps and choices on it; empty when there is none
  std::vector<report::LegendItem> legend;
  bool empty() const { return items.empty(); }
};

// `seen`: pictures among the observations that the action was chosen from. `hidden`: names whose
// maps are left out of the table's picture. What does not fit is said, the rest is there.
ExplanationFigures MakeExplanationFigures(const ArrayMap& explanation, const ArrayMap& seen,
                                          const EnvSpec& spec,
                                          const std::map<std::string, bool>& hidden);

// Frame `index` of a video (T, H, W, 3), sharing its pixels.
Array VideoFrame(const Array& video, int64_t index);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_EXPLANATION_FIGURES_H_
