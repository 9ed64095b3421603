#include "gui/simulation_worker.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace rookery::gui {
namespace {

constexpr double kLag_s = 0.1;  // behind by more: the clock is set anew
constexpr double kShortestPublish_s = 1.0 / 120;
constexpr double kSeekPublish_s = 1.0 / 15;
constexpr double kPauseBetweenEpisodes_s = 1;
constexpr double kFrameRate = 60;  // of what is watched within steps

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Of the exception at hand, whatever it is.
std::string CaughtMessage() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown error (no std::exception was thrown)";
  }
}

}  // namespace

Simulation::Worker::Worker(const SimulationOptions& options)
    : options_(options), stage_(options.history_bytes, &person_, &series_) {
  thread_ = std::thread([this] { Run(); });
}

Simulation::Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Simulation::Worker::Ask(std::function<void()> command, Kind kind) {
  {
    const std::lock_guard lock(mutex_);
    if (kind == Kind::kAnew || kind == Kind::kSeek) {
      while (!commands_.empty() && commands_.back().kind == Kind::kSeek) commands_.pop_back();
    }
    commands_.push_back({std::move(command), kind});
  }
  wake_.notify_all();
}

void Simulation::Worker::SetPlaying(bool playing) {
  {
    const std::lock_guard lock(mutex_);
    playing_ = playing;
    if (!playing) stepping_ = 0;
    resync_ = true;
    looked_ = false;
  }
  wake_.notify_all();
}

void Simulation::Worker::StepOnce() {
  {
    const std::lock_guard lock(mutex_);
    playing_ = false;
    ++stepping_;
    resync_ = true;
    looked_ = false;
  }
  wake_.notify_all();
}

void Simulation::Worker::SetSpeed(double speed) {
  {
    const std::lock_guard lock(mutex_);
    speed_ = speed;
    resync_ = true;
    looked_ = false;
  }
  wake_.notify_all();
}

void Simulation::Worker::SetPull(const std::optional<ScenePull>& pull) {
  {
    const std::lock_guard lock(mutex_);
    pull_ = pull;
    pull_changed_ = true;
    looked_ = false;
  }
  wake_.notify_all();
}

std::shared_ptr<const Snapshot> Simulation::Worker::Now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

double Simulation::Worker::speed() const {
  const std::lock_guard lock(mutex_);
  return speed_;
}

bool Simulation::Worker::Idle() const {
  const std::lock_guard lock(mutex_);
  return idle_ && looked_ && commands_.empty();
}

// --- the thread

bool Simulation::Worker::CanStep() const {
  return stage_.is_open() && mode_ != Mode::kFailed && !stage_.done() && stage_.HasActor() &&
         !stage_.WaitsForPerson();
}

template <typename Work>
void Simulation::Worker::Unlocked(std::unique_lock<std::mutex>* lock, const Work& work) {
  bool failed = false;
  lock->unlock();
  try {
    work();
  } catch (...) {
    Fail(CaughtMessage());
    failed = true;
  }
  lock->lock();
  if (failed) looked_ = false;
}

void Simulation::Worker::Run() {
  std::unique_lock lock(mutex_);
  const auto unlocked = [&](const auto& work) { Unlocked(&lock, work); };
  while (!quit_) {
    if (!commands_.empty()) {
      const std::function<void()> command = std::move(commands_.front().run);
      commands_.pop_front();
      busy_ = true;
      unlocked(command);
      busy_ = !commands_.empty();
      resync_ = true;
      looked_ = false;
      continue;
    }
    if ((playing_ || stepping_ > 0) && CanStep()) {
      if (std::exchange(looked_, true)) {
        unlocked([this] { PlayStep(); });
      } else {
        unlocked([this] { Publish(); });
      }
      continue;
    }
    // Nothing to step: say so once, then wait.
    stepping_ = 0;
    if (playing_ && stage_.is_open() && mode_ != Mode::kFailed && stage_.done()) {
      unlocked([this] { EndEpisode(); });
      continue;
    }
    if (playing_ && stage_.is_open() && !stage_.done() && !stage_.HasActor()) {
      playing_ = looked_ = false;
      message_ = "The recording ends here. Take over, or go back.";
      trouble_ = false;
    }
    if ((pull_changed_ || pulling_) && stage_.is_open() && mode_ != Mode::kFailed) {
      bool passed = false;
      unlocked([&] { passed = PassTime(); });
      if (passed) continue;
    }
    if (!looked_ || unshown_) {
      looked_ = true;
      unlocked([this] { Publish(); });
      continue;
    }
    idle_ = true;
    wake_.wait(lock, [&] { return quit_ || !commands_.empty() || !looked_; });
    idle_ = false;
  }
  // What somebody asked to be told is told.
  std::erase_if(commands_, [](const Command& c) { return c.kind != Kind::kAnytime; });
  DoAnytime(&lock);
}

bool Simulation::Worker::AnytimeWaits() const {
  return !commands_.empty() && commands_.front().kind == Kind::kAnytime;
}

