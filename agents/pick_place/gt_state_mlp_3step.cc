// GT-State MLP 3-step: pick, then place, then how the place is tilted and how high it is.
#include "agents/pick_place/gt_state.h"

namespace rookery::pick_place {
namespace {

class GtStateMlp3Step final : public GtState {
 public:
  GtStateMlp3Step(const GtStateConfig& config, const EnvSpec& env, uint64_t seed)
      : GtState({"gt_state_mlp_3step",
                 {{"pick", 0, 3}, {"place", 3, 3}, {"tilt", 6, 3}},
                 /*tilt=*/true},
                config, env, seed) {}
};

ROOKERY_REGISTER_AGENT(
    GtStateMlp3Step, GtStateConfig,
    {.name = "gt_state_mlp_3step",
     .summary = "baseline that is told the objects' poses in 6 dimensions: predicts the pick, the "
                "place, then its tilt and height",
     .source =
         "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406 (GT-State MLP 3-step)",
     .status = Status::kApproximate,
     .known_issues = {"sizes and colours are in the state where they differ between the "
                      "demonstrations, not by a list of tasks"},
     .learns = true,
     .needs_episodes = true,
     .profiles = GtStateProfiles(),
     .unsupported = GtStateUnsupported});

}  // namespace
}  // namespace rookery::pick_place
