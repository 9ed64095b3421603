#include "gui/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>

namespace rookery::gui {
namespace {

// sRGB, 0xRRGGBB.
ImVec4 Color(unsigned rgb, float alpha = 1) {
  const auto part = [&](int shift) { return static_cast<float>((rgb >> shift) & 255u) / 255; };
  return {part(16), part(8), part(0), alpha};
}

// The few colours that everything is made of.
struct Palette {
  unsigned base, panel, raised, line;  // from the farthest to the nearest
  unsigned border;                     // of what lies over others, and of fields
  unsigned text, faint;
  unsigned accent, accent_dim;  // what can be used; the same, at rest
  unsigned field;               // where something is typed or dragged
  unsigned good, bad, warning;
};
constexpr Palette kDarkPalette = {.base = 0x14161a,
                                  .panel = 0x1b1e24,
                                  .raised = 0x252a33,
                                  .line = 0x323843,
                                  .border = 0x4e5766,
                                  .text = 0xe3e6eb,
                                  .faint = 0x8b94a3,
                                  .accent = 0x4f9dde,
                                  .accent_dim = 0x2c4a66,
                                  .field = 0x12141a,
                                  .good = 0x59bf73,
                                  .bad = 0xf0675f,
                                  .warning = 0xf5ad3d};
constexpr Palette kLightPalette = {.base = 0xdfe3e8,
                                   .panel = 0xf6f7f9,
                                   .raised = 0xe6eaef,
                                   .line = 0xc3cad4,
                                   .border = 0xa3acb9,
                                   .text = 0x1d2229,
                                   .faint = 0x5f6977,
                                   .accent = 0x1f74b8,
                                   .accent_dim = 0xcfe1f1,
                                   .field = 0xffffff,
                                   .good = 0x1a7a39,
                                   .bad = 0xc22f2a,
                                   .warning = 0x945800};
const Palette* applied = &kDarkPalette;

void SetColors(const Palette& p, ImGuiStyle* style) {
  ImVec4* c = style->Colors;
  const ImVec4 accent = Color(p.accent), dim = Color(p.accent_dim), raised = Color(p.raised);
  const ImVec4 none = {0, 0, 0, 0};
  c[ImGuiCol_Text] = Color(p.text);
  c[ImGuiCol_TextDisabled] = Color(p.faint);
  c[ImGuiCol_TextLink] = accent;
  c[ImGuiCol_WindowBg] = Color(p.panel);
  c[ImGuiCol_ChildBg] = none;
  c[ImGuiCol_PopupBg] = Color(p.panel, 0.98f);
  c[ImGuiCol_Border] = Color(p.border);
  c[ImGuiCol_BorderShadow] = none;
  c[ImGuiCol_FrameBg] = Color(p.field);
  c[ImGuiCol_FrameBgHovered] = raised;
  c[ImGuiCol_FrameBgActive] = dim;
  c[ImGuiCol_TitleBg] = c[ImGuiCol_TitleBgActive] = c[ImGuiCol_TitleBgCollapsed] = Color(p.base);
  c[ImGuiCol_MenuBarBg] = Color(p.base);
  c[ImGuiCol_ScrollbarBg] = none;
  c[ImGuiCol_ScrollbarGrab] = Color(p.line);
  c[ImGuiCol_ScrollbarGrabHovered] = c[ImGuiCol_ScrollbarGrabActive] = Color(p.faint);
  c[ImGuiCol_CheckMark] = accent;
  c[ImGuiCol_SliderGrab] = c[ImGuiCol_SliderGrabActive] = accent;
  c[ImGuiCol_Button] = raised;
  c[ImGuiCol_ButtonHovered] = dim;
  c[ImGuiCol_ButtonActive] = Color(p.accent, 0.6f);
  c[ImGuiCol_Header] = dim;
  c[ImGuiCol_HeaderHovered] = Color(p.accent_dim, 0.7f);
  c[ImGuiCol_HeaderActive] = Color(p.accent, 0.5f);
  c[ImGuiCol_Separator] = Color(p.line);
  c[ImGuiCol_SeparatorHovered] = c[ImGuiCol_SeparatorActive] = accent;
  c[ImGuiCol_ResizeGrip] = none;
  c[ImGuiCol_ResizeGripHovered] = c[ImGuiCol_ResizeGripActive] = accent;
  c[ImGuiCol_Tab] = c[ImGuiCol_TabDimmed] = Color(p.base);
  c[ImGuiCol_TabHovered] = raised;
  c[ImGuiCol_TabSelected] = c[ImGuiCol_TabDimmedSelected] = Color(p.panel);
  c[ImGuiCol_TabSelectedOverline] = accent;
  c[ImGuiCol_TabDimmedSelectedOverline] = Color(p.line);
  c[ImGuiCol_DockingPreview] = Color(p.accent, 0.5f);
  c[ImGuiCol_DockingEmptyBg] = Color(p.base);
  c[ImGuiCol_PlotLines] = c[ImGuiCol_PlotHistogram] = accent;
  c[ImGuiCol_TableHeaderBg] = raised;
  c[ImGuiCol_TableBorderStrong] = c[ImGuiCol_TableBorderLight] = Color(p.line);
  c[ImGuiCol_TableRowBg] = none;
  c[ImGuiCol_TableRowBgAlt] = Color(p.faint, 0.07f);
  c[ImGuiCol_TextSelectedBg] = Color(p.accent, 0.4f);
  c[ImGuiCol_NavCursor] = accent;
  c[ImGuiCol_ModalWindowDimBg] = Color(p.base, 0.6f);
}

void SetPlotColors(const Palette& p) {
  ImPlotStyle& style = ImPlot::GetStyle();
  style.Colors[ImPlotCol_FrameBg] = {0, 0, 0, 0};
  style.Colors[ImPlotCol_PlotBg] = Color(p.field);
  style.Colors[ImPlotCol_PlotBorder] = Color(p.line);
  style.Colors[ImPlotCol_LegendBg] = Color(p.panel, 0.9f);
  style.Colors[ImPlotCol_LegendBorder] = Color(p.line);
  style.Colors[ImPlotCol_AxisGrid] = Color(p.faint, 0.25f);
  style.PlotPadding = {8, 6};
  style.PlotMinSize = {60, 40};  // as small as their room: what is larger would be cut
  style.LegendPadding = {6, 4};
  style.UseLocalTime = true;
}

}  // namespace

void ApplyTheme(Theme theme, float scale) {
  applied = theme == Theme::kDark ? &kDarkPalette : &kLightPalette;
  ImGuiStyle style;
  if (theme == Theme::kDark) {
    ImGui::StyleColorsDark(&style);
    ImPlot::StyleColorsDark();
  } else {
    ImGui::StyleColorsLight(&style);
    ImPlot::StyleColorsLight();
  }
  style.WindowRounding = style.ChildRounding = style.PopupRounding = 5;
  style.FrameRounding = style.GrabRounding = style.TabRounding = 4;
  style.ScrollbarRounding = 6;
  style.ScrollbarSize = 11;
  style.WindowPadding = {10, 8};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 6};
  style.ItemInnerSpacing = {6, 4};
  style.IndentSpacing = 14;
  style.GrabMinSize = 8;
  style.WindowBorderSize = style.ChildBorderSize = style.PopupBorderSize = 1;
  style.FrameBorderSize = theme == Theme::kLight ? 1 : 0;
  style.TabBarOverlineSize = 2;
  style.DockingSeparatorSize = 3;
  style.SeparatorTextBorderSize = 1;
  style.SeparatorTextPadding = {12, 6};
  style.WindowMenuButtonPosition = ImGuiDir_None;
  SetColors(*applied, &style);
  style.ScaleAllSizes(scale);
  for (float* border : {&style.WindowBorderSize, &style.ChildBorderSize, &style.PopupBorderSize}) {
    *border = std::max(*border, 1.0f);  // what is less than a pixel would be none
  }
  style.FontScaleMain = scale;
  ImGui::GetStyle() = style;
  SetPlotColors(*applied);
}

ImVec4 GoodColor() { return Color(applied->good); }
ImVec4 BadColor() { return Color(applied->bad); }
ImVec4 WarningColor() { return Color(applied->warning); }

}  // namespace rookery::gui
