#include "gui/metrics_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <limits>
#include <string_view>
#include <vector>

#include "core/csv.h"

namespace rookery::gui {
namespace {

// NaN for what is no number.
double Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

// Does the file still begin like this? Another one may have got the number of the old one's inode.
bool BeginsWith(int file, const std::string& text) {
  std::string found(text.size(), '\0');
  return pread(file, found.data(), found.size(), 0) == static_cast<ssize_t>(text.size()) &&
         found == text;
}

std::string ReadFrom(int file, uint64_t offset) {
  std::string text;
  char block[1 << 16];
  for (ssize_t n = 0;
       (n = pread(file, block, sizeof(block), static_cast<off_t>(offset + text.size()))) > 0;) {
    text.append(block, static_cast<size_t>(n));
  }
  return text;
}

}  // namespace

void MetricsReader::Forget() {
  table_ = {};
  header_.clear();
  next_ = size_ = inode_ = 0;
  nanoseconds_ = 0;
  has_last_ = false;
}

bool MetricsReader::Read() {
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts = {};
  if (file < 0 || fstat(file, &facts) != 0) {
    if (file >= 0) close(file);
    const bool had = !table_.names.empty();
    Forget();
    return had;
  }
  const auto size = static_cast<uint64_t>(facts.st_size);
  const int64_t nanoseconds = facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec;
  changed_s_ = static_cast<double>(nanoseconds) * 1e-9;
  bool changed = false;
  if (facts.st_ino != inode_ || size < next_ || !BeginsWith(file, header_)) {
    changed = !table_.names.empty();
    Forget();
    inode_ = facts.st_ino;
  }
  if (size != size_ || nanoseconds != nanoseconds_) {
    const std::string text = ReadFrom(file, next_);
    bytes_read_ += static_cast<int64_t>(text.size());
    size_ = size;
    nanoseconds_ = nanoseconds;
    if (text.find('\n') != std::string::npos) {
      Take(text);
      changed = true;
    }
  }
  close(file);
  return changed;
}

void MetricsReader::Take(const std::string& text) {
  if (has_last_) {  // it comes again, perhaps as another
    for (std::vector<double>& column : table_.columns) column.pop_back();
  }
  std::string_view rest = text;
  for (size_t end; (end = rest.find('\n')) != std::string_view::npos;) {
    const std::vector<std::string_view> cells = SplitCells(rest.substr(0, end));
    if (table_.names.empty()) {
      header_ = rest.substr(0, end + 1);
      table_.names.assign(cells.begin(), cells.end());
      table_.columns.resize(cells.size());
      next_ += end + 1;
      has_last_ = false;
    } else {
      for (size_t c = 0; c < table_.columns.size(); ++c) {
        table_.columns[c].push_back(c < cells.size() ? Number(cells[c]) : Number(""));
      }
      has_last_ = true;
      const bool last = rest.find('\n', end + 1) == std::string_view::npos;
      if (!last) next_ += end + 1;
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace rookery::gui
