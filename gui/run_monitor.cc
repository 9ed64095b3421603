#include "gui/run_monitor.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <tuple>

#include "core/atomic_file.h"
#include "core/folder_lock.h"
#include "core/run_folder.h"
#include "gui/metrics_reader.h"

namespace rookery::gui {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kFresh_s = 20;  // metrics as new as this are of a run that goes on
constexpr double kRate_s = 20;   // over which the rate is measured

double Clock_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// A JSON file that is read again when it was written.
class JsonFile {
 public:
  explicit JsonFile(std::string path) : path_(std::move(path)) {}
  // Null when there is none.
  const json& Read() {
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(path_, error);
    if (error) {
      json_ = nullptr;
      time_ = {};
    } else if (time != time_) {
      json_ = json::parse(ReadFile(path_), nullptr, /*exceptions=*/false);
      time_ = time;
    }
    return json_;
  }

 private:
  std::string path_;
  fs::file_time_type time_ = {};
  json json_;
};

}  // namespace

class RunMonitor::Watcher {
 public:
  Watcher(std::string folder, double period_s)
      : folder_(std::move(folder)),
        period_s_(period_s),
        config_(folder_ + "/config.json"),
        best_(folder_ + "/checkpoints/best.json"),
        time_(folder_ + "/time.json"),
        metrics_(folder_ + "/metrics.csv"),
        table_(std::make_shared<report::MetricsTable>()) {
    auto first = std::make_shared<RunState>();
    first->folder = folder_;
    first->metrics = table_;
    first->trouble = "reading " + folder_;
    now_ = std::move(first);
    thread_ = std::thread([this] { Run(); });
  }
  ~Watcher() {
    {
      const std::lock_guard lock(mutex_);
      quit_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  std::shared_ptr<const RunState> Now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  const std::string& folder() const { return folder_; }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (!quit_) {
      lock.unlock();
      std::shared_ptr<const RunState> state = Look();
      lock.lock();
      now_ = std::move(state);
      wake_.wait_for(lock, std::chrono::duration<double>(period_s_), [&] { return quit_; });
    }
  }

  std::shared_ptr<const RunState> Look() {
    auto state = std::make_shared<RunState>();
    state->folder = folder_;
    state->number = ++number_;
    try {
      LookAtConfig(state.get());
      LookAtMetrics(state.get());
      LookAtCheckpoints(state.get());
      LookAtEvaluations(state.get());
    } catch (const std::exception& error) {  // a file of another kind, or one that just went
      state->trouble = folder_ + ": " + error.what();
    }
    state->metrics = table_;
    return state;
  }

  void LookAtConfig(RunState* state) {
    std::error_code error;
    if (!fs::is_directory(folder_, error)) {
      state->trouble = "there is no folder " + folder_ + " (yet)";
      return;
    }
    const json& config = config_.Read();
    if (config.is_null()) {
      state->trouble = folder_ + " has no config.json (yet): a training run writes one";
      return;
    }
    if (!config.is_object() || config.value("kind", "") != "training run") {
      const std::string kind = config.is_object() ? config.value("kind", "") : "";
      state->trouble = folder_ + " holds no training run but " +
                       (kind.empty() ? "something else" : "a folder of kind: " + kind);
      return;
    }
    state->env = config.value("env", "");
    state->agent = config.value("agent", "");
    state->data = config.value("data", "");
    state->command = config.value("command", "");
    state->asked_steps = config.value("steps", int64_t{0});
    if (const auto env = config.find("env_config"); env != config.end()) {
      state->env_config = env->dump();
    }
    if (const auto agent = config.find("agent_config"); agent != config.end()) {
      for (const auto& [name, value] : agent->items()) {
        state->settings.emplace_back(name, TextOf(value));
      }
    }
  }

  void LookAtMetrics(RunState* state) {
    if (metrics_.Read()) table_ = std::make_shared<report::MetricsTable>(metrics_.table());
    const std::vector<double>* steps = table_->Find("step");
    if (steps != nullptr && !steps->empty()) state->step = static_cast<int64_t>(steps->back());
    const double now_s = Clock_s();
    // Locks of other machines may not be seen from here: fresh numbers tell of those. A run that
    // ended a moment ago let its lock go, or has done all its steps.
    const bool held = FolderLock::IsHeld(folder_);
    was_held_ = was_held_ || held;
    const bool done = state->step >= state->asked_steps && state->asked_steps > 0;
    const bool fresh = !was_held_ && !done && now_s - metrics_.changed_s() < kFresh_s;
    state->running = state->trouble.empty() && (held || fresh);
    if (!progress_.empty() && progress_.back().second > state->step) progress_.clear();
    progress_.emplace_back(now_s, state->step);
    while (now_s - progress_.front().first > kRate_s) progress_.pop_front();
    const double span_s = now_s - progress_.front().first;
    if (state->running && span_s > 0) {
      state->steps_per_s = static_cast<double>(state->step - progress_.front().second) / span_s;
    }
  }

  void LookAtCheckpoints(RunState* state) {
    const auto checkpoints = RunFolder::Checkpoints(folder_);
    if (!checkpoints.empty()) {
      std::tie(state->checkpoint_step, state->checkpoint) = checkpoints.front();
      state->step = std::max(state->step, state->checkpoint_step);
    }
    if (const json& time = time_.Read(); time.is_object())
      state->seconds = time.value("seconds", 0.0);
    const json& best = best_.Read();
    if (!best.is_object()) return;
    state->validated_on = best.value("validation", "");
    state->best_step = best.value("best_step", int64_t{0});
    for (const json& score : best.value("scores", json::array())) {
      state->validation.emplace_back(score.value("step", int64_t{0}), score.value("score", 0.0));
    }
  }

  void LookAtEvaluations(RunState* state) {
    std::error_code error;
    for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
         entry.increment(error)) {
      if (!entry->is_directory(error)) continue;
      const std::string path = entry->path().string();
      const json& report = reports_.try_emplace(path, path + "/report.json").first->second.Read();
      if (!report.is_object() || !report.contains("mean_score")) continue;
      RunEvaluation evaluation;
      evaluation.folder = path;
      evaluation.mean_score = report.value("mean_score", 0.0);
      evaluation.checkpoint = report.value("checkpoint", "");
      const json success = report.value("success_rate", json());
      evaluation.success_rate =
          success.is_number() ? success.get<double>() : std::numeric_limits<double>::quiet_NaN();
      evaluation.episodes = static_cast<int64_t>(report.value("episodes", json::array()).size());
      state->evaluations.push_back(std::move(evaluation));
    }
    std::sort(state->evaluations.begin(), state->evaluations.end(),
              [](const RunEvaluation& a, const RunEvaluation& b) { return a.folder < b.folder; });
  }

  const std::string folder_;
  const double period_s_;
  // The thread's own:
  JsonFile config_, best_, time_;
  std::map<std::string, JsonFile> reports_;
  MetricsReader metrics_;
  std::shared_ptr<const report::MetricsTable> table_;
  std::deque<std::pair<double, int64_t>> progress_;  // when, step
  int64_t number_ = 0;
  bool was_held_ = false;  // the lock, by a run that goes on here

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool quit_ = false;
  std::shared_ptr<const RunState> now_;
  std::thread thread_;  // last: it uses the others
};

RunMonitor::RunMonitor(const std::string& folder, double period_s)
    : watcher_(std::make_unique<Watcher>(folder, period_s)) {}

RunMonitor::~RunMonitor() = default;

std::shared_ptr<const RunState> RunMonitor::Now() const { return watcher_->Now(); }

const std::string& RunMonitor::folder() const { return watcher_->folder(); }

}  // namespace rookery::gui
