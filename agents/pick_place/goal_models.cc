#include "agents/pick_place/goal_models.h"

#include "core/error.h"

namespace rookery::pick_place {

Tensor CropsOfPlanes(const Tensor& planes, const Tensor& index, int side) {
  const int64_t channels = planes.size(1), crops = index.numel() / (int64_t{side} * side);
  const Tensor flat = planes.reshape({channels, -1});
  // One more pixel: what lies beyond.
  return at::cat({flat, at::zeros({channels, 1}, flat.options())}, 1)
      .index_select(1, index.reshape({-1}))
      .reshape({channels, crops, side, side})
      .transpose(0, 1)
      .contiguous();
}

Tensor CropsOfPlanesBackward(const Tensor& crops, const Tensor& index, int rows, int columns) {
  const int64_t channels = crops.size(1), pixels = int64_t{rows} * columns;
  const Tensor flat = at::zeros({channels, pixels + 1}, crops.options());
  flat.index_add_(1, index.reshape({-1}), crops.transpose(0, 1).reshape({channels, -1}));
  return flat.narrow(1, 0, pixels).reshape({1, channels, rows, columns});
}

GoalSplit::GoalSplit(const TransporterBaseConfig& config, nn::Parameters* parameters)
    : shape_(CorrelationShapeOf(config)), scale_(config.output_scale) {
  const BackboneOptions options = BackboneOptionsOf(config, shape_.channels);
  scene_ = MakeBackbone("transport.scene", options, parameters);
  key_ = MakeBackbone("transport.key", options, parameters);
  goal_ = MakeBackbone("transport.goal", options, parameters);
  correlator_ = CorrelatorOf(config, parameters->device(), config.rotations);
}

GoalSplit::Features GoalSplit::Look(const InputBuilder& inputs, bool keep) {
  const int pad = shape_.crop / 2;
  const Tensor scene = inputs.Padded(pad, pad);
  return {scene_->Forward(scene, keep), key_->Forward(scene, keep),
          goal_->Forward(inputs.Padded(pad, pad, View::kGoal), keep)};
}

Tensor GoalSplit::Maps(const Features& f, const Tensor& index) {
  return correlator_->Forward((f.goal * f.scene).contiguous(),
                              CropsOfPlanes(f.goal * f.key, index, shape_.crop), scale_);
}

Tensor GoalSplit::Probabilities(const InputBuilder& inputs, const Cell& pick) {
  Tensor maps = Maps(Look(inputs, false), inputs.CropIndex(pick.row, pick.column));
  nn::SoftmaxLossInPlace(maps, -1);
  return maps;
}

double GoalSplit::Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng*) {
  const Features f = Look(inputs, true);
  const Tensor index = inputs.CropIndex(pick.row, pick.column);
  Tensor maps = Maps(f, index);
  const double loss = nn::SoftmaxLossInPlace(maps, FlatIndex(shape_, place));
  const auto [product, crops] = correlator_->Backward(maps, scale_);
  const Tensor keys =
      CropsOfPlanesBackward(crops, index, shape_.scene_rows(), shape_.scene_columns());
  scene_->Backward((product * f.goal).contiguous());
  key_->Backward((keys * f.goal).contiguous());
  goal_->Backward((product * f.scene + keys * f.key).contiguous());
  return loss;
}

GoalModels::GoalModels(const TransporterGoalConfig& config, at::ScalarType compute,
                       at::Device device, uint64_t seed)
    : Models(config, compute, device, config.mode == "naive" ? View::kScene : View::kBoth) {
  if (config.mode == "split") {
    place = std::make_unique<GoalSplit>(config, &parameters);
  } else {
    place = MakeTransport(config, &parameters, View::kBoth);
  }
  Allocate(seed);
}

}  // namespace rookery::pick_place
