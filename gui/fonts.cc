#include "gui/fonts.h"

#include <imgui.h>

#include <cstdio>

// Files that are put into the program as they are; room.cmake names them.
#define ROOKERY_EMBED(name, file)                  \
  asm(".section .rodata\n"                         \
      ".global rookery_" #name                     \
      "\n"                                         \
      "rookery_" #name                             \
      ":\n"                                        \
      ".incbin \"" file                            \
      "\"\n"                                       \
      ".global rookery_" #name                     \
      "_end\n"                                     \
      "rookery_" #name                             \
      "_end:\n"                                    \
      ".byte 0\n"                                  \
      ".previous\n");                              \
  extern "C" const unsigned char rookery_##name[]; \
  extern "C" const unsigned char rookery_##name##_end[]

ROOKERY_EMBED(text_font, ROOKERY_TEXT_FONT);
ROOKERY_EMBED(mono_font, ROOKERY_MONO_FONT);

namespace rookery::gui {
namespace {

constexpr float kSize = 15;
ImFont* mono_font = nullptr;

ImFont* AddFont(const unsigned char* begin, const unsigned char* end, const char* name) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  std::snprintf(config.Name, sizeof(config.Name), "%s", name);
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(begin),
                                                    static_cast<int>(end - begin), kSize, &config);
}

}  // namespace

void LoadFonts() {
  AddFont(rookery_text_font, rookery_text_font_end, "text");
  mono_font = AddFont(rookery_mono_font, rookery_mono_font_end, "mono");
}

ImFont* MonoFont() { return mono_font; }

}  // namespace rookery::gui
