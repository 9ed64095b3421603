// Settings of the agent transporter_goal.
#ifndef ROOKERY_AGENTS_PICK_PLACE_GOAL_CONFIG_H_
#define ROOKERY_AGENTS_PICK_PLACE_GOAL_CONFIG_H_

#include <string>
#include <vector>

#include "agents/pick_place/config.h"

namespace rookery::pick_place {

struct TransporterGoalConfig final : TransporterBaseConfig {
  std::string mode = "split";
  std::string goal_image = "environment";

 protected:
  const std::vector<Profile>& Profiles() const override;
  void OwnFields(FieldVisitor& visitor) override;
};

// lite-u (default), small-u, paper.
const std::vector<Profile>& TransporterGoalProfiles();

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_GOAL_CONFIG_H_
