// Everything that an environment lets be seen, by its spec and the cameras of its scene.
#ifndef ROOKERY_GUI_SENSORS_H_
#define ROOKERY_GUI_SENSORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/env_spec.h"
#include "core/scene.h"
#include "gui/image_pixels.h"

namespace rookery::gui {

struct Sensor {
  enum class Source { kObservation, kScreen, kCamera };
  std::string id;     // "observation.front.rgb", "camera.front.segmentation", "screen"
  std::string title;  // "front.rgb"
  std::string help;   // one line
  Source source = Source::kObservation;
  std::string array;   // name of the observation
  std::string camera;  // of the scene, whose picture the viewer draws
  std::string what;    // of that: "rgb", "depth" or "segmentation"
  ImageStyle style;
  bool fixed_scale = false;  // style.low and high say it; else it follows the numbers
  bool from_zero = false;    // what follows the numbers begins at 0
  std::string unit;
  int64_t frames = 1;  // stacked in one array, the newest last
  double aspect = 1;   // width / height as shown
  bool shown = false;  // at first
};

// Observations that are images: two axes of at least 8 pixels, perhaps one of channels behind them,
// perhaps some of frames before them.
bool IsPicture(const ArraySpec& spec);

// `scene` may be null. What the scene's cameras see is drawn by the viewer where no observation
// says it.
std::vector<Sensor> FindSensors(const EnvSpec& spec, const Scene* scene, bool screen);

// Frame `frame` of an observation, (H, W) or (H, W, C); shares its storage.
Array FrameOf(const Array& observation, int64_t frame);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SENSORS_H_
