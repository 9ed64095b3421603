#include "apps/bench.h"

#include <map>
#include <memory>

#include "core/error.h"

namespace rookery {
namespace {

struct Benchmark {
  int (*run)(const bench::Options&, Output*);
  int threads;  // unless asked for others; a training is best on one
};
const std::map<std::string, Benchmark>& Benchmarks() {
  static const std::map<std::string, Benchmark> all = {{"render", {bench::Render, 2}},
                                                       {"env", {bench::Environment, 2}},
                                                       {"transporter", {bench::Transporter, 1}},
                                                       {"vector", {bench::Vector, 2}}};
  return all;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, benchmark] : Benchmarks()) names.push_back(name);
  return names;
}

int Bench(const std::string& name, bench::Options options, Output* out) {
  const auto found = Benchmarks().find(name);
  if (found == Benchmarks().end()) {
    throw UserError("unknown benchmark '" + name + "'" + DidYouMean(name, Names()) +
                    "; there are " + Join(Names()));
  }
  const bool has_settings = !options.settings.set.empty() || !options.settings.config.empty();
  if (!options.env.empty() && name != "env") {
    throw UserError("bench " + name + " takes no environment; `rookery bench env " + options.env +
                    "` does");
  }
  if (has_settings && options.env.empty()) {
    throw UserError("bench " + name + ": settings are those of an environment, which is not named");
  }
  if (options.threads == 0) options.threads = found->second.threads;
  return found->second.run(options, out);
}

ROOKERY_REGISTER_COMMAND(
    Bench, {.name = "bench",
            .summary = "Measure speed, with a peer beside us in the same run",
            .order = 70,
            .example = "rookery bench render --repetitions 5",
            .setup = [](CLI::App* app) -> std::function<int(Output*)> {
              const auto name = std::make_shared<std::string>();
              const auto options = std::make_shared<bench::Options>();
              app->add_option("benchmark", *name, "what to measure: " + Join(Names()))->required();
              app->add_option("--repetitions", options->repetitions, "of each measurement")
                  ->check(CLI::Range(5, 1000));
              app->add_option(
                     "--threads", options->threads,
                     "measure on one thread and on as many as this; 0 = 2 (transporter: 1)")
                  ->check(CLI::Range(0, 256));
              app->add_option("env", options->env,
                              "of benchmark env: any environment; without, the tabletop's episodes "
                              "beside a peer");
              AddSettingsOptions(app, &options->settings, "environment");
              return [name, options](Output* out) { return Bench(*name, *options, out); };
            }});

}  // namespace
}  // namespace rookery
