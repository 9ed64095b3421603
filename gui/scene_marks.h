// What a viewer shows of a scene beside its surfaces, as lines and points.
#ifndef ROOKERY_GUI_SCENE_MARKS_H_
#define ROOKERY_GUI_SCENE_MARKS_H_

#include <array>
#include <vector>

#include "core/scene.h"
#include "gui/scene_renderer.h"

namespace rookery::gui {

using MarkColor = std::array<float, 4>;
inline constexpr MarkColor kForceColor = {1.0f, 0.76f, 0.20f, 0.95f};
inline constexpr MarkColor kContactColor = {1.0f, 0.42f, 0.21f, 1};
inline constexpr MarkColor kFrustumColor = {0.75f, 0.80f, 0.90f, 0.75f};
inline constexpr MarkColor kWorkspaceColor = {0.47f, 0.80f, 0.95f, 0.9f};
const MarkColor& AxisColor(int axis);  // of 0 = x, 1, 2: red, green, blue

struct SceneMarks {
  std::vector<SceneLine> lines;
  std::vector<ScenePoint> points;
};

void AddLine(const Vec3& from, const Vec3& to, const MarkColor& color, float width_px,
             SceneMarks* marks);
void AddArrow(const Vec3& from, const Vec3& to, const MarkColor& color, float width_px,
              SceneMarks* marks);
// Three arrows.
void AddFrame(const Pose& X_WF, double length_m, float width_px, SceneMarks* marks);
// Contacts, frames, frusta and the workspace, as `style` asks; a camera at the view's own place has
// no frustum.
void AddSceneMarks(const Scene& scene, const Camera& view, const SceneStyle& style,
                   SceneMarks* marks);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SCENE_MARKS_H_
