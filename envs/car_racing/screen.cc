// The large picture of CarRacing, for people: the same view, finer, with skid marks.
#include <cmath>
#include <cstdio>

#include "envs/car_racing/picture.h"
#include "envs/car_racing/shapes.h"

namespace rookery::car_racing {
namespace {

constexpr int kBandRows = 80;  // the ground is drawn in bands, for less memory
constexpr Rgb8 kTyreColor = {20, 20, 22}, kStripeColor = {92, 92, 96};
constexpr Rgb8 kHullColor = {204, 0, 0}, kHullDark = {140, 0, 0}, kHullLight = {238, 70, 60};
constexpr Rgb8 kRubber = {30, 30, 30}, kMud = {102, 102, 0}, kShadow = {10, 30, 10};
constexpr Rgb8 kVisor = {28, 34, 48}, kHelmet = {245, 245, 240};
constexpr Rgb8 kPanel = {12, 13, 16}, kGauge = {44, 46, 52};
constexpr double kMarkWidth = 0.42;     // m
constexpr double kShadowOffset = 0.16;  // m
constexpr double kSuspension = 0.13;    // m, width of the arms
constexpr double kPanelTop = kScreenHeight * 35.0 / 40.0;

Point2 ToScreen(const Point2& canvas) { return {canvas.x, kScreenHeight - canvas.y}; }

}  // namespace

ScreenPicture::ScreenPicture(bool smooth)
    : smooth_(smooth), band_(kScreenWidth, kBandRows), canvas_(kScreenWidth, kScreenHeight) {}

const Array& ScreenPicture::Draw(const View& view) {
  const Camera camera(view, /*along_velocity=*/!smooth_);
  const Palette palette(view.colors, !smooth_);
  uint8_t* const pixels = canvas_.image().As<uint8_t>().data();
  for (int top = 0; top < kScreenHeight; top += kBandRows) {
    EachGround(view, camera, 0, [&](Layer layer, std::span<const Point2> corners) {
      std::array<Point2, 4> shifted;
      for (size_t i = 0; i < 4; ++i) {
        shifted[i] = ToScreen(corners[i]);
        shifted[i].y -= top;
      }
      band_.Add(shifted, layer);
    });
    band_.Sweep(true, [&](int y, int begin, int end, const Coverage<8>::Cover& cover) {
      constexpr int64_t kFull = kFullCover;
      const int64_t field = std::clamp<int64_t>(cover[kField], 0, kFull);
      const int64_t grass = std::clamp<int64_t>(cover[kGrass], 0, field);
      int64_t road = 0;
      for (size_t layer = kRoad; layer < kLayerCount; ++layer) road += cover[layer];
      const int64_t whole = std::max(road, kFull), ground = whole - road;
      uint8_t* out = pixels + ((top + y) * kScreenWidth + begin) * 3;
      for (int x = begin; x < end; ++x) {
        for (size_t c = 0; c < 3; ++c) {
          int64_t under = grass * palette.of[kGrass][c] + (field - grass) * palette.of[kField][c];
          if (view.background != nullptr) {
            const int row = (top + y) * kStateSize / kScreenHeight;
            const int column = x * kStateSize / kScreenWidth;
            under = field * view.background[(row * kStateSize + column) * 3 + static_cast<int>(c)];
          }
          int64_t sum = under / kFull * ground;
          for (size_t layer = kRoad; layer < kLayerCount; ++layer) {
            sum += cover[layer] * palette.of[layer][c];
          }
          *out++ = static_cast<uint8_t>((sum + whole / 2) / whole);
        }
      }
    });
  }
  DrawMarks(view, camera);
  DrawCar(view, camera);
  DrawIndicators(view);
  return canvas_.image();
}

void ScreenPicture::DrawMarks(const View& view, const Camera& camera) {
  const auto kept = std::min(view.car.mark_count, static_cast<int64_t>(CarState::kMostMarks));
  for (bool on_grass : {true, false}) {
    for (int64_t i = 0; i < kept; ++i) {
      const SkidMark& mark = view.car.marks[static_cast<size_t>(i)];
      if (mark.on_grass != on_grass) continue;
      std::array<Point2, SkidMark::kMostPoints> line;
      for (size_t k = 0; k < mark.count; ++k) {
        line[k] = ToScreen(
            camera(static_cast<double>(mark.points[k][0]), static_cast<double>(mark.points[k][1])));
      }
      canvas_.AddLine({line.data(), mark.count}, kMarkWidth * camera.zoom());
    }
    canvas_.Paint(on_grass ? kMud : kRubber, 0.55);
  }
}

void ScreenPicture::DrawCar(const View& view, const Camera& camera) {
  const auto paint = [&](std::span<const Point2> corners, const Rgb8& color, double opacity = 1) {
    std::array<Point2, 8> screen;
    for (size_t i = 0; i < corners.size(); ++i) screen[i] = ToScreen(corners[i]);
    canvas_.Fill({screen.data(), corners.size()}, color, opacity);
  };
  const BodyToCanvas place(view.car.hull, camera);
  const auto at = [&](double x, double y) { return ToScreen(place(x * kSize, y * kSize)); };
  const double zoom = camera.zoom();
  // The shadow, always to the lower right.
  EachCarPart(view.car, camera, [&](CarPart part, std::span<const Point2> corners) {
    if (part == kStripe) return;
    std::array<Point2, 8> screen;
    for (size_t i = 0; i < corners.size(); ++i) {
      screen[i] = ToScreen(corners[i]);
      screen[i].x += kShadowOffset * zoom;
      screen[i].y += kShadowOffset * zoom;
    }
    canvas_.Add({screen.data(), corners.size()});
  });
  canvas_.Paint(kShadow, 0.3);
  // Arms between hull and wheels.
  for (const WheelState& wheel : view.car.wheels) {
    const Point2 hub =
        ToScreen(camera(static_cast<double>(wheel.body.x), static_cast<double>(wheel.body.y)));
    const bool front = &wheel < &view.car.wheels[2];
    for (double y : front ? std::array<double, 2>{95, 62} : std::array<double, 2>{-70, -95}) {
      const Point2 arm[] = {at(0, y), hub};
      canvas_.AddLine(arm, kSuspension * zoom);
    }
  }
  canvas_.Paint(kGauge);
  EachCarPart(view.car, camera, [&](CarPart part, std::span<const Point2> corners) {
    if (part == kHullPart) return;
    paint(corners, part == kTyre ? kTyreColor : kStripeColor);
  });
  EachCarPart(view.car, camera, [&](CarPart part, std::span<const Point2> corners) {
    if (part != kHullPart) return;
    std::array<Point2, 8> screen;
    for (size_t i = 0; i < corners.size(); ++i) screen[i] = ToScreen(corners[i]);
    canvas_.Add({screen.data(), corners.size()});
  });
  canvas_.Paint(kHullColor);
  // Wings, a stripe along the nose, the cockpit and a helmet.
  const Point2 front_wing[] = {at(-60, 130), at(60, 130), at(60, 125), at(-60, 125)};
  const Point2 rear_wing[] = {at(-50, -120), at(50, -120), at(50, -112), at(-50, -112)};
  canvas_.Add(front_wing);
  canvas_.Add(rear_wing);
  canvas_.Paint(kHullDark);
  const Point2 nose[] = {at(-4, 118), at(4, 118), at(6, 22), at(-6, 22)};
  canvas_.Fill(nose, kHullLight);
  const Point2 cockpit[] = {at(-9, 12),  at(9, 12),    at(14, -14),
                            at(11, -38), at(-11, -38), at(-14, -14)};
  canvas_.Fill(cockpit, kVisor);
  canvas_.AddDisc(at(0, -20), 9 * kSize * zoom);
  canvas_.Paint(kHelmet);
  for (double side : {-1.0, 1.0}) {
    const Point2 pod[] = {at(side * 26, 4), at(side * 45, -14), at(side * 45, -36),
                          at(side * 26, -62)};
    canvas_.Add(pod);
  }
  canvas_.Paint(kHullDark, 0.8);
}

void ScreenPicture::DrawIndicators(const View& view) {
  canvas_.AddRectangle(0, kPanelTop, kScreenWidth, kScreenHeight);
  canvas_.Paint(kPanel);
  canvas_.AddRectangle(0, kPanelTop, kScreenWidth, kPanelTop + 2);
  canvas_.Paint(kGauge);
  // Where the bars stand, so that one sees that they are at zero.
  for (int place : {5, 7, 8, 9, 10}) {
    canvas_.AddRectangle(place * 25 + 2, kPanelTop + 8, place * 25 + 23, kScreenHeight - 20);
  }
  for (int place : {20, 30}) {
    canvas_.AddRectangle((place - 4) * 25, kScreenHeight - 80, (place + 4) * 25,
                         kScreenHeight - 40);
  }
  canvas_.Paint(kGauge, 0.45);
  for (const Bar& bar : Bars(view)) {
    const bool upright = bar.y1 == kScreenHeight - 20;
    const double inset = upright ? 2 : 0;
    const double x0 = std::min(bar.x0, bar.x1), x1 = std::max(bar.x0, bar.x1);
    // The panel holds what it can.
    const double y0 = std::max(std::min(bar.y0, bar.y1), kPanelTop + 8);
    const double y1 = std::max(bar.y0, bar.y1);
    canvas_.AddRectangle(x0 + inset, y0, x1 - inset, y1);
    canvas_.Paint({static_cast<uint8_t>(bar.color[0]), static_cast<uint8_t>(bar.color[1]),
                   static_cast<uint8_t>(bar.color[2])});
  }
  for (int place : {20, 30}) {
    canvas_.AddRectangle(place * 25 - 1, kScreenHeight - 84, place * 25 + 1, kScreenHeight - 36);
  }
  canvas_.Paint({150, 152, 160});
  std::array<char, 16> text = {};
  ScoreText(view.reward, &text);
  constexpr double kHeight = 30;
  canvas_.AddText(text.data(), 60 - Canvas::TextWidth(text.data(), kHeight) / 2,
                  kScreenHeight - 50 - kHeight / 2, kHeight);
  canvas_.Paint({255, 255, 255});
}

}  // namespace rookery::car_racing
