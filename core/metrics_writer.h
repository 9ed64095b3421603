// Scalars of a run: metrics.csv (one row per step, columns grow) and a TensorBoard event file.
#ifndef ROOKERY_CORE_METRICS_WRITER_H_
#define ROOKERY_CORE_METRICS_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "core/agent.h"

namespace rookery {

// Appends to what the folder holds; on resume, rows with step > `resume_step` are dropped (by
// default all), so that a continued run leaves the file an uninterrupted one would have left.
// Every row leaves the process at once: what was written before a checkpoint is not lost with the
// process. One thread at a time.
class MetricsWriter {
 public:
  // Failure when the files cannot be made, UserError when metrics.csv is not one of ours.
  MetricsWriter(const std::string& folder, int64_t resume_step = -1);
  ~MetricsWriter();
  // Values of a step that was the last one written join its row; an empty cell is a metric that
  // a step did not have. A full disk does not throw: the rows wait in memory, a warning is
  // logged at most every minute, and metric log/errors counts.
  void Write(int64_t step, const Metrics& metrics);
  void Flush();  // to the disk itself

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_METRICS_WRITER_H_
