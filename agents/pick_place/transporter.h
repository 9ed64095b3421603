// Transporter Networks (Zeng et al., "Transporter Networks: Rearranging the Visual World for
// Robotic Manipulation", CoRL 2020): imitation of pick-and-place from a handful of
// demonstrations. One network says where to pick; two more cross-correlate the crop around the
// pick, turned to 36 angles, with the scene to say where and how to place it.
#ifndef ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_
#define ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_

#include "agents/pick_place/imitation.h"

namespace rookery::pick_place {

class Transporter final : public ImitationAgent {
 public:
  Transporter(const TransporterConfig& config, const EnvSpec& env, uint64_t seed);
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_
