#include "envs/car_racing/car.h"

#include <box2d/box2d.h>

#include <algorithm>
#include <cmath>

#include "core/run_folder.h"

namespace rookery::car_racing {
namespace {

[[maybe_unused]] const bool kVersion = RegisterEngineVersion(
    "box2d", std::to_string(b2_version.major) + "." + std::to_string(b2_version.minor) + "." +
                 std::to_string(b2_version.revision));

constexpr double kEnginePower = 100000000 * kSize * kSize;
constexpr double kWheelInertia = 4000 * kSize * kSize;
constexpr double kFrictionLimit = 1000000 * kSize * kSize;  // N, on the road
constexpr double kGrassFriction = kFrictionLimit * 0.6;
constexpr double kSlipStiffness = 205000;  // N s/m, times kSize twice
constexpr double kBrakeForce = 15;         // rad/s per step
constexpr double kBlockingBrake = 0.9;
constexpr float kSteeringLimit = 0.4f;  // rad
constexpr float kWheelDensity = 0.1f, kHullDensity = 1.0f;
constexpr int kVelocityIterations = 6 * 30, kPositionIterations = 2 * 30;
constexpr double kWheelPlaces[kWheels][2] = {{-55, 80}, {55, 80}, {-55, -82}, {55, -82}};
constexpr size_t kUsualTiles = 512, kUsualTouches = 128;

constexpr Corner C(double x, double y) { return {x * kSize, y * kSize}; }
constexpr Corner kFront[] = {C(-60, 130), C(60, 130), C(60, 110), C(-60, 110)};
constexpr Corner kNose[] = {C(-15, 120), C(15, 120), C(20, 20), C(-20, 20)};
constexpr Corner kBody[] = {C(25, 20),   C(50, -10),  C(50, -40),  C(20, -90),
                            C(-20, -90), C(-50, -40), C(-50, -10), C(-25, 20)};
constexpr Corner kRear[] = {C(-50, -120), C(50, -120), C(50, -90), C(-50, -90)};
constexpr Corner kWheel[] = {
    {-kWheelHalfWidth, kWheelRadius},
    {kWheelHalfWidth, kWheelRadius},
    {kWheelHalfWidth, -kWheelRadius},
    {-kWheelHalfWidth, -kWheelRadius},
};
constexpr std::span<const Corner> kHull[] = {kFront, kNose, kBody, kRear};

double Sign(double value) { return (value > 0) - (value < 0); }

b2PolygonShape Shape(std::span<const Corner> corners) {
  b2Vec2 points[b2_maxPolygonVertices];
  for (size_t i = 0; i < corners.size(); ++i) {
    points[i].Set(static_cast<float>(corners[i].x), static_cast<float>(corners[i].y));
  }
  b2PolygonShape shape;
  shape.Set(points, static_cast<int32>(corners.size()));
  return shape;
}

// Box2D 2.4 brakes a joint before it reaches its stop; up to 2.3 a stop acted from the step after
// the one that passed it, and so a front wheel came to rest up to two degrees beyond. As then: only
// a stop that was passed is there.
int8_t PassedStop(float angle) {
  return static_cast<int8_t>((angle >= kSteeringLimit) - (angle <= -kSteeringLimit));
}
void SetStop(int8_t stop, b2RevoluteJoint* joint) {
  constexpr float kNever = 1e6f;
  joint->SetLimits(stop < 0 ? -kSteeringLimit : -kNever, stop > 0 ? kSteeringLimit : kNever);
}

// Reaches the impulses that a joint's solver starts from; never constructed.
struct Impulses : b2RevoluteJoint {
  static void Read(const b2RevoluteJoint& joint, WheelState* wheel) {
    const b2Vec2& impulse = joint.*&Impulses::m_impulse;
    wheel->impulse_x = impulse.x;
    wheel->impulse_y = impulse.y;
    wheel->motor_impulse = joint.*&Impulses::m_motorImpulse;
    wheel->lower_impulse = joint.*&Impulses::m_lowerImpulse;
    wheel->upper_impulse = joint.*&Impulses::m_upperImpulse;
  }
  static void Write(const WheelState& wheel, b2RevoluteJoint* joint) {
    SetStop(wheel.stop, joint);  // before, since it clears those of the stops
    (joint->*&Impulses::m_impulse).Set(wheel.impulse_x, wheel.impulse_y);
    joint->*& Impulses::m_motorImpulse = wheel.motor_impulse;
    joint->*& Impulses::m_lowerImpulse = wheel.lower_impulse;
    joint->*& Impulses::m_upperImpulse = wheel.upper_impulse;
  }
};

void ReadBody(const b2Body& body, BodyState* state) {
  *state = {.x = body.GetPosition().x,
            .y = body.GetPosition().y,
            .angle = body.GetAngle(),
            .vx = body.GetLinearVelocity().x,
            .vy = body.GetLinearVelocity().y,
            .turn_rate = body.GetAngularVelocity()};
}

// Position and angle alone: Box2D's centre of mass then follows from them, whatever it was.
void WriteBody(const BodyState& state, b2Body* body) {
  body->SetTransform({state.x, state.y}, state.angle);
  body->SetLinearVelocity({state.vx, state.vy});
  body->SetAngularVelocity(state.turn_rate);
}

}  // namespace

std::span<const std::span<const Corner>> HullPolygons() { return kHull; }

// The bodies have masses and no fixtures: nothing collides, and which tiles are touched we ask of
// Box2D's overlap test ourselves. That leaves no contacts with a history that a snapshot would
// miss.
struct Car::World {
  struct Tile {
    b2PolygonShape shape;
    b2AABB box;
  };

