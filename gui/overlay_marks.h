// What an agent explains (core/overlay.h), as things to draw into the scene.
#ifndef ROOKERY_GUI_OVERLAY_MARKS_H_
#define ROOKERY_GUI_OVERLAY_MARKS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/scene.h"
#include "gui/scene_marks.h"

namespace rookery::gui {

struct OverlayDrawing {
  struct Legend {
    std::string name;
    std::vector<std::array<uint8_t, 3>> colors;  // of a scale, or one
  };
  std::vector<SceneDecal> decals;
  SceneMarks marks;
  std::vector<Legend> legend;

  bool empty() const { return decals.empty() && marks.lines.empty() && marks.points.empty(); }
};

// Heat maps laid over the workspace (their rows along y, columns along x) and what stands in it,
// chosen points with their rotation as an arrow and the way from one to the next, poses as frames,
// clouds as points. UserError as MakeOverlay.
OverlayDrawing DrawOverlay(const ArrayMap& explanation, const Scene& scene);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_OVERLAY_MARKS_H_
