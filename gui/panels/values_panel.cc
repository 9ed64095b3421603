#include "gui/panels/values_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>

#include "gui/fonts.h"
#include "gui/interface.h"
#include "gui/panels/plots_panel.h"
#include "gui/sensors.h"
#include "gui/series.h"
#include "gui/text_filter.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr int64_t kOpenElements = 16;    // arrays of more are closed at first
constexpr int64_t kMostElements = 4096;  // of more none is listed
constexpr double kUnbounded = 1e30;      // bounds beyond it say nothing
constexpr const char* kGroups[] = {"Step", "Observation", "Action", "Info"};
constexpr const char* kColumnGroups[] = {"", "observation", "action", "info"};

std::string ElementName(const ArraySpec& spec, int64_t element) {
  if (element < static_cast<int64_t>(spec.elements.size())) {
    return spec.elements[static_cast<size_t>(element)];
  }
  if (spec.shape.size() < 2) return std::to_string(element);
  // As it is indexed: "1, 4".
  std::string name;
  int64_t stride = NumElements(spec.shape);
  for (const int64_t size : spec.shape) {
    stride /= size;
    name += (name.empty() ? "" : ", ") + std::to_string(element / stride % size);
  }
  return name;
}

std::string NumberText(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.5g", value);
  return text;
}

std::string BoundsText(double low, double high) {
  const bool has_low = low > -kUnbounded, has_high = high < kUnbounded;
  if (has_low && has_high) return "from " + NumberText(low) + " to " + NumberText(high);
  if (has_low) return "at least " + NumberText(low);
  if (has_high) return "at most " + NumberText(high);
  return "any number";
}

// Where the value is between its bounds; from zero on where that is among them.
void DrawBar(double value, double low, double high, bool outside) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, line = ImGui::GetTextLineHeight();
  ImGui::Dummy({width, line});
  const auto place = [&](double v) {
    const double t = std::clamp((v - low) / (high - low), 0.0, 1.0);
    return at.x + width * static_cast<float>(t);
  };
  const float top = at.y + 0.25f * line, bottom = at.y + 0.75f * line;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled({at.x, top}, {at.x + width, bottom}, ImGui::GetColorU32(ImGuiCol_FrameBg), 2);
  if (!std::isfinite(value)) return;
  const float zero = place(0), now = place(value);
  const ImU32 color =
      outside ? ImGui::GetColorU32(BadColor()) : ImGui::GetColorU32(ImGuiCol_SliderGrab);
  draw->AddRectFilled({std::min(zero, now), top}, {std::max(zero, now), bottom}, color, 2);
  const float half = 0.06f * line;
  draw->AddRectFilled({now - half, at.y + 0.1f * line}, {now + half, at.y + 0.9f * line}, color);
}

}  // namespace

std::string ValueText(const ArraySpec& spec, double value) {
  if (!spec.choices.empty()) {
    const double index = value - spec.LowAt(0);
    if (index >= 0 && index < static_cast<double>(spec.choices.size())) {
      return spec.choices[static_cast<size_t>(index)];
    }
  }
  if (spec.dtype == DType::kBool) return value != 0 ? "true" : "false";
  if (spec.dtype == DType::kFloat32 || spec.dtype == DType::kFloat64) return NumberText(value);
  char text[40];
  std::snprintf(text, sizeof(text), "%.0f", value);
  return text;
}

void ValuesPanel::Rebuild(const EnvSpec& spec) {
  values_.clear();
  const auto add = [this](Group group, const ArraySpec& array) {
    const int64_t size = NumElements(array.shape);
    const bool picture = group == Group::kObservation && IsPicture(array);
    values_.push_back({group, array, picture || size > kMostElements, size <= kOpenElements});
  };
  const auto step = [&](const char* name, DType dtype, const char* description) {
    ArraySpec array;
    array.name = name;
    array.dtype = dtype;
    array.description = description;
    add(Group::kStep, array);
  };
  step("reward", DType::kFloat64, "of this step");
  if (std::isfinite(spec.reward_low) && std::isfinite(spec.reward_high)) {
    values_.back().spec.low = {spec.reward_low};
    values_.back().spec.high = {spec.reward_high};
  }
  step("return", DType::kFloat64, "sum of all rewards of this episode up to here");
  step("steps", DType::kInt64, "of this episode");
  if (spec.max_steps > 0) {
    values_.back().spec.low = {0};
    values_.back().spec.high = {static_cast<double>(spec.max_steps)};
    values_.back().spec.description = "of this episode, out of its time limit";
  }
  step("terminated", DType::kBool, "the task ended: solved, or failed");
  step("truncated", DType::kBool, "the time limit ended the episode");
  for (const ArraySpec& array : spec.observation.arrays()) add(Group::kObservation, array);
  for (const ArraySpec& array : spec.action.arrays()) add(Group::kAction, array);
  for (const ArraySpec& array : spec.info.arrays()) add(Group::kInfo, array);
}

void ValuesPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr || now.result == nullptr) return;
  if (now.spec != spec_) {
    spec_ = now.spec;
    Rebuild(*spec_);
  }
  if (now.number == snapshot_) return;
  snapshot_ = now.number;
  step_.Set("reward", Array::Scalar(now.result->reward));
  step_.Set("return", Array::Scalar(now.progress.score));
  step_.Set("steps", Array::Scalar(now.step));
  step_.Set("terminated", Array::Scalar(now.result->terminated));
  step_.Set("truncated", Array::Scalar(now.result->truncated));
}

const Array* ValuesPanel::Find(const Snapshot& now, const Values& values) const {
  const ArrayMap& arrays = values.group == Group::kStep          ? step_
                           : values.group == Group::kObservation ? now.result->observation
                           : values.group == Group::kAction      ? *now.action
                                                                 : now.result->info;
  return arrays.Find(values.spec.name);
}

// --- rows

std::vector<ValuesPanel::Row> ValuesPanel::VisibleRows() const {
  std::vector<Row> rows;
  const bool search = filter_[0] != '\0';
  bool begun[std::size(kGroups)] = {};
  for (size_t i = 0; i < values_.size(); ++i) {
    const Values& values = values_[i];
    const int64_t size = values.large ? 1 : NumElements(values.spec.shape);
    const std::string text = values.spec.name + " " + values.spec.description + " " +
                             kGroups[static_cast<size_t>(values.group)] + " ";
    const size_t before = rows.size();
    for (int64_t e = 0; e < size; ++e) {
      const bool array = values.large || values.spec.shape.empty();
      if (search && !MatchesFilter(array ? text : text + ElementName(values.spec, e), filter_)) {
        continue;
      }
      bool& group = begun[static_cast<size_t>(values.group)];
      if (!group) rows.push_back({i, -1, true});
      group = true;
      if (array) {
        rows.push_back({i, -1, false});
        continue;
      }
      if (rows.size() == before || (rows.size() == before + 1 && rows.back().heading)) {
        rows.push_back({i, -1, false});
      }
      if (!values.open && !search) break;
      rows.push_back({i, e, false});
    }
  }
  return rows;
}

void ValuesPanel::DrawElement(Interface* interface, const Values& values, int64_t element) {
  const ArraySpec& spec = values.spec;
  const std::string column =
      values.group == Group::kStep
          ? spec.name
          : ColumnName(kColumnGroups[static_cast<size_t>(values.group)], spec, element);
  const bool plotted = values.group == Group::kStep
                           ? spec.name == "reward" || spec.name == "return"
                           : NumElements(spec.shape) <= Series::kMaxElements;
  const std::string unit = UnitOf(spec, element);
  const double low = spec.LowAt(element), high = spec.HighAt(element);
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip) && ImGui::BeginTooltip()) {
    ImGui::TextUnformatted(column.c_str());
    if (!spec.description.empty()) {
      ImGui::PushTextWrapPos(24 * ImGui::GetFontSize());
      ImGui::TextWrapped("%s", spec.description.c_str());
      ImGui::PopTextWrapPos();
    }
    ImGui::TextDisabled("%s %s", BoundsText(low, high).c_str(), unit.c_str());
    if (plotted) ImGui::TextDisabled("right click, or drag it onto a plot");
    ImGui::EndTooltip();
  }
  if (plotted && ImGui::BeginDragDropSource(ImGuiDragDropFlags_SourceAllowNullID)) {
    ImGui::SetDragDropPayload(kColumnPayload, column.data(), column.size());
    ImGui::Text("%s: drop it on a plot", column.c_str());
    ImGui::EndDragDropSource();
  }
  const Array* array = Find(interface->now(), values);
  const bool there = array != nullptr && element < array->size();
  const double value = there ? array->AsDouble(element) : 0;
  const std::string text = there ? ValueText(spec, value) : "-";
  if (ImGui::BeginPopupContextItem("menu")) {
    auto* plots = interface->Find<PlotsPanel>();
    if (ImGui::MenuItem("Plot it", nullptr, false, plotted && plots != nullptr)) {
      plots->Add(column);
      interface->Show("Plots");
    }
    if (ImGui::MenuItem("Copy the number")) ImGui::SetClipboardText(text.c_str());
    ImGui::EndPopup();
  }
  ImGui::TableNextColumn();
  const bool bounded = low > -kUnbounded && high < kUnbounded && high > low;
  const bool outside = there && (value < low || value > high || !std::isfinite(value));
  const std::string shown = unit.empty() || !there ? text : text + " " + unit;
  if (outside) ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
  ImGui::TextUnformatted(shown.c_str());
  if (outside) ImGui::PopStyleColor();
  if (outside) ImGui::SetItemTooltip("outside: %s", BoundsText(low, high).c_str());
  ImGui::TableNextColumn();
  if (spec.dtype == DType::kBool || !there) return;
  if (bounded) {
    DrawBar(value, low, high, outside);
    ImGui::SetItemTooltip("%s %s", BoundsText(low, high).c_str(), unit.c_str());
  }
}

