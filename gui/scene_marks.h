// What a viewer shows of a scene beside its surfaces, as lines and points.
#ifndef ROOKERY_GUI_SCENE_MARKS_H_
#define ROOKERY_GUI_SCENE_MARKS_H_

#include <vector>

#include "core/scene.h"
#include "gui/scene_renderer.h"

namespace rookery::gui {

struct SceneMarks {
  std::vector<SceneLine> lines;
  std::vector<ScenePoint> points;
};

// Three arrows: x red, y green, z blue.
void AddFrame(const Pose& X_WF, double length_m, float width_px, SceneMarks* marks);
// Contacts, frames, frusta and the workspace, as `style` asks; a camera at the view's own place has
// no frustum.
void AddSceneMarks(const Scene& scene, const Camera& view, const SceneStyle& style,
                   SceneMarks* marks);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SCENE_MARKS_H_
