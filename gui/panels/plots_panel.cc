#include "gui/panels/plots_panel.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "gui/interface.h"
#include "gui/text_filter.h"
#include "gui/training_plots.h"
#include "renderers/report/colormap.h"

namespace rookery::gui {
namespace {

constexpr char kTitle[] = "Plots";
constexpr float kLeastHeight = 7;   // of a plot, letters; then they scroll
constexpr int64_t kLeastSteps = 5;  // that are seen
constexpr float kMarkers_px = 14;   // points further apart than this are marked
constexpr int kLastChoices[] = {50, 200, 1000, 5000};

// A double click seeks nothing and fits nothing: a plot always shows its whole height, and its
// width is chosen above.
class PlotMouse {
 public:
  PlotMouse() : before_(ImPlot::GetInputMap()) {
    ImPlot::GetInputMap().Fit = ImGuiMouseButton_Middle;
  }
  ~PlotMouse() { ImPlot::GetInputMap() = before_; }
  PlotMouse(const PlotMouse&) = delete;
  PlotMouse& operator=(const PlotMouse&) = delete;

 private:
  ImPlotInputMap before_;
};

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// There are no steps between whole ones.
int StepText(double step, char* text, int size, void*) {
  const bool whole = std::abs(step - std::round(step)) < 1e-6;
  return whole ? std::snprintf(text, static_cast<size_t>(size), "%.0f", step)
               : std::snprintf(text, static_cast<size_t>(size), "%s", "");
}

// Lines of one plot differ in hue alone, and are as clear on dark as on light.
ImVec4 LineColor(std::ptrdiff_t index, Theme theme) {
  constexpr double kFirstHue = 4.4, kGoldenAngle = 2.399963229728653;  // rad
  const double lightness = theme == Theme::kDark ? 0.75 : 0.55;
  const report::Rgb c =
      report::OkLch(lightness, 0.14, kFirstHue + kGoldenAngle * static_cast<double>(index));
  const auto part = [](uint8_t byte) { return static_cast<float>(byte) / 255; };
  return {part(c[0]), part(c[1]), part(c[2]), 1};
}

// Takes the name of a column that is dropped on what was just begun.
std::string Dropped() {
  const ImGuiPayload* payload = ImGui::AcceptDragDropPayload(kColumnPayload);
  if (payload == nullptr) return "";
  return {static_cast<const char*>(payload->Data), static_cast<size_t>(payload->DataSize)};
}

}  // namespace

void PlotsPanel::Add(const std::string& column) {
  if (!IsPlotted(column)) plots_.push_back({column});
}

void PlotsPanel::Remove(const std::string& column) {
  for (auto& plot : plots_) std::erase(plot, column);
  std::erase_if(plots_, [](const auto& plot) { return plot.empty(); });
}

bool PlotsPanel::IsPlotted(const std::string& column) const {
  return std::any_of(plots_.begin(), plots_.end(),
                     [&](const auto& plot) { return Has(plot, column); });
}

int PlotsPanel::ColumnOf(const std::string& name) const {
  const auto found = columns_.find(name);
  return found == columns_.end() ? -1 : found->second;
}

// Observations are what there is most of: they go without saying. An array that is called like its
// group says it once.
std::string PlotsPanel::Label(const std::string& column) const {
  constexpr char kObservation[] = "observation.";
  std::string label =
      column.starts_with(kObservation) ? column.substr(sizeof(kObservation) - 1) : column;
  for (const std::string group : {"action", "info"}) {
    const std::string twice = group + "." + group;
    if (column == twice || column.starts_with(twice + ".")) label.erase(0, group.size() + 1);
  }
  const auto facts = facts_.find(column);
  if (facts != facts_.end() && !facts->second.unit.empty()) {
    label += " (" + facts->second.unit + ")";
  }
  return label + "###" + column;
}

// --- what is kept

void PlotsPanel::Load(Interface* interface) {
  loaded_ = true;
  const nlohmann::json& panels = interface->settings().panels;
  if (!panels.contains(kTitle)) return;
  try {
    const nlohmann::json& kept = panels.at(kTitle);
    auto plots = kept.at("plots").get<std::vector<std::vector<std::string>>>();
    std::erase_if(plots, [](const auto& plot) { return plot.empty(); });
    last_ = std::clamp(kept.at("last").get<int>(), static_cast<int>(kLeastSteps), 1'000'000);
    view_ = kept.at("follow").get<bool>() ? View::kLast : View::kWhole;
    plots_ = std::move(plots);
  } catch (const nlohmann::json::exception&) {
    interface->Say("What the plots showed is not understood in the settings; they start afresh.");
  }
}

void PlotsPanel::Keep(Interface* interface) const {
  interface->settings().panels[kTitle] = {
      {"plots", plots_}, {"last", last_}, {"follow", view_ == View::kLast}};
}

void PlotsPanel::Update(Interface* interface) {
  if (!loaded_) Load(interface);
  if (interface->now().opened == opened_) return;
  opened_ = interface->now().opened;
  ReadFacts(interface);
  if (view_ == View::kFree) view_ = View::kWhole;
}

void PlotsPanel::ReadFacts(Interface* interface) {
  facts_.clear();
  facts_["reward"] = {"", "of each step"};
  facts_["return"] = {"", "sum of all rewards up to here"};
  const EnvSpec* spec = interface->now().spec.get();
  if (spec == nullptr) return;
  const auto read = [&](const char* group, const Spec& arrays) {
    for (const ArraySpec& array : arrays.arrays()) {
      const int64_t size = NumElements(array.shape);
      for (int64_t i = 0; i < size && size <= Series::kMaxElements; ++i) {
        facts_[ColumnName(group, array, i)] = {UnitOf(array, i), array.description};
      }
    }
  };
  read("observation", spec->observation);
  read("action", spec->action);
  read("info", spec->info);
}

// --- drawing

void PlotsPanel::SetLimits(Interface* interface) {
  const auto rows = static_cast<int64_t>(table_.columns.empty() ? 0 : table_.columns[0].size());
  const double first = static_cast<double>(table_.first);
  const double last = static_cast<double>(table_.first + std::max<int64_t>(kLeastSteps, rows - 1));
  if (view_ == View::kWhole) {
    low_ = first;
    high_ = last;
  } else if (view_ == View::kLast) {
    high_ = std::max(static_cast<double>(interface->now().step), first + last_);
    low_ = high_ - last_;
  }
  next_low_ = low_;
  next_high_ = high_;
}

void PlotsPanel::DrawList() {
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::InputTextWithHint("##filter", "find a number", filter_, sizeof(filter_));
  if (ImGui::BeginChild("names")) {
    std::vector<int> shown;
    for (size_t i = 0; i < table_.names.size(); ++i) {
      if (MatchesFilter(table_.names[i], filter_)) shown.push_back(static_cast<int>(i));
    }
    if (shown.empty()) ImGui::TextDisabled("No number is called so.");
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(shown.size()));
    while (clipper.Step()) {
      for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row) {
        const std::string& name =
            table_.names[static_cast<size_t>(shown[static_cast<size_t>(row)])];
        bool plotted = IsPlotted(name);
        if (ImGui::Checkbox(Label(name).c_str(), &plotted)) {
          if (plotted) {
            Add(name);
          } else {
            Remove(name);
          }
        }
        if (ImGui::BeginDragDropSource()) {
          ImGui::SetDragDropPayload(kColumnPayload, name.data(), name.size());
          ImGui::Text("%s: drop it on a plot", name.c_str());
          ImGui::EndDragDropSource();
        }
        const auto facts = facts_.find(name);
        ImGui::SetItemTooltip("%s\n%s\ntick: a plot of its own; drag it onto another to compare",
                              name.c_str(),
                              facts != facts_.end() ? facts->second.description.c_str() : "");
      }
    }
  }
  ImGui::EndChild();
}

