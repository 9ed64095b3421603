#include "core/assets.h"

#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "core/error.h"

namespace rookery {

namespace {

namespace fs = std::filesystem;

struct AddedFolders {
  std::mutex mutex;
  std::vector<std::string> folders;
};

AddedFolders& Added() {
  static AddedFolders added;
  return added;
}

}  // namespace

bool AddAssetFolder(const std::string& folder) {
  const std::lock_guard lock(Added().mutex);
  Added().folders.push_back(folder);
  return true;
}

std::vector<std::string> AssetFolders() {
  std::vector<std::string> folders;
  if (const char* chosen = std::getenv("ROOKERY_ASSETS"); chosen != nullptr && *chosen != 0) {
    folders.emplace_back(chosen);
  }
  {
    const std::lock_guard lock(Added().mutex);
    folders.insert(folders.end(), Added().folders.begin(), Added().folders.end());
  }
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!ignored) {
    folders.push_back(program.parent_path().parent_path() / "share" / "rookery" / "assets");
  }
  for (const char* built_in : {ROOKERY_ASSETS_SOURCE_DIR, ROOKERY_ASSETS_INSTALL_DIR}) {
    folders.emplace_back(built_in);
  }
  return folders;
}

std::string FindAsset(const std::string& name) {
  std::vector<std::string> tried;
  std::error_code ignored;
  if (fs::path(name).is_absolute()) {
    if (fs::is_regular_file(name, ignored)) return name;
    tried.push_back(name);
  } else {
    for (const std::string& folder : AssetFolders()) {
      const std::string path = (fs::path(folder) / name).string();
      if (fs::is_regular_file(path, ignored)) return path;
      tried.push_back(path);
    }
  }
  throw UserError("asset '" + name + "' was not found; tried " + Join(tried) +
                  ". Set ROOKERY_ASSETS to the folder that holds it.");
}

}  // namespace rookery
