// Other programs: peers to measure against, and what is on the PATH.
#ifndef ROOKERY_APPS_PEER_H_
#define ROOKERY_APPS_PEER_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rookery {

// Full path of a program on the PATH, or "".
std::string FindProgram(const std::string& name);
// The Python that has the peers: $ROOKERY_PEERS_PYTHON, else the one scripts/install_dependencies
// --peers made; "" when there is none.
std::string PeersPython();
// The folder of the peers' scripts, in the source tree or where it was installed.
std::string PeersFolder();

// A peer's script, kept running so that its imports and set-up are not measured. It speaks JSON,
// one object a line: a greeting on stdout as soon as it can work, {"versions": {name: text}} or
// {"missing": "package"}; then one answer on stdout for each request on stdin, until stdin ends.
// {"error": "text"} is an answer that Receive turns into a Failure. What it says to people goes
// to stderr.
class PeerProcess {
 public:
  // Starts it, its numeric libraries limited to `threads` threads, and waits for the greeting.
  // Failure when it cannot start.
  PeerProcess(const std::string& script, const std::vector<std::string>& arguments,
              int threads = 1);
  ~PeerProcess();  // kills it
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  // Package that it lacks and cannot work without; "" when it can work.
  std::string missing() const { return greeting_.value("missing", ""); }
  const nlohmann::json& greeting() const { return greeting_; }

  // One request and its answer. Failure names the script, with the last line of its stderr, when
  // it died, said what is no JSON, said "error" or took longer than `timeout_s`; also on Ctrl-C.
  nlohmann::json Ask(const nlohmann::json& request, double timeout_s = 600);
  // The two halves of Ask, for several peers at once.
  void Send(const nlohmann::json& request);
  nlohmann::json Receive(double timeout_s = 600);

 private:
  void Start(const std::vector<std::string>& words, int threads);
  void Stop();
  [[noreturn]] void Fail(const std::string& what);

  std::string script_;
  pid_t child_ = -1;
  int socket_ = -1;              // its stdin and stdout
  std::FILE* stderr_ = nullptr;  // unnamed file that collects its stderr
  std::string unread_;           // received after the last whole line
  nlohmann::json greeting_;
};

}  // namespace rookery

#endif  // ROOKERY_APPS_PEER_H_
