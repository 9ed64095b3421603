#include "core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "core/error.h"

namespace rookery {

FolderLock::FolderLock(const std::string& folder)
    : folder_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ >= 0 && flock(folder_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(folder_);
    throw UserError("another process is writing to " + folder +
                    "; wait for it, or use another --out");
  }
}

FolderLock::~FolderLock() {
  if (folder_ >= 0) close(folder_);
}

bool FolderLock::IsHeld(const std::string& folder) {
  struct stat facts = {};
  if (stat(folder.c_str(), &facts) != 0) return false;
  // "1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF": process, device (hexadecimal), inode.
  char place[64];
  std::snprintf(place, sizeof(place), " %02x:%02x:%llu ", major(facts.st_dev), minor(facts.st_dev),
                static_cast<unsigned long long>(facts.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    const bool flock = line.find(" FLOCK ") != std::string::npos;
    if (flock && line.find(place) != std::string::npos) return true;
  }
  return false;
}

}  // namespace rookery
