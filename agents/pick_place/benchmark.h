// Our side of `rookery bench transporter`: the time of training iterations and of actions on a
// drawn scene. The peer is tests/bench/transporter_peer.py.
#ifndef ROOKERY_AGENTS_PICK_PLACE_BENCHMARK_H_
#define ROOKERY_AGENTS_PICK_PLACE_BENCHMARK_H_

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/agent.h"

namespace rookery::pick_place {

class TransporterBenchmark {
 public:
  // `settings`: of the agent, such as "profile=small" or "correlation=direct".
  explicit TransporterBenchmark(const std::vector<std::string>& settings);
  ~TransporterBenchmark();

  int64_t parameters() const;
  // Whether the peer should compute in bfloat16 too.
  bool bf16() const { return bf16_; }
  // Wall-clock seconds of each of n training iterations (Agent::Update) / actions (Agent::Act).
  std::vector<double> Iterations(int n);
  std::vector<double> Actions(int n);
  // Of each of n cross-correlations of the agent's size, forward and backward.
  std::vector<double> Correlations(int n);
  // The peer's "setup" request for the same networks and algorithm.
  nlohmann::json PeerSetup() const;

 private:
  std::vector<std::string> settings_;
  bool bf16_ = false;
  std::unique_ptr<Agent> agent_;
  ArrayMap observation_;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_BENCHMARK_H_
