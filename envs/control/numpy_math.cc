#include "envs/control/numpy_math.h"

#include <cmath>
#include <cstdint>

namespace rookery::numpy {
namespace {

// Hidden from the compiler, which would make x * x of pow(x, 2).
volatile const double kTwo = 2;

constexpr float kLargest = 71476.0625f;  // what the reduction is good for

float SinOrCos(float x, bool cosine) {
  if (!(std::fabs(x) <= kLargest)) return cosine ? std::cos(x) : std::sin(x);
  const float quadrant = std::nearbyint(x * 0x1.45f306p-1f);  // 2 / pi
  float r = std::fma(quadrant, -0x1.921fb0p+0f, x);
  r = std::fma(quadrant, -0x1.5110b4p-22f, r);
  r = std::fma(quadrant, -0x1.846988p-48f, r);
  const float square = r * r;
  const int64_t turn = static_cast<int64_t>(quadrant) + (cosine ? 1 : 0);
  float result;
  if (turn % 2 != 0) {
    result = std::fma(0x1.98e616p-16f, square, -0x1.6c06dcp-10f);
    result = std::fma(result, square, 0x1.55553cp-5f);
    result = std::fma(result, square, -0x1.000000p-1f);
    result = std::fma(result, square, 1.0f);
  } else {
    result = std::fma(0x1.7d3bbcp-19f, square, -0x1.a06bbap-13f);
    result = std::fma(result, square, 0x1.11119ap-7f);
    result = std::fma(result, square, -0x1.555556p-3f);
    result = std::fma(result, square, 0.0f);
    result = std::fma(result, r, r);
  }
  return (turn & 2) != 0 ? -result : result;
}

}  // namespace

double Squared(double x) { return std::pow(x, kTwo); }
float Squared(float x) { return std::pow(x, static_cast<float>(kTwo)); }

double Remainder(double x, double y) {
  const double rest = std::fmod(x, y);
  return rest < 0 ? rest + y : rest;
}

float Sin(float x) { return SinOrCos(x, false); }
float Cos(float x) { return SinOrCos(x, true); }

}  // namespace rookery::numpy
