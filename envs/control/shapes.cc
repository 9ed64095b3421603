#include "envs/control/shapes.h"

#include <cmath>

#include "renderers/mesh_builder.h"

namespace rookery::shapes {

SceneBody& AddBody(Scene* scene, const std::string& name, const Pose& X_WB) {
  SceneBody body;
  body.id = static_cast<int>(scene->bodies.size());
  body.name = name;
  body.X_WB = X_WB;
  scene->bodies.push_back(std::move(body));
  return scene->bodies.back();
}

void AddShape(SceneBody* body, MeshPtr mesh, const Pose& X_BV, const Color& color) {
  Visual visual;
  visual.mesh = std::move(mesh);
  visual.X_BV = X_BV;
  visual.material.rgb = color;
  body->visuals.push_back(std::move(visual));
}

Pose InPlane(double x, double z, double angle) { return {{x, 0, z}, AxisAngle({0, 1, 0}, angle)}; }

Quat AlongY() { return AxisAngle({1, 0, 0}, kPi / 2); }

void AddRoom(Scene* scene, double z, double behind) {
  constexpr double kWide = 60, kDeep = 30, kHigh = 40;  // m
  SceneBody& room = AddBody(scene, "room");
  AddShape(&room, PlaneMesh(kWide, kDeep), Pose({0, behind - kDeep / 2, z}), kFloor);
  AddShape(&room, PlaneMesh(kWide, kHigh),
           {{0, behind, z + kHigh / 2}, AxisAngle({1, 0, 0}, kPi / 2)}, kWall);
}

MeshPtr GroundMesh(const std::vector<std::pair<double, double>>& curve, double bottom,
                   double depth) {
  internal::MeshBuilder mesh;
  const double front = -depth / 2, back = depth / 2;
  for (size_t i = 0; i + 1 < curve.size(); ++i) {
    const auto [x0, z0] = curve[i];
    const auto [x1, z1] = curve[i + 1];
    mesh.AddQuad({x0, front, z0}, {x1, front, z1}, {x1, back, z1}, {x0, back, z0},
                 {z0 - z1, 0, x1 - x0});
    mesh.AddQuad({x0, front, bottom}, {x1, front, bottom}, {x1, front, z1}, {x0, front, z0},
                 {0, -1, 0});
  }
  return mesh.Build();
}

void AddCamera(Scene* scene, const Vec3& eye, const Vec3& target, double view, int width,
               int height) {
  // OpenCV's axes: x right, y down, z forward.
  const Vec3 forward = Normalized(target - eye);
  const Vec3 right = Normalized(Cross(forward, {0, 0, 1}));
  const Vec3 down = Cross(forward, right);
  Camera camera;
  camera.name = "overview";
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = height / 2.0 / std::tan(view / 2);
  camera.cx = (width - 1) / 2.0;
  camera.cy = (height - 1) / 2.0;
  camera.near_m = 0.1;
  camera.far_m = 100;
  camera.X_WC = {eye, QuatFromMatrix({right.x, down.x, forward.x, right.y, down.y, forward.y,
                                      right.z, down.z, forward.z})};
  scene->cameras.push_back(camera);
  scene->light.direction = right * -0.4 - forward + Vec3(0, 0, 0.9);
  // The shadow's light stands two metres from the origin: within these scenes.
  scene->light.shadows = false;
}

}  // namespace rookery::shapes