void PlotsPanel::DrawView() {
  char text[48];
  const auto name = [&](int last) {
    std::snprintf(text, sizeof(text), "last %d steps", last);
    return text;
  };
  ImGui::SetNextItemWidth(10 * ImGui::GetFontSize());
  const char* now = view_ == View::kWhole  ? "whole episode"
                    : view_ == View::kFree ? "as zoomed"
                                           : name(last_);
  if (ImGui::BeginCombo("##view", now)) {
    if (ImGui::Selectable("whole episode", view_ == View::kWhole)) view_ = View::kWhole;
    for (const int last : kLastChoices) {
      if (!ImGui::Selectable(name(last), view_ == View::kLast && last == last_)) continue;
      view_ = View::kLast;
      last_ = last;
    }
    ImGui::EndCombo();
  }
  ImGui::SetItemTooltip("what is seen; the wheel and dragging in a plot zoom and move it");
  ImGui::SameLine();
  ImGui::BeginDisabled(view_ != View::kFree);
  if (ImGui::Button("Fit")) view_ = View::kWhole;
  ImGui::EndDisabled();
  ImGui::SameLine();
  ImGui::TextDisabled("click: go to that step");
}

// Values at the step under the mouse.
void PlotsPanel::DrawUnderMouse(Interface* interface, const std::vector<std::string>& columns) {
  const auto rows = static_cast<int64_t>(table_.columns[0].size());
  if (rows == 0) return;
  const auto step = std::clamp(
      static_cast<int64_t>(std::lround(std::clamp(ImPlot::GetPlotMousePos().x, -1e15, 1e15))),
      table_.first, table_.first + rows - 1);
  const ImVec2 low = ImPlot::GetPlotPos(), size = ImPlot::GetPlotSize();
  const float x = ImPlot::PlotToPixels(static_cast<double>(step), 0).x;
  if (x >= low.x && x <= low.x + size.x) {
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, low.y}, {x, low.y + size.y},
                                       ImGui::GetColorU32(ImGuiCol_TextDisabled, 0.6f));
    ImPlot::PopPlotClipRect();
  }
  if (!ImGui::IsMouseDown(ImGuiMouseButton_Left) && ImGui::BeginTooltip()) {
    ImGui::TextDisabled("step %lld", static_cast<long long>(step));
    for (const std::string& name : columns) {
      const int column = ColumnOf(name);
      if (column < 0) continue;
      const float value =
          table_.columns[static_cast<size_t>(column)][static_cast<size_t>(step - table_.first)];
      const std::string label = Label(name);
      ImGui::Text("%.*s  %.6g", static_cast<int>(label.find("###")), label.c_str(),
                  static_cast<double>(value));
    }
    ImGui::EndTooltip();
  }
  const ImGuiIO& io = ImGui::GetIO();
  const bool still = io.MouseDragMaxDistanceSqr[ImGuiMouseButton_Left] <
                     io.MouseDragThreshold * io.MouseDragThreshold;
  if (still && ImGui::IsMouseReleased(ImGuiMouseButton_Left)) interface->simulation().Seek(step);
}

