#include "gui/explanation_plots.h"

#include <implot.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "renderers/report/colormap.h"

namespace rookery::gui {
namespace {

ImU32 Color(const report::Rgb& rgb, float alpha = 1) {
  return IM_COL32(rgb[0], rgb[1], rgb[2], static_cast<int>(255 * alpha));
}

ImTextureRef Ref(const PictureTexture& picture) {
  return ImTextureRef(static_cast<ImTextureID>(picture.texture()));
}

report::Rgb MapColor(double share) {
  const std::vector<report::Rgb>& map = report::SequentialMap();
  return map[static_cast<size_t>(std::clamp(share, 0.0, 1.0) *
                                 static_cast<double>(map.size() - 1))];
}

}  // namespace

void DrawPicture(const PictureTexture& picture, ImVec2 room) {
  if (picture.texture() == 0) return;
  const auto width = static_cast<float>(picture.width());
  const auto height = static_cast<float>(picture.height());
  const float scale = std::min(room.x / width, room.y / height);
  if (!(scale > 0)) return;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, (room.x - width * scale) / 2));
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  draw->AddCallback(platform.DrawCallback_SetSamplerFromTex, nullptr);
  ImGui::Image(Ref(picture), {width * scale, height * scale});
  draw->AddCallback(platform.DrawCallback_ResetRenderState, nullptr);
}

void DrawRotations(const ItemFigures& figures, float size) {
  const auto scores = figures.item.angles.As<float>();
  const auto count = static_cast<int>(scores.size());
  const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
  const float range = *high > *low ? *high - *low : 1;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy({size, size});
  const bool hovered = ImGui::IsItemHovered();
  const ImVec2 middle = {at.x + size / 2, at.y + size / 2};
  const float inner = size * 0.12f, outer = size * 0.44f;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImU32 grid = ImGui::GetColorU32(ImGuiCol_Border);
  draw->AddCircle(middle, inner, grid);
  draw->AddCircle(middle, outer, grid);
  const double part = 2 * std::numbers::pi / count;
  const auto point = [&](double angle, float radius) {
    return ImVec2(middle.x + radius * static_cast<float>(std::sin(angle)),
                  middle.y + radius * static_cast<float>(std::cos(angle)));
  };
  const int chosen =
      figures.item.yaw
          ? (static_cast<int>(std::lround(*figures.item.yaw / part)) % count + count) % count
          : static_cast<int>(high - scores.begin());
  int under = -1;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (hovered) {
    const double angle = std::atan2(mouse.x - middle.x, mouse.y - middle.y);
    under = (static_cast<int>(std::lround(angle / part)) + count) % count;
  }
  for (int i = 0; i < count; ++i) {
    const float share = (scores[static_cast<size_t>(i)] - *low) / range;
    const float radius = inner + (outer - inner) * std::max(0.02f, share);
    const double a = part * (i - 0.4), b = part * (i + 0.4);
    const ImU32 color = Color(figures.color, i == chosen ? 1.0f : i == under ? 0.75f : 0.45f);
    draw->AddQuadFilled(point(a, inner), point(a, radius), point(b, radius), point(b, inner),
                        color);
  }
  draw->AddLine(point(chosen * part, inner), point(chosen * part, size * 0.48f),
                Color(figures.color), ImGui::GetFontSize() / 8);
  if (under >= 0) {
    ImGui::SetTooltip("%.1f deg: %.4g%s", under * part * 180 / std::numbers::pi,
                      static_cast<double>(scores[static_cast<size_t>(under)]),
                      under == chosen ? ", chosen" : "");
  }
}

