// Stage: an environment, who acts in it, and the timeline of the episode, which can be gone back
// and forth on. Actions that are known (of this episode, or of a recording) are repeated, so that
// an episode stays the same however one moves in it; beyond them the agent acts. One thread.
#ifndef ROOKERY_GUI_STAGE_H_
#define ROOKERY_GUI_STAGE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/episode.h"
#include "core/step_loop.h"
#include "gui/cast.h"
#include "gui/person.h"
#include "gui/series.h"

namespace rookery::gui {

// Everything that makes an episode again.
struct EpisodeDraft {
  Cast cast;
  uint64_t seed = 0;
  ArrayMap options = {};
  std::vector<ArrayMap> actions = {};
  std::vector<std::string> sentences = {};  // of the actions
  bool touched = false;                     // a hand took part
  bool done = false;                        // to its end
  bool solved = false;
};
// The draft acted out in an environment of its own; UserError when a hand took part, Failure when
// it ends otherwise than it did.
Episode PerformDraft(const EpisodeDraft& draft);

class Stage {
 public:
  // States to go back to take at most `history_bytes`; then some are left out, and going back
  // takes the way from the nearest one before. `person` and `series` must outlive it.
  Stage(int64_t history_bytes, Person* person, Series* series);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // Strong guarantee: what was open stays when one of these throws.
  void Open(Cast cast, uint64_t seed, const ArrayMap& reset_options = {});
  void OpenEpisode(std::shared_ptr<const Episode> episode);
  // Another agent goes on from here; what was known of the future is forgotten.
  void SetAgent(Cast cast);
  void Reset(uint64_t seed);  // the same seed with the same options

  // One environment step. False: there is none to make (the end, nobody to act).
  bool Step();
  // To a step of [0, known()], or as near as one gets: before it where a hand took part, or where
  // `goes_on`, asked before each step that is made, says no.
  void Seek(int64_t step, const std::function<bool()>& goes_on = {});
  // What is known beyond this step counts no more: something else is to happen.
  void ForgetFuture();
  // What a hand did now cannot be repeated from actions: keeps this state, forgets the future.
  // `look`: it has let go, and whoever acts next is to see the world as it is now.
  void Touch(bool look);

  bool is_open() const { return env_ != nullptr; }
  const Cast& cast() const { return cast_; }
  Env& env() { return *env_; }
  const StepLoop& loop() const { return *loop_; }
  uint64_t seed() const { return seed_; }
  const ArrayMap& reset_options() const { return options_; }
  int64_t step() const { return step_; }
  // Simulated since the reset; steps that take no simulated time count as 1/untimed_hz.
  double TimeAt(double clock, double untimed_hz) const;
  double Time(double untimed_hz) const { return TimeAt(env_->Clock(), untimed_hz); }
  int64_t known() const { return static_cast<int64_t>(actions_.size()); }
  bool done() const;
  bool touched() const { return touched_; }
  bool replay() const { return episode_ != nullptr; }
  const std::string& difference() const { return difference_; }
  const std::string& sentence() const { return sentence_; }
  const ArrayMap& explanation() const { return explanation_; }
  // The pictures among the observations from which the explained action was chosen.
  const ArrayMap& seen() const { return seen_; }
  int64_t history_bytes() const { return kept_bytes_; }
  // Would the next step be the person's, and is there none yet?
  bool WaitsForPerson() const;
  // Somebody acts at the next step.
  bool HasActor() const { return step_ < known() || tip_ != nullptr; }
  EpisodeDraft Draft() const;

 private:
  class Director;
  struct Kept {
    StepLoop::Moment moment;
    std::string sentence;
    ArrayMap explanation, seen;
    int64_t bytes = 0;
  };
  void Begin(uint64_t seed, const ArrayMap& options);
  void Keep();
  void CheckFinite() const;  // Failure names the array that is not
  void Compare();

  const int64_t budget_;
  Person* person_;
  Series* series_;
  Cast cast_;
  std::unique_ptr<Env> env_;
  std::unique_ptr<Agent> agent_;
  Agent* tip_ = nullptr;  // agent_, the person, or nobody
  std::unique_ptr<Director> director_;
  std::unique_ptr<StepLoop> loop_;
  std::shared_ptr<const Episode> episode_;  // that is replayed
  uint64_t seed_ = 0;
  ArrayMap options_;
  std::vector<ArrayMap> actions_;
  std::vector<std::string> sentences_;
  std::map<int64_t, Kept> kept_;  // by step
  int64_t kept_bytes_ = 0, stride_ = 1;
  int64_t step_ = 0;
  double clock_at_reset_ = 0;
  bool touched_ = false, gave_up_ = false;
  std::string difference_, sentence_;
  ArrayMap explanation_, seen_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_STAGE_H_
