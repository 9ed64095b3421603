#include "gui/settings_editor.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace rookery::gui {
namespace {

// A slider makes sense over a range in which a pixel is little beside the standard.
bool Slides(const FieldMeta& meta, const std::string& standard) {
  const double size = std::abs(std::strtod(standard.c_str(), nullptr));
  return std::isfinite(meta.min) && std::isfinite(meta.max) &&
         meta.max - meta.min <= 100 * (size > 0 ? size : 1);
}

std::string Text(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

// The functions below say when an edit is finished: not at every letter, or pixel of a slider.
bool EditText(std::string* value) {
  char text[512];
  std::snprintf(text, sizeof(text), "%s", value->c_str());
  if (ImGui::InputText("##value", text, sizeof(text))) *value = text;
  return ImGui::IsItemDeactivatedAfterEdit();
}

bool EditNumber(const FieldMeta& meta, bool slides, bool integer, std::string* value) {
  const std::string unit = meta.unit.empty() ? "" : " " + meta.unit;
  if (integer) {
    ImS64 number = std::strtoll(value->c_str(), nullptr, 10);
    bool changed = false;
    if (slides) {
      const auto low = static_cast<ImS64>(meta.min), high = static_cast<ImS64>(meta.max);
      changed = ImGui::SliderScalar("##value", ImGuiDataType_S64, &number, &low, &high,
                                    ("%lld" + unit).c_str(), ImGuiSliderFlags_AlwaysClamp);
    } else {
      const ImS64 step = 1;
      changed = ImGui::InputScalar("##value", ImGuiDataType_S64, &number, &step);
      if (std::isfinite(meta.min)) number = std::max(number, static_cast<ImS64>(meta.min));
      if (std::isfinite(meta.max)) number = std::min(number, static_cast<ImS64>(meta.max));
    }
    if (changed) *value = std::to_string(number);
    return ImGui::IsItemDeactivatedAfterEdit();
  }
  double number = std::strtod(value->c_str(), nullptr);
  bool changed = false;
  if (slides) {
    changed = ImGui::SliderScalar("##value", ImGuiDataType_Double, &number, &meta.min, &meta.max,
                                  ("%.4g" + unit).c_str(), ImGuiSliderFlags_AlwaysClamp);
  } else {
    changed = ImGui::InputDouble("##value", &number, 0, 0, ("%.6g" + unit).c_str());
    number = std::clamp(number, meta.min, meta.max);
  }
  if (changed) *value = Text(number);
  return ImGui::IsItemDeactivatedAfterEdit();
}

}  // namespace

void SettingsEditor::Start(Config* defaults, const std::vector<std::string>& settings) {
  fields_.clear();
  for (FieldInfo& field : ListFields(*defaults)) {
    const std::string standard = field.value;
    fields_.push_back({std::move(field), standard, standard});
  }
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    for (Row& row : fields_) {
      if (equals != std::string::npos && row.field.name == setting.substr(0, equals)) {
        row.field.value = row.in_force = setting.substr(equals + 1);
      }
    }
  }
}

void SettingsEditor::Remove(const std::string& name) {
  std::erase_if(fields_, [&](const Row& row) { return row.field.name == name; });
}

bool SettingsEditor::DrawField(Row* row) {
  const FieldMeta& meta = row->field.meta;
  std::string& value = row->field.value;
  if (row->field.type == "bool") {
    bool on = value == "true";
    if (!ImGui::Checkbox("##value", &on)) return false;
    value = on ? "true" : "false";
    return true;
  }
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (!meta.choices.empty()) {
    bool changed = false;
    if (ImGui::BeginCombo("##value", value.c_str())) {
      for (const std::string& choice : meta.choices) {
        if (ImGui::Selectable(choice.c_str(), choice == value)) {
          changed = value != choice;
          value = choice;
        }
      }
      ImGui::EndCombo();
    }
    return changed;
  }
  const bool integer = row->field.type == "int";
  if (integer || row->field.type == "float") {
    return EditNumber(meta, Slides(meta, row->standard), integer, &value);
  }
  return EditText(&value);
}

bool SettingsEditor::Draw(const char* filter) {
  bool changed = false;
  if (!ImGui::BeginTable("settings", 2, ImGuiTableFlags_SizingStretchProp)) return false;
  ImGui::TableSetupColumn("name", 0, 1);
  ImGui::TableSetupColumn("value", 0, 1.1f);
  for (Row& row : fields_) {
    if (row.field.name.find(filter) == std::string::npos) continue;
    ImGui::PushID(row.field.name.c_str());
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::AlignTextToFramePadding();
    const bool differs = row.field.value != row.standard;
    if (differs) {
      ImGui::TextUnformatted(row.field.name.c_str());
    } else {
      ImGui::TextDisabled("%s", row.field.name.c_str());
    }
    ImGui::SetItemTooltip("%s\nstandard: %s%s%s", row.field.meta.help.c_str(),
                          row.standard.empty() ? "none" : row.standard.c_str(),
                          row.field.meta.unit.empty() ? "" : " ", row.field.meta.unit.c_str());
    ImGui::TableNextColumn();
    changed |= DrawField(&row);
    if (differs && ImGui::BeginPopupContextItem("restore")) {
      if (ImGui::MenuItem("Standard")) {
        row.field.value = row.standard;
        changed = true;
      }
      ImGui::EndPopup();
    }
    ImGui::PopID();
  }
  ImGui::EndTable();
  return changed;
}

void SettingsEditor::DrawRefusal(const std::string& why) {
  const auto refused = [](const Row& row) { return row.field.value != row.in_force; };
  if (why.empty() || std::none_of(fields_.begin(), fields_.end(), refused)) return;
  ImGui::TextWrapped("Not in force: %s", why.c_str());
  if (ImGui::Button("Take back")) {
    for (Row& row : fields_) row.field.value = row.in_force;
  }
  ImGui::SetItemTooltip("the settings as they are in force");
}

std::vector<std::string> SettingsEditor::Settings() const {
  std::vector<std::string> settings;
  for (const Row& row : fields_) {
    if (row.field.value != row.standard) settings.push_back(row.field.name + "=" + row.field.value);
  }
  return settings;
}

}  // namespace rookery::gui
