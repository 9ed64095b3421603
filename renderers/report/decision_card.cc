#include "renderers/report/decision_card.h"

#include <string>
#include <utility>

#include "core/overlay.h"

namespace rookery::report {
namespace {

constexpr char kView[] = "front.rgb";
constexpr char kTable[] = "heightmap.rgb", kHeight[] = "heightmap.height";

std::string HeatTitle(const std::string& name) {
  return name == "pick" || name == "place" ? "Where to " + name : "Heat map of " + name;
}

}  // namespace

Card DecisionCard(const ArrayMap& observation, const ArrayMap& explanation, const ArrayMap& after,
                  const TableFigureOptions& options) {
  Card card;
  if (const Array* view = observation.Find(kView)) {
    card.visuals.emplace_back(CameraPicture(*view, "Before"));
  }
  const Array* table = observation.Find(kTable);
  if (table != nullptr) {
    Picture seen = TablePicture(*table, options);
    seen.title = "From above";
    seen.caption = "all cameras fused";
    card.visuals.emplace_back(std::move(seen));
  }
  if (const Array* height = observation.Find(kHeight)) {
    card.visuals.emplace_back(HeightPicture(*height, options));
  }
  for (const std::string& name : ExplainedNames(explanation)) {
    if (table != nullptr && explanation.Has(kExplainHeatmap + name)) {
      Picture heat = DecisionPicture(*table, explanation, {name}, options);
      heat.title = HeatTitle(name);
      card.visuals.emplace_back(std::move(heat));
    }
    if (explanation.Has(kExplainAngle + name)) {
      AnglePlot angles = AngleFigure(explanation, name);
      angles.title = "How to turn";
      card.visuals.emplace_back(std::move(angles));
    }
  }
  if (const Array* view = after.Find(kView)) {
    card.visuals.emplace_back(CameraPicture(*view, "After"));
  }
  return card;
}

}  // namespace rookery::report
