// Env: one environment with Gymnasium's semantics. A new world or task overrides the protected
// Do... methods; the public ones check their contract once for all environments.
#ifndef ROOKERY_CORE_ENV_H_
#define ROOKERY_CORE_ENV_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/array.h"
#include "core/bytes.h"
#include "core/env_spec.h"
#include "core/rng.h"
#include "core/scene.h"

namespace rookery {

// Not thread-safe; two Envs never share mutable state.
class Env {
 public:
  virtual ~Env() = default;
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  const EnvSpec& spec() const { return spec_; }

  // Starts an episode. With a seed the random generator restarts from it; without one it goes
  // on (the first Reset needs a seed: UserError). `options` are environment-specific start
  // values; unknown names are UserErrors. Result arrays are reused when nobody shares them.
  void Reset(std::optional<uint64_t> seed, const ArrayMap& options, StepResult* out);
  void Reset(uint64_t seed, StepResult* out) { Reset(seed, {}, out); }

  // One step. UserError before Reset, after the end of the episode, and for an action that
  // does not fit `spec().action` (the component is named); the state is then unchanged.
  void Step(const ArrayMap& action, StepResult* out);

  // The complete state; Load continues exactly as the saved environment would have. Without
  // the random state, Load keeps the generator it finds (planning: other luck on each branch).
  // Load accepts bytes of the same id and config only (UserError).
  std::string Save(bool with_random = true) const;
  void Load(std::string_view bytes);

  // What there is to see now. Valid until the next call of a non-const method.
  virtual const Scene& GetScene();
  // The picture of a world that is no 3-D scene (a game's screen): uint8 (height, width, 3).
  // nullptr where GetScene shows what there is. Valid as GetScene's result.
  virtual const Array* GetScreen() { return nullptr; }

  // What wrappers of other libraries ask of a world beside its observations, by name ("lives"), as
  // an array of its own. UserError for a name that means nothing to it.
  virtual Array Reading(std::string_view name);

  // The scripted expert's next action. False: it gives up. UserError when there is no oracle.
  virtual bool OracleAction(Rng* rng, ArrayMap* action);
  // What the action of the last OracleAction does, in one English sentence ("pick the red block and
  // place it in the green bowl"); "" when it does not say.
  virtual std::string OracleSentence() const { return ""; }

  // Lets a viewer or video see what happens within Reset and Step: `sink` gets the scene every
  // 1/hz simulated seconds (environments whose steps take no simulated time: never). It calls
  // nothing of this Env but Pull, and changes no trace. An empty sink ends it.
  // `time_s` is on Clock's clock.
  using SceneSink = std::function<void(const Scene& scene, double time_s)>;
  virtual void WatchScene(double hz, SceneSink sink) {
    scene_hz_ = hz;
    scene_sink_ = std::move(sink);
  }

  // Seconds on the world's clock, which is part of the state; it need not be 0 after a Reset.
  // Always 0 where steps take no simulated time.
  virtual double Clock() const {
    return spec_.control_hz > 0 ? static_cast<double>(steps_) / spec_.control_hz : 0;
  }

  // With detail, GetScene also gives contacts, frames and velocities. Changes no trace.
  virtual void SetSceneDetail(bool /*detail*/) {}
  // While set, a damped spring pulls a body through all simulated time; null lets go, as do Reset
  // and Load. May be called by a SceneSink. False: there is no such body, or it cannot be pulled.
  // What a hand does is in no recording: an episode that it took part in cannot be replayed.
  virtual bool Pull(const std::optional<ScenePull>& /*pull*/) { return false; }
  // Puts a body there, at rest; between steps. False and hands as above.
  virtual bool MoveBody(int /*body*/, const Pose& /*X_WB*/) { return false; }
  // Lets simulated time (in whole physics steps) pass between steps, without an action, for a hand
  // to work. False: time passes in steps only. Hands as above.
  virtual bool PassTime(double /*seconds*/) { return false; }
  // The observation of now, between steps, for who acts after a hand; draws no random numbers.
  // False: it comes with the next step only. (Wrappers that change observations: false.)
  virtual bool Look(ArrayMap* /*observation*/) { return false; }

  // Another time limit in steps; 0 = none.
  virtual void SetMaxSteps(int steps) { spec_.max_steps = steps; }
  // Names of the options that Reset takes.
  virtual std::vector<std::string> ResetOptions() const { return {}; }

  bool needs_reset() const { return needs_reset_; }
  int64_t episode_steps() const { return steps_; }

 protected:
  explicit Env(EnvSpec spec) : spec_(std::move(spec)), action_label_("action of " + spec_.id) {}

  // Called by a Reset with a seed, before DoReset, after rng() has been seeded with it: for
  // generators of other kinds, which DoSave then keeps when `with_random`.
  virtual void DoSeed(uint64_t /*seed*/) {}
  // Implementations use only rng() for randomness and write every array of the spec.
  virtual void DoReset(const ArrayMap& options, StepResult* out) = 0;
  virtual void DoStep(const ArrayMap& action, StepResult* out) = 0;
  // rng() itself is kept by the base class.
  virtual void DoSave(ByteWriter* out, bool with_random) const = 0;
  virtual void DoLoad(ByteReader* in) = 0;
  // A text that differs whenever two configurations cannot exchange snapshots.
  virtual std::string ConfigKey() const { return ""; }

  Rng& rng() { return rng_; }
  const SceneSink& scene_sink() const { return scene_sink_; }
  double scene_hz() const { return scene_hz_; }
  EnvSpec& mutable_spec() { return spec_; }

 private:
  const ArrayMap& Clamped(const ArrayMap& action);

  EnvSpec spec_;
  std::string action_label_;  // begins messages; made once, as Step must not allocate
  ArrayMap clamped_;
  bool warned_of_clamping_ = false;
  Rng rng_;
  bool seeded_ = false;
  bool needs_reset_ = true;
  int64_t steps_ = 0;
  SceneSink scene_sink_;
  double scene_hz_ = 0;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_ENV_H_
