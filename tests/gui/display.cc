#include "tests/gui/display.h"

#include <GLFW/glfw3.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/error.h"

namespace rookery::testing {
namespace {

pid_t xvfb = 0;

// So that it has removed its lock file when the next test starts one.
void StopXvfb() {
  kill(xvfb, SIGTERM);
  waitpid(xvfb, nullptr, 0);
}

// The number of the display that Xvfb chose, which it writes when it can be connected to.
std::string StartXvfb() {
  int ends[2];
  if (pipe(ends) != 0) throw Failure(std::string("no pipe to Xvfb: ") + std::strerror(errno));
  const pid_t parent = getpid();
  xvfb = fork();
  if (xvfb < 0) throw Failure(std::string("Xvfb was not started: ") + std::strerror(errno));
  if (xvfb == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);  // it ended before it was asked to tell
    setpgid(0, 0);                      // Ctrl-C is the test's; Xvfb follows it
    close(ends[0]);
    const int nothing = open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) dup2(nothing, fd);
    const std::string fd = std::to_string(ends[1]);
    execlp("Xvfb", "Xvfb", "-displayfd", fd.c_str(), "-screen", "0", "1600x1000x24", "-nolisten",
           "tcp", "-noreset", nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string number;
  char c = 0;
  while (number.find('\n') == std::string::npos) {
    const ssize_t n = read(ends[0], &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    number += c;
  }
  close(ends[0]);
  if (number.empty() || number.back() != '\n') {
    throw Failure("Xvfb did not start; expected Debian's package xvfb to be installed");
  }
  number.pop_back();
  std::atexit(StopXvfb);
  return ":" + number;
}

}  // namespace

void StartDisplay() {
  static const bool started = [] {
    setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
    const char* const display = std::getenv("DISPLAY");
    if (display == nullptr || *display == '\0') setenv("DISPLAY", StartXvfb().c_str(), 1);
    return true;
  }();
  static_cast<void>(started);
}

HiddenWindow::HiddenWindow(int width, int height) {
  StartDisplay();
  const auto why = [] {
    const char* words = nullptr;
    glfwGetError(&words);
    return std::string(words != nullptr ? words : "no reason given");
  };
  if (glfwInit() != GLFW_TRUE) throw Failure("GLFW does not start: " + why());
  glfwDefaultWindowHints();
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  window_ = glfwCreateWindow(width, height, "rookery test", nullptr, nullptr);
  if (window_ == nullptr) throw Failure("no window with OpenGL 3.3: " + why());
  glfwMakeContextCurrent(window_);
}

HiddenWindow::~HiddenWindow() { glfwDestroyWindow(window_); }

}  // namespace rookery::testing
