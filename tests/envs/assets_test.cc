// The models in the repository are what their generator writes.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "core/atomic_file.h"
#include "tests/paths.h"
#include "tests/peers_python.h"

namespace rookery::testing {
namespace {

namespace fs = std::filesystem;

// Contents of all models below a folder, by relative path.
std::map<std::string, std::string> Models(const std::string& folder) {
  std::map<std::string, std::string> models;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".urdf" && extension != ".obj") continue;
    models[fs::relative(entry.path(), folder)] = ReadFile(entry.path());
  }
  return models;
}

TEST(Assets, AreWhatTheGeneratorWrites) {
  if (std::system("python3 -c 'import math, os, sys; assert sys.version_info >= (3, 8)' "
                  "2>/dev/null") != 0) {
    GTEST_SKIP() << "python3 (3.8 or newer) is not installed";
  }
  const std::string assets = SourceFolder() + "/assets";
  const TempFolder folder;
  OutputOf("PYTHONDONTWRITEBYTECODE=1 python3 '" + assets + "/generate/make_assets.py' '" +
           folder.path() + "' 2>&1");
  const auto kept = Models(assets), written = Models(folder.path());
  EXPECT_GE(kept.size(), 20u);
  for (const auto& [name, text] : written) {
    ASSERT_TRUE(kept.contains(name)) << name << " is missing in assets/";
    EXPECT_TRUE(kept.at(name) == text) << name << " differs: run assets/generate/make_assets.py";
  }
  for (const auto& [name, text] : kept) {
    if (name.starts_with("ant/")) continue;  // written by hand; the ant's tests measure them
    EXPECT_TRUE(written.contains(name)) << "nothing writes " << name;
  }
}

}  // namespace
}  // namespace rookery::testing
