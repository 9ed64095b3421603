// Choosing demonstrations to learn from.
#ifndef ROOKERY_CORE_DATASET_H_
#define ROOKERY_CORE_DATASET_H_

#include <memory>
#include <string>
#include <vector>

#include "core/episode.h"

namespace rookery {

struct EpisodeSet {
  std::vector<std::shared_ptr<const Episode>> episodes;
  std::vector<int64_t> indices;  // in the store
  std::string env_id, env_config;
  std::string name;  // "10 episodes, 91ab...": how many, and a hash of their traces
};

// `count` episodes of the folder (all when 0), drawn without replacement by `seed`, in the
// order of their index. UserError when there are fewer, naming both numbers, or none at all.
EpisodeSet LoadEpisodes(const std::string& folder, int64_t count, uint64_t seed);

}  // namespace rookery

#endif  // ROOKERY_CORE_DATASET_H_
