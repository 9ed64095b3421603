#include "apps/training.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <tuple>

#include "apps/command.h"
#include "core/dataset.h"
#include "core/error.h"
#include "core/progress.h"

namespace rookery {
namespace {

constexpr char kKind[] = "training run";
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

// How many updates, and the agent told of it where its schedules span the whole run.
int64_t ResolveSteps(const AgentEntry& agent, int64_t asked, std::vector<std::string>* settings) {
  static constexpr char kSteps[] = "steps";
  const bool set = std::any_of(settings->begin(), settings->end(), [](const std::string& setting) {
    return setting.rfind(std::string(kSteps) + "=", 0) == 0;
  });
  if (asked > 0 && set) throw UserError("--steps and --set steps= say the same; give one of them");
  const nlohmann::json config = ConfigToJson(*MakeAgentConfig(agent, *settings));
  if (asked > 0) {
    if (config.contains(kSteps)) settings->push_back("steps=" + std::to_string(asked));
    return asked;
  }
  if (!config.contains(kSteps)) {
    throw UserError("--steps is missing: " + agent.name + " has no number of its own");
  }
  return config.at(kSteps).get<int64_t>();
}

}  // namespace

TrainingOutcome RunTraining(const TrainingOptions& options) {
  const AgentEntry& agent_entry = FindAgent(options.agent);
  const EnvEntry& env_entry = FindEnv(options.env);
  if (!agent_entry.learns) throw UserError(agent_entry.name + " does not learn");
  SplitSettings settings = Split(options.settings, env_entry, &agent_entry);
  const int64_t steps = ResolveSteps(agent_entry, options.steps, &settings.agent);
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
    if (set.env_config != env.config_json) {
      throw UserError("the episodes in " + options.episodes_dir + " were made with options " +
                      set.env_config + ", this run has " + env.config_json);
    }
  }
  const EnvSpec spec = env.factory()->spec();
  const std::unique_ptr<Config> config = MakeAgentConfig(agent_entry, settings.agent);
  const std::unique_ptr<Agent> agent = MakeAgent(agent_entry.name, spec, seed, settings.agent);
  if (agent_entry.needs_episodes) agent->SetEpisodes(set.episodes);

  TrainingOutcome outcome;
  outcome.folder =
      options.out.empty() ? DefaultFolder("train", env_entry.id, agent_entry.name) : options.out;
  const RunFolder run(outcome.folder);
  RequireKind(run, kKind);
  report::TrainingFacts& facts = outcome.facts;
  facts.env = env_entry.id;
  facts.agent = agent_entry.name;
  facts.command = CommandLineText();
  facts.data = set.name;
  facts.settings = ConfigToJson(*config).dump();
  facts.seed = seed;
  facts.asked_steps = steps;
  facts.parameters = agent->NumParameters();
  facts.validation_episodes = options.validate_episodes;
  std::tie(facts.return_low, facts.return_high) = ReturnRange(env, spec);

  TrainOptions train;
  train.facts = {.agent = agent_entry.name,
                 .agent_config = ConfigToJson(*config).dump(),
                 .env = env_entry.id,
                 .env_config = env.config_json,
                 .data = set.name,
                 .seed = seed};
  train.steps = steps;
  train.checkpoint_every = options.checkpoint_every > 0 ? options.checkpoint_every
                                                        : std::max<int64_t>(1, (steps + 3) / 4);
  train.on_start = [&] {
    WriteRunFacts(run, kKind,
                  {{"agent", agent_entry.name},
                   {"agent_config", ConfigToJson(*config)},
                   {"env", env_entry.id},
                   {"env_config", nlohmann::json::parse(env.config_json)},
                   {"seed", seed},
                   {"steps", steps},
                   {"checkpoint_every", train.checkpoint_every},
                   {"episodes_dir", options.episodes_dir},
                   {"episodes", set.indices},
                   {"data", set.name},
                   {"validate_episodes", options.validate_episodes}});
  };

  ProgressBar progress("training", steps);
  train.on_update = [&](int64_t step, const Metrics& metrics) {
    progress.Update(step, LossText(metrics));
  };
  if (options.validate_episodes > 0) {
    train.validation = std::to_string(options.validate_episodes) + " episodes from seed " +
                       std::to_string(kFirstValidationSeed);
    train.validate = [&](int64_t, const std::string& checkpoint) {
      EvaluateOptions evaluate;
      evaluate.seeds = EverySecondSeed(kFirstValidationSeed, options.validate_episodes);
      evaluate.threads = options.threads;
      const std::vector<EpisodeResult> results = Evaluate(
          env.factory, [&](const EnvSpec& s) { return LoadAgentFile(checkpoint, s); }, evaluate);
      return Summarize(results, facts.return_low, facts.return_high).mean_score;
    };
  }
  facts.result = Train(agent.get(), run, train);
  progress.Finish();
  facts.metrics = report::ReadMetrics(run.File("metrics.csv"));
  report::WriteReport(outcome.folder, report::TrainingReport(facts));
  return outcome;
}

}  // namespace rookery