void DrawLandscape(const ItemFigures& figures, const PictureTexture& picture, ImVec2 size) {
  const auto& [x_low, x_high, y_low, y_high] = figures.item.range;
  const std::string title = "##landscape" + figures.item.name;
  if (ImPlot::BeginPlot(title.c_str(), size, ImPlotFlags_NoLegend | ImPlotFlags_NoMenus)) {
    ImPlot::SetupAxes(nullptr, nullptr, ImPlotAxisFlags_NoGridLines, ImPlotAxisFlags_NoGridLines);
    ImPlot::SetupAxesLimits(x_low, x_high, y_low, y_high);
    if (picture.texture() != 0) {
      ImPlot::PlotImage("value", Ref(picture), {x_low, y_low}, {x_high, y_high});
    }
    if (figures.item.samples.size() > 0) {
      const auto samples = figures.item.samples.As<float>();
      const int count = static_cast<int>(samples.size() / 3);
      std::vector<float> x, y;
      std::vector<ImU32> colors;
      float low = FLT_MAX, high = -FLT_MAX;
      for (size_t i = 2; i < samples.size(); i += 3) {
        low = std::min(low, samples[i]);
        high = std::max(high, samples[i]);
      }
      for (size_t i = 0; i < samples.size(); i += 3) {
        x.push_back(samples[i]);
        y.push_back(samples[i + 1]);
        const float share = high > low ? (samples[i + 2] - low) / (high - low) : 1;
        colors.push_back(Color(MapColor(static_cast<double>(share))));
      }
      ImPlotSpec spec;
      spec.Marker = ImPlotMarker_Circle;
      spec.MarkerSize = ImGui::GetFontSize() / 5;
      spec.MarkerLineColor = {1, 1, 1, 0.9f};
      spec.MarkerFillColors = colors.data();
      ImPlot::PlotScatter("samples", x.data(), y.data(), count, spec);
    }
    ImPlot::EndPlot();
  }
  ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
  ImGui::TextWrapped("value %.3g (dark) to %.3g (bright)%s", figures.landscape_low,
                     figures.landscape_high,
                     figures.item.samples.size() > 0 ? "; points: what was tried" : "");
  ImGui::PopStyleColor();
}

void DrawCloud(const ItemFigures& figures, float height) {
  const auto cloud = figures.item.cloud.As<float>();
  const int count = static_cast<int>(figures.cloud_order.size());
  if (!ImGui::BeginTable(("cloud" + figures.item.name).c_str(), 5,
                         ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollY |
                             ImGuiTableFlags_SizingStretchSame | ImGuiTableFlags_BordersOuter,
                         {0, height})) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("", ImGuiTableColumnFlags_WidthFixed, 2.2f * ImGui::GetFontSize());
  for (const char* name : {"x (m)", "y (m)", "z (m)", "value"}) ImGui::TableSetupColumn(name);
  ImGui::TableHeadersRow();
  ImGuiListClipper clipper;
  clipper.Begin(count);
  while (clipper.Step()) {
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
      const auto first = static_cast<size_t>(figures.cloud_order[static_cast<size_t>(row)]) * 4;
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      ImGui::TextDisabled("%d", row + 1);
      for (size_t i = 0; i < 4; ++i) {
        ImGui::TableNextColumn();
        ImGui::Text("%.3f", static_cast<double>(cloud[first + i]));
      }
    }
  }
  ImGui::EndTable();
}

void DrawWeights(const ItemFigures& figures) {
  const auto weights = figures.item.weights.As<float>();
  float least = 0, largest = 0, widest = 0;
  for (const float weight : weights) {
    least = std::min(least, weight);
    largest = std::max(largest, weight);
  }
  for (const std::string& name : figures.weight_names) {
    widest = std::max(widest, ImGui::CalcTextSize(name.c_str()).x);
  }
  const float em = ImGui::GetFontSize(), room = ImGui::GetContentRegionAvail().x;
  const float label = std::min(widest, room / 2) + em / 2, number = 4 * em;
  const float width = std::max(2 * em, room - label - number);
  const float range = std::max(largest - least, 1e-12f), zero = -least / range * width;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float line = ImGui::GetTextLineHeight();
  for (size_t i = 0; i < weights.size(); ++i) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushClipRect(at, {at.x + label - em / 4, at.y + line}, true);
    ImGui::TextUnformatted(figures.weight_names[i].c_str());
    ImGui::PopClipRect();
    const float end = (weights[i] - least) / range * width;
    const ImVec2 low = {at.x + label + std::min(zero, end), at.y + line * 0.15f};
    const ImVec2 high = {at.x + label + std::max(zero, end), at.y + line * 0.9f};
    draw->AddRectFilled(low, high, Color(figures.color, weights[i] < 0 ? 0.5f : 0.9f), em / 8);
    ImGui::SameLine(0, 0);
    ImGui::SetCursorScreenPos({at.x + label + width + em / 3, at.y});
    ImGui::TextDisabled("%.3f", static_cast<double>(weights[i]));
  }
}

}  // namespace rookery::gui
