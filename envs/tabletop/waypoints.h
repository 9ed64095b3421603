// Way-points of the Ravens benchmark's continuous form: a primitive as a stream of end-effector
// poses instead of one action.
#ifndef ROOKERY_ENVS_TABLETOP_WAYPOINTS_H_
#define ROOKERY_ENVS_TABLETOP_WAYPOINTS_H_

#include <vector>

#include "core/bytes.h"
#include "core/pose.h"

namespace rookery {

struct Waypoint {
  Pose X_WE;
  bool command = false;  // on arrival: suction on or off; of a push: move there slowly
};

// Poses of a primitive: where the arm is, then where it goes.
inline constexpr int kPickPlacePoses = 7;
inline constexpr int kPushPoses = 5;

// Over the pick, pick (8 mm deep), up, over the place, place, up; `height_m` above, along each
// pose's own z. `samples` > 0 way-points a segment, the last pose appended. Positions are
// piecewise linear, rotations a cubic spline.
std::vector<Waypoint> PickPlaceWaypoints(const Pose& X_WE_now, const Pose& pose0, const Pose& pose1,
                                         double height_m, int samples);

// Over the start, start, end, over the end; places as of Push. A push of length 0 stays.
std::vector<Waypoint> PushWaypoints(const Pose& X_WE_now, const Pose& pose0, const Pose& pose1,
                                    int samples);

// Rotations between `keys`, one time unit apart: `samples` a segment, the last appended. A cubic
// spline (of the rotation vector relative to the first; exact for rotations about one axis) that
// leaves and arrives with the mean rate of the first and last segment.
std::vector<Quat> SplineRotations(const std::vector<Quat>& keys, int samples);

void SaveWaypoint(const Waypoint& waypoint, ByteWriter* out);
Waypoint LoadWaypoint(ByteReader* in);

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_WAYPOINTS_H_
