#include "agents/pick_place/transporter_goal.h"

#include <torch/torch.h>

#include "agents/pick_place/demonstrations.h"
#include "agents/pick_place/goal_models.h"
#include "core/registry.h"

namespace rookery::pick_place {

const std::vector<Profile>& TransporterGoalProfiles() {
  static const std::vector<Profile> profiles = {
      {"lite-u",
       "light U-Net at half resolution",
       {"network=unet", "half_resolution=true", "output_scale=0.03125", "steps=600"}},
      {"small-u",
       "light U-Net at full resolution, for fine tasks",
       {"network=unet", "half_resolution=false", "output_scale=0.015625", "steps=1000"}},
      {"paper",
       "the published network and settings",
       {"network=resnet", "width=1", "half_resolution=false", "rotations=24", "learning_rate=1e-5",
        "schedule=constant", "output_scale=0.000244140625", "weight_average=0", "pick_blur=0",
        "pixel_convention=corner", "mode=split", "goal_image=last", "steps=20000"}},
  };
  return profiles;
}

const std::vector<Profile>& TransporterGoalConfig::Profiles() const {
  return TransporterGoalProfiles();
}

void TransporterGoalConfig::OwnFields(FieldVisitor& v) {
  v.Field("mode", &mode,
          {.help = "split: goal features multiply those of scene and key, crops are taken of the "
                   "product; stack: scene and goal image on top of each other; naive: so for the "
                   "place only",
           .choices = {"split", "stack", "naive"}});
  v.Field("goal_image", &goal_image,
          {.help = "in training: the environment's, or the last observation of the demonstration "
                   "(as published). In action always the environment's",
           .choices = {"environment", "last"}});
}

std::string TransporterGoalUnsupported(const EnvSpec& env) {
  if (std::string reason = ImitationUnsupported(env); !reason.empty()) return reason;
  const std::string reason = ImageUnsupported(env, kGoalPrefix);
  if (reason.empty()) return "";
  return "this agent needs a goal image, but " + reason +
         "; Ravens/BlockInsertionNoFixture-v0 and the cable tasks with target=hidden have one";
}

TransporterGoal::TransporterGoal(const TransporterGoalConfig& config, const EnvSpec& env,
                                 uint64_t seed)
    : ImitationAgent({.name = "transporter_goal",
                      .unsupported = TransporterGoalUnsupported(env),
                      .goals = config.goal_image == "last" ? GoalSource::kLastObservation
                                                           : GoalSource::kEnvironment},
                     std::make_shared<TransporterGoalConfig>(config), env, seed) {
  c10::InferenceMode guard;
  const at::Device device = ChooseDevice(config);
  SetModels(std::make_unique<GoalModels>(config, ChooseCompute(config, device), device, seed));
}

ROOKERY_REGISTER_AGENT(
    TransporterGoal, TransporterGoalConfig,
    {.name = "transporter_goal",
     .summary = "imitates pick-and-place towards a goal image",
     .source = "Seita et al. 2021, Goal-Conditioned Transporter Networks (ICRA), arXiv 2012.03385",
     .status = Status::kApproximate,
     .known_issues = {"the default lite-u and small-u are a light U-Net with settings of our own; "
                      "paper has the published networks, loss and settings",
                      "the scores of paper were never measured: too slow on a CPU",
                      "goal images are drawn by the environment, without the arm; the reference "
                      "takes the last image of a stored test episode"},
     .learns = true,
     .needs_episodes = true,
     .profiles = TransporterGoalProfiles(),
     .unsupported = TransporterGoalUnsupported});

}  // namespace rookery::pick_place
