#include "renderers/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/error.h"
#include "core/rng.h"
#include "renderers/canvas.h"

namespace rookery {
namespace {

// Coverage of each pixel of a layer, in [0, 1].
template <size_t kLayers>
std::vector<double> Pixels(Coverage<kLayers>* coverage, size_t layer = 0) {
  std::vector<double> pixels;
  coverage->Sweep(true, [&](int y, int begin, int end, const auto& cover) {
    EXPECT_EQ(pixels.size(), static_cast<size_t>(y * coverage->width() + begin));
    EXPECT_LT(begin, end);
    for (int x = begin; x < end; ++x) pixels.push_back(cover[layer] / double{kFullCover});
  });
  EXPECT_EQ(pixels.size(), static_cast<size_t>(coverage->width() * coverage->height()));
  return pixels;
}

TEST(Coverage, OfARectangleIsItsShareOfEachPixel) {
  const Point2 there[] = {{1.25, 1.5}, {3.5, 1.5}, {3.5, 3.75}, {1.25, 3.75}};
  const Point2 back[] = {{1.25, 3.75}, {3.5, 3.75}, {3.5, 1.5}, {1.25, 1.5}};
  for (const auto& corners : {there, back}) {
    Coverage<1> coverage(5, 4);
    coverage.Add({corners, 4});
    EXPECT_EQ(Pixels(&coverage), (std::vector<double>{0, 0,      0,    0,     0,  //
                                                      0, 0.375,  0.5,  0.25,  0,  //
                                                      0, 0.75,   1,    0.5,   0,  //
                                                      0, 0.5625, 0.75, 0.375, 0}));
    // And nothing is left of it.
    EXPECT_EQ(Pixels(&coverage), std::vector<double>(20, 0.0));
  }
}

TEST(Coverage, LeavesOutUntouchedRows) {
  Coverage<1> coverage(3, 100);
  const Point2 corners[] = {{0, 40}, {2, 40}, {2, 42.5}};
  coverage.Add(corners);
  std::map<int, int> rows;
  coverage.Sweep(false, [&](int y, int begin, int end, const auto&) { rows[y] += end - begin; });
  EXPECT_EQ(rows, (std::map<int, int>{{40, 3}, {41, 3}, {42, 3}}));
}

std::vector<Point2> RandomTriangle(Rng* rng, double low, double high) {
  std::vector<Point2> corners(3);
  for (Point2& corner : corners) {
    corner.x = rng->Uniform(low, high);
    corner.y = rng->Uniform(low, high);
  }
  return corners;
}

double AreaOf(const std::vector<Point2>& p) {
  return std::abs((p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y)) /
         2;
}

TEST(Coverage, OfTrianglesAddsUpToTheirArea) {
  Rng rng(1);
  Coverage<8> coverage(70, 70);
  for (int i = 0; i < 200; ++i) {
    const std::vector<Point2> corners = RandomTriangle(&rng, 1, 69);
    coverage.Add(corners, 5);
    double sum = 0;
    for (double part : Pixels(&coverage, 5)) sum += part;
    EXPECT_NEAR(sum, AreaOf(corners), 0.6) << i;
  }
}

// Also of triangles that are partly or wholly outside, against samples.
TEST(Coverage, AgreesWithSamples) {
  Rng rng(2);
  constexpr int kSide = 12, kSamples = 32;
  Coverage<1> coverage(kSide, kSide);
  double worst = 0;
  for (int i = 0; i < 100; ++i) {
    const std::vector<Point2> p = RandomTriangle(&rng, -15, 27);
    coverage.Add(p);
    const std::vector<double> pixels = Pixels(&coverage);
    const auto inside = [&](double x, double y) {
      int sides[3];
      for (size_t k = 0; k < 3; ++k) {
        const Point2 &a = p[k], &b = p[(k + 1) % 3];
        sides[k] = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) > 0 ? 1 : -1;
      }
      return sides[0] == sides[1] && sides[1] == sides[2];
    };
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        int count = 0;
        for (int k = 0; k < kSamples * kSamples; ++k) {
          count += inside(x + (k % kSamples + 0.5) / kSamples, y + (k / kSamples + 0.5) / kSamples);
        }
        const double expected = count / double{kSamples * kSamples};
        worst = std::max(worst, std::abs(pixels[static_cast<size_t>(y * kSide + x)] - expected));
      }
    }
  }
  EXPECT_LT(worst, 0.03);
}

