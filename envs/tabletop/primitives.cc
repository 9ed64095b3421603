#include "envs/tabletop/primitives.h"

#include <cmath>
#include <cstdio>

#include "core/log.h"

namespace rookery {
namespace {

constexpr double kApproach_m = 0.32;
constexpr double kSpeed = 0.01;  // rad per physics step
constexpr double kDescent_m = 0.001;
constexpr int kDescents = 1000;
constexpr int64_t kDescentSteps = 5000;  // physics steps after the first motion

constexpr double kPushHeight_m = 0.005, kPushOver_m = 0.31;
constexpr double kPushBehind_m = 0.02, kPushShort_m = 0.05;
constexpr double kPushStep_m = 0.01;
constexpr double kShortestPush_m = 1e-6;  // what is shorter has no direction
constexpr double kPushSpeed = 0.003;      // rad per physics step

Pose Above(const Pose& X, double height_m) { return X * Pose(Vec3(0, 0, height_m)); }

// The arm stretches towards what it cannot reach: it is somewhere else then.
bool Reaches(const Pose& X_WE) {
  if (Ur5InverseKinematics(X_WE).reachable) return true;
  char where[96];
  std::snprintf(where, sizeof(where), "(%.3f, %.3f, %.3f) m", X_WE.p.x, X_WE.p.y, X_WE.p.z);
  LogWarningOnce("unreachable pose", "the arm cannot reach " + std::string(where) +
                                         " with the orientation that the action asks for; "
                                         "such actions end the episode (info.failure = 1)");
  return false;
}

// Lowers the target by a millimetre at a time. As in the reference, a millimetre is often less
// than the joints' tolerance: the arm then moves once every few millimetres, and contacts are
// those of the last physics step.
bool Descend(TabletopWorld* world, Pose target, double speed) {
  int64_t last_step = 0;
  for (int i = 0; i < kDescents; ++i) {
    if (world->gripper().DetectContact(world->physics())) return i == 0 || Reaches(target);
    target = Above(target, -kDescent_m);
    // The first motion may cross the table; the others keep the arm's posture. They are short, but
    // for poses out of the arm's reach.
    if (!(i == 0 ? world->MoveTo(target, speed) : world->MoveOnTo(target, speed))) break;
    if (i == 0) last_step = world->steps() + kDescentSteps;
    if (world->steps() > last_step) break;
  }
  Reaches(target);  // says so, if that is the reason
  return false;
}

}  // namespace

PrimitiveResult PickPlace(TabletopWorld* world, const Pose& pose0, const Pose& pose1,
                          const PickPlaceOptions& options) {
  constexpr PrimitiveResult kFailed = PrimitiveResult::kMotionBudget;
  Gripper& gripper = world->gripper();
  const Pose over_pick = Above(pose0, kApproach_m);
  bool on_time = world->MoveTo(over_pick, kSpeed);
  if (!Descend(world, over_pick, kSpeed)) return kFailed;
  gripper.Activate(&world->physics(), [world](BodyId body) { return world->IsRigid(body); });
  on_time &= world->MoveOnTo(Above(pose0, options.height_m), options.speed);
  if (gripper.HoldsSomething()) {
    // There is no motion to the point over the goal: the descent begins with it.
    if (!Descend(world, Above(pose1, options.height_m), options.speed)) return kFailed;
    gripper.Release(&world->physics());
    on_time &= world->MoveOnTo(Above(pose1, kApproach_m), kSpeed);
  } else {
    gripper.Release(&world->physics());
    on_time &= world->MoveOnTo(over_pick, kSpeed);
  }
  return on_time ? PrimitiveResult::kDone : kFailed;
}

std::optional<PushPath> PlanPush(const Pose& pose0, const Pose& pose1) {
  const Vec3 from(pose0.p.x, pose0.p.y, kPushHeight_m), to(pose1.p.x, pose1.p.y, kPushHeight_m);
  const double length = Norm(to - from);
  if (!(length >= kShortestPush_m)) return std::nullopt;
  PushPath path;
  path.direction = (to - from) * (1 / length);
  const Quat across = QuatFromYaw(std::atan2(path.direction.y, path.direction.x));
  path.start = {from - kPushBehind_m * path.direction, across};
  path.end = {to - kPushShort_m * path.direction, across};
  const auto over = [](Pose X) {
    X.p.z = kPushOver_m;
    return X;
  };
  path.over_start = over(path.start);
  path.over_end = over(path.end);
  return path;
}

PrimitiveResult Push(TabletopWorld* world, const Pose& pose0, const Pose& pose1) {
  const std::optional<PushPath> path = PlanPush(pose0, pose1);
  if (!path) {
    LogWarningOnce("push of length 0", "push of length 0: ignored");
    return PrimitiveResult::kNoPush;
  }
  if (!Reaches(path->start) || !Reaches(path->end)) return PrimitiveResult::kMotionBudget;
  bool on_time = world->MoveTo(path->over_start, kSpeed);
  on_time &= world->MoveTo(path->start, kSpeed);
  // As in the reference, every repetition aims at the same point.
  const int repetitions =
      static_cast<int>(std::floor(Norm(path->end.p - path->start.p) / kPushStep_m));
  Pose target = path->start;
  target.p += path->direction * (repetitions * kPushStep_m);
  for (int i = 0; i < repetitions; ++i) on_time &= world->MoveTo(target, kPushSpeed);
  on_time &= world->MoveTo(path->end, kPushSpeed);
  on_time &= world->MoveTo(path->over_end, kSpeed);
  return on_time ? PrimitiveResult::kDone : PrimitiveResult::kMotionBudget;
}

}  // namespace rookery
