# Finds what rookery is built with and turns off what is missing. Included once by the top
# CMakeLists.txt.
#
# Pinned dependencies live in one folder, made by scripts/install_dependencies and named after its
# lock file:
#   ROOKERY_DEPS     cache or environment variable, default ~/.cache/rookery
#   ROOKERY_PREFIX   result: that folder
# Options (a missing dependency turns its option off with a status line):
#   ROOKERY_AGENTS   learners, needs LibTorch        ROOKERY_BULLET   tabletop worlds, needs Bullet
#   ROOKERY_MUJOCO   MuJoCo worlds                   ROOKERY_BOX2D    car racing, needs Box2D
#   ROOKERY_ATARI    plugin with the Atari games (GPL-2.0), needs the Arcade Learning Environment
#   ROOKERY_PYTHON   Python module, needs nanobind   ROOKERY_GUI      viewer (GLFW, Dear ImGui)
#   ROOKERY_ARROW    LeRobot data sets, need Arrow
#   ROOKERY_TESTS    tests and benchmarks, needs GoogleTest and Google Benchmark
#   ROOKERY_CUDA     CUDA kernels, needs nvcc        ROOKERY_LIBTORCH a LibTorch of your own
# The targets themselves are defined by ImportedTargets.cmake, which an installed package includes
# again.

option(ROOKERY_AGENTS "Build the learners (LibTorch)" ON)
option(ROOKERY_BULLET "Build the tabletop worlds (Bullet)" ON)
option(ROOKERY_MUJOCO "Build the MuJoCo worlds" ON)
option(ROOKERY_BOX2D "Build the car racing world (Box2D)" ON)
option(ROOKERY_ATARI "Build the plugin with the Atari games (Arcade Learning Environment)" ON)
option(ROOKERY_PYTHON "Build the Python module (nanobind)" ON)
option(ROOKERY_ARROW "Export LeRobot data sets (Arrow)" ON)
option(ROOKERY_GUI "Build the viewer (GLFW, OpenGL, Dear ImGui)" ON)
option(ROOKERY_TESTS "Build the tests and benchmarks" ON)
option(ROOKERY_CUDA "Compile CUDA kernels and link LibTorch's CUDA libraries" OFF)
set(ROOKERY_LIBTORCH "" CACHE PATH "A LibTorch (include/, lib/) used instead of the installed one")

if(DEFINED ENV{ROOKERY_DEPS})
  set(default_deps "$ENV{ROOKERY_DEPS}")
else()
  set(default_deps "$ENV{HOME}/.cache/rookery")
endif()
set(ROOKERY_DEPS "${default_deps}" CACHE PATH "Folder of scripts/install_dependencies")

set(lock_file "${CMAKE_CURRENT_LIST_DIR}/../scripts/dependencies.lock")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${lock_file}")
file(SHA256 "${lock_file}" lock_key)
string(SUBSTRING "${lock_key}" 0 16 lock_key)
set(ROOKERY_PREFIX "${ROOKERY_DEPS}/${lock_key}")
if(NOT EXISTS "${ROOKERY_PREFIX}/.complete")
  message(FATAL_ERROR
    "The dependencies are not installed in ${ROOKERY_PREFIX}: run scripts/install_dependencies")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/ImportedTargets.cmake")

# Switches OPTION off, with the reason, unless every one of the targets is there.
function(rookery_need option provider)
  if(NOT ${option})
    return()
  endif()
  foreach(target IN LISTS ARGN)
    if(NOT TARGET ${target})
      message(STATUS "${option} is off: ${target} was not found (${provider})")
      set(${option} OFF PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()
rookery_need(ROOKERY_AGENTS "scripts/install_dependencies" rookery::torch)
rookery_need(ROOKERY_BULLET "scripts/install_dependencies" rookery::bullet)
rookery_need(ROOKERY_MUJOCO "scripts/install_dependencies" rookery::mujoco)
rookery_need(ROOKERY_BOX2D "apt: libbox2d-dev" rookery::box2d)
rookery_need(ROOKERY_ATARI "scripts/install_dependencies" rookery::ale)
rookery_need(ROOKERY_ARROW "scripts/install_dependencies --arrow" rookery::arrow)
rookery_need(ROOKERY_TESTS "apt: libgtest-dev libgmock-dev libbenchmark-dev"
  GTest::gtest GTest::gmock benchmark::benchmark)
rookery_need(ROOKERY_GUI "scripts/install_dependencies" rookery::imgui)

if(ROOKERY_CUDA AND NOT CMAKE_CUDA_COMPILER)
  include(CheckLanguage)
  # The compiler that --cuda installs serves where no toolkit is on the PATH.
  if(NOT DEFINED ENV{CUDACXX} AND EXISTS "${ROOKERY_PREFIX}/cuda/bin/nvcc")
    find_program(ROOKERY_NVCC nvcc)
    if(NOT ROOKERY_NVCC)
      file(REAL_PATH "${ROOKERY_PREFIX}/cuda/bin/nvcc" nvcc)
      set(CMAKE_CUDA_COMPILER "${nvcc}" CACHE FILEPATH "CUDA compiler")
    endif()
  endif()
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    message(FATAL_ERROR "ROOKERY_CUDA is on but no CUDA compiler was found: "
      "run scripts/install_dependencies --cuda, or put nvcc on the PATH")
  endif()
endif()
if(ROOKERY_CUDA)
  enable_language(CUDA)
endif()

# A program built here finds the libraries it was linked with, in the build folder and after cmake
# --install.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
