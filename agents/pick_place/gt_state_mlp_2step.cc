// GT-State MLP 2-step: a network for the pick, a second one for the place, given the pick.
#include "agents/pick_place/gt_state.h"

namespace rookery::pick_place {
namespace {

class GtStateMlp2Step final : public GtState {
 public:
  GtStateMlp2Step(const GtStateConfig& config, const EnvSpec& env, uint64_t seed)
      : GtState({"gt_state_mlp_2step", {{"pick", 0, 3}, {"place", 3, 3}}}, config, env, seed) {}
};

ROOKERY_REGISTER_AGENT(
    GtStateMlp2Step, GtStateConfig,
    {.name = "gt_state_mlp_2step",
     .summary = "baseline that is told the objects' poses: predicts the pick, then the place",
     .source =
         "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406 (GT-State MLP 2-step)",
     .status = Status::kApproximate,
     .known_issues = {"sizes and colours are in the state where they differ between the "
                      "demonstrations, not by a list of tasks"},
     .learns = true,
     .needs_episodes = true,
     .profiles = GtStateProfiles(),
     .unsupported = GtStateUnsupported});

}  // namespace
}  // namespace rookery::pick_place
