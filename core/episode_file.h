// What is known of a recorded episode without its arrays.
#ifndef ROOKERY_CORE_EPISODE_FILE_H_
#define ROOKERY_CORE_EPISODE_FILE_H_

#include <cstdint>
#include <string>

namespace rookery {

struct EpisodeFacts {
  std::string env_id, env_config, agent;
  uint64_t seed = 0;
  int64_t steps = 0;
  double score = 0;  // sum of rewards
  bool success = false;
};
// UserError as ReadEpisode.
EpisodeFacts ReadEpisodeFacts(const std::string& path);

}  // namespace rookery

#endif  // ROOKERY_CORE_EPISODE_FILE_H_
