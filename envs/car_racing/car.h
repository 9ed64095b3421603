// The car of CarRacing on Box2D: a hull and four wheels that slide when pushed too hard.
// Source: gymnasium/envs/box2d/car_dynamics.py. Units: m, rad, s; y is ahead at angle 0.
//
// CarState is all there is to know: every step starts from a world that it determines, so that
// a restored state goes on bit for bit.
#ifndef ROOKERY_ENVS_CAR_RACING_CAR_H_
#define ROOKERY_ENVS_CAR_RACING_CAR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "envs/car_racing/track.h"

namespace rookery::car_racing {

inline constexpr double kSize = 0.02;  // m per unit of the drawing
inline constexpr double kWheelRadius = 27 * kSize, kWheelHalfWidth = 14 * kSize;
inline constexpr size_t kWheels = 4;  // front left, front right, rear left, rear right
inline constexpr double kStepTime = 1.0 / 50;

struct Corner {
  double x = 0, y = 0;  // m, in the frame of the hull
};
// The convex pieces of the hull.
std::span<const std::span<const Corner>> HullPolygons();

struct BodyState {
  float x = 0, y = 0, angle = 0;
  float vx = 0, vy = 0, turn_rate = 0;  // of the centre of mass
};

struct WheelState {
  BodyState body;
  double gas = 0, brake = 0, steer = 0;  // as commanded; gas rises slowly
  double phase = 0, omega = 0;           // rad, rad/s of rolling
  bool on_road = false;                  // touched a tile when the last step began
  bool on_start = false;                 // touched tile 0 then
  // What the joint's solver starts from: at which stop it was (-1, 0, 1), with which impulses.
  int8_t stop = 0;
  float impulse_x = 0, impulse_y = 0, motor_impulse = 0, lower_impulse = 0, upper_impulse = 0;
  // Skid mark in the making: where it may begin, the number of the one that grows.
  bool may_skid = false;
  float skid_x = 0, skid_y = 0;
  int64_t mark = -1;
};

// A trace of rubber or mud; the last 30 are kept, for pictures.
struct SkidMark {
  static constexpr size_t kMostPoints = 30;
  bool on_grass = false;
  uint32_t count = 0;
  std::array<std::array<float, 2>, kMostPoints> points = {};
};

struct CarState {
  static constexpr size_t kMostMarks = 30;
  BodyState hull;
  std::array<WheelState, kWheels> wheels;
  float quiet_s = 0;  // time at rest; after half a second Box2D stops what creeps
  std::array<SkidMark, kMostMarks> marks;  // mark m is at m % kMostMarks
  int64_t mark_count = 0;                  // ever made

  void Save(ByteWriter* out) const;
  void Load(ByteReader* in);
};

class Car {
 public:
  Car();
  ~Car();
  Car(const Car&) = delete;
  Car& operator=(const Car&) = delete;

  // Tiles that wheels can find from now on.
  void SetRoad(const Track& track);
  // At rest at a point of the road. The wheels are put where they would be at angle 0; the joints
  // pull them into place during the first step, as in the original.
  void Place(double x, double y, double angle);

  void Steer(double target);  // rad, of the front wheels; the joints stop at 0.4
  void Gas(double gas);       // clipped to [0, 1]; rises by 0.1 a step at most
  void Brake(double brake);   // 0.9 and more blocks the wheels

  // kStepTime of forces and motion. What was touched when it began is in touches() then.
  void Step();

  // A tile under the hull (wheel -1) or a wheel.
  struct Touch {
    int tile = 0, wheel = 0;
  };
  std::span<const Touch> touches() const { return touches_; }

  const CarState& state() const { return state_; }
  void SetState(const CarState& state);
  double steering_angle() const;  // rad, of the left front wheel against the hull
  double mass_kg() const;         // of the hull

 private:
  struct World;

  void FindTouches();
  void Drive(size_t wheel);
  void Skid(WheelState* wheel, bool slides);
  void WriteWorld();
  void ReadWorld();

  CarState state_;
  std::vector<Touch> touches_;
  std::unique_ptr<World> world_;
};

}  // namespace rookery::car_racing

#endif  // ROOKERY_ENVS_CAR_RACING_CAR_H_
