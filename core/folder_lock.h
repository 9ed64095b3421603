// FolderLock: one process at a time writes to a folder.
#ifndef ROOKERY_CORE_FOLDER_LOCK_H_
#define ROOKERY_CORE_FOLDER_LOCK_H_

#include <string>

namespace rookery {

// Holds the folder until destroyed or the process ends, however it ends. UserError when another
// process holds it. File systems that know no locks are not locked.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);  // which exists
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // Does a process hold it? Only looks: whoever wants the folder meanwhile gets it. False also
  // where that cannot be known (the process is of another container or machine).
  static bool IsHeld(const std::string& folder);

 private:
  int folder_ = -1;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_FOLDER_LOCK_H_
