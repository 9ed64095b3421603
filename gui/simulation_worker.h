// Private to gui: the thread of a Simulation.
#ifndef ROOKERY_GUI_SIMULATION_WORKER_H_
#define ROOKERY_GUI_SIMULATION_WORKER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gui/simulation.h"

namespace rookery::gui {

class Simulation::Worker {
 public:
  explicit Worker(const SimulationOptions& options);
  ~Worker();

  enum class Kind {
    kAnytime,  // done also in the middle of a step
    kBetween,  // done between steps; one that is being made is finished at once
    kAnew,     // the same, and ends a seek
    kSeek,     // the same, and takes the place of one that waits last
  };
  // In order.
  void Ask(std::function<void()> command, Kind kind = Kind::kBetween);
  // Done at once, also in the middle of a step.
  void SetPlaying(bool playing);
  void StepOnce();
  void SetSpeed(double speed);
  void SetPull(const std::optional<ScenePull>& pull);

  std::shared_ptr<const Snapshot> Now() const;
  double speed() const;
  bool Idle() const;

  // What follows belongs to the worker's thread: commands and what they call.
  // Runs `change`, which opens or alters; its failure pauses with the message.
  void Try(const std::function<void()>& change);
  void Opened();  // after the stage opened something
  void Touch();
  void Seek(int64_t step);      // until something else is asked for
  void Restart(uint64_t seed);  // with the next agent, when there is one

  Stage& stage() { return stage_; }
  Person& person() { return person_; }
  Series& series() { return series_; }

  bool go_on = false;
  std::optional<Cast> next_agent;
  std::function<void(EpisodeDraft)> on_end;

 private:
  using Clock = std::chrono::steady_clock;
  struct Command {
    std::function<void()> run;
    Kind kind;
  };
  void Run();
  bool CanStep() const;
  void PlayStep();
  void EndEpisode();
  // What a hand does while no step is made; false: nothing.
  bool PassTime();
  void ApplyPull();
  void Fail(const std::string& what);
  // Lets the mutex go for `work`. Whatever environments and agents throw pauses with its message
  // and ends nothing.
  template <typename Work>
  void Unlocked(std::unique_lock<std::mutex>* lock, const Work& work);
  // Under the mutex, which is let go meanwhile: commands for any time that are first in line.
  void DoAnytime(std::unique_lock<std::mutex>* lock);
  bool AnytimeWaits() const;
  double StageTime() const { return stage_.Time(options_.untimed_hz); }
  // Within a step: shows the scene, keeps the pace, waits while paused.
  void Watch(const Scene& scene, double clock);
  // Waits until the clock is where simulated time `time_s` belongs, or something is asked for.
  void KeepPace(double time_s);
  // `scene`: within a step, where the environment is not to be asked.
  void Publish(const Scene* scene = nullptr);
  void TakeStep();                     // copies of what the last step gave
  void TakeSight(const Scene* scene);  // what there is to see; within a step that is `scene`

  const SimulationOptions options_;
  Person person_;
  Series series_;
  Stage stage_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Under the mutex:
  bool quit_ = false, playing_ = false;
  int stepping_ = 0;  // single steps to make
  double speed_ = 1;
  bool resync_ = true;   // the clock is to be set anew
  bool looked_ = false;  // at what was asked for, and published
  bool idle_ = false, busy_ = false;
  std::optional<ScenePull> pull_;
  bool pull_changed_ = false;
  std::deque<Command> commands_;
  std::shared_ptr<const Snapshot> now_ = std::make_shared<Snapshot>();

  // The thread's own:
  Mode mode_ = Mode::kEmpty;
  std::string message_, sentence_;
  bool trouble_ = false;  // is what the message tells of
  int64_t published_ = 0, opened_ = 0;
  std::shared_ptr<const EnvSpec> spec_;
  std::shared_ptr<const StepResult> result_;
  std::shared_ptr<const ArrayMap> action_, explanation_, seen_;
  std::shared_ptr<const ArrayMap> reset_options_ = std::make_shared<ArrayMap>();
  std::shared_ptr<const Scene> scene_;
  std::shared_ptr<const Array> screen_;
  bool stale_ = true;     // result_ and what belongs to it are of an earlier step
  bool unshown_ = false;  // nothing published since the last step
  bool in_step_ = false;  // the environment is within Step
  bool pulling_ = false, touched_ = false;
  double time_s_ = 0;  // simulated
  double shown_hz_ = 0;
  double sync_time_s_ = 0, measure_time_s_ = 0, measured_ = 0;
  Clock::time_point sync_wall_, last_publish_, measure_wall_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SIMULATION_WORKER_H_
