// Ways to run the cross-correlation of correlation.h on tensors.
#ifndef ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATOR_H_
#define ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATOR_H_

#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>

#include "agents/pick_place/networks/correlation.h"

namespace rookery::pick_place {

using Tensor = at::Tensor;

class Correlator {
 public:
  virtual ~Correlator() = default;
  // scene (1, channels, scene rows, scene columns), kernels (rotations, channels, crop, crop),
  // result (rotations, rows, columns); all float, contiguous.
  virtual Tensor Forward(const Tensor& scene, const Tensor& kernels, double scale) = 0;
  // Gradients of scene and kernels of the last Forward.
  virtual std::pair<Tensor, Tensor> Backward(const Tensor& maps, double scale) = 0;
};

// kSimdFft: FftCorrelation, on the CPU. kFft: LibTorch's transforms, on any device. kDirect: one
// convolution with kernels of crop + 1 (the reference's way), on any device; slow.
enum class CorrelatorKind { kSimdFft, kFft, kDirect };

std::unique_ptr<Correlator> MakeCorrelator(CorrelatorKind kind, const CorrelationShape& shape);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_NETWORKS_CORRELATOR_H_
