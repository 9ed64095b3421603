#include "agents/pick_place/transporter.h"

#include <torch/torch.h>

#include "agents/pick_place/models.h"
#include "core/registry.h"

namespace rookery::pick_place {

Transporter::Transporter(const TransporterConfig& config, const EnvSpec& env, uint64_t seed)
    : ImitationAgent({.name = "transporter", .unsupported = ImitationUnsupported(env)},
                     std::make_shared<TransporterConfig>(config), env, seed) {
  c10::InferenceMode guard;
  const at::Device device = ChooseDevice(config);
  SetModels(std::make_unique<Models>(config, ChooseCompute(config, device), device, seed));
}

ROOKERY_REGISTER_AGENT(
    Transporter, TransporterConfig,
    {.name = "transporter",
     .summary = "imitates pick-and-place from a few demonstrations by cross-correlating crops",
     .source = "Zeng et al. 2020, Transporter Networks (CoRL), arXiv 2010.14406",
     .status = Status::kApproximate,
     .known_issues = {"the default lite-u and small-u are a light U-Net with settings of our own; "
                      "small, mid and paper have the published network, loss and settings",
                      "the scores of mid and paper were never measured: too slow on a CPU",
                      "weights and samples are drawn by our own generator, so that single runs "
                      "differ from the reference's"},
     .learns = true,
     .needs_episodes = true,
     .profiles = TransporterProfiles(),
     .unsupported = ImitationUnsupported});

}  // namespace rookery::pick_place
