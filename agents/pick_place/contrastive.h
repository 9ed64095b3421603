// The loss of Form2Fit's matching network (Zakka et al. 2020): descriptors of a pick and of the
// place it belongs to shall agree, others be at least 1 apart.
#ifndef ROOKERY_AGENTS_PICK_PLACE_CONTRASTIVE_H_
#define ROOKERY_AGENTS_PICK_PLACE_CONTRASTIVE_H_

namespace rookery::pick_place {

// descriptors (rows, numbers): of the pick, of its place, then of rows - 2 others. With d the
// distance from the pick's, the loss is d^2 for the place plus the mean of max(1 - d, 0)^2 over the
// others. Its gradient goes to `gradient`, of the descriptors' size.
double ContrastiveLoss(int rows, int numbers, const float* descriptors, float* gradient);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_CONTRASTIVE_H_
