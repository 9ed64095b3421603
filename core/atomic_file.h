// Files that are either complete or not there: written to a temporary name beside the target,
// flushed to disk, renamed.
#ifndef ROOKERY_CORE_ATOMIC_FILE_H_
#define ROOKERY_CORE_ATOMIC_FILE_H_

#include <functional>
#include <string>
#include <string_view>

namespace rookery {

// Failure names the path and the reason (no space, no permission); nothing is left behind.
void WriteFileAtomic(const std::string& path, std::string_view contents);
// For writers that need a path (HDF5): `write` gets a temporary path in the same folder.
void WriteFileAtomic(const std::string& path,
                     const std::function<void(const std::string& temporary)>& write);
// Whole file. UserError when it cannot be read.
std::string ReadFile(const std::string& path);
// Removes temporary files that killed processes left in `folder`; those of running processes
// stay. Returns how many.
int RemoveLeftovers(const std::string& folder);

}  // namespace rookery

#endif  // ROOKERY_CORE_ATOMIC_FILE_H_
