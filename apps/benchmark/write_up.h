// What a benchmark found, beside what was published: table.md, table.csv, plot.svg and
// report.html, from the results that are there.
#ifndef ROOKERY_APPS_BENCHMARK_WRITE_UP_H_
#define ROOKERY_APPS_BENCHMARK_WRITE_UP_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apps/benchmark/jobs.h"

namespace rookery {

// All seeds of an agent on a task with so many demonstrations, in percent of the best score.
struct BenchmarkCell {
  std::string env;
  const AgentChoice* agent = nullptr;
  int64_t demos = 0;
  int64_t runs = 0, episodes = 0;      // 0 runs: nothing yet
  double mean = 0, low = 0, high = 0;  // of all test episodes, with its 95 % interval
  double sd_of_seeds = 0;              // 0 for one
  double first_attempt = 0;            // NaN when not known
  double steps = 0, chosen_step = 0, train_seconds = 0, test_seconds = 0;  // means
};

// In the order of tasks, agents, demonstrations.
std::vector<BenchmarkCell> Cells(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs);

// Published score; NaN when there is none.
double Published(const PublishedMethod& method, const std::string& env, int64_t demos);

// Writes the files into the plan's folder; returns the Markdown.
std::string WriteUp(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs);

}  // namespace rookery

#endif  // ROOKERY_APPS_BENCHMARK_WRITE_UP_H_
