// StepLoop: the only place that drives Env x Agent. Train, eval, replay and the viewer use it.
#ifndef ROOKERY_CORE_STEP_LOOP_H_
#define ROOKERY_CORE_STEP_LOOP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/agent.h"
#include "core/env.h"
#include "core/episode.h"

namespace rookery {

struct EpisodeResult {
  uint64_t seed = 0;
  double score = 0;      // sum of rewards
  bool success = false;  // info `success` of the last step
  int64_t steps = 0;
  int64_t least_steps = 0;  // info `least_steps` of the reset; 0 = not known
  uint64_t trace_hash = 0;  // as Episode::TraceHash
  bool gave_up = false;     // the agent offered no action
  bool stopped = false;     // before its end, by `stop` of RunEpisode
  double seconds = 0;       // wall time, not part of any trace
};

// Watches a loop; sees arrays that are valid during the call only (Clone to keep).
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  virtual void OnReset(uint64_t /*seed*/, const ArrayMap& /*options*/,
                       const StepResult& /*result*/) {}
  // `observation` is the one the action was chosen from.
  virtual void OnStep(const ArrayMap& /*observation*/, const ArrayMap& /*action*/,
                      const StepResult& /*result*/) {}
  virtual void OnEnd(const EpisodeResult& /*result*/) {}  // of RunEpisode
};

class StepLoop {
 public:
  // Neither is owned. `training` is passed to the agent, which then also Observes.
  StepLoop(Env* env, Agent* agent, bool training = false);

  void AddObserver(StepObserver* observer) { observers_.push_back(observer); }

  void Reset(uint64_t seed, const ArrayMap& options = {});
  // Exactly one environment step. False when the episode has ended (or the agent gave up);
  // then Reset is next.
  bool Step();
  // Reset, then Step to the end - or until `stop`, which is asked between steps; observers are then
  // not told of an end.
  EpisodeResult RunEpisode(uint64_t seed, const ArrayMap& options = {}, bool (*stop)() = nullptr);

  // Where the loop and its environment are, to come back to. Arrays are copies. Agents are not part
  // of it, and observers are not told of a Load.
  struct Moment {
    std::string env;  // Env::Save
    StepResult result;
    ArrayMap action;
    EpisodeResult progress;
  };
  Moment Save() const;
  void Load(const Moment& moment);
  // What the agent sees next, after a hand worked in the world (Env::Look).
  void Look() { env_->Look(&result_.observation); }
  // Who acts from the next step on; no BeginEpisode.
  void SetAgent(Agent* agent) { agent_ = agent; }

  const StepResult& last() const { return result_; }
  const ArrayMap& last_action() const { return action_; }
  const EpisodeResult& progress() const { return progress_; }

 private:
  Env* env_;
  Agent* agent_;
  bool training_;
  std::vector<StepObserver*> observers_;
  StepResult result_, next_;
  ArrayMap action_;
  EpisodeResult progress_;
};

// Collects whole episodes. `keep` chooses which observation arrays are stored (all if empty);
// hashes always cover everything. `speaker` (the agent, when it outlives the recorder) annotates.
class EpisodeRecorder final : public StepObserver {
 public:
  EpisodeRecorder(const Env& env, std::string env_config, std::string agent,
                  std::vector<std::string> keep = {}, const Agent* speaker = nullptr);
  void OnReset(uint64_t seed, const ArrayMap& options, const StepResult& result) override;
  void OnStep(const ArrayMap& observation, const ArrayMap& action,
              const StepResult& result) override;
  Episode& episode() { return episode_; }

 private:
  void Record(const StepResult& result);
  std::vector<std::string> keep_;
  const Agent* speaker_;
  Episode episode_;
};

// Repeats a recorded episode on `env`. Empty when every step is the same to the byte, else one
// line naming the first step and array that differ.
std::string ReplayDifference(Env* env, const Episode& episode);

}  // namespace rookery

#endif  // ROOKERY_CORE_STEP_LOOP_H_
