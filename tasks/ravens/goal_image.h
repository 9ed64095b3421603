// The picture of what is to be reached, for goal-conditioned agents.
#ifndef ROOKERY_TASKS_RAVENS_GOAL_IMAGE_H_
#define ROOKERY_TASKS_RAVENS_GOAL_IMAGE_H_

#include <deque>

#include "core/scene.h"
#include "envs/tabletop/tabletop_world.h"
#include "tasks/ravens/goal.h"

namespace rookery {

// The table without the arm: what is fixed, and the objects of the goals, each at the first of its
// targets that is still free (a later goal moves an object of an earlier one). Depends on nothing
// that moves, so it can be drawn again from a snapshot.
Scene GoalScene(TabletopWorld* world, const std::deque<Goal>& goals);

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_GOAL_IMAGE_H_
