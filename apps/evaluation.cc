#include "apps/evaluation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <tuple>

#include "apps/command.h"
#include "apps/evaluation_record.h"
#include "apps/settings.h"
#include "core/agent_file.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/run_folder.h"
#include "core/train.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;

constexpr char kKind[] = "evaluation";

// Has this folder an evaluation that was begun with these facts and did not end?
bool Unfinished(const RunFolder& run, const nlohmann::json& facts) {
  const std::string file = run.path() + "/config.json";
  if (!fs::exists(file)) return false;
  const nlohmann::json found = nlohmann::json::parse(ReadFile(file), nullptr, false);
  if (!found.is_object() || found.value("finished", true)) return false;
  for (const auto& [name, value] : facts.items()) {
    if (found.value(name, nlohmann::json()) != value) return false;
  }
  return found.value("versions", nlohmann::json()) == nlohmann::json(EngineVersions());
}

// An earlier evaluation in this folder makes room: its report, film and episodes; anything else is
// left alone.
void ClearEvaluation(const RunFolder& run) {
  if (fs::exists(run.path() + "/report.json")) {
    LogInfo("the evaluation in " + run.path() + " is replaced");
  }
  for (const char* name : {"report.html", "report.json", "film.mp4", "film.png"}) {
    fs::remove(run.path() + "/" + name);
  }
  const std::string folder = run.path() + "/episodes";
  if (!fs::is_directory(folder)) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (EpisodeStore::Owns(entry.path().filename().string())) fs::remove(entry.path());
  }
}

// The first of `seeds` that the oracle solves: the published protocol tests on those.
std::vector<uint64_t> SolvableSeeds(const EnvChoice& env, uint64_t first, int64_t count,
                                    int threads) {
  std::vector<uint64_t> out;
  ProgressBar progress("solvable seeds", count);
  uint64_t next = first;
  while (static_cast<int64_t>(out.size()) < count && !Interrupted()) {
    if (next - first > 40 * static_cast<uint64_t>(count)) {
      throw Failure("the oracle solves too few seeds of " + env.entry->id);
    }
    EvaluateOptions evaluate;
    evaluate.threads = threads;
    evaluate.seeds = EverySecondSeed(next, count - static_cast<int64_t>(out.size()));
    for (const EpisodeResult& result : Evaluate(
             env.factory, [](const EnvSpec& spec) { return MakeAgent("oracle", spec, 0); },
             evaluate)) {
      if (result.success) out.push_back(result.seed);
    }
    next = evaluate.seeds.back() + 2;
    progress.Update(static_cast<int64_t>(out.size()));
  }
  return out;
}

// Those the options name, in the order of testing.
std::vector<uint64_t> TestSeeds(const EvaluationOptions& options, const EnvChoice& env) {
  if (!options.seeds_of.empty()) {
    if (options.solvable_only) throw UserError("--seeds-of and --solvable-only exclude each other");
    if (!fs::is_directory(options.seeds_of)) {
      throw UserError("--seeds-of " + options.seeds_of + ": no such folder of episodes");
    }
    const EpisodeStore store(options.seeds_of);
    const auto wanted = static_cast<size_t>(options.episodes);
    std::vector<uint64_t> seeds = store.seeds();
    if (seeds.size() < wanted) {
      throw UserError("--seeds-of " + options.seeds_of + " has " + std::to_string(seeds.size()) +
                      " episodes, fewer than --episodes " + std::to_string(options.episodes));
    }
    if (const std::string found = store.Read(0).env_id; found != env.entry->id) {
      throw UserError("--seeds-of " + options.seeds_of + " has episodes of " + found + ", not of " +
                      env.entry->id);
    }
    seeds.resize(wanted);
    return seeds;
  }
  const uint64_t first = ParseSeed(options.seed);
  return options.solvable_only ? SolvableSeeds(env, first, options.episodes, options.threads)
                               : EverySecondSeed(first, options.episodes);
}

