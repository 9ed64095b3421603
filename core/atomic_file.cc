#include "core/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "core/error.h"

namespace rookery {
namespace {

constexpr std::string_view kPrefix = ".rookery-tmp-";

std::string Reason(int error) { return std::generic_category().message(error); }

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// When the process started, in clock ticks since boot; 0 when there is no such process. Tells a
// process from a later one that was given the same number.
uint64_t StartTicks(uint64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return 0;
  // The second field, the program's name in brackets, may hold anything; the start is field 22.
  std::istringstream rest(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string skipped;
  for (int field = 3; field < 22; ++field) rest >> skipped;
  uint64_t ticks = 0;
  rest >> ticks;
  return ticks;
}

std::string TemporaryPath(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  const auto pid = static_cast<uint64_t>(getpid());
  return FolderOf(path) + "/" + std::string(kPrefix) + std::to_string(pid) + "-" +
         std::to_string(StartTicks(pid)) + "-" + std::to_string(counter++);
}

// Was `name` made by TemporaryPath in a process that is no more?
bool IsLeftover(std::string_view name) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  uint64_t pid = 0, ticks = 0;
  const char* const end = name.data() + name.size();
  auto parsed = std::from_chars(name.data(), end, pid);
  if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != '-') return false;
  parsed = std::from_chars(parsed.ptr + 1, end, ticks);
  if (parsed.ec != std::errc()) return false;
  return StartTicks(pid) != ticks;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  bool Close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || close(fd) == 0;
  }

 private:
  int fd_;
};

// False: errno says why.
bool WriteAll(int fd, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t n = write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    contents.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

// Some file systems cannot flush one file; that is no reason to give up.
bool Flush(int fd) { return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP; }

// Removes the temporary file unless it was renamed.
class Temporary {
 public:
  explicit Temporary(const std::string& target) : target_(target), path_(TemporaryPath(target)) {}
  ~Temporary() {
    if (!done_) unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }
  [[noreturn]] void Fail() const {
    throw Failure("cannot write " + target_ + ": " + Reason(errno));
  }
  void Rename() {
    if (rename(path_.c_str(), target_.c_str()) != 0) Fail();
    done_ = true;
    // The new name itself survives a power cut only after the folder is flushed.
    const FileDescriptor folder(
        open(FolderOf(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.ok()) Flush(folder.get());
  }

 private:
  std::string target_, path_;
  bool done_ = false;
};

}  // namespace

void WriteFileAtomic(const std::string& path, std::string_view contents) {
  Temporary temporary(path);
  FileDescriptor file(
      open(temporary.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.ok() || !WriteAll(file.get(), contents) || !Flush(file.get()) || !file.Close()) {
    temporary.Fail();
  }
  temporary.Rename();
}

void WriteFileAtomic(const std::string& path,
                     const std::function<void(const std::string& temporary)>& write) {
  Temporary temporary(path);
  write(temporary.path());
  FileDescriptor file(open(temporary.path().c_str(), O_RDWR | O_CLOEXEC));
  if (!file.ok() || !Flush(file.get()) || !file.Close()) temporary.Fail();
  temporary.Rename();
}

std::string ReadFile(const std::string& path) {
  const auto fail = [&path](int error) {
    throw UserError("cannot read " + path + ": " + Reason(error));
  };
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) fail(errno);
  struct stat info = {};
  if (fstat(file.get(), &info) != 0) fail(errno);
  std::string contents;
  // One byte more, so that the end of an ordinary file is seen without growing the buffer.
  contents.resize(static_cast<size_t>(std::max<off_t>(info.st_size, 0)) + 1);
  size_t size = 0;
  while (true) {
    const ssize_t n = read(file.get(), contents.data() + size, contents.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(errno);
    if (n == 0) break;
    size += static_cast<size_t>(n);
    if (size == contents.size()) contents.resize(2 * size);
  }
  contents.resize(size);
  return contents;
}

int RemoveLeftovers(const std::string& folder) {
  std::vector<std::string> leftovers;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (IsLeftover(entry.path().filename().string())) leftovers.push_back(entry.path().string());
  }
  int removed = 0;
  for (const std::string& path : leftovers) removed += unlink(path.c_str()) == 0 ? 1 : 0;
  return removed;
}

}  // namespace rookery
