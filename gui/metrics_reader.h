// metrics.csv of a run that goes on, read bit by bit.
#ifndef ROOKERY_GUI_METRICS_READER_H_
#define ROOKERY_GUI_METRICS_READER_H_

#include <cstdint>
#include <string>

#include "renderers/report/metrics_table.h"

namespace rookery::gui {

// Reads what is new since the last time: the writer appends rows, puts another one in the place of
// the last, or replaces the file (core/metrics_writer.h). A row that is being written waits.
class MetricsReader {
 public:
  explicit MetricsReader(std::string path) : path_(std::move(path)) {}

  // True when the table has changed. No such file: an empty table.
  bool Read();
  const report::MetricsTable& table() const { return table_; }
  double changed_s() const { return changed_s_; }     // when the file was written last, Unix time
  int64_t bytes_read() const { return bytes_read_; }  // in all

 private:
  void Forget();
  void Take(const std::string& text);

  std::string path_, header_;
  report::MetricsTable table_;
  uint64_t inode_ = 0, size_ = 0, next_ = 0;  // of the file; where the last row begins
  int64_t nanoseconds_ = 0;                   // when it was written
  bool has_last_ = false;                     // the table's last row begins at next_
  double changed_s_ = 0;
  int64_t bytes_read_ = 0;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_METRICS_READER_H_