// Failures first, then successes, each by seed; where there is no success, the lowest score to the
// highest, evenly.
std::vector<uint64_t> SeedsToShow(const report::EvaluationFacts& facts, int most) {
  std::vector<uint64_t> failures, successes, out;
  const auto limit = static_cast<size_t>(std::max(0, most));
  if (!facts.knows_success) {
    std::vector<EpisodeResult> sorted = facts.results;
    std::stable_sort(
        sorted.begin(), sorted.end(),
        [](const EpisodeResult& a, const EpisodeResult& b) { return a.score < b.score; });
    const size_t shown = std::min(limit, sorted.size());
    for (size_t i = 0; i < shown; ++i) {
      out.push_back(sorted[shown == 1 ? 0 : i * (sorted.size() - 1) / (shown - 1)].seed);
    }
    return out;
  }
  for (const EpisodeResult& result : facts.results) {
    (result.success ? successes : failures).push_back(result.seed);
  }
  // Half of the places each, unless one kind leaves some free.
  const size_t half = (limit + 1) / 2;
  const size_t shown_failures =
      std::min(failures.size(), std::max(half, limit - std::min(limit, successes.size())));
  out.assign(failures.begin(), failures.begin() + static_cast<std::ptrdiff_t>(shown_failures));
  for (uint64_t seed : successes) {
    if (out.size() < limit) out.push_back(seed);
  }
  return out;
}

// Shows some of the episodes: runs them again, with pictures and a film. What cannot be filmed (no
// room, an encoder that fails) is shown without.
void TellStories(Env* stage, Agent* actor, const EvaluationOptions& options, const RunFolder& run,
                 report::EvaluationFacts* facts) {
  const std::vector<uint64_t> shown = SeedsToShow(*facts, options.stories);
  if (shown.empty()) return;
  ProgressBar pictures("pictures", static_cast<int64_t>(shown.size()));
  std::unique_ptr<VideoWriter> film;
  if (options.film) film = std::make_unique<VideoWriter>(run.File("film"), 30);
  bool filmed_success = false, filmed_failure = false;
  for (uint64_t seed : shown) {
    const auto found = std::find_if(facts->results.begin(), facts->results.end(),
                                    [&](const EpisodeResult& r) { return r.seed == seed; });
    // One of each kind; without kinds, the lowest score and the highest.
    const bool last = seed == shown.back() && !facts->knows_success;
    bool& filmed = found->success || last ? filmed_success : filmed_failure;
    const bool film_this = film != nullptr && !filmed;
    filmed = filmed || film_this;
    const auto tell = [&](VideoWriter* writer) {
      return report::TellEpisode(stage, actor, seed, writer);
    };
    try {
      facts->stories.push_back(tell(film_this ? film.get() : nullptr));
    } catch (const Failure& failure) {
      if (!film_this) throw;
      LogWarning(std::string("no film: ") + failure.what());
      film.reset();
      facts->stories.push_back(tell(nullptr));
    }
    ROOKERY_CHECK_EQ(facts->stories.back().result.trace_hash, found->trace_hash);
    pictures.Update(static_cast<int64_t>(facts->stories.size()));
  }
  if (film == nullptr) return;
  try {
    film->Close();
    facts->film = fs::path(film->path()).filename().string();
  } catch (const Failure& failure) {
    LogWarning(std::string("no film: ") + failure.what());
  }
}

}  // namespace

