target_link_libraries(rookery_gui
  PUBLIC rookery_core rookery_renderers
  PRIVATE rookery::imgui_headers nlohmann_json::nlohmann_json)
