// Simple bodies and a camera, to draw the control tasks: motion is in the plane of x (right) and
// z (up), seen along y.
#ifndef ROOKERY_ENVS_CONTROL_SHAPES_H_
#define ROOKERY_ENVS_CONTROL_SHAPES_H_

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/scene.h"
#include "renderers/mesh.h"

namespace rookery::shapes {

using Color = std::array<float, 3>;  // linear
inline constexpr Color kWall = {1.0f, 1.0f, 1.0f}, kFloor = {0.84f, 0.86f, 0.88f},
                       kRail = {0.30f, 0.33f, 0.37f}, kDark = {0.13f, 0.16f, 0.21f},
                       kWood = {0.86f, 0.60f, 0.34f}, kBlue = {0.24f, 0.46f, 0.78f},
                       kRed = {0.85f, 0.30f, 0.27f}, kTeal = {0.10f, 0.62f, 0.62f},
                       kYellow = {0.95f, 0.78f, 0.22f}, kGreen = {0.30f, 0.62f, 0.36f};

// Appends a body with the next free id. References into scene->bodies end with the next call.
SceneBody& AddBody(Scene* scene, const std::string& name, const Pose& X_WB = {});
void AddShape(SceneBody* body, MeshPtr mesh, const Pose& X_BV, const Color& color);

// Turned about y by `angle`, from z (up) towards x (right): clockwise as the camera sees it.
Pose InPlane(double x, double z, double angle);
// Rotation that lays the axis z of a cylinder along y.
Quat AlongY();

// The area between a curve of (x, z) points, x rising, and z = `bottom`, `depth` deep about y = 0.
MeshPtr GroundMesh(const std::vector<std::pair<double, double>>& curve, double bottom,
                   double depth);

// Body 0: a floor at height z and a wall `behind` m behind the plane of motion, as wide as any
// view.
void AddRoom(Scene* scene, double z, double behind);

// A camera that looks from `eye` at `target`, z upwards in its picture, and light over its
// shoulder. `view` is the opening angle from top to bottom, rad.
void AddCamera(Scene* scene, const Vec3& eye, const Vec3& target, double view, int width = 640,
               int height = 480);

}  // namespace rookery::shapes

#endif  // ROOKERY_ENVS_CONTROL_SHAPES_H_
