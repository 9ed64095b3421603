#include "core/step_loop.h"

#include <algorithm>
#include <chrono>

#include "core/error.h"
#include "core/hash.h"
#include "core/run_folder.h"

namespace rookery {
namespace {

ArrayMap Kept(const ArrayMap& observation, const std::vector<std::string>& keep) {
  ArrayMap out;
  for (const auto& [name, array] : observation) {
    if (keep.empty() || std::find(keep.begin(), keep.end(), name) != keep.end()) {
      out.Set(name, array.Clone());
    }
  }
  return out;
}

StepResult Copy(const StepResult& result) {
  StepResult copy = result;
  copy.observation = result.observation.Clone();
  copy.info = result.info.Clone();
  return copy;
}

}  // namespace

StepLoop::StepLoop(Env* env, Agent* agent, bool training)
    : env_(env), agent_(agent), training_(training) {}

void StepLoop::Reset(uint64_t seed, const ArrayMap& options) {
  progress_ = EpisodeResult();
  progress_.seed = seed;
  env_->Reset(seed, options, &result_);
  if (const Array* least = result_.info.Find("least_steps")) {
    progress_.least_steps = static_cast<int64_t>(least->AsDouble());
  }
  agent_->BeginEpisode(seed);
  const uint64_t hash = HashStep(result_);
  progress_.trace_hash = HashBytes(&hash, sizeof(hash), 0);
  for (StepObserver* observer : observers_) observer->OnReset(seed, options, result_);
}

bool StepLoop::Step() {
  if (env_->needs_reset()) throw Bug("StepLoop::Step after the end of the episode");
  const ActContext context{training_, env_, &result_};
  if (!agent_->Act(result_.observation, context, &action_)) {
    progress_.gave_up = true;
    return false;
  }
  env_->Step(action_, &next_);
  ++progress_.steps;
  progress_.score += next_.reward;
  if (const Array* success = next_.info.Find("success")) {
    progress_.success = success->AsDouble() != 0;
  }
  const uint64_t hash = HashStep(next_);
  progress_.trace_hash = HashBytes(&hash, sizeof(hash), progress_.trace_hash);
  if (training_) agent_->Observe({&result_.observation, &action_, &next_});
  for (StepObserver* observer : observers_) {
    observer->OnStep(result_.observation, action_, next_);
  }
  std::swap(result_, next_);
  return !result_.done();
}

StepLoop::Moment StepLoop::Save() const {
  return {env_->Save(), Copy(result_), action_.Clone(), progress_};
}

void StepLoop::Load(const Moment& moment) {
  env_->Load(moment.env);
  result_ = Copy(moment.result);
  action_ = moment.action.Clone();
  progress_ = moment.progress;
}

EpisodeResult StepLoop::RunEpisode(uint64_t seed, const ArrayMap& options, bool (*stop)()) {
  const auto start = std::chrono::steady_clock::now();
  Reset(seed, options);
  while (Step()) {
    if (stop == nullptr || !stop()) continue;
    progress_.stopped = true;
    return progress_;
  }
  progress_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (StepObserver* observer : observers_) observer->OnEnd(progress_);
  return progress_;
}

EpisodeRecorder::EpisodeRecorder(const Env& env, std::string env_config, std::string agent,
                                 std::vector<std::string> keep, const Agent* speaker)
    : keep_(std::move(keep)), speaker_(speaker) {
  episode_.env_id = env.spec().id;
  episode_.env_config = std::move(env_config);
  episode_.instruction = env.spec().instruction;
  episode_.agent = std::move(agent);
  episode_.versions = EngineVersions();
}

void EpisodeRecorder::OnReset(uint64_t seed, const ArrayMap& options, const StepResult& result) {
  episode_.seed = seed;
  episode_.reset_options = options.Clone();
  episode_.random_state = Rng(seed).Bytes();
  episode_.observations.clear();
  episode_.infos.clear();
  episode_.actions.clear();
  episode_.annotations.clear();
  episode_.rewards.clear();
  episode_.terminated.clear();
  episode_.truncated.clear();
  episode_.hashes.clear();
  Record(result);
}

void EpisodeRecorder::OnStep(const ArrayMap&, const ArrayMap& action, const StepResult& result) {
  episode_.actions.push_back(action.Clone());
  episode_.annotations.push_back(speaker_ != nullptr ? speaker_->Sentence() : "");
  episode_.rewards.push_back(result.reward);
  episode_.terminated.push_back(result.terminated);
  episode_.truncated.push_back(result.truncated);
  Record(result);
}

void EpisodeRecorder::Record(const StepResult& result) {
  episode_.observations.push_back(Kept(result.observation, keep_));
  episode_.infos.push_back(result.info.Clone());
  episode_.hashes.push_back(HashStep(result));
}

std::string ReplayDifference(Env* env, const Episode& episode) {
  const auto compare = [&](size_t t, const StepResult& result) -> std::string {
    if (HashStep(result) == episode.hashes[t]) return "";
    // Name what differs, as far as it was stored.
    const auto names = [](const ArrayMap& stored, const ArrayMap& now, const char* group) {
      for (const auto& [name, array] : stored) {
        const Array* other = now.Find(name);
        if (other == nullptr || !array.BitEqual(*other)) return std::string(group) + name;
      }
      return std::string();
    };
    std::string what = names(episode.observations[t], result.observation, "observation ");
    if (what.empty()) what = names(episode.infos[t], result.info, "info ");
    if (what.empty() && t > 0 && result.reward != episode.rewards[t - 1]) {
      what = "reward " + std::to_string(result.reward) + " instead of " +
             std::to_string(episode.rewards[t - 1]);
    }
    if (what.empty()) what = "an array that was not stored, or a flag";
    return "step " + std::to_string(t) + " of " + std::to_string(episode.steps()) + ": " + what +
           " differs (hash " + HashHex(HashStep(result)) + ", recorded " +
           HashHex(episode.hashes[t]) + ")";
  };
  if (env->spec().id != episode.env_id) {
    throw UserError("the episode is of " + episode.env_id + ", not " + env->spec().id);
  }
  StepResult result;
  env->Reset(episode.seed, episode.reset_options, &result);
  std::string difference = compare(0, result);
  for (size_t t = 0; t < episode.actions.size() && difference.empty(); ++t) {
    if (env->needs_reset()) {
      return "step " + std::to_string(t) + ": the episode ended earlier than the recorded one";
    }
    env->Step(episode.actions[t], &result);
    difference = compare(t + 1, result);
  }
  return difference;
}

}  // namespace rookery
