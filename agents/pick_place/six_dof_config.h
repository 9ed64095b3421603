// Settings of the agent transporter_6dof.
#ifndef ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_CONFIG_H_
#define ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_CONFIG_H_

#include <string>
#include <vector>

#include "agents/pick_place/config.h"

namespace rookery::pick_place {

struct TransporterSixDofConfig final : TransporterBaseConfig {
  std::string roll_kernel = "roll";
  std::string window_bins = "wrap";
  int window = 7;
  double head_scale = 0.03125;
  double z_scale = 10;
  double head_weight = 10;
  std::string head_init = "glorot";

  int working_window() const { return half_resolution ? (window + 1) / 2 : window; }

 protected:
  const std::vector<Profile>& Profiles() const override;
  void OwnFields(FieldVisitor& visitor) override;
};

// lite-u (default), small-u, paper.
const std::vector<Profile>& TransporterSixDofProfiles();

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_SIX_DOF_CONFIG_H_
