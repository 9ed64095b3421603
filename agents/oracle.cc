// The environment's own scripted expert, seen as an agent.
#include "core/registry.h"

namespace rookery {
namespace {

class OracleAgent final : public Agent {
 public:
  OracleAgent(const EmptyConfig&, const EnvSpec&, uint64_t seed) : seed_(seed) {}

  void BeginEpisode(uint64_t episode_seed) override {
    rng_ = Rng::Stream(seed_, "oracle", 0, episode_seed);
  }
  bool Act(const ArrayMap&, const ActContext& context, ArrayMap* action) override {
    if (!context.env->OracleAction(&rng_, action)) return false;
    sentence_ = context.env->OracleSentence();
    return true;
  }
  std::string Sentence() const override { return sentence_; }

 private:
  uint64_t seed_;
  Rng rng_;
  std::string sentence_;
};

ROOKERY_REGISTER_AGENT(OracleAgent, EmptyConfig,
                       {.name = "oracle",
                        .summary = "the environment's scripted expert, with privileged state",
                        .source = "the environment's reference",
                        .status = Status::kExact,
                        .privileged = true,
                        .unsupported = [](const EnvSpec& env) -> std::string {
                          return env.has_oracle ? "" : "it has no scripted oracle";
                        }});

}  // namespace
}  // namespace rookery
