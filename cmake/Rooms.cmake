# One CMake target per room (top-level folder): rookery_<room>, an OBJECT library, so that no
# linker drops a file that only registers itself. Files are found by globbing: adding a task or
# an agent edits no list. <room>/room.cmake names what the room links. With APART only programs that
# name it get the room.
function(rookery_room room)
  cmake_parse_arguments(PARSE_ARGV 1 room "APART" "" "")
  set(patterns ${CMAKE_SOURCE_DIR}/${room}/*.cc)
  if(ROOKERY_CUDA)
    list(APPEND patterns ${CMAKE_SOURCE_DIR}/${room}/*.cu)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${patterns})
  add_library(rookery_${room} OBJECT ${sources})
  add_library(rookery::${room} ALIAS rookery_${room})
  target_include_directories(rookery_${room} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/rookery>)
  target_compile_features(rookery_${room} PUBLIC cxx_std_20)
  target_link_libraries(rookery_${room} PRIVATE rookery_warnings)
  set_target_properties(rookery_${room} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  # The same arithmetic on every machine: no fused multiply-add behind our back.
  target_compile_options(rookery_${room} PRIVATE -ffp-contract=off)
  if(NOT room_APART)
    set_property(GLOBAL APPEND PROPERTY ROOKERY_ROOMS ${room})
  endif()
  include(${CMAKE_SOURCE_DIR}/${room}/room.cmake)
endfunction()

# Leaves the files under room/<folder> out of the build (an option is off).
function(rookery_room_without room folder)
  get_target_property(sources rookery_${room} SOURCES)
  list(FILTER sources EXCLUDE REGEX "/${room}/${folder}/")
  if(NOT sources)  # a library is made of something
    set(sources ${CMAKE_BINARY_DIR}/empty.cc)
    file(TOUCH ${sources})
  endif()
  set_property(TARGET rookery_${room} PROPERTY SOURCES ${sources})
endfunction()

# The same for single files: room/<file>...
function(rookery_room_without_files room)
  get_target_property(sources rookery_${room} SOURCES)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/${room}/)
  list(REMOVE_ITEM sources ${ARGN})
  set_property(TARGET rookery_${room} PROPERTY SOURCES ${sources})
endfunction()

# rookery_plugin(<name> files... LINK targets...): the shared module rookery_<name>.so in the build
# folder, which programs load when they start (core/plugins.h). It finds rookery's own symbols in
# the program and keeps those of what it links to itself.
function(rookery_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "" "" "LINK")
  get_property(symbol GLOBAL PROPERTY ROOKERY_PLUGIN_SYMBOL)
  set(abi_file ${CMAKE_BINARY_DIR}/plugin_abi.cc)
  file(CONFIGURE OUTPUT ${abi_file} @ONLY CONTENT
"extern \"C\" {
extern const int @symbol@;
__attribute__((used)) const int* const rookery_plugin_needs = &@symbol@;
}
")
  add_library(rookery_${name} MODULE ${plugin_UNPARSED_ARGUMENTS} ${abi_file})
  target_include_directories(rookery_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_features(rookery_${name} PRIVATE cxx_std_20)
  target_compile_options(rookery_${name} PRIVATE -ffp-contract=off)
  target_link_options(rookery_${name} PRIVATE -Wl,--exclude-libs,ALL)
  target_link_libraries(rookery_${name} PRIVATE
    ${plugin_LINK} nlohmann_json::nlohmann_json rookery_warnings)
  set_target_properties(rookery_${name} PROPERTIES
    PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  set_property(GLOBAL APPEND PROPERTY ROOKERY_PLUGINS rookery_${name})
endfunction()

# rookery_app(<name> files... [ROOMS rooms...]): a program or test made of the files and those
# rooms, by default all.
function(rookery_app name)
  cmake_parse_arguments(PARSE_ARGV 1 app "" "" "ROOMS")
  add_executable(${name} ${app_UNPARSED_ARGUMENTS})
  target_compile_options(${name} PRIVATE -ffp-contract=off)
  if(NOT app_ROOMS)
    get_property(app_ROOMS GLOBAL PROPERTY ROOKERY_ROOMS)
  endif()
  foreach(room IN LISTS app_ROOMS)
    # Objects are not passed on through targets: every room is linked directly.
    target_link_libraries(${name} PRIVATE rookery_${room})
  endforeach()
  target_link_libraries(${name} PRIVATE rookery_warnings)
  # Plugins find our symbols in the program; they are built before it runs.
  set_target_properties(${name} PROPERTIES ENABLE_EXPORTS ON)
  get_property(plugins GLOBAL PROPERTY ROOKERY_PLUGINS)
  if(plugins)
    add_dependencies(${name} ${plugins})
  endif()
endfunction()
