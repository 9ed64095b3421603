#include "core/episode_files.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"

namespace rookery {

namespace fs = std::filesystem;

std::vector<std::string> EpisodeFiles(const std::string& path) {
  // The index of a folder stands for it.
  if (fs::path(path).filename() == "dataset.hdf5") {
    const std::string folder = fs::path(path).parent_path().string();
    return EpisodeFiles(folder.empty() ? "." : folder);
  }
  if (fs::is_regular_file(path)) return {path};
  if (!fs::is_directory(path)) {
    throw UserError("no episode file or folder at " + path);
  }
  std::vector<std::string> files;
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  constexpr int kDeepest = 3;
  for (auto it = fs::recursive_directory_iterator(path, kOptions);
       it != fs::recursive_directory_iterator(); ++it) {
    const auto& entry = *it;
    if (it.depth() >= kDeepest) it.disable_recursion_pending();
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.rfind("episode_", 0) == 0 &&
        entry.path().extension() == ".hdf5") {
      files.push_back(entry.path().string());
    }
  }
  if (files.empty()) throw UserError("no episode_*.hdf5 in " + path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rookery
