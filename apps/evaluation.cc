#include "apps/evaluation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/agent_file.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/run_folder.h"
#include "core/train.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;

constexpr char kKind[] = "evaluation";

// Stores episodes in the order of their seeds, whatever order they end in. Those that wait for
// an earlier one stay in memory: about one for each thread.
class OrderedStore {
 public:
  OrderedStore(const std::string& folder, const std::vector<uint64_t>& seeds) : store_(folder) {
    for (size_t i = 0; i < seeds.size(); ++i) place_[seeds[i]] = i;
  }
  // Evaluation goes on when the disk is full, without the record.
  void Add(Episode episode) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (full_) return;
    try {
      AddInOrder(std::move(episode));
    } catch (const Failure& failure) {
      full_ = true;
      LogWarning(std::string(failure.what()) + "; no further episodes are recorded");
    }
  }
  // After an interruption some never come.
  void Finish() {
    if (full_) return;
    for (const auto& [place, episode] : waiting_) store_.Add(episode);
    store_.WriteIndex();
  }

 private:
  void AddInOrder(Episode episode) {
    const size_t place = place_.at(episode.seed);
    waiting_[place] = std::move(episode);
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      store_.Add(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
  }

  EpisodeStore store_;
  std::mutex mutex_;
  std::map<uint64_t, size_t> place_;
  std::map<size_t, Episode> waiting_;
  size_t next_ = 0;
  bool full_ = false;
};

class RecordTo final : public StepObserver {
 public:
  RecordTo(EpisodeRecorder recorder, OrderedStore* store)
      : recorder_(std::move(recorder)), store_(store) {}
  void OnReset(uint64_t seed, const StepResult& result) override {
    recorder_.OnReset(seed, result);
  }
  void OnStep(const ArrayMap& observation, const ArrayMap& action,
              const StepResult& result) override {
    recorder_.OnStep(observation, action, result);
  }
  void OnEnd(const EpisodeResult&) override { store_->Add(recorder_.episode()); }

 private:
  EpisodeRecorder recorder_;
  OrderedStore* store_;
};

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

// Failures first, then successes, each by seed.
std::vector<uint64_t> SeedsToShow(const std::vector<EpisodeResult>& results, int most) {
  std::vector<uint64_t> failures, successes, out;
  for (const EpisodeResult& result : results) {
    (result.success ? successes : failures).push_back(result.seed);
  }
  // Half of the places each, unless one kind leaves some free.
  const auto limit = static_cast<size_t>(std::max(0, most));
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
  const std::vector<uint64_t> shown = SeedsToShow(facts->results, options.stories);
  if (shown.empty()) return;
  ProgressBar pictures("pictures", static_cast<int64_t>(shown.size()));
  std::unique_ptr<VideoWriter> film;
  if (options.film) film = std::make_unique<VideoWriter>(run.File("film"), 30);
  bool filmed_success = false, filmed_failure = false;
  for (uint64_t seed : shown) {
    const auto found = std::find_if(facts->results.begin(), facts->results.end(),
                                    [&](const EpisodeResult& r) { return r.seed == seed; });
    bool& filmed = found->success ? filmed_success : filmed_failure;
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
  facts.return_low = env_entry.return_low;
  facts.return_high = env_entry.return_high;

  EvaluateOptions evaluate;
  const uint64_t first_seed = ParseSeed(options.seed);
  evaluate.seeds = options.solvable_only
                       ? SolvableSeeds(env, first_seed, options.episodes, options.threads)
                       : EverySecondSeed(first_seed, options.episodes);
  evaluate.threads = options.threads;
  ClearEvaluation(run);
  std::unique_ptr<OrderedStore> store;
  if (options.record) {
    const std::string folder = run.File("episodes");
    store = std::make_unique<OrderedStore>(folder, evaluate.seeds);
    evaluate.observe = [&](Env* made, Agent*) {
      std::vector<std::unique_ptr<StepObserver>> observers;
      // Pictures are drawn again by a replay: actions and hashes are the record.
      observers.push_back(
          std::make_unique<RecordTo>(EpisodeRecorder(*made, env.config_json, agent_entry.name,
                                                     {"heightmap.rgb", "heightmap.height"}),
                                     store.get()));
      return observers;
    };
  }
  WriteRunFacts(run, kKind,
                {{"env", env_entry.id},
                 {"env_config", nlohmann::json::parse(env.config_json)},
                 {"agent", agent_entry.name},
                 {"agent_settings", settings.agent},
                 {"checkpoint", checkpoint},
                 {"seeds", evaluate.seeds}});
  ProgressBar progress("episodes", options.episodes);
  int64_t done = 0, solved = 0;
  evaluate.on_episode = [&](const EpisodeResult& result) {
    ++done;
    solved += result.success ? 1 : 0;
    progress.Update(done, std::to_string(solved) + " solved");
  };
  const auto start = std::chrono::steady_clock::now();
  facts.results = Evaluate(env.factory, make_agent, evaluate);
  facts.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  progress.Finish();
  if (store != nullptr) store->Finish();
  facts.summary = Summarize(facts.results, facts.return_low, facts.return_high);
  if (Interrupted()) {
    LogInfo("interrupted: the report covers the episodes that were finished");
    return outcome;
  }
  TellStories(stage.get(), actor.get(), options, run, &facts);
  return outcome;
}

}  // namespace rookery
