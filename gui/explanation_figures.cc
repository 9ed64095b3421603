#include "gui/explanation_figures.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "renderers/report/colormap.h"
#include "renderers/report/figures.h"

namespace rookery::gui {
namespace {

constexpr char kTable[] = "heightmap.rgb";

std::pair<double, double> FiniteRange(std::span<const float> values) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, static_cast<double>(value));
    high = std::max(high, static_cast<double>(value));
  }
  if (!(low <= high)) return {0, 1};
  return {low, high > low ? high : low + 1};
}

// (H, W) float32 in the colours of measured values; `flip`: its first row is the lowest.
Array Colored(const Array& values, double low, double high, bool flip) {
  const int64_t rows = values.shape()[0], columns = values.shape()[1];
  const std::vector<report::Rgb>& map = report::SequentialMap();
  Array out(DType::kUInt8, {rows, columns, 3});
  const auto from = values.As<float>();
  const auto to = out.As<uint8_t>();
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      const double value = static_cast<double>(from[static_cast<size_t>(r * columns + c)]);
      const double share = std::isfinite(value) ? (value - low) / (high - low) : 0;
      const auto entry = static_cast<size_t>(
          std::clamp(share, 0.0, 1.0) * static_cast<double>(map.size() - 1) + 0.5);
      const int64_t row = flip ? rows - 1 - r : r;
      for (size_t i = 0; i < 3; ++i) {
        to[static_cast<size_t>(row * columns + c) * 3 + i] = map[entry][i];
      }
    }
  }
  return out;
}

// The picture that an agent looked at: the last of stacked ones. Empty when there is none.
Array SeenPicture(const ArrayMap& seen) {
  for (const auto& [name, array] : seen) {
    if (name == kTable) continue;
    Shape shape = array.shape();
    const auto channels = [&] { return shape.back() == 1 || shape.back() == 3; };
    int64_t skipped = 0;
    while (shape.size() > 3 || (shape.size() == 3 && !channels())) {
      skipped = skipped * shape[0] + shape[0] - 1;
      shape.erase(shape.begin());
    }
    if (shape.size() == 2) shape.push_back(1);
    const auto bytes = static_cast<size_t>(NumElements(shape));
    const auto* first =
        static_cast<const uint8_t*>(array.data()) + static_cast<size_t>(skipped) * bytes;
    return Array::FromBytes(DType::kUInt8, shape, first);
  }
  return {};
}

// What was seen, as bright as its patch weighs; the patches alone where nothing was seen.
Array PatchPicture(const Array& weights, const Array& seen) {
  const int64_t rows = weights.shape()[0], columns = weights.shape()[1];
  const auto [low, high] = FiniteRange(weights.As<float>());
  const double least = std::min(low, 0.0);
  if (seen.size() == 0) return Colored(weights, least, high, false);
  const int64_t height = seen.shape()[0], width = seen.shape()[1], channels = seen.shape()[2];
  Array out(DType::kUInt8, {height, width, 3});
  const auto from = seen.As<uint8_t>();
  const auto to = out.As<uint8_t>();
  constexpr double kDark = 0.15;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const auto patch = static_cast<size_t>(y * rows / height * columns + x * columns / width);
      const double weight = static_cast<double>(weights.As<float>()[patch]);
      const double share = std::isfinite(weight) ? (weight - least) / (high - least) : 0;
      const auto pixel = static_cast<size_t>(y * width + x);
      for (size_t i = 0; i < 3; ++i) {
        const uint8_t value = from[pixel * static_cast<size_t>(channels) + (channels == 3 ? i : 0)];
        to[pixel * 3 + i] = static_cast<uint8_t>((kDark + (1 - kDark) * share) * value);
      }
    }
  }
  return out;
}