// Bounds of what is seen of the columns.
std::pair<double, double> PlotsPanel::SeenRange(const std::vector<std::string>& columns) const {
  double least = std::numeric_limits<double>::infinity(), largest = -least;
  const auto first = static_cast<double>(table_.first);
  for (const std::string& name : columns) {
    const int column = ColumnOf(name);
    if (column < 0) continue;
    const std::vector<float>& values = table_.columns[static_cast<size_t>(column)];
    const auto rows = static_cast<double>(values.size());
    const auto begin = static_cast<size_t>(std::clamp(std::ceil(low_ - first), 0.0, rows));
    const auto end = static_cast<size_t>(std::clamp(std::floor(high_ - first) + 1, 0.0, rows));
    for (size_t i = begin; i < end; ++i) {
      const auto value = static_cast<double>(values[i]);
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      largest = std::max(largest, value);
    }
  }
  return least <= largest ? AxisRange(least, largest) : std::pair(0.0, 1.0);
}

bool PlotsPanel::DrawPlot(Interface* interface, size_t index, float width, float height) {
  char id[32];
  std::snprintf(id, sizeof(id), "##plot%zu", index);
  constexpr ImPlotFlags kPlot = ImPlotFlags_NoTitle | ImPlotFlags_NoMouseText;
  if (!ImPlot::BeginPlot(id, {width, height}, kPlot)) return true;
  ImPlot::SetupAxis(ImAxis_X1, nullptr, ImPlotAxisFlags_NoInitialFit | ImPlotAxisFlags_NoMenus);
  ImPlot::SetupAxis(ImAxis_Y1, nullptr, ImPlotAxisFlags_NoMenus);
  ImPlot::SetupAxisFormat(ImAxis_X1, StepText);
  ImPlot::SetupAxisFormat(ImAxis_Y1, "%g");
  const auto [bottom, top] = SeenRange(plots_[index]);
  ImPlot::SetupAxisLimits(ImAxis_Y1, bottom, top, ImPlotCond_Always);
  const float em = ImGui::GetFontSize();
  const auto ticks = [](ImAxis axis, const std::vector<double>& at) {
    if (!at.empty()) ImPlot::SetupAxisTicks(axis, at.data(), static_cast<int>(at.size()));
  };
  ticks(ImAxis_X1, RoundTicks(low_, high_, MostTicks(width - 6 * em, false), 1));
  ticks(ImAxis_Y1, RoundTicks(bottom, top, MostTicks(height - 4 * em, true)));
  double low = low_, high = high_;
  ImPlot::SetupAxisLinks(ImAxis_X1, &low, &high);
  ImPlot::SetupAxisZoomConstraints(ImAxis_X1, static_cast<double>(kLeastSteps), 1e9);
  ImPlot::SetupLegend(ImPlotLocation_North,
                      ImPlotLegendFlags_Horizontal | ImPlotLegendFlags_Outside);
  ImPlot::SetupFinish();
  const ImPlotRect seen = ImPlot::GetPlotLimits();
  if (std::abs(seen.X.Min - low_) + std::abs(seen.X.Max - high_) > 1e-9 * (1 + high_ - low_)) {
    view_ = View::kFree;
    next_low_ = seen.X.Min;
    next_high_ = seen.X.Max;
  }
  const float plot_width = ImPlot::GetPlotSize().x;
  const double steps = std::max(1e-9, seen.X.Max - seen.X.Min);
  const bool sparse = static_cast<double>(plot_width) / steps > static_cast<double>(kMarkers_px);
  std::vector<std::string>& names = plots_[index];
  std::string remove, apart;
  bool legend = false;
  for (const std::string& name : names) {
    const int column = ColumnOf(name);
    if (column < 0) continue;
    const std::vector<float>& values = table_.columns[static_cast<size_t>(column)];
    Decimate(values, table_.first, seen.X.Min, seen.X.Max, static_cast<int>(plot_width), &points_);
    ImPlotSpec look;
    look.LineColor = LineColor(&name - names.data(), interface->settings().theme);
    look.LineWeight = 1.5f * interface->scale();
    if (sparse) {
      look.Marker = ImPlotMarker_Circle;
      look.MarkerSize = 2.5f * interface->scale();
    }
    const std::string label = Label(name);
    ImPlot::PlotLine(label.c_str(), points_.x.data(), points_.y.data(),
                     static_cast<int>(points_.x.size()), look);
    legend |= ImPlot::IsLegendEntryHovered(label.c_str());
    if (ImPlot::BeginLegendPopup(label.c_str())) {
      if (ImGui::MenuItem("Remove")) remove = name;
      if (ImGui::MenuItem("A plot of its own", nullptr, false, names.size() > 1)) apart = name;
      ImPlot::EndLegendPopup();
    }
  }
  ImPlotSpec look;
  look.LineColor = ImGui::GetStyleColorVec4(ImGuiCol_Text);
  look.LineColor.w = 0.55f;
  look.LineWeight = interface->scale();
  look.Flags = ImPlotItemFlags_NoLegend | ImPlotItemFlags_NoFit;
  const auto now = static_cast<double>(interface->now().step);
  ImPlot::PlotInfLines("##now", &now, 1, look);
  if (ImPlot::IsPlotHovered() && !legend) DrawUnderMouse(interface, names);
  if (ImPlot::BeginDragDropTargetPlot()) {
    const std::string dropped = Dropped();
    if (!dropped.empty() && !Has(names, dropped)) names.push_back(dropped);
    ImPlot::EndDragDropTarget();
  }
  ImPlot::EndPlot();
  std::erase(names, remove);
  std::erase(names, apart);
  const bool kept = !names.empty();
  if (!apart.empty()) plots_.push_back({apart});  // `names` may have moved
  return kept;
}

