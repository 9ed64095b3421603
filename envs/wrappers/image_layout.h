// How the pixels of an image observation lie: (H, W), (H, W, C), (K, H, W) or (K, H, W, C), where a
// last axis of up to 4 is one of channels.
#ifndef ROOKERY_ENVS_WRAPPERS_IMAGE_LAYOUT_H_
#define ROOKERY_ENVS_WRAPPERS_IMAGE_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "core/spec.h"
#include "core/wrapper.h"

namespace rookery {

struct ImageLayout {
  int64_t frames = 1, height = 0, width = 0, channels = 1;
  size_t item_bytes = 1;
  size_t pixel_bytes() const { return static_cast<size_t>(channels) * item_bytes; }
  size_t frame_bytes() const { return static_cast<size_t>(height * width) * pixel_bytes(); }
};

// Bytes, or reals in [0, 1].
inline bool IsImage(const ArraySpec& spec) {
  const bool unit = spec.low == std::vector<double>{0} && spec.high == std::vector<double>{1};
  return (spec.dtype == DType::kUInt8 || (spec.dtype == DType::kFloat32 && unit)) &&
         spec.shape.size() >= 2 && spec.shape.size() <= 4;
}

// Of an array for which IsImage is true.
inline ImageLayout LayoutOf(const ArraySpec& spec) {
  const Shape& s = spec.shape;
  const size_t item = ItemSize(spec.dtype);
  if (s.size() == 2) return {1, s[0], s[1], 1, item};
  if (s.size() == 4) return {s[0], s[1], s[2], s[3], item};
  if (s[2] <= 4) return {1, s[0], s[1], s[2], item};
  return {s[0], s[1], s[2], 1, item};
}

// The shape of the same kind with another height, width and number of channels (0: no such axis).
inline Shape ShapeLike(const ArraySpec& spec, int64_t height, int64_t width, int64_t channels) {
  Shape shape;
  const ImageLayout layout = LayoutOf(spec);
  if (spec.shape.size() == 4 || (spec.shape.size() == 3 && spec.shape[2] > 4)) {
    shape.push_back(layout.frames);
  }
  shape.push_back(height);
  shape.push_back(width);
  if (channels > 0) shape.push_back(channels);
  return shape;
}

// Square patches of `edge` pixels that an image is cut into, row by row.
struct PatchGrid {
  int64_t edge = 1, rows = 0, columns = 0;
  int64_t count() const { return rows * columns; }
};
// UserError, naming wrapper, environment and the edges that would do, when they do not fill the
// image.
PatchGrid CutIntoPatches(const ImageLayout& image, int edge, const Wrapped& wrapped);

}  // namespace rookery

#endif  // ROOKERY_ENVS_WRAPPERS_IMAGE_LAYOUT_H_
