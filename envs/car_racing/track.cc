#include "envs/car_racing/track.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/pose.h"

namespace rookery::car_racing {
namespace {

constexpr int kMostSteps = 2500;
constexpr int kMostLaps = 4;
constexpr int kMostAttempts = 100;
constexpr int kBorderMinCount = 4;  // tiles of a hard turn before it gets a border
constexpr double kTurn = 2 * kPi;

int Sign(double value) { return (value > 0) - (value < 0); }

}  // namespace

void CompletePoint(TrackPoint* point) {
  point->cos_beta = std::cos(point->beta);
  point->sin_beta = std::sin(point->beta);
}

TrackMaker::TrackMaker() {
  path_.reserve(kMostSteps);
  hard_.reserve(kMostSteps);
}

void TrackMaker::Make(Rng* rng, Track* track, int* attempts) {
  for (int attempt = 1; attempt <= kMostAttempts; ++attempt) {
    TrackDraws draws;
    for (auto& [shift, radius] : draws) {
      shift = rng->Uniform(0, kTurn * 1 / kCheckpoints);
      radius = rng->Uniform(kTrackRadius / 3, kTrackRadius);
    }
    if (!Try(draws, track)) continue;
    if (attempts != nullptr) *attempts = attempt;
    return;
  }
  throw Failure("no track came of " + std::to_string(kMostAttempts) +
                " attempts; the random numbers are broken");
}

// Follows the checkpoints, steering towards the next one at a limited rate.
void TrackMaker::Drive(const TrackDraws& draws) {
  struct Checkpoint {
    double alpha, x, y;
  };
  std::array<Checkpoint, kCheckpoints> checkpoints;
  for (int c = 0; c < kCheckpoints; ++c) {
    const auto& [shift, drawn_radius] = draws[static_cast<size_t>(c)];
    double alpha = kTurn * c / kCheckpoints + shift, radius = drawn_radius;
    if (c == 0) {
      alpha = 0;
      radius = 1.5 * kTrackRadius;
    }
    if (c == kCheckpoints - 1) {
      alpha = kTurn * c / kCheckpoints;
      start_alpha_ = kTurn * (-0.5) / kCheckpoints;
      radius = 1.5 * kTrackRadius;
    }
    checkpoints[static_cast<size_t>(c)] = {alpha, radius * std::cos(alpha),
                                           radius * std::sin(alpha)};
  }

  path_.clear();
  double x = 1.5 * kTrackRadius, y = 0, beta = 0;
  size_t next = 0;
  int laps = 0;
  bool visited_other_side = false;
  while (laps <= kMostLaps && path_.size() < kMostSteps) {
    double alpha = std::atan2(y, x);
    if (visited_other_side && alpha > 0) {
      ++laps;
      visited_other_side = false;
    }
    if (alpha < 0) {
      visited_other_side = true;
      alpha += kTurn;
    }
    // The next checkpoint ahead; past the last one the bearing starts a turn lower.
    while (alpha > checkpoints[next % kCheckpoints].alpha) {
      if (++next % kCheckpoints == 0) alpha -= kTurn;
    }
    const Checkpoint& goal = checkpoints[next % kCheckpoints];
    const double right_x = std::cos(beta), right_y = std::sin(beta);
    const double ahead_x = -right_y, ahead_y = right_x;
    double offset = right_x * (goal.x - x) + right_y * (goal.y - y);  // of the goal, to the right
    while (beta - alpha > 1.5 * kPi) beta -= kTurn;
    while (beta - alpha < -1.5 * kPi) beta += kTurn;
    const double previous_beta = beta;
    offset *= kScale;
    if (offset > 0.3) beta -= std::min(kTrackTurnRate, std::abs(0.001 * offset));
    if (offset < -0.3) beta += std::min(kTrackTurnRate, std::abs(0.001 * offset));
    x += ahead_x * kTrackStep;
    y += ahead_y * kTrackStep;
    path_.push_back({.alpha = alpha, .beta = previous_beta * 0.5 + beta * 0.5, .x = x, .y = y});
  }
}

// The last whole lap: between the last two passes through the start.
bool TrackMaker::FindLoop() {
  first_ = last_ = -1;
  for (size_t i = path_.size() - 1; i > 0; --i) {
    if (path_[i].alpha > start_alpha_ && path_[i - 1].alpha <= start_alpha_) {
      if (last_ == -1) {
        last_ = static_cast<int>(i);
      } else {
        first_ = static_cast<int>(i);
        return last_ - 1 > first_;
      }
    }
  }
  return false;
}

bool TrackMaker::Try(const TrackDraws& draws, Track* track) {
  Drive(draws);
  if (!FindLoop()) return false;
  track->assign(path_.begin() + first_, path_.begin() + last_ - 1);

  // Head and tail must meet.
  const TrackPoint &head = track->front(), &tail = track->back();
  const double across_x = std::cos(head.beta) * (head.x - tail.x);
  const double across_y = std::sin(head.beta) * (head.y - tail.y);
  if (std::sqrt(across_x * across_x + across_y * across_y) > kTrackStep) return false;

  // Borders: on the four tiles that end where four turns in a row were hard, to the same side.
  const size_t n = track->size();
  const auto at = [&](size_t i, int back) -> TrackPoint& {
    return (*track)[(i + 2 * n - static_cast<size_t>(back)) % n];
  };
  hard_.assign(n, 0);
  for (size_t i = 0; i < n; ++i) {
    bool good = true;
    int side = 0;
    for (int back = 0; back < kBorderMinCount; ++back) {
      const double turn = at(i, back).beta - at(i, back + 1).beta;
      good = good && std::abs(turn) > kTrackTurnRate * 0.2;
      side += Sign(turn);
    }
    hard_[i] = good && std::abs(side) == kBorderMinCount;
  }
  // In place and in this order, as the original spreads them.
  for (size_t i = 0; i < n; ++i) {
    for (size_t back = 0; back < kBorderMinCount; ++back) {
      char& before = hard_[(i + n - back) % n];
      before = before || hard_[i];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    CompletePoint(&(*track)[i]);
    (*track)[i].border = hard_[i] ? Sign(at(i, 1).beta - at(i, 0).beta) : 0;
  }
  return true;
}

}  // namespace rookery::car_racing
