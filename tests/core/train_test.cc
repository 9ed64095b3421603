#include "core/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"
#include "core/registry.h"
#include "tests/core/drift_env.h"
#include "tests/core/interrupt_scope.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::InterruptScope;
using testing::MessageOf;
using testing::TempFolder;

struct WalkConfig final : Config {
  double step = 0.5;
  void Fields(FieldVisitor& v) override {
    v.Field("step", &step, {.help = "length", .min = 0, .max = 1});
  }
};

// "Learns" by a random walk of its weights, so that every update depends on all before it.
class WalkAgent final : public Agent {
 public:
  WalkAgent(const WalkConfig& config, const EnvSpec&, uint64_t seed)
      : step_(config.step), rng_(seed), weights_(DType::kFloat32, {3}) {}

  bool Act(const ArrayMap&, const ActContext&, ArrayMap* action) override {
    *action = testing::DriftAction(0);
    return true;
  }
  Metrics Update() override {
    if (updates_ == fail_at) throw Failure("loss is not finite");
    ++updates_;
    for (float& w : weights_.As<float>()) w += static_cast<float>(step_ * rng_.Normal());
    return {{"loss/walk", weights_.AsDouble(0)}};
  }
  void Save(Checkpoint* out) const override {
    out->tensors.Set("weights", weights_.Clone());
    out->tensors.Set("updates", Array::Scalar<int64_t>(updates_));
    const std::string state = rng_.Bytes();
    out->tensors.Set(
        "rng", Array::FromBytes(DType::kUInt8, {static_cast<int64_t>(state.size())}, state.data()));
  }
  void Load(const Checkpoint& in) override {
    const Array& weights = in.tensors.at("weights");
    if (weights.shape() != weights_.shape()) throw UserError("weights: other shape");
    weights_ = weights.Clone();
    updates_ = in.tensors.at("updates").As<int64_t>()[0];
    const Array& state = in.tensors.at("rng");
    rng_.FromBytes({static_cast<const char*>(state.data()), state.nbytes()});
  }
  int64_t fail_at = -1;
  double weight() const { return weights_.AsDouble(0); }

 private:
  double step_;
  Rng rng_;
  Array weights_;
  int64_t updates_ = 0;
};
ROOKERY_REGISTER_AGENT(
    WalkAgent, WalkConfig,
    {.name = "walk-test", .summary = "a test", .source = "none", .learns = true});

std::unique_ptr<WalkAgent> MakeWalk() {
  return std::make_unique<WalkAgent>(WalkConfig(), EnvSpec(), 4);
}

TrainOptions Options(int64_t steps) {
  TrainOptions options;
  options.facts = {.agent = "walk-test",
                   .agent_config = R"({"step":0.5})",
                   .env = "Test/Drift-v0",
                   .env_config = "{}",
                   .seed = 4};
  options.steps = steps;
  options.checkpoint_every = 3;
  return options;
}

// A validation score with its best in the middle.
double Score(int64_t step) { return -std::abs(static_cast<double>(step) - 6); }

std::string Text(const std::string& folder, const std::string& name) {
  return ReadFile(folder + "/" + name);
}

// Everything in `a` that must not depend on how often the run was stopped.
void ExpectSameRun(const std::string& a, const std::string& b) {
  EXPECT_EQ(Text(a, "metrics.csv"), Text(b, "metrics.csv"));
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(a + "/checkpoints")) {
    const std::string name = "checkpoints/" + file.path().filename().string();
    ASSERT_TRUE(std::filesystem::exists(b + "/" + name)) << name;
    EXPECT_EQ(Text(a, name), Text(b, name)) << name;
    ++files;
  }
  EXPECT_GE(files, 4);
}

TrainOptions Validated(int64_t steps) {
  TrainOptions options = Options(steps);
  options.validate = [](int64_t step, const std::string&) { return Score(step); };
  return options;
}

