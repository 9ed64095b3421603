#include "envs/atari/atari_config.h"

#include <charconv>
#include <climits>

#include "core/error.h"

namespace rookery::atari {
namespace {

// "4", "2,5" or "(2, 5)": one or two whole numbers from 1; false for anything else.
bool ParseNumbers(std::string text, int* first, int* second) {
  std::erase(text, ' ');
  if (text.size() >= 2 && ((text.front() == '(' && text.back() == ')') ||
                           (text.front() == '[' && text.back() == ']'))) {
    text = text.substr(1, text.size() - 2);
  }
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, *first);
  if (error != std::errc() || *first < 1) return false;
  *second = 0;
  if (at == end) return true;
  if (*at != ',') return false;
  const auto rest = std::from_chars(at + 1, end, *second);
  return rest.ec == std::errc() && rest.ptr == end && *second >= 1;
}

}  // namespace

void AtariConfig::Fields(FieldVisitor& v) {
  v.Field("mode", &mode, {.help = "mode of the game (-1: its own)", .min = -1});
  v.Field("difficulty", &difficulty, {.help = "difficulty of the game (-1: its own)", .min = -1});
  v.Field("obs_type", &obs_type,
          {.help = "what is observed", .choices = {"rgb", "grayscale", "ram"}});
  v.Field("frameskip", &frameskip,
          {.help = "frames an action lasts, or LOW,HIGH: drawn from [LOW, HIGH) for every step",
           .unit = "frames"});
  v.Field("repeat_action_probability", &repeat_action_probability,
          {.help = "of a frame that repeats the last action instead", .min = 0, .max = 1});
  v.Field("full_action_space", &full_action_space,
          {.help = "all that the joystick can do, not just what the game knows"});
  v.Field("continuous", &continuous, {.help = "actions are radius, angle and fire"});
  v.Field("continuous_action_threshold", &continuous_action_threshold,
          {.help = "where a continuous action begins to count", .min = 0, .max = 1});
  v.Field("max_num_frames_per_episode", &max_num_frames_per_episode,
          {.help = "frames until an episode is truncated (0: never)", .unit = "frames", .min = 0});
  v.Field("sound_obs", &sound_obs, {.help = "observe the last frame's sound, too"});
  v.Field("preprocess", &preprocess,
          {.help = "as Gymnasium's AtariPreprocessing; the options below down to scale_obs"});
  v.Field("noop_max", &noop_max,
          {.help = "most frames without action after a reset", .unit = "frames", .min = 0});
  v.Field("frame_skip", &frame_skip,
          {.help = "frames an action lasts; above 1, frameskip does not count and the last two "
                   "pictures are united",
           .unit = "frames",
           .min = 1,
           .max = 10000});
  v.Field("screen_size", &screen_size,
          {.help = "side, or WIDTH,HEIGHT, of the picture", .unit = "px"});
  v.Field("terminal_on_life_loss", &terminal_on_life_loss,
          {.help = "the loss of a life ends the episode"});
  v.Field("grayscale_obs", &grayscale_obs, {.help = "grey pictures, not colours"});
  v.Field("grayscale_newaxis", &grayscale_newaxis,
          {.help = "grey pictures have a last axis of length 1"});
  v.Field("scale_obs", &scale_obs, {.help = "float32 pictures from 0 to 1"});
  v.Field("stack_size", &stack_size,
          {.help = "observe this many last pictures, oldest first, along a first axis (0: the last "
                   "without that axis)",
           .min = 0,
           .max = 1000});
  v.Field("padding_type", &padding_type,
          {.help = "what fills the stack after a reset", .choices = {"reset", "zero"}});
}

FrameSkip AtariConfig::ParsedFrameskip() const {
  int low = 0, high = 0;
  if (!ParseNumbers(frameskip, &low, &high) || (high != 0 && high <= low) || low > 10000 ||
      high > 10001) {
    throw UserError("frameskip = " + frameskip +
                    " is neither a number of frames from 1 to 10000 nor LOW,HIGH with LOW < HIGH");
  }
  return {low, high == 0 ? low + 1 : high};
}

void AtariConfig::ParsedScreenSize(int* width, int* height) const {
  if (!ParseNumbers(screen_size, width, height)) {
    throw UserError("screen_size = " + screen_size +
                    " is neither a number of pixels nor WIDTH,HEIGHT");
  }
  if (*height == 0) *height = *width;
  constexpr int kMost = 8192;
  if (*width < 1 || *width > kMost || *height < 1 || *height > kMost) {
    throw UserError("screen_size = " + screen_size + " is outside [1, 8192] px");
  }
}

void AtariConfig::Check() const {
  ParsedFrameskip();
  int width = 0, height = 0;
  ParsedScreenSize(&width, &height);
  if (sound_obs && (preprocess || stack_size > 0)) {
    throw UserError("sound_obs goes with neither preprocess nor stack_size");
  }
  if (preprocess && obs_type == "ram") {
    throw UserError("obs_type = ram has no picture for preprocess; expected rgb or grayscale");
  }
}

}  // namespace rookery::atari