void Simulation::Worker::DoAnytime(std::unique_lock<std::mutex>* lock) {
  while (AnytimeWaits()) {
    const std::function<void()> command = std::move(commands_.front().run);
    commands_.pop_front();
    Unlocked(lock, command);
    looked_ = false;
  }
}

void Simulation::Worker::Fail(const std::string& what) {
  mode_ = Mode::kFailed;
  message_ = what;
  trouble_ = true;
  const std::lock_guard lock(mutex_);
  playing_ = false;
  stepping_ = 0;
}

void Simulation::Worker::Try(const std::function<void()>& change) {
  message_.clear();
  stale_ = true;
  try {
    change();
    mode_ = stage_.is_open() ? Mode::kPaused : Mode::kEmpty;
  } catch (...) {
    message_ = CaughtMessage();
    trouble_ = true;
    const std::lock_guard lock(mutex_);
    playing_ = false;
  }
  if (!stage_.is_open()) return;
  time_s_ = StageTime();
  reset_options_ = std::make_shared<ArrayMap>(stage_.reset_options().Clone());
}

void Simulation::Worker::Opened() {
  ++opened_;
  spec_ = std::make_shared<EnvSpec>(stage_.env().spec());
  stage_.env().SetSceneDetail(true);
  shown_hz_ = 0;
  pulling_ = false;
}

void Simulation::Worker::Touch() { stage_.Touch(true); }

void Simulation::Worker::Seek(int64_t step) {
  stage_.Seek(step, [this] {
    if (Seconds(Clock::now() - last_publish_) > kSeekPublish_s) {
      stale_ = true;
      time_s_ = StageTime();
      Publish();
    }
    const std::lock_guard lock(mutex_);
    return !quit_ && std::none_of(commands_.begin(), commands_.end(), [](const Command& c) {
      return c.kind == Kind::kAnew || c.kind == Kind::kSeek;
    });
  });
}

void Simulation::Worker::Restart(uint64_t seed) {
  // Taken before it is tried: one that cannot be made is not tried again.
  const std::optional<Cast> next = std::exchange(next_agent, std::nullopt);
  if (next && !stage_.replay()) stage_.SetAgent(*next);
  stage_.Reset(seed);
}

void Simulation::Worker::ApplyPull() {
  std::optional<ScenePull> pull;
  {
    const std::lock_guard lock(mutex_);
    if (!pull_changed_) return;
    pull_changed_ = false;
    pull = pull_;
  }
  if (!pull && !pulling_) return;
  const bool held = stage_.env().Pull(pull);
  const bool let_go = pulling_ && !pull;
  pulling_ = pull && held;
  if (!let_go || in_step_ || !stage_.touched()) return;  // no time passed meanwhile
  stage_.Touch(true);
  stale_ = true;
  touched_ = false;
}

bool Simulation::Worker::PassTime() {
  ApplyPull();
  if (!pulling_ || !stage_.env().PassTime(1 / kFrameRate)) return false;
  stage_.Touch(false);
  touched_ = false;
  time_s_ = StageTime();
  KeepPace(time_s_);
  Publish();
  return true;
}

void Simulation::Worker::PlayStep() {
  double speed;
  {
    const std::lock_guard lock(mutex_);
    speed = speed_;
  }
  ApplyPull();
  const double hz = std::clamp(speed > 0 ? kFrameRate / speed : kFrameRate / 4, 4.0, 960.0);
  Env& env = stage_.env();
  if (hz != shown_hz_) {
    shown_hz_ = hz;
    env.WatchScene(hz, [this](const Scene& scene, double time_s) { Watch(scene, time_s); });
  }
  in_step_ = true;
  try {
    stage_.Step();
    in_step_ = false;
    if (std::exchange(touched_, false) || pulling_) stage_.Touch(false);
  } catch (...) {
    in_step_ = false;
    Fail(CaughtMessage());
  }
  stale_ = unshown_ = true;
  time_s_ = StageTime();
  bool ended = false;
  {
    const std::lock_guard lock(mutex_);
    stepping_ = std::max(0, stepping_ - 1);
    ended = mode_ != Mode::kFailed && stage_.done();
  }
  if (ended && on_end && !stage_.replay()) on_end(stage_.Draft());
  if (Seconds(Clock::now() - last_publish_) > kShortestPublish_s || ended) Publish();
  if (ended) {
    EndEpisode();
  } else {
    KeepPace(time_s_);
  }
}

void Simulation::Worker::EndEpisode() {
  std::unique_lock lock(mutex_);
  if (!go_on || stage_.replay() || !playing_) {
    playing_ = false;
    return;
  }
  const auto pause = std::chrono::duration<double>(speed_ > 0 ? kPauseBetweenEpisodes_s : 0);
  wake_.wait_for(lock, pause, [&] { return quit_ || !commands_.empty() || !playing_; });
  if (quit_ || !commands_.empty() || !playing_) return;
  lock.unlock();
  Try([&] { Restart(stage_.seed() + 1); });
}

