// Plugins: shared modules rookery_<name>.so that register environments of their own when they are
// loaded. What may not be linked into the program for its licence lives in one (the Atari games).
//
// Entries register themselves as everywhere; what must wait until all libraries of the plugin are
// initialised does it in `extern "C" void rookery_plugin_start()`, which is called once when there
// is one.
//
// A plugin is made of the same headers as the program and refers to a symbol whose name holds a
// hash of them: the dynamic linker refuses a plugin of another build
// before any of its code runs.
#ifndef ROOKERY_CORE_PLUGINS_H_
#define ROOKERY_CORE_PLUGINS_H_

#include <string>
#include <vector>

namespace rookery {

// Folders searched, in order: those of the environment variable ROOKERY_PLUGINS (separated by ':'),
// those added below, the folder of the program (or of the module this code is part of) and the one
// above it, lib/rookery beside the program's bin/, the folder it was installed to.
std::vector<std::string> PluginFolders();

// For programs that link an installed rookery; call it before LoadPlugins. Returns true.
bool AddPluginFolder(const std::string& folder);

// Loads every plugin that is found and was not loaded or refused before; of two files of one name
// the first. One that cannot be loaded costs one line in the log, nothing else. Asking for an
// environment of a known plugin that is missing then says so (UserError of FindEnv). Returns the
// paths of what this call loaded. Thread-safe.
std::vector<std::string> LoadPlugins();

// Loads one shared module of this build whose entries register themselves, once. Failure when it
// cannot be loaded.
void LoadModule(const std::string& path);

// Begins every message about a plugin's ABI: "0.1.0/3f2a9c...".
const char* PluginAbi();

}  // namespace rookery

#endif  // ROOKERY_CORE_PLUGINS_H_