void PlotsPanel::DrawPlots(Interface* interface) {
  std::vector<size_t> shown;  // those with something of this environment
  for (size_t i = 0; i < plots_.size(); ++i) {
    if (std::any_of(plots_[i].begin(), plots_[i].end(),
                    [&](const std::string& name) { return ColumnOf(name) >= 0; })) {
      shown.push_back(i);
    }
  }
  if (shown.empty()) {
    ImGui::TextWrapped("Tick a number in the list: it becomes a plot here.");
    return;
  }
  const ImGuiStyle& style = ImGui::GetStyle();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const auto count = static_cast<int>(shown.size());
  const float least = kLeastHeight * ImGui::GetFontSize();
  int columns = 1;
  float best = -1, width = 0, height = 0;
  for (int n = 1; n <= count; ++n) {
    const int rows = (count + n - 1) / n;
    const float w =
        (room.x - style.ItemSpacing.x * static_cast<float>(n - 1)) / static_cast<float>(n);
    const float h =
        (room.y - style.ItemSpacing.y * static_cast<float>(rows - 1)) / static_cast<float>(rows);
    const float good = std::min(w, 1.5f * h);  // as large as can be in that shape
    if (good <= best) continue;
    best = good;
    columns = n;
    width = w;
    height = std::max(least, h);
  }
  const PlotMouse mouse;
  const float em = ImGui::GetFontSize();
  ImPlot::PushStyleVar(ImPlotStyleVar_PlotPadding, ImVec2(0.9f * em, 0.4f * em));
  ImPlot::PushStyleColor(ImPlotCol_LegendBg, ImVec4(0, 0, 0, 0));
  ImPlot::PushStyleColor(ImPlotCol_LegendBorder, ImVec4(0, 0, 0, 0));
  bool empty = false;
  for (int i = 0; i < count; ++i) {
    if (i % columns != 0) ImGui::SameLine();
    empty |= !DrawPlot(interface, shown[static_cast<size_t>(i)], width, height);
  }
  ImPlot::PopStyleColor(2);
  ImPlot::PopStyleVar();
  if (empty) std::erase_if(plots_, [](const auto& plot) { return plot.empty(); });
}

void PlotsPanel::Draw(Interface* interface) {
  if (interface->now().spec == nullptr) {
    ImGui::TextWrapped("Open a task and play it: its numbers are drawn here.");
    return;
  }
  const int64_t generation = table_.generation;
  interface->simulation().series().Update(&table_);
  if (table_.generation != generation || columns_.size() != table_.names.size()) {
    columns_.clear();
    for (size_t i = 0; i < table_.names.size(); ++i) {
      columns_[table_.names[i]] = static_cast<int>(i);
    }
  }
  SetLimits(interface);
  const float em = ImGui::GetFontSize();
  if (ImGui::BeginChild("list", {15 * em, 0}, ImGuiChildFlags_ResizeX)) DrawList();
  ImGui::EndChild();
  ImGui::SameLine();
  if (ImGui::BeginChild("plots")) {
    DrawView();
    DrawPlots(interface);
  }
  ImGui::EndChild();
  Keep(interface);
  low_ = next_low_;
  high_ = std::max(next_high_, next_low_ + 1e-3);
}

ROOKERY_REGISTER_PANEL(PlotsPanel, {.title = kTitle,
                                    .help = "any number of the episode over its steps",
                                    .place = Place::kBottom,
                                    .order = 10});

}  // namespace rookery::gui
