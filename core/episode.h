// Episode: what happened between a Reset and the end, with all that is needed to repeat it.
#ifndef ROOKERY_CORE_EPISODE_H_
#define ROOKERY_CORE_EPISODE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/array.h"

namespace rookery {

struct Episode {
  std::string env_id;
  std::string env_config;                       // JSON of all options
  std::string instruction;                      // what was to be done, in words; "" = not told
  std::string agent;                            // who acted
  uint64_t seed = 0;                            // of Env::Reset
  ArrayMap reset_options;                       // likewise
  std::string random_state;                     // Rng of the environment after seeding (bytes)
  std::map<std::string, std::string> versions;  // engine -> version

  // T actions, T + 1 observations; index 0 is what Reset returned.
  std::vector<ArrayMap> observations;
  std::vector<ArrayMap> infos;
  std::vector<ArrayMap> actions;               // T
  std::vector<std::string> annotations;        // T; what each action does, in words; "" = not told
  std::vector<double> rewards;                 // T; rewards[t] follows actions[t]
  std::vector<uint8_t> terminated, truncated;  // T
  std::vector<uint64_t> hashes;                // T + 1; of observation, reward, flags, info

  int64_t steps() const { return static_cast<int64_t>(actions.size()); }
  double Return() const;       // sum of rewards
  uint64_t TraceHash() const;  // chain of all step hashes
  bool Success() const;        // last info's `success`, false when absent
};

// Hash of one StepResult: every observation and info array, reward, flags.
struct StepResult;
uint64_t HashStep(const StepResult& result);

}  // namespace rookery

#endif  // ROOKERY_CORE_EPISODE_H_
