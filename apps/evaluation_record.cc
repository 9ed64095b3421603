#include "apps/evaluation_record.h"

#include <utility>

#include "core/error.h"
#include "core/log.h"

namespace rookery {

class EvaluationRecord::Observer final : public StepObserver {
 public:
  Observer(EpisodeRecorder recorder, EvaluationRecord* record)
      : recorder_(std::move(recorder)), record_(record) {}
  void OnReset(uint64_t seed, const ArrayMap& options, const StepResult& result) override {
    recorder_.OnReset(seed, options, result);
  }
  void OnStep(const ArrayMap& observation, const ArrayMap& action,
              const StepResult& result) override {
    recorder_.OnStep(observation, action, result);
  }
  void OnEnd(const EpisodeResult&) override { record_->Add(recorder_.episode()); }

 private:
  EpisodeRecorder recorder_;
  EvaluationRecord* record_;
};

EvaluationRecord::EvaluationRecord(const std::string& folder, const std::vector<uint64_t>& seeds)
    : store_(folder) {
  for (size_t i = 0; i < seeds.size(); ++i) place_[seeds[i]] = i;
  for (int64_t i = 0; i < store_.size(); ++i, ++next_) {
    found_.push_back(ResultOf(store_.Read(i)));
    if (next_ >= seeds.size() || found_.back().seed != seeds[next_]) {
      throw UserError(store_.path(i) + " is not of this evaluation: expected " +
                      (next_ < seeds.size() ? "seed " + std::to_string(seeds[next_])
                                            : std::to_string(seeds.size()) + " episodes"));
    }
  }
}

std::unique_ptr<StepObserver> EvaluationRecord::Observe(EpisodeRecorder recorder) {
  return std::make_unique<Observer>(std::move(recorder), this);
}

void EvaluationRecord::Add(Episode episode) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (full_) return;
  try {
    AddInOrder(std::move(episode));
  } catch (const Failure& failure) {
    full_ = true;
    LogWarning(std::string(failure.what()) + "; no further episodes are recorded");
  }
}

void EvaluationRecord::AddInOrder(Episode episode) {
  const size_t place = place_.at(episode.seed);
  waiting_[place] = std::move(episode);
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    store_.Add(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++next_;
  }
}

void EvaluationRecord::Finish() {
  if (!full_) store_.WriteIndex();
}

EpisodeResult ResultOf(const Episode& episode) {
  EpisodeResult result;
  result.seed = episode.seed;
  result.score = episode.Return();
  result.success = episode.steps() > 0 && episode.Success();
  result.steps = episode.steps();
  if (!episode.infos.empty()) {
    if (const Array* least = episode.infos.front().Find("least_steps")) {
      result.least_steps = static_cast<int64_t>(least->AsDouble());
    }
  }
  result.trace_hash = episode.TraceHash();
  result.gave_up =
      episode.steps() == 0 || (episode.terminated.back() == 0 && episode.truncated.back() == 0);
  return result;
}

}  // namespace rookery