void Simulation::Worker::Watch(const Scene& scene, double clock) {
  if (!in_step_) return;  // a reset settles
  std::unique_lock lock(mutex_);
  DoAnytime(&lock);
  if (quit_ || !commands_.empty()) return;  // the step is to end soon
  lock.unlock();
  time_s_ = stage_.TimeAt(clock, options_.untimed_hz);
  touched_ = touched_ || pulling_;
  ApplyPull();
  if (Seconds(Clock::now() - last_publish_) > kShortestPublish_s) Publish(&scene);
  KeepPace(time_s_);
  lock.lock();
  const auto goes_on = [&] {
    return quit_ || (!commands_.empty() && !AnytimeWaits()) || playing_ || stepping_ > 0;
  };
  if (goes_on()) return;
  looked_ = false;
  while (!goes_on()) {
    DoAnytime(&lock);
    if (!looked_) {
      looked_ = true;
      lock.unlock();
      ApplyPull();
      Publish(&scene);
      lock.lock();
      continue;
    }
    idle_ = true;
    wake_.wait(lock, [&] { return goes_on() || AnytimeWaits() || !looked_; });
    idle_ = false;
  }
  resync_ = true;
}

void Simulation::Worker::KeepPace(double time_s) {
  std::unique_lock lock(mutex_);
  const auto now = Clock::now();
  if (measure_wall_ == Clock::time_point{} || time_s < measure_time_s_) {
    measure_wall_ = now;
    measure_time_s_ = time_s;
  } else if (const double wall_s = Seconds(now - measure_wall_); wall_s > 0.5) {
    measured_ = (time_s - measure_time_s_) / wall_s;
    measure_wall_ = now;
    measure_time_s_ = time_s;
  }
  if (speed_ <= 0) return;
  const double ahead_s = resync_ ? 0 : (time_s - sync_time_s_) / speed_ - Seconds(now - sync_wall_);
  if (resync_ || ahead_s < -kLag_s) {
    resync_ = false;
    sync_wall_ = now;
    sync_time_s_ = time_s;
    return;
  }
  if (ahead_s <= 0) return;
  wake_.wait_for(lock, std::chrono::duration<double>(ahead_s), [&] {
    return quit_ || !commands_.empty() || resync_ || (!playing_ && stepping_ == 0 && !pulling_);
  });
}

void Simulation::Worker::TakeStep() {
  stale_ = false;
  const StepLoop& loop = stage_.loop();
  auto result = std::make_shared<StepResult>(loop.last());
  result->observation = loop.last().observation.Clone();
  result->info = loop.last().info.Clone();
  result_ = std::move(result);
  action_ = std::make_shared<ArrayMap>(stage_.step() > 0 ? loop.last_action().Clone() : ArrayMap());
  explanation_ = std::make_shared<ArrayMap>(stage_.explanation().Clone());
  seen_ = std::make_shared<ArrayMap>(stage_.seen());
  sentence_ = stage_.sentence();
}

void Simulation::Worker::TakeSight(const Scene* scene) {
  if (scene == nullptr) {
    screen_.reset();
    scene_.reset();
    if (const Array* screen = stage_.env().GetScreen()) {
      screen_ = std::make_shared<Array>(screen->Clone());
      return;
    }
    scene = &stage_.env().GetScene();
  }
  scene_ = scene->bodies.empty() ? nullptr : std::make_shared<Scene>(*scene);
}

void Simulation::Worker::Publish(const Scene* scene) {
  auto snapshot = std::make_shared<Snapshot>();
  Snapshot& s = *snapshot;
  s.number = ++published_;
  s.opened = opened_;
  if (stage_.is_open()) {
    if (stale_ && scene == nullptr) TakeStep();
    try {
      TakeSight(scene);
    } catch (...) {
      Fail(CaughtMessage());  // and what else there is to tell is told
    }
    s.cast = stage_.cast();
    s.spec = spec_;
    s.scene = scene_;
    s.screen = screen_;
    s.result = result_;
    s.action = action_;
    s.explanation = explanation_;
    s.seen = seen_;
    s.sentence = sentence_;
    s.progress = stage_.loop().progress();
    s.seed = stage_.seed();
    s.reset_options = reset_options_;
    s.time_s = time_s_;
    s.step = stage_.step();
    s.within_step = in_step_;
    s.known = stage_.known();
    s.replay = stage_.replay();
    s.difference = stage_.difference();
    s.touched = stage_.touched() || touched_;
    s.history_bytes = stage_.history_bytes();
  }
  s.message = message_;
  s.trouble = trouble_ && !message_.empty();
  const std::lock_guard lock(mutex_);
  s.busy = busy_;
  s.speed = speed_;
  s.measured_speed = playing_ ? measured_ : 0;
  s.mode = mode_;
  if (stage_.is_open() && mode_ != Mode::kFailed) {
    // Where another episode follows it goes on.
    const bool ends = stage_.done() && !(playing_ && go_on && !stage_.replay());
    s.mode = in_step_                  ? (playing_ ? Mode::kPlaying : Mode::kPaused)
             : ends                    ? Mode::kEnded
             : !playing_               ? Mode::kPaused
             : stage_.WaitsForPerson() ? Mode::kWaiting
                                       : Mode::kPlaying;
  }
  now_ = std::move(snapshot);
  unshown_ = false;
  last_publish_ = Clock::now();
}

}  // namespace rookery::gui
