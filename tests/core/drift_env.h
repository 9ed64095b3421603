// A small environment for tests of core: a point that noise pushes about.
#ifndef ROOKERY_TESTS_CORE_DRIFT_ENV_H_
#define ROOKERY_TESTS_CORE_DRIFT_ENV_H_

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "core/config.h"
#include "core/env.h"
#include "core/error.h"

namespace rookery::testing {

struct DriftConfig final : Config {
  double noise_m = 0.1;
  int max_steps = 10;
  bool clamp = false;
  void Fields(FieldVisitor& v) override {
    v.Field("noise_m", &noise_m, {.help = "push of a step", .unit = "m", .min = 0, .max = 1});
    v.Field("max_steps", &max_steps, {.help = "time limit", .min = 0, .max = 1000});
    v.Field("clamp", &clamp, {.help = "clamp actions"});
  }
};

// The goal is |position| < 0.05 m; the oracle moves straight back to 0.
class DriftEnv final : public Env {
 public:
  explicit DriftEnv(const DriftConfig& config = {}) : Env(MakeSpec(config)), config_(config) {}

  bool OracleAction(Rng*, ArrayMap* action) override {
    if (give_up) return false;
    action->Ensure("move", DType::kFloat32, {2}).As<float>()[0] = static_cast<float>(-position_);
    action->Ensure("gear", DType::kInt64, {}).As<int64_t>()[0] = 1;
    return true;
  }

  bool give_up = false;
  bool throw_in_reset = false;
  std::chrono::microseconds work{0};  // that a step takes, at least
  std::thread::id stepped_by = {};    // the last step

 protected:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    if (throw_in_reset) throw Failure("no ground to stand on");
    const Array* start = options.Find("start");
    position_ = start != nullptr ? start->AsDouble() : rng().Uniform(-1, 1);
    Write(out);
  }
  void DoStep(const ArrayMap& action, StepResult* out) override {
    stepped_by = std::this_thread::get_id();
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < work) continue;
    const double before = position_;
    const double gear = action.at("gear").AsDouble();
    position_ += gear * action.at("move").AsDouble(0) + config_.noise_m * rng().Normal();
    out->reward = before * before - position_ * position_;
    out->terminated = std::abs(position_) < 0.05;
    Write(out);
  }
  void DoSave(ByteWriter* out, bool) const override { out->Put(position_); }
  void DoLoad(ByteReader* in) override { position_ = in->Get<double>(); }
  std::string ConfigKey() const override { return "noise " + std::to_string(config_.noise_m); }
  std::vector<std::string> ResetOptions() const override { return {"start", "speed_limit"}; }

 private:
  static EnvSpec MakeSpec(const DriftConfig& config) {
    EnvSpec spec;
    spec.id = "Test/Drift-v0";
    spec.observation = {
        {.name = "position", .dtype = DType::kFloat64, .shape = {}, .unit = "m"},
        {.name = "image", .dtype = DType::kUInt8, .shape = {2, 2, 3}, .low = {0}, .high = {255}}};
    spec.action = {{.name = "move",
                    .dtype = DType::kFloat32,
                    .shape = {2},
                    .low = {-2, -1},
                    .high = {2, 1},
                    .unit = "m",
                    .elements = {"x", "y"}},
                   {.name = "gear",
                    .dtype = DType::kInt64,
                    .shape = {},
                    .low = {0},
                    .high = {1},
                    .discrete = true}};
    spec.info = {{.name = "success", .dtype = DType::kBool, .shape = {}, .low = {0}, .high = {1}}};
    spec.max_steps = config.max_steps;
    spec.has_oracle = true;
    if (config.clamp) spec.action_bounds = ActionBounds::kClamp;
    return spec;
  }
  void Write(StepResult* out) const {
    out->observation.Ensure("position", DType::kFloat64, {}).As<double>()[0] = position_;
    Array& image = out->observation.Ensure("image", DType::kUInt8, {2, 2, 3});
    for (uint8_t& value : image.As<uint8_t>()) {
      value = static_cast<uint8_t>(std::abs(position_) * 100);
    }
    out->info.Ensure("success", DType::kBool, {}).As<bool>()[0] = std::abs(position_) < 0.05;
  }

  DriftConfig config_;
  double position_ = 0;
};

inline ArrayMap DriftAction(float x, float y = 0, int64_t gear = 1) {
  return {{"move", Array::Of<float>({x, y})}, {"gear", Array::Scalar<int64_t>(gear)}};
}

// Runs `body` and returns the message of the UserError it throws, or "(nothing thrown)".
template <typename ErrorType = UserError, typename Body>
std::string MessageOf(Body body) {
  try {
    body();
  } catch (const ErrorType& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CORE_DRIFT_ENV_H_
