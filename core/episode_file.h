// Private to core: what the store needs to know about a file without its arrays.
#ifndef ROOKERY_CORE_EPISODE_FILE_H_
#define ROOKERY_CORE_EPISODE_FILE_H_

#include <cstdint>
#include <string>

namespace rookery {

struct EpisodeFacts {
  std::string env_id, env_config;
  int64_t steps = 0;
};
// UserError as ReadEpisode.
EpisodeFacts ReadEpisodeFacts(const std::string& path);

}  // namespace rookery

#endif  // ROOKERY_CORE_EPISODE_FILE_H_
