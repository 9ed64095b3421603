// Private to envs/car_racing: the shapes that both pictures are made of, on the canvas.
#ifndef ROOKERY_ENVS_CAR_RACING_SHAPES_H_
#define ROOKERY_ENVS_CAR_RACING_SHAPES_H_

#include <algorithm>
#include <cmath>

#include "envs/car_racing/picture.h"

namespace rookery::car_racing {

// In the order in which they are drawn: field and grass under the road and its borders. The road's
// tiles have three shades in turn.
enum Layer : uint8_t { kField, kGrass, kRoad, kRoad1, kRoad2, kWhite, kRed };
inline constexpr size_t kLayerCount = 7;

inline int Whole(double color) { return static_cast<int>(color); }
// As bytes; the road's second and third shade are a little lighter.
struct Palette {
  std::array<std::array<int, 3>, kLayerCount> of;
  explicit Palette(const Colors& colors, bool round) {
    for (size_t c = 0; c < 3; ++c) {
      of[kField][c] = Whole(colors.field[c]);
      of[kGrass][c] = Whole(colors.grass[c]);
      for (size_t shade = 0; shade < 3; ++shade) {
        const double value = colors.road[c] + 0.01 * static_cast<double>(shade) * 255;
        of[kRoad + shade][c] = Whole(round ? value + 0.5 : value);
      }
      of[kWhite][c] = 255;
      of[kRed][c] = c == 0 ? 255 : 0;
    }
  }
};

// draw(layer, corners) for what may be seen, corners on the canvas. Road and squares grow by
// `outset` canvas pixels to the sides.
template <typename Draw>
void EachGround(const View& view, const Camera& camera, double outset, Draw&& draw) {
  const double reach = camera.reach(), grow = outset / camera.zoom();
  const auto box = [&](Layer layer, double x0, double y0, double x1, double y1) {
    const Point2 corners[] = {camera(x1 + grow, y0 - grow), camera(x0 - grow, y0 - grow),
                              camera(x0 - grow, y1 + grow), camera(x1 + grow, y1 + grow)};
    draw(layer, std::span<const Point2>(corners));
  };
  box(kField, -kPlayfield, -kPlayfield, kPlayfield, kPlayfield);
  const auto first = [&](double at) {
    const int cell = static_cast<int>(std::floor((at - reach) / (2 * kGrassSquare))) * 2;
    return std::max(cell, -20);
  };
  for (int i = first(camera.x()); i < 20 && kGrassSquare * i <= camera.x() + reach; i += 2) {
    for (int k = first(camera.y()); k < 20 && kGrassSquare * k <= camera.y() + reach; k += 2) {
      const double x = kGrassSquare * i, y = kGrassSquare * k;
      box(kGrass, x, y, x + kGrassSquare, y + kGrassSquare);
    }
  }
  const double far = reach + 2 * kTrackHalfWidth;
  const size_t n = view.track.size();
  const double half = kTrackHalfWidth + grow;
  const auto side = [&](const TrackPoint& point, double offset) {
    return camera(point.x + offset * point.cos_beta, point.y + offset * point.sin_beta);
  };
  Point2 left, right;  // of point `known`, which the next tile begins with
  size_t known = n;
  for (size_t i = 0; i < n; ++i) {
    const size_t previous = i == 0 ? n - 1 : i - 1;
    const TrackPoint &to = view.track[i], &from = view.track[previous];
    const double dx = to.x - camera.x(), dy = to.y - camera.y();
    if (dx * dx + dy * dy > far * far) continue;
    const bool have = known == previous;
    const Point2 tile[] = {side(to, -half), side(to, half), have ? right : side(from, half),
                           have ? left : side(from, -half)};
    left = tile[0];
    right = tile[1];
    known = i;
    const auto shade = static_cast<uint8_t>(view.plain[i] != 0 ? 0 : i % 3);
    draw(static_cast<Layer>(kRoad + shade), std::span<const Point2>(tile));
    if (to.border == 0) continue;
    const double inner = half * to.border, outer = (half + kBorderWidth) * to.border;
    const Point2 border[] = {side(to, inner), side(to, outer), side(from, outer),
                             side(from, inner)};
    draw(i % 2 == 0 ? kWhite : kRed, std::span<const Point2>(border));
  }
}

enum CarPart : uint8_t { kTyre = 1, kStripe, kHullPart };

// From the frame of a body to the canvas.
class BodyToCanvas {
 public:
  BodyToCanvas(const BodyState& body, const Camera& camera)
      : camera_(camera),
        x_(static_cast<double>(body.x)),
        y_(static_cast<double>(body.y)),
        cos_(std::cos(static_cast<double>(body.angle))),
        sin_(std::sin(static_cast<double>(body.angle))) {}
  Point2 operator()(double x, double y) const {
    return camera_(x_ + x * cos_ - y * sin_, y_ + x * sin_ + y * cos_);
  }

