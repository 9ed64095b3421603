// Private to envs/atari: what ale-py's Gymnasium environment makes of a seed.
#ifndef ROOKERY_ENVS_ATARI_SEEDS_H_
#define ROOKERY_ENVS_ATARI_SEEDS_H_

#include <cstdint>
#include <vector>

#include "core/rng.h"

namespace rookery::atari {

struct AtariSeeds {
  uint32_t numpy;     // of the generator of frame skips and no-ops
  uint32_t emulator;  // of the sticky actions
};

inline AtariSeeds SeedsOf(uint64_t seed) {
  std::vector<uint32_t> words = {static_cast<uint32_t>(seed)};
  if (seed >> 32) words.push_back(static_cast<uint32_t>(seed >> 32));
  const std::vector<uint32_t> state = SeedSequence(words).GenerateState(2);
  return {state[0], state[1]};
}

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_SEEDS_H_
