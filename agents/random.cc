// Uniformly random actions: the score that every other agent has to beat.
#include "core/registry.h"

namespace rookery {
namespace {

class RandomAgent final : public Agent {
 public:
  RandomAgent(const EmptyConfig&, const EnvSpec& env, uint64_t seed)
      : action_spec_(env.action), seed_(seed) {}

  void BeginEpisode(uint64_t episode_seed) override {
    rng_ = Rng::Stream(seed_, "random agent", 0, episode_seed);
  }
  bool Act(const ArrayMap&, const ActContext&, ArrayMap* action) override {
    *action = action_spec_.Sample(&rng_);
    return true;
  }

 private:
  Spec action_spec_;
  uint64_t seed_;
  Rng rng_;
};

ROOKERY_REGISTER_AGENT(RandomAgent, EmptyConfig,
                       {.name = "random",
                        .summary = "uniformly random actions",
                        .source = "baseline",
                        .status = Status::kExact});

}  // namespace
}  // namespace rookery