  b2World world{b2Vec2(0, 0)};
  b2Body* hull = nullptr;
  std::array<b2Body*, kWheels> wheels = {};
  std::array<b2RevoluteJoint*, kWheels> joints = {};
  std::vector<b2PolygonShape> hull_shapes;
  b2PolygonShape wheel_shape = Shape(kWheel);
  std::vector<Tile> tiles;

  World() {
    world.SetAllowSleeping(false);  // Car::Step does it, in the open
    world.SetContinuousPhysics(false);
    // The first step of a world drops the joints' impulses; let it be this one.
    world.Step(static_cast<float>(kStepTime), 1, 1);
    tiles.reserve(kUsualTiles);
    for (const auto& polygon : kHull) hull_shapes.push_back(Shape(polygon));
    hull = MakeBody(hull_shapes, kHullDensity);
    for (size_t i = 0; i < kWheels; ++i) {
      wheels[i] = MakeBody({&wheel_shape, 1}, kWheelDensity);
      b2RevoluteJointDef def;
      def.bodyA = hull;
      def.bodyB = wheels[i];
      def.localAnchorA.Set(static_cast<float>(kWheelPlaces[i][0] * kSize),
                           static_cast<float>(kWheelPlaces[i][1] * kSize));
      def.localAnchorB.Set(0, 0);
      def.enableMotor = true;
      def.enableLimit = true;
      def.maxMotorTorque = static_cast<float>(180 * 900 * kSize * kSize);
      def.lowerAngle = -kSteeringLimit;
      def.upperAngle = kSteeringLimit;
      joints[i] = static_cast<b2RevoluteJoint*>(world.CreateJoint(&def));
    }
  }

