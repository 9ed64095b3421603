// The viewer's look: one theme, light and dark.
#ifndef ROOKERY_GUI_THEME_H_
#define ROOKERY_GUI_THEME_H_

struct ImVec4;

namespace rookery::gui {

enum class Theme { kDark, kLight };

// Colours, spacing and rounding of the current ImGui and ImPlot contexts. `scale` is that of the
// display (2 on a HiDPI one).
void ApplyTheme(Theme theme, float scale);

// Of the theme that was applied, for words and marks: done, solved; failed, recording; attention.
ImVec4 GoodColor();
ImVec4 BadColor();
ImVec4 WarningColor();

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_THEME_H_
