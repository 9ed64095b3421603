// Episode recording: acts drafts out on a thread of its own and stores them in folders of episodes
// (core/episode_store.h), as `rookery demos` does.
#ifndef ROOKERY_GUI_EPISODE_RECORDING_H_
#define ROOKERY_GUI_EPISODE_RECORDING_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gui/stage.h"

namespace rookery::gui {

struct StoredEpisode {
  std::string path = {};   // "" when it could not be stored
  std::string error = {};  // one line
  std::string env = {}, agent = {};
  uint64_t seed = 0;
  int64_t steps = 0;
  double score = 0;
  bool success = false;
};

// Where episodes of a cast go unless the user says otherwise: runs/viewer_<env>, and for settings
// that are not the defaults a folder of their own, as a folder holds episodes of one configuration.
std::string RecordingFolder(const Cast& cast);

class EpisodeRecording {
 public:
  EpisodeRecording();
  ~EpisodeRecording();  // stores what is still to be stored
  EpisodeRecording(const EpisodeRecording&) = delete;
  EpisodeRecording& operator=(const EpisodeRecording&) = delete;

  // From any thread. An episode that was added before, to the same folder, is not stored again.
  void Add(EpisodeDraft draft, const std::string& folder, bool only_solved);

  std::vector<StoredEpisode> Stored() const;  // the oldest first
  int pending() const;
  int64_t changes() const;  // grows with each that was stored or failed

 private:
  struct Job {
    EpisodeDraft draft;
    std::string folder;
    uint64_t hash = 0;
  };
  void Run();
  static StoredEpisode Store(const Job& job);

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::vector<StoredEpisode> stored_;
  std::set<uint64_t> known_;  // hashes of what was stored, or is to be
  int64_t changes_ = 0;
  bool working_ = false, quit_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_EPISODE_RECORDING_H_
