#include "apps/bench.h"

#include <map>
#include <memory>

#include "core/error.h"

namespace rookery {
namespace {

using Benchmark = int (*)(const bench::Options&, Output*);
const std::map<std::string, Benchmark>& Benchmarks() {
  static const std::map<std::string, Benchmark> all = {
      {"render", bench::Render}, {"env", bench::Environment}, {"transporter", bench::Transporter}};
  return all;
}

ROOKERY_REGISTER_COMMAND(
    Bench, {.name = "bench",
            .summary = "Measure speed, with a peer beside us in the same run",
            .order = 70,
            .example = "rookery bench render --repetitions 5",
            .setup = [](CLI::App* app) -> std::function<int(Output*)> {
              const auto name = std::make_shared<std::string>();
              const auto options = std::make_shared<bench::Options>();
              std::vector<std::string> names;
              for (const auto& [key, run] : Benchmarks()) names.push_back(key);
              app->add_option("benchmark", *name, "what to measure: " + Join(names))->required();
              app->add_option("--repetitions", options->repetitions, "of each measurement")
                  ->check(CLI::Range(5, 1000));
              app->add_option("--threads", options->threads,
                              "measure on one thread and on as many as this")
                  ->check(CLI::Range(1, 256));
              return [name, options](Output* out) {
                const auto found = Benchmarks().find(*name);
                if (found == Benchmarks().end()) {
                  std::vector<std::string> choices;
                  for (const auto& [key, run] : Benchmarks()) choices.push_back(key);
                  throw UserError("unknown benchmark '" + *name + "'" + DidYouMean(*name, choices) +
                                  "; there are " + Join(choices));
                }
                return found->second(*options, out);
              };
            }});

}  // namespace
}  // namespace rookery
