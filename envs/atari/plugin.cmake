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

# What uses nothing of the Arcade Learning Environment; tests link it alone.
set(pixel_sources area_resize.cc pixels.cc kernels_avx2.cc)
list(TRANSFORM pixel_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
list(REMOVE_ITEM plugin_sources ${pixel_sources})
set(kernels ${CMAKE_CURRENT_LIST_DIR}/kernels_avx2.cc)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set_property(SOURCE ${kernels} APPEND PROPERTY COMPILE_OPTIONS -mavx2)
else()
  list(REMOVE_ITEM pixel_sources ${kernels})
endif()
add_library(rookery_atari_pixels OBJECT ${pixel_sources})
target_include_directories(rookery_atari_pixels PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_features(rookery_atari_pixels PRIVATE cxx_std_20)
target_compile_options(rookery_atari_pixels PRIVATE -ffp-contract=off -O3)
target_link_libraries(rookery_atari_pixels PRIVATE rookery::opencv rookery_warnings)
set_target_properties(rookery_atari_pixels PROPERTIES POSITION_INDEPENDENT_CODE ON)

rookery_plugin(atari ${plugin_sources} $<TARGET_OBJECTS:rookery_atari_pixels> LINK rookery::ale rookery::opencv)
target_include_directories(rookery_atari PRIVATE ${CMAKE_BINARY_DIR}/atari)
# ALE's own headers include their version without its folder.
target_include_directories(rookery_atari SYSTEM PRIVATE ${ROOKERY_PREFIX}/ale/include/ale)
set_property(SOURCE ${CMAKE_CURRENT_LIST_DIR}/games.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_ROMS_FOLDER="${archive}")
