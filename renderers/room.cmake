target_link_libraries(rookery_renderers PUBLIC rookery_core PRIVATE ZLIB::ZLIB)

# The inner loops exist once per instruction set; renderers/kernels/dispatch.cc chooses at run time.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(kernels ${CMAKE_CURRENT_LIST_DIR}/kernels)
  set_source_files_properties(${kernels}/kernels_avx2.cc PROPERTIES COMPILE_OPTIONS "-mavx2")
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/area_resize_avx2.cc
    PROPERTIES COMPILE_OPTIONS "-mavx2")
  set(avx512_options -mavx512f -mavx512bw -mavx512dq -mavx512vl)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's own AVX-512 header trips over these (GCC bug 105593).
    list(APPEND avx512_options -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
  set_source_files_properties(${kernels}/kernels_avx512.cc PROPERTIES COMPILE_OPTIONS "${avx512_options}")
else()
  rookery_room_without_files(renderers area_resize_avx2.cc)
endif()
