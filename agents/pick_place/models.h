// The two halves of the Transporter: a pick model (attention) and a place model (transport, or an
// ablation of it). Both give scores over the working image and add to the parameters' gradients.
#ifndef ROOKERY_AGENTS_PICK_PLACE_MODELS_H_
#define ROOKERY_AGENTS_PICK_PLACE_MODELS_H_

#include <memory>
#include <string>

#include "agents/pick_place/augmentation.h"
#include "agents/pick_place/config.h"
#include "agents/pick_place/inputs.h"
#include "agents/pick_place/networks/correlation.h"
#include "agents/pick_place/networks/correlator.h"
#include "agents/pick_place/networks/networks.h"
#include "core/agent.h"
#include "core/rng.h"

namespace rookery::pick_place {

struct Cell {
  int row = 0, column = 0;
  int bin = 0;  // rotation, places only
};

// Attention (Zeng et al. 2020, section 3.1): the image, padded to a square, through one network
// with one output plane; a softmax over all pixels.
class PickModel {
 public:
  PickModel(const TransporterBaseConfig& config, nn::Parameters* parameters,
            View view = View::kScene, const std::string& name = "attention");
  // Probabilities (rows, columns), float.
  Tensor Probabilities(const InputBuilder& inputs);
  // Cross-entropy with the demonstrated pick; its gradient is added.
  double Train(const InputBuilder& inputs, const Cell& pick);
  // With a pick that is uniform over these pixels (indices, not empty).
  double Train(const InputBuilder& inputs, const std::vector<int>& pixels);

 private:
  Tensor Logits(const InputBuilder& inputs, bool keep);
  void Backward(const Tensor& gradient);
  int rows_, columns_, pad_;
  View view_;
  std::unique_ptr<Backbone> network_;
};

class PlaceModel {
 public:
  virtual ~PlaceModel() = default;
  // Scores (rotations, rows, columns) that sum to 1 (per_pixel_loss: each in [0, 1]).
  virtual Tensor Probabilities(const InputBuilder& inputs, const Cell& pick) = 0;
  // The loss of one sample; its gradient is added. `rng`: for sampled negatives.
  virtual double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place,
                       Rng* rng) = 0;
};

std::unique_ptr<PlaceModel> MakePlaceModel(const TransporterConfig& config,
                                           nn::Parameters* parameters);
// Transport, of the scene or of both images.
std::unique_ptr<PlaceModel> MakeTransport(const TransporterBaseConfig& config,
                                          nn::Parameters* parameters, View view);

// What one agent learns, on one device: a pick model, a place model and their parameters. Agents
// with more to learn derive from it.
struct Models {
  // Without a place model, and with parameters that are not yet allocated.
  Models(const TransporterBaseConfig& config, at::ScalarType compute, at::Device device,
         View pick_view);
  Models(const TransporterConfig& config, at::ScalarType compute, at::Device device, uint64_t seed);
  virtual ~Models() = default;

  // Losses of one sample as metrics "loss/..."; their gradients are added.
  virtual Metrics Train(const TrainingSample& sample, Rng* rng);
  // Where the picked point goes, given the height of the image there.
  virtual Pose PlacePose(const Cell& pick, const Cell& place, const Grid& grid, double height);

  nn::Parameters parameters;
  InputBuilder inputs;
  PickModel pick;
  std::unique_ptr<PlaceModel> place;

 protected:
  void Allocate(uint64_t seed);  // once everything is registered

 private:
  bool whole_objects_;  // pick_target = object
  nn::AdamOptions adam_;
  int rotations_;
};

CorrelationShape CorrelationShapeOf(const TransporterBaseConfig& config);
std::unique_ptr<Correlator> CorrelatorOf(const TransporterBaseConfig& config, at::Device device,
                                         int rotations);
BackboneOptions BackboneOptionsOf(const TransporterBaseConfig& config, int planes,
                                  View view = View::kScene);
// Of a cell in the correlation's maps.
int64_t FlatIndex(const CorrelationShape& shape, const Cell& cell);

// What `bf16` and `device` come to on this machine: bf16=auto takes bfloat16 where it is faster.
// UserError for bf16=on without the instructions; one notice when a CUDA device was asked for and
// there is none.
at::Device ChooseDevice(const TransporterBaseConfig& config);
at::ScalarType ChooseCompute(const TransporterBaseConfig& config, at::Device device);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_MODELS_H_
