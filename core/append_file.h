// A file that grows at its end, for logs: what was appended survives the process, and a failed
// append leaves no half record behind.
#ifndef ROOKERY_CORE_APPEND_FILE_H_
#define ROOKERY_CORE_APPEND_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace rookery {

class AppendFile {
 public:
  // Creates the file when it is not there. Failure when it cannot be opened.
  explicit AppendFile(std::string path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  // All of `bytes` in one go, or Failure and the file as it was.
  void Append(std::string_view bytes) { Replace(size_, bytes); }
  // The same for bytes that take the place of everything from `offset` on; after Failure what
  // was there before `offset` is left.
  void Replace(uint64_t offset, std::string_view bytes);
  // To the disk itself, against power cuts.
  void Sync();

 private:
  [[noreturn]] void Fail() const;  // errno says why

  std::string path_;
  int fd_ = -1;
  uint64_t size_ = 0;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_APPEND_FILE_H_
