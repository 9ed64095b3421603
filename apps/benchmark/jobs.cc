#include "apps/benchmark/jobs.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/folder_lock.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/registry.h"
#include "core/run_folder.h"
#include "core/subprocess.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kResult[] = "result.json";

std::string FolderName(std::string text) {
  for (char& c : text) {
    if (c == '/' || c == ' ' || c == ':') c = '_';
  }
  return text;
}

// "Ravens/BlockInsertion-v0" -> "BlockInsertion-v0", as all tasks of a suite are of one family.
std::string TaskFolder(const std::string& env) {
  const size_t slash = env.rfind('/');
  return FolderName(slash == std::string::npos ? env : env.substr(slash + 1));
}

std::string File(const BenchmarkJob& job, const std::string& name) {
  return job.folder + "/" + name;
}

BenchmarkJob DataJob(const BenchmarkPlan& plan, const std::string& env, bool tests) {
  BenchmarkJob job;
  job.kind = tests ? BenchmarkJob::Kind::kTests : BenchmarkJob::Kind::kDemos;
  job.env = env;
  job.name = env + (tests ? ", test seeds" : ", demonstrations");
  job.folder = plan.folder + (tests ? "/tests/" : "/demos/") + TaskFolder(env);
  job.seed = tests ? 1 : 0;  // odd seeds test, even ones train
  job.asked = {{"env", env}, {"episodes", tests ? plan.test_episodes : plan.stored_demos}};
  return job;
}

BenchmarkJob CellJob(const BenchmarkPlan& plan, const std::string& env, const AgentChoice& agent,
                     int64_t demos, uint64_t seed) {
  BenchmarkJob job;
  job.env = env;
  job.agent = &agent;
  job.demos = demos;
  job.seed = seed;
  job.name = env + ", " + agent.label;
  job.folder = plan.folder + "/cells/" + TaskFolder(env) + "/" + FolderName(agent.label);
  job.asked = {{"env", env},
               {"agent", agent.name},
               {"settings", agent.settings},
               {"seed", seed},
               {"test_episodes", plan.test_episodes}};
  if (agent.learns) {
    job.name += ", " + std::to_string(demos) + " demonstrations";
    job.folder += "/demos_" + std::to_string(demos);
    job.needs.push_back(DataJob(plan, env, false).folder);
    job.asked["demos"] = demos;
    job.asked["stored_demos"] = plan.stored_demos;
    job.asked["validate_episodes"] = plan.validate_episodes;
  }
  job.name += ", seed " + std::to_string(seed);
  job.folder += "/seed_" + std::to_string(seed);
  job.needs.push_back(DataJob(plan, env, true).folder);
  return job;
}

void AddSettings(const AgentChoice& agent, std::vector<std::string>* words) {
  for (const std::string& setting : agent.settings) {
    words->push_back("--set");
    words->push_back(setting);
  }
}

// The subcommands of a job, one after the other; what they print becomes its result.
class Commands {
 public:
  explicit Commands(const BenchmarkJob& job) : job_(job) {}
  json Run(const std::vector<std::string>& words) {
    std::vector<std::string> typed = {"rookery"};
    typed.insert(typed.end(), words.begin(), words.end());
    list_.push_back(ShellText(typed));
    return RunSelf(words, File(job_, "log.txt"));
  }
  const json& list() const { return list_; }

 private:
  const BenchmarkJob& job_;
  json list_ = json::array();
};

json RunData(const BenchmarkJob& job, Commands* commands) {
  const json made =
      commands->Run({"demos", job.env, "--episodes", job.asked.at("episodes").dump(), "--seed",
                     std::to_string(job.seed), "--out", File(job, "episodes")});
  return {{"episodes", made.at("episodes")}, {"last_seed", made.at("last_seed")}};
}

