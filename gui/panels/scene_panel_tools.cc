// What lies over the scene: its tools, the card of the selected body, and what the marks mean.
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "gui/fonts.h"
#include "gui/interface.h"
#include "gui/panels/scene_panel.h"

namespace rookery::gui {
namespace {

constexpr ImGuiWindowFlags kSheetFlags = ImGuiWindowFlags_NoScrollbar |
                                         ImGuiWindowFlags_NoScrollWithMouse |
                                         ImGuiWindowFlags_NoSavedSettings;

// A translucent sheet over the scene, as large as its contents.
class Sheet {
 public:
  Sheet(const char* name, float x, float y) {
    const ImVec4 color = ImGui::GetStyleColorVec4(ImGuiCol_PopupBg);
    ImGui::SetCursorScreenPos({x, y});
    ImGui::PushStyleColor(ImGuiCol_ChildBg, {color.x, color.y, color.z, 0.82f});
    ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, ImGui::GetStyle().FrameRounding);
    // Whole pixels: menus that are opened from it would be a part of one too small, and scroll.
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {std::round(0.5f * ImGui::GetFontSize()),
                                                      std::round(0.35f * ImGui::GetFontSize())});
    ImGui::BeginChild(name, {0, 0},
                      ImGuiChildFlags_AutoResizeX | ImGuiChildFlags_AutoResizeY |
                          ImGuiChildFlags_AlwaysAutoResize | ImGuiChildFlags_AlwaysUseWindowPadding,
                      kSheetFlags);
  }
  ~Sheet() {
    ImGui::EndChild();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
  }
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;
};

// A word that is lit while it holds. True when it was clicked.
bool Toggle(const char* label, bool* on, const std::string& help, const std::string& key) {
  const ImVec4 clear = {0, 0, 0, 0};
  ImGui::PushStyleColor(ImGuiCol_Button,
                        *on ? ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive) : clear);
  ImGui::PushStyleColor(ImGuiCol_Text,
                        ImGui::GetStyleColorVec4(*on ? ImGuiCol_Text : ImGuiCol_TextDisabled));
  const bool clicked = ImGui::SmallButton(label);
  ImGui::PopStyleColor(2);
  if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) {
    ImGui::SetTooltip(key.empty() ? "%s" : "%s (%s)", help.c_str(), key.c_str());
  }
  if (clicked) *on = !*on;
  return clicked;
}

// Fixed-axes roll, pitch and yaw, degrees.
std::array<double, 3> RollPitchYaw(const Quat& q) {
  const std::array<double, 9> r = RotationMatrix(q);
  constexpr double kDegrees = 180 / kPi;
  return {kDegrees * std::atan2(r[7], r[8]), kDegrees * std::asin(std::clamp(-r[6], -1.0, 1.0)),
          kDegrees * std::atan2(r[3], r[0])};
}

void Row(const char* what, double x, double y, double z, const char* unit, int digits) {
  char text[96];
  // Without "-0.000".
  const auto clean = [digits](double v) {
    return std::abs(v) < 0.5 * std::pow(10, -digits) ? 0 : v;
  };
  std::snprintf(text, sizeof(text), "%8.*f %8.*f %8.*f", digits, clean(x), digits, clean(y), digits,
                clean(z));
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  ImGui::TextDisabled("%s", what);
  ImGui::TableNextColumn();
  ImGui::PushFont(MonoFont(), 0);
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
  ImGui::TableNextColumn();
  ImGui::TextDisabled("%s", unit);
}

std::array<uint8_t, 3> Bytes(const MarkColor& color) {
  const auto byte = [](float v) { return static_cast<uint8_t>(std::lround(255 * v)); };
  return {byte(color[0]), byte(color[1]), byte(color[2])};
}

ImU32 Colour(const std::array<uint8_t, 3>& c) { return IM_COL32(c[0], c[1], c[2], 255); }

