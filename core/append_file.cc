#include "core/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/error.h"

namespace rookery {

AppendFile::AppendFile(std::string path) : path_(std::move(path)) {
  fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  struct stat info = {};
  if (fd_ < 0 || fstat(fd_, &info) != 0) {
    const int error = errno;
    if (fd_ >= 0) close(fd_);
    errno = error;
    Fail();
  }
  size_ = static_cast<uint64_t>(info.st_size);
}

AppendFile::~AppendFile() { close(fd_); }

void AppendFile::Replace(uint64_t offset, std::string_view bytes) {
  ROOKERY_CHECK_LE(offset, size_);
  if (offset < size_) {
    if (ftruncate(fd_, static_cast<off_t>(offset)) != 0) Fail();
    size_ = offset;
  }
  uint64_t end = offset;
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      if (ftruncate(fd_, static_cast<off_t>(offset)) != 0) size_ = end;
      errno = error;
      Fail();
    }
    bytes.remove_prefix(static_cast<size_t>(n));
    end += static_cast<uint64_t>(n);
  }
  size_ = end;
}

void AppendFile::Sync() {
  // Not every file system can; the bytes have left the process in any case.
  if (fdatasync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP) Fail();
}

void AppendFile::Fail() const {
  throw Failure("cannot write " + path_ + ": " + std::generic_category().message(errno));
}

}  // namespace rookery
