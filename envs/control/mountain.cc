#include "envs/control/mountain.h"

#include <cmath>
#include <utility>

#include "envs/control/shapes.h"

namespace rookery {
namespace {

constexpr double kScale = 2;        // of the drawing
constexpr double kRoadDepth = 0.7;  // m
constexpr double kWheel = 0.055;    // radius, m
constexpr size_t kCarBody = 2;

double Height(double x) { return std::sin(3 * x) * 0.45 + 0.55; }
double Slope(double x) { return 1.35 * std::cos(3 * x); }

EnvSpec WithObservation(EnvSpec spec) {
  spec.observation.Add(StateSpec(DType::kFloat32, {"position", "velocity"},
                                 {kValleyLow, -kMaxCarSpeed}, {kValleyHigh, kMaxCarSpeed},
                                 "place along the road, and its change per step"));
  spec.control_hz = kValleyHz;
  return spec;
}

}  // namespace

ValleyCar::ValleyCar(EnvSpec spec, const MountainCarConfig& config, double goal)
    : ControlEnv(WithObservation(std::move(spec))),
      goal_(goal),
      goal_velocity_(config.goal_velocity) {}

void ValleyCar::Show(StepResult* out) const {
  WriteState({position_, velocity_}, DType::kFloat32, out);
}

void ValleyCar::DoReset(const ArrayMap& options, StepResult* out) {
  const Bounds bounds = BoundsOptions(options, {kValleyStartLow, kValleyStartHigh});
  position_ = rng().Uniform(bounds.low, bounds.high);
  velocity_ = 0;
  Show(out);
}

void ValleyCar::DoSave(ByteWriter* out, bool /*with_random*/) const {
  out->Put(position_);
  out->Put(velocity_);
}

void ValleyCar::DoLoad(ByteReader* in) {
  const auto position = in->Get<double>(), velocity = in->Get<double>();
  position_ = position, velocity_ = velocity;
}

void ValleyCar::BuildScene(Scene* scene) {
  using namespace shapes;
  AddRoom(scene, 0, 2.5);
  SceneBody& valley = AddBody(scene, "valley");
  std::vector<std::pair<double, double>> curve;
  constexpr int kPoints = 90;
  for (int i = 0; i <= kPoints; ++i) {
    const double x = kValleyLow - 0.1 + (kValleyHigh - kValleyLow + 0.2) * i / kPoints;
    curve.emplace_back(kScale * x, kScale * Height(x));
  }
  AddShape(&valley, GroundMesh(curve, 0, kRoadDepth), Pose(), kGreen);
  const double x = kScale * goal_, z = kScale * Height(goal_);
  const double pole = kRoadDepth / 2 - 0.1;
  AddShape(&valley, CylinderMesh(0.02, 0.6, 12), Pose({x, pole, z + 0.3}), kDark);
  AddShape(&valley, BoxMesh({0.26, 0.01, 0.16}), Pose({x + 0.13, pole, z + 0.52}), kYellow);

  SceneBody& car = AddBody(scene, "car");
  AddShape(&car, BoxMesh({0.34, 0.22, 0.09}), Pose({0, 0, 2 * kWheel + 0.02}), kBlue);
  AddShape(&car, BoxMesh({0.18, 0.19, 0.08}), Pose({-0.02, 0, 2 * kWheel + 0.10}), kDark);
  for (const double along : {-0.11, 0.11}) {
    for (const double across : {-0.11, 0.11}) {
      AddShape(&car, CylinderMesh(kWheel, 0.05, 20), {{along, across, kWheel}, AlongY()}, kRail);
    }
  }
  const double middle = kScale * (kValleyLow + kValleyHigh) / 2;
  AddCamera(scene, {middle, -7, 2.4}, {middle, 0, 1.15}, 0.46);
}

void ValleyCar::PlaceBodies(Scene* scene) {
  scene->bodies[kCarBody].X_WB =
      shapes::InPlane(kScale * position_, kScale * Height(position_), -std::atan(Slope(position_)));
}

}  // namespace rookery
