// Actions as poses: those of the mixture density baselines, which predict numbers instead of
// pixels.
#ifndef ROOKERY_AGENTS_PICK_PLACE_PLANAR_ACTION_H_
#define ROOKERY_AGENTS_PICK_PLACE_PLANAR_ACTION_H_

#include "core/env.h"
#include "core/pose.h"

namespace rookery::pick_place {

// Yaws are learned as -yaw / 10, which keeps metres and radians of one size.
inline constexpr double kYawScale = 10;

// x, y, -yaw / 10 to a pose at the height of all these actions, 2 cm.
Pose PlanarPose(const double* numbers);

// Writes 7 numbers; a position off the table, which the environment would refuse, goes to the
// nearest within the bounds of the action's spec.
void SetPose(const Spec& actions, const char* name, const Pose& pose, ArrayMap* action);

// Where the action picks and places, as poses of an explanation (core/overlay.h).
void ExplainPoses(const ArrayMap& action, ArrayMap* explanation);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_PLANAR_ACTION_H_
