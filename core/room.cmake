target_link_libraries(rookery_core
  PUBLIC nlohmann_json::nlohmann_json Threads::Threads
  PRIVATE rookery::xxhash rookery::hdf5 spdlog::spdlog_header_only tomlplusplus::tomlplusplus)
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
