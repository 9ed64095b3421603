#include "apps/peer.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "core/error.h"
#include "core/interrupt.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// "": nothing was said.
std::string LastLine(std::FILE* file) {
  std::string text, last;
  std::rewind(file);
  char block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof(block), file)) > 0;) text.append(block, n);
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

// Our environment, with the usual numeric libraries limited to `threads`.
std::vector<std::string> ChildEnvironment(int threads) {
  const std::vector<std::string> limits = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                                           "MKL_NUM_THREADS"};
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (std::find(limits.begin(), limits.end(), name) == limits.end()) out.push_back(text);
  }
  for (const std::string& name : limits) out.push_back(name + "=" + std::to_string(threads));
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::string FindProgram(const std::string& name) {
  std::istringstream path(Environment("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

std::string PeersPython() {
  for (const std::string& candidate :
       {Environment("ROOKERY_PEERS_PYTHON"), std::string(ROOKERY_PREFIX "/peers/bin/python")}) {
    if (!candidate.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

std::string PeersFolder() {
  for (const char* candidate : {ROOKERY_PEERS_SOURCE_DIR, ROOKERY_PEERS_INSTALL_DIR}) {
    if (fs::is_directory(candidate)) return candidate;
  }
  throw Failure("the peers' scripts are neither in " ROOKERY_PEERS_SOURCE_DIR
                " nor in " ROOKERY_PEERS_INSTALL_DIR);
}

PeerProcess::PeerProcess(const std::string& script, const std::vector<std::string>& arguments,
                         int threads)
    : script_(script) {
  const std::string python = PeersPython();
  if (python.empty()) {
    throw Failure("the peer " + script +
                  " needs its Python packages: run "
                  "scripts/install_dependencies --peers, or set ROOKERY_PEERS_PYTHON");
  }
  std::vector<std::string> words = {python, "-u", PeersFolder() + "/" + script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  try {
    Start(words, threads);
    greeting_ = Receive(120);
  } catch (...) {
    Stop();
    throw;
  }
}

PeerProcess::~PeerProcess() { Stop(); }

void PeerProcess::Start(const std::vector<std::string>& words, int threads) {
  std::vector<std::string> arguments = words, environment = ChildEnvironment(threads);
  const std::vector<char*> argv = Pointers(arguments), envp = Pointers(environment);
  stderr_ = std::tmpfile();
  int ends[2];
  if (stderr_ == nullptr || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Failure("cannot start " + words[0] + ": " + std::strerror(errno));
  }
  socket_ = ends[0];
  const timeval patience = {60, 0};  // for requests that it does not read
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const pid_t parent = getpid();
  child_ = fork();
  if (child_ == 0) {
    // Only system calls from here on: other threads may hold locks. Its own process group, so
    // that Ctrl-C reaches us first; it never outlives us.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(ends[1], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    dup2(fileno(stderr_), STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  const int error = errno;
  close(ends[1]);
  if (child_ > 0) setpgid(child_, child_);  // whoever of the two comes first
  if (child_ < 0) throw Failure("cannot start " + words[0] + ": " + std::strerror(error));
}

void PeerProcess::Stop() {
  if (child_ > 0) {
    kill(-child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  if (socket_ >= 0) close(socket_);
  if (stderr_ != nullptr) std::fclose(stderr_);
  child_ = -1;
  socket_ = -1;
  stderr_ = nullptr;
}

void PeerProcess::Fail(const std::string& what) {
  const std::string said = LastLine(stderr_);
  throw Failure("the peer " + script_ + " " + what + (said.empty() ? "" : ": " + said));
}

void PeerProcess::Send(const nlohmann::json& request) {
  const std::string line = request.dump() + "\n";
  for (size_t sent = 0; sent < line.size();) {
    const ssize_t n = send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR && !Interrupted()) continue;
    if (n <= 0) Fail("takes no request");
    sent += static_cast<size_t>(n);
  }
}

nlohmann::json PeerProcess::Receive(double timeout_s) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_s);
  size_t end;
  while ((end = unread_.find('\n')) == std::string::npos) {
    if (Interrupted()) throw Failure("interrupted while waiting for the peer " + script_);
    if (Clock::now() >= deadline) Fail("did not answer in time");
    pollfd waiting = {socket_, POLLIN, 0};
    if (poll(&waiting, 1, 200) <= 0) continue;
    char block[65536];
    const ssize_t n = recv(socket_, block, sizeof(block), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      // Wait for its end, so that everything it had to say is in the file.
      kill(-child_, SIGKILL);
      waitpid(child_, nullptr, 0);
      child_ = -1;
      Fail("ended");
    }
    unread_.append(block, static_cast<size_t>(n));
  }
  const std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  const nlohmann::json answer = nlohmann::json::parse(line, nullptr, false);
  if (!answer.is_object()) Fail("said what is no JSON object, '" + line.substr(0, 200) + "'");
  if (answer.contains("error")) Fail("reports " + answer["error"].dump());
  return answer;
}

nlohmann::json PeerProcess::Ask(const nlohmann::json& request, double timeout_s) {
  Send(request);
  return Receive(timeout_s);
}

}  // namespace rookery
