// The block-insertion scene of the Ravens benchmark for tests and timings of the renderer: ground,
// workspace plate, UR5 of plain cylinders and capsules at its home joints, suction gripper,
// L-shaped block and its fixture.
#ifndef ROOKERY_TESTS_RENDERERS_BLOCK_INSERTION_SCENE_H_
#define ROOKERY_TESTS_RENDERERS_BLOCK_INSERTION_SCENE_H_

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/scene.h"
#include "renderers/mesh.h"

namespace rookery::testing {

using Color = std::array<float, 3>;
inline constexpr Color kLightGrey = {0.8f, 0.8f, 0.8f}, kDarkGrey = {0.2f, 0.2f, 0.2f};

inline Visual MakeVisual(MeshPtr mesh, const Pose& X_BV, const Color& rgb) {
  Visual visual;
  visual.mesh = std::move(mesh);
  visual.X_BV = X_BV;
  visual.material.rgb = rgb;
  return visual;
}

// The three cameras of the tasks: 640 x 480, f = 450 px.
inline std::vector<Camera> TaskCameras() {
  struct Place {
    const char* name;
    Vec3 position;
    double roll, pitch, yaw;
  };
  const std::array<Place, 3> places = {{{"front", {1, 0, 0.75}, kPi / 4, kPi, -kPi / 2},
                                        {"left", {0, 0.5, 0.75}, kPi / 4.5, kPi, kPi / 4},
                                        {"right", {0, -0.5, 0.75}, kPi / 4.5, kPi, 3 * kPi / 4}}};
  std::vector<Camera> cameras;
  for (const Place& place : places) {
    Camera camera;
    camera.name = place.name;
    camera.X_WC = {place.position, QuatFromRpy(place.roll, place.pitch, place.yaw)};
    cameras.push_back(camera);
  }
  return cameras;
}

// Nearly orthographic, from 1000 m above; everything above z = 0.3 m is before its near plane.
inline Camera OracleCamera() {
  Camera camera;
  camera.name = "oracle";
  camera.fx = camera.fy = 63e4;
  camera.near_m = 999.7;
  camera.far_m = 1001;
  camera.X_WC = {{0.5, 0, 1000}, QuatFromRpy(0, kPi, -kPi / 2)};
  return camera;
}

inline SceneBody GroundBody(int id) {
  SceneBody ground;
  ground.id = id;
  ground.name = "ground";
  ground.X_WB = Pose(Vec3(0, 0, -0.001));
  ground.visuals.push_back(MakeVisual(PlaneMesh(200, 200), {}, {1, 1, 1}));
  ground.visuals[0].material.checker_tile_m = 2;
  ground.visuals[0].material.checker_rgb = {0.25f, 0.4f, 0.9f};
  ground.visuals[0].material.casts_shadow = false;
  return ground;
}

inline SceneBody PlateBody(int id) {
  SceneBody plate;
  plate.id = id;
  plate.name = "workspace";
  plate.X_WB = Pose(Vec3(0.5, 0, 0));
  plate.visuals.push_back(MakeVisual(PlaneMesh(0.501, 0.999), {}, kDarkGrey));
  plate.visuals[0].material.casts_shadow = false;
  return plate;
}

// A round link along z of its frame, from z0 to z1.
inline Visual Link(bool capsule, double radius, double z0, double z1, const Pose& frame,
                   const Color& rgb) {
  MeshPtr mesh = capsule ? CapsuleMesh(radius, z1 - z0) : CylinderMesh(radius, z1 - z0);
  return MakeVisual(std::move(mesh), frame * Pose(Vec3(0, 0, (z0 + z1) / 2)), rgb);
}

inline void AddRobot(int first_id, const std::array<double, 6>& joints, Scene* scene) {
  SceneBody arm, base, head;
  arm.id = first_id;
  arm.name = "arm";
  base.id = first_id + 1;
  base.name = "gripper base";
  head.id = first_id + 2;
  head.name = "gripper head";
  const Pose along_y({0, 0, 0}, QuatFromRpy(-kPi / 2, 0, 0));
  const auto joint = [](const Vec3& p, double pitch, const Vec3& axis, double angle) {
    return Pose(p, QuatFromRpy(0, pitch, 0)) * Pose(Vec3(), AxisAngle(axis, angle));
  };
  const Vec3 y(0, 1, 0), z(0, 0, 1);
  Pose X({0, 0, 0}, QuatFromRpy(0, 0, kPi));
  arm.visuals.push_back(Link(false, 0.075, 0, 0.05, X, kLightGrey));
  X = X * joint({0, 0, 0.089159}, 0, z, joints[0]);
  arm.visuals.push_back(Link(false, 0.06, -0.06, 0.06, X, kDarkGrey));
  arm.visuals.push_back(Link(false, 0.055, 0, 0.13, X * along_y, kDarkGrey));
  X = X * joint({0, 0.13585, 0}, kPi / 2, y, joints[1]);
  arm.visuals.push_back(Link(true, 0.055, 0, 0.425, X, kLightGrey));
  X = X * joint({0, -0.1197, 0.425}, 0, y, joints[2]);
  arm.visuals.push_back(Link(false, 0.05, 0, 0.1, X * along_y, kDarkGrey));
  arm.visuals.push_back(Link(true, 0.045, 0, 0.392, X, kLightGrey));
  X = X * joint({0, 0, 0.39225}, kPi / 2, y, joints[3]);
  arm.visuals.push_back(Link(false, 0.038, -0.04, 0.1, X * along_y, kDarkGrey));
  X = X * joint({0, 0.093, 0}, 0, z, joints[4]);
  arm.visuals.push_back(Link(false, 0.038, -0.04, 0.1, X, kLightGrey));
  X = X * joint({0, 0, 0.09465}, 0, y, joints[5]);
  arm.visuals.push_back(Link(false, 0.037, 0.045, 0.0823, X * along_y, kDarkGrey));
  X = X * Pose({0, 0.0823, 0}, QuatFromRpy(-kPi / 2, 0, 0));  // tool
  base.visuals.push_back(Link(false, 0.038, -0.01, 0.026, X, kDarkGrey));
  base.visuals.push_back(
      MakeVisual(BoxMesh({0.026, 0.026, 0.078}), X * Pose(Vec3(0, 0, 0.04)), kDarkGrey));
  head.visuals.push_back(Link(false, 0.005, 0.065, 0.095, X, kDarkGrey));
  head.visuals.push_back(Link(false, 0.010, 0.1085, 0.123, X, {0.18f, 0.506f, 0.773f}));
  for (SceneBody* body : {&arm, &base, &head}) scene->bodies.push_back(std::move(*body));
}

inline SceneBody FixtureBody(int id, const Pose& pose) {
  SceneBody body;
  body.id = id;
  body.name = "fixture";
  body.X_WB = pose;
  const std::array<std::array<double, 4>, 6> walls = {{{0.025, -0.025, 0.1, 0.002},
                                                       {0, 0.075, 0.05, 0.002},
                                                       {0.05, 0.025, 0.05, 0.002},
                                                       {-0.025, 0.025, 0.002, 0.105},
                                                       {0.025, 0.05, 0.002, 0.055},
                                                       {0.075, 0, 0.002, 0.055}}};
  for (const auto& [px, py, sx, sy] : walls) {
    body.visuals.push_back(
        MakeVisual(BoxMesh({sx, sy, 0.04}), Pose(Vec3(px, py, 0)), {0.7294f, 0.6902f, 0.6745f}));
  }
  return body;
}

inline SceneBody EllBody(int id, const Pose& pose) {
  SceneBody body;
  body.id = id;
  body.name = "ell";
  body.X_WB = pose;
  const Color red = {1, 0.3412f, 0.3490f};
  body.visuals.push_back(MakeVisual(BoxMesh({0.08, 0.03, 0.04}), Pose(Vec3(0.025, 0, 0)), red));
  body.visuals.push_back(MakeVisual(BoxMesh({0.03, 0.08, 0.0399}), Pose(Vec3(0, 0.025, 0)), red));
  return body;
}

inline constexpr std::array<double, 6> kHomeJoints = {-kPi,     -kPi / 2, kPi / 2,
                                                      -kPi / 2, -kPi / 2, 0};

inline Scene BlockInsertionScene(const std::array<double, 6>& joints = kHomeJoints) {
  Scene scene;
  scene.bodies.push_back(GroundBody(0));
  scene.bodies.push_back(PlateBody(1));
  AddRobot(2, joints, &scene);
  scene.bodies.push_back(EllBody(5, Pose::FromXyYaw(0.40, 0.22, 0.02, 0.7)));
  scene.bodies.push_back(FixtureBody(6, Pose::FromXyYaw(0.55, -0.18, 0.02, 2.3)));
  scene.cameras = TaskCameras();
  scene.workspace_low = {0.25, -0.5, 0};
  scene.workspace_high = {0.75, 0.5, 0.28};
  return scene;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_RENDERERS_BLOCK_INSERTION_SCENE_H_