 private:
  const Camera& camera_;
  double x_, y_, cos_, sin_;
};

// The lighter stripe of a tyre, between two heights; false when it is below.
inline bool StripeOf(const WheelState& wheel, double* from, double* to) {
  const double s1 = std::sin(wheel.phase), s2 = std::sin(wheel.phase + 1.2);
  double c1 = std::cos(wheel.phase), c2 = std::cos(wheel.phase + 1.2);
  if (s1 > 0 && s2 > 0) return false;
  const auto sign = [](double value) { return static_cast<double>((value > 0) - (value < 0)); };
  if (s1 > 0) c1 = sign(c1);
  if (s2 > 0) c2 = sign(c2);
  *from = kWheelRadius * c1;
  *to = kWheelRadius * c2;
  return true;
}

// draw(part, corners) for wheels, then the hull.
template <typename Draw>
void EachCarPart(const CarState& car, const Camera& camera, Draw&& draw) {
  for (const WheelState& wheel : car.wheels) {
    const BodyToCanvas place(wheel.body, camera);
    const auto band = [&](CarPart part, double from, double to) {
      const Point2 corners[] = {place(-kWheelHalfWidth, from), place(kWheelHalfWidth, from),
                                place(kWheelHalfWidth, to), place(-kWheelHalfWidth, to)};
      draw(part, std::span<const Point2>(corners));
    };
    band(kTyre, kWheelRadius, -kWheelRadius);
    double from, to;
    if (StripeOf(wheel, &from, &to)) band(kStripe, from, to);
  }
  const BodyToCanvas place(car.hull, camera);
  for (const std::span<const Corner> polygon : HullPolygons()) {
    std::array<Point2, 8> corners;
    for (size_t i = 0; i < polygon.size(); ++i) corners[i] = place(polygon[i].x, polygon[i].y);
    draw(kHullPart, std::span<const Point2>(corners.data(), polygon.size()));
  }
}

// The bars below the picture, in canvas pixels from the upper left corner (not ordered: values may
// be negative), with what they show.
struct Bar {
  double x0, y0, x1, y1;
  std::array<int, 3> color;
  double value;
};
inline std::array<Bar, 7> Bars(const View& view) {
  constexpr double kW = kScreenWidth / 40.0, kH = kScreenHeight / 40.0, kBottom = kScreenHeight;
  const auto vertical = [&](int place, double value, double length, std::array<int, 3> color) {
    return Bar{place * kW, kBottom - (kH + kH * length), (place + 1) * kW, kBottom - kH, color,
               value};
  };
  const auto horizontal = [&](int place, double value, double length, std::array<int, 3> color) {
    return Bar{place * kW, kBottom - 4 * kH, (place + length) * kW, kBottom - 2 * kH, color, value};
  };
  const BodyState& hull = view.car.hull;
  const double speed = std::sqrt(static_cast<double>(hull.vx) * static_cast<double>(hull.vx) +
                                 static_cast<double>(hull.vy) * static_cast<double>(hull.vy));
  const double turn_rate = static_cast<double>(hull.turn_rate);
  const auto wheel = [&](size_t i, std::array<int, 3> color) {
    const double omega = view.car.wheels[i].omega;
    return vertical(static_cast<int>(7 + i), omega, 0.01 * omega, color);
  };
  constexpr std::array<int, 3> kFrontColor = {0, 0, 255}, kRearColor = {51, 0, 255};
  return {vertical(5, speed, 0.02 * speed, {255, 255, 255}),
          wheel(0, kFrontColor),
          wheel(1, kFrontColor),
          wheel(2, kRearColor),
          wheel(3, kRearColor),
          horizontal(20, view.steering_angle, -10.0 * view.steering_angle, {0, 255, 0}),
          horizontal(30, turn_rate, -0.8 * turn_rate, {255, 0, 0})};
}

// The score as it is printed: four digits or more, of a negative one a sign and three.
inline void ScoreText(double reward, std::array<char, 16>* text) {
  std::snprintf(text->data(), text->size(), "%04.0f", reward);
}

}  // namespace rookery::car_racing

#endif  // ROOKERY_ENVS_CAR_RACING_SHAPES_H_
