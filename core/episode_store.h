// Episodes on disk: one HDF5 file per episode in robomimic's layout, plus what an exact replay
// needs. The folder also holds dataset.hdf5, whose data/demo_i are external links, so that
// readers see one data set. A file with T steps:
//   data                            attributes total, env_args (JSON)
//   data/demo_0                     attributes num_samples, seed, agent, env_id, env_config (JSON),
//                                   versions (JSON), success, return, checksum, rookery_format,
//                                   instruction, annotations (JSON list of T sentences or empty)
//     actions (T, A) float64        all action arrays side by side
//     action_parts/<name> (T, ...)  the same, exactly
//     observations/<name> (T + 1, ...)
//     obs/, next_obs/<name>         rows 0..T-1 and 1..T of these (virtual, no copy)
//     infos/<name> (T + 1, ...)     rewards, dones, terminated, truncated (T)
//     reset_options/<name> (1, ...) what Reset was given
//     hashes (T + 1) uint64         random_state (n) uint8
//     states (T, 0)                 robomimic's simulator states; replaying gives them instead
// After the end of the HDF5 data a file holds a hash of it, which HDF5 readers do not see.
#ifndef ROOKERY_CORE_EPISODE_STORE_H_
#define ROOKERY_CORE_EPISODE_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "core/episode.h"

namespace rookery {

// Atomic; the same episode makes the same bytes. UserError when steps differ in their arrays.
void WriteEpisode(const std::string& path, const Episode& episode);
// UserError for a missing, truncated, damaged or foreign file, naming it and the field.
Episode ReadEpisode(const std::string& path);

// Attribute `env_args` of robomimic's layout: JSON with env_name, env_type, env_kwargs.
std::string EnvArgs(const std::string& env_id, const std::string& env_config);

// A folder of episodes. An episode that Add returned from survives any crash. One thread at a
// time.
class EpisodeStore {
 public:
  // Opens or creates, and removes what a killed writer left unfinished. UserError when the folder
  // holds another data set (other HDF5 files) or lacks an episode between others.
  explicit EpisodeStore(std::string folder);

  // Is this the name of a file that a store writes?
  static bool Owns(const std::string& file_name);

  const std::string& folder() const { return folder_; }
  int64_t size() const { return static_cast<int64_t>(files_.size()); }
  std::string path(int64_t index) const;      // .../episode_000012_seed_24.hdf5
  std::vector<uint64_t> seeds() const;        // by index
  std::optional<uint64_t> last_seed() const;  // largest seed stored
  // Writes the episode under the next index. UserError when env id or config differ from the
  // episodes already there.
  void Add(const Episode& episode);
  Episode Read(int64_t index) const;
  // Rewrites dataset.hdf5 to link every episode.
  void WriteIndex() const;

 private:
  std::string folder_;
  std::vector<std::string> files_;   // names, by index
  std::string env_id_, env_config_;  // of the episodes, once known
};

}  // namespace rookery

#endif  // ROOKERY_CORE_EPISODE_STORE_H_
