#include "gui/stage.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace rookery::gui {
namespace {

int64_t Bytes(const ArrayMap& arrays) {
  int64_t bytes = 0;
  for (const auto& [name, array] : arrays) bytes += static_cast<int64_t>(array.nbytes());
  return bytes;
}

// Copies of what reasons can be drawn over: maps and screens, not the large camera pictures.
ArrayMap Pictures(const ArrayMap& observation) {
  constexpr int64_t kMostElements = 1 << 18;
  ArrayMap pictures;
  for (const auto& [name, array] : observation) {
    const bool picture = array.dtype() == DType::kUInt8 && array.shape().size() >= 2;
    if (picture && array.size() <= kMostElements) pictures.Set(name, array.Clone());
  }
  return pictures;
}

// Repeats the actions of a draft.
class Understudy final : public Agent {
 public:
  explicit Understudy(const EpisodeDraft& draft) : draft_(draft) {}
  bool Act(const ArrayMap&, const ActContext&, ArrayMap* action) override {
    if (next_ == draft_.actions.size()) return false;
    *action = draft_.actions[next_++].Clone();
    return true;
  }
  std::string Sentence() const override {
    return next_ > 0 && next_ <= draft_.sentences.size() ? draft_.sentences[next_ - 1] : "";
  }

 private:
  const EpisodeDraft& draft_;
  size_t next_ = 0;
};

template <typename T>
bool AllFinite(const Array& array) {
  const auto values = array.As<T>();
  return std::all_of(values.begin(), values.end(), [](T value) { return std::isfinite(value); });
}

}  // namespace

Episode PerformDraft(const EpisodeDraft& draft) {
  if (draft.touched) {
    throw UserError("a hand took part in this episode, so no recording could repeat it");
  }
  Cast cast = draft.cast;
  const std::unique_ptr<Env> env = MakeCastEnv(&cast);
  Understudy understudy(draft);
  EpisodeRecorder recorder(*env, cast.env_config, cast.agent, {}, &understudy);
  StepLoop loop(env.get(), &understudy);
  loop.AddObserver(&recorder);
  loop.Reset(draft.seed, draft.options);
  for (size_t i = 0; i < draft.actions.size(); ++i) {
    const bool goes_on = loop.Step();
    if (goes_on || i + 1 == draft.actions.size()) continue;
    throw Failure("the episode cannot be repeated: it ended after " + std::to_string(i + 1) +
                  " of " + std::to_string(draft.actions.size()) + " steps");
  }
  return std::move(recorder.episode());
}

// Acts for everybody: repeats what is known, beyond it asks whoever plays.
class Stage::Director final : public Agent {
 public:
  explicit Director(Stage* stage) : stage_(*stage) {}

  void BeginEpisode(uint64_t seed) override {
    if (stage_.agent_ != nullptr) stage_.agent_->BeginEpisode(seed);
  }
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override {
    const auto step = static_cast<size_t>(stage_.step_);
    explanation_ = nullptr;
    seen.Clear();
    if (step < stage_.actions_.size()) {
      *action = stage_.actions_[step].Clone();
      return true;
    }
    if (stage_.tip_ == nullptr || !stage_.tip_->Act(observation, context, action)) return false;
    stage_.actions_.push_back(action->Clone());
    stage_.sentences_.push_back(stage_.tip_->Sentence());
    explanation_ = &stage_.tip_->Explanation();
    if (!explanation_->empty()) seen = Pictures(observation);
    return true;
  }
  const ArrayMap& Explanation() const override {
    return explanation_ != nullptr ? *explanation_ : Agent::Explanation();
  }

  ArrayMap seen;

 private:
  Stage& stage_;
  const ArrayMap* explanation_ = nullptr;
};

Stage::Stage(int64_t history_bytes, Person* person, Series* series)
    : budget_(history_bytes), person_(person), series_(series) {}

Stage::~Stage() = default;

