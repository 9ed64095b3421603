// File browser: a small modal window that chooses a file or a folder.
#ifndef ROOKERY_GUI_FILE_BROWSER_H_
#define ROOKERY_GUI_FILE_BROWSER_H_

#include <future>
#include <string>
#include <vector>

namespace rookery::gui {

class FileBrowser {
 public:
  // `extension` of the files that are shown (".hdf5"; "" = all).
  FileBrowser(std::string title, std::string extension)
      : title_(std::move(title)), extension_(std::move(extension)) {}

  // Shows it, at `start` or the nearest folder above that there is.
  void Open(const std::string& start);
  // Each frame, outside of other popups; true when a path was chosen.
  bool Draw(float scale);
  const std::string& chosen() const { return chosen_; }

 private:
  struct Entry {
    std::string name;
    bool folder = false;
  };
  struct Listing {
    std::string folder, error;
    std::vector<Entry> entries;
  };
  static Listing List(const std::string& folder, const std::string& extension);
  void GoTo(const std::string& folder);
  bool DrawEntries();

  std::string title_, extension_, chosen_;
  bool wants_open_ = false;
  Listing listing_;
  std::future<Listing> coming_;  // is listed off the window's thread: disks may be slow
  std::string selected_;         // file
  char path_[1024] = "";
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_FILE_BROWSER_H_
