// Compares every environment with its recorded trace.
//   golden_traces                    runs the tests
//   golden_traces --regenerate       records all traces anew (look at the difference, commit it)
//   golden_traces --regenerate ID... only these
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>

#include "core/atomic_file.h"
#include "tests/conformance/env_kit.h"
#include "tests/golden/golden_trace.h"

namespace rookery::testing {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Where two traces differ first, or "".
std::string FirstDifference(const std::string& recorded, const std::string& now) {
  const std::vector<std::string> a = Lines(recorded), b = Lines(now);
  std::string step = "the facts";
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string left = i < a.size() ? a[i] : "(nothing)";
    const std::string right = i < b.size() ? b[i] : "(nothing)";
    if (left != right) {
      return "line " + std::to_string(i + 1) + ", in " + step + ":\n  recorded " + left +
             "\n  now      " + right;
    }
    if (left.rfind("step ", 0) == 0) step = left;
  }
  return "";
}

// The name in a line "engine bullet pybullet 3.2.7", or "".
std::string EngineOf(const std::string& line) {
  std::istringstream words(line);
  std::string first, name;
  words >> first >> name;
  return first == "engine" ? name : "";
}

// Without the engines that `other` does not name: builds differ in which they have.
std::string WithEnginesOf(const std::string& text, const std::string& other) {
  std::set<std::string> named;
  for (const std::string& line : Lines(other)) named.insert(EngineOf(line));
  std::string kept;
  for (const std::string& line : Lines(text)) {
    const std::string engine = EngineOf(line);
    if (engine.empty() || named.count(engine) > 0) kept += line + "\n";
  }
  return kept;
}

TEST(GoldenTrace, EnginesOfOtherBuildsDoNotMatterOtherVersionsDo) {
  const std::string recorded = "id A\nengine bullet 3\nengine box2d 2\n";
  const auto difference = [&](const std::string& now) {
    return FirstDifference(WithEnginesOf(recorded, now), WithEnginesOf(now, recorded));
  };
  EXPECT_EQ(difference("id A\nengine box2d 2\nengine mujoco 3\n"), "");
  EXPECT_NE(difference("id A\nengine box2d 4\n"), "");
}

TEST(GoldenTrace, DifferencesAreFound) {
  EXPECT_EQ(FirstDifference("id A\nstep 0\n  x 1\n", "id A\nstep 0\n  x 1\n"), "");
  EXPECT_EQ(FirstDifference("id A\nstep 0\n  x 1\n", "id A\nstep 0\n  x 2\n"),
            "line 3, in step 0:\n  recorded   x 1\n  now        x 2");
  EXPECT_EQ(FirstDifference("id A\n", "id A\nstep 0\n"),
            "line 2, in the facts:\n  recorded (nothing)\n  now      step 0");
}

class Golden : public EnvKit {};
ROOKERY_FOR_EVERY_ENV(Golden);

TEST_P(Golden, TraceIsAsRecorded) {
  const std::string path = GoldenPath(GetParam());
  const std::string how = "golden_traces --regenerate " + GetParam();
  ASSERT_TRUE(std::filesystem::exists(path))
      << GetParam() << " has no recorded trace " << path << "; record it with: " << how;
  const std::string recorded = ReadFile(path), now = MakeGoldenTrace(GetParam());
  const std::string difference =
      FirstDifference(WithEnginesOf(recorded, now), WithEnginesOf(now, recorded));
  EXPECT_EQ(difference, "") << path << " differs. If that is meant, record it anew with: " << how;
}

TEST(GoldenFolder, HoldsTracesOfRegisteredIdsOnly) {
#ifndef ROOKERY_BUILT_COMPLETELY
  GTEST_SKIP() << "an option is off in this build: the registry lacks what the folder has";
#endif
  std::set<std::string> expected;
  for (const std::string& id : EnvIds()) expected.insert(GoldenPath(id));
  for (const auto& file : std::filesystem::directory_iterator(GoldenFolder())) {
    if (file.path().extension() != ".txt") continue;
    EXPECT_TRUE(expected.count(file.path().string()))
        << file.path() << " is of no registered environment";
  }
}

int Regenerate(std::vector<std::string> ids) {
  if (ids.empty()) ids = EnvIds();
  for (const std::string& name : ids) {
    const std::string id = FindEnv(name).id;
    WriteFileAtomic(GoldenPath(id), MakeGoldenTrace(id));
    std::cout << GoldenPath(id) << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace rookery::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc == 1) return RUN_ALL_TESTS();
  if (std::string(argv[1]) != "--regenerate") {
    std::cerr << "usage: golden_traces [--regenerate [ID...]]\n";
    return 2;
  }
  try {
    return rookery::testing::Regenerate({argv + 2, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "golden_traces: " << error.what() << "\n";
    return dynamic_cast<const rookery::UserError*>(&error) != nullptr ? 2 : 1;
  }
}
