#include "agents/pick_place/transporter_6dof.h"

#include <torch/torch.h>

#include "agents/pick_place/six_dof_models.h"
#include "core/registry.h"

namespace rookery::pick_place {

const std::vector<Profile>& TransporterSixDofProfiles() {
  static const std::vector<Profile> profiles = {
      {"lite-u",
       "light U-Net at half resolution",
       {"network=unet", "half_resolution=true", "output_scale=0.03125", "steps=1000"}},
      {"small-u",
       "light U-Net at full resolution",
       {"network=unet", "half_resolution=false", "output_scale=0.015625", "steps=1000"}},
      {"paper",
       "the published network and settings",
       {"network=resnet", "width=1", "half_resolution=false", "learning_rate=0.0001",
        "schedule=constant", "output_scale=1", "weight_average=0", "pick_blur=0",
        "pixel_convention=corner", "roll_kernel=pitch", "window_bins=clip", "head_scale=1",
        "z_scale=1", "head_init=normal", "steps=40000"}},
  };
  return profiles;
}

const std::vector<Profile>& TransporterSixDofConfig::Profiles() const {
  return TransporterSixDofProfiles();
}

void TransporterSixDofConfig::OwnFields(FieldVisitor& v) {
  v.Field("roll_kernel", &roll_kernel,
          {.help = "crop planes that roll is correlated with: its own, or those of pitch as in the "
                   "reference",
           .choices = {"roll", "pitch"}});
  v.Field("window_bins", &window_bins,
          {.help = "the window of the losses ends at the first and last rotation (clip, as in the "
                   "reference) or goes round",
           .choices = {"wrap", "clip"}});
  v.Field("window", &window,
          {.help = "reach of the window of the losses around the place",
           .unit = "heightmap px",
           .min = 0,
           .max = 40});
  v.Field("head_scale", &head_scale,
          {.help = "factor of the cross-correlations that height, roll and pitch are read from",
           .min = 1e-9,
           .max = 1e3});
  v.Field("z_scale", &z_scale,
          {.help = "height is learned in units of 1 / z_scale m", .min = 1, .max = 100});
  v.Field("head_weight", &head_weight,
          {.help = "weight of the losses of height, roll and pitch", .min = 0, .max = 1e3});
  v.Field("head_init", &head_init,
          {.help = "weights of the heads at the start; normal: N(0, 0.05^2), as in the reference",
           .choices = {"glorot", "normal"}});
}

TransporterSixDof::TransporterSixDof(const TransporterSixDofConfig& config, const EnvSpec& env,
                                     uint64_t seed)
    : ImitationAgent(
          {.name = "transporter_6dof", .unsupported = ImitationUnsupported(env), .six_dof = true},
          std::make_shared<TransporterSixDofConfig>(config), env, seed) {
  c10::InferenceMode guard;
  const at::Device device = ChooseDevice(config);
  SetModels(std::make_unique<SixDofModels>(config, ChooseCompute(config, device), device, seed));
}

ROOKERY_REGISTER_AGENT(
    TransporterSixDof, TransporterSixDofConfig,
    {.name = "transporter_6dof",
     .summary = "the transporter, which also learns height, roll and pitch of the place",
     .source = "Zeng et al. 2020, Transporter Networks (CoRL), section 3.4, arXiv 2010.14406",
     .status = Status::kApproximate,
     .known_issues = {"the default lite-u and small-u are a light U-Net with settings of our own; "
                      "paper has the published networks, losses and settings",
                      "the scores of paper were never measured: too slow on a CPU",
                      "a thousand iterations teach height, but hardly roll and pitch: "
                      "docs/results.md"},
     .learns = true,
     .needs_episodes = true,
     .profiles = TransporterSixDofProfiles(),
     .unsupported = ImitationUnsupported});

}  // namespace rookery::pick_place
