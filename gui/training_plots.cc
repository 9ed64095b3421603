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

std::pair<double, double> AxisRange(double low, double high) {
  const double size = std::max(std::abs(low), std::abs(high));
  if (high - low > 1e-9 * size) {
    const double margin = 0.06 * (high - low);
    return {low - margin, high + margin};
  }
  const double margin = size > 0 ? std::max(1.0, 0.1 * size) : 0.5;
  return {low - margin, high + margin};
}

std::vector<double> RoundTicks(double low, double high, int most, double least_step) {
  if (!(high > low) || !std::isfinite(high - low)) return {};
  const auto first = [&](double step) { return std::ceil(low / step - 1e-9); };
  const auto count = [&](double step) { return std::floor(high / step + 1e-9) - first(step) + 1; };
  const double first_power = std::floor(std::log10((high - low) / std::max(1, most))) - 1;
  for (double power = first_power; power < 300; ++power) {
    const double decade = std::pow(10, power);  // exact from 1 on
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
      const double step = factor * decade;
      const bool whole =
          least_step <= 0 || (step >= least_step && std::fmod(step, least_step) == 0);
      if (!whole || count(step) > most) continue;
      std::vector<double> ticks;
      for (double i = 0; i < count(step); ++i) {
        ticks.push_back((first(step) + i) * step + 0.0);  // no -0
      }
      return ticks;
    }
  }
  return {};
}

int MostTicks(float pixels, bool vertical) {
  const float em = ImGui::GetFontSize();
  return std::clamp(static_cast<int>(pixels / (vertical ? 1.8f * em : 4 * em)), 3, 7);
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
  // What is learned, and how well, before what is set.
  const auto rank = [](const Group& group) {
    return group.name == "loss" ? 0 : group.name == "validation" ? 1 : 2;
  };
  std::stable_sort(groups_.begin(), groups_.end(),
                   [&](const Group& a, const Group& b) { return rank(a) < rank(b); });
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

// The group and its curves in their colours, on one line.
void TrainingPlots::DrawNames(const Group& group, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushClipRect(at, {at.x + width, at.y + ImGui::GetTextLineHeight()}, true);
  ImGui::TextDisabled("%s", group.name.c_str());
  int index = -1;
  for (const Curve& curve : group.curves) {
    ++index;
    if (hidden_[curve.name] || curve.name == group.name) continue;
    ImGui::SameLine();
    ImGui::TextColored(ImPlot::GetColormapColor(index), "%s",
                       curve.name.substr(group.name.size() + 1).c_str());
  }
  ImGui::PopClipRect();
}

void TrainingPlots::DrawGroup(Group* drawn, float width, float height) {
  const Group& group = *drawn;
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
  auto& [left, right, bottom, top] = drawn->view;
  if (follow_) {
    left = 0;
    right = last_step_;
    std::tie(bottom, top) = log_ ? std::pair(low / 1.2, high * 1.2) : AxisRange(low, high);
    ImPlot::SetNextAxisLimits(ImAxis_X1, left, right, ImPlotCond_Always);
    ImPlot::SetNextAxisLimits(ImAxis_Y1, bottom, top, ImPlotCond_Always);
  }
  if (!ImPlot::BeginPlot(("##" + group.name).c_str(), {width, height},
                         ImPlotFlags_NoMenus | ImPlotFlags_NoLegend))
    return;
  ImPlot::SetupAxes(nullptr, nullptr);
  ImPlot::SetupAxisFormat(ImAxis_X1, "%g");
  ImPlot::SetupAxisFormat(ImAxis_Y1, "%g");
  const float em = ImGui::GetFontSize();
  const auto ticks = [](ImAxis axis, const std::vector<double>& at) {
    if (!at.empty()) ImPlot::SetupAxisTicks(axis, at.data(), static_cast<int>(at.size()));
  };
  ticks(ImAxis_X1, RoundTicks(left, right, MostTicks(width - 5 * em, false)));
  if (log_) {
    ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
  } else {
    ticks(ImAxis_Y1, RoundTicks(bottom, top, MostTicks(height - 2.5f * em, true)));
  }
  ImPlot::SetupMouseText(ImPlotLocation_SouthEast);
  const bool moved = ImPlot::IsPlotHovered() && (std::abs(ImGui::GetIO().MouseWheel) > 0 ||
                                                 ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2) ||
                                                 ImGui::IsMouseDragging(ImGuiMouseButton_Right, 2));
  if (moved) follow_ = false;
  const ImPlotRect view = ImPlot::GetPlotLimits();
  drawn->view = {view.X.Min, view.X.Max, view.Y.Min, view.Y.Max};
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

void TrainingPlots::Draw(const std::shared_ptr<const report::MetricsTable>& table) {
  if (table != table_ || prepared_smoothing_ != static_cast<double>(smoothing_)) {
    table_ = table;
    Prepare();
  }
  DrawTools();
  if (groups_.empty()) {
    ImGui::TextDisabled("The run has written no metrics yet.");
    return;
  }
  std::vector<Group*> shown;
  for (Group& group : groups_) {
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
  const int columns = std::clamp(static_cast<int>(room.x / (8 * em)), 1, count);
  const int rows = (count + columns - 1) / columns;
  const float width =
      (room.x - gap.x * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float height =
      std::max(7 * em, (room.y - gap.y * static_cast<float>(rows - 1)) / static_cast<float>(rows));
  for (int i = 0; i < count; ++i) {
    // Beside the one before, however wide the names of its curves would be.
    const auto column = static_cast<float>(i % columns);
    if (i % columns != 0) ImGui::SameLine(column * (width + gap.x));
    ImGui::BeginGroup();
    DrawNames(*shown[static_cast<size_t>(i)], width);
    DrawGroup(shown[static_cast<size_t>(i)], width,
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