TEST(Train, WritesMetricsCheckpointsAndTheBest) {
  const TempFolder folder;
  const RunFolder run(folder.path() + "/run");
  const std::unique_ptr<WalkAgent> agent = MakeWalk();
  int64_t updates = 0;
  TrainOptions options = Validated(10);
  options.on_update = [&](int64_t step, const Metrics& metrics) {
    EXPECT_EQ(step, ++updates);
    EXPECT_EQ(metrics[0].first, "loss/walk");
  };
  const TrainResult result = Train(agent.get(), run, options);
  EXPECT_EQ(result.steps, 10);
  EXPECT_EQ(updates, 10);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(result.best_step, 6);
  EXPECT_EQ(result.best_score, 0);
  EXPECT_EQ(result.best_checkpoint, run.CheckpointPath(6));
  EXPECT_EQ(result.last_checkpoint, run.CheckpointPath(10));
  EXPECT_EQ(result.last_metrics[0].second, agent->weight());
  for (int64_t step : {3, 6, 9, 10}) {
    EXPECT_TRUE(std::filesystem::exists(run.CheckpointPath(step))) << step;
    EXPECT_EQ(ReadAgentFileFacts(run.CheckpointPath(step)).step, step);
  }
  const auto best = nlohmann::json::parse(Text(run.path(), "checkpoints/best.json"));
  EXPECT_EQ(best.at("best_step"), 6);
  EXPECT_EQ(best.at("scores").size(), 4u);
  const std::string metrics = Text(run.path(), "metrics.csv");
  EXPECT_EQ(std::count(metrics.begin(), metrics.end(), '\n'), 11) << metrics;
}

TEST(Train, WithoutValidationTheLastIsTheBest) {
  const TempFolder folder;
  const std::unique_ptr<WalkAgent> agent = MakeWalk();
  const TrainResult result = Train(agent.get(), RunFolder(folder.path() + "/run"), Options(4));
  EXPECT_EQ(result.best_step, 4);
  EXPECT_EQ(result.best_checkpoint, result.last_checkpoint);
  EXPECT_TRUE(std::isnan(result.best_score));
}

TEST(Train, ResumingEqualsNeverHavingStopped) {
  const TempFolder folder;
  const RunFolder straight(folder.path() + "/straight"), stopped(folder.path() + "/stopped");
  const std::unique_ptr<WalkAgent> whole = MakeWalk();
  Train(whole.get(), straight, Validated(10));

  // Killed between checkpoints (an exception that is no Failure leaves like a kill does).
  struct Killed {};
  TrainOptions options = Validated(10);
  options.on_update = [](int64_t step, const Metrics&) {
    if (step == 5) throw Killed();
  };
  EXPECT_THROW(Train(MakeWalk().get(), stopped, options), Killed);
  // Killed between a checkpoint and its validation.
  options = Options(10);
  options.validate = [](int64_t step, const std::string&) {
    if (step == 6) throw Killed();
    return Score(step);
  };
  EXPECT_THROW(Train(MakeWalk().get(), stopped, options), Killed);
  // Interrupted by Ctrl-C after update 8: an extra checkpoint, so nothing done is lost.
  options = Validated(10);
  options.on_update = [](int64_t step, const Metrics&) {
    EXPECT_GT(step, 6);
    if (step == 8) std::raise(SIGINT);
  };
  TrainResult interrupted;
  {
    const InterruptScope scope;
    interrupted = Train(MakeWalk().get(), stopped, options);
  }
  EXPECT_TRUE(interrupted.interrupted);
  EXPECT_EQ(interrupted.steps, 8);
  EXPECT_EQ(interrupted.last_checkpoint, stopped.CheckpointPath(8));
  std::vector<int64_t> updates;
  options.on_update = [&](int64_t step, const Metrics&) { updates.push_back(step); };
  const std::unique_ptr<WalkAgent> last = MakeWalk();
  const TrainResult result = Train(last.get(), stopped, options);
  EXPECT_THAT(updates, ::testing::ElementsAre(9, 10));
  EXPECT_EQ(result.best_step, 6);
  EXPECT_EQ(last->weight(), whole->weight());
  ExpectSameRun(straight.path(), stopped.path());
}

