// RavensTask: base of the tabletop rearrangement tasks (Zeng et al., "Transporter Networks", CoRL
// 2020; reference google-research/ravens). A task builds its scene and states its goals; motions,
// observations, rewards, oracle and snapshots are here. docs/adding-a-task.md walks through one.
//
// Action: pose0 and pose1 (x, y, z, qx, qy, qz, qw), end-effector poses of one whole primitive:
// pick at the first, place at the second. In the continuous form it is one way-point instead:
// move_cmd, suction_cmd (1 toggles the cup; of pushes slowdown_cmd), acts_left (way-points after
// it in the plan; the episode ends at 0 only). Quaternions of norm 0.5 to 2 are normalised.
// Reward: what the action added to the share of the goals that is reached; an episode's rewards add
// up to 1 when everything is. A step after the episode's end is a UserError.
#ifndef ROOKERY_TASKS_RAVENS_RAVENS_TASK_H_
#define ROOKERY_TASKS_RAVENS_RAVENS_TASK_H_

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config.h"
#include "core/env.h"
#include "envs/tabletop/observer.h"
#include "envs/tabletop/primitives.h"
#include "envs/tabletop/tabletop_env.h"
#include "envs/tabletop/waypoints.h"
#include "tasks/ravens/goal.h"
#include "tasks/ravens/palette.h"

namespace rookery {

// For known_issues.
inline constexpr char kOraclePickIssue[] =
    "the oracle does not pick where a pixel's corner is beside the object; oracle_pick=all is the "
    "published rule, with which it solves 5 to 10 % fewer pyramids";

struct RavensConfig : Config {
  int hz = 480;
  bool strict = false;
  std::string oracle_pick = "inside";
  std::string observe = "all";
  std::string out_of_bounds = "reject";
  int render_threads = 1;
  bool camera_noise = false;
  bool rotations = true;
  bool continuous = false;
  int steps_per_segment = 2;
  void Fields(FieldVisitor& v) override;
};

class RavensTask : public TabletopEnv {
 public:
  static constexpr int kMaxObjects = 64;                          // of the info array `objects`
  static constexpr double kSmallestNorm = 0.5, kLargestNorm = 2;  // of an action's quaternions

  bool Look(ArrayMap* observation) override;
  bool OracleAction(Rng* rng, ArrayMap* action) override;
  std::string OracleSentence() const final { return sentence_; }

  // For tests and analysis.
  const std::deque<Goal>& goals() const { return goals_; }  // first = the one being scored
  double total_reward() const { return total_; }

 protected:
  struct Facts {
    std::string id;
    int max_steps = 0;
    std::string instruction = {};  // what to do, one sentence
    GripperKind gripper = GripperKind::kSuction;
    PickPlaceOptions pick_place = {};
    bool six_dof = false;        // the oracle keeps roll and pitch
    bool moves_several = false;  // one action may move several objects to their places
    bool goal_image = false;     // observations have goal.heightmap.rgb and goal.heightmap.height
  };
  RavensTask(const Facts& facts, const RavensConfig& config);

  // Places objects and adds goals; all randomness from rng(). Called on an empty table, again
  // with fresh randomness when FreePose found no room.
  virtual void BuildScene() = 0;
  // After the reward of each primitive was computed (tasks that bring new objects).
  virtual void AfterReward() {}
  // The oracle's choice for the first goal; false: it gives up. The default carries the object
  // that is farthest from its target there, at a random visible point of it.
  virtual bool ChooseAction(Rng* rng, Pose* pose0, Pose* pose1);
  // Picks the object at a random visible point and places it at the target; false: not visible.
  bool Carry(const Heightmap& seen, const Goal& goal, size_t object, size_t target, Rng* rng,
             Pose* pose0, Pose* pose1);
  // What carrying the object to the target is called. The default joins the goal's names: "pick
  // the red block and place it in the green bowl", with the spatula "push the pile to the zone".
  virtual std::string Sentence(const Goal& goal, size_t object, size_t target) const;
  const Heightmap& SeeFromAbove();  // what the oracle sees now; valid until the next call
  virtual void SaveTask(ByteWriter*) const {}  // further state of the task
  virtual void LoadTask(ByteReader*) {}
  virtual std::string TaskKey() const { return ""; }  // of ConfigKey

  // A random pose on the table where a box of this size fits between all objects, z = size.z / 2.
  // When there is none, the scene is built anew.
  Pose FreePose(const Vec3& size);
  std::optional<Pose> TryFreePose(const Vec3& size);
  Vec3 RandomSize(const Vec3& low, const Vec3& high);  // each axis uniform
  void AddGoal(Goal goal);                             // of objects that are there; see CheckGoal
  void ClearGoals() { goals_.clear(); }

 private:
  struct NoRoom {};  // thrown by FreePose, caught by DoReset
  void DoReset(const ArrayMap& options, StepResult* out) final;
  void DoStep(const ArrayMap& action, StepResult* out) final;
  void DoSave(ByteWriter* out, bool with_random) const final;
  void DoLoad(ByteReader* in) final;
  std::string ConfigKey() const final;

  std::vector<std::string> ResetOptions() const final;
  // Continuous form.
  static Spec WaypointSpec(GripperKind gripper);
  PrimitiveResult StepWaypoint(const ArrayMap& action, bool* plan_ended);
  bool OracleWaypoint(Rng* rng, ArrayMap* action);

  bool Choose(Rng* rng, Pose* pose0, Pose* pose1);  // ChooseAction, with a sentence
  // Within the bounds of the action space.
  void PutPose(const Pose& X, const char* name, ArrayMap* action) const;
  Pose PoseOf(const ArrayMap& action, const std::string& name) const;
  PrimitiveResult Act(const ArrayMap& action, bool* plan_ended);
  int64_t LeastSteps() const;
  double Reward(bool plan_ended);
  bool Solved() const;
  void TakeTargets(const Array& objects);
  void DrawGoal();
  std::vector<SceneFrame> GoalFrames() const final;
  void Report(PrimitiveResult result, StepResult* out);

  Facts facts_;
  bool strict_, pick_inside_, camera_noise_, rotations_;
  int samples_;  // way-points a segment; 0 = not continuous
  TabletopObserver observer_;
  std::deque<Goal> goals_;
  double progress_ = 0;  // of goals reached and done with
  double total_ = 0;     // sum of this episode's rewards
  bool settled_ = true;
  int64_t least_steps_ = 0;  // info `least_steps`
  // Continuous form: has the cup been switched on, and what is left of the oracle's plan.
  bool suction_on_ = false;
  std::deque<Waypoint> plan_;
  std::string sentence_;  // of the oracle's last action
  ArrayMap goal_image_;   // of the goals that are left
};

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_RAVENS_TASK_H_
