#include <cmath>
#include <memory>

#include "apps/command.h"
#include "apps/training.h"
#include "core/log.h"

namespace rookery {
namespace {

int TrainCommand(const TrainingOptions& options, Output* out) {
  const TrainingOutcome outcome = RunTraining(options);
  const report::TrainingFacts& facts = outcome.facts;
  const TrainResult& result = facts.result;
  out->document = {{"env", facts.env},
                   {"agent", facts.agent},
                   {"folder", outcome.folder},
                   {"steps", result.steps},
                   {"seconds", result.seconds},
                   {"interrupted", result.interrupted},
                   {"last_checkpoint", result.last_checkpoint},
                   {"best_checkpoint", result.best_checkpoint},
                   {"best_step", result.best_step},
                   {"parameters", facts.parameters},
                   {"metrics", nlohmann::json::object()}};
  for (const auto& [name, value] : result.last_metrics) out->document["metrics"][name] = value;
  if (!std::isnan(result.best_score)) out->document["best_validation_score"] = result.best_score;
  out->Print("trained " + facts.agent + " for " + std::to_string(result.steps) + " steps\n  " +
             (result.best_checkpoint == result.last_checkpoint ? "checkpoint       "
                                                               : "best checkpoint  ") +
             result.best_checkpoint + "\n  report           " + outcome.folder + "/report.html\n");
  if (result.interrupted) LogInfo("interrupted; the same command continues");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Train,
    {.name = "train",
     .summary = "Train an agent",
     .order = 40,
     .example = "rookery demos Ravens/BlockInsertion-v0 --out demos/insertion &&\n"
                "  rookery train transporter --env Ravens/BlockInsertion-v0 "
                "--episodes-dir demos/insertion --steps 200 --out runs/insertion",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto o = std::make_shared<TrainingOptions>();
       app->add_option("agent", o->agent, "agent name")->required();
       app->add_option("--env", o->env, "environment id")->required();
       app->add_option("--episodes-dir", o->episodes_dir, "demonstrations, for imitation learners");
       app->add_option("--demos", o->demos, "how many of them to use, drawn by the seed; 0 = all")
           ->check(AtLeast(0));
       app->add_option("--out", o->out,
                       "run folder (default runs/train_<env>_<agent>); resumed if it exists");
       app->add_option("--steps", o->steps,
                       "learning steps in all; 0 = as the agent's settings say")
           ->check(AtLeast(0));
       app->add_option("--seed", o->seed, "of weights, order of samples and augmentation");
       app->add_option("--checkpoint-every", o->checkpoint_every, "steps; 0 = a quarter of them")
           ->check(AtLeast(0));
       app->add_option("--validate-episodes", o->validate_episodes,
                       "episodes on seeds of their own after each checkpoint; the best is marked")
           ->check(AtLeast(0));
       app->add_option("--threads", o->threads, "validation episodes at a time")
           ->check(CLI::Range(1, 256));
       AddSettingsOptions(app, &o->settings, "agent or environment");
       return [o](Output* out) { return TrainCommand(*o, out); };
     }});

}  // namespace
}  // namespace rookery
