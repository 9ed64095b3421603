// Mixture density outputs (Bishop 1994) as the baselines of Zeng et al. 2020 have them: isotropic
// Gaussians, clipped densities, a softened mixture and sharpened samples.
#ifndef ROOKERY_AGENTS_PICK_PLACE_MDN_H_
#define ROOKERY_AGENTS_PICK_PLACE_MDN_H_

#include <vector>

#include "core/rng.h"

namespace rookery::pick_place {

// A row of outputs: components * numbers means, then the components' log variances, then their
// mixture logits, which are divided by the temperature before the softmax.
struct MdnShape {
  int numbers = 6;  // dimensions of what is predicted
  int components = 26;
  double temperature = 2.5;

  int outputs() const { return components * (numbers + 2); }
};

// The mean over the batch of -log clip(sum_k clip(N_k) clip(pi_k)), where clip is to [1e-8, 1e8].
// outputs (batch, shape.outputs()), targets (batch, numbers); the loss's gradient goes to
// `gradient`, of the outputs' size. A clipped value has gradient 0.
double MdnLoss(const MdnShape& shape, int batch, const float* outputs, const float* targets,
               float* gradient);

// One sample of one row of outputs: a component by its share, then a Gaussian whose variance is
// the 4th power of the component's, which comes to its mean where that is below 1.
std::vector<double> MdnSample(const MdnShape& shape, const float* outputs, Rng* rng);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_MDN_H_
