# Imported targets of everything rookery links, from ROOKERY_PREFIX and the system.
#
# Included by Dependencies.cmake in the build tree and by the installed package, which sets
# ROOKERY_PREFIX and the options (ROOKERY_AGENTS, _BULLET, _MUJOCO, _BOX2D, _ATARI, _ARROW, ...) to what
# rookery was built with. A target that exists is kept; a required one that is missing is an error;
# an optional one that is missing is simply not defined.
#
# Required: CLI11::CLI11 spdlog::spdlog fmt::fmt tomlplusplus::tomlplusplus Threads::Threads
#           nlohmann_json::nlohmann_json ZLIB::ZLIB rookery::hdf5 rookery::xxhash
# Optional: rookery::torch rookery::bullet rookery::mujoco rookery::box2d rookery::ale rookery::arrow
#           rookery::imgui rookery::opencv Eigen3::Eigen GTest::gtest GTest::gmock benchmark::benchmark

include_guard(GLOBAL)

# Real paths, so that a new set with the same parts compiles nothing again.
function(rookery_real_path variable path)
  if(EXISTS "${path}")
    file(REAL_PATH "${path}" path)
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

# ---- required, from the system -------------------------------------------------------------------

set(rookery_missing "")
macro(rookery_require target apt_package)
  if(NOT TARGET ${target})
    find_package(${ARGN} QUIET GLOBAL)
  endif()
  if(NOT TARGET ${target})
    string(APPEND rookery_missing " ${apt_package}")
  endif()
endmacro()

