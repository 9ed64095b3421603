# rookery::warnings: the compiler warnings of our own code; link it PRIVATE. Warnings are errors
# unless ROOKERY_WERROR is off. Headers of others are included as system headers and stay silent.

option(ROOKERY_WERROR "Treat compiler warnings in rookery's own code as errors" ON)

add_library(rookery_warnings INTERFACE)
add_library(rookery::warnings ALIAS rookery_warnings)
set(rookery_warning_flags
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wunused -Wextra-semi
  -Wimplicit-fallthrough -Wformat=2 -Wundef -Wvla)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND rookery_warning_flags -Wduplicated-cond -Wlogical-op)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # It warns of its own std::string's operator+ (GCC bug 105651).
    list(APPEND rookery_warning_flags -Wno-restrict)
  endif()
endif()
if(ROOKERY_WERROR)
  list(APPEND rookery_warning_flags -Werror)
endif()
target_compile_options(rookery_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${rookery_warning_flags}>")
# nvcc passes these on to the host compiler, whose generated code does not bear the stricter ones.
target_compile_options(rookery_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>")
