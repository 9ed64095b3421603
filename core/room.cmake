target_link_libraries(rookery_core
  PUBLIC nlohmann_json::nlohmann_json Threads::Threads
  PRIVATE rookery::xxhash rookery::hdf5 spdlog::spdlog_header_only tomlplusplus::tomlplusplus)
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/assets.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_ASSETS_SOURCE_DIR="${CMAKE_SOURCE_DIR}/assets"
  ROOKERY_ASSETS_INSTALL_DIR="${CMAKE_INSTALL_FULL_DATADIR}/rookery/assets")
execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                OUTPUT_VARIABLE rookery_git_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT rookery_git_commit)
  set(rookery_git_commit unknown)
endif()
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/run_folder.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_VERSION="${PROJECT_VERSION}" ROOKERY_GIT_COMMIT="${rookery_git_commit}")
