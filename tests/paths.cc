#include "tests/paths.h"

namespace rookery::testing {

std::string SourceFolder() { return ROOKERY_SOURCE_DIR; }
std::string DependenciesFolder() { return ROOKERY_PREFIX; }
std::string ProgramPath() { return ROOKERY_PROGRAM; }

}  // namespace rookery::testing
