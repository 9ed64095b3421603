// Progress of long work: one line with bar, rate, time left and key figures, redrawn in place on
// a terminal; a plain line now and then elsewhere. Writes to stderr.
#ifndef ROOKERY_CORE_PROGRESS_H_
#define ROOKERY_CORE_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace rookery {

// One thread at a time.
class ProgressBar {
 public:
  // `total` 0: unknown, only counts.
  ProgressBar(std::string title, int64_t total, bool enabled = true);
  ~ProgressBar();  // finishes the line
  // `done` of `total`, with a short text such as "score 97.1".
  void Update(int64_t done, const std::string& note = "");
  void Finish();

 private:
  void Draw(bool final);
  std::string title_, note_;
  int64_t total_, done_ = 0, drawn_ = 0;
  int64_t first_ = -1;  // what was done when the first Update came
  bool enabled_, terminal_, unicode_, finished_ = false;
  std::chrono::steady_clock::time_point start_, last_draw_;
};

namespace internal {
struct ProgressState {
  std::string title, note;
  int64_t done = 0, total = 0, first = 0;
  double seconds = 0;  // since `first`
  bool final = false;
};
// The line, cut to `width` columns; without a bar and uncut when `width` is 0.
std::string ProgressText(const ProgressState& state, int width, bool unicode);
}  // namespace internal

}  // namespace rookery

#endif  // ROOKERY_CORE_PROGRESS_H_
