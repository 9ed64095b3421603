// What environments need besides time.
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "apps/bench.h"
#include "core/error.h"
#include "core/vector_env.h"

namespace rookery::bench {
namespace {

constexpr int kFirst = 8;
constexpr size_t kWarmSteps = 100;

double ResidentBytes() {
  malloc_trim(0);  // what was freed is nobody's
  std::ifstream in("/proc/self/statm");
  double all = 0, resident = 0;
  if (!(in >> all >> resident)) throw Failure("cannot read /proc/self/statm");
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Steps of all; the first is the expert's where there is one, as random poses can cost seconds.
void Warm(VectorEnv* vector) {
  const bool expert = vector->spec().has_oracle;
  std::vector<ArrayMap> actions = RandomActions(vector->spec().action, vector->size(), 4);
  Rng rng(1);
  for (int i = 0; expert && i < vector->size(); ++i) {
    ArrayMap action;
    if (vector->env(i).OracleAction(&rng, &action))
      PutRow(action, &actions[0], static_cast<size_t>(i));
  }
  for (size_t i = 0; i < (expert ? 1 : kWarmSteps); ++i) vector->Step(actions[i % actions.size()]);
}

}  // namespace

std::vector<ArrayMap> RandomActions(const Spec& spec, int envs, int steps) {
  Rng rng(1);
  std::vector<ArrayMap> actions;
  for (int i = 0; i < steps; ++i) {
    actions.push_back(BatchOf(spec, envs));
    for (size_t env = 0; env < static_cast<size_t>(envs); ++env) {
      PutRow(spec.Sample(&rng), &actions.back(), env);
    }
  }
  return actions;
}

Footprint MeasureFootprint(const EnvFactory& make, int threads, int envs) {
  const auto warmed = [&](int n) {
    auto vector = std::make_unique<VectorEnv>(
        n, [&](int) { return make(); }, VectorOptions{.threads = threads});
    vector->Reset(1);
    Warm(vector.get());
    return vector;
  };
  const auto first = warmed(kFirst);
  const double before = ResidentBytes();
  const auto more = warmed(envs);
  Footprint out{.memory = (ResidentBytes() - before) / envs};
  for (int i = 0; i < envs; ++i) {
    out.snapshot += static_cast<double>(more->env(i).Save().size()) / envs;
  }
  return out;
}

Table FootprintTable(const std::vector<std::pair<std::string, Footprint>>& footprints) {
  Table table{.name = "footprint",
              .title = "one more environment of a vector",
              .unit = "KiB",
              .columns = {"memory", "snapshot"},
              .rows = {}};
  for (const auto& [name, footprint] : footprints) {
    table.rows.push_back({name, {footprint.memory / 1024, footprint.snapshot / 1024}});
  }
  return table;
}

}  // namespace rookery::bench
