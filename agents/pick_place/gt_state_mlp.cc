// GT-State MLP: one network from the objects' poses to pick and place together.
#include "agents/pick_place/gt_state.h"

namespace rookery::pick_place {
namespace {

class GtStateMlp final : public GtState {
 public:
  GtStateMlp(const GtStateConfig& config, const EnvSpec& env, uint64_t seed)
      : GtState({"gt_state_mlp", {{"action", 0, 6}}}, config, env, seed) {}
};

ROOKERY_REGISTER_AGENT(
    GtStateMlp, GtStateConfig,
    {.name = "gt_state_mlp",
     .summary = "baseline that is told the objects' poses: a small network predicts the action",
     .source = "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406 (GT-State MLP)",
     .status = Status::kApproximate,
     .known_issues = {"sizes and colours are in the state where they differ between the "
                      "demonstrations, not by a list of tasks"},
     .learns = true,
     .needs_episodes = true,
     .profiles = GtStateProfiles(),
     .unsupported = GtStateUnsupported});

}  // namespace
}  // namespace rookery::pick_place
