// The Python with the peers that oracle tests compare with.
#ifndef ROOKERY_TESTS_PEERS_PYTHON_H_
#define ROOKERY_TESTS_PEERS_PYTHON_H_

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "tests/paths.h"
#include "tests/temp_folder.h"

namespace rookery::testing {

inline constexpr char kNoPeers[] =
    "no Python with the peers: run scripts/install_dependencies --peers, or set "
    "ROOKERY_PEERS_PYTHON";

// Standard output of a shell command. Failure when it does not end with 0.
inline std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw Failure("cannot run " + command);
  std::string text;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, n);
  if (const int status = pclose(pipe); status != 0) {
    throw Failure(command + " ended with status " + std::to_string(status) + ": " + text);
  }
  return text;
}

// Path of a Python that can import `package`, or "".
inline std::string PeersPython(const std::string& package) {
  const char* chosen = std::getenv("ROOKERY_PEERS_PYTHON");
  const std::string python =
      chosen != nullptr && *chosen != '\0' ? chosen : DependenciesFolder() + "/peers/bin/python";
  if (access(python.c_str(), X_OK) != 0) return "";
  const std::string command = "'" + python + "' -c 'import " + package + "' 2>/dev/null";
  return std::system(command.c_str()) == 0 ? python : "";
}

// What the script prints.
inline std::string RunPython(const std::string& python, const std::string& script,
                             const std::string& arguments) {
  const TempFolder folder;
  const std::string path = folder.Write("script.py", script);
  return OutputOf("'" + python + "' '" + path + "' " + arguments);
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_PEERS_PYTHON_H_
