#include "core/dataset.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "core/episode_store.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/rng.h"

namespace rookery {

EpisodeSet LoadEpisodes(const std::string& folder, int64_t count, uint64_t seed) {
  if (!std::filesystem::is_directory(folder)) {
    throw UserError("no folder of episodes at " + folder + " (`rookery demos` makes one)");
  }
  const EpisodeStore store(folder);
  if (store.size() == 0) {
    throw UserError("no episodes in " + folder + " (`rookery demos` makes some)");
  }
  if (count > store.size()) {
    throw UserError("wanted " + std::to_string(count) + " episodes, " + folder + " holds " +
                    std::to_string(store.size()));
  }
  EpisodeSet out;
  out.indices.resize(static_cast<size_t>(store.size()));
  std::iota(out.indices.begin(), out.indices.end(), 0);
  if (count > 0 && count < store.size()) {
    Rng rng = Rng::Stream(seed, "choice of demonstrations");
    rng.Shuffle(&out.indices);
    out.indices.resize(static_cast<size_t>(count));
    std::sort(out.indices.begin(), out.indices.end());
  }
  for (int64_t index : out.indices) {
    out.episodes.push_back(std::make_shared<Episode>(store.Read(index)));
  }
  uint64_t hash = 0;
  for (const auto& episode : out.episodes) {
    const uint64_t trace = episode->TraceHash();
    hash = HashBytes(&trace, sizeof(trace), hash);
  }
  out.name = std::to_string(out.episodes.size()) + " episodes, " + HashHex(hash);
  out.env_id = out.episodes.front()->env_id;
  out.env_config = out.episodes.front()->env_config;
  return out;
}

}  // namespace rookery
