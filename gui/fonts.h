// The viewer's letters: a font of Dear ImGui's sources that is part of the program.
#ifndef ROOKERY_GUI_FONTS_H_
#define ROOKERY_GUI_FONTS_H_

struct ImFont;

namespace rookery::gui {

// Into the current ImGui context; the first is the default.
void LoadFonts();
// For numbers in columns and for code.
ImFont* MonoFont();

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_FONTS_H_
