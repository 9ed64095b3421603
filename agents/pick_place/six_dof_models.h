// The third two-stream network of the SE(3) Transporter (Zeng et al. 2020, section 3.4): height,
// roll and pitch of the place, regressed from the cross-correlation of scene and crop features.
#ifndef ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_MODELS_H_
#define ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_MODELS_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "agents/pick_place/models.h"
#include "agents/pick_place/six_dof_config.h"

namespace rookery::pick_place {

// One number in, one number out, 1 -> 32 -> 32 -> 1 with ReLU, for each row of (n, 1).
class Head {
 public:
  Head(const std::string& name, nn::Init init, nn::Parameters* parameters);
  Tensor Forward(const Tensor& x, bool keep);
  // Adds the parameters' gradients; returns that of the last kept x.
  Tensor Backward(const Tensor& gradient);

 private:
  nn::Parameters* parameters_;
  int weight_[3], bias_[3];
  Tensor x_, hidden_[2];
};

// Mean Huber loss (delta 1) of predictions against one target, and its gradient.
std::pair<double, Tensor> Huber(const Tensor& predictions, double target);

// In this order: height m, roll rad, pitch rad (Ry(pitch) Rx(roll) Rz(yaw)).
using Spatial = std::array<double, 3>;

class SpatialModel {
 public:
  SpatialModel(const TransporterSixDofConfig& config, nn::Parameters* parameters);
  // The place of a pick at a cell.
  Spatial At(const InputBuilder& inputs, const Cell& pick, const Cell& place);
  // Losses of height, roll and pitch in a window around the place; their gradients are added.
  Spatial Train(const InputBuilder& inputs, const Cell& pick, const Cell& place,
                const Spatial& target);

 private:
  // Cells [row, row + rows) x [column, column + columns) of some bins.
  struct Window {
    int row, column, rows, columns;
    std::vector<int> bins;
  };
  Window Around(const Cell& place) const;
  // Correlation `part` of planes (1, 24, ...) and crops (bins, 24, ...) in the window.
  Tensor SceneOf(const Tensor& scene, const Window& window, int part) const;
  Tensor KernelOf(const Tensor& crops, int part) const;

  TransporterSixDofConfig config_;
  std::unique_ptr<Backbone> scene_, crops_;
  std::vector<Head> heads_;
};

struct SixDofModels final : Models {
  SixDofModels(const TransporterSixDofConfig& config, at::ScalarType compute, at::Device device,
               uint64_t seed);
  // Also loss/z, loss/roll and loss/pitch.
  Metrics Train(const TrainingSample& sample, Rng* rng) override;
  Pose PlacePose(const Cell& pick, const Cell& place, const Grid& grid, double height) override;

 private:
  int rotations_;
  SpatialModel spatial_;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_MODELS_H_
