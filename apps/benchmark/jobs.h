// The work of a benchmark as jobs in folders: demonstrations and test seeds of a task, and cells
// (agent, task, demonstrations, seed). Every job runs subcommands of this program as processes of
// their own and leaves result.json; any number of processes that share the folder share the work.
#ifndef ROOKERY_APPS_BENCHMARK_JOBS_H_
#define ROOKERY_APPS_BENCHMARK_JOBS_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/benchmark/suite.h"

namespace rookery {

// An agent with settings, "transporter:profile=small-u:steps=800".
struct AgentChoice {
  std::string name;   // "transporter"
  std::string label;  // of folders and tables: "transporter profile=small-u steps=800"
  std::vector<std::string> settings;
  bool learns = false;
};
// UserError for unknown agents and settings.
AgentChoice ParseAgentChoice(const std::string& text);

struct BenchmarkPlan {
  const BenchmarkSuite* suite = nullptr;
  std::vector<std::string> tasks;  // environment ids
  std::vector<AgentChoice> agents;
  std::vector<int64_t> demos;
  std::vector<uint64_t> seeds;
  int64_t stored_demos = 0, test_episodes = 0, validate_episodes = 0;
  std::string folder;
};

struct BenchmarkJob {
  enum class Kind { kDemos, kTests, kCell };
  Kind kind = Kind::kCell;
  std::string name;    // "Ravens/BlockInsertion-v0, transporter, 10 demonstrations, seed 0"
  std::string folder;  // its own
  std::string env;
  const AgentChoice* agent = nullptr;  // of cells
  int64_t demos = 0;                   // of cells; 0 = does not learn
  uint64_t seed = 0;
  std::vector<std::string> needs;  // folders of the jobs it uses
  nlohmann::json asked;            // what determines its result
};

// In the order of work. The plan outlives the jobs. UserError when a result in the folder was
// asked for with other numbers.
std::vector<BenchmarkJob> MakeJobs(const BenchmarkPlan& plan);

// What the job left, or null while it is not done: of data `episodes` and `last_seed`; of cells
// `scores` and more; of all `asked`, `commands`, `versions`.
nlohmann::json ResultOf(const BenchmarkJob& job);

struct JobsOutcome {
  std::vector<std::string> failures;  // one line a job that failed
  int64_t left = 0;                   // jobs not done
};
// Runs jobs in `parallel` processes until all are done, by whomever, or Ctrl-C. `on_progress` is
// called now and then with the number that is done and a note; on one thread.
JobsOutcome RunJobs(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs, int parallel,
                    const std::function<void(int64_t, const std::string&)>& on_progress);

}  // namespace rookery

#endif  // ROOKERY_APPS_BENCHMARK_JOBS_H_
