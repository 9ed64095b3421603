// Simulation: a worker thread that runs a Stage in time with the clock. The window's thread asks
// and looks; it never waits for physics, and what it asks for changes no trace.
#ifndef ROOKERY_GUI_SIMULATION_H_
#define ROOKERY_GUI_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/episode.h"
#include "core/pose.h"
#include "core/scene.h"
#include "gui/cast.h"
#include "gui/person.h"
#include "gui/series.h"
#include "gui/snapshot.h"
#include "gui/stage.h"

namespace rookery::gui {

struct SimulationOptions {
  int64_t history_bytes = 256LL << 20;  // of states kept for going back
  // Steps a second of environments that say nothing about time.
  double untimed_hz = 4;
};

// Every method returns at once and may be called from any thread. What cannot be done shows in the
// next Snapshot: Mode::kFailed with a message, or kPaused with one where what was open goes on.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options = {});
  // Ends the worker; a step that is being made is finished first, and every AskDraft answered.
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  void Open(const Cast& cast, uint64_t seed, const ArrayMap& reset_options = {});
  // To be played from its beginning; nobody acts after its end.
  void OpenEpisode(std::shared_ptr<const Episode> episode);
  // From here on, another agent (or the person) plays: agent, its settings, seed and checkpoint.
  void SetAgent(const Cast& cast);
  // The same from the next episode on; what is asked for later counts.
  void SetNextAgent(const Cast& cast);

  void Play();
  void Pause();  // also in the middle of a step that takes simulated time
  void StepForward();
  void StepBack();
  void Seek(int64_t step);  // a later one, and Reset and Open, take its place, also on the way
  // Of a replay: back to its beginning. The same seed means the same episode, options included.
  void Reset(uint64_t seed);
  // Simulated seconds a second; 0 = as fast as possible. [1/64, 64]
  void SetSpeed(double speed);
  // At the end of an episode the next begins, with the next seed.
  void SetGoOn(bool go_on);

  // Of the person at the viewer. Decide is for one step, Hold for every step until null; what was
  // known of the future is then forgotten. What does not fit the environment is not taken.
  void Decide(const ArrayMap& action);
  void Hold(const std::optional<ArrayMap>& action);
  // A hand in the world, see Env.
  void Pull(const std::optional<ScenePull>& pull);
  void MoveBody(int body, const Pose& X_WB);

  // Called on the worker with the episode up to here, resp. whenever one comes to its end; the
  // first also in the middle of a step, without that step.
  void AskDraft(std::function<void(EpisodeDraft)> answer);
  void SetOnEnd(std::function<void(EpisodeDraft)> on_end);

  std::shared_ptr<const Snapshot> Now() const;  // never null
  double speed() const;                         // asked for, also where the Snapshot is older
  const Series& series() const;
  // Everything asked for so far is done (for tests; a playing simulation is never at rest).
  bool Idle() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SIMULATION_H_
