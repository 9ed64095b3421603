// Another time limit.
#include "core/registry.h"

namespace rookery {
namespace {

struct TimeLimitConfig final : Config {
  int steps = 0;
  void Fields(FieldVisitor& v) override {
    v.Field("steps", &steps, {.help = "steps until `truncated`; 0 = none", .min = 0});
  }
};

class TimeLimit final : public Wrapper {
 public:
  TimeLimit(const TimeLimitConfig& config, Wrapped wrapped)
      : Wrapper(wrapped.env->spec(), &wrapped) {
    SetMaxSteps(config.steps);
  }

 private:
  std::string ConfigKey() const override {
    return "time_limit " + std::to_string(spec().max_steps);
  }
};

ROOKERY_REGISTER_WRAPPER(TimeLimit, TimeLimitConfig,
                         {.name = "time_limit",
                          .summary = "ends episodes after a number of steps, or never",
                          .source = "Gymnasium TimeLimit"});

}  // namespace
}  // namespace rookery
