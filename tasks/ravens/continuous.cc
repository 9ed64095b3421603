// The continuous form of the Ravens tasks: one way-point an action.
#include <algorithm>

#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr double kFast = 0.01, kSlow = 0.003;  // rad per physics step
constexpr int kMostActsLeft = 999;
// Way-points may be this far beyond the workspace: over it after a lift, in the table when a pick
// presses, behind it at the start of a push.
constexpr Vec3 kLow{0.2, -0.55, -0.02}, kHigh{0.8, 0.55, 0.65};  // m

const char* CommandName(GripperKind gripper) {
  return gripper == GripperKind::kSuction ? "suction_cmd" : "slowdown_cmd";
}

}  // namespace

Spec RavensTask::WaypointSpec(GripperKind gripper) {
  const bool suction = gripper == GripperKind::kSuction;
  const double q = kLargestNorm;
  return {{.name = "move_cmd",
           .dtype = DType::kFloat64,
           .shape = {7},
           .low = {kLow.x, kLow.y, kLow.z, -q, -q, -q, -q},
           .high = {kHigh.x, kHigh.y, kHigh.z, q, q, q, q},
           .unit = "m",
           .description = "end-effector pose to move to",
           .elements = {"x", "y", "z", "qx", "qy", "qz", "qw"},
           .quaternion = 3},
          {.name = CommandName(gripper),
           .dtype = DType::kInt64,
           .shape = {},
           .low = {0},
           .high = {1},
           .description = suction ? "1: then turn the suction on or off" : "1: move slowly",
           .discrete = true},
          {.name = "acts_left",
           .dtype = DType::kInt64,
           .shape = {},
           .low = {0},
           .high = {kMostActsLeft},
           .description = "way-points of the plan after this one; only 0 can end the episode"}};
}

PrimitiveResult RavensTask::StepWaypoint(const ArrayMap& action, bool* plan_ended) {
  const Pose X_WE = PoseOf(action, "move_cmd");
  const bool command = action.at(CommandName(facts_.gripper)).AsDouble() != 0;
  *plan_ended = action.at("acts_left").AsDouble() == 0;
  Watch();
  world().ForgetCaches();
  const bool suction = facts_.gripper == GripperKind::kSuction;
  const int64_t before = world().steps();
  double speed = kFast;
  if (suction && suction_on_) speed = facts_.pick_place.speed;
  if (!suction && command) speed = kSlow;
  if (!world().MoveTo(X_WE, speed)) return PrimitiveResult::kMotionBudget;
  if (suction && command) {
    // Contacts are those of a physics step, which a short way does not take.
    if (world().steps() == before) world().Wait(1);
    if (suction_on_) {
      world().gripper().Release(&world().physics());
    } else {
      world().gripper().Activate(&world().physics(),
                                 [this](BodyId body) { return world().IsRigid(body); });
    }
    suction_on_ = !suction_on_;
  }
  return PrimitiveResult::kDone;
}

bool RavensTask::OracleWaypoint(Rng* rng, ArrayMap* action) {
  if (plan_.empty()) {
    Pose pose0, pose1;
    if (!Choose(rng, &pose0, &pose1)) return false;
    const Pose X_WE = Ur5EndEffector(world().joints());
    const std::vector<Waypoint> plan =
        facts_.gripper == GripperKind::kSuction
            ? PickPlaceWaypoints(X_WE, pose0, pose1, facts_.pick_place.height_m, samples_)
            : PushWaypoints(X_WE, pose0, pose1, samples_);
    plan_.assign(plan.begin(), plan.end());
  }
  const Waypoint next = plan_.front();
  plan_.pop_front();
  if (action->Names() != spec().action.Names()) action->Clear();
  PutPose(next.X_WE, "move_cmd", action);
  const auto put = [&](const char* name, int64_t value) {
    action->Ensure(name, DType::kInt64, {}).As<int64_t>()[0] = value;
  };
  put(CommandName(facts_.gripper), next.command ? 1 : 0);
  put("acts_left", std::min<int64_t>(std::ssize(plan_), kMostActsLeft));
  return true;
}

}  // namespace rookery