  b2Body* MakeBody(std::span<const b2PolygonShape> shapes, float density) {
    b2BodyDef def;
    def.type = b2_dynamicBody;
    b2Body* const body = world.CreateBody(&def);
    for (const b2PolygonShape& shape : shapes) body->CreateFixture(&shape, density);
    b2MassData mass;
    body->GetMassData(&mass);
    while (body->GetFixtureList() != nullptr) body->DestroyFixture(body->GetFixtureList());
    body->SetMassData(&mass);
    return body;
  }
};

Car::Car() : world_(std::make_unique<World>()) { touches_.reserve(kUsualTouches); }
Car::~Car() = default;

double Car::mass_kg() const { return world_->hull->GetMass(); }

void Car::SetRoad(const Track& track) {
  std::vector<World::Tile>& tiles = world_->tiles;
  tiles.resize(track.size());
  for (size_t i = 0; i < track.size(); ++i) {
    const TrackPoint &to = track[i], &from = track[(i + track.size() - 1) % track.size()];
    const auto side = [](const TrackPoint& point, double offset) -> b2Vec2 {
      return {static_cast<float>(point.x + offset * point.cos_beta),
              static_cast<float>(point.y + offset * point.sin_beta)};
    };
    const b2Vec2 corners[] = {side(to, -kTrackHalfWidth), side(to, kTrackHalfWidth),
                              side(from, kTrackHalfWidth), side(from, -kTrackHalfWidth)};
    tiles[i].shape.Set(corners, 4);
    tiles[i].shape.ComputeAABB(&tiles[i].box, b2Transform({0, 0}, b2Rot(0)), 0);
  }
}

void Car::Place(double x, double y, double angle) {
  state_ = CarState();
  state_.hull = {
      .x = static_cast<float>(x), .y = static_cast<float>(y), .angle = static_cast<float>(angle)};
  for (size_t i = 0; i < kWheels; ++i) {
    state_.wheels[i].body = {.x = static_cast<float>(x + kWheelPlaces[i][0] * kSize),
                             .y = static_cast<float>(y + kWheelPlaces[i][1] * kSize),
                             .angle = static_cast<float>(angle)};
  }
  touches_.clear();
  WriteWorld();
}

void Car::SetState(const CarState& state) {
  state_ = state;
  touches_.clear();
  WriteWorld();
}

void Car::WriteWorld() {
  WriteBody(state_.hull, world_->hull);
  for (size_t i = 0; i < kWheels; ++i) {
    WriteBody(state_.wheels[i].body, world_->wheels[i]);
    Impulses::Write(state_.wheels[i], world_->joints[i]);
  }
}

void Car::ReadWorld() {
  ReadBody(*world_->hull, &state_.hull);
  for (size_t i = 0; i < kWheels; ++i) {
    ReadBody(*world_->wheels[i], &state_.wheels[i].body);
    Impulses::Read(*world_->joints[i], &state_.wheels[i]);
  }
}

double Car::steering_angle() const {
  return static_cast<double>(state_.wheels[0].body.angle - state_.hull.angle);
}

void Car::Steer(double target) {
  state_.wheels[0].steer = target;
  state_.wheels[1].steer = target;
}

void Car::Gas(double gas) {
  gas = std::clamp(gas, 0.0, 1.0);
  for (size_t i : {size_t{2}, size_t{3}}) {
    state_.wheels[i].gas += std::min(gas - state_.wheels[i].gas, 0.1);
  }
}

void Car::Brake(double brake) {
  for (WheelState& wheel : state_.wheels) wheel.brake = brake;
}

void Car::FindTouches() {
  touches_.clear();
  const b2Transform hull = world_->hull->GetTransform();
  std::array<b2AABB, kWheels> wheel_boxes;
  b2AABB box;
  world_->hull_shapes[0].ComputeAABB(&box, hull, 0);
  for (const b2PolygonShape& shape : world_->hull_shapes) {
    b2AABB part;
    shape.ComputeAABB(&part, hull, 0);
    box.Combine(part);
  }
  const b2AABB hull_box = box;
  for (size_t i = 0; i < kWheels; ++i) {
    world_->wheel_shape.ComputeAABB(&wheel_boxes[i], world_->wheels[i]->GetTransform(), 0);
    box.Combine(wheel_boxes[i]);
  }
  const b2Transform fixed({0, 0}, b2Rot(0));
  for (size_t t = 0; t < world_->tiles.size(); ++t) {
    const World::Tile& tile = world_->tiles[t];
    if (!b2TestOverlap(tile.box, box)) continue;
    const int number = static_cast<int>(t);
    for (size_t i = 0; i < kWheels; ++i) {
      if (b2TestOverlap(tile.box, wheel_boxes[i]) &&
          b2TestOverlap(&tile.shape, 0, &world_->wheel_shape, 0, fixed,
                        world_->wheels[i]->GetTransform())) {
        touches_.push_back({number, static_cast<int>(i)});
      }
    }
    if (!b2TestOverlap(tile.box, hull_box)) continue;
    for (const b2PolygonShape& shape : world_->hull_shapes) {
      if (b2TestOverlap(&tile.shape, 0, &shape, 0, fixed, hull)) {
        touches_.push_back({number, -1});
        break;
      }
    }
  }
}

// Steering motor, engine, brake and the friction that they meet, of one wheel.
void Car::Drive(size_t index) {
  WheelState& wheel = state_.wheels[index];
  b2Body& body = *world_->wheels[index];
  b2RevoluteJoint& joint = *world_->joints[index];
  const double error = wheel.steer - static_cast<double>(joint.GetJointAngle());
  joint.SetMotorSpeed(static_cast<float>(Sign(error) * std::min(50.0 * std::abs(error), 3.0)));

  wheel.stop = PassedStop(joint.GetJointAngle());
  SetStop(wheel.stop, &joint);

  const double limit = wheel.on_road ? kFrictionLimit : kGrassFriction;
  const b2Vec2 ahead = body.GetWorldVector({0, 1}), side = body.GetWorldVector({1, 0});
  const double ahead_x = ahead.x, ahead_y = ahead.y, side_x = side.x, side_y = side.y;
  const double vx = body.GetLinearVelocity().x, vy = body.GetLinearVelocity().y;
  const double ahead_speed = ahead_x * vx + ahead_y * vy;
  const double side_speed = side_x * vx + side_y * vy;

  // Power = torque times omega; 5 rad/s more, so that it can start.
  wheel.omega +=
      kStepTime * kEnginePower * wheel.gas / kWheelInertia / (std::abs(wheel.omega) + 5.0);
  if (wheel.brake >= kBlockingBrake) {
    wheel.omega = 0;
  } else if (wheel.brake > 0) {
    const double direction = -Sign(wheel.omega);
    wheel.omega += direction * std::min(kBrakeForce * wheel.brake, std::abs(wheel.omega));
  }
  wheel.phase += wheel.omega * kStepTime;

  double ahead_force = -ahead_speed + wheel.omega * kWheelRadius;
  double side_force = -side_speed;
  ahead_force *= kSlipStiffness * kSize * kSize;
  side_force *= kSlipStiffness * kSize * kSize;
  const double force = std::sqrt(ahead_force * ahead_force + side_force * side_force);
  Skid(&wheel, force > 2.0 * limit);
  if (force > limit) {
    ahead_force = ahead_force / force * limit;
    side_force = side_force / force * limit;
  }
  wheel.omega -= kStepTime * ahead_force * kWheelRadius / kWheelInertia;
  body.ApplyForceToCenter({static_cast<float>(side_force * side_x + ahead_force * ahead_x),
                           static_cast<float>(side_force * side_y + ahead_force * ahead_y)},
                          true);
}

void Car::Skid(WheelState* wheel, bool slides) {
  if (!slides) {
    wheel->may_skid = false;
    wheel->mark = -1;
    return;
  }
  const float x = wheel->body.x, y = wheel->body.y;
  const auto slot = [](int64_t mark) { return static_cast<size_t>(mark) % CarState::kMostMarks; };
  // Marks are overwritten after 30 others.
  const auto most = static_cast<int64_t>(CarState::kMostMarks);
  if (wheel->mark >= 0 && wheel->mark + most > state_.mark_count) {
    SkidMark& mark = state_.marks[slot(wheel->mark)];
    if (mark.on_grass == !wheel->on_road && mark.count < SkidMark::kMostPoints) {
      mark.points[mark.count++] = {x, y};
      return;
    }
  }
  if (!wheel->may_skid) {
    wheel->may_skid = true;
    wheel->skid_x = x;
    wheel->skid_y = y;
    return;
  }
  wheel->mark = state_.mark_count++;
  SkidMark& mark = state_.marks[slot(wheel->mark)];
  mark.on_grass = !wheel->on_road;
  mark.count = 2;
  mark.points[0] = {wheel->skid_x, wheel->skid_y};
  mark.points[1] = {x, y};
  wheel->may_skid = false;
}

void Car::Step() {
  for (size_t i = 0; i < kWheels; ++i) Drive(i);
  // Box2D finds contacts before it moves the bodies.
  FindTouches();
  for (WheelState& wheel : state_.wheels) wheel.on_road = wheel.on_start = false;
  for (const Touch& touch : touches_) {
    if (touch.wheel < 0) continue;
    WheelState& wheel = state_.wheels[static_cast<size_t>(touch.wheel)];
    wheel.on_road = true;
    wheel.on_start = wheel.on_start || touch.tile == 0;
  }
  world_->world.Step(static_cast<float>(kStepTime), kVelocityIterations, kPositionIterations);
  ReadWorld();

  // As Box2D puts bodies to sleep; the forces of the next step wake them.
  const auto quiet = [](const BodyState& body) {
    const float most = b2_linearSleepTolerance, turn = b2_angularSleepTolerance;
    return body.turn_rate * body.turn_rate <= turn * turn &&
           body.vx * body.vx + body.vy * body.vy <= most * most;
  };
  const bool all_quiet =
      quiet(state_.hull) && std::all_of(state_.wheels.begin(), state_.wheels.end(),
                                        [&](const WheelState& wheel) { return quiet(wheel.body); });
  state_.quiet_s = all_quiet ? state_.quiet_s + static_cast<float>(kStepTime) : 0;
  if (state_.quiet_s >= b2_timeToSleep) {
    state_.quiet_s = 0;
    const auto stop = [](BodyState* body) { body->vx = body->vy = body->turn_rate = 0; };
    stop(&state_.hull);
    for (WheelState& wheel : state_.wheels) stop(&wheel.body);
  }
  WriteWorld();
}

namespace {

template <typename Field>
void EachField(BodyState* body, Field&& field) {
  for (float* value : {&body->x, &body->y, &body->angle, &body->vx, &body->vy, &body->turn_rate}) {
    field(value);
  }
}

// Every field of a state but the marks, always in the same order.
template <typename Field>
void EachField(CarState* state, Field&& field) {
  EachField(&state->hull, field);
  for (WheelState& wheel : state->wheels) {
    EachField(&wheel.body, field);
    for (double* value : {&wheel.gas, &wheel.brake, &wheel.steer, &wheel.phase, &wheel.omega}) {
      field(value);
    }
    for (bool* value : {&wheel.on_road, &wheel.on_start, &wheel.may_skid}) field(value);
    for (float* value :
         {&wheel.impulse_x, &wheel.impulse_y, &wheel.motor_impulse, &wheel.lower_impulse,
          &wheel.upper_impulse, &wheel.skid_x, &wheel.skid_y}) {
      field(value);
    }
    field(&wheel.stop);
    field(&wheel.mark);
  }
  field(&state->quiet_s);
  field(&state->mark_count);
}

size_t MarksKept(const CarState& state) {
  return static_cast<size_t>(
      std::clamp<int64_t>(state.mark_count, 0, static_cast<int64_t>(CarState::kMostMarks)));
}

}  // namespace

void CarState::Save(ByteWriter* out) const {
  CarState copy = *this;
  EachField(&copy, [&](const auto* value) { out->Put(*value); });
  for (size_t i = 0; i < MarksKept(*this); ++i) {
    out->Put(marks[i].on_grass);
    out->Put(marks[i].count);
    for (size_t k = 0; k < marks[i].count; ++k) {
      out->Put(marks[i].points[k][0]);
      out->Put(marks[i].points[k][1]);
    }
  }
}

void CarState::Load(ByteReader* in) {
  *this = CarState();
  EachField(this,
            [&](auto* value) { *value = in->Get<std::remove_reference_t<decltype(*value)>>(); });
  for (size_t i = 0; i < MarksKept(*this); ++i) {
    marks[i].on_grass = in->Get<bool>();
    marks[i].count = in->Get<uint32_t>();
    if (marks[i].count > SkidMark::kMostPoints) {
      throw UserError("snapshot is damaged: a skid mark of " + std::to_string(marks[i].count) +
                      " points");
    }
    for (size_t k = 0; k < marks[i].count; ++k) {
      marks[i].points[k][0] = in->Get<float>();
      marks[i].points[k][1] = in->Get<float>();
    }
  }
}

}  // namespace rookery::car_racing
