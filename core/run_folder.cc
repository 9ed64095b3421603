#include "core/run_folder.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <vector>

#include "core/atomic_file.h"
#include "core/checkpoint_file.h"
#include "core/error.h"
#include "core/git_commit.h"
#include "core/log.h"

#ifndef ROOKERY_VERSION
#define ROOKERY_VERSION "unknown"
#endif

namespace rookery {
namespace {

constexpr char kCheckpoints[] = "checkpoints";
constexpr std::string_view kStepPrefix = "step_", kStepSuffix = ".safetensors";

void MakeFolder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && !std::filesystem::is_directory(path)) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) throw Failure("cannot make folder " + path.string() + ": " + error.message());
}

// The step of "step_00001000.safetensors", or nothing.
std::optional<int64_t> StepOf(std::string_view name) {
  if (!name.starts_with(kStepPrefix) || !name.ends_with(kStepSuffix)) return std::nullopt;
  name.remove_prefix(kStepPrefix.size());
  name.remove_suffix(std::min(name.size(), kStepSuffix.size()));
  int64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc() || end != name.data() + name.size() || step < 0) return std::nullopt;
  return step;
}

struct Versions {
  std::mutex mutex;
  std::map<std::string, std::string> engines = {{"rookery", ROOKERY_VERSION},
                                                {"rookery.commit", kGitCommit}};
};

Versions& GetVersions() {
  static Versions versions;
  return versions;
}

}  // namespace

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  if (path_.empty()) throw UserError("the run folder has an empty name");
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  MakeFolder(path_);
  lock_ = std::make_shared<const FolderLock>(path_);
  RemoveLeftovers(path_);
  RemoveLeftovers(path_ + "/" + kCheckpoints);
}

std::string RunFolder::File(const std::string& name) const {
  const std::filesystem::path file = std::filesystem::path(path_) / name;
  MakeFolder(file.parent_path());
  return file.string();
}

void RunFolder::WriteJson(const std::string& name, const std::string& json_text) const {
  const bool ends = json_text.ends_with('\n');
  WriteFileAtomic(File(name), ends ? json_text : json_text + "\n");
}

std::string RunFolder::CheckpointPath(int64_t step) const {
  ROOKERY_CHECK_GE(step, 0);
  std::string digits = std::to_string(step);
  if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
  return File(std::string(kCheckpoints) + "/" + std::string(kStepPrefix) + digits +
              std::string(kStepSuffix));
}

std::vector<std::pair<int64_t, std::string>> RunFolder::Checkpoints(const std::string& folder) {
  std::vector<std::pair<int64_t, std::string>> found;
  std::error_code absent;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(folder) / kCheckpoints, absent)) {
    if (const auto step = StepOf(entry.path().filename().string())) {
      found.emplace_back(*step, entry.path().string());
    }
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

std::optional<std::pair<int64_t, std::string>> RunFolder::LatestCheckpoint() const {
  for (const auto& candidate : Checkpoints(path_)) {
    try {
      ReadCheckpoint(candidate.second);
      return candidate;
    } catch (const UserError& error) {
      LogWarning(std::string(error.what()) + "; an earlier checkpoint is used");
    }
  }
  return std::nullopt;
}

std::map<std::string, std::string> EngineVersions() {
  Versions& versions = GetVersions();
  const std::lock_guard lock(versions.mutex);
  return versions.engines;
}

bool RegisterEngineVersion(const std::string& engine, const std::string& version) {
  Versions& versions = GetVersions();
  const std::lock_guard lock(versions.mutex);
  const auto [place, added] = versions.engines.emplace(engine, version);
  ROOKERY_CHECK_EQ(place->second, version);
  return added;
}

}  // namespace rookery