// Names of the elements of the observation that has so many; numbers when there is none.
std::vector<std::string> SensorNames(const EnvSpec& spec, int64_t count) {
  std::vector<std::string> names;
  for (const ArraySpec& array : spec.observation.arrays()) {
    if (array.shape != Shape{count}) continue;
    for (int64_t i = 0; i < count; ++i) {
      const bool named = static_cast<int64_t>(array.elements.size()) == count;
      names.push_back(named ? array.elements[static_cast<size_t>(i)]
                            : array.name + "[" + std::to_string(i) + "]");
    }
    return names;
  }
  for (int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

std::vector<int> ByValue(const Array& cloud) {
  std::vector<int> order(static_cast<size_t>(cloud.shape()[0]));
  std::iota(order.begin(), order.end(), 0);
  const auto values = cloud.As<float>();
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return values[4 * static_cast<size_t>(a) + 3] > values[4 * static_cast<size_t>(b) + 3];
  });
  return order;
}

// Empty when the map does not fit what was seen, with a line that says so.
std::string WrongSize(const OverlayItem& item, const Array& table) {
  const Shape& map = item.heatmap.shape();
  if (map[0] == table.shape()[0] && map[1] == table.shape()[1]) return "";
  return "explanation heatmap." + item.name + " is " + ShapeText(map) +
         ", but observation heightmap.rgb is " + ShapeText(table.shape());
}

}  // namespace

ExplanationFigures MakeExplanationFigures(const ArrayMap& explanation, const ArrayMap& seen,
                                          const EnvSpec& spec,
                                          const std::map<std::string, bool>& hidden) {
  ExplanationFigures out;
  std::vector<OverlayItem> items;
  try {
    items = MakeOverlay(explanation);
  } catch (const std::exception& error) {
    out.trouble = error.what();
    return out;
  }
  const Array* table = seen.Find(kTable);
  const Array picture = SeenPicture(seen);
  std::vector<std::string> shown;
  bool any_choice = false;
  for (OverlayItem& item : items) {
    ItemFigures figures;
    figures.color = report::NameColor(explanation, item.name);
    if (item.heatmap.size() > 0) {
      const std::string wrong = table != nullptr ? WrongSize(item, *table) : "";
      if (!wrong.empty()) out.trouble = wrong;
      const auto hide = hidden.find(item.name);
      if (table != nullptr && wrong.empty()) {
        if (hide == hidden.end() || !hide->second) shown.push_back(item.name);
        any_choice = true;
      } else {
        const auto [low, high] = FiniteRange(item.heatmap.As<float>());
        figures.heat = Colored(item.heatmap, low, high, false);
      }
    }
    if (item.landscape.size() > 0) {
      std::tie(figures.landscape_low, figures.landscape_high) =
          FiniteRange(item.landscape.As<float>());
      figures.landscape =
          Colored(item.landscape, figures.landscape_low, figures.landscape_high, true);
    }
    if (item.patches.size() > 0) figures.patches = PatchPicture(item.patches, picture);
    if (item.weights.size() > 0) figures.weight_names = SensorNames(spec, item.weights.size());
    if (item.cloud.size() > 0) figures.cloud_order = ByValue(item.cloud);
    figures.item = std::move(item);
    out.items.push_back(std::move(figures));
  }
  if (!any_choice || !out.trouble.empty()) return out;
  // All hidden: the table as it was (no name at all would stand for all of them).
  const report::Picture drawn = shown.empty() ? report::TablePicture(*table)
                                              : report::DecisionPicture(*table, explanation, shown);
  out.table = report::Flatten(drawn, 2);
  out.legend = drawn.legend;
  return out;
}

Array VideoFrame(const Array& video, int64_t index) {
  const Shape shape(video.shape().begin() + 1, video.shape().end());
  const int64_t bytes = NumElements(shape);
  const auto* first = static_cast<const uint8_t*>(video.data()) + index * bytes;
  return Array(DType::kUInt8, shape, const_cast<uint8_t*>(first), video.owner());
}

}  // namespace rookery::gui
