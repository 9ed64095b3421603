// One run, one folder: config.json (command, settings), version.json (engines, commit),
// metrics.csv, TensorBoard events, checkpoints/, episodes/, pictures/, report.html.
#ifndef ROOKERY_CORE_RUN_FOLDER_H_
#define ROOKERY_CORE_RUN_FOLDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/folder_lock.h"

namespace rookery {

class RunFolder {
 public:
  // Creates the folder (and parents) and keeps other processes from writing to it. Failure when
  // that is not possible, UserError when another process is writing there.
  explicit RunFolder(std::string path);

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const;  // path/name, parents created

  void WriteJson(const std::string& name, const std::string& json_text) const;
  // checkpoints/step_00001000.safetensors
  std::string CheckpointPath(int64_t step) const;
  // Step and path of every checkpoint below `folder`, newest first; writes and locks nothing.
  static std::vector<std::pair<int64_t, std::string>> Checkpoints(const std::string& folder);
  // Newest checkpoint, or nothing. Unreadable ones are skipped with a warning.
  std::optional<std::pair<int64_t, std::string>> LatestCheckpoint() const;

 private:
  std::string path_;
  std::shared_ptr<const FolderLock> lock_;
};

// Versions of everything whose behaviour a trace depends on: rookery, and engines that
// registered themselves (bullet, torch, ...).
std::map<std::string, std::string> EngineVersions();
bool RegisterEngineVersion(const std::string& engine, const std::string& version);

}  // namespace rookery

#endif  // ROOKERY_CORE_RUN_FOLDER_H_
