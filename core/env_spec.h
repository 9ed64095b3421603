// What an environment says about itself, and what a step gives.
#ifndef ROOKERY_CORE_ENV_SPEC_H_
#define ROOKERY_CORE_ENV_SPEC_H_

#include <limits>
#include <string>

#include "core/array.h"
#include "core/spec.h"

namespace rookery {

// What becomes of an action outside the bounds of its spec.
enum class ActionBounds {
  kRefuse,       // UserError that names the component
  kClamp,        // clamped to the bounds, with one warning
  kEnvironment,  // passed on: the environment says what it does with it
};

struct EnvSpec {
  std::string id;                // "Ravens/BlockInsertion-v0"
  std::string instruction = {};  // what to do, one English sentence; "" = not told
  Spec observation = {}, action = {}, info = {};
  double reward_low = -std::numeric_limits<double>::infinity();  // of one step
  double reward_high = std::numeric_limits<double>::infinity();
  int max_steps = 0;      // steps until `truncated`; 0 = no limit
  double control_hz = 0;  // steps per simulated second; 0 = not timed
  bool has_oracle = false;
  bool deterministic = false;  // true: the seed changes nothing
  bool same_start = false;     // true: every reset looks alike; luck comes with the steps
  ActionBounds action_bounds = ActionBounds::kRefuse;
};

struct StepResult {
  ArrayMap observation;
  double reward = 0;
  bool terminated = false;  // the task ended (solved, failed)
  bool truncated = false;   // the time limit ended it
  // Where the task knows them: scalar bool `success`; scalar int64 `least_steps`, steps that a
  // solution without a mistake takes (of a reset; 0 = not defined).
  ArrayMap info;
  bool done() const { return terminated || truncated; }
};

}  // namespace rookery

#endif  // ROOKERY_CORE_ENV_SPEC_H_
