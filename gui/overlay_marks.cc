#include "gui/overlay_marks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/overlay.h"
#include "renderers/report/colormap.h"
#include "renderers/report/figures.h"

namespace rookery::gui {
namespace {

using Color = std::array<float, 4>;
constexpr Color kWhite = {1, 1, 1, 0.95f}, kShade = {0.05f, 0.05f, 0.07f, 0.85f};

Color Of(const report::Rgb& rgb) {
  return {static_cast<float>(rgb[0]) / 255, static_cast<float>(rgb[1]) / 255,
          static_cast<float>(rgb[2]) / 255, 1};
}

void AddHeat(const Array& map, const report::Rgb& color, const Scene& scene, OverlayDrawing* out) {
  const Vec3 size = scene.workspace_high - scene.workspace_low;
  SceneDecal decal;
  decal.rgba = report::HeatLayer(map, color);
  decal.origin = scene.workspace_low;
  decal.right = {size.x, 0, 0};
  decal.down = {0, size.y, 0};
  decal.height_m = size.z;
  out->decals.push_back(std::move(decal));
}

// Where a pixel of the heightmap lies, on the workspace's floor.
Vec3 PointOf(const std::array<int64_t, 2>& pixel, const Shape& shape, const Scene& scene) {
  const Vec3 &low = scene.workspace_low, &high = scene.workspace_high;
  return {low.x + (static_cast<double>(pixel[1]) + 0.5) / static_cast<double>(shape[1]) *
                      (high.x - low.x),
          low.y + (static_cast<double>(pixel[0]) + 0.5) / static_cast<double>(shape[0]) *
                      (high.y - low.y),
          low.z};
}

void AddChoice(const Vec3& at, const std::optional<double>& yaw, const Color& color, double length,
               SceneMarks* marks) {
  for (const auto& [size, tint] : {std::pair(17.0f, kShade), {14.0f, kWhite}, {9.0f, color}}) {
    ScenePoint point;
    point.position = at;
    point.color = tint;
    point.size_px = size;
    marks->points.push_back(point);
  }
  if (yaw) AddArrow(at, at + Vec3(std::cos(*yaw), std::sin(*yaw), 0) * length, color, 3, marks);
}

void AddCloud(const Array& cloud, OverlayDrawing* out) {
  const auto values = cloud.As<float>();
  float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
  for (size_t i = 3; i < values.size(); i += 4) {
    if (!std::isfinite(values[i])) continue;
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  const std::vector<report::Rgb>& map = report::SequentialMap();
  for (size_t i = 0; i + 3 < values.size(); i += 4) {
    const float part = high > low ? (values[i + 3] - low) / (high - low) : 0.5f;
    if (!std::isfinite(part)) continue;
    ScenePoint point;
    point.position = {static_cast<double>(values[i]), static_cast<double>(values[i + 1]),
                      static_cast<double>(values[i + 2])};
    point.color = Of(map[static_cast<size_t>(std::lround(part * 255))]);
    point.size_px = 4;
    point.always = false;
    out->marks.points.push_back(point);
  }
}

}  // namespace

OverlayDrawing DrawOverlay(const ArrayMap& explanation, const Scene& scene) {
  const std::vector<OverlayItem> items = MakeOverlay(explanation);
  OverlayDrawing out;
  const double room = Norm(scene.workspace_high - scene.workspace_low);
  const bool table = room > 0;
  const double length = table ? 0.08 * room : 0.1;
  // Pixels are those of the heightmap that the heat maps cover.
  Shape shape;
  for (const OverlayItem& item : items) {
    if (item.heatmap.size() > 0) shape = item.heatmap.shape();
  }
  std::optional<Vec3> before;
  for (const OverlayItem& item : items) {
    const report::Rgb rgb = report::NameColor(explanation, item.name);
    OverlayDrawing::Legend legend{item.name, {}};
    if (table && item.heatmap.size() > 0) {
      AddHeat(item.heatmap, rgb, scene, &out);
      legend.colors = report::SampleMap(report::HeatMap(rgb), 9);
    }
    std::optional<Vec3> chosen;
    if (item.pose) {
      chosen = item.pose->p;
      AddFrame(*item.pose, length, 3, &out.marks);
    } else if (table && item.pixel && shape.size() == 2) {
      chosen = PointOf(*item.pixel, shape, scene);
    }
    if (chosen) {
      AddChoice(*chosen, item.yaw, Of(rgb), length, &out.marks);
      if (before && Norm(*chosen - *before) > 0.2 * length) {
        AddArrow(*before, *chosen, kWhite, 2.5f, &out.marks);
      }
      before = chosen;
    }
    if (item.cloud.size() > 0) {
      AddCloud(item.cloud, &out);
      legend.colors = report::SampleMap(report::SequentialMap(), 9);
    }
    if (legend.colors.empty() && chosen) legend.colors = {rgb};
    if (!legend.colors.empty()) out.legend.push_back(std::move(legend));
  }
  return out;
}

}  // namespace rookery::gui
