#include "core/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "core/log.h"

namespace rookery {
namespace {

using internal::ProgressState;
using internal::ProgressText;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ProgressText, ShowsBarShareRateAndTimeLeft) {
  const ProgressState state = {
      .title = "training", .note = "loss 0.31", .done = 100, .total = 400, .seconds = 10};
  EXPECT_EQ(
      ProgressText(state, 200, false),
      "training  [#######-----------------------]   25%  100/400  10.0/s  0:30 left  loss 0.31");
  EXPECT_EQ(
      ProgressText(state, 200, true),
      "training  ▕███████▌                      ▏   25%  100/400  10.0/s  0:30 left  loss 0.31");
  EXPECT_EQ(ProgressText(state, 0, true), "training   25%  100/400  10.0/s  0:30 left  loss 0.31")
      << "no bar in plain lines";
}

TEST(ProgressText, WorkOfEarlierRunsDoesNotCountTowardsTheRate) {
  const ProgressState state = {
      .title = "t", .note = "", .done = 300, .total = 400, .first = 200, .seconds = 50};
  EXPECT_EQ(ProgressText(state, 0, false), "t   75%  300/400  2.00/s  0:50 left");
}

TEST(ProgressText, TheLastLineSaysHowLongItTook) {
  const ProgressState state = {
      .title = "t", .note = "done", .done = 4, .total = 4, .seconds = 7322, .final = true};
  EXPECT_EQ(ProgressText(state, 0, false), "t  100%  4/4  1830.5 s each  2:02:02  done");
}

TEST(ProgressText, RatesAreReadable) {
  const auto rate = [](int64_t done, double seconds) {
    return ProgressText({.title = "t", .note = "", .done = done, .seconds = seconds}, 0, false);
  };
  EXPECT_EQ(rate(1234567, 1), "t  1234567  1,234,567/s");
  EXPECT_EQ(rate(100, 1), "t  100  100/s");
  EXPECT_EQ(rate(10, 2), "t  10  5.00/s");
  EXPECT_EQ(rate(10, 50), "t  10  5.0 s each");
  EXPECT_EQ(rate(0, 50), "t  0");
}

TEST(ProgressText, NeverExceedsTheWidth) {
  const ProgressState state = {
      .title = "ünïcode", .note = "a note → with words", .done = 7, .total = 90, .seconds = 3};
  for (int width = 1; width < 120; ++width) {
    for (bool unicode : {false, true}) {
      const std::string line = ProgressText(state, width, unicode);
      int columns = 0;
      for (char c : line) columns += (c & 0xc0) != 0x80 ? 1 : 0;
      EXPECT_LE(columns, width) << line;
      EXPECT_TRUE(line.empty() || (line.back() & 0xc0) != 0xc0) << "a character was cut in two";
    }
  }
}

TEST(ProgressBar, PlainOutputIsOneLineForShortWork) {
  ::testing::internal::CaptureStderr();
  {
    ProgressBar progress("demonstrations", 10);
    for (int i = 1; i <= 10; ++i) progress.Update(i, "seed " + std::to_string(i));
    progress.Finish();
    progress.Finish();
  }
  const std::string output = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(output, StartsWith("demonstrations  100%  10/10"));
  EXPECT_THAT(output, HasSubstr("seed 10\n"));
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1);
  EXPECT_EQ(output.find('\r'), std::string::npos);
}

TEST(ProgressBar, SaysNothingWhenDisabledOrNothingWasDone) {
  ::testing::internal::CaptureStderr();
  {
    ProgressBar off("t", 10, false);
    off.Update(5);
    ProgressBar idle("t", 10);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// stderr as a terminal of 60 columns, for as long as the object lives.
class FakeTerminal {
 public:
  FakeTerminal() : saved_(dup(STDERR_FILENO)), controller_(posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(grantpt(controller_), 0);
    EXPECT_EQ(unlockpt(controller_), 0);
    terminal_ = open(ptsname(controller_), O_RDWR | O_NOCTTY);
    EXPECT_GE(terminal_, 0);
    const winsize size = {.ws_row = 24, .ws_col = 60, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(ioctl(terminal_, TIOCSWINSZ, &size), 0);
    fflush(stderr);
    dup2(terminal_, STDERR_FILENO);
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
  }
  ~FakeTerminal() {
    fflush(stderr);
    dup2(saved_, STDERR_FILENO);
    for (const int fd : {saved_, terminal_, controller_}) close(fd);
  }
  std::string Output() {
    fflush(stderr);
    std::string text;
    pollfd wait = {controller_, POLLIN, 0};
    char buffer[4096];
    while (poll(&wait, 1, 200) == 1) {
      const ssize_t n = read(controller_, buffer, sizeof(buffer));
      if (n <= 0) break;
      text.append(buffer, static_cast<size_t>(n));
    }
    return text;
  }

 private:
  int saved_, controller_, terminal_ = -1;
};

TEST(ProgressBar, RedrawsOneLineOnATerminal) {
  std::string output;
  {
    FakeTerminal terminal;
    ProgressBar progress("work", 4);
    progress.Update(1, "first");
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    progress.Update(2, "second");
    progress.Update(3, "too soon to be drawn");
    LogInfo("a message");
    progress.Finish();
    output = terminal.Output();
  }
  EXPECT_THAT(output, StartsWith("work  ▕"));
  EXPECT_THAT(output, HasSubstr("\r\x1b[Kwork  ▕"));
  EXPECT_THAT(output, HasSubstr("first"));
  EXPECT_THAT(output, HasSubstr("info"));
  EXPECT_THAT(output, HasSubstr(" 50%  2/4"));
  EXPECT_THAT(output, HasSubstr(" 75%  3/4"));
  EXPECT_THAT(output, ::testing::EndsWith("\n"));
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 2) << "the message and the bar";
}

}  // namespace
}  // namespace rookery
