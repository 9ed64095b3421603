# rookery::imgui: Dear ImGui (docking), ImPlot, ImPlot3D and ImGuizmo with the GLFW and OpenGL 3
# backends, one static library. It is excluded from "all": only a target that links it makes it
# compile. Not defined when a part is missing.

if(TARGET rookery::imgui)
  return()
endif()
rookery_real_path(imgui_bundle "${ROOKERY_PREFIX}/imgui_bundle")
set(imgui_bundle "${imgui_bundle}/external")
find_package(glfw3 QUIET GLOBAL)
set(OpenGL_GL_PREFERENCE GLVND)
find_package(OpenGL QUIET COMPONENTS OpenGL GLOBAL)
if(NOT TARGET glfw OR NOT TARGET OpenGL::OpenGL
   OR NOT EXISTS "${imgui_bundle}/imgui/imgui/imgui.cpp")
  return()
endif()

set(imgui "${imgui_bundle}/imgui/imgui")
file(GLOB imgui_sources CONFIGURE_DEPENDS
  "${imgui}/imgui*.cpp"
  "${imgui_bundle}/implot/implot/implot*.cpp"
  "${imgui_bundle}/implot3d/implot3d/implot3d*.cpp")
add_library(rookery_imgui STATIC EXCLUDE_FROM_ALL
  ${imgui_sources}
  "${imgui}/backends/imgui_impl_glfw.cpp"
  "${imgui}/backends/imgui_impl_opengl3.cpp"
  "${imgui_bundle}/ImGuizmo/ImGuizmo/src/ImGuizmo.cpp")
add_library(rookery::imgui ALIAS rookery_imgui)
target_include_directories(rookery_imgui SYSTEM PUBLIC
  "${imgui}" "${imgui}/backends" "${imgui_bundle}/implot/implot" "${imgui_bundle}/implot3d/implot3d"
  "${imgui_bundle}/ImGuizmo/ImGuizmo/src")
target_compile_options(rookery_imgui PRIVATE -w)
set_target_properties(rookery_imgui PROPERTIES
  CXX_STANDARD 20 CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON OUTPUT_NAME rookery_imgui)
target_link_libraries(rookery_imgui PUBLIC glfw OpenGL::OpenGL ${CMAKE_DL_LIBS})
