#include "core/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "core/atomic_file.h"
#include "core/checkpoint_file.h"
#include "core/error.h"
#include "core/log.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::HasSubstr;

TEST(RunFolder, MakesFoldersAndFiles) {
  const testing::TempFolder folder;
  std::optional<RunFolder> held(folder.path() + "/deep/er/run/");
  const RunFolder& run = *held;
  EXPECT_EQ(run.path(), folder.path() + "/deep/er/run");
  EXPECT_TRUE(std::filesystem::is_directory(run.path()));
  EXPECT_EQ(run.File("report.html"), run.path() + "/report.html");
  EXPECT_EQ(run.File("pictures/a/b.png"), run.path() + "/pictures/a/b.png");
  EXPECT_TRUE(std::filesystem::is_directory(run.path() + "/pictures/a"));
  run.WriteJson("config.json", "{}");
  EXPECT_EQ(ReadFile(run.File("config.json")), "{}\n");
  try {
    const RunFolder second(run.path());
    FAIL() << "two writers in one folder";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is writing to " + run.path()));
  }
  held.reset();
  const RunFolder again(folder.path() + "/deep/er/run");
  EXPECT_EQ(ReadFile(again.File("config.json")), "{}\n") << "opening keeps what is there";
}

TEST(RunFolder, OthersSeeThatSomebodyWritesThere) {
  const testing::TempFolder folder;
  EXPECT_FALSE(FolderLock::IsHeld(folder.path()));
  std::optional<RunFolder> held(folder.path());
  EXPECT_TRUE(FolderLock::IsHeld(folder.path()));
  EXPECT_FALSE(FolderLock::IsHeld(folder.path() + "/none"));
  held.reset();
  EXPECT_FALSE(FolderLock::IsHeld(folder.path()));
}

TEST(RunFolder, FailsWhereNoFolderCanBe) {
  const testing::TempFolder folder;
  const std::string file = folder.Write("file", "text");
  for (const std::string& path : {file, file + "/below"}) {
    try {
      const RunFolder run(path);
      FAIL() << path;
    } catch (const Failure& failure) {
      EXPECT_THAT(failure.what(), HasSubstr("cannot make folder " + path));
    }
  }
  EXPECT_THROW(RunFolder(""), UserError);
}

class LatestCheckpoint : public ::testing::Test {
 protected:
  LatestCheckpoint() : run_(folder_.path()) {
    SetLogLevel(LogLevel::kError);  // expected warnings are counted, not shown
    SetLogSink([this](LogLevel level, const std::string& message) {
      if (level == LogLevel::kWarning) warnings_.push_back(message);
    });
  }
  ~LatestCheckpoint() override {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }
  void Write(int64_t step) { WriteCheckpoint(run_.CheckpointPath(step), {}); }

  testing::TempFolder folder_;
  RunFolder run_;
  std::vector<std::string> warnings_;
};

TEST_F(LatestCheckpoint, IsTheOneWithTheHighestStep) {
  EXPECT_EQ(run_.LatestCheckpoint(), std::nullopt);
  EXPECT_EQ(run_.CheckpointPath(1000), folder_.path() + "/checkpoints/step_00001000.safetensors");
  EXPECT_EQ(run_.LatestCheckpoint(), std::nullopt);
  for (int64_t step : {200, 1000, 0, 999}) Write(step);
  const std::pair<int64_t, std::string> expected = {1000, run_.CheckpointPath(1000)};
  EXPECT_EQ(run_.LatestCheckpoint(), expected);
  Write(123456789012);
  EXPECT_EQ(run_.LatestCheckpoint()->first, 123456789012) << "more digits than usual";
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(LatestCheckpoint, OtherFilesAreNotCheckpoints) {
  Write(5);
  for (const char* name : {"step_.safetensors", "step_x.safetensors", "best.json",
                           "step_00000009.safetensors.bak", "step_-0000001.safetensors",
                           "step_safetensors", "step_00000099999999999999999999.safetensors"}) {
    folder_.Write(std::string("checkpoints/") + name, "");
  }
  EXPECT_EQ(run_.LatestCheckpoint()->first, 5);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(LatestCheckpoint, DamagedOnesAreSkippedWithAWarning) {
  for (int64_t step : {1, 2, 3}) Write(step);
  const std::string whole = ReadFile(run_.CheckpointPath(3));
  folder_.Write("checkpoints/step_00000003.safetensors", whole.substr(0, whole.size() - 1));
  folder_.Write("checkpoints/step_00000002.safetensors", "");
  EXPECT_EQ(run_.LatestCheckpoint()->first, 1);
  ASSERT_EQ(warnings_.size(), 2U);
  EXPECT_THAT(warnings_[0], HasSubstr("step_00000003.safetensors is truncated"));
  EXPECT_THAT(warnings_[0], HasSubstr("an earlier checkpoint is used"));
}

TEST(EngineVersions, HoldRookeryAndWhatRegistered) {
  EXPECT_TRUE(EngineVersions().contains("rookery"));
  EXPECT_TRUE(RegisterEngineVersion("run_folder_test engine", "1.2"));
  EXPECT_FALSE(RegisterEngineVersion("run_folder_test engine", "1.2"));
  EXPECT_EQ(EngineVersions().at("run_folder_test engine"), "1.2");
  EXPECT_THROW(RegisterEngineVersion("run_folder_test engine", "1.3"), Bug);
}

}  // namespace
}  // namespace rookery
