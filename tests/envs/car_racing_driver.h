// Drives CarRacing around its track, looking at a car of its own that does the same.
#ifndef ROOKERY_TESTS_ENVS_CAR_RACING_DRIVER_H_
#define ROOKERY_TESTS_ENVS_CAR_RACING_DRIVER_H_

#include <algorithm>
#include <array>
#include <cmath>

#include "core/pose.h"
#include "envs/car_racing/car.h"
#include "envs/car_racing/track.h"

namespace rookery::testing {

class CarRacingDriver {
 public:
  explicit CarRacingDriver(uint64_t seed) {
    Rng rng(seed);
    car_racing::TrackMaker().Make(&rng, &track_);
    car_.SetRoad(track_);
    car_.Place(track_[0].x, track_[0].y, track_[0].beta);
    car_.Step();
  }

  size_t tiles() const { return track_.size(); }

  // Steering, gas and brake of the next step.
  std::array<float, 3> Next() {
    const car_racing::BodyState& hull = car_.state().hull;
    const auto x = static_cast<double>(hull.x), y = static_cast<double>(hull.y);
    const double speed = std::hypot(static_cast<double>(hull.vx), static_cast<double>(hull.vy));
    for (int i = 0; i < 20 && Distance(at_ + 1, x, y) < Distance(at_, x, y); ++i) ++at_;
    // Towards a point ahead, farther at speed.
    const auto ahead = static_cast<size_t>(2 + 0.3 * speed / car_racing::kTrackStep);
    const car_racing::TrackPoint& goal = Point(at_ + ahead);
    const double bearing = std::atan2(x - goal.x, goal.y - y) - static_cast<double>(hull.angle);
    const double steering = std::clamp(-2 * std::remainder(bearing, 2 * kPi), -1.0, 1.0);
    // As fast as the turns ahead allow, and braking on the way there.
    constexpr double kTopSpeed = 60, kGrip = 120, kBraking = 60;  // m/s, m/s^2
    double allowed = kTopSpeed;
    for (size_t i = 0; i < 14; ++i) {
      const double turn =
          std::abs(std::remainder(Point(at_ + i + 1).beta - Point(at_ + i).beta, 2 * kPi));
      const double radius = car_racing::kTrackStep / std::max(turn, 1e-3);
      const double before = 2 * kBraking * car_racing::kTrackStep * static_cast<double>(i);
      allowed = std::min(allowed, std::sqrt(kGrip * radius + before));
    }
    double gas = std::clamp(0.15 * (allowed - speed), 0.0, 1.0);
    if (std::abs(steering) > 0.25) gas *= 0.2;  // or the rear wheels slide
    const double brake = speed > allowed + 2 ? std::min(0.5, 0.05 * (speed - allowed)) : 0;
    const std::array<float, 3> action = {static_cast<float>(steering), static_cast<float>(gas),
                                         static_cast<float>(brake)};
    car_.Steer(-static_cast<double>(action[0]));
    car_.Gas(static_cast<double>(action[1]));
    car_.Brake(static_cast<double>(action[2]));
    car_.Step();
    return action;
  }

 private:
  const car_racing::TrackPoint& Point(size_t i) const { return track_[i % track_.size()]; }
  double Distance(size_t i, double x, double y) const {
    return std::hypot(Point(i).x - x, Point(i).y - y);
  }

  car_racing::Track track_;
  car_racing::Car car_;
  size_t at_ = 0;  // the nearest point, counted on
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_ENVS_CAR_RACING_DRIVER_H_
