#include "tasks/ravens/free_space.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "renderers/heightmap.h"

namespace rookery {

std::vector<uint8_t> ErodedFreeSpace(std::span<const uint8_t> occupied, int rows, int columns,
                                     int size) {
  ROOKERY_CHECK_EQ(occupied.size(), static_cast<size_t>(rows) * static_cast<size_t>(columns));
  // blocked(r, c): occupied pixels among the first r rows and c columns; the border counts.
  const auto stride = static_cast<size_t>(columns) + 1;
  std::vector<int> blocked(static_cast<size_t>(rows + 1) * stride, 0);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const bool border = r == 0 || c == 0 || r == rows - 1 || c == columns - 1;
      const auto at = static_cast<size_t>(r) * stride + static_cast<size_t>(c);
      const auto pixel =
          static_cast<size_t>(r) * static_cast<size_t>(columns) + static_cast<size_t>(c);
      blocked[at + stride + 1] = blocked[at + 1] + blocked[at + stride] - blocked[at] +
                                 (border || occupied[pixel] != 0 ? 1 : 0);
    }
  }
  const int before = size / 2, after = size - 1 - size / 2;
  std::vector<uint8_t> free(occupied.size(), 0);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const auto r0 = static_cast<size_t>(std::max(r - before, 0));
      const auto r1 = static_cast<size_t>(std::min(r + after, rows - 1)) + 1;
      const auto c0 = static_cast<size_t>(std::max(c - before, 0));
      const auto c1 = static_cast<size_t>(std::min(c + after, columns - 1)) + 1;
      const int count = blocked[r1 * stride + c1] - blocked[r0 * stride + c1] -
                        blocked[r1 * stride + c0] + blocked[r0 * stride + c0];
      free[static_cast<size_t>(r) * static_cast<size_t>(columns) + static_cast<size_t>(c)] =
          count == 0 ? 1 : 0;
    }
  }
  return free;
}

std::optional<Pose> SampleFreePose(std::span<const uint8_t> segmentation,
                                   const std::function<bool(int)>& is_object, const Vec3& size,
                                   Rng* rng) {
  const HeightmapBounds grid;
  const int rows = grid.rows(), columns = grid.columns();
  std::array<uint8_t, 256> object;
  for (size_t id = 0; id < object.size(); ++id)
    object[id] = is_object(static_cast<int>(id)) ? 1 : 0;
  std::vector<uint8_t> occupied(segmentation.size());
  std::transform(segmentation.begin(), segmentation.end(), occupied.begin(),
                 [&](uint8_t id) { return object[id]; });
  // Half the diagonal on every side: room for any yaw.
  const double diagonal = std::hypot(size.x, size.y);
  const auto window = static_cast<int>(std::nearbyint(diagonal / grid.pixel_m));
  const std::vector<uint8_t> free = ErodedFreeSpace(occupied, rows, columns, std::max(window, 1));
  const auto choices = std::count(free.begin(), free.end(), 1);
  if (choices == 0) return std::nullopt;
  int64_t left = rng->Integer(choices);
  size_t pixel = 0;
  while (free[pixel] == 0 || left-- > 0) ++pixel;
  const auto row = static_cast<double>(pixel / static_cast<size_t>(columns));
  const auto column = static_cast<double>(pixel % static_cast<size_t>(columns));
  const double yaw = rng->Uniform() * 2 * kPi;
  return Pose::FromXyYaw(grid.low.x + column * grid.pixel_m, grid.low.y + row * grid.pixel_m,
                         size.z / 2, yaw);
}

}  // namespace rookery
