#include "envs/control/cart_scene.h"

#include <cmath>

#include "envs/control/shapes.h"

namespace rookery {
namespace {

constexpr Vec3 kCart{0.56, 0.32, 0.24};  // m
constexpr double kAxle = 0.07;           // m above the cart's middle
constexpr double kWheel = 0.07;          // radius, m
constexpr size_t kCartBody = 2, kPoleBody = 3;

}  // namespace

void BuildCartScene(double reach, double pole, bool hangs, Scene* scene) {
  using namespace shapes;
  const double floor = hangs ? -pole - 0.25 : -kCart.z / 2 - 2 * kWheel - 0.25;
  AddRoom(scene, floor, 1.5);
  SceneBody& track = AddBody(scene, "track");
  const double rail = -kCart.z / 2 - 2 * kWheel;  // top of the rails
  for (const double y : {-0.11, 0.11}) {
    AddShape(&track, BoxMesh({2 * reach + kCart.x, 0.035, 0.04}), Pose({0, y, rail - 0.02}), kRail);
  }
  for (const double x : {-0.75, -0.25, 0.25, 0.75}) {
    const double high = rail - 0.03 - floor;
    AddShape(&track, BoxMesh({0.05, 0.26, high}), Pose({x * reach, 0, floor + high / 2}), kRail);
  }
  // The ends of the track, and its middle.
  for (const double side : {-1.0, 1.0}) {
    AddShape(&track, BoxMesh({0.06, 0.34, 0.24}), Pose({side * (reach + kCart.x / 2), 0, rail}),
             kRed);
  }
  AddShape(&track, BoxMesh({0.03, 0.30, 0.02}), Pose({0, 0, rail - 0.02}), kDark);

  SceneBody& cart = AddBody(scene, "cart");
  AddShape(&cart, BoxMesh(kCart), Pose(), kBlue);
  for (const double x : {-0.17, 0.17}) {
    for (const double y : {-0.13, 0.13}) {
      AddShape(&cart, CylinderMesh(kWheel, 0.04), {{x, y, -kCart.z / 2 - kWheel}, AlongY()}, kDark);
    }
  }
  AddShape(&cart, CylinderMesh(0.03, kCart.y + 0.16), {{0, 0, kAxle}, AlongY()}, kDark);

  // In front of the cart, so that it may hang.
  SceneBody& body = AddBody(scene, "pole");
  const double y = -kCart.y / 2 - 0.05;
  AddShape(&body, BoxMesh({0.09, 0.05, pole}), Pose({0, y, pole / 2}), kWood);
  AddShape(&body, CylinderMesh(0.045, 0.05), {{0, y, pole}, AlongY()}, kWood);
  AddShape(&body, CylinderMesh(0.07, 0.06), {{0, y, 0}, AlongY()}, kYellow);

  const double width = 2 * reach + 0.9;
  const double middle = hangs ? 0.0 : pole / 2 - 0.12;
  AddCamera(scene, {0, -9, middle + 1.1}, {0, 0, middle},
            2 * std::atan(width * 3 / 8 / 9.0 * 1.02));
}

void PlaceCart(double x, double theta, Scene* scene) {
  scene->bodies[kCartBody].X_WB = Pose({x, 0, 0});
  scene->bodies[kPoleBody].X_WB = shapes::InPlane(x, kAxle, theta);
}

}  // namespace rookery
