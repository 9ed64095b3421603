#include "gui/training_plots.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

namespace rookery::gui {
namespace {

constexpr char kStep[] = "step";

// Bounds of all but the outermost hundredth on each side, which is often noise of the beginning.
std::pair<double, double> Bulk(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return {0, 1};
  const size_t cut = values.size() / 100, last = values.size() - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(cut), values.end());
  const double low = values[cut];
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(last - cut),
                   values.end());
  return {low, values[last - cut]};
}

}  // namespace

std::vector<double> Smoothed(const std::vector<double>& values, double smoothing) {
  std::vector<double> out(values.size());
  double sum = 0, weight = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) {
      sum = smoothing * sum + (1 - smoothing) * values[i];
      weight = smoothing * weight + (1 - smoothing);
    }
    out[i] = weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
  }
  return out;
}

CurvePoints Decimated(const std::vector<double>& x, const std::vector<double>& y, double low,
                      double high, int columns) {
  CurvePoints out;
  const auto begin = x.begin(), end = x.end();
  auto first = std::lower_bound(begin, end, low), last = std::upper_bound(first, end, high);
  if (first != begin) --first;
  if (last != end) ++last;
  const auto from = static_cast<size_t>(first - begin), to = static_cast<size_t>(last - begin);
  const auto put = [&](size_t i) {
    out.x.push_back(x[i]);
    out.y.push_back(y[i]);
  };
  const double part = (high - low) / std::max(1, columns);
  if (to - from <= 2 * static_cast<size_t>(std::max(1, columns)) || !(part > 0)) {
    for (size_t i = from; i < to; ++i) {
      if (std::isfinite(y[i])) put(i);
    }
    return out;
  }
  for (size_t i = from; i < to;) {
    // One part; what is left and right of the range are parts of their own.
    const double column = std::floor((x[i] - low) / part);
    size_t least = to, largest = to;
    for (; i < to && std::floor((x[i] - low) / part) == column; ++i) {
      if (!std::isfinite(y[i])) continue;
      if (least == to || y[i] < y[least]) least = i;
      if (largest == to || y[i] > y[largest]) largest = i;
    }
    if (least == to) continue;
    put(std::min(least, largest));
    if (least != largest) put(std::max(least, largest));
  }
  return out;
}

void TrainingPlots::Prepare() {
  groups_.clear();
  const std::vector<double>* steps = table_->Find(kStep);
  if (steps == nullptr || steps->empty()) return;
  last_step_ = std::max(1.0, steps->back());
  prepared_smoothing_ = static_cast<double>(smoothing_);
  for (size_t c = 0; c < table_->names.size(); ++c) {
    const std::string& name = table_->names[c];
    if (name == kStep) continue;
    const size_t slash = name.find('/');
    const std::string key = slash == std::string::npos ? name : name.substr(0, slash);
    Group* group = nullptr;
    for (Group& other : groups_) {
      if (other.name == key) group = &other;
    }
    if (group == nullptr) {
      group = &groups_.emplace_back();
      group->name = key;
    }
    Curve curve{name, c, {}, {}, {}, 0, 1};
    const std::vector<double>& values = table_->columns[c];
    for (size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) continue;
      curve.x.push_back((*steps)[i]);
      curve.y.push_back(values[i]);
    }
    curve.smooth = Smoothed(curve.y, prepared_smoothing_);
    std::tie(curve.low, curve.high) = Bulk(curve.y);
    group->curves.push_back(std::move(curve));
  }
}

void TrainingPlots::DrawTools() {
  const float em = ImGui::GetFontSize();
  ImGui::SetNextItemWidth(8 * em);
  ImGui::SliderFloat("##smoothing", &smoothing_, 0, 0.99f, "smooth %.2f",
                     ImGuiSliderFlags_AlwaysClamp);
  ImGui::SetItemTooltip("weight of what was in the moving average; the values themselves are pale");
  ImGui::SameLine();
  ImGui::Checkbox("log", &log_);
  ImGui::SetItemTooltip("logarithmic axis of values; 0 and below are left out");
  ImGui::SameLine();
  ImGui::Checkbox("follow", &follow_);
  ImGui::SetItemTooltip(
      "all of the run stays in view; the wheel zooms, dragging moves, and ends this");
  ImGui::SameLine();
  if (ImGui::Button("Curves")) ImGui::OpenPopup("curves");
  if (ImGui::BeginPopup("curves")) {
    for (const Group& group : groups_) {
      for (const Curve& curve : group.curves) {
        bool shown = !hidden_[curve.name];
        if (ImGui::Checkbox(curve.name.c_str(), &shown)) hidden_[curve.name] = !shown;
      }
    }
    ImGui::EndPopup();
  }
}

