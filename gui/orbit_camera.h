// A camera that a person turns around a point of the scene, z upwards.
#ifndef ROOKERY_GUI_ORBIT_CAMERA_H_
#define ROOKERY_GUI_ORBIT_CAMERA_H_

#include "core/pose.h"
#include "core/scene.h"

namespace rookery::gui {

// `camera`'s picture as large as it fits into the middle of width x height pixels, which also show
// what lies around it.
Camera FittedCamera(const Camera& camera, int width, int height);

class OrbitCamera {
 public:
  // Drags are in pixels, right and down; the scene follows the hand. `height` is the picture's.
  void Orbit(double right_px, double down_px);
  void Pan(double right_px, double down_px, int height);
  void Zoom(double steps);  // of a wheel; above 0 goes nearer
  // The same, with `point` (m, world) staying where it is in the picture.
  void ZoomAt(double steps, const Vec3& point);
  void Move(const Vec3& by) { target_ += by; }  // m, world

  // From obliquely above, so that all between the corners is seen.
  void Fit(const Vec3& low, const Vec3& high);
  // To the scene's workspace or, without one, to its bodies but for floors.
  void Fit(const Scene& scene);
  // To where `camera` is and looks, but for its roll; the target is on its optical axis, as deep as
  // the middle of the scene.
  void Follow(const Camera& camera, const Scene& scene);

  const Vec3& target() const { return target_; }
  double distance() const { return distance_; }
  Vec3 forward() const;
  Camera ToCamera(int width, int height) const;

 private:
  Vec3 right() const;

  Vec3 target_;
  double yaw_ = 2.55, pitch_ = 0.62;  // of the optical axis; pitch downwards
  double distance_ = 1.5;             // of the eye from the target, m
  double half_view_ = 0.36;           // half of what the shorter side sees, rad
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_ORBIT_CAMERA_H_