TEST(Train, KilledAtAnyUpdateItEndsTheSame) {
  const TempFolder folder;
  const RunFolder straight(folder.path() + "/straight");
  Train(MakeWalk().get(), straight, Validated(10));
  for (int64_t at = 1; at <= 10; ++at) {
    const RunFolder killed(folder.path() + "/killed_" + std::to_string(at));
    const pid_t child = fork();
    if (child == 0) {
      SetLogLevel(LogLevel::kError);
      TrainOptions options = Validated(10);
      options.on_update = [&](int64_t step, const Metrics&) {
        if (step == at) std::raise(SIGKILL);
      };
      Train(MakeWalk().get(), killed, options);
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    Train(MakeWalk().get(), killed, Validated(10));
    ExpectSameRun(straight.path(), killed.path());
  }
}

TEST(Train, FinishedRunsDoNothingAndLongerOnesGoOn) {
  const TempFolder folder;
  const RunFolder run(folder.path() + "/run"), straight(folder.path() + "/straight");
  Train(MakeWalk().get(), run, Validated(6));
  TrainOptions again = Validated(6);
  again.on_update = [](int64_t, const Metrics&) { ADD_FAILURE() << "nothing was left to do"; };
  const std::unique_ptr<WalkAgent> restored = MakeWalk();
  const TrainResult result = Train(restored.get(), run, again);
  EXPECT_EQ(result.steps, 6);
  EXPECT_EQ(result.last_checkpoint, run.CheckpointPath(6));
  EXPECT_NE(restored->weight(), 0);
  Train(MakeWalk().get(), run, Validated(9));
  Train(MakeWalk().get(), straight, Validated(9));
  EXPECT_EQ(Text(run.path(), "checkpoints/step_00000009.safetensors"),
            Text(straight.path(), "checkpoints/step_00000009.safetensors"));
}

TEST(Train, FailureLeavesTheStateBeforeIt) {
  const TempFolder folder;
  const RunFolder run(folder.path() + "/run");
  const std::unique_ptr<WalkAgent> agent = MakeWalk();
  agent->fail_at = 4;
  EXPECT_THAT(MessageOf<Failure>([&] { Train(agent.get(), run, Options(10)); }),
              HasSubstr("not finite"));
  const std::string crash = run.path() + "/crash/before_failure.safetensors";
  EXPECT_EQ(ReadAgentFileFacts(crash).step, 4);
  const std::string metrics = Text(run.path(), "metrics.csv");
  EXPECT_EQ(std::count(metrics.begin(), metrics.end(), '\n'), 5) << metrics;
}

TEST(Train, RefusesToContinueAnotherRun) {
  const TempFolder folder;
  const RunFolder run(folder.path() + "/run");
  Train(MakeWalk().get(), run, Options(3));
  const auto complaint = [&](void (*change)(TrainOptions*)) {
    TrainOptions options = Options(6);
    change(&options);
    return MessageOf([&] { Train(MakeWalk().get(), run, options); });
  };
  EXPECT_THAT(complaint([](TrainOptions* o) { o->facts.agent_config = R"({"step":0.25})"; }),
              AllOf(HasSubstr("step 0.5, this run has 0.25"), HasSubstr("step_00000003")));
  EXPECT_THAT(complaint([](TrainOptions* o) { o->facts.env = "Test/Other-v0"; }),
              HasSubstr("environment Test/Drift-v0, this run has Test/Other-v0"));
  EXPECT_THAT(complaint([](TrainOptions* o) { o->facts.seed = 5; }), HasSubstr("seed 4"));
  EXPECT_THAT(complaint([](TrainOptions* o) { o->facts.agent = "crawl"; }),
              HasSubstr("agent walk-test, this run has crawl"));
}

TEST(AgentFile, MakesTheAgentItHolds) {
  const TempFolder folder;
  const std::unique_ptr<WalkAgent> agent = MakeWalk();
  for (int i = 0; i < 3; ++i) agent->Update();
  const std::string path = folder.path() + "/agent.safetensors";
  AgentFileFacts facts = Options(1).facts;
  facts.step = 3;
  SaveAgentFile(path, *agent, facts);
  const AgentFileFacts read = ReadAgentFileFacts(path);
  EXPECT_EQ(read.agent, facts.agent);
  EXPECT_EQ(read.agent_config, facts.agent_config);
  EXPECT_EQ(read.env, facts.env);
  EXPECT_EQ(read.env_config, facts.env_config);
  EXPECT_EQ(read.seed, 4u);
  EXPECT_EQ(read.step, 3);
  const std::unique_ptr<Agent> loaded = LoadAgentFile(path, EnvSpec());
  EXPECT_EQ(dynamic_cast<WalkAgent&>(*loaded).weight(), agent->weight());
  // Both go on alike.
  EXPECT_EQ(loaded->Update(), agent->Update());
}

}  // namespace
}  // namespace rookery
