target_link_libraries(rookery_gui
  PUBLIC rookery_core rookery_renderers
  PRIVATE rookery::imgui_headers nlohmann_json::nlohmann_json)
rookery_real_path(gui_fonts "${ROOKERY_PREFIX}/imgui_bundle")
set(gui_fonts "${gui_fonts}/external/imgui/imgui/misc/fonts")
set_property(SOURCE ${CMAKE_SOURCE_DIR}/gui/fonts.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_TEXT_FONT="${gui_fonts}/Roboto-Medium.ttf"
  ROOKERY_MONO_FONT="${gui_fonts}/Cousine-Regular.ttf")
