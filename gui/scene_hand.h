// The hand in the scene: a spring that pulls a body, and arrows and rings that place one.
#ifndef ROOKERY_GUI_SCENE_HAND_H_
#define ROOKERY_GUI_SCENE_HAND_H_

#include <array>
#include <optional>

#include "core/scene.h"
#include "gui/scene_marks.h"

namespace rookery::gui {

// Direction of what pixel (x, y) shows, world, as long as one step of depth.
Vec3 RayAt(const Camera& camera, double x, double y);
// The camera as OpenGL's matrices, column by column.
std::array<float, 16> ViewMatrix(const Camera& camera);
std::array<float, 16> ProjectionMatrix(const Camera& camera);
std::array<float, 16> PoseMatrix(const Pose& pose);
Pose PoseOfMatrix(const std::array<float, 16>& matrix);

const SceneBody* FindBody(const Scene& scene, int id);

// A pull moves in a plane parallel to the picture, through where the body was taken.
class SceneHand {
 public:
  void Take(const SceneBody& body, const Vec3& point, const Camera& camera);
  void Let() { pull_.reset(); }
  // The pixel under the mouse, now.
  void MoveTo(const Camera& camera, double x, double y);
  const std::optional<ScenePull>& pull() const { return pull_; }
  void Draw(const Scene& scene, SceneMarks* marks) const;

 private:
  std::optional<ScenePull> pull_;
  Vec3 normal_, point_;  // of the plane
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SCENE_HAND_H_
