// Snapshot: what there is to see of a simulation at one moment. Made by its worker, never changed
// after it was published, so that any thread may read it.
#ifndef ROOKERY_GUI_SNAPSHOT_H_
#define ROOKERY_GUI_SNAPSHOT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "core/env.h"
#include "core/step_loop.h"
#include "gui/cast.h"

namespace rookery::gui {

enum class Mode {
  kEmpty,    // nothing has been opened
  kPaused,   // stands still; `message` may say why
  kPlaying,  // goes on
  kWaiting,  // goes on, but it is the person's turn
  kEnded,    // the episode is over
  kFailed,   // the environment or the agent failed; `message` says how
};

struct Snapshot {
  int64_t number = 0;  // grows with each
  int64_t opened = 0;  // grows with each Open: another environment
  Cast cast;
  Mode mode = Mode::kEmpty;
  std::string message;                  // one line
  bool trouble = false;                 // something went wrong, and the message says what
  bool busy = false;                    // an Open, Seek or Reset is not done yet
  std::shared_ptr<const EnvSpec> spec;  // null when empty

  std::shared_ptr<const Scene> scene;        // null when there is none
  std::shared_ptr<const Array> screen;       // likewise; uint8 (H, W, 3)
  std::shared_ptr<const StepResult> result;  // of the last step or reset
  std::shared_ptr<const ArrayMap> action;    // that led to it; empty after a reset
  std::shared_ptr<const ArrayMap> explanation;
  std::shared_ptr<const ArrayMap> seen;  // pictures from which the explained action was chosen
  std::string sentence;                  // what the action does
  EpisodeResult progress;
  uint64_t seed = 0;
  std::shared_ptr<const ArrayMap> reset_options = std::make_shared<ArrayMap>();  // never null
  double time_s = 0;  // simulated, since the reset; within a step it goes on
  double speed = 1;   // asked for; 0 = as fast as possible
  double measured_speed = 0;

  int64_t step = 0;          // where the episode is
  bool within_step = false;  // after it: scene and time are of now, what else there is of `step`
  int64_t known = 0;       // up to where its actions are known: its own end, or that of a recording
  bool replay = false;     // plays a recorded episode
  std::string difference;  // first difference to the recording
  bool touched = false;    // a hand took part: it cannot be replayed
  int64_t history_bytes = 0;  // of states kept for going back
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SNAPSHOT_H_
