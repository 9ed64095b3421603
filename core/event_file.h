// TensorBoard event files: length- and checksum-framed records of brain.Event messages, scalars
// only (TensorFlow's TFRecord framing, event.proto and summary.proto).
#ifndef ROOKERY_CORE_EVENT_FILE_H_
#define ROOKERY_CORE_EVENT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/agent.h"
#include "core/append_file.h"

namespace rookery {

// CRC-32C (Castagnoli), as RFC 3720 appendix B.4 tests it.
uint32_t Crc32c(std::string_view bytes);

class EventFile {
 public:
  // Continues the file: records with step > `resume_step` and anything damaged at its end are
  // dropped. Failure when it cannot be written.
  EventFile(const std::string& path, int64_t resume_step);
  // One event of now. Non-finite values are stored as they are. Failure: nothing written.
  void Write(int64_t step, const Metrics& metrics);
  void Sync() { file_->Sync(); }

 private:
  std::optional<AppendFile> file_;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_EVENT_FILE_H_
