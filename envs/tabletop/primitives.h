// Motion primitives of the Ravens benchmark: one action = one complete primitive.
#ifndef ROOKERY_ENVS_TABLETOP_PRIMITIVES_H_
#define ROOKERY_ENVS_TABLETOP_PRIMITIVES_H_

#include <optional>

#include "core/pose.h"
#include "envs/tabletop/tabletop_world.h"

namespace rookery {

struct PickPlaceOptions {
  double height_m = 0.32;  // lift after picking and before placing, along the pose's z
  double speed = 0.01;     // rad per physics step while something may be held
};

enum class PrimitiveResult {
  kDone = 0,
  // A motion or a descent used up its budget, or led out of the arm's reach (one warning); the arm
  // stays where it is. Points over the table, before and after contact, need not be in reach.
  kMotionBudget = 1,
  kNoPush = 2,  // push of length 0 (less than a micrometre): nothing was done
};

// Approaches pose0 from 0.32 m above, descends by millimetres until something is touched, sucks,
// lifts; with something held it does the same at pose1 and lets go. Orientations are those of the
// end effector; the descent is along its own z. Descends at most 1 m and
// for at most 5000 physics steps.
PrimitiveResult PickPlace(TabletopWorld* world, const Pose& pose0, const Pose& pose1,
                          const PickPlaceOptions& options = {});

struct PushPath {
  Pose over_start, start, end, over_end;
  Vec3 direction;
};
// From 2 cm behind p0 towards p1 with the blade across, until 5 cm short of p1. Only x and y of
// the poses count. Nothing when they are less than a micrometre apart.
std::optional<PushPath> PlanPush(const Pose& pose0, const Pose& pose1);
PrimitiveResult Push(TabletopWorld* world, const Pose& pose0, const Pose& pose1);

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_PRIMITIVES_H_
