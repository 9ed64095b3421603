// Private to envs/atari: options of ALE/<Game>-v5, named and set as those of ale-py's AtariEnv and
// Gymnasium's AtariPreprocessing and FrameStackObservation.
#ifndef ROOKERY_ENVS_ATARI_ATARI_CONFIG_H_
#define ROOKERY_ENVS_ATARI_ATARI_CONFIG_H_

#include <string>

#include "core/config.h"

namespace rookery::atari {

// A number, or one drawn from [low, high) for every step.
struct FrameSkip {
  int low = 1, high = 2;
  bool random() const { return high > low + 1; }
};

struct AtariConfig final : Config {
  int mode = -1;
  int difficulty = -1;
  std::string obs_type = "rgb";
  std::string frameskip = "4";
  double repeat_action_probability = 0.25;
  bool full_action_space = false;
  bool continuous = false;
  double continuous_action_threshold = 0.5;
  int max_num_frames_per_episode = 108000;
  bool sound_obs = false;

  bool preprocess = false;
  int noop_max = 30;
  int frame_skip = 4;
  std::string screen_size = "84";
  bool terminal_on_life_loss = false;
  bool grayscale_obs = true;
  bool grayscale_newaxis = false;
  bool scale_obs = false;

  int stack_size = 0;
  std::string padding_type = "reset";

  void Fields(FieldVisitor& v) override;
  void Check() const override;

  // UserError when the texts are none.
  FrameSkip ParsedFrameskip() const;
  void ParsedScreenSize(int* width, int* height) const;
};

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_ATARI_CONFIG_H_
