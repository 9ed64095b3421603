// One episode run again to be shown: what was seen, why the agent acted as it did, a film of it.
#ifndef ROOKERY_RENDERERS_REPORT_EPISODE_STORY_H_
#define ROOKERY_RENDERERS_REPORT_EPISODE_STORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/step_loop.h"
#include "renderers/image_io.h"
#include "renderers/report/report.h"

namespace rookery::report {

struct StoryStep {
  ArrayMap observation;  // that the action was chosen from
  ArrayMap explanation;  // of the agent; empty when it explains nothing
  double reward = 0;     // that the action brought
  std::string sentence;  // what the action does; may be empty
};

// A moment of an episode whose steps are many and short.
struct StoryView {
  int64_t step = 0;
  Array picture;  // (H, W, 3) uint8
};

struct EpisodeStory {
  EpisodeResult result;
  bool knows_success = true;  // the environment tells whether it is solved
  std::vector<StoryStep> steps;
  ArrayMap final_observation;
  std::vector<StoryView> views = {};  // of timed environments (EnvSpec::control_hz), in order
};

struct FilmOptions {
  std::string camera = "overview";  // of the scene; the first camera when there is none
  double frames_per_second = 30;
  double slow_motion = 2;  // simulated seconds last this many times longer
  double pause_s = 0.7;    // still picture before each decision and at the end
  // Timed environments are shown as fast as they are, with pauses at both ends only, so long.
  double longest_s = 40;
};

// Runs the episode of `seed`. With a film, frames are added: the scene on the left, the agent's
// decision over the heightmap on the right, where the agent explains one. Showing an episode
// changes nothing in it: the result's trace hash is that of the plain run.
EpisodeStory TellEpisode(Env* env, Agent* agent, uint64_t seed, VideoWriter* film = nullptr,
                         const FilmOptions& options = {});

// "The story" as a card: first view, each decision, last view, with the outcome as badge.
Card StoryCard(const EpisodeStory& story);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_EPISODE_STORY_H_
