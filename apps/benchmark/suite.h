// BenchmarkSuite: a published protocol as data. One .cc file registers one; `rookery benchmark`
// runs it.
#ifndef ROOKERY_APPS_BENCHMARK_SUITE_H_
#define ROOKERY_APPS_BENCHMARK_SUITE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rookery {

// What others published on the tasks of a suite.
struct PublishedMethod {
  std::string name;    // "Transporter"
  std::string source;  // with the table
  std::string agent;   // the registered agent that is this method; empty = none
  // Score in percent by environment id and number of demonstrations.
  std::map<std::string, std::map<int64_t, double>> scores;
};

struct BenchmarkSuite {
  std::string name;  // "ravens"
  std::string summary;
  std::vector<std::string> tasks;   // environment ids; others can be named too
  std::vector<std::string> agents;  // as --agents takes them
  std::vector<int64_t> demos;       // numbers of demonstrations
  int64_t stored_demos = 100;       // of which every run draws its own by its seed
  int64_t test_episodes = 100;      // on seeds that the oracle solves
  int64_t validate_episodes = 20;
  std::vector<PublishedMethod> published;
  std::string bar;  // name of the published method that every agent is measured against
};

const std::vector<BenchmarkSuite>& Suites();
bool RegisterSuite(BenchmarkSuite suite);
// UserError for unknown names, with the nearest.
const BenchmarkSuite& FindSuite(const std::string& name);

#define ROOKERY_REGISTER_SUITE(identifier, ...)    \
  [[maybe_unused]] const bool kSuite##identifier = \
      ::rookery::RegisterSuite(::rookery::BenchmarkSuite __VA_ARGS__)

}  // namespace rookery

#endif  // ROOKERY_APPS_BENCHMARK_SUITE_H_
