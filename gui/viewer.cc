#include "gui/viewer.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/episode_store.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "gui/interface.h"
#include "gui/panels/replay_panel.h"
#include "gui/panels/training_panel.h"
#include "renderers/image_io.h"

namespace rookery::gui {

void RunViewer(const ViewerOptions& options) {
  Window window({.title = "rookery",
                 .width = options.width,
                 .height = options.height,
                 .scale = options.scale});
  Interface interface(
      &window,
      {.settings_path = options.settings_path.empty() ? UserSettingsPath() : options.settings_path,
       .program = options.program});
  if (options.cast) {
    interface.Open(*options.cast, options.seed);
  } else if (!interface.settings().env.empty() && options.replay.empty()) {
    Cast last{.env = interface.settings().env};
    if (!interface.settings().agent.empty()) last.agent = interface.settings().agent;
    interface.Open(last, options.seed);
  }
  if (!options.replay.empty()) {
    interface.Find<ReplayPanel>()->Open(&interface, options.replay, options.play);
  }
  if (!options.run.empty()) {
    interface.Find<TrainingPanel>()->Attach(options.run);
    interface.Show("Training");
  }
  interface.simulation().SetSpeed(options.speed);
  if (options.play && options.replay.empty()) interface.simulation().Play();
  for (int frame = 0; !window.ShouldClose() && !Interrupted(); ++frame) {
    window.BeginFrame();
    interface.Draw();
    window.EndFrame();
    if (options.frames > 0 && frame + 1 >= options.frames) break;
  }
  if (!options.screenshot.empty()) WritePng(options.screenshot, window.Pixels());
}

}  // namespace rookery::gui
