# Run by every build: cmake -DSOURCE=<repository> -DOUT=<file.cc> -P git_commit.cmake
# Writes the commit into OUT, which is touched only when it changes.
execute_process(COMMAND git describe --always --abbrev=12 --exclude=* --dirty
                WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#include "core/git_commit.h"

namespace rookery {

const char* const kGitCommit = "@commit@";

}  // namespace rookery
]] @ONLY)
