// Replay panel: recorded episodes, one or a data set, played, compared and taken over.
#ifndef ROOKERY_GUI_PANELS_REPLAY_PANEL_H_
#define ROOKERY_GUI_PANELS_REPLAY_PANEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/episode.h"
#include "gui/episode_list.h"
#include "gui/file_browser.h"
#include "gui/panel.h"
#include "gui/snapshot.h"

namespace rookery::gui {

class Interface;

class ReplayPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  // An episode file, or a folder of them; its first is opened, paused or played.
  void Open(Interface* interface, const std::string& path, bool play = false);
  const EpisodeList& list() const { return list_; }

 private:
  // Reads it; it is opened once it is read.
  void Load(int64_t index, bool play);
  bool Replays(const Snapshot& now) const;
  void DrawOpen(Interface* interface);
  void DrawRecent(Interface* interface);
  void DrawList(Interface* interface);
  void DrawPlayed(Interface* interface);
  void DrawSentences(Interface* interface);
  void DrawTakeOver(Interface* interface);

  EpisodeList list_;
  FileBrowser browser_{"Open a recording", ".hdf5"};
  char path_[1024] = "";
  std::string opened_path_, last_error_;
  bool open_first_ = false, play_first_ = false;  // when the list is there
  bool play_ = false;                             // what is being read, once it is
  bool all_ = false;                              // one after the other
  int64_t before_ = -1;                     // Snapshot::opened when the episode was handed over
  int64_t index_ = -1;                      // in the list, of what is played
  int64_t scroll_to_ = -1;                  // row of the list
  std::shared_ptr<const Episode> episode_;  // that is played
  // Runs of equal sentences.
  struct Said {
    int64_t first = 0, last = 0;  // actions
    std::string text;
  };
  std::vector<Said> said_;
  int64_t current_said_ = -1;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_REPLAY_PANEL_H_
