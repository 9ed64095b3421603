# Finds LibTorch and defines rookery::torch, without the CUDA toolkit that its own package
# configuration asks for.
#
# Looks in ROOKERY_LIBTORCH (a folder with include/ and lib/, CPU or CUDA), else in
# ROOKERY_PREFIX/torch. With ROOKERY_CUDA the CUDA libraries are linked too. Results:
# LibTorch_FOUND, LibTorch_VERSION, LibTorch_ROOT_DIR, target rookery::torch.

if(ROOKERY_LIBTORCH)
  set(LibTorch_ROOT_DIR "${ROOKERY_LIBTORCH}")
else()
  set(LibTorch_ROOT_DIR "${ROOKERY_PREFIX}/torch")
endif()
if(EXISTS "${LibTorch_ROOT_DIR}")
  file(REAL_PATH "${LibTorch_ROOT_DIR}" LibTorch_ROOT_DIR)
endif()

# The newer headers keep the version apart from the API's.
set(LibTorch_VERSION "")
foreach(header IN ITEMS headeronly/version.h csrc/api/include/torch/version.h)
  if(EXISTS "${LibTorch_ROOT_DIR}/include/torch/${header}" AND NOT LibTorch_VERSION)
    file(READ "${LibTorch_ROOT_DIR}/include/torch/${header}" version_header)
    if(version_header MATCHES
       "VERSION_MAJOR ([0-9]+).*VERSION_MINOR ([0-9]+).*VERSION_PATCH ([0-9]+)")
      set(LibTorch_VERSION "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
    endif()
  endif()
endforeach()

set(libtorch_libraries torch_cpu c10)
if(ROOKERY_CUDA)
  list(APPEND libtorch_libraries torch_cuda c10_cuda torch)
endif()
set(libtorch_paths "")
set(libtorch_absent "")
foreach(name IN LISTS libtorch_libraries)
  set(path "${LibTorch_ROOT_DIR}/lib/lib${name}.so")
  if(EXISTS "${path}")
    list(APPEND libtorch_paths "${path}")
  else()
    list(APPEND libtorch_absent "${path}")
  endif()
endforeach()
if(NOT libtorch_absent)
  set(libtorch_complete TRUE)
elseif(ROOKERY_LIBTORCH)
  message(FATAL_ERROR
    "ROOKERY_LIBTORCH='${ROOKERY_LIBTORCH}' is not a usable LibTorch: ${libtorch_absent} not found")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_ROOT_DIR libtorch_complete
  VERSION_VAR LibTorch_VERSION)

if(LibTorch_FOUND AND NOT TARGET rookery::torch)
  set(libtorch_includes
    "${LibTorch_ROOT_DIR}/include" "${LibTorch_ROOT_DIR}/include/torch/csrc/api/include")
  add_library(rookery::torch INTERFACE IMPORTED GLOBAL)
  set_target_properties(rookery::torch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${libtorch_includes}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${libtorch_includes}"
    INTERFACE_LINK_LIBRARIES "Threads::Threads"
    INTERFACE_COMPILE_FEATURES cxx_std_20)
  # Every library as a target of its own, so that the build and install run paths get its folder.
  foreach(name path IN ZIP_LISTS libtorch_libraries libtorch_paths)
    add_library(rookery::torch_${name} SHARED IMPORTED GLOBAL)
    set_target_properties(rookery::torch_${name} PROPERTIES IMPORTED_LOCATION "${path}")
    set_property(TARGET rookery::torch APPEND PROPERTY
      INTERFACE_LINK_LIBRARIES rookery::torch_${name})
  endforeach()
  # A CUDA build of libtorch_cpu refers to libraries that a CPU program never loads. libtorch_cuda
  # registers itself when loaded, though nothing refers to it.
  set(libtorch_options "-Wl,--unresolved-symbols=ignore-in-shared-libs")
  if(ROOKERY_CUDA)
    list(PREPEND libtorch_options "-Wl,--no-as-needed")
  endif()
  set_property(TARGET rookery::torch PROPERTY INTERFACE_LINK_OPTIONS "${libtorch_options}")
endif()
