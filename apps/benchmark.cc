#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "apps/benchmark/jobs.h"
#include "apps/benchmark/write_up.h"
#include "apps/command.h"
#include "apps/settings.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"

namespace rookery {
namespace {

struct BenchmarkOptions {
  std::string suite, out;
  std::vector<std::string> tasks, agents, seeds;
  std::vector<int64_t> demos;
  int64_t stored_demos = 0, episodes = 0, validate_episodes = -1;
  int jobs = 1;
};

BenchmarkPlan PlanOf(const BenchmarkOptions& options) {
  BenchmarkPlan plan;
  const BenchmarkSuite& suite = FindSuite(options.suite);
  plan.suite = &suite;
  for (const std::string& task : options.tasks.empty() ? suite.tasks : options.tasks) {
    plan.tasks.push_back(FindEnv(task).id);
  }
  for (const std::string& agent : options.agents.empty() ? suite.agents : options.agents) {
    plan.agents.push_back(ParseAgentChoice(agent));
  }
  plan.demos = options.demos.empty() ? suite.demos : options.demos;
  for (const std::string& seed : options.seeds) plan.seeds.push_back(ParseSeed(seed));
  if (plan.seeds.empty()) plan.seeds = {0};
  plan.stored_demos = options.stored_demos > 0 ? options.stored_demos : suite.stored_demos;
  plan.test_episodes = options.episodes > 0 ? options.episodes : suite.test_episodes;
  plan.validate_episodes =
      options.validate_episodes >= 0 ? options.validate_episodes : suite.validate_episodes;
  plan.folder = options.out.empty() ? "runs/benchmark_" + suite.name : options.out;
  for (int64_t demos : plan.demos) {
    if (demos > plan.stored_demos) {
      throw UserError("--demos " + std::to_string(demos) + " is more than --stored-demos " +
                      std::to_string(plan.stored_demos));
    }
  }
  for (const std::string& task : plan.tasks) {
    const EnvSpec spec = ChooseEnv(task, {}).factory()->spec();
    for (const AgentChoice& agent : plan.agents) {
      const AgentEntry& entry = FindAgent(agent.name);
      const std::string reason = entry.unsupported ? entry.unsupported(spec) : "";
      if (!reason.empty()) throw UserError(agent.name + " cannot act on " + task + ": " + reason);
    }
  }
  return plan;
}

// Of programs started together by mpirun or srun the first one alone talks.
bool Talks() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"}) {
    const char* rank = std::getenv(name);
    if (rank != nullptr && std::string(rank) != "0") return false;
  }
  return true;
}

int Benchmark(const BenchmarkOptions& options, Output* out) {
  const bool talks = Talks();
  const BenchmarkPlan plan = PlanOf(options);
  const std::vector<BenchmarkJob> jobs = MakeJobs(plan);
  std::filesystem::create_directories(plan.folder);
  ProgressBar progress("jobs", static_cast<int64_t>(jobs.size()), talks);
  const JobsOutcome outcome =
      RunJobs(plan, jobs, options.jobs,
              [&](int64_t done, const std::string& note) { progress.Update(done, note); });
  progress.Finish();
  const std::string table = WriteUp(plan, jobs);
  if (talks) out->Print(table);
  out->document = {{"folder", plan.folder},
                   {"jobs", jobs.size()},
                   {"left", outcome.left},
                   {"failures", outcome.failures},
                   {"cells", nlohmann::json::array()}};
  for (const BenchmarkCell& cell : Cells(plan, jobs)) {
    if (cell.runs == 0) continue;
    out->document["cells"].push_back({{"env", cell.env},
                                      {"agent", cell.agent->label},
                                      {"demos", cell.demos},
                                      {"runs", cell.runs},
                                      {"score_percent", cell.mean},
                                      {"interval_95", {cell.low, cell.high}}});
  }
  if (talks)
    out->Print("\nwritten to " + plan.folder + ": report.html, table.md, table.csv, plot.svg\n");
  if (Interrupted()) {
    LogInfo(std::to_string(outcome.left) + " jobs are left; the same command continues");
    return 0;
  }
  if (outcome.failures.empty()) return 0;
  std::string text =
      std::to_string(outcome.left) + " of " + std::to_string(jobs.size()) + " jobs were not done";
  for (const std::string& failure : outcome.failures) text += "; " + failure;
  throw Failure(text);
}

std::string SuitesText() {
  std::string text;
  for (const BenchmarkSuite& suite : Suites()) {
    text += (text.empty() ? "" : "; ") + suite.name + ": " + suite.summary;
  }
  return text;
}

ROOKERY_REGISTER_COMMAND(
    Benchmark,
    {.name = "benchmark",
     .summary = "Run a published protocol: demonstrations, training, test, table and plot",
     .order = 55,
     .example = "rookery benchmark ravens --tasks BlockInsertion --agents transporter:steps=100 "
                "--demos 1 --stored-demos 2 --episodes 2 --out runs/benchmark_example",
     .setup = [](CLI::App* app) -> std::function<int(Output*)> {
       const auto o = std::make_shared<BenchmarkOptions>();
       app->add_option("suite", o->suite, SuitesText())->required();
       app->add_option("--tasks", o->tasks,
                       "environments, separated by commas (default: the suite's)")
           ->delimiter(',');
       app->add_option("--agents", o->agents,
                       "agents, separated by commas, each with settings after colons, as "
                       "transporter:profile=small-u:steps=800")
           ->delimiter(',');
       app->add_option("--demos", o->demos, "numbers of demonstrations, separated by commas")
           ->delimiter(',')
           ->check(AtLeast(1));
       app->add_option("--seeds", o->seeds, "training seeds, separated by commas (default 0)")
           ->delimiter(',');
       app->add_option("--stored-demos", o->stored_demos,
                       "demonstrations made, of which each seed draws its own")
           ->check(AtLeast(1));
       app->add_option("--episodes", o->episodes, "test episodes")->check(AtLeast(1));
       app->add_option("--validate-episodes", o->validate_episodes,
                       "episodes that choose the checkpoint")
           ->check(AtLeast(0));
       app->add_option("--jobs", o->jobs,
                       "processes at a time; more can be started with the same --out, here or on "
                       "other machines (mpirun), and share the work")
           ->check(CLI::Range(1, 256));
       app->add_option("--out", o->out, "folder (default runs/benchmark_<suite>); continued");
       return [o](Output* out) { return Benchmark(*o, out); };
     }});

}  // namespace
}  // namespace rookery
