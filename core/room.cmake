target_link_libraries(rookery_core
  PUBLIC nlohmann_json::nlohmann_json Threads::Threads
  PRIVATE rookery::xxhash rookery::hdf5 spdlog::spdlog_header_only tomlplusplus::tomlplusplus
          ${CMAKE_DL_LIBS})
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/assets.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_ASSETS_SOURCE_DIR="${CMAKE_SOURCE_DIR}/assets"
  ROOKERY_ASSETS_INSTALL_DIR="${CMAKE_INSTALL_FULL_DATADIR}/rookery/assets")
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/run_folder.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_VERSION="${PROJECT_VERSION}")
# The commit is asked for by every build, not when configuring: it changes in between.
set(rookery_commit_file ${CMAKE_BINARY_DIR}/git_commit.cc)
add_custom_target(rookery_git_commit BYPRODUCTS ${rookery_commit_file}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${rookery_commit_file}
          -P ${CMAKE_SOURCE_DIR}/cmake/git_commit.cmake)
add_dependencies(rookery_core rookery_git_commit)
target_sources(rookery_core PRIVATE ${rookery_commit_file})
# What a plugin and the program must agree on: the headers, compiled by the same compiler. The hash
# is part of a symbol's name (core/plugins.h).
file(GLOB plugin_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/*.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${plugin_headers})
set(plugin_abi "${PROJECT_VERSION} ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
foreach(header IN LISTS plugin_headers)
  file(SHA256 ${header} header_hash)
  string(APPEND plugin_abi " ${header_hash}")
endforeach()
string(SHA256 plugin_abi "${plugin_abi}")
string(SUBSTRING "${plugin_abi}" 0 12 plugin_abi)
set(plugin_symbol rookery_plugin_abi_${plugin_abi})
set_property(GLOBAL PROPERTY ROOKERY_PLUGIN_SYMBOL ${plugin_symbol})
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/plugins.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_PLUGIN_SYMBOL=${plugin_symbol}
  ROOKERY_PLUGINS_LIBDIR="${CMAKE_INSTALL_LIBDIR}"
  ROOKERY_PLUGINS_INSTALL_DIR="${CMAKE_INSTALL_FULL_LIBDIR}/rookery")
