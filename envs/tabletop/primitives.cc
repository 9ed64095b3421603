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
    if (!world->MoveTo(target, speed)) break;
    // The first motion may cross the table; the others are short, but for poses at the edge of
    // the arm's reach, where it can jump from one posture to another.
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
  on_time &= world->MoveTo(Above(pose0, options.height_m), options.speed);
  if (gripper.HoldsSomething()) {
    // There is no motion to the point over the goal: the descent begins with it.
    if (!Descend(world, Above(pose1, options.height_m), options.speed)) return kFailed;
    gripper.Release(&world->physics());
    on_time &= world->MoveTo(Above(pose1, kApproach_m), kSpeed);
  } else {
    gripper.Release(&world->physics());
    on_time &= world->MoveTo(over_pick, kSpeed);
  }
  return on_time ? PrimitiveResult::kDone : kFailed;
}

PrimitiveResult Push(TabletopWorld* world, const Pose& pose0, const Pose& pose1) {
  Vec3 from(pose0.p.x, pose0.p.y, kPushHeight_m), to(pose1.p.x, pose1.p.y, kPushHeight_m);
  const double length = Norm(to - from);
  if (!(length >= kShortestPush_m)) {
    LogWarningOnce("push of length 0", "push of length 0: ignored");
    return PrimitiveResult::kNoPush;
  }
  const Vec3 direction = (to - from) * (1 / length);
  from = from - kPushBehind_m * direction;
  to = to - kPushShort_m * direction;
  const Quat across = QuatFromYaw(std::atan2(direction.y, direction.x));
  if (!Reaches({from, across}) || !Reaches({to, across})) return PrimitiveResult::kMotionBudget;
  const auto over = [&](const Vec3& p) { return Pose({p.x, p.y, kPushOver_m}, across); };

  bool on_time = world->MoveTo(over(from), kSpeed);
  on_time &= world->MoveTo({from, across}, kSpeed);
  // As in the reference, every repetition aims at the same point.
  const int repetitions = static_cast<int>(std::floor(Norm(to - from) / kPushStep_m));
  for (int i = 0; i < repetitions; ++i) {
    on_time &= world->MoveTo({from + direction * (repetitions * kPushStep_m), across}, kPushSpeed);
  }
  on_time &= world->MoveTo({to, across}, kPushSpeed);
  on_time &= world->MoveTo(over(to), kSpeed);
  return on_time ? PrimitiveResult::kDone : PrimitiveResult::kMotionBudget;
}

}  // namespace rookery
