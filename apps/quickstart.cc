#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "apps/command.h"
#include "apps/evaluation.h"
#include "apps/settings.h"
#include "apps/training.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/thread_pool.h"

namespace rookery {
namespace {

struct QuickstartOptions {
  std::string env = "Ravens/BlockInsertion-v0", out = "runs/quickstart";
  int64_t demos = 10, steps = 300, episodes = 50;
};

// Demonstrations, training, evaluation: the three commands a person would type, then one report.
int Quickstart(const QuickstartOptions& options, Output* out) {
  const std::string threads = std::to_string(std::min(AvailableCores(), 4));
  const std::string demos_dir = options.out + "/demos";
  const auto announce = [&](const char* step, const std::string& words) {
    LogInfo(std::string(step) + ": rookery " + words);
  };
  Output demos_out;
  demos_out.json = true;  // its summary goes into ours
  const std::vector<std::string> demos_words = {
      "demos", options.env, "--episodes", std::to_string(options.demos),
      "--out", demos_dir,   "--threads",  threads};
  announce("1 of 3, demonstrations", Join(demos_words, " "));
  RunCommand(demos_words, &demos_out);
  if (Interrupted()) return 130;

  TrainingOptions training;
  training.agent = "transporter";
  training.env = options.env;
  training.episodes_dir = demos_dir;
  training.out = options.out + "/train";
  training.steps = options.steps;
  announce("2 of 3, training", "train transporter --env " + options.env + " --episodes-dir " +
                                   demos_dir + " --steps " + std::to_string(options.steps) +
                                   " --out " + training.out);
  const TrainingOutcome trained = RunTraining(training);
  if (trained.result.interrupted) return 130;

  EvaluationOptions evaluation;
  evaluation.env = options.env;
  evaluation.checkpoint = trained.result.best_checkpoint;
  evaluation.out = options.out;
  evaluation.episodes = options.episodes;
  evaluation.threads = std::stoi(threads);
  announce("3 of 3, evaluation on unseen seeds",
           "eval " + options.env + " --checkpoint " + evaluation.checkpoint + " --episodes " +
               std::to_string(options.episodes) + " --threads " + threads + " --out " +
               options.out);
  const EvaluationOutcome outcome = RunEvaluation(evaluation);

  report::Report page = report::EvaluationReport(outcome.facts);
  page.kind = "Quickstart";
  page.subtitle = "Transporter Network: " + std::to_string(options.demos) + " demonstrations, " +
                  std::to_string(trained.result.steps) + " training steps, tested on " +
                  std::to_string(outcome.facts.results.size()) + " unseen seeds";
  page.sections.insert(page.sections.begin() + (outcome.facts.stories.empty() ? 0 : 1),
                       report::LearningSection(training.out + "/metrics.csv"));
  report::Facts files;
  files.title = "What is in this folder";
  files.facts = {
      {"demonstrations", "demos/", "demos/"},
      {"trained agent",
       std::filesystem::relative(trained.result.best_checkpoint, options.out).string(), ""},
      {"test episodes", "episodes/", "episodes/"}};
  if (!outcome.facts.film.empty()) {
    files.facts.push_back({"film", outcome.facts.film, outcome.facts.film});
  }
  page.sections.back().blocks.insert(page.sections.back().blocks.begin(), files);
  report::WriteReport(options.out, page);

  out->document = nlohmann::json::parse(report::EvaluationJson(outcome.facts));
  out->document["folder"] = options.out;
  out->document["demonstrations"] = demos_out.document;
  out->document["training_seconds"] = trained.result.seconds;
  out->document["training_steps"] = trained.result.steps;
  const EvaluationSummary& summary = outcome.facts.summary;
  out->Print("\nThe robot solved " + Percent(summary.success_rate, summary.success_interval_95) +
             " of " + std::to_string(summary.episodes) + " unseen scenes.\n  report      " +
             options.out + "/report.html\n  film        " + options.out + "/" + outcome.facts.film +
             "\n  checkpoint  " + trained.result.best_checkpoint + "\n");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Quickstart,
    {.name = "quickstart",
     .summary = "The main job in one go: demonstrations, training, evaluation, report",
     .order = 1,
     .example = "rookery quickstart",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto o = std::make_shared<QuickstartOptions>();
       app->add_option("--env", o->env, "environment id");
       app->add_option("--out", o->out, "folder; an interrupted run continues there");
       app->add_option("--demos", o->demos, "demonstrations")->check(CLI::PositiveNumber);
       app->add_option("--steps", o->steps, "training steps")->check(CLI::PositiveNumber);
       app->add_option("--episodes", o->episodes, "test episodes")->check(CLI::PositiveNumber);
       return [o](Output* out) { return Quickstart(*o, out); };
     }});

}  // namespace
}  // namespace rookery