set(CMAKE_THREAD_PREFER_PTHREAD ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
rookery_require(CLI11::CLI11 libcli11-dev CLI11)
rookery_require(ZLIB::ZLIB zlib1g-dev ZLIB)
rookery_require(fmt::fmt libfmt-dev fmt)
rookery_require(nlohmann_json::nlohmann_json nlohmann-json3-dev nlohmann_json)
rookery_require(spdlog::spdlog libspdlog-dev spdlog)
rookery_require(tomlplusplus::tomlplusplus libtomlplusplus-dev tomlplusplus)

if(NOT TARGET rookery::xxhash)
  find_path(ROOKERY_XXHASH_INCLUDE xxhash.h)
  find_library(ROOKERY_XXHASH_LIBRARY xxhash)
  if(ROOKERY_XXHASH_INCLUDE AND ROOKERY_XXHASH_LIBRARY)
    add_library(rookery::xxhash SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::xxhash PROPERTIES
      IMPORTED_LOCATION "${ROOKERY_XXHASH_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${ROOKERY_XXHASH_INCLUDE}"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${ROOKERY_XXHASH_INCLUDE}")
  else()
    string(APPEND rookery_missing " libxxhash-dev")
  endif()
endif()

# The C library only; CMake's own module would run the HDF5 compiler wrappers.
if(NOT TARGET rookery::hdf5)
  find_path(ROOKERY_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial)
  find_library(ROOKERY_HDF5_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
  if(ROOKERY_HDF5_INCLUDE AND ROOKERY_HDF5_LIBRARY)
    add_library(rookery::hdf5 SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::hdf5 PROPERTIES
      IMPORTED_LOCATION "${ROOKERY_HDF5_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${ROOKERY_HDF5_INCLUDE}"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${ROOKERY_HDF5_INCLUDE}")
  else()
    string(APPEND rookery_missing " libhdf5-dev")
  endif()
endif()

if(rookery_missing)
  message(FATAL_ERROR
    "Debian packages are missing:${rookery_missing}: run scripts/install_dependencies")
endif()

# ---- optional, from the system -------------------------------------------------------------------

# Only three OpenCV modules are used; OpenCV's own configuration asks for the packages of all.
if(NOT TARGET rookery::opencv)
  find_path(ROOKERY_OPENCV_INCLUDE opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
  set(opencv_libraries "")
  foreach(module IN ITEMS imgcodecs imgproc core)
    find_library(ROOKERY_OPENCV_${module} opencv_${module})
    list(APPEND opencv_libraries "${ROOKERY_OPENCV_${module}}")
  endforeach()
  if(ROOKERY_OPENCV_INCLUDE AND NOT opencv_libraries MATCHES "NOTFOUND")
    add_library(rookery::opencv INTERFACE IMPORTED GLOBAL)
    set_target_properties(rookery::opencv PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${ROOKERY_OPENCV_INCLUDE}"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${ROOKERY_OPENCV_INCLUDE}"
      INTERFACE_LINK_LIBRARIES "${opencv_libraries}")
  endif()
endif()

find_package(Eigen3 QUIET GLOBAL)

# ---- optional, from ROOKERY_PREFIX ---------------------------------------------------------------

if(ROOKERY_AGENTS AND NOT TARGET rookery::torch)
  list(PREPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
  find_package(LibTorch QUIET MODULE)
  list(POP_FRONT CMAKE_MODULE_PATH)
endif()

# Bullet is compiled with these definitions; every file that includes its headers must see the same.
if(ROOKERY_BULLET AND NOT TARGET rookery::bullet)
  rookery_real_path(bullet "${ROOKERY_PREFIX}/bullet")
  if(EXISTS "${bullet}/lib/libbullet.a")
    add_library(rookery::bullet STATIC IMPORTED GLOBAL)
    set_target_properties(rookery::bullet PROPERTIES
      IMPORTED_LOCATION "${bullet}/lib/libbullet.a"
      IMPORTED_LINK_INTERFACE_LANGUAGES CXX
      INTERFACE_COMPILE_DEFINITIONS "BT_USE_DOUBLE_PRECISION;BT_THREADSAFE=1"
      INTERFACE_INCLUDE_DIRECTORIES "${bullet}/include;${bullet}/include/examples"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${bullet}/include;${bullet}/include/examples"
      INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS}")
  endif()
endif()

if(ROOKERY_MUJOCO AND NOT TARGET rookery::mujoco)
  rookery_real_path(mujoco "${ROOKERY_PREFIX}/mujoco")
  rookery_real_path(mujoco_library "${mujoco}/libmujoco.so")
  if(EXISTS "${mujoco_library}")
    add_library(rookery::mujoco SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::mujoco PROPERTIES
      IMPORTED_LOCATION "${mujoco_library}"
      INTERFACE_INCLUDE_DIRECTORIES "${mujoco}/include"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${mujoco}/include")
  endif()
endif()

if(ROOKERY_BOX2D AND NOT TARGET rookery::box2d)
  find_path(ROOKERY_BOX2D_INCLUDE box2d/box2d.h)
  find_library(ROOKERY_BOX2D_LIBRARY box2d)
  if(ROOKERY_BOX2D_INCLUDE AND ROOKERY_BOX2D_LIBRARY)
    add_library(rookery::box2d SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::box2d PROPERTIES
      IMPORTED_LOCATION "${ROOKERY_BOX2D_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${ROOKERY_BOX2D_INCLUDE}"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${ROOKERY_BOX2D_INCLUDE}")
  endif()
endif()

if(ROOKERY_ATARI AND NOT TARGET rookery::ale)
  rookery_real_path(ale "${ROOKERY_PREFIX}/ale")
  if(EXISTS "${ale}/lib/libale.a")
    add_library(rookery::ale STATIC IMPORTED GLOBAL)
    set_target_properties(rookery::ale PROPERTIES
      IMPORTED_LOCATION "${ale}/lib/libale.a"
      IMPORTED_LINK_INTERFACE_LANGUAGES CXX
      INTERFACE_INCLUDE_DIRECTORIES "${ale}/include"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${ale}/include"
      INTERFACE_LINK_LIBRARIES "ZLIB::ZLIB;Threads::Threads")
  endif()
endif()

if(ROOKERY_ARROW AND NOT TARGET rookery::arrow)
  rookery_real_path(arrow "${ROOKERY_PREFIX}/arrow")
  file(GLOB arrow_library "${arrow}/libarrow.so.*")
  file(GLOB parquet_library "${arrow}/libparquet.so.*")
  if(arrow_library AND parquet_library AND EXISTS "${arrow}/include/arrow/api.h")
    add_library(rookery::arrow_base SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::arrow_base PROPERTIES
      IMPORTED_LOCATION "${arrow_library}"
      INTERFACE_INCLUDE_DIRECTORIES "${arrow}/include"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${arrow}/include")
    add_library(rookery::arrow SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::arrow PROPERTIES
      IMPORTED_LOCATION "${parquet_library}" INTERFACE_LINK_LIBRARIES rookery::arrow_base)
  endif()
endif()

if(ROOKERY_TESTS)
  find_package(GTest QUIET GLOBAL)
  find_package(benchmark QUIET GLOBAL)
endif()

if(ROOKERY_GUI)
  include("${CMAKE_CURRENT_LIST_DIR}/Imgui.cmake")
endif()
