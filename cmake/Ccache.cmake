# Compiles through ccache when it is there. Precompiled headers need its sloppiness settings; they
# are passed with every compiler call, so that nobody's own ccache configuration is touched.

option(ROOKERY_CCACHE "Compile through ccache when it is installed" ON)
if(ROOKERY_CCACHE)
  find_program(CCACHE_PROGRAM ccache)
  mark_as_advanced(CCACHE_PROGRAM)
endif()
if(ROOKERY_CCACHE AND CCACHE_PROGRAM)
  set(launcher ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}  # what one checkout compiled serves all others
    ${CCACHE_PROGRAM})
  foreach(language IN ITEMS C CXX CUDA)
    if(NOT CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER ${launcher})
    endif()
  endforeach()
  # Lets GCC preprocess a file that uses a precompiled header, which ccache does before it looks the
  # result up.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>")
  endif()
endif()
