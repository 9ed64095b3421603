#include "apps/training.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/dataset.h"
#include "core/error.h"
#include "core/progress.h"

namespace rookery {
namespace {

// Seeds that neither demonstrations (even) nor tests (small odd ones) use.
constexpr uint64_t kFirstValidationSeed = 1'000'000'001;

std::string LossText(const Metrics& metrics) {
  std::string text;
  for (const auto& [name, value] : metrics) {
    if (name.rfind("loss/", 0) != 0) continue;
    char item[64];
    std::snprintf(item, sizeof(item), "%s%s %.3f", text.empty() ? "" : "  ", name.c_str() + 5,
                  value);
    text += item;
  }
  return text;
}

}  // namespace

TrainingOutcome RunTraining(const TrainingOptions& options) {
  const AgentEntry& agent_entry = FindAgent(options.agent);
  const EnvEntry& env_entry = FindEnv(options.env);
  if (!agent_entry.learns) throw UserError(agent_entry.name + " does not learn");
  SplitSettings settings = Split(options.settings, env_entry, &agent_entry);
  const std::unique_ptr<Config> fresh = agent_entry.make_config();
  for (const FieldInfo& field : ListFields(*fresh)) {
    // Schedules span the whole run.
    if (field.name == "steps") settings.agent.push_back("steps=" + std::to_string(options.steps));
  }
  const uint64_t seed = ParseSeed(options.seed);

  EnvChoice env = ChooseEnv(env_entry.id, settings.env);
  EpisodeSet set;
  if (agent_entry.needs_episodes) {
    if (options.episodes_dir.empty()) {
      throw UserError(agent_entry.name +
                      " learns from demonstrations: --episodes-dir is missing "
                      "(`rookery demos " +
                      env_entry.id + "` makes some)");
    }
    set = LoadEpisodes(options.episodes_dir, options.demos, seed);
    if (set.env_id != env_entry.id) {
      throw UserError("the episodes in " + options.episodes_dir + " are of " + set.env_id +
                      ", not " + env_entry.id);
    }
  }
  const EnvSpec spec = env.factory()->spec();
  const std::unique_ptr<Config> config = MakeAgentConfig(agent_entry, settings.agent);
  const std::unique_ptr<Agent> agent = MakeAgent(agent_entry.name, spec, seed, settings.agent);
  if (agent_entry.needs_episodes) agent->SetEpisodes(set.episodes);

  TrainingOutcome outcome;
  outcome.env = env_entry.id;
  outcome.agent = agent_entry.name;
  outcome.parameters = agent->NumParameters();
  outcome.folder =
      options.out.empty() ? DefaultFolder("train", env_entry.id, agent_entry.name) : options.out;
  const RunFolder run(outcome.folder);

  TrainOptions train;
  train.facts = {
      agent_entry.name, ConfigToJson(*config).dump(), env_entry.id, env.config_json, seed, 0};
  train.steps = options.steps;
  train.checkpoint_every = options.checkpoint_every > 0
                               ? options.checkpoint_every
                               : std::max<int64_t>(1, (options.steps + 3) / 4);
  run.WriteJson("config.json",
                nlohmann::json{{"command", CommandLineText()},
                               {"agent", agent_entry.name},
                               {"agent_config", ConfigToJson(*config)},
                               {"env", env_entry.id},
                               {"env_config", nlohmann::json::parse(env.config_json)},
                               {"seed", seed},
                               {"steps", options.steps},
                               {"checkpoint_every", train.checkpoint_every},
                               {"episodes_dir", options.episodes_dir},
                               {"episodes", set.indices},
                               {"validate_episodes", options.validate_episodes}}
                    .dump(2));
  run.WriteJson("version.json", nlohmann::json(EngineVersions()).dump(2));

  ProgressBar progress("training", options.steps);
  train.on_update = [&](int64_t step, const Metrics& metrics) {
    progress.Update(step, LossText(metrics));
  };
  if (options.validate_episodes > 0) {
    train.validate = [&](int64_t, const std::string& checkpoint) {
      EvaluateOptions evaluate;
      evaluate.seeds = EverySecondSeed(kFirstValidationSeed, options.validate_episodes);
      evaluate.threads = options.threads;
      const std::vector<EpisodeResult> results = Evaluate(
          env.factory, [&](const EnvSpec& s) { return LoadAgentFile(checkpoint, s); }, evaluate);
      return Summarize(results, env_entry.return_low, env_entry.return_high).mean_score;
    };
  }
  outcome.result = Train(agent.get(), run, train);
  progress.Finish();
  return outcome;
}

}  // namespace rookery
