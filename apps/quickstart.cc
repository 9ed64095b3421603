#include <algorithm>
#include <chrono>
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
#include "core/registry.h"
#include "core/thread_pool.h"
#include "renderers/report/decision_card.h"

namespace rookery {
namespace {

struct QuickstartOptions {
  std::string env = "Ravens/BlockInsertion-v0", out = "runs/quickstart";
  int64_t demos = 10, steps = 300, episodes = 50;
};

constexpr char kAgent[] = "transporter";

// The first decision of the first episode that was solved (else of the first shown), at length.
report::Section DecisionSection(const report::EvaluationFacts& facts) {
  const report::EpisodeStory* chosen = nullptr;
  for (const report::EpisodeStory& story : facts.stories) {
    if (chosen == nullptr || (story.result.success && !chosen->result.success)) chosen = &story;
  }
  report::Section section;
  section.title = "One decision";
  section.lead =
      "Three cameras are fused into a picture from above. One network says where to pick; the "
      "surroundings of that point, turned to 36 angles, are then looked for in the whole picture, "
      "which says where to place and how to turn.";
  if (chosen == nullptr || chosen->steps.empty()) return section;
  const ArrayMap& after =
      chosen->steps.size() > 1 ? chosen->steps[1].observation : chosen->final_observation;
  report::Card card =
      report::DecisionCard(chosen->steps[0].observation, chosen->steps[0].explanation, after);
  card.title = "Seed " + std::to_string(chosen->result.seed);
  card.badge = chosen->result.success ? "solved" : "not solved";
  card.tone = chosen->result.success ? report::Tone::kGood : report::Tone::kBad;
  report::Gallery gallery;
  gallery.cards.push_back(std::move(card));
  section.blocks.push_back(std::move(gallery));
  return section;
}

// Demonstrations, training, evaluation: the three commands a person would type, then one report.
int Quickstart(const QuickstartOptions& options, Output* out) {
  const auto start = std::chrono::steady_clock::now();
  FindAgent(kAgent);  // a build without learners says so before anything runs
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
  training.agent = kAgent;
  training.env = options.env;
  training.episodes_dir = demos_dir;
  training.out = options.out + "/train";
  training.steps = options.steps;
  announce("2 of 3, training", std::string("train ") + kAgent + " --env " + options.env +
                                   " --episodes-dir " + demos_dir + " --steps " +
                                   std::to_string(options.steps) + " --out " + training.out);
  const TrainingOutcome trained = RunTraining(training);
  if (trained.facts.result.interrupted) return 130;

  EvaluationOptions evaluation;
  evaluation.env = options.env;
  evaluation.checkpoint = trained.facts.result.best_checkpoint;
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
                  std::to_string(trained.facts.result.steps) + " training steps, tested on " +
                  std::to_string(outcome.facts.results.size()) + " unseen seeds";
  if (!outcome.facts.stories.empty()) {
    page.sections.insert(page.sections.begin(), DecisionSection(outcome.facts));
  }
  page.sections.insert(page.sections.begin() + (outcome.facts.stories.empty() ? 0 : 2),
                       report::TrainingSection(trained.facts));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  char wall_time[32];
  std::snprintf(wall_time, sizeof(wall_time), "%.0f s", seconds);
  report::Facts files;
  files.title = "What is in this folder";
  files.facts = {
      {"demonstrations", "demos/", "demos/"},
      {"trained agent",
       std::filesystem::relative(trained.facts.result.best_checkpoint, options.out).string(), ""},
      {"test episodes", "episodes/", "episodes/"},
      {"wall time of all three steps", wall_time}};
  if (!outcome.facts.film.empty()) {
    files.facts.push_back({"film", outcome.facts.film, outcome.facts.film});
  }
  page.sections.back().blocks.insert(page.sections.back().blocks.begin(), files);
  report::WriteReport(options.out, page);

  out->document = nlohmann::json::parse(report::EvaluationJson(outcome.facts));
  out->document["folder"] = options.out;
  out->document["demonstrations"] = demos_out.document;
  out->document["wall_seconds"] = seconds;
  out->document["training_seconds"] = trained.facts.result.seconds;
  out->document["training_steps"] = trained.facts.result.steps;
  const EvaluationSummary& summary = outcome.facts.summary;
  out->Print("\nThe robot solved " + Percent(summary.success_rate, summary.success_interval_95) +
             " of " + std::to_string(summary.episodes) + " unseen scenes.\n  report      " +
             options.out + "/report.html\n  film        " + options.out + "/" + outcome.facts.film +
             "\n  checkpoint  " + trained.facts.result.best_checkpoint + "\n");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Quickstart, {.name = "quickstart",
                 .summary = "The main job in one go: demonstrations, training, evaluation, report",
                 .order = 1,
                 .example = "rookery quickstart",
                 .setup = [](CLI::App* app) -> std::function<int(Output*)> {
                   const auto o = std::make_shared<QuickstartOptions>();
                   app->add_option("--env", o->env, "environment id");
                   app->add_option("--out", o->out, "folder; an interrupted run continues there");
                   app->add_option("--demos", o->demos, "demonstrations")->check(AtLeast(1));
                   app->add_option("--steps", o->steps, "training steps")->check(AtLeast(1));
                   app->add_option("--episodes", o->episodes, "test episodes")->check(AtLeast(1));
                   return [o](Output* out) { return Quickstart(*o, out); };
                 }});

}  // namespace
}  // namespace rookery
