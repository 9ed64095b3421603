// One run, one folder: config.json, version.json (engines, git commit, command), metrics.csv,
// TensorBoard events, checkpoints/, episodes/, pictures/, report.html.
#ifndef ROOKERY_CORE_RUN_FOLDER_H_
#define ROOKERY_CORE_RUN_FOLDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace rookery {

class RunFolder {
 public:
  // Creates the folder (and parents). Failure when that is not possible.
  explicit RunFolder(std::string path);

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const;  // path/name, parents created

  void WriteJson(const std::string& name, const std::string& json_text) const;
  // checkpoints/step_00001000.safetensors
  std::string CheckpointPath(int64_t step) const;
  // Newest checkpoint, or nothing. Unreadable ones are skipped with a warning.
  std::optional<std::pair<int64_t, std::string>> LatestCheckpoint() const;

 private:
  std::string path_;
};

// Versions of everything whose behaviour a trace depends on: rookery, and engines that
// registered themselves (bullet, torch, ...).
std::map<std::string, std::string> EngineVersions();
bool RegisterEngineVersion(const std::string& engine, const std::string& version);

}  // namespace rookery

#endif  // ROOKERY_CORE_RUN_FOLDER_H_
