// Overlay: why an agent acted as it did, as data. Agents write named arrays (Agent::Explanation);
// reports and the viewer read them here and draw what there is. Everything is optional, and <what>
// is a name of the agent's choice that things which belong together share ("pick").
//
//   heatmap.<what>    float32 (H, W)       value over the pixels of observation heightmap.rgb
//   angle.<what>      float32 (n)          score of each of n rotations, 2 pi i / n rad
//   pixel.<what>      int64 (2)            chosen (row, column) of heightmap.rgb
//   yaw.<what>        float64 ()           chosen rotation, rad
//   pose.<what>       float64 (7)          x, y, z (m, world), quaternion xyzw: where it acts
//   cloud.<what>      float32 (n, 4)       x, y, z (m, world) and value of each sample
//   landscape.<what>  float32 (H, W)       value over two components of the action; rows upwards
//   range.<what>      float64 (4)          of the landscape: x low, x high, y low, y high
//   samples.<what>    float32 (n, 3)       x, y in the landscape, value
//   patches.<what>    float32 (rows, cols) weight of each patch of the image that was seen
//   weights.<what>    float32 (n)          weight of each sensor
//   video.<what>      uint8 (T, H, W, 3)   frames that were seen, or dreamed
#ifndef ROOKERY_CORE_OVERLAY_H_
#define ROOKERY_CORE_OVERLAY_H_

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/pose.h"

namespace rookery {

inline constexpr char kExplainHeatmap[] = "heatmap.";
inline constexpr char kExplainAngle[] = "angle.";
inline constexpr char kExplainPixel[] = "pixel.";
inline constexpr char kExplainYaw[] = "yaw.";
inline constexpr char kExplainPose[] = "pose.";
inline constexpr char kExplainCloud[] = "cloud.";
inline constexpr char kExplainLandscape[] = "landscape.";
inline constexpr char kExplainRange[] = "range.";
inline constexpr char kExplainSamples[] = "samples.";
inline constexpr char kExplainPatches[] = "patches.";
inline constexpr char kExplainWeights[] = "weights.";
inline constexpr char kExplainVideo[] = "video.";

// What an explanation says under one name. Arrays share the explanation's storage; those that it
// does not have are empty (size 0).
struct OverlayItem {
  std::string name;  // <what>
  Array heatmap, angles, cloud, landscape, samples, patches, weights, video;
  std::optional<std::array<int64_t, 2>> pixel;  // row, column
  std::optional<double> yaw;                    // rad
  std::optional<Pose> pose;                     // X_WA, m
  std::array<double, 4> range = {0, 1, 0, 1};   // of the landscape
};

// In order of appearance. UserError for a name that means nothing here (with what there is) and for
// an array of another type or shape than above.
std::vector<OverlayItem> MakeOverlay(const ArrayMap& explanation);

}  // namespace rookery

#endif  // ROOKERY_CORE_OVERLAY_H_
