// Episode list: the recorded episodes below a path and what is known of each, read on a thread of
// its own, and one of them whole when it is asked for.
#ifndef ROOKERY_GUI_EPISODE_LIST_H_
#define ROOKERY_GUI_EPISODE_LIST_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/episode.h"

namespace rookery::gui {

struct ListedEpisode {
  std::string path = {};
  bool read = false;       // what follows is known
  std::string error = {};  // one line: it cannot be read
  std::string env = {}, agent = {};
  uint64_t seed = 0;
  int64_t steps = 0;
  double score = 0;
  bool success = false;
};

class EpisodeList {
 public:
  EpisodeList();
  ~EpisodeList();  // waits for the file that is being read
  EpisodeList(const EpisodeList&) = delete;
  EpisodeList& operator=(const EpisodeList&) = delete;

  // An episode file or a folder with some.
  void Open(const std::string& path);
  // Wanted whole; replaces one that is not read yet.
  void Load(size_t index);

  // State as of now. Each of these may be called every frame.
  bool Update();  // true when something changed since the last call
  const std::vector<ListedEpisode>& episodes() const { return episodes_; }
  const std::string& error() const { return error_; }  // of Open or Load, one line
  bool busy() const { return busy_; }
  // The one that was wanted, without its observations, once.
  std::shared_ptr<const Episode> TakeLoaded(size_t* index);

 private:
  void Run();
  void ReadPath(std::unique_lock<std::mutex>* lock);
  void ReadWanted(std::unique_lock<std::mutex>* lock);
  bool ReadNextFacts(std::unique_lock<std::mutex>* lock);

  // Of the window's thread: what it saw last.
  std::vector<ListedEpisode> episodes_;
  std::string error_;
  bool busy_ = false;
  int64_t seen_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Under the mutex:
  bool quit_ = false;
  int64_t changes_ = 0;
  std::string wanted_path_, shared_error_;
  int64_t wanted_ = -1;  // index
  size_t next_facts_ = 0;
  std::vector<ListedEpisode> shared_;
  std::shared_ptr<const Episode> loaded_;
  size_t loaded_index_ = 0;
  std::thread thread_;  // last: it uses the others
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_EPISODE_LIST_H_
