// This program run again as a process of its own.
#ifndef ROOKERY_CORE_SUBPROCESS_H_
#define ROOKERY_CORE_SUBPROCESS_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rookery {

// Runs `rookery words... --json` to its end and returns its document. What it says to people is
// appended to the file `log`. Ctrl-C is passed on to it once; it never outlives this process.
// Failure when it cannot start or ends with another exit code than 0 (with the last line it said).
nlohmann::json RunSelf(const std::vector<std::string>& words, const std::string& log);

// As it would be typed, quoted where a shell needs it.
std::string ShellText(const std::vector<std::string>& words);

}  // namespace rookery

#endif  // ROOKERY_CORE_SUBPROCESS_H_
