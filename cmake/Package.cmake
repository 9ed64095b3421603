# cmake --install, and a package for other projects:
#
#   find_package(rookery REQUIRED)
#   add_executable(mine my_task.cc main.cc)
#   target_link_libraries(mine PRIVATE rookery::tasks)     # or rookery::program, without a main
#
# Every room is installed as a static archive. The package's targets link them whole, so that no
# file that only registers itself is dropped.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rookery)
get_property(rooms GLOBAL PROPERTY ROOKERY_ROOMS)

# What a target of the package links: as in this build, with the names of the package. Warnings are
# our own business.
function(rookery_package_links target result)
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  if(NOT links)
    set(links "")
  endif()
  list(FILTER links EXCLUDE REGEX "rookery_warnings|TARGET_OBJECTS")
  list(TRANSFORM links REPLACE "^rookery_" "rookery::")
  list(TRANSFORM links REPLACE "LINK_ONLY:rookery_" "LINK_ONLY:rookery::")
  set(${result} "${links}" PARENT_SCOPE)
endfunction()

set(package_rooms "")
set(package_links "")
foreach(room IN LISTS rooms ITEMS gui apps)
  if(NOT TARGET rookery_${room})
    continue()
  endif()
  add_library(rookery_${room}_archive STATIC $<TARGET_OBJECTS:rookery_${room}>)
  set_target_properties(rookery_${room}_archive PROPERTIES
    OUTPUT_NAME rookery_${room} ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/archives LINKER_LANGUAGE CXX)
  install(TARGETS rookery_${room}_archive ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/rookery)
  rookery_package_links(rookery_${room} links)
  list(APPEND package_rooms ${room})
  string(APPEND package_links "set(rookery_${room}_links \"${links}\")\n")
endforeach()

list(JOIN package_rooms "|" package_room_pattern)

# Public headers: those of the rooms that tasks are made of, less the private ones and that of HDF5.
foreach(room IN ITEMS core renderers envs tasks)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${room}/*.h)
  list(FILTER headers EXCLUDE REGEX "_impl\\.h$")
  foreach(header IN LISTS headers)
    file(STRINGS ${CMAKE_SOURCE_DIR}/${header} first_line LIMIT_COUNT 1)
    if(NOT first_line MATCHES "^// (Private to|For core and exporters)")
      cmake_path(GET header PARENT_PATH folder)
      install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rookery/${folder})
    endif()
  endforeach()
endforeach()

# Plugins, where the installed program looks for them, and the licence of the one that is not MIT.
get_property(plugins GLOBAL PROPERTY ROOKERY_PLUGINS)
if(plugins)
  install(TARGETS ${plugins} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/rookery)
endif()
if(TARGET rookery_atari)
  install(FILES ${ROOKERY_PREFIX}/ale/LICENSE.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
    RENAME LICENSE.rookery_atari.so.md)
endif()

install(DIRECTORY ${CMAKE_SOURCE_DIR}/assets/ DESTINATION ${CMAKE_INSTALL_DATADIR}/rookery/assets
  PATTERN generate EXCLUDE)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/rookeryConfig.cmake.in ${CMAKE_BINARY_DIR}/rookeryConfig.cmake
  INSTALL_DESTINATION ${package_folder}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/rookeryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_BINARY_DIR}/rookeryConfig.cmake ${CMAKE_BINARY_DIR}/rookeryConfigVersion.cmake
  cmake/ImportedTargets.cmake cmake/FindLibTorch.cmake cmake/Imgui.cmake
  DESTINATION ${package_folder})
