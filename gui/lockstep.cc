#include "gui/lockstep.h"

#include <algorithm>
#include <cmath>

namespace rookery::gui {
namespace {

constexpr int64_t kMostSteps = 1000;  // asked for at once

bool Same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

Lockstep::Lockstep(const SimulationOptions& options) : simulation_(options) {}

void Lockstep::Choose(const Cast& cast) {
  rival_ = cast;
  chosen_ = true;
  opened_ = {};
}

void Lockstep::Rest() { simulation_.Pause(); }

void Lockstep::Follow(const Simulation& first, const Snapshot& now) {
  if (!chosen_ || now.spec == nullptr || now.busy) return;
  const bool playing = now.mode == Mode::kPlaying;
  if (!simulation_.Idle()) {
    // It is in a step, which stands still and goes on with the first one's.
    if (now.mode == Mode::kPaused && !held_) {
      held_ = true;
      simulation_.Pause();
    } else if (playing && held_) {
      held_ = false;
      simulation_.StepForward();
    }
    if (!held_) return;
  } else {
    held_ = false;
  }
  Cast wanted = rival_;
  wanted.env = now.cast.env;
  wanted.env_settings = now.cast.env_settings;
  wanted.env_config = now.cast.env_config;
  if (!(wanted == opened_) || !now.reset_options->BitEqual(reset_options_)) {
    opened_ = wanted;
    reset_options_ = now.reset_options->Clone();
    seed_ = now.seed;
    held_ = false;
    simulation_.Open(wanted, seed_, reset_options_);
    return;
  }
  const std::shared_ptr<const Snapshot> other = simulation_.Now();
  if (other->spec == nullptr || other->mode == Mode::kFailed) return;
  if (now.seed != seed_) {
    seed_ = now.seed;
    held_ = false;
    simulation_.Reset(seed_);
    return;
  }
  // While the first one makes a step, so does the second; when its episode is over, the second
  // plays on to its own end.
  const bool ahead = playing || now.mode == Mode::kEnded;
  const int64_t target =
      now.mode == Mode::kEnded ? std::max(other->step, now.step) + 1 : now.step + (ahead ? 1 : 0);
  const double speed = target - other->step > 1 ? 0 : now.speed;
  if (speed != speed_) {
    speed_ = speed;
    simulation_.SetSpeed(speed);
  }
  if (other->step > target) {
    held_ = false;
    simulation_.Seek(target);
  } else if (other->step < target && other->mode != Mode::kEnded) {
    held_ = false;
    const int64_t count = std::min(target - other->step, kMostSteps);
    for (int64_t i = 0; i < count; ++i) simulation_.StepForward();
  }
  Compare(first);
}

void Lockstep::Compare(const Simulation& first) {
  first.series().Update(&first_);
  simulation_.series().Update(&second_);
  if (first_.generation != first_generation_ || second_.generation != second_generation_) {
    first_generation_ = first_.generation;
    second_generation_ = second_.generation;
    difference_ = {};
  }
  if (first_.names != second_.names || first_.columns.empty() || difference_.step >= 0) return;
  const auto end = [](const SeriesTable& table) {
    return table.first + static_cast<int64_t>(table.columns[0].size());
  };
  const int64_t from = std::max({difference_.compared + 1, first_.first, second_.first});
  const int64_t to = std::min(end(first_), end(second_));
  for (int64_t step = from; step < to; ++step) {
    difference_.compared = step;
    for (size_t c = 0; c < first_.columns.size(); ++c) {
      const float a = first_.columns[c][static_cast<size_t>(step - first_.first)];
      const float b = second_.columns[c][static_cast<size_t>(step - second_.first)];
      // An action that differs is the cause of what else does.
      const bool action = first_.names[c].starts_with("action.");
      if (Same(a, b) || (difference_.step >= 0 && !action)) continue;
      difference_.step = step;
      difference_.name = first_.names[c];
      difference_.first = a;
      difference_.second = b;
      if (action) return;
    }
    if (difference_.step >= 0) return;
  }
}

}  // namespace rookery::gui
