#include "core/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

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
  int Release() { return std::exchange(value_, -1); }
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

// Starts `file` with `arguments` (its name first) and these streams; it ends with the thread that
// calls this. `on_failure`: a descriptor that is told the error number when it cannot be executed.
pid_t StartChild(const char* file, std::vector<std::string> arguments, const std::string& what,
                 int out, int err, int on_failure) {
  std::vector<char*> argv;
  for (std::string& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) CannotStart(what);
  if (child == 0) {
    // Only system calls from here on: other threads may hold locks. Its own process group, so that
    // a Ctrl-C of the terminal reaches it through us, and once.
    setpgid(0, 0);
    // When we are gone nobody reads what it says: a write fails then, but does not kill it before
    // it has saved.
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    dup2(nothing.get(), STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execv(file, argv.data());
    if (on_failure >= 0) {
      const int error = errno;
      [[maybe_unused]] const ssize_t written = write(on_failure, &error, sizeof(error));
    }
    _exit(127);
  }
  return child;
}

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) {
    return WEXITSTATUS(status) == 0 ? "" : "exit code " + std::to_string(WEXITSTATUS(status));
  }
  return "signal " + std::to_string(WTERMSIG(status));
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

std::vector<std::string> ShellWords(const std::string& text) {
  std::vector<std::string> words;
  bool in_word = false, quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!quoted && c == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'') {
      quoted = !quoted;
    } else {
      const bool escapes = !quoted && c == '\\' && i + 1 < text.size();
      words.back() += escapes ? text[++i] : c;
    }
  }
  if (quoted) throw UserError("a quote does not end in: " + text);
  return words;
}

nlohmann::json RunSelf(const std::vector<std::string>& words, const std::string& log) {
  std::vector<std::string> arguments = {"rookery"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const std::string command = ShellText(arguments);
  arguments.push_back("--json");
  Descriptor to_log(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  int ends[2];
  if (to_log.get() < 0) throw Failure("cannot write " + log + ": " + std::strerror(errno));
  if (pipe2(ends, O_CLOEXEC) != 0) CannotStart(command);
  Descriptor from_child(ends[0]), to_us(ends[1]);
  const pid_t child =
      StartChild("/proc/self/exe", arguments, command, to_us.get(), to_log.get(), -1);
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
  if (const std::string how = HowItEnded(status); !how.empty()) {
    const std::string last = LastLine(log);
    throw Failure("`" + command + "` ended with " + how + (last.empty() ? "" : ": " + last) + " (" +
                  log + ")");
  }
  nlohmann::json document = nlohmann::json::parse(said, nullptr, false);
  if (!document.is_object()) throw Failure("`" + command + "` printed no JSON (" + log + ")");
  return document;
}

ChildProcess::ChildProcess(const std::vector<std::string>& words) {
  const std::string command = ShellText(words);
  int ends[2], failures[2];
  if (pipe2(ends, O_CLOEXEC) != 0) CannotStart(command);
  Descriptor from_child(ends[0]), to_us(ends[1]);
  if (pipe2(failures, O_CLOEXEC) != 0) CannotStart(command);
  const Descriptor failure(failures[0]);
  Descriptor on_failure(failures[1]);
  const pid_t child =
      StartChild(words.at(0).c_str(), words, command, to_us.get(), to_us.get(), on_failure.get());
  on_failure.Close();
  // Nothing comes of a child that was executed: its end of the pipe closed with that.
  int error = 0;
  ssize_t n = 0;
  while ((n = read(failure.get(), &error, sizeof(error))) < 0 && errno == EINTR) {
  }
  if (n == sizeof(error)) {
    waitpid(child, nullptr, 0);
    errno = error;
    CannotStart(command);
  }
  pid_ = child;
  from_child_ = from_child.Release();
  fcntl(from_child_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
  using Clock = std::chrono::steady_clock;
  Interrupt();
  const auto end = Clock::now() + std::chrono::duration<double>(kPatience_s);
  while (running()) {
    Poll();  // it may wait to be read
    if (!running()) break;
    if (Clock::now() > end) {
      kill(-pid_, SIGKILL);
      while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
      }
      pid_ = -1;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  close(from_child_);
}

void ChildProcess::Interrupt() {
  if (running()) kill(-pid_, SIGINT);
}

bool ChildProcess::Poll() {
  bool news = Read();
  if (!running()) return news;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return news;
  Read();  // its last words
  pid_ = -1;
  trouble_ = HowItEnded(status);
  return true;
}

bool ChildProcess::Read() {
  constexpr int kMostBlocks = 16;  // at a time, so that one who talks a lot does not hold us up
  char block[16384];
  bool news = false;
  for (int i = 0; i < kMostBlocks; ++i) {
    const ssize_t n = read(from_child_, block, sizeof(block));
    if (n <= 0) break;
    Take(block, static_cast<size_t>(n));
    news = true;
  }
  return news;
}

void ChildProcess::Take(const char* text, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    const char c = text[i];
    if (c == '\n') {
      if (!line_open_) lines_.emplace_back();
      line_open_ = replace_line_ = false;
    } else if (c == '\r') {
      replace_line_ = line_open_;
    } else {
      if (!line_open_) lines_.emplace_back();
      if (replace_line_) lines_.back().clear();
      line_open_ = true;
      replace_line_ = false;
      lines_.back() += c;
    }
    if (lines_.size() > kMostLines) lines_.pop_front();
  }
}

}  // namespace rookery