void Stage::Open(Cast cast, uint64_t seed, const ArrayMap& reset_options) {
  std::unique_ptr<Env> env = MakeCastEnv(&cast);
  std::unique_ptr<Agent> agent = MakeCastAgent(&cast, env->spec());
  StepResult first;
  env->Reset(seed, reset_options, &first);  // here, so that one that cannot start costs nothing
  cast_ = std::move(cast);
  loop_.reset();
  env_ = std::move(env);
  agent_ = std::move(agent);
  tip_ = agent_ != nullptr ? agent_.get() : person_;
  episode_.reset();
  actions_.clear();
  sentences_.clear();
  Begin(seed, reset_options);
}

void Stage::OpenEpisode(std::shared_ptr<const Episode> episode) {
  Cast cast{.env = episode->env_id, .env_config = episode->env_config, .agent = episode->agent};
  std::unique_ptr<Env> env = MakeCastEnv(&cast);
  StepResult first;
  env->Reset(episode->seed, episode->reset_options, &first);
  cast_ = std::move(cast);
  loop_.reset();
  env_ = std::move(env);
  agent_.reset();
  tip_ = nullptr;
  episode_ = std::move(episode);
  actions_ = episode_->actions;
  sentences_ = episode_->annotations;
  sentences_.resize(actions_.size());
  Begin(episode_->seed, episode_->reset_options);
}

void Stage::SetAgent(Cast cast) {
  std::unique_ptr<Agent> agent = MakeCastAgent(&cast, env_->spec());
  if (agent != nullptr) agent->BeginEpisode(seed_);
  agent_ = std::move(agent);
  tip_ = agent_ != nullptr ? agent_.get() : person_;
  cast_.agent = cast.agent;
  cast_.agent_settings = cast.agent_settings;
  cast_.agent_seed = cast.agent_seed;
  cast_.checkpoint = cast.checkpoint;
  episode_.reset();
  difference_.clear();
  gave_up_ = false;
  ForgetFuture();
}

void Stage::Reset(uint64_t seed) {
  if (replay()) {  // from its beginning
    Begin(episode_->seed, episode_->reset_options);
    return;
  }
  actions_.clear();
  sentences_.clear();
  Begin(seed, seed == seed_ ? options_.Clone() : ArrayMap());
}

void Stage::Begin(uint64_t seed, const ArrayMap& options) {
  person_->Decide(std::nullopt);
  if (loop_ == nullptr) {
    person_->Start(env_->spec().action);
    director_ = std::make_unique<Director>(this);
    loop_ = std::make_unique<StepLoop>(env_.get(), director_.get());
    series_->Start(env_->spec());
  }
  seed_ = seed;
  options_ = options;
  step_ = 0;
  touched_ = gave_up_ = false;
  difference_.clear();
  sentence_.clear();
  explanation_.Clear();
  seen_.Clear();
  kept_.clear();
  kept_bytes_ = 0;
  stride_ = 1;
  loop_->Reset(seed, options);
  clock_at_reset_ = env_->Clock();
  Compare();
  Keep();
  series_->Forget(known());
  series_->Add(0, loop_->last(), {}, 0);
  CheckFinite();
}

double Stage::TimeAt(double clock, double untimed_hz) const {
  return clock > 0 ? clock - clock_at_reset_ : static_cast<double>(step_) / untimed_hz;
}

bool Stage::done() const { return loop_->last().done() || gave_up_; }

bool Stage::WaitsForPerson() const {
  return !done() && step_ >= known() && tip_ == person_ && !person_->Ready();
}

