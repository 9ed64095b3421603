#include <memory>

#include "apps/command.h"
#include "apps/evaluation.h"
#include "core/error.h"
#include "core/log.h"

namespace rookery {
namespace {

int Eval(const EvaluationOptions& options, Output* out) {
  const EvaluationOutcome outcome = RunEvaluation(options);
  out->document = nlohmann::json::parse(report::EvaluationJson(outcome.facts));
  out->document["folder"] = outcome.folder;
  const EvaluationSummary& summary = outcome.facts.summary;
  const bool percent = outcome.facts.return_low == 0 && outcome.facts.return_high == 1;
  char mean[128];
  std::snprintf(mean, sizeof(mean), "%.3f (95 %% interval %.3f to %.3f)", summary.mean_score,
                summary.score_interval_95.first, summary.score_interval_95.second);
  out->Print(
      outcome.facts.agent + " on " + outcome.facts.env + ", " + std::to_string(summary.episodes) +
      " episodes\n  mean score " +
      (percent ? Percent(summary.mean_score, summary.score_interval_95) : mean) + "\n" +
      (outcome.facts.knows_success
           ? "  solved     " + Percent(summary.success_rate, summary.success_interval_95) + "\n"
           : ""));
  // Last: a full disk costs no result that was made.
  try {
    report::WriteReport(outcome.folder, report::EvaluationReport(outcome.facts));
  } catch (const Failure& failure) {
    Log(LogLevel::kError, failure.what());
    return 1;
  }
  out->Print("  report     " + outcome.folder + "/report.html\n");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Eval,
    {.name = "eval",
     .summary = "Evaluate an agent or a checkpoint on unseen seeds and write a report",
     .order = 50,
     .example = "rookery eval Ravens/BlockInsertion-v0 --agent oracle --episodes 10",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto o = std::make_shared<EvaluationOptions>();
       const auto no_film = std::make_shared<bool>(false),
                  no_record = std::make_shared<bool>(false);
       app->add_option("env", o->env, "environment id")->required();
       app->add_option("--agent", o->agent, "agent name");
       app->add_option("--checkpoint", o->checkpoint,
                       "file of a trained agent, or the folder of its training run");
       app->add_option("--episodes", o->episodes, "how many")->check(AtLeast(1));
       app->add_option("--seed", o->seed, "first seed; then every second one (odd seeds test)");
       app->add_option("--agent-seed", o->agent_seed, "seed of an agent that is not loaded");
       app->add_option("--threads", o->threads, "episodes at a time; changes no result")
           ->check(CLI::Range(1, 256));
       app->add_option("--out", o->out,
                       "folder (default runs/eval_<env>_<agent>); a finished evaluation in it is "
                       "replaced, an interrupted one goes on");
       AddSettingsOptions(app, &o->settings, "environment or agent");
       app->add_option("--stories", o->stories, "episodes shown in the report")->check(AtLeast(0));
       app->add_option("--seeds-of", o->seeds_of,
                       "test on the seeds of the first episodes in this folder, e.g. of demos");
       app->add_flag("--solvable-only", o->solvable_only,
                     "test on the first seeds that the oracle solves, as the published protocol");
       app->add_flag("--no-film", *no_film, "write no video");
       app->add_flag("--no-record", *no_record, "keep no episodes on disk");
       return [o, no_film, no_record](Output* out) {
         o->film = !*no_film;
         o->record = !*no_record;
         return Eval(*o, out);
       };
     }});

}  // namespace
}  // namespace rookery
