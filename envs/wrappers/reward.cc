// Other rewards.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

struct RewardConfig final : Config {
  std::string mode = "clip";
  double low = -1, high = 1, factor = 1;
  void Fields(FieldVisitor& v) override {
    v.Field("mode", &mode,
            {.help = "clip to [low, high], tanh, or sign", .choices = {"clip", "tanh", "sign"}});
    v.Field("factor", &factor, {.help = "multiplied before the mode"});
    v.Field("low", &low, {.help = "least reward of clip"});
    v.Field("high", &high, {.help = "greatest reward of clip"});
  }
  void Check() const override {
    if (low > high) throw UserError("wrapper reward: low is above high");
  }
};

class Reward final : public Wrapper {
 public:
  Reward(const RewardConfig& config, Wrapped wrapped)
      : Wrapper(Changed(wrapped.env->spec(), config), &wrapped), config_(config) {}

 private:
  static double Apply(const RewardConfig& c, double reward) {
    reward *= c.factor;
    if (c.mode == "tanh") return std::tanh(reward);
    if (c.mode == "sign") return reward > 0 ? 1 : reward < 0 ? -1 : 0;
    return std::clamp(reward, c.low, c.high);
  }
  static EnvSpec Changed(EnvSpec spec, const RewardConfig& config) {
    const double a = Apply(config, spec.reward_low), b = Apply(config, spec.reward_high);
    spec.reward_low = std::min(a, b);
    spec.reward_high = std::max(a, b);
    return spec;
  }
  void DoStep(const ArrayMap& action, StepResult* out) override {
    StepInner(action, out);
    out->reward = Apply(config_, out->reward);
  }
  std::string ConfigKey() const override { return "reward " + config_.mode; }

  RewardConfig config_;
};

ROOKERY_REGISTER_WRAPPER(Reward, RewardConfig,
                         {.name = "reward",
                          .summary = "clips, squashes or scales the reward of each step",
                          .source = "Mnih et al. 2015 (clipping), Hafner et al. 2021 (tanh)"});

}  // namespace
}  // namespace rookery