// A sample - a dot, or a scale of colours - and what it means.
void LegendRow(const std::vector<std::array<uint8_t, 3>>& colors, const char* text) {
  const float em = ImGui::GetFontSize();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList* const list = ImGui::GetWindowDrawList();
  const float width = 2.6f * em, y = at.y + 0.5f * em;
  if (colors.size() == 1) {
    list->AddCircleFilled({at.x + width - 0.5f * em, y}, 0.3f * em, Colour(colors[0]));
  }
  for (size_t i = 0; i + 1 < colors.size(); ++i) {
    const float steps = static_cast<float>(colors.size() - 1);
    const float x0 = at.x + width * static_cast<float>(i) / steps;
    const float x1 = at.x + width * static_cast<float>(i + 1) / steps;
    list->AddRectFilledMultiColor({x0, y - 0.28f * em}, {x1, y + 0.28f * em}, Colour(colors[i]),
                                  Colour(colors[i + 1]), Colour(colors[i + 1]), Colour(colors[i]));
  }
  ImGui::Dummy({width, em});
  ImGui::SameLine();
  ImGui::TextUnformatted(text);
}

}  // namespace

void ScenePanel::DrawCamera(const Scene& scene, const Keys& keys, float width) {
  const auto name_of = [&](int i) {
    if (i < 0) return std::string("free camera");
    const std::string& name = scene.cameras[static_cast<size_t>(i)].name;
    return name.empty() ? "camera " + std::to_string(i + 1) : name;
  };
  ImGui::SetNextItemWidth(width);
  if (ImGui::BeginCombo("##camera", name_of(camera_).c_str())) {
    for (int i = -1; i < static_cast<int>(scene.cameras.size()); ++i) {
      ImGui::PushID(i);
      if (ImGui::Selectable(name_of(i).c_str(), i == camera_)) LookThrough(scene, i);
      ImGui::PopID();
    }
    ImGui::EndCombo();
  }
  ImGui::SetItemTooltip("where it is seen from (%s, %s)", keys.Names("previous_camera").c_str(),
                        keys.Names("next_camera").c_str());
}

void ScenePanel::DrawTools(Interface* interface, const Scene& scene, const Area& area) {
  struct Tool {
    const char* label;
    bool* on;
    const char* help;
    const char* key;  // the action's, or ""
  };
  // What is asked for most comes first: what does not fit into one row is in a menu.
  const std::array tools = {
      Tool{"Agent", &agent_, "why the agent acts as it does, as far as it explains it", ""},
      Tool{"Shadows", &style_.shadows, "shadows", "shadows"},
      Tool{"Wires", &style_.wireframe, "edges instead of surfaces", "wireframe"},
      Tool{"Bodies", &style_.segmentation, "each body in a colour of its own", "segmentation"},
      Tool{"Contacts", &style_.contacts,
           "where bodies touched last, and with which force; unknown after a reset or going back",
           "contacts"},
      Tool{"Frames", &style_.frames, "coordinate frames of what moves", "frames"},
      Tool{"Cameras", &style_.frusta, "what the cameras see", ""},
      Tool{"Space", &style_.workspace, "the bounds of the workspace", ""}};
  constexpr char kMenu[] = "View";
  const Keys& keys = interface->keys();
  const auto key_of = [&](const Tool& tool) {
    return *tool.key != '\0' ? keys.Names(tool.key) : std::string();
  };
  const float em = ImGui::GetFontSize(), gap = 0.5f * em;
  const float spacing = 0.15f * em, padding = 0.3f * em;
  const auto button = [&](const char* label) {  // and the space before it
    return spacing + ImGui::CalcTextSize(label).x + 2 * padding;
  };
  const Sheet sheet("tools", area.x + gap, area.y + gap);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {spacing, 0.25f * em});
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {padding, 0});
  float room = area.width - 4 * gap - button("Fit");
  const float camera = std::clamp(room - button(kMenu), 2 * em, 7.5f * em);
  room -= camera;
  DrawCamera(scene, keys, camera);
  ImGui::SameLine();
  if (ImGui::SmallButton("Fit")) Fit(scene);
  ImGui::SetItemTooltip("the whole workspace in view (%s)", keys.Names("fit").c_str());
  float all = 0;
  for (const Tool& tool : tools) all += button(tool.label);
  if (all > room) room -= button(kMenu);
  bool changed = false;
  size_t i = 0;
  for (; i < tools.size() && button(tools[i].label) <= room + 0.5f; ++i) {
    room -= button(tools[i].label);
    ImGui::SameLine();
    changed |= Toggle(tools[i].label, tools[i].on, tools[i].help, key_of(tools[i]));
  }
  if (i < tools.size()) {
    ImGui::SameLine();
    if (ImGui::SmallButton(kMenu)) ImGui::OpenPopup(kMenu);
    ImGui::SetItemTooltip("what else is shown");
  }
  ImGui::PopStyleVar(2);
  if (ImGui::BeginPopup(kMenu)) {
    ImGui::PushItemFlag(ImGuiItemFlags_AutoClosePopups, false);
    for (; i < tools.size(); ++i) {
      changed |= ImGui::MenuItem(tools[i].label, key_of(tools[i]).c_str(), tools[i].on);
      ImGui::SetItemTooltip("%s", tools[i].help);
    }
    ImGui::PopItemFlag();
    ImGui::EndPopup();
  }
  if (changed) Remember(interface);
}

