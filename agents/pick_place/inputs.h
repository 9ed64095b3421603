// Network inputs: normalised, padded, and the rotated crops around a pick; of the scene and, where
// there is one, of the goal.
#ifndef ROOKERY_AGENTS_PICK_PLACE_INPUTS_H_
#define ROOKERY_AGENTS_PICK_PLACE_INPUTS_H_

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "agents/pick_place/workspace.h"

namespace rookery::pick_place {

using Tensor = at::Tensor;

// Colour (c / 255 - mean) / sd, height (h - mean) / sd, the reference's constants.
inline constexpr float kColourMean = 0.18877631F, kColourSd = 0.07276466F;
inline constexpr float kHeightMean = 0.00509261F, kHeightSd = 0.00903967F;

// Which images a network sees; kBoth: six channels of the scene, then six of the goal.
enum class View { kScene, kGoal, kBoth };

// Builds channels-last inputs (N, 6, H, W) = red, green, blue, height three times.
//
// There are two kinds of nothing: padding is zero before normalisation (colour -2.59, height
// -0.56), and what a rotation brings in from beyond the padding is zero after it.
class InputBuilder {
 public:
  InputBuilder(int rows, int columns, int crop, int rotations, at::ScalarType type,
               at::Device device);

  // The image for the calls that follow.
  void SetImage(const Image& image, View view = View::kScene);
  // (1, 6, rows + 2 pad_rows, columns + 2 pad_columns); kBoth: 12 channels.
  Tensor Padded(int pad_rows, int pad_columns, View view = View::kScene) const;
  // (rotations, 6, crop, crop) out of the image padded by crop / 2 on all sides: crop i is turned
  // by -2 pi i / rotations about the pixel, which lands at (crop / 2, crop / 2).
  Tensor Crops(int row, int column, View view = View::kScene) const;
  // Only some of them, (bins, 6, crop, crop).
  Tensor Crops(int row, int column, const std::vector<int>& bins, View view = View::kScene) const;
  // The same crops (rotations, crop, crop) as indices of pixels, int32, of planes padded by
  // crop / 2; what lies beyond has the index after the last.
  Tensor CropIndex(int row, int column) const;

 private:
  struct Normalised {
    std::vector<uint16_t> half;  // (rows, columns, 6), bfloat16
    std::vector<float> full;     // the same in float
    const auto* Data(const float*) const { return full.data(); }
    const auto* Data(const uint16_t*) const { return half.data(); }
  };
  const Normalised& Of(View view) const;
  template <typename T>
  void FillPadded(const Normalised& from, int pad_rows, int pad_columns, T* out) const;
  template <typename T>
  void FillCrop(const Normalised& from, int row, int column, int bin, T* out) const;
  Tensor CropsOf(const Normalised& from, int row, int column, const std::vector<int>& bins) const;

  int rows_, columns_, crop_, rotations_;
  at::ScalarType type_;
  at::Device device_;
  std::vector<int16_t> offsets_;  // (rotations, crop, crop, 2): row, column of the source
  std::vector<float> colours_;    // normalised, by value
  float no_height_;               // normalised zero
  std::vector<int> all_bins_;
  Normalised scene_, goal_;
};

// Where a crop or map turned by rotation i takes its pixels: for offsets from the centre, the
// nearest source offset.
PixelPoint TurnedOffset(double row, double column, int rotation, int rotations);

// For each pixel of a square turned about its centre as crop `rotation` is, the index of its
// source; side * side where that lies outside. int32 (side, side).
Tensor TurnedIndex(int side, int rotation, int rotations);
// A square (1, C, side, side) turned by such a table; zero beyond. Channels-last.
Tensor Turned(const Tensor& square, const Tensor& index);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_INPUTS_H_
