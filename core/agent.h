// Agent: whatever chooses actions - learners, oracles, a person, a recorded log. Five virtuals
// are the contract (Act, Observe, Update, Save, Load); the others have sensible defaults.
#ifndef ROOKERY_CORE_AGENT_H_
#define ROOKERY_CORE_AGENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/env.h"

namespace rookery {

// Named scalars, in order of appearance; names as "loss/attention", "episode/return".
using Metrics = std::vector<std::pair<std::string, double>>;

// What a learner keeps on disk: named tensors plus small texts (JSON, bytes as hex).
struct Checkpoint {
  ArrayMap tensors;
  std::map<std::string, std::string> meta;
};

struct ActContext {
  bool training = false;  // explore and sample; false = deterministic evaluation
  Env* env = nullptr;     // set for every agent; only privileged ones (oracles) may use it
  const StepResult* last = nullptr;  // reward, flags and info that came with the observation
};

struct Transition {
  const ArrayMap* observation = nullptr;  // before the step
  const ArrayMap* action = nullptr;
  const StepResult* result = nullptr;  // after it
};

struct Episode;

// One thread at a time. Evaluation in parallel uses one Agent per thread (see Registry).
class Agent {
 public:
  virtual ~Agent() = default;

  // Called by StepLoop before the first Act of an episode. The seed starts the agent's own
  // random stream for the episode, so that its actions do not depend on earlier episodes.
  virtual void BeginEpisode(uint64_t /*episode_seed*/) {}
  // Chooses an action; writes all arrays of the action spec. False: it has none to offer,
  // which ends the episode. Never learns.
  virtual bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) = 0;
  // Sees what came of the action (training only).
  virtual void Observe(const Transition&) {}
  // One learning step; empty when there is nothing to learn (yet). Failure on a non-finite
  // loss, with the parameters of before the step kept.
  virtual Metrics Update() { return {}; }
  virtual void Save(Checkpoint*) const {}
  // Restores everything, learning state included, so that training goes on exactly as it
  // would have; UserError names the first tensor that does not fit, and nothing is changed.
  virtual void Load(const Checkpoint&) {}

  // Imitation learners take their demonstrations here, before the first Update. UserError
  // when the episodes do not fit (other task, other image size), naming both.
  virtual void SetEpisodes(std::vector<std::shared_ptr<const Episode>> /*episodes*/) {}

  // What the last action does, in one English sentence; "" when the agent does not say.
  virtual std::string Sentence() const { return ""; }

  // Why the last action was chosen, as data for reports and the viewer: arrays with the names and
  // shapes of core/overlay.h; empty when the agent has nothing to say.
  virtual const ArrayMap& Explanation() const;

  // Trainable parameters in all networks together (0 = does not learn).
  virtual int64_t NumParameters() const { return 0; }
};

}  // namespace rookery

#endif  // ROOKERY_CORE_AGENT_H_