json RunCell(const BenchmarkPlan& plan, const BenchmarkJob& job, Commands* commands) {
  const AgentChoice& agent = *job.agent;
  std::vector<std::string> test = {"eval",           job.env,
                                   "--episodes",     std::to_string(plan.test_episodes),
                                   "--seeds-of",     job.needs.back() + "/episodes",
                                   "--stories",      "0",
                                   "--no-film",      "--out",
                                   File(job, "test")};
  json result;
  if (agent.learns) {
    std::vector<std::string> train = {"train",
                                      agent.name,
                                      "--env",
                                      job.env,
                                      "--episodes-dir",
                                      job.needs.front() + "/episodes",
                                      "--demos",
                                      std::to_string(job.demos),
                                      "--seed",
                                      std::to_string(job.seed),
                                      "--validate-episodes",
                                      std::to_string(plan.validate_episodes),
                                      "--out",
                                      File(job, "train")};
    AddSettings(agent, &train);
    const json trained = commands->Run(train);
    if (Interrupted()) return nullptr;
    for (const char* name : {"steps", "best_step", "parameters"}) result[name] = trained.at(name);
    result["train_seconds"] = trained.at("seconds");
    result["validation_score"] = trained.value("best_validation_score", json());
    test.insert(test.end(), {"--checkpoint", File(job, "train")});
  } else {
    test.insert(test.end(), {"--agent", agent.name, "--agent-seed", std::to_string(job.seed)});
    AddSettings(agent, &test);
  }
  const json tested = commands->Run(test);
  if (Interrupted()) return nullptr;
  for (const char* name : {"mean_score", "success_rate", "first_attempt_rate", "mean_steps"}) {
    result[name] = tested.at(name);
  }
  json scores = json::array();
  for (const json& episode : tested.at("episodes")) scores.push_back(episode.at("score"));
  result["scores"] = std::move(scores);
  result["test_seconds"] = tested.at("seconds");
  return result;
}

void RunJob(const BenchmarkPlan& plan, const BenchmarkJob& job) {
  Commands commands(job);
  json result = job.kind == BenchmarkJob::Kind::kCell ? RunCell(plan, job, &commands)
                                                      : RunData(job, &commands);
  if (result.is_null() || Interrupted()) return;
  result["asked"] = job.asked;
  result["commands"] = commands.list();
  result["versions"] = EngineVersions();
  WriteFileAtomic(File(job, kResult), result.dump(2) + "\n");
}

// Jobs handed out to the threads of this process and, by locks, to other processes.
class Dispatcher {
 public:
  Dispatcher(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs)
      : plan_(plan), jobs_(jobs), state_(jobs.size(), State::kOpen) {}

  // Works until nothing is left that could be done.
  void Work() {
    while (!Interrupted()) {
      const int64_t at = Take();
      if (at >= 0) {
        Run(static_cast<size_t>(at));
      } else if (Left() == 0) {
        return;
      } else {
        // Others are at what this waits for.
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      }
    }
  }

  int64_t Done() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Look();
    return std::count(state_.begin(), state_.end(), State::kDone);
  }
  // Jobs that are neither done nor hopeless.
  int64_t Left() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Look();
    return std::count_if(state_.begin(), state_.end(),
                         [](State s) { return s == State::kOpen || s == State::kRunning; });
  }
  std::string Note() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (state_[i] == State::kRunning) return jobs_[i].name;
    }
    return "";
  }
  std::vector<std::string> failures() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return failures_;
  }

 private:
  enum class State { kOpen, kRunning, kDone, kFailed };

  // What has been done meanwhile, and what cannot be done any more.
  void Look() {
    std::set<std::string> failed;
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (state_[i] == State::kOpen && fs::exists(File(jobs_[i], kResult))) {
        state_[i] = State::kDone;
      }
      if (state_[i] == State::kOpen &&
          std::any_of(jobs_[i].needs.begin(), jobs_[i].needs.end(),
                      [&](const std::string& need) { return failed.count(need) > 0; })) {
        state_[i] = State::kFailed;
      }
      if (state_[i] == State::kFailed) failed.insert(jobs_[i].folder);
    }
  }

  bool Ready(const BenchmarkJob& job) const {
    return std::all_of(job.needs.begin(), job.needs.end(), [](const std::string& folder) {
      return fs::exists(folder + "/" + kResult);
    });
  }

  int64_t Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Look();
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (state_[i] != State::kOpen || !Ready(jobs_[i])) continue;
      fs::create_directories(jobs_[i].folder);
      try {
        locks_[i] = std::make_unique<FolderLock>(jobs_[i].folder);
      } catch (const UserError&) {
        continue;  // another process is at it
      }
      if (fs::exists(File(jobs_[i], kResult))) {  // it has just finished
        locks_.erase(i);
        state_[i] = State::kDone;
        continue;
      }
      state_[i] = State::kRunning;
      return static_cast<int64_t>(i);
    }
    return -1;
  }

  void Run(size_t at) {
    std::string failure;
    try {
      RunJob(plan_, jobs_[at]);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    locks_.erase(at);
    state_[at] = fs::exists(File(jobs_[at], kResult)) ? State::kDone
                 : Interrupted()                      ? State::kOpen
                                                      : State::kFailed;
    if (state_[at] == State::kFailed) failures_.push_back(jobs_[at].name + ": " + failure);
  }

  const BenchmarkPlan& plan_;
  const std::vector<BenchmarkJob>& jobs_;
  std::mutex mutex_;
  std::vector<State> state_;
  std::map<size_t, std::unique_ptr<FolderLock>> locks_;
  std::vector<std::string> failures_;
};

}  // namespace

