// Folders that tests need. Only paths.cc is compiled with them, so that the compiler cache serves
// the tests of every checkout.
#ifndef ROOKERY_TESTS_PATHS_H_
#define ROOKERY_TESTS_PATHS_H_

#include <string>

namespace rookery::testing {

std::string SourceFolder();        // of this repository
std::string DependenciesFolder();  // the installed set that this build uses
std::string ProgramPath();         // of `rookery`

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_PATHS_H_
