// What is written is read, in both themes and at every size.
#include "gui/theme.h"

#include <gtest/gtest.h>
#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

namespace rookery::gui {
namespace {

double Luminance(const ImVec4& color) {
  const auto linear = [](float v) {
    const auto c = static_cast<double>(v);
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.x) + 0.7152 * linear(color.y) + 0.0722 * linear(color.z);
}

// As the Web Content Accessibility Guidelines have it; they ask for 4.5.
double Contrast(const ImVec4& a, const ImVec4& b) {
  const double one = Luminance(a), other = Luminance(b);
  return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

class ThemeTest : public ::testing::TestWithParam<Theme> {
 protected:
  ThemeTest() {
    ImGui::CreateContext();
    ImPlot::CreateContext();
    ApplyTheme(GetParam(), 1);
  }
  ~ThemeTest() override {
    ImPlot::DestroyContext();
    ImGui::DestroyContext();
  }
  static ImVec4 Of(ImGuiCol color) { return ImGui::GetStyleColorVec4(color); }
};

TEST_P(ThemeTest, WordsStandOutFromWhatIsBehindThem) {
  for (const ImGuiCol ground : {ImGuiCol_WindowBg, ImGuiCol_FrameBg}) {
    const char* name = ImGui::GetStyleColorName(ground);
    EXPECT_GE(Contrast(GoodColor(), Of(ground)), 4.5) << name;
    EXPECT_GE(Contrast(BadColor(), Of(ground)), 4.5) << name;
    EXPECT_GE(Contrast(WarningColor(), Of(ground)), 4.5) << name;
    EXPECT_GE(Contrast(Of(ImGuiCol_TextDisabled), Of(ground)), 4.5) << name;
  }
  for (const ImGuiCol ground : {ImGuiCol_WindowBg, ImGuiCol_FrameBg, ImGuiCol_Button,
                                ImGuiCol_Header, ImGuiCol_TableHeaderBg, ImGuiCol_TitleBg}) {
    EXPECT_GE(Contrast(Of(ImGuiCol_Text), Of(ground)), 4.5) << ImGui::GetStyleColorName(ground);
  }
}

TEST_P(ThemeTest, WindowsHaveABorderAtEveryScale) {
  EXPECT_GE(Contrast(Of(ImGuiCol_Border), Of(ImGuiCol_WindowBg)), 2);
  for (const float scale : {0.75f, 1.0f, 1.25f, 2.0f}) {
    ApplyTheme(GetParam(), scale);
    EXPECT_GE(ImGui::GetStyle().WindowBorderSize, 1) << scale;
    EXPECT_GE(ImGui::GetStyle().PopupBorderSize, 1) << scale;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, ThemeTest, ::testing::Values(Theme::kDark, Theme::kLight));

}  // namespace
}  // namespace rookery::gui
