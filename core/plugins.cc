#include "core/plugins.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <sstream>

#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"

// The symbol that plugins of this build refer to; see the CMake function rookery_plugin.
extern "C" {
__attribute__((visibility("default"))) extern const int ROOKERY_PLUGIN_SYMBOL;
const int ROOKERY_PLUGIN_SYMBOL = 1;
}

namespace rookery {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = "rookery_", kSuffix[] = ".so";
constexpr char kSymbolPrefix[] = "rookery_plugin_abi_";

// Plugins that belong to rookery, so that their absence can be explained.
constexpr struct {
  const char* file;
  const char* what;
  const char* names[2];  // beginnings of its environments' names
  const char* option;
} kKnown[] = {{"rookery_atari.so", "the Atari games", {"ALE/", "PuzzlePong"}, "ROOKERY_ATARI"}};

struct State {
  std::mutex mutex;
  std::vector<std::string> added;
  std::set<std::string> tried;    // paths
  std::set<std::string> present;  // names of loaded files
};

State& TheState() {
  static State state;
  return state;
}

fs::path ProgramFolder() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  return ignored ? fs::path() : program.parent_path();
}

// The file this code was linked into: the program, or a module that a foreign program loaded.
fs::path OwnFile() {
  Dl_info info;
  const void* here = &ROOKERY_PLUGIN_SYMBOL;
  if (dladdr(here, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code ignored;
  return fs::canonical(info.dli_fname, ignored);
}

std::string AbiOf(const std::string& text) {
  const size_t at = text.find(kSymbolPrefix);
  if (at == std::string::npos) return "";
  const size_t begin = at + sizeof(kSymbolPrefix) - 1;
  return text.substr(begin, text.find_first_not_of("0123456789abcdef", begin) - begin);
}

// "" when it was loaded, else why not.
std::string Load(const std::string& path) {
  if (void* plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); plugin != nullptr) {
    if (void* start = dlsym(plugin, "rookery_plugin_start"); start != nullptr) {
      reinterpret_cast<void (*)()>(start)();
    }
    return "";
  }
  const char* error = dlerror();
  const std::string why = error == nullptr ? "unknown reason" : error;
  if (const std::string abi = AbiOf(why); !abi.empty()) {
    return "it is of another build of rookery (interface " + abi + ", this program's is " +
           PluginAbi() + "); build or install both together";
  }
  return why;
}

// Says in FindEnv's message why the environments of a known plugin are missing; "" when they are
// not.
void Explain(const std::string& file, const std::string& why) {
  for (const auto& known : kKnown) {
    if (file != known.file) continue;
    for (const char* name : known.names) {
      ExplainMissingEnvs(name, why.empty() ? ""
                                           : std::string(known.what) + " are in the plugin " +
                                                 known.file + ", " + why);
    }
  }
}

}  // namespace

const char* PluginAbi() {
  // Behind the prefix of the symbol's name.
#define ROOKERY_TEXT_OF(name) #name
#define ROOKERY_TEXT(name) ROOKERY_TEXT_OF(name)
  return ROOKERY_TEXT(ROOKERY_PLUGIN_SYMBOL) + sizeof(kSymbolPrefix) - 1;
}

bool AddPluginFolder(const std::string& folder) {
  const std::lock_guard lock(TheState().mutex);
  TheState().added.push_back(folder);
  return true;
}

std::vector<std::string> PluginFolders() {
  std::vector<std::string> folders;
  const auto add = [&](const fs::path& folder) {
    const std::string text = folder.lexically_normal().string();
    if (!text.empty() && std::find(folders.begin(), folders.end(), text) == folders.end()) {
      folders.push_back(text);
    }
  };
  if (const char* chosen = std::getenv("ROOKERY_PLUGINS"); chosen != nullptr) {
    std::istringstream parts(chosen);
    for (std::string folder; std::getline(parts, folder, ':');) add(folder);
  }
  {
    const std::lock_guard lock(TheState().mutex);
    for (const std::string& folder : TheState().added) add(folder);
  }
  for (const fs::path& folder : {OwnFile().parent_path(), ProgramFolder()}) {
    if (folder.empty()) continue;
    add(folder);
    add(folder.parent_path());
    add(folder.parent_path() / ROOKERY_PLUGINS_LIBDIR / "rookery");
  }
  add(ROOKERY_PLUGINS_INSTALL_DIR);
  return folders;
}

void LoadModule(const std::string& path) {
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  if (state.tried.count(path)) return;
  if (const std::string why = Load(path); !why.empty()) {
    throw Failure(path + " was not loaded: " + why);
  }
  state.tried.insert(path);
}

std::vector<std::string> LoadPlugins() {
  const std::vector<std::string> folders = PluginFolders();
  State& state = TheState();
  const std::lock_guard lock(state.mutex);
  for (const auto& known : kKnown) {
    if (state.present.count(known.file)) continue;
    Explain(known.file, "which was not found in " + Join(folders) + "; build it with " +
                            known.option + "=ON, or set ROOKERY_PLUGINS to its folder");
  }
  std::vector<std::string> loaded;
  for (const std::string& folder : folders) {
    std::error_code ignored;
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(folder, ignored)) {
      const std::string name = file.path().filename().string();
      if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const std::string name = file.filename().string();
      // Registration would meet its own ids.
      if (state.present.count(name) || !state.tried.insert(file.string()).second) continue;
      Explain(name, "");
      if (const std::string why = Load(file.string()); !why.empty()) {
        LogWarning("plugin " + file.string() + " was not loaded: " + why);
        Explain(name, "and " + file.string() + " was not loaded: " + why);
        continue;
      }
      state.present.insert(name);
      loaded.push_back(file.string());
    }
  }
  return loaded;
}

}  // namespace rookery
