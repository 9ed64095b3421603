// What the control tasks share: a state of a few numbers, a scene of a few bodies, no memory
// allocated by steps. A task's file has its dynamics and the places of its bodies.
#ifndef ROOKERY_ENVS_CONTROL_CONTROL_ENV_H_
#define ROOKERY_ENVS_CONTROL_CONTROL_ENV_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "core/env.h"

namespace rookery {

class ControlEnv : public Env {
 public:
  // Built when it is first asked for.
  const Scene& GetScene() final;

 protected:
  using Env::Env;

  // One step of the dynamics: rewards and ends.
  virtual void Advance(const ArrayMap& action, StepResult* out) = 0;
  // Bodies, light and one camera, for any state; then where the bodies are now.
  virtual void BuildScene(Scene* scene) = 0;
  virtual void PlaceBodies(Scene* scene) = 0;

  // Observation `state`, float32 or float64, of these elements.
  void WriteState(std::initializer_list<double> values, DType dtype, StepResult* out) const;
  static int64_t Choice(const ArrayMap& action) { return action.at("action").As<int64_t>()[0]; }

  // For ConfigKey: all digits of a number.
  static std::string KeyText(double value);

  // A reset option that is one finite number. UserError for anything else.
  double NumberOption(const ArrayMap& options, const char* name, double otherwise) const;
  // The reset options `low` and `high`: bounds of a random start, low <= high (UserError).
  struct Bounds {
    double low, high;
  };
  Bounds BoundsOptions(const ArrayMap& options, const Bounds& otherwise) const;

 private:
  void DoStep(const ArrayMap& action, StepResult* out) final;

  Scene scene_;
};

// The observation `state` and an action `action`, as specs.
ArraySpec StateSpec(DType dtype, std::vector<std::string> elements, std::vector<double> low,
                    std::vector<double> high, const std::string& description);
ArraySpec ChoiceSpec(int64_t choices, const std::string& description);  // 0 .. choices - 1
ArraySpec ForceSpec(DType dtype, double most, const std::string& unit,
                    const std::string& description);  // shape (1), in [-most, most]

}  // namespace rookery

#endif  // ROOKERY_ENVS_CONTROL_CONTROL_ENV_H_