void ScenePanel::DrawCard(const Scene& scene, const Area& area, const Snapshot& now) {
  const SceneBody* const body = FindBody(scene, selected_);
  if (body == nullptr) return;
  const float gap = 0.5f * ImGui::GetFontSize();
  const float rows = body->movable ? 6.2f : 5.2f;
  const float height = rows * ImGui::GetTextLineHeightWithSpacing() + 2 * gap;
  const Sheet sheet("card", area.x + gap, std::max(area.y, area.y + area.height - height - gap));
  ImGui::Text("%s", body->name.empty() ? "body" : body->name.c_str());
  ImGui::SameLine();
  ImGui::TextDisabled("id %d", body->id);
  ImGui::SameLine();
  if (ImGui::SmallButton("centre")) {
    Free(scene);
    orbit_.Move(body->X_WB.p - orbit_.target());
  }
  ImGui::SetItemTooltip("look at it");
  ImGui::SameLine();
  if (ImGui::SmallButton("x")) selected_ = -1;
  if (ImGui::BeginTable("facts", 3, ImGuiTableFlags_SizingFixedFit)) {
    const Vec3 &p = body->X_WB.p, &v = body->velocity, &w = body->angular_velocity;
    const std::array<double, 3> angles = RollPitchYaw(body->X_WB.q);
    Row("position", p.x, p.y, p.z, "m", 4);
    Row("rotation", angles[0], angles[1], angles[2], "deg", 1);
    Row("velocity", v.x, v.y, v.z, "m/s", 3);
    Row("turning", w.x, w.y, w.z, "rad/s", 3);
    ImGui::EndTable();
  }
  if (body->movable) {
    ImGui::TextDisabled("Ctrl + drag pulls it; %s", CanPlace(now) ? "arrows and rings place it"
                                                    : now.within_step
                                                        ? "after this step it can be placed"
                                                        : "pause to place it");
  }
}

void ScenePanel::DrawLegend(const Scene& scene, const Area& area, const Snapshot& now) {
  struct Line {
    std::vector<std::array<uint8_t, 3>> colors;
    std::string text;
  };
  std::vector<Line> lines;
  if (style_.contacts) {
    char text[64];
    std::snprintf(text, sizeof(text), "force, 10 cm = %.3g N", style_.newtons_per_m / 10);
    const std::string count = std::to_string(scene.contacts.size());
    const bool unknown = scene.contacts.empty() && CanPlace(now);
    lines.push_back(
        {{Bytes(kContactColor)}, unknown ? "contacts: after a step" : count + " contacts"});
    lines.push_back({{Bytes(kForceColor)}, text});
  }
  if (style_.frames) {
    for (int i = 0; i < 3; ++i) lines.push_back({{Bytes(AxisColor(i))}, std::string(1, "xyz"[i])});
  }
  if (style_.frusta) lines.push_back({{Bytes(kFrustumColor)}, "cameras"});
  if (style_.workspace) lines.push_back({{Bytes(kWorkspaceColor)}, "workspace"});
  if (agent_) {
    for (const OverlayDrawing::Legend& entry : overlay_.legend) {
      lines.push_back({entry.colors, entry.name});
    }
  }
  if (lines.empty()) return;
  const float em = ImGui::GetFontSize(), gap = 0.5f * em;
  float width = 0;
  for (const Line& line : lines) width = std::max(width, ImGui::CalcTextSize(line.text.c_str()).x);
  width += 2.6f * em + ImGui::GetStyle().ItemSpacing.x + em;
  const float height =
      static_cast<float>(lines.size()) * (em + ImGui::GetStyle().ItemSpacing.y) + 0.7f * em;
  const Sheet sheet("legend", std::max(area.x, area.x + area.width - width - gap),
                    std::max(area.y, area.y + area.height - height - gap));
  for (const Line& line : lines) LegendRow(line.colors, line.text.c_str());
}

}  // namespace rookery::gui
