#include "core/episode.h"

#include <numeric>

#include "core/env.h"
#include "core/hash.h"

namespace rookery {

double Episode::Return() const { return std::accumulate(rewards.begin(), rewards.end(), 0.0); }

uint64_t Episode::TraceHash() const {
  uint64_t chain = 0;
  for (uint64_t hash : hashes) chain = HashBytes(&hash, sizeof(hash), chain);
  return chain;
}

bool Episode::Success() const {
  const Array* success = infos.empty() ? nullptr : infos.back().Find("success");
  return success != nullptr && success->AsDouble() != 0;
}

uint64_t HashStep(const StepResult& result) {
  const struct {
    double reward;
    uint64_t flags;
  } tail = {result.reward, (result.terminated ? 1U : 0U) | (result.truncated ? 2U : 0U)};
  const uint64_t arrays = HashArrays(result.info, HashArrays(result.observation));
  return HashBytes(&tail, sizeof(tail), arrays);
}

}  // namespace rookery