// A fan of triangles around a point fills what it encloses exactly, whatever the rounding.
TEST(Coverage, NeighboursLeaveNoGap) {
  Rng rng(3);
  Coverage<1> coverage(40, 40);
  for (int i = 0; i < 50; ++i) {
    const Point2 middle = {rng.Uniform(10, 30), rng.Uniform(10, 30)};
    const Point2 corners[] = {{0, 0}, {rng.Uniform(5, 35), 0}, {40, 0}, {40, 40}, {0, 40}};
    for (size_t k = 0; k < 5; ++k) {
      const Point2 triangle[] = {middle, corners[k], corners[(k + 1) % 5]};
      coverage.Add(triangle);
    }
    EXPECT_EQ(Pixels(&coverage), std::vector<double>(1600, 1.0));
  }
}

TEST(Coverage, StandsFarCornersAndNothing) {
  Coverage<1> coverage(4, 4);
  const Point2 huge[] = {{-1e12, -1e12}, {1e12, -1e12}, {1e12, 1e12}, {-1e12, 1e12}};
  coverage.Add(huge);
  EXPECT_EQ(Pixels(&coverage), std::vector<double>(16, 1.0));
  const Point2 outside[] = {{5, 0}, {9, 0}, {9, 4}}, line[] = {{0, 0}, {4, 4}};
  const Point2 flat[] = {{0, 1}, {4, 1}, {2, 1}};
  coverage.Add(outside);
  coverage.Add(line);
  coverage.Add(flat);
  EXPECT_EQ(Pixels(&coverage), std::vector<double>(16, 0.0));
  EXPECT_THROW(Coverage<1>(0, 4), UserError);
  EXPECT_THROW(Coverage<1>(4, 8193), UserError);
}

int Red(const Canvas& canvas, int x, int y) {
  return canvas.image().As<uint8_t>()[static_cast<size_t>((y * canvas.width() + x) * 3)];
}

double Sum(const Canvas& canvas) {
  double sum = 0;
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) sum += Red(canvas, x, y) / 255.0;
  }
  return sum;
}

TEST(Canvas, PaintsUnionsWithOpacity) {
  Canvas canvas(10, 10);
  canvas.Clear({100, 100, 100});
  canvas.AddRectangle(0, 0, 4.5, 10);
  canvas.AddRectangle(4.5, 0, 8, 10);
  canvas.AddRectangle(2, 0, 3, 10);  // twice is once
  canvas.Paint({200, 0, 0}, 0.5);
  EXPECT_EQ(Red(canvas, 2, 5), 150);
  EXPECT_EQ(Red(canvas, 4, 5), 150) << "a seam";
  EXPECT_EQ(Red(canvas, 9, 5), 100);
  const Point2 corners[] = {{9, 0}, {10, 0}, {10, 10}, {9, 10}};
  canvas.Fill(corners, {7, 8, 9});
  EXPECT_EQ(Red(canvas, 9, 5), 7);
}

TEST(Canvas, DiscsAndLinesHaveTheirSize) {
  Canvas canvas(100, 100);
  canvas.AddDisc({50, 50}, 20);
  canvas.Paint({255, 255, 255});
  EXPECT_NEAR(Sum(canvas), 3.14159 * 400, 20);
  canvas.Clear({0, 0, 0});
  const Point2 line[] = {{20, 20}, {80, 80}};
  canvas.AddLine(line, 6);
  canvas.Paint({255, 255, 255});
  EXPECT_NEAR(Sum(canvas), 6 * 84.85 + 3.14159 * 9, 8);
}

TEST(Canvas, DigitsAreDistinctAndFitTheirBox) {
  std::vector<std::vector<uint8_t>> seen;
  for (char c : std::string("0123456789-")) {
    Canvas canvas(40, 40);
    canvas.AddText({&c, 1}, 5, 5, 30);
    canvas.Paint({255, 255, 255});
    EXPECT_GT(Sum(canvas), 40) << c;
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(Red(canvas, i, 3) + Red(canvas, 3, i), 0) << c;
      EXPECT_EQ(Red(canvas, i, 37) + Red(canvas, 30, i), 0) << c;
    }
    const auto bytes = canvas.image().As<uint8_t>();
    seen.emplace_back(bytes.begin(), bytes.end());
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    for (size_t k = 0; k < i; ++k) EXPECT_NE(seen[i], seen[k]) << i << " looks like " << k;
  }
  EXPECT_EQ(Canvas::TextWidth("0000", 30), 4 * Canvas::TextWidth("7", 30));
}

}  // namespace
}  // namespace rookery
