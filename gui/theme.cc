#include "gui/theme.h"

#include <imgui.h>
#include <implot.h>

namespace rookery::gui {

void ApplyTheme(Theme theme, float scale) {
  ImGuiStyle style;
  style.WindowRounding = style.FrameRounding = style.PopupRounding = style.GrabRounding = 4;
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 6};
  style.WindowBorderSize = style.PopupBorderSize = 1;
  if (theme == Theme::kDark) {
    ImGui::StyleColorsDark(&style);
  } else {
    ImGui::StyleColorsLight(&style);
  }
  style.ScaleAllSizes(scale);
  ImGui::GetStyle() = style;
  if (theme == Theme::kDark) {
    ImPlot::StyleColorsDark();
  } else {
    ImPlot::StyleColorsLight();
  }
}

}  // namespace rookery::gui
