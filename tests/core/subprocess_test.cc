#include "core/subprocess.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

namespace rookery {
namespace {

using Clock = std::chrono::steady_clock;

bool Until(const std::function<bool()>& condition, double timeout_s = 20) {
  const auto end = Clock::now() + std::chrono::duration<double>(timeout_s);
  while (!condition()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

bool Ends(ChildProcess* child) {
  return Until([&] {
    child->Poll();
    return !child->running();
  });
}

std::vector<std::string> Lines(const ChildProcess& child) {
  return {child.lines().begin(), child.lines().end()};
}

// Gone, or dead and not yet buried by whoever inherited it.
bool Dead(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text)) return true;
  return text[text.rfind(')') + 2] == 'Z';
}

TEST(ShellText, ComesBackAsTheSameWords) {
  const std::vector<std::string> words = {"rookery", "it's", "", "two words", "a=b", "'", "\\"};
  EXPECT_EQ(ShellWords(ShellText(words)), words);
  EXPECT_EQ(ShellWords("  a   b "), (std::vector<std::string>{"a", "b"}));
  EXPECT_THROW(ShellWords("a 'b"), UserError);
}

TEST(ChildProcess, SaysWhatItSaysAndHowItEnds) {
  ChildProcess child({"/bin/sh", "-c", "echo one; echo two >&2; printf three; exit 3"});
  ASSERT_TRUE(Ends(&child));
  EXPECT_EQ(Lines(child), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(child.trouble(), "exit code 3");
  ChildProcess good({"/bin/sh", "-c", "true"});
  ASSERT_TRUE(Ends(&good));
  EXPECT_EQ(good.trouble(), "");
}

TEST(ChildProcess, LinesThatAreRedrawnAreOneLine) {
  ChildProcess child({"/bin/sh", "-c", R"(printf 'start\n 10 %%\r100 %%\r\nend\n\n')"});
  ASSERT_TRUE(Ends(&child));
  EXPECT_EQ(Lines(child), (std::vector<std::string>{"start", "100 %", "end", ""}));
}

TEST(ChildProcess, KeepsTheLastLines) {
  ChildProcess child({"/bin/sh", "-c", "seq 1 5000"});
  ASSERT_TRUE(Ends(&child));
  ASSERT_EQ(child.lines().size(), ChildProcess::kMostLines);
  EXPECT_EQ(child.lines().back(), "5000");
}

TEST(ChildProcess, AnInterruptLetsItSave) {
  ChildProcess child(
      {"/bin/sh", "-c", "trap 'echo saved; exit 0' INT; echo ready; while :; do sleep 0.01; done"});
  ASSERT_TRUE(Until([&] {
    child.Poll();
    return !child.lines().empty();
  }));
  EXPECT_TRUE(child.running());
  child.Interrupt();
  ASSERT_TRUE(Ends(&child));
  EXPECT_EQ(child.lines().back(), "saved");
  EXPECT_EQ(child.trouble(), "");
}

TEST(ChildProcess, AProgramThatIsNotThereIsSaid) {
  try {
    ChildProcess child({"/no/such/program", "train"});
    FAIL() << "it started";
  } catch (const Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("/no/such/program train: No such file"),
              std::string::npos)
        << failure.what();
  }
}

TEST(ChildProcess, DoesNotOutliveItsObject) {
  int pid = 0;
  {
    const ChildProcess child({"/bin/sleep", "60"});
    pid = child.pid();
    EXPECT_FALSE(Dead(pid));
  }
  EXPECT_TRUE(Dead(pid));
}

TEST(ChildProcess, DoesNotOutliveThisProcess) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const ChildProcess child({"/bin/sleep", "60"});
    const int pid = child.pid();
    const bool written = write(ends[1], &pid, sizeof(pid)) == sizeof(pid);
    raise(SIGKILL);
    _exit(written ? 0 : 1);
  }
  int pid = 0;
  ASSERT_EQ(read(ends[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  close(ends[0]);
  close(ends[1]);
  ASSERT_EQ(waitpid(parent, nullptr, 0), parent);
  EXPECT_TRUE(Until([&] { return Dead(pid); }));
}

}  // namespace
}  // namespace rookery
