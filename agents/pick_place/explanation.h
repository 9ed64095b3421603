// From probabilities to decisions, and the pictures that explain them.
#ifndef ROOKERY_AGENTS_PICK_PLACE_EXPLANATION_H_
#define ROOKERY_AGENTS_PICK_PLACE_EXPLANATION_H_

#include <torch/torch.h>

#include "agents/pick_place/models.h"
#include "core/array.h"

namespace rookery::pick_place {

struct PickDecision {
  Cell cell;
  Tensor map;  // (rows, columns), blurred
};
// The most probable pixel after a Gaussian blur of `sigma` pixels (0 = none; reflected at the
// border, so that the sum stays). The first of equals.
PickDecision DecidePick(const Tensor& probabilities, double sigma);

struct PlaceDecision {
  Cell cell;
  Tensor map;     // (rows, columns): the best rotation's score
  Tensor angles;  // (rotations): the best pixel's score
};
PlaceDecision DecidePlace(const Tensor& probabilities);

// Writes the arrays named in core/agent.h. `factor`: heightmap pixels per working pixel and side;
// heat maps are given at heightmap resolution, a working pixel's probability shared out.
void Explain(const PickDecision& pick, const PlaceDecision& place, double yaw, int factor,
             ArrayMap* out);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_EXPLANATION_H_
