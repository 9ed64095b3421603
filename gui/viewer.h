// The viewer as a whole: a window, an interface, a simulation.
#ifndef ROOKERY_GUI_VIEWER_H_
#define ROOKERY_GUI_VIEWER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "gui/cast.h"

namespace rookery::gui {

struct ViewerOptions {
  std::optional<Cast> cast = {};  // what to open; none: what was open last, or nothing
  std::string replay = {};        // episode file or folder of episodes
  std::string run = {};           // training run to attach to
  uint64_t seed = 1;
  bool play = false;  // at once
  double speed = 1;
  double scale = 0;  // of the window; 0 = the display's
  int width = 1280, height = 800;
  std::string settings_path = {};  // "" = the user's
  std::string program = {};        // this program, to start trainings with
  std::string screenshot = {};     // PNG to write at the end
  int frames = 0;                  // it ends after so many; 0 = when it is closed
};

// Recordings, runs and places to write to that are named and of no use: UserError or Failure.
void CheckViewerFiles(const ViewerOptions& options);
// Until the window is closed or Ctrl-C. NoDisplay (gui/window.h) without one.
void RunViewer(const ViewerOptions& options);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_VIEWER_H_
