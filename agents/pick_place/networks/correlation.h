// Cross-correlation of a scene's feature map with one kernel per rotation (Zeng et al. 2020,
// equation 3): map[r][y][x] = scale * sum_{c,i,j} scene[c][y+i][x+j] kernel[r][c][i][j], with
// i, j < crop. Equal to a valid correlation with the kernels padded by a zero row and column
// (crop + 1), so that a kernel's centre (crop/2, crop/2) lands on (y + crop/2, x + crop/2).
#ifndef ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_H_
#define ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_H_

#include <memory>
#include <vector>

#include "agents/pick_place/networks/correlation_kernels.h"
#include "core/array.h"

namespace rookery::pick_place {

struct CorrelationShape {
  int rotations = 36;
  int channels = 3;
  int rows = 320, columns = 160;  // of the maps, multiples of 16
  int crop = 64;                  // multiple of 16
  int scene_rows() const { return rows + crop; }
  int scene_columns() const { return columns + crop; }
};

// Through the frequency domain, in float, with its own backward pass. Costs 36 x 3 transforms of
// which only `crop` rows are ever touched in the first direction; exact up to rounding (1e-5 of
// the largest value). Not thread-safe; runs on at::get_num_threads() threads with the same
// result for any number.
class FftCorrelation {
 public:
  explicit FftCorrelation(const CorrelationShape& shape);
  FftCorrelation(const FftCorrelation&) = delete;
  FftCorrelation& operator=(const FftCorrelation&) = delete;

  const CorrelationShape& shape() const { return shape_; }
  // scene (channels, scene_rows, scene_columns), kernels (rotations, channels, crop, crop),
  // maps (rotations, rows, columns).
  void Forward(const float* scene, const float* kernels, float scale, float* maps);
  // Gradients with respect to the inputs of the last Forward, given that of its maps. `maps`
  // may not be an output.
  void Backward(const float* maps, float scale, float* scene, float* kernels);

 private:
  struct Plan {
    FftPlan plan;
    std::vector<float> tables;
  };
  // `nonzero`: how many leading values of the kernels' transforms are not zero.
  static std::unique_ptr<Plan> MakePlan(int at_least, int nonzero);

  StripProduct StripOf(int strip, float* scratch);
  float* Scratch(int64_t thread) { return scratch_.As<float>().data() + thread * scratch_floats_; }
  void EnsureScratch();
  // Calls body(i, scratch of the thread) for i in [0, n).
  template <typename Body>
  void ForEach(int64_t n, const Body& body);

  CorrelationShape shape_;
  int pairs_;
  std::unique_ptr<Plan> down_;    // along a column of the image (rows)
  std::unique_ptr<Plan> across_;  // along a row
  // Strip arrays: transformed along rows only, real and imaginary parts.
  Array scene_[2], kernels_[2], maps_[2], scene_gradient_[2], kernel_gradient_[2];
  Array scratch_;
  int64_t scratch_floats_ = 0;
};

// The smallest length >= `at_least` that is a multiple of 16 with no prime factor above 7.
int FftLength(int at_least);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATION_H_
