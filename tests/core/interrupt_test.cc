#include "core/interrupt.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace rookery {
namespace {

// What a child process that runs `body` ends with.
int ExitStatus(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Interrupt, TheFirstSignalAsksAndTheSecondLeaves) {
  for (const auto& [first, second] :
       {std::pair(SIGINT, SIGINT), std::pair(SIGTERM, SIGINT), std::pair(SIGTERM, SIGTERM)}) {
    EXPECT_EQ(ExitStatus([first = first] {
                InstallInterruptHandler();
                if (Interrupted()) _exit(1);
                std::raise(first);
                if (!Interrupted()) _exit(2);
                _exit(7);
              }),
              7);
    EXPECT_EQ(ExitStatus([first = first, second = second] {
                InstallInterruptHandler();
                std::raise(first);
                std::raise(second);
              }),
              130);
  }
}

TEST(Interrupt, CanBeCleared) {
  EXPECT_EQ(ExitStatus([] {
              InstallInterruptHandler();
              std::raise(SIGINT);
              ClearInterrupt();
              if (Interrupted()) _exit(1);
              std::raise(SIGINT);
              _exit(Interrupted() ? 7 : 2);
            }),
            7);
}

TEST(Interrupt, WithoutAHandlerSignalsEndTheProcess) {
  EXPECT_EQ(ExitStatus([] { std::raise(SIGTERM); }), 1000 + SIGTERM);
  EXPECT_FALSE(Interrupted());
}

}  // namespace
}  // namespace rookery