void ValuesPanel::DrawRow(Interface* interface, const Row& row) {
  Values& values = values_[row.values];
  const ArraySpec& spec = values.spec;
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  constexpr ImGuiTreeNodeFlags kLeaf = ImGuiTreeNodeFlags_Leaf | ImGuiTreeNodeFlags_SpanAvailWidth |
                                       ImGuiTreeNodeFlags_NoTreePushOnOpen;
  if (row.heading) {
    ImGui::TableSetBgColor(ImGuiTableBgTarget_RowBg0, ImGui::GetColorU32(ImGuiCol_TableHeaderBg));
    ImGui::TextDisabled("%s", kGroups[static_cast<size_t>(values.group)]);
    return;
  }
  ImGui::PushID(static_cast<int>(row.values));
  ImGui::PushID(static_cast<int>(row.element));
  if (row.element >= 0) {
    const float indent = 0.7f * ImGui::GetFontSize();
    ImGui::Indent(indent);
    ImGui::TreeNodeEx(ElementName(spec, row.element).c_str(), kLeaf);
    DrawElement(interface, values, row.element);
    ImGui::Unindent(indent);
  } else if (values.large) {
    ImGui::TreeNodeEx(spec.name.c_str(), kLeaf);
    ImGui::SetItemTooltip("%s", spec.description.c_str());
    ImGui::TableNextColumn();
    const bool picture = values.group == Group::kObservation && IsPicture(spec);
    ImGui::TextDisabled("%s", picture ? "in Sensors" : "too many to list");
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s %s", DTypeName(spec.dtype), ShapeText(spec.shape).c_str());
  } else if (spec.shape.empty()) {
    ImGui::TreeNodeEx(spec.name.c_str(), kLeaf);
    DrawElement(interface, values, 0);
  } else {
    ImGui::SetNextItemOpen(values.open || filter_[0] != '\0');
    const bool open = ImGui::TreeNodeEx(
        spec.name.c_str(), ImGuiTreeNodeFlags_SpanAvailWidth | ImGuiTreeNodeFlags_NoTreePushOnOpen);
    if (filter_[0] == '\0') values.open = open;
    ImGui::SetItemTooltip("%s", spec.description.c_str());
    ImGui::TableNextColumn();
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s %s", DTypeName(spec.dtype), ShapeText(spec.shape).c_str());
  }
  ImGui::PopID();
  ImGui::PopID();
}

void ValuesPanel::Draw(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr || now.result == nullptr) {
    ImGui::TextWrapped("Open a task: the numbers of each step show here.");
    return;
  }
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::InputTextWithHint("##filter", "find a number", filter_, sizeof(filter_));
  const std::vector<Row> rows = VisibleRows();
  if (rows.empty()) {
    ImGui::TextDisabled("No number is called so.");
    return;
  }
  constexpr ImGuiTableFlags kTable = ImGuiTableFlags_ScrollY | ImGuiTableFlags_Resizable |
                                     ImGuiTableFlags_RowBg | ImGuiTableFlags_NoBordersInBody |
                                     ImGuiTableFlags_SizingStretchProp;
  if (!ImGui::BeginTable("values", 3, kTable)) return;
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("name", 0, 1.3f);
  ImGui::TableSetupColumn("value", 0, 1);
  ImGui::TableSetupColumn("within its bounds", 0, 1);
  ImGui::TableHeadersRow();
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      DrawRow(interface, rows[static_cast<size_t>(i)]);
    }
  }
  ImGui::EndTable();
}

ROOKERY_REGISTER_PANEL(ValuesPanel, {.title = "Values",
                                     .help = "the numbers of this step, by name",
                                     .place = Place::kRight,
                                     .order = 30});

}  // namespace rookery::gui
