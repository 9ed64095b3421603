# The plugin with the Atari games. The Arcade Learning Environment is under the GPL, version 2, and
# so is this module; nothing else of rookery includes or links it.
file(GLOB plugin_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cc)

# The archive's list of its games, as C++: {"pong", "60e0ea3c..."},
set(archive ${ROOKERY_PREFIX}/ale/roms)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${archive}/md5.json)
file(READ ${archive}/md5.json list)
string(JSON count LENGTH "${list}")
math(EXPR last "${count} - 1")
set(lines "")
foreach(i RANGE ${last})
  string(JSON file MEMBER "${list}" ${i})
  string(JSON md5 GET "${list}" ${file})
  string(REGEX REPLACE "\\.bin$" "" rom ${file})
  string(APPEND lines "{\"${rom}\", \"${md5}\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/atari/rookery_atari_archive.inc CONTENT "${lines}" @ONLY)

# Programs that have nothing but core load plugins, too.
set(pixel_sources ${CMAKE_SOURCE_DIR}/renderers/area_resize.cc)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  list(APPEND pixel_sources ${CMAKE_SOURCE_DIR}/renderers/area_resize_avx2.cc)
  set_property(SOURCE ${CMAKE_CURRENT_LIST_DIR}/pixels_avx2.cc APPEND PROPERTY COMPILE_OPTIONS -mavx2)
else()
  list(REMOVE_ITEM plugin_sources ${CMAKE_CURRENT_LIST_DIR}/pixels_avx2.cc)
endif()
rookery_plugin(atari ${plugin_sources} ${pixel_sources} LINK rookery::ale rookery::opencv)
# The archive is compiled when it is linked; GCC 12 crashes there on -g1, which the presets of the
# sanitizers ask for.
target_link_options(rookery_atari PRIVATE -g0)
target_include_directories(rookery_atari PRIVATE ${CMAKE_BINARY_DIR}/atari)
# ALE's own headers include their version without its folder.
target_include_directories(rookery_atari SYSTEM PRIVATE ${ROOKERY_PREFIX}/ale/include/ale)
set_property(SOURCE ${CMAKE_CURRENT_LIST_DIR}/games.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_ROMS_FOLDER="${archive}")
set_property(SOURCE ${CMAKE_CURRENT_LIST_DIR}/pixels.cc APPEND PROPERTY COMPILE_OPTIONS -O3)
