// Where something still fits on the table.
#ifndef ROOKERY_TASKS_RAVENS_FREE_SPACE_H_
#define ROOKERY_TASKS_RAVENS_FREE_SPACE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/pose.h"
#include "core/rng.h"

namespace rookery {

// Pixels (row-major rows x columns) around which a square of `size` px is free of the image's
// one-pixel border and of occupied pixels: erosion with the window of offsets
// [-size / 2, size - 1 - size / 2], as OpenCV's erode.
std::vector<uint8_t> ErodedFreeSpace(std::span<const uint8_t> occupied, int rows, int columns,
                                     int size);

// A pose on the table where a box of this size fits whatever its yaw: x, y of a free pixel chosen
// uniformly, z = size.z / 2, yaw uniform in [0, 2 pi). Nothing when no pixel is free.
// `segmentation` is the oracle's (320, 160) image; `is_object` tells occupied bodies.
std::optional<Pose> SampleFreePose(std::span<const uint8_t> segmentation,
                                   const std::function<bool(int body)>& is_object, const Vec3& size,
                                   Rng* rng);

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_FREE_SPACE_H_
