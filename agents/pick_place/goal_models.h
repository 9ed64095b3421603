// Place models of Goal-Conditioned Transporter Networks (Seita et al., "Learning to Rearrange
// Deformable Cables, Fabrics, and Bags with Goal-Conditioned Transporter Networks", ICRA 2021).
#ifndef ROOKERY_AGENTS_PICK_PLACE_GOAL_MODELS_H_
#define ROOKERY_AGENTS_PICK_PLACE_GOAL_MODELS_H_

#include <memory>

#include "agents/pick_place/goal_config.h"
#include "agents/pick_place/models.h"

namespace rookery::pick_place {

// Crops out of feature planes (1, C, H, W), as InputBuilder::CropIndex numbers their pixels:
// (crops, C, side, side), 0 beyond the planes.
Tensor CropsOfPlanes(const Tensor& planes, const Tensor& index, int side);
// Gradient of the planes, given that of the crops.
Tensor CropsOfPlanesBackward(const Tensor& crops, const Tensor& index, int rows, int columns);

// Goal-Split: three networks look at whole images. The goal's features multiply the scene's
// features and the key's; the crop is taken out of the latter product, turned and correlated with
// the former.
class GoalSplit final : public PlaceModel {
 public:
  GoalSplit(const TransporterBaseConfig& config, nn::Parameters* parameters);
  Tensor Probabilities(const InputBuilder& inputs, const Cell& pick) override;
  double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) override;

 private:
  struct Features {
    Tensor scene, key, goal;  // (1, 3, padded rows, padded columns)
  };
  Features Look(const InputBuilder& inputs, bool keep);
  Tensor Maps(const Features& features, const Tensor& index);

  CorrelationShape shape_;
  double scale_;
  std::unique_ptr<Backbone> scene_, key_, goal_;
  std::unique_ptr<Correlator> correlator_;
};

// mode split: GoalSplit, the pick network sees both images. stack: the Transporter with both
// images, twelve channels, everywhere. naive: the same for the place only.
struct GoalModels final : Models {
  GoalModels(const TransporterGoalConfig& config, at::ScalarType compute, at::Device device,
             uint64_t seed);
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_GOAL_MODELS_H_
