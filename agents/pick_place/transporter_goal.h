// Goal-Conditioned Transporter Networks (Seita et al., ICRA 2021): imitation of pick-and-place
// towards a picture of what is to be reached.
#ifndef ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_GOAL_H_
#define ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_GOAL_H_

#include <string>

#include "agents/pick_place/goal_config.h"
#include "agents/pick_place/imitation.h"

namespace rookery::pick_place {

// Needs the observations goal.heightmap.rgb and goal.heightmap.height too, shaped like the scene's.
class TransporterGoal final : public ImitationAgent {
 public:
  TransporterGoal(const TransporterGoalConfig& config, const EnvSpec& env, uint64_t seed);
};

// "" when the environment has what the agent needs, else why not.
std::string TransporterGoalUnsupported(const EnvSpec& env);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_GOAL_H_
