// Wrapper: an Env around another that changes what it shows, takes or pays. Registered by name and
// put together as data (setting `wrap` of every environment, core/registry.h).
#ifndef ROOKERY_CORE_WRAPPER_H_
#define ROOKERY_CORE_WRAPPER_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/env.h"

namespace rookery {

// What a wrapper is put around.
struct Wrapped {
  std::unique_ptr<Env> env;
  std::string name;        // of the wrapper
  std::string env_config;  // JSON of the settings that make `env`
  int index = 0;           // how many wrappers there are within
};

// Passes everything on. Random numbers come from a stream of its own: the environment draws what it
// would draw without the wrapper. Subclasses call ResetInner and StepInner.
class Wrapper : public Env {
 public:
  const Scene& GetScene() override { return inner_->GetScene(); }
  const Array* GetScreen() override { return inner_->GetScreen(); }
  Array Reading(std::string_view name) override { return inner_->Reading(name); }
  bool OracleAction(Rng* rng, ArrayMap* action) override {
    return inner_->OracleAction(rng, action);
  }
  std::string OracleSentence() const override { return inner_->OracleSentence(); }
  void WatchScene(double hz, SceneSink sink) override { inner_->WatchScene(hz, std::move(sink)); }
  double Clock() const override { return inner_->Clock(); }
  void SetSceneDetail(bool detail) override { inner_->SetSceneDetail(detail); }
  bool Pull(const std::optional<ScenePull>& pull) override { return inner_->Pull(pull); }
  bool MoveBody(int body, const Pose& X_WB) override { return inner_->MoveBody(body, X_WB); }
  bool PassTime(double seconds) override { return inner_->PassTime(seconds); }
  void SetMaxSteps(int steps) override;
  std::vector<std::string> ResetOptions() const override { return inner_->ResetOptions(); }

 protected:
  // Takes the environment out of `wrapped`.
  Wrapper(EnvSpec spec, Wrapped* wrapped);

  Env& inner() { return *inner_; }
  const Env& inner() const { return *inner_; }
  // The seed that the Reset at hand was given, once.
  std::optional<uint64_t> TakeSeed() { return std::exchange(seed_, std::nullopt); }
  void ResetInner(std::optional<uint64_t> seed, const ArrayMap& options, StepResult* out) {
    inner_->Reset(seed, options, out);
  }
  // Steps it and sets reward and flags of `out`.
  void StepInner(const ArrayMap& action, StepResult* out) { inner_->Step(action, out); }

  void DoReset(const ArrayMap& options, StepResult* out) override {
    ResetInner(TakeSeed(), options, out);
  }
  void DoStep(const ArrayMap& action, StepResult* out) override { StepInner(action, out); }
  void DoSeed(uint64_t seed) final;
  // A Reset with a seed forgets what earlier episodes left: a trace follows from seed and actions.
  virtual void ForgetOwn() {}
  // State of the wrapper itself.
  virtual void SaveOwn(ByteWriter*) const {}
  virtual void LoadOwn(ByteReader*) {}

 private:
  void DoSave(ByteWriter* out, bool with_random) const final;
  void DoLoad(ByteReader* in) final;

  std::unique_ptr<Env> inner_;
  std::string stream_;  // purpose of its random numbers
  uint64_t index_;
  std::optional<uint64_t> seed_;  // for the next Reset of the inner environment
};

// Replaces one observation array by another made of it; the others, and info, are passed on.
class ObservationWrapper : public Wrapper {
 protected:
  // `array` names the one that is replaced; "": the first for which `fits` (null: any).
  // UserError, naming the wrapper, where there is none.
  static const ArraySpec& Choose(const Wrapped& wrapped, const std::string& array,
                                 bool (*fits)(const ArraySpec&) = nullptr,
                                 const char* wanted = "array");
  // `now` is the spec of the new array (its name stays); `info` is added to the info arrays.
  ObservationWrapper(Wrapped* wrapped, const std::string& name, ArraySpec now, Spec info = {});

  const ArraySpec& before() const { return before_; }
  const ArraySpec& now() const { return now_; }
  // `in` and `out` fit before() and now(); `first` after a reset. Both are valid during the call.
  virtual void Observe(const Array& in, bool first, Array* out) = 0;
  // Writes the added info arrays.
  virtual void Inform(ArrayMap* /*info*/) {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) final;
  void DoStep(const ArrayMap& action, StepResult* out) final;
  void Show(bool first, StepResult* out);

  ArraySpec before_, now_;
  StepResult result_;  // of the inner environment
};

}  // namespace rookery

#endif  // ROOKERY_CORE_WRAPPER_H_
