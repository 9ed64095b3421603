// Episodes of an evaluation on disk, in the order of their seeds, from which one that was killed
// goes on.
#ifndef ROOKERY_APPS_EVALUATION_RECORD_H_
#define ROOKERY_APPS_EVALUATION_RECORD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/episode_store.h"
#include "core/step_loop.h"

namespace rookery {

class EvaluationRecord {
 public:
  // Episodes in `folder` that are those of the first seeds are kept; any others are a UserError.
  EvaluationRecord(const std::string& folder, const std::vector<uint64_t>& seeds);

  // Results of the episodes that were there, in the order of the seeds.
  const std::vector<EpisodeResult>& found() const { return found_; }
  // Records the episodes that a loop runs; `recorder` as it shall be at their start.
  std::unique_ptr<StepObserver> Observe(EpisodeRecorder recorder);
  // Ends the record: those still waiting for an earlier one (interrupted) are dropped.
  void Finish();

 private:
  class Observer;
  // Evaluation goes on when the disk is full, without the record.
  void Add(Episode episode);
  void AddInOrder(Episode episode);

  EpisodeStore store_;
  std::vector<EpisodeResult> found_;
  std::mutex mutex_;
  std::map<uint64_t, size_t> place_;
  // Those that wait for an earlier one: about one for each thread.
  std::map<size_t, Episode> waiting_;
  size_t next_ = 0;
  bool full_ = false;
};

// What RunEpisode said of an episode, except for its wall time.
EpisodeResult ResultOf(const Episode& episode);

}  // namespace rookery

#endif  // ROOKERY_APPS_EVALUATION_RECORD_H_
