// Many scenes on one picture, each with its name.
#ifndef ROOKERY_RENDERERS_REPORT_CONTACT_SHEET_H_
#define ROOKERY_RENDERERS_REPORT_CONTACT_SHEET_H_

#include <string>
#include <vector>

#include "core/array.h"
#include "core/env.h"
#include "core/scene.h"

namespace rookery::report {

struct SheetEntry {
  std::string caption;
  Array picture;  // (H, W, 3) uint8, all of one size
};

// The scene's workspace through `camera` (the first one when there is none of that name), `width`
// pixels wide and three quarters as high, anti-aliased. UserError for a scene without cameras.
Array ScenePicture(const Scene& scene, const std::string& camera, int width);

// A game's screen, (H, W, 3) uint8, as large as fits into `width` by three quarters of it, in its
// middle.
Array ScreenPicture(const Array& screen, int width);

// What there is to see of `env` now: its screen, or its scene. An empty Array when nothing.
Array EnvPicture(Env* env, const std::string& camera, int width);

// Row by row; (H, W, 3) uint8. Bug when there are no entries.
Array ContactSheet(const std::vector<SheetEntry>& entries, int columns);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_CONTACT_SHEET_H_
