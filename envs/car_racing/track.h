// The race track of CarRacing: a loop through twelve random checkpoints, cut into tiles.
// Source: gymnasium/envs/box2d/car_racing.py, whose points these are, bit for bit.
#ifndef ROOKERY_ENVS_CAR_RACING_TRACK_H_
#define ROOKERY_ENVS_CAR_RACING_TRACK_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/rng.h"

namespace rookery::car_racing {

inline constexpr double kScale = 6.0;
inline constexpr double kTrackRadius = 900 / kScale;       // m, before it is bent
inline constexpr double kPlayfield = 2000 / kScale;        // m from the middle to each edge
inline constexpr double kTrackStep = 21 / kScale;          // m, length of a tile
inline constexpr double kTrackTurnRate = 0.31;             // rad per tile at most
inline constexpr double kTrackHalfWidth = 40 / kScale;     // m
inline constexpr double kBorderWidth = 8 / kScale;         // m
inline constexpr double kGrassSquare = kPlayfield / 20.0;  // m, edge of a lighter square
inline constexpr int kCheckpoints = 12;

struct TrackPoint {
  double alpha = 0, beta = 0;  // rad: bearing from the middle; yaw of the road, 0 = along y
  double x = 0, y = 0;         // m
  double cos_beta = 1, sin_beta = 0;
  int border = 0;  // side of the red and white border: +1 right, -1 left, 0 none
};

// Tile i lies between points i - 1 and i (tile 0: between the last and the first).
using Track = std::vector<TrackPoint>;

// Uniform draws of one attempt: for each checkpoint its shift in [0, 2 pi / 12) and its distance
// in [kTrackRadius / 3, kTrackRadius).
using TrackDraws = std::array<std::array<double, 2>, kCheckpoints>;

class TrackMaker {
 public:
  TrackMaker();
  // Draws until there is a loop; Failure after 100 attempts (one in twenty fails). `attempts`
  // tells how many it took.
  void Make(Rng* rng, Track* track, int* attempts = nullptr);
  // One attempt. False: no closed loop came of it.
  bool Try(const TrackDraws& draws, Track* track);
  // Range of the steps of the last successful attempt that became the track.
  int first_step() const { return first_; }
  int last_step() const { return last_; }

 private:
  void Drive(const TrackDraws& draws);
  bool FindLoop();

  std::vector<TrackPoint> path_;  // the first five laps
  std::vector<char> hard_;        // a hard turn ends at this point
  double start_alpha_ = 0;
  int first_ = 0, last_ = 0;
};

// Cosine and sine of beta, for tracks that were read from somewhere.
void CompletePoint(TrackPoint* point);

}  // namespace rookery::car_racing

#endif  // ROOKERY_ENVS_CAR_RACING_TRACK_H_
