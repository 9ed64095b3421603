#include "gui/viewer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "core/atomic_file.h"
#include "core/episode_files.h"
#include "core/episode_store.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/registry.h"
#include "core/run_folder.h"
#include "gui/interface.h"
#include "gui/panels/replay_panel.h"
#include "gui/panels/training_panel.h"
#include "gui/run_list.h"
#include "renderers/image_io.h"

namespace rookery::gui {
namespace {

constexpr std::chrono::microseconds kFrame{1'000'000 / 60};

// The task of a training run, with its newest checkpoint where there is one.
Cast CastOfRun(const std::string& folder) {
  const auto config = nlohmann::json::parse(ReadFile(folder + "/config.json"));
  Cast cast{.env = config.at("env"), .env_config = config.at("env_config").dump()};
  if (!RunFolder::Checkpoints(folder).empty()) {
    cast.checkpoint = folder;
  } else if (FindEnv(cast.env).oracle_success > 0) {
    cast.agent = "oracle";
  }
  return cast;
}

}  // namespace

void CheckViewerFiles(const ViewerOptions& options) {
  if (!options.replay.empty()) ReadEpisode(EpisodeFiles(options.replay).front());
  if (!options.run.empty()) {
    const std::vector<TrainingRun> runs = FindTrainingRuns(options.run);
    if (runs.empty() || runs.front().folder != options.run) {
      throw UserError(options.run + " holds no training run; rookery train makes one");
    }
  }
  if (options.screenshot.empty()) return;
  const auto parent = std::filesystem::absolute(options.screenshot).parent_path();
  if (access(parent.c_str(), W_OK) != 0) {
    throw Failure("cannot write " + options.screenshot + ": " + std::strerror(errno));
  }
}

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
  } else if (!options.run.empty()) {
    interface.Open(CastOfRun(options.run), options.seed);
  } else if (!interface.settings().env.empty() && options.replay.empty()) {
    Cast last{.env = interface.settings().env};
    if (!interface.settings().agent.empty()) last.agent = interface.settings().agent;
    last.checkpoint = interface.settings().checkpoint;
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
  auto next = std::chrono::steady_clock::now();
  for (int frame = 0; !window.ShouldClose() && !Interrupted(); ++frame) {
    window.BeginFrame();
    interface.Draw();
    window.EndFrame();
    // Displays that do not make one wait for them.
    next = std::max(next + kFrame, std::chrono::steady_clock::now());
    std::this_thread::sleep_until(next);
    if (options.frames > 0 && frame + 1 >= options.frames) break;
  }
  if (!options.screenshot.empty()) WritePng(options.screenshot, window.Pixels());
}

}  // namespace rookery::gui