AgentChoice ParseAgentChoice(const std::string& text) {
  AgentChoice choice;
  size_t begin = 0;
  for (bool first = true; begin <= text.size(); first = false) {
    const size_t end = std::min(text.find(':', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    if (first) {
      const AgentEntry& entry = FindAgent(part);
      choice.name = entry.name;
      choice.learns = entry.learns;
    } else {
      choice.settings.push_back(part);
    }
  }
  choice.label = choice.name;
  for (const std::string& setting : choice.settings) choice.label += " " + setting;
  MakeAgentConfig(FindAgent(choice.name), choice.settings);
  return choice;
}

std::vector<BenchmarkJob> MakeJobs(const BenchmarkPlan& plan) {
  std::vector<BenchmarkJob> jobs;
  for (const std::string& env : plan.tasks) {
    const bool learns = std::any_of(plan.agents.begin(), plan.agents.end(),
                                    [](const AgentChoice& agent) { return agent.learns; });
    if (learns) jobs.push_back(DataJob(plan, env, false));
    jobs.push_back(DataJob(plan, env, true));
    for (const AgentChoice& agent : plan.agents) {
      const std::vector<int64_t> demos = agent.learns ? plan.demos : std::vector<int64_t>{0};
      for (int64_t n : demos) {
        for (uint64_t seed : plan.seeds) jobs.push_back(CellJob(plan, env, agent, n, seed));
      }
    }
  }
  for (const BenchmarkJob& job : jobs) {
    const json result = ResultOf(job);
    if (result.is_null() || result.at("asked") == job.asked) continue;
    throw UserError(File(job, kResult) + " was made with " + result.at("asked").dump() +
                    ", now asked for is " + job.asked.dump() +
                    "; use another --out or the same numbers");
  }
  return jobs;
}

json ResultOf(const BenchmarkJob& job) {
  const std::string path = File(job, kResult);
  if (!fs::exists(path)) return nullptr;
  json result = json::parse(ReadFile(path), nullptr, /*exceptions=*/false);
  if (!result.is_object() || !result.contains("asked")) {
    throw UserError(path + " is damaged; remove it and the job runs again");
  }
  return result;
}

JobsOutcome RunJobs(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs, int parallel,
                    const std::function<void(int64_t, const std::string&)>& on_progress) {
  Dispatcher dispatcher(plan, jobs);
  std::atomic<int> working = parallel;
  std::vector<std::thread> threads;
  for (int i = 0; i < parallel; ++i) {
    threads.emplace_back([&] {
      dispatcher.Work();
      --working;
    });
  }
  while (working > 0) {
    on_progress(dispatcher.Done(), dispatcher.Note());
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  for (std::thread& thread : threads) thread.join();
  JobsOutcome outcome;
  const int64_t done = dispatcher.Done();
  on_progress(done, "");
  outcome.failures = dispatcher.failures();
  outcome.left = static_cast<int64_t>(jobs.size()) - done;
  return outcome;
}

}  // namespace rookery
