#include "core/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "core/error.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

size_t Entries(const std::string& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), {}));
}

TEST(AtomicFile, WritesAndReplacesWholeFiles) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  const std::string binary("a\0b\n\xff", 5);
  for (const std::string& contents : {std::string(), std::string("one"), binary,
                                      std::string(3000000, 'x'), std::string("short again")}) {
    WriteFileAtomic(path, contents);
    EXPECT_EQ(ReadFile(path), contents);
    EXPECT_EQ(Entries(folder.path()), 1U) << "no temporary file stays";
  }
}

TEST(AtomicFile, WritesThroughACallback) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  WriteFileAtomic(path, "old");
  WriteFileAtomic(path, [&](const std::string& temporary) {
    EXPECT_EQ(fs::path(temporary).parent_path(), folder.path());
    std::ofstream(temporary) << "new";
    EXPECT_EQ(ReadFile(path), "old") << "the target changes only at the end";
  });
  EXPECT_EQ(ReadFile(path), "new");
}

TEST(AtomicFile, AFailedWriteLeavesTheOldFileAndNothingElse) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  WriteFileAtomic(path, "old");
  EXPECT_THROW(WriteFileAtomic(path,
                               [](const std::string& temporary) {
                                 std::ofstream(temporary) << "half";
                                 throw UserError("changed my mind");
                               }),
               UserError);
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_EQ(Entries(folder.path()), 1U);
  EXPECT_THROW(WriteFileAtomic(path, [](const std::string&) {}), Failure) << "nothing was written";
  EXPECT_EQ(ReadFile(path), "old");
}

TEST(AtomicFile, FailuresNamePathAndReason) {
  const testing::TempFolder folder;
  const auto message = [](const std::string& path) -> std::string {
    try {
      WriteFileAtomic(path, "text");
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "no failure";
  };
  EXPECT_EQ(message(folder.path() + "/absent/file"),
            "cannot write " + folder.path() + "/absent/file: No such file or directory");
  fs::create_directory(folder.path() + "/taken");
  EXPECT_EQ(message(folder.path() + "/taken"),
            "cannot write " + folder.path() + "/taken: Is a directory");
  EXPECT_EQ(Entries(folder.path()), 1U);
}

// A limit on the size of files stands in for a full disk: writes fail after some bytes.
TEST(AtomicFile, AFullDiskIsAFailureThatLeavesNothingBehind) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  WriteFileAtomic(path, "old");
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {100000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string what;
  try {
    WriteFileAtomic(path, std::string(1000000, 'x'));
  } catch (const Failure& failure) {
    what = failure.what();
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(what, "cannot write " + path + ": File too large");
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_EQ(Entries(folder.path()), 1U);
}

TEST(AtomicFile, ReadingNamesWhatIsMissing) {
  const testing::TempFolder folder;
  const auto message = [](const std::string& path) -> std::string {
    try {
      ReadFile(path);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message(folder.path() + "/absent"),
            "cannot read " + folder.path() + "/absent: No such file or directory");
  EXPECT_THAT(message(folder.path()), HasSubstr("Is a directory"));
  EXPECT_THAT(ReadFile("/proc/self/status"), HasSubstr("Pid:")) << "files of unknown size";
}

TEST(AtomicFile, WritersOfOneFileDoNotMix) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  std::vector<std::thread> threads;
  for (char c = 'a'; c < 'e'; ++c) {
    threads.emplace_back([&path, c] {
      for (int i = 0; i < 25; ++i) WriteFileAtomic(path, std::string(10000, c));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string contents = ReadFile(path);
  EXPECT_EQ(contents, std::string(10000, contents[0]));
  EXPECT_EQ(Entries(folder.path()), 1U);
}

// A process killed in the middle of a write, as by kill -9.
TEST(AtomicFile, LeftoversOfKilledProcessesAreRemovedAndThoseOfOthersStay) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file";
  WriteFileAtomic(path, "old");
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WriteFileAtomic(path, [&](const std::string& temporary) {
      std::ofstream(temporary) << "half";
      [[maybe_unused]] const ssize_t n = write(ready[1], "x", 1);
      while (true) pause();
    });
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(Entries(folder.path()), 2U);
  EXPECT_EQ(RemoveLeftovers(folder.path()), 0) << "the process still runs";
  EXPECT_EQ(Entries(folder.path()), 2U);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ready[0]);
  close(ready[1]);

  folder.Write(".rookery-tmp-someone", "not ours by its name");
  WriteFileAtomic(folder.path() + "/other", [&](const std::string& temporary) {
    std::ofstream(temporary) << "in progress";
    EXPECT_EQ(RemoveLeftovers(folder.path()), 1);
  });
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_EQ(ReadFile(folder.path() + "/other"), "in progress");
  EXPECT_EQ(Entries(folder.path()), 3U);
  EXPECT_EQ(RemoveLeftovers(folder.path() + "/absent"), 0);
}

}  // namespace
}  // namespace rookery
