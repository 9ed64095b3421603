// The ten colours of the Ravens tasks, in the benchmark's order.
#ifndef ROOKERY_TASKS_RAVENS_PALETTE_H_
#define ROOKERY_TASKS_RAVENS_PALETTE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "core/rng.h"

namespace rookery::palette {

using Rgb = std::array<float, 3>;  // [0, 1]

constexpr Rgb FromBytes(int r, int g, int b) {
  return {static_cast<float>(r) / 255, static_cast<float>(g) / 255, static_cast<float>(b) / 255};
}

inline constexpr Rgb kBlue = FromBytes(78, 121, 167);
inline constexpr Rgb kRed = FromBytes(255, 87, 89);
inline constexpr Rgb kGreen = FromBytes(89, 169, 79);
inline constexpr Rgb kOrange = FromBytes(242, 142, 43);
inline constexpr Rgb kYellow = FromBytes(237, 201, 72);
inline constexpr Rgb kPurple = FromBytes(176, 122, 161);
inline constexpr Rgb kPink = FromBytes(255, 157, 167);
inline constexpr Rgb kCyan = FromBytes(118, 183, 178);
inline constexpr Rgb kBrown = FromBytes(156, 117, 95);
inline constexpr Rgb kGray = FromBytes(186, 176, 172);
inline constexpr std::array<Rgb, 10> kAll = {kBlue,   kRed,  kGreen, kOrange, kYellow,
                                             kPurple, kPink, kCyan,  kBrown,  kGray};

inline constexpr std::array<const char*, 10> kNames = {
    "blue", "red", "green", "orange", "yellow", "purple", "pink", "cyan", "brown", "gray"};

// "red"; "" for a colour that is not in the palette.
inline std::string NameOf(const Rgb& color) {
  const auto found = std::find(kAll.begin(), kAll.end(), color);
  return found == kAll.end() ? "" : kNames[static_cast<size_t>(found - kAll.begin())];
}

// Brown, 0.5 to 1.5 times as bright (at most 1).
inline Rgb RandomBrown(Rng* rng) {
  const auto shade = static_cast<float>(0.5 + rng->Uniform());
  Rgb out;
  for (size_t i = 0; i < 3; ++i) out[i] = std::min(1.0f, shade * kBrown[i]);
  return out;
}

}  // namespace rookery::palette

#endif  // ROOKERY_TASKS_RAVENS_PALETTE_H_
