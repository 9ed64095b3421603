# Dear ImGui (docking), ImPlot and ImGuizmo with the GLFW and OpenGL 3 backends:
#   rookery::imgui_headers  what the viewer is compiled with
#   rookery::imgui          the library that a program with a viewer links
#   rookery::imgui_tested   the same with ImGui's Test Engine in it, for tests (its licence is free of
#                           charge for open source only, so nothing that is installed links it)
# The libraries are excluded from "all": only a target that links one makes it compile. None is
# defined when a part is missing.

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
set(imgui_test_engine "${imgui_bundle}/imgui_test_engine/imgui_test_engine/imgui_test_engine")

add_library(rookery_imgui_headers INTERFACE)
add_library(rookery::imgui_headers ALIAS rookery_imgui_headers)
target_include_directories(rookery_imgui_headers SYSTEM INTERFACE
  "${imgui}" "${imgui}/backends" "${imgui_bundle}/implot/implot"
  "${imgui_bundle}/ImGuizmo/ImGuizmo/src")
target_compile_definitions(rookery_imgui_headers INTERFACE GLFW_INCLUDE_NONE)
target_link_libraries(rookery_imgui_headers INTERFACE glfw OpenGL::OpenGL ${CMAKE_DL_LIBS})

function(rookery_add_imgui name)
  file(GLOB imgui_sources CONFIGURE_DEPENDS
    "${imgui}/imgui*.cpp"
    "${imgui_bundle}/implot/implot/implot*.cpp")
  list(FILTER imgui_sources EXCLUDE REGEX "implot_demo")
  add_library(rookery_${name} STATIC EXCLUDE_FROM_ALL
    ${imgui_sources}
    "${imgui}/backends/imgui_impl_glfw.cpp"
    "${imgui}/backends/imgui_impl_opengl3.cpp"
    "${imgui_bundle}/ImGuizmo/ImGuizmo/src/ImGuizmo.cpp"
    ${ARGN})
  add_library(rookery::${name} ALIAS rookery_${name})
  # Others' code: not ours to warn of, nor to sanitize, which would take its compiler 2 GB.
  target_compile_options(rookery_${name} PRIVATE -w -fno-sanitize=all)
  target_compile_definitions(rookery_${name} PRIVATE IMGUI_DISABLE_DEMO_WINDOWS)
  set_target_properties(rookery_${name} PROPERTIES
    CXX_STANDARD 20 CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON OUTPUT_NAME rookery_${name})
  target_link_libraries(rookery_${name} PUBLIC rookery_imgui_headers)
endfunction()

rookery_add_imgui(imgui)
file(GLOB imgui_test_sources CONFIGURE_DEPENDS "${imgui_test_engine}/*.cpp")
if(imgui_test_sources)
  rookery_add_imgui(imgui_tested ${imgui_test_sources})
  target_include_directories(rookery_imgui_tested SYSTEM PUBLIC
    "${imgui_test_engine}" "${imgui_test_engine}/..")
  target_compile_definitions(rookery_imgui_tested PUBLIC
    IMGUI_ENABLE_TEST_ENGINE IMGUI_TEST_ENGINE_ENABLE_COROUTINE_STDTHREAD_IMPL=1
    IMGUI_TEST_ENGINE_ENABLE_STD_FUNCTION=1)
endif()
