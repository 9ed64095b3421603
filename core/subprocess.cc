#include "core/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/interrupt.h"

namespace rookery {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  void Close() {
    if (value_ >= 0) close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

std::string LastLine(const std::string& path) {
  std::ifstream in(path);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

[[noreturn]] void CannotStart(const std::string& what) {
  throw Failure("cannot start " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string ShellText(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-+=./:,@%") == std::string::npos;
    std::string quoted = "'";
    for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += (text.empty() ? "" : " ") + (plain ? word : quoted + "'");
  }
  return text;
}

nlohmann::json RunSelf(const std::vector<std::string>& words, const std::string& log) {
  std::vector<std::string> arguments = {"rookery"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const std::string command = ShellText(arguments);
  arguments.push_back("--json");
  std::vector<char*> argv;
  for (std::string& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);

  Descriptor to_log(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  int ends[2];
  if (to_log.get() < 0) throw Failure("cannot write " + log + ": " + std::strerror(errno));
  if (pipe2(ends, O_CLOEXEC) != 0) CannotStart(command);
  Descriptor from_child(ends[0]), to_us(ends[1]);
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) CannotStart(command);
  if (child == 0) {
    // Only system calls from here on: other threads may hold locks. Its own process group, so that
    // a Ctrl-C of the terminal reaches it through us, and once.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    dup2(nothing.get(), STDIN_FILENO);
    dup2(to_us.get(), STDOUT_FILENO);
    dup2(to_log.get(), STDERR_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  to_us.Close();
  std::string said;
  bool told = false;
  for (bool open = true; open;) {
    if (Interrupted() && !told) {
      told = true;
      kill(child, SIGINT);
    }
    pollfd waiting = {from_child.get(), POLLIN, 0};
    if (poll(&waiting, 1, 200) <= 0) continue;
    char block[65536];
    const ssize_t n = read(from_child.get(), block, sizeof(block));
    if (n > 0) said.append(block, static_cast<size_t>(n));
    open = n > 0 || (n < 0 && errno == EINTR);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string how = WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                                              : "signal " + std::to_string(WTERMSIG(status));
    const std::string last = LastLine(log);
    throw Failure("`" + command + "` ended with " + how + (last.empty() ? "" : ": " + last) + " (" +
                  log + ")");
  }
  nlohmann::json document = nlohmann::json::parse(said, nullptr, false);
  if (!document.is_object()) throw Failure("`" + command + "` printed no JSON (" + log + ")");
  return document;
}

}  // namespace rookery
