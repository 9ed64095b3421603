#include "core/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace rookery {
namespace {

using ::testing::HasSubstr;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }
};

TEST_F(LogTest, WritesLevelAndMessageToStderrOnly) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  LogInfo("hello {} %s");
  LogWarning("careful");
  Log(LogLevel::kError, "oh");
  Log(LogLevel::kDebug, "hidden");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "info: hello {} %s\nwarning: careful\nerror: oh\n");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST_F(LogTest, LevelFilters) {
  ::testing::internal::CaptureStderr();
  SetLogLevel(LogLevel::kError);
  LogWarning("hidden");
  SetLogLevel(LogLevel::kDebug);
  Log(LogLevel::kDebug, "shown");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "debug: shown\n");
}

TEST_F(LogTest, SinkSeesEverythingAndMayLogOrRemoveItself) {
  std::vector<std::pair<LogLevel, std::string>> seen;
  SetLogSink([&](LogLevel level, const std::string& message) {
    seen.emplace_back(level, message);
    if (message == "first") LogInfo("nested");
    if (message == "last") SetLogSink(nullptr);
  });
  SetLogLevel(LogLevel::kError);
  LogInfo("first");
  LogWarning("last");
  LogWarning("unseen");
  EXPECT_THAT(seen, ::testing::ElementsAre(std::pair(LogLevel::kInfo, "first"),
                                           std::pair(LogLevel::kInfo, "nested"),
                                           std::pair(LogLevel::kWarning, "last")));
}

TEST_F(LogTest, WarnsOncePerKey) {
  int warnings = 0;
  SetLogSink([&](LogLevel, const std::string&) { ++warnings; });
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    LogWarningOnce("log_test.a", "a");
    LogWarningOnce("log_test.b", "b");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "warning: a\nwarning: b\n");
  EXPECT_EQ(warnings, 2);
}

TEST_F(LogTest, LinesOfSeveralThreadsStayWhole) {
  ::testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int line = 0; line < 200; ++line) LogInfo("a line of some length, to be kept whole");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string output = ::testing::internal::GetCapturedStderr();
  const std::string line = "info: a line of some length, to be kept whole\n";
  std::string expected;
  for (int i = 0; i < 800; ++i) expected += line;
  EXPECT_EQ(output, expected);
}

TEST_F(LogTest, MessagesGoAboveTheStatusLine) {
  ::testing::internal::CaptureStderr();
  internal::ShowStatusLine("50%");
  LogInfo("message");
  internal::ShowStatusLine("60%");
  internal::EndStatusLine();
  LogInfo("after");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "50%\r\x1b[Kinfo: message\n50%\r\x1b[K60%\ninfo: after\n");
}

}  // namespace
}  // namespace rookery
