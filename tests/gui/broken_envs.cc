// Environments that misbehave at their third step, as those of users may.
#include <chrono>
#include <limits>
#include <thread>

#include "core/error.h"
#include "core/registry.h"

namespace rookery::testing {
namespace {

struct BrokenConfig final : Config {
  std::string way = "throw";
  void Fields(FieldVisitor& v) override {
    v.Field("way", &way,
            {.help = "what goes wrong",
             .choices = {"throw", "nan", "foreign", "scene", "slow", "sleepy", "nothing"}});
  }
};

class BrokenEnv final : public Env {
 public:
  explicit BrokenEnv(const BrokenConfig& config) : Env(MakeSpec()), way_(config.way) {}

  const Scene& GetScene() override {
    if (way_ == "scene" && count_ >= 3) throw Failure("the lamp is out");
    return scene_;
  }

 private:
  static EnvSpec MakeSpec() {
    EnvSpec spec;
    spec.id = "Broken-v0";
    spec.observation = {{.name = "state", .dtype = DType::kFloat64, .shape = {2}}};
    spec.action = {{.name = "action",
                    .dtype = DType::kInt64,
                    .shape = {},
                    .low = {0},
                    .high = {1},
                    .discrete = true}};
    spec.max_steps = 10;
    spec.control_hz = 20;
    return spec;
  }
  void DoReset(const ArrayMap&, StepResult* out) override {
    count_ = 0;
    Write(out);
  }
  void DoStep(const ArrayMap&, StepResult* out) override {
    ++count_;
    Write(out);
    if (way_ == "sleepy") std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (count_ != 3) return;
    if (way_ == "throw") throw Failure("the motor is on fire");
    if (way_ == "foreign") throw 42;
    if (way_ == "slow") std::this_thread::sleep_for(std::chrono::seconds(3));
    if (way_ == "nan") {
      out->observation.at("state").As<double>()[1] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  void Write(StepResult* out) {
    const auto state = out->observation.Ensure("state", DType::kFloat64, {2}).As<double>();
    state[0] = static_cast<double>(count_);
    state[1] = 0;
    out->reward = 1;
  }
  void DoSave(ByteWriter* out, bool) const override { out->Put(count_); }
  void DoLoad(ByteReader* in) override { count_ = in->Get<int64_t>(); }

  Scene scene_;
  std::string way_;
  int64_t count_ = 0;
};

ROOKERY_REGISTER_ENV(BrokenEnv, BrokenConfig,
                     {.id = "Broken-v0",
                      .summary = "goes wrong at its third step",
                      .source = "tests",
                      .world = "tests"});

}  // namespace
}  // namespace rookery::testing
