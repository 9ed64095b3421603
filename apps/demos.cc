#include <cmath>
#include <limits>
#include <memory>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"

namespace rookery {
namespace {

struct DemosOptions {
  std::string env, agent = "oracle", out, seed = "0";
  SettingsOptions settings;
  int64_t episodes = 10;
  int threads = 1;
  bool all_observations = false;
};

// What is stored unless --all-observations: everything but the raw camera pictures, which are
// 18 times the size of the heightmap made of them.
std::vector<std::string> SmallArrays(const EnvSpec& spec) {
  std::vector<std::string> names;
  for (const ArraySpec& array : spec.observation.arrays()) {
    if (NumElements(array.shape) <= 320 * 160 * 3) names.push_back(array.name);
  }
  return names;
}

int Demos(const DemosOptions& options, Output* out) {
  const EnvEntry& env_entry = FindEnv(options.env);
  const AgentEntry& agent_entry = FindAgent(options.agent);
  const SplitSettings settings = Split(options.settings, env_entry, &agent_entry);
  const EnvChoice env = ChooseEnv(env_entry.id, settings.env);
  const uint64_t seed = ParseSeed(options.seed);
  const std::string folder =
      options.out.empty() ? DefaultFolder("demos", env_entry.id, "") : options.out;

  CollectOptions collect;
  collect.episodes = options.episodes;
  collect.first_seed = seed;
  collect.threads = options.threads;
  collect.env_config = env.config_json;
  collect.agent_name = agent_entry.name;
  // An episode counts when it is solved; where there is no such thing, all do.
  const bool knows_success = env.factory()->spec().info.Find("success") != nullptr;
  collect.keep_above =
      knows_success && std::isfinite(env_entry.return_high)
          ? env_entry.return_low + 0.99 * (env_entry.return_high - env_entry.return_low)
          : -std::numeric_limits<double>::infinity();
  if (!options.all_observations) {
    collect.keep_observations = SmallArrays(env.factory()->spec());
  }
  const RunFolder run(folder);
  constexpr char kKind[] = "set of demonstrations";
  RequireKind(run, kKind);
  EpisodeStore store(folder);
  WriteRunFacts(run, kKind,
                {{"agent", agent_entry.name},
                 {"env", env_entry.id},
                 {"env_config", nlohmann::json::parse(env.config_json)},
                 {"seed", seed}});
  ProgressBar progress("demonstrations", options.episodes);
  collect.on_episode = [&](const EpisodeResult& result, bool, int64_t stored) {
    progress.Update(stored, "seed " + std::to_string(result.seed));
  };
  const CollectResult result = Collect(
      env.factory,
      [&](const EnvSpec& spec) { return MakeAgent(agent_entry.name, spec, 0, settings.agent); },
      &store, collect);
  progress.Finish();
  nlohmann::json rejected = nlohmann::json::array();
  for (const EpisodeResult& episode : result.rejected) rejected.push_back(episode.seed);
  out->document = {{"env", env_entry.id},       {"agent", agent_entry.name},
                   {"folder", folder},          {"episodes", store.size()},
                   {"new", result.stored},      {"attempted", result.attempted},
                   {"rejected_seeds", rejected}};
  if (const auto last = store.last_seed()) out->document["last_seed"] = *last;
  out->Print(std::to_string(store.size()) + " episodes in " + folder + " (" +
             std::to_string(result.stored) + " new, " + std::to_string(result.rejected.size()) +
             " attempts failed)\n");
  if (Interrupted()) LogInfo("interrupted; the same command continues");
  return 0;
}

ROOKERY_REGISTER_COMMAND(
    Demos, {.name = "demos",
            .summary = "Collect demonstrations: successful episodes of the oracle, on disk",
            .order = 30,
            .example = "rookery demos Ravens/BlockInsertion-v0 --episodes 10 --out demos/insertion",
            .setup = [](CLI::App* app) -> std::function<int(Output*)> {
              const auto o = std::make_shared<DemosOptions>();
              app->add_option("env", o->env, "environment id")->required();
              app->add_option("--episodes", o->episodes, "successful episodes wanted in the folder")
                  ->check(AtLeast(1));
              app->add_option("--seed", o->seed, "first seed; then every second one");
              app->add_option("--out", o->out,
                              "folder (default runs/demos_<env>); continued if it exists");
              app->add_option("--agent", o->agent, "who demonstrates");
              app->add_option("--workers,--threads", o->threads,
                              "episodes at a time; changes no episode")
                  ->check(CLI::Range(1, 256));
              AddSettingsOptions(app, &o->settings, "environment or agent");
              app->add_flag("--all-observations", o->all_observations,
                            "store the raw camera pictures too");
              return [o](Output* out) { return Demos(*o, out); };
            }});

}  // namespace
}  // namespace rookery
