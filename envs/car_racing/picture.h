// The pictures of CarRacing: the 96 x 96 one that agents see and the large one for people.
// Source: gymnasium/envs/box2d/car_racing.py (v3, pygame) and gym 0.19's (v0, OpenGL).
#ifndef ROOKERY_ENVS_CAR_RACING_PICTURE_H_
#define ROOKERY_ENVS_CAR_RACING_PICTURE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "envs/car_racing/car.h"
#include "envs/car_racing/track.h"
#include "renderers/canvas.h"
#include "renderers/coverage.h"

namespace rookery::car_racing {

inline constexpr int kStateSize = 96;                           // px
inline constexpr int kScreenWidth = 1000, kScreenHeight = 800;  // px, also of the original's canvas

using Color = std::array<double, 3>;  // [0, 255]

struct Colors {
  Color road = {102, 102, 102}, field = {102, 204, 102}, grass = {102, 230, 102};
};

// What there is to draw.
struct View {
  const Track& track;
  const std::vector<uint8_t>& plain;  // per tile: has the road's own shade, since it was touched
  const CarState& car;
  const Colors& colors;
  double time_s, reward, steering_angle;
  const uint8_t* background;  // 96 x 96 x 3 instead of field and grass; nullptr = none
};

// From the world to the original's canvas: 1000 x 800, y up, the car at (500, 200).
class Camera {
 public:
  Camera(const View& view, bool along_velocity);
  Point2 operator()(double x, double y) const {
    const double dx = x - x_, dy = y - y_;
    return {500 + (dx * cos_ - dy * sin_) * zoom_, 200 + (dx * sin_ + dy * cos_) * zoom_};
  }
  double zoom() const { return zoom_; }  // canvas px per m
  double x() const { return x_; }
  double y() const { return y_; }
  double reach() const;  // m: nothing farther from the car is seen

 private:
  double x_, y_, zoom_, cos_, sin_;
};

class StatePicture {
 public:
  // `smooth`: as v3 draws, by area; otherwise as v0, one sample a pixel, along the velocity.
  explicit StatePicture(bool smooth);
  // `out`: 96 x 96 x 3.
  void Draw(const View& view, uint8_t* out);

 private:
  void DrawSmooth(const View& view, const Camera& camera, uint8_t* out);
  void DrawCrisp(const View& view, const Camera& camera, uint8_t* out);
  void DrawCar(const View& view, const Camera& camera, uint8_t* out);
  void DrawIndicators(const View& view, uint8_t* out);
  void DrawScore(double reward, uint8_t* out);

  const bool smooth_;
  Coverage<8> ground_;
  std::vector<uint8_t> car_, kinds_;
  std::array<Array, 11> digits_;  // and the minus sign, on canvas pixels
  std::array<char, 16> score_text_ = {};
  std::array<uint8_t, 12 * 12> score_ = {};  // brightness
};

class ScreenPicture {
 public:
  explicit ScreenPicture(bool smooth);
  const Array& Draw(const View& view);  // uint8 (800, 1000, 3)

 private:
  void DrawMarks(const View& view, const Camera& camera);
  void DrawCar(const View& view, const Camera& camera);
  void DrawIndicators(const View& view);

  const bool smooth_;
  Coverage<8> band_;
  Canvas canvas_;
};

}  // namespace rookery::car_racing

#endif  // ROOKERY_ENVS_CAR_RACING_PICTURE_H_