bool Stage::Step() {
  if (done() || !HasActor() || WaitsForPerson()) return false;
  const size_t known_before = actions_.size();
  try {
    loop_->Step();
  } catch (...) {
    if (actions_.size() > known_before) {  // it was not made
      actions_.resize(known_before);
      sentences_.resize(known_before);
    }
    throw;
  }
  if (loop_->progress().gave_up) {
    gave_up_ = true;
    return false;
  }
  sentence_ = sentences_[static_cast<size_t>(step_)];
  ++step_;
  const auto kept = kept_.find(step_);
  if (kept != kept_.end()) {
    explanation_ = kept->second.explanation;
    seen_ = kept->second.seen;
  } else {
    explanation_ = director_->Explanation().Clone();
    seen_ = director_->seen;
  }
  Compare();
  Keep();
  series_->Add(step_, loop_->last(), loop_->last_action(), loop_->progress().score);
  CheckFinite();
  return true;
}

void Stage::Seek(int64_t step, const std::function<bool()>& goes_on) {
  step = std::clamp<int64_t>(step, 0, known());
  auto from = kept_.upper_bound(step);
  --from;  // step 0 is always kept
  if (step < step_ || from->first > step_) {
    loop_->Load(from->second.moment);
    step_ = from->first;
    sentence_ = from->second.sentence;
    explanation_ = from->second.explanation;
    seen_ = from->second.seen;
    gave_up_ = false;
  }
  while (step_ < step && !touched_ && (!goes_on || goes_on()) && Step()) {
  }
}

void Stage::Touch(bool look) {
  touched_ = true;
  if (look) loop_->Look();
  ForgetFuture();
  if (const auto kept = kept_.find(step_); kept != kept_.end()) {
    kept_bytes_ -= kept->second.bytes;
    kept_.erase(kept);
  }
  Keep();
}

void Stage::ForgetFuture() {
  actions_.resize(static_cast<size_t>(step_));
  sentences_.resize(static_cast<size_t>(step_));
  series_->Forget(step_);
  for (auto kept = kept_.upper_bound(step_); kept != kept_.end(); kept = kept_.erase(kept)) {
    kept_bytes_ -= kept->second.bytes;
  }
}

void Stage::Keep() {
  if (step_ % stride_ != 0 || kept_.count(step_) > 0) return;
  Kept kept{loop_->Save(), sentence_, explanation_, seen_, 0};
  kept.bytes = static_cast<int64_t>(kept.moment.env.size()) +
               Bytes(kept.moment.result.observation) + Bytes(kept.moment.result.info) +
               Bytes(kept.explanation) + Bytes(kept.seen);
  kept_bytes_ += kept.bytes;
  kept_.emplace(step_, std::move(kept));
  while (kept_bytes_ > budget_ && kept_.size() > 1) {
    stride_ *= 2;
    for (auto it = kept_.begin(); it != kept_.end();) {
      if (it->first % stride_ == 0) {
        ++it;
        continue;
      }
      kept_bytes_ -= it->second.bytes;
      it = kept_.erase(it);
    }
  }
}

void Stage::Compare() {
  if (episode_ == nullptr || !difference_.empty()) return;
  const auto step = static_cast<size_t>(step_);
  if (step >= episode_->hashes.size() || HashStep(loop_->last()) == episode_->hashes[step]) return;
  difference_ = "step " + std::to_string(step_) + " is not as it was recorded";
}

void Stage::CheckFinite() const {
  const StepResult& result = loop_->last();
  const std::string when = "step " + std::to_string(step_) + " of " + cast_.env + ": ";
  if (!std::isfinite(result.reward)) throw Failure(when + "the reward is not finite");
  for (const auto& [name, array] : result.observation) {
    const bool finite = array.dtype() == DType::kFloat32   ? AllFinite<float>(array)
                        : array.dtype() == DType::kFloat64 ? AllFinite<double>(array)
                                                           : true;
    if (!finite) throw Failure(when + "observation " + name + " is not finite");
  }
}

EpisodeDraft Stage::Draft() const {
  EpisodeDraft draft{cast_, seed_, options_, actions_, sentences_, touched_, false};
  draft.actions.resize(static_cast<size_t>(step_));
  draft.sentences.resize(static_cast<size_t>(step_));
  draft.done = loop_->last().done();
  draft.solved = loop_->progress().success;
  return draft;
}

}  // namespace rookery::gui
