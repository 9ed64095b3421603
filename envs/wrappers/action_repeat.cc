// Each action several times.
#include <algorithm>

#include "core/registry.h"

namespace rookery {
namespace {

struct ActionRepeatConfig final : Config {
  int times = 4;
  void Fields(FieldVisitor& v) override {
    v.Field("times", &times, {.help = "steps per action; rewards add up", .min = 1, .max = 1000});
  }
};

class ActionRepeat final : public Wrapper {
 public:
  ActionRepeat(const ActionRepeatConfig& config, Wrapped wrapped)
      : Wrapper(Changed(wrapped.env->spec(), config.times), &wrapped), times_(config.times) {}

  void SetMaxSteps(int steps) override {
    Env::SetMaxSteps(steps);
    inner().SetMaxSteps(steps * times_);
  }

 private:
  static EnvSpec Changed(EnvSpec spec, int times) {
    // An episode may end after the first.
    spec.reward_low = std::min(spec.reward_low, spec.reward_low * times);
    spec.reward_high = std::max(spec.reward_high, spec.reward_high * times);
    spec.max_steps = (spec.max_steps + times - 1) / times;
    spec.control_hz /= times;
    return spec;
  }
  void DoStep(const ArrayMap& action, StepResult* out) override {
    double sum = 0;
    for (int i = 0; i < times_; ++i) {
      StepInner(action, out);
      sum += out->reward;
      if (out->done()) break;
    }
    out->reward = sum;
  }
  std::string ConfigKey() const override { return "action_repeat " + std::to_string(times_); }

  int times_;
};

ROOKERY_REGISTER_WRAPPER(ActionRepeat, ActionRepeatConfig,
                         {.name = "action_repeat",
                          .summary = "takes every action several times and adds up the rewards",
                          .source = "Mnih et al. 2015, frame skip"});

}  // namespace
}  // namespace rookery
