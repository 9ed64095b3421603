target_link_libraries(rookery_core
  PUBLIC nlohmann_json::nlohmann_json Threads::Threads
  PRIVATE rookery::xxhash rookery::hdf5 spdlog::spdlog_header_only tomlplusplus::tomlplusplus)
set_property(SOURCE ${CMAKE_SOURCE_DIR}/core/assets.cc APPEND PROPERTY COMPILE_DEFINITIONS
  ROOKERY_ASSETS_SOURCE_DIR="${CMAKE_SOURCE_DIR}/assets"
  ROOKERY_ASSETS_INSTALL_DIR="${CMAKE_INSTALL_FULL_DATADIR}/rookery/assets")
