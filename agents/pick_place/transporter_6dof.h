// The Transporter with places in space (Zeng et al. 2020, section 3.4): x, y and yaw as in the
// plane; height, roll and pitch regressed there.
#ifndef ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_6DOF_H_
#define ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_6DOF_H_

#include "agents/pick_place/imitation.h"
#include "agents/pick_place/six_dof_config.h"

namespace rookery::pick_place {

class TransporterSixDof final : public ImitationAgent {
 public:
  TransporterSixDof(const TransporterSixDofConfig& config, const EnvSpec& env, uint64_t seed);
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_6DOF_H_