EvaluationOutcome RunEvaluation(const EvaluationOptions& options) {
  if (options.agent.empty() == options.checkpoint.empty()) {
    throw UserError("eval needs either --agent NAME or --checkpoint FILE");
  }
  const EnvEntry& env_entry = FindEnv(options.env);
  const std::string checkpoint = fs::is_directory(options.checkpoint)
                                     ? BestCheckpoint(options.checkpoint)
                                     : options.checkpoint;
  AgentFileFacts file;
  if (!checkpoint.empty()) file = ReadAgentFileFacts(checkpoint);
  const AgentEntry& agent_entry = FindAgent(checkpoint.empty() ? options.agent : file.agent);
  const SplitSettings settings = Split(options.settings, env_entry, &agent_entry);
  if (!checkpoint.empty() && !settings.agent.empty()) {
    throw UserError("--set " + settings.agent.front() +
                    ": a checkpoint brings its own settings of " + agent_entry.name);
  }
  const EnvChoice env = ChooseEnv(env_entry.id, settings.env);
  if (!file.env.empty() && file.env != env_entry.id) {
    LogWarning(checkpoint + " was trained on " + file.env + ", not on " + env_entry.id);
  }
  const bool untrained = checkpoint.empty() && agent_entry.learns;
  const uint64_t agent_seed = ParseSeed(options.agent_seed);
  const AgentFactory make_agent = [&](const EnvSpec& spec) {
    return checkpoint.empty() ? MakeAgent(agent_entry.name, spec, agent_seed, settings.agent)
                              : LoadAgentFile(checkpoint, spec);
  };

  // Made before anything is written, so that what does not fit costs no earlier results.
  const std::unique_ptr<Env> stage = env.factory();
  const std::unique_ptr<Agent> actor = make_agent(stage->spec());
  if (untrained) LogWarning(agent_entry.name + " has not been trained: its weights are random");

  EvaluationOutcome outcome;
  outcome.folder =
      options.out.empty() ? DefaultFolder("eval", env_entry.id, agent_entry.name) : options.out;
  const RunFolder run(outcome.folder);
  RequireKind(run, kKind);
  report::EvaluationFacts& facts = outcome.facts;
  facts.env = env_entry.id;
  facts.agent = agent_entry.name;
  facts.untrained = untrained;
  facts.checkpoint = checkpoint;
  facts.command = CommandLineText();
  std::tie(facts.return_low, facts.return_high) = ReturnRange(env, stage->spec());
  facts.knows_success = stage->spec().info.Find("success") != nullptr;

  EvaluateOptions evaluate;
  evaluate.seeds = TestSeeds(options, env);
  evaluate.threads = options.threads;
  nlohmann::json run_facts = {
      {"env", env_entry.id},
      {"env_config", nlohmann::json::parse(env.config_json)},
      {"agent", agent_entry.name},
      {"agent_settings", settings.agent},
      {"agent_seed", agent_seed},
      {"checkpoint", checkpoint},
      {"checkpoint_hash", checkpoint.empty() ? "" : HashHex(HashText(ReadFile(checkpoint)))},
      {"seeds", evaluate.seeds},
      {"versions", EngineVersions()}};
  if (!options.record || !Unfinished(run, run_facts)) ClearEvaluation(run);
  run_facts["finished"] = false;
  WriteRunFacts(run, kKind, run_facts);
  std::unique_ptr<EvaluationRecord> record;
  if (options.record) {
    record = std::make_unique<EvaluationRecord>(run.File("episodes"), evaluate.seeds);
    facts.results = record->found();
    if (!facts.results.empty()) {
      LogInfo("going on after " + std::to_string(facts.results.size()) + " episodes in " +
              run.path());
    }
    evaluate.observe = [&](Env* made, Agent* speaker) {
      std::vector<std::unique_ptr<StepObserver>> observers;
      // Pictures are drawn again by a replay: actions and hashes are the record.
      observers.push_back(
          record->Observe(EpisodeRecorder(*made, env.config_json, agent_entry.name,
                                          {"heightmap.rgb", "heightmap.height"}, speaker)));
      return observers;
    };
  }
  ProgressBar progress("episodes", static_cast<int64_t>(evaluate.seeds.size()));
  auto done = static_cast<int64_t>(facts.results.size());
  int64_t solved = std::count_if(facts.results.begin(), facts.results.end(),
                                 [](const EpisodeResult& result) { return result.success; });
  evaluate.on_episode = [&](const EpisodeResult& result) {
    ++done;
    solved += result.success ? 1 : 0;
    progress.Update(done, facts.knows_success ? std::to_string(solved) + " solved" : "");
  };
  evaluate.seeds.erase(evaluate.seeds.begin(), evaluate.seeds.begin() + done);
  const auto start = std::chrono::steady_clock::now();
  for (EpisodeResult& result : Evaluate(env.factory, make_agent, evaluate)) {
    facts.results.push_back(result);
  }
  facts.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  progress.Finish();
  if (record != nullptr) record->Finish();
  facts.summary = Summarize(facts.results, facts.return_low, facts.return_high);
  if (Interrupted()) {
    LogInfo("interrupted: the report covers the episodes that were finished" +
            std::string(options.record ? "; the same command continues" : ""));
    return outcome;
  }
  run_facts["finished"] = true;
  WriteRunFacts(run, kKind, run_facts);
  TellStories(stage.get(), actor.get(), options, run, &facts);
  return outcome;
}

}  // namespace rookery