void TrainingPlots::DrawGroup(const Group& group, float width, float height) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Curve& curve : group.curves) {
    if (hidden_[curve.name]) continue;
    double least = curve.low;
    if (log_ && least <= 0) {
      for (const double value : curve.y) {
        if (value > 0 && (least <= 0 || value < least)) least = value;
      }
      if (least <= 0) continue;
    }
    low = std::min(low, least);
    high = std::max(high, curve.high);
  }
  if (!(low <= high)) low = log_ ? 0.1 : 0, high = 1;
  const double margin = high > low ? 0.06 * (high - low) : std::max(1e-6, 0.1 * std::abs(high));
  if (follow_) {
    ImPlot::SetNextAxisLimits(ImAxis_X1, 0, last_step_, ImPlotCond_Always);
    ImPlot::SetNextAxisLimits(ImAxis_Y1, log_ ? low / 1.2 : low - margin,
                              log_ ? high * 1.2 : high + margin, ImPlotCond_Always);
  }
  if (!ImPlot::BeginPlot(("##" + group.name).c_str(), {width, height}, ImPlotFlags_NoMenus)) return;
  ImPlot::SetupAxes(nullptr, nullptr);
  ImPlot::SetupAxisFormat(ImAxis_X1, "%g");
  if (log_) ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
  ImPlot::SetupLegend(ImPlotLocation_NorthEast);
  ImPlot::SetupMouseText(ImPlotLocation_SouthEast);
  const bool moved = ImPlot::IsPlotHovered() && (std::abs(ImGui::GetIO().MouseWheel) > 0 ||
                                                 ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2) ||
                                                 ImGui::IsMouseDragging(ImGuiMouseButton_Right, 2));
  if (moved) follow_ = false;
  const ImPlotRect view = ImPlot::GetPlotLimits();
  const int columns = static_cast<int>(ImPlot::GetPlotSize().x);
  int index = -1;
  for (const Curve& curve : group.curves) {
    ++index;
    if (hidden_[curve.name]) continue;
    const size_t slash = curve.name.find('/');
    const std::string label =
        slash == std::string::npos ? curve.name : curve.name.substr(slash + 1);
    const ImVec4 color = ImPlot::GetColormapColor(index);
    const bool few = curve.x.size() <= 60;
    const bool smoothed = prepared_smoothing_ > 0 && !few;
    ImPlotSpec spec;
    spec.LineColor = {color.x, color.y, color.z, smoothed ? 0.28f : 1.0f};
    spec.LineWeight = ImGui::GetFontSize() / (smoothed ? 14 : 9);
    if (few) {
      spec.Marker = ImPlotMarker_Circle;
      spec.MarkerSize = ImGui::GetFontSize() / 6;
      spec.MarkerFillColor = color;
    }
    CurvePoints points = Decimated(curve.x, curve.y, view.X.Min, view.X.Max, columns);
    if (smoothed) spec.Flags = ImPlotItemFlags_NoLegend;
    ImPlot::PlotLine(((smoothed ? "##" : "") + label).c_str(), points.x.data(), points.y.data(),
                     static_cast<int>(points.x.size()), spec);
    if (!smoothed) continue;
    ImPlotSpec bold;
    bold.LineColor = color;
    bold.LineWeight = ImGui::GetFontSize() / 8;
    points = Decimated(curve.x, curve.smooth, view.X.Min, view.X.Max, columns);
    ImPlot::PlotLine(label.c_str(), points.x.data(), points.y.data(),
                     static_cast<int>(points.x.size()), bold);
  }
  ImPlot::EndPlot();
}

void TrainingPlots::Draw(const std::shared_ptr<const report::MetricsTable>& table,
                         double asked_steps) {
  if (table != table_ || prepared_smoothing_ != static_cast<double>(smoothing_)) {
    table_ = table;
    Prepare();
  }
  DrawTools();
  if (groups_.empty()) {
    ImGui::TextDisabled("The run has written no metrics yet.");
    return;
  }
  if (asked_steps > 0) {
    ImGui::SameLine();
    ImGui::TextDisabled("%.0f of %.0f steps", last_step_, asked_steps);
  }
  std::vector<const Group*> shown;
  for (const Group& group : groups_) {
    const bool any = std::any_of(group.curves.begin(), group.curves.end(),
                                 [&](const Curve& curve) { return !hidden_[curve.name]; });
    if (any) shown.push_back(&group);
  }
  if (shown.empty()) {
    ImGui::TextDisabled("Every curve is hidden: choose some above.");
    return;
  }
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 gap = ImGui::GetStyle().ItemSpacing;
  const float em = ImGui::GetFontSize();
  const int count = static_cast<int>(shown.size());
  const int columns = std::clamp(static_cast<int>(room.x / (15 * em)), 1, count);
  const int rows = (count + columns - 1) / columns;
  const float width =
      (room.x - gap.x * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float height =
      std::max(7 * em, (room.y - gap.y * static_cast<float>(rows - 1)) / static_cast<float>(rows));
  for (int i = 0; i < count; ++i) {
    if (i % columns != 0) ImGui::SameLine();
    ImGui::BeginGroup();
    ImGui::TextDisabled("%s", shown[static_cast<size_t>(i)]->name.c_str());
    DrawGroup(*shown[static_cast<size_t>(i)], width,
              std::max(4 * em, height - ImGui::GetTextLineHeightWithSpacing()));
    ImGui::EndGroup();
  }
}

nlohmann::json TrainingPlots::ToJson() const {
  nlohmann::json hidden = nlohmann::json::array();
  for (const auto& [name, is_hidden] : hidden_) {
    if (is_hidden) hidden.push_back(name);
  }
  return {{"smoothing", smoothing_}, {"log", log_}, {"hidden", hidden}};
}

void TrainingPlots::FromJson(const nlohmann::json& json) {
  if (!json.is_object()) return;
  try {
    smoothing_ = std::clamp(json.value("smoothing", smoothing_), 0.0f, 0.99f);
    log_ = json.value("log", log_);
    for (const auto& name : json.value("hidden", nlohmann::json::array())) {
      if (name.is_string()) hidden_[name.get<std::string>()] = true;
    }
  } catch (const nlohmann::json::exception&) {  // another version's: the standard
  }
}

}  // namespace rookery::gui
