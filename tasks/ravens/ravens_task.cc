#include "tasks/ravens/ravens_task.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "tasks/ravens/free_space.h"
#include "tasks/ravens/goal_image.h"

namespace rookery {
namespace {

constexpr int kSceneAttempts = 20;
constexpr double kGoalTolerance = 0.01;  // of a goal's reward
constexpr double kSolved = 0.99;
constexpr std::array<const char*, 2> kGoalImage = {"heightmap.rgb", "heightmap.height"};
constexpr char kGoalPrefix[] = "goal.";
constexpr char kGoalObjects[] = "goal.objects";  // reset option
constexpr double kRounding = 1e-6;               // of norms

EnvSpec MakeSpec(const std::string& id, const std::string& instruction, int max_steps) {
  EnvSpec spec;
  spec.id = id;
  spec.instruction = instruction;
  spec.max_steps = max_steps;
  spec.reward_low = -1;
  spec.reward_high = 1;
  spec.has_oracle = true;
  const Vec3 &low = kWorkspaceLow, &high = kWorkspaceHigh;
  const double q = RavensTask::kLargestNorm;  // quaternions are normalised: components may exceed 1
  for (const char* name : {"pose0", "pose1"}) {
    spec.action.Add(
        {.name = name,
         .dtype = DType::kFloat64,
         .shape = {7},
         .low = {low.x, low.y, low.z, -q, -q, -q, -q},
         .high = {high.x, high.y, high.z, q, q, q, q},
         .unit = "m",
         .description =
             name[4] == '0'
                 ? "end-effector pose to pick at (or push from); the quaternion is normalised"
                 : "end-effector pose to place at (or push to); likewise",
         .elements = {"x", "y", "z", "qx", "qy", "qz", "qw"},
         .quaternion = 3});
  }
  spec.info.Add({.name = "success",
                 .dtype = DType::kBool,
                 .shape = {},
                 .low = {0},
                 .high = {1},
                 .description = "everything is where it should be"});
  spec.info.Add({.name = "progress",
                 .dtype = DType::kFloat64,
                 .shape = {},
                 .low = {0},
                 .high = {1.0001},
                 .description = "sum of the episode's rewards so far"});
  spec.info.Add({.name = "least_steps",
                 .dtype = DType::kInt64,
                 .shape = {},
                 .low = {0},
                 .description = "actions that place every object once: what a solution without a "
                                "mistake takes; 0 where there is no such number (zones, cables)"});
  spec.info.Add({.name = "physics_steps",
                 .dtype = DType::kInt64,
                 .shape = {},
                 .low = {0},
                 .description = "physics steps since the reset"});
  spec.info.Add({.name = "failure",
                 .dtype = DType::kInt32,
                 .shape = {},
                 .low = {0},
                 .high = {2},
                 .description = "0 none; 1 a motion used up its budget or led out of the arm's "
                                "reach (ends the episode); 2 push of length 0, ignored"});
  spec.info.Add({.name = "settled",
                 .dtype = DType::kBool,
                 .shape = {},
                 .low = {0},
                 .high = {1},
                 .description = "all objects came to rest within 10 simulated seconds"});
  spec.info.Add({.name = "objects",
                 .dtype = DType::kFloat64,
                 .shape = {RavensTask::kMaxObjects, 10},
                 .description = "of each object in order of loading: position (m), quaternion "
                                "xyzw, dimensions (m); zeros beyond object_count"});
  spec.info.Add({.name = "object_colors",
                 .dtype = DType::kFloat32,
                 .shape = {RavensTask::kMaxObjects, 3},
                 .low = {0},
                 .high = {1},
                 .description = "linear red, green, blue of the rows of `objects`"});
  spec.info.Add({.name = "object_count",
                 .dtype = DType::kInt64,
                 .shape = {},
                 .low = {0},
                 .high = {RavensTask::kMaxObjects},
                 .description = "rows of `objects` in use"});
  return spec;
}

template <typename T>
void Set(ArrayMap* map, const char* name, T value) {
  map->Ensure(name, DTypeOf<T>(), {}).template As<T>()[0] = value;
}

}  // namespace

void RavensConfig::Fields(FieldVisitor& v) {
  v.Field("hz", &hz,
          {.help = "physics steps; motions advance by the step, so the arm is faster at more "
                   "of them",
           .unit = "1/s",
           .min = 60,
           .max = 1200});
  v.Field("strict", &strict,
          {.help = "score height and tilt too, and one object a target (not as published)"});
  v.Field(
      "oracle_pick", &oracle_pick,
      {.help = "where the oracle picks: at any visible pixel of the object, as published, or at "
               "those whose lower corner is on the object",
       .choices = {"inside", "all"}});
  v.Field("observe", &observe,
          {.help = "observation: the cameras' images and the heightmap, or the heightmap only",
           .choices = {"all", "heightmap"}});
  v.Field(
      "out_of_bounds", &out_of_bounds,
      {.help = "an action's position outside of the workspace: an error, or clamped to it (with "
               "a warning, once)",
       .choices = {"reject", "clamp"}});
  v.Field("render_threads", &render_threads,
          {.help = "threads that draw the images", .min = 1, .max = 64});
  v.Field("camera_noise", &camera_noise,
          {.help = "noise of the cameras: 3 of 255 in colour, 3 mm in depth"});
  v.Field("rotations", &rotations,
          {.help = "false: the tool never turns, orientations of actions are ignored"});
  v.Field("continuous", &continuous,
          {.help = "an action is one way-point of a primitive instead of the whole"});
  v.Field(
      "steps_per_segment", &steps_per_segment,
      {.help = "way-points between two poses of a primitive (continuous)", .min = 1, .max = 50});
}

RavensTask::RavensTask(const Facts& facts, const RavensConfig& config)
    : TabletopEnv(MakeSpec(facts.id, facts.instruction, facts.max_steps), facts.gripper, config.hz),
      facts_(facts),
      strict_(config.strict),
      pick_inside_(config.oracle_pick == "inside"),
      camera_noise_(config.camera_noise),
      rotations_(config.rotations),
      samples_(config.continuous ? config.steps_per_segment : 0),
      observer_(config.observe == "all", config.render_threads) {
  mutable_spec().observation = observer_.spec();
  if (config.out_of_bounds == "clamp") mutable_spec().action_bounds = ActionBounds::kClamp;
  if (samples_ > 0) {
    const bool pick_place = facts.gripper == GripperKind::kSuction;
    mutable_spec().action = WaypointSpec(facts.gripper);
    mutable_spec().max_steps *= samples_ * (pick_place ? kPickPlacePoses : kPushPoses);
    mutable_spec().info.Add({.name = "end_effector",
                             .dtype = DType::kFloat64,
                             .shape = {7},
                             .description = "pose of the end effector (m, quaternion xyzw)"});
  }
  if (!facts.goal_image) return;
  for (const char* name : kGoalImage) {
    ArraySpec array = observer_.spec().at(name);
    array.name = std::string(kGoalPrefix) + name;
    array.description = "the goal: " + array.description;
    mutable_spec().observation.Add(array);
  }
}

std::string RavensTask::ConfigKey() const {
  return "hz=" + std::to_string(world().hz()) + " strict=" + (strict_ ? "true" : "false") +
         " continuous=" + std::to_string(samples_) + (rotations_ ? "" : " rotations=false") +
         (camera_noise_ ? " camera_noise=true" : "") + TaskKey();
}

std::vector<std::string> RavensTask::ResetOptions() const {
  return facts_.goal_image ? std::vector<std::string>{kGoalObjects} : std::vector<std::string>{};
}

std::optional<Pose> RavensTask::TryFreePose(const Vec3& size) {
  const Heightmap& seen = SeeFromAbove();
  const auto is_object = [this](int id) {
    for (const TabletopWorld::Object& object : world().objects()) {
      if (object.body == id) return true;
    }
    return false;
  };
  return SampleFreePose(seen.segmentation.As<uint8_t>(), is_object, size, &rng());
}

Pose RavensTask::FreePose(const Vec3& size) {
  const std::optional<Pose> pose = TryFreePose(size);
  if (!pose) throw NoRoom();
  return *pose;
}

Vec3 RavensTask::RandomSize(const Vec3& low, const Vec3& high) {
  Vec3 size;
  for (int i = 0; i < 3; ++i) size[i] = rng().Uniform(low[i], high[i]);
  return size;
}

void RavensTask::AddGoal(Goal goal) {
  CheckGoal(goal, world().physics());
  goals_.push_back(std::move(goal));
}

// Where the objects of the goal were at the end of another episode, instead of targets drawn now.
void RavensTask::TakeTargets(const Array& objects) {
  const std::string what = spec().id + ": reset option " + kGoalObjects;
  if (objects.dtype() != DType::kFloat64 || objects.shape() != Shape{kMaxObjects, 10}) {
    throw UserError(what + " is no info array 'objects': float64 " + ShapeText({kMaxObjects, 10}) +
                    ", but " + DTypeName(objects.dtype()) + " " + ShapeText(objects.shape()));
  }
  const auto rows = objects.As<double>();
  for (Goal& goal : goals_) {
    for (size_t i = 0; i < std::min(goal.objects.size(), goal.targets.size()); ++i) {
      const auto row = std::find_if(
          world().objects().begin(), world().objects().end(),
          [&](const TabletopWorld::Object& o) { return o.body == goal.objects[i].body; });
      const double* v = &rows[10 * static_cast<size_t>(row - world().objects().begin())];
      const Pose X({v[0], v[1], v[2]}, {v[3], v[4], v[5], v[6]});
      if (!std::isfinite(Norm(X.p)) || !(std::abs(Norm(X.q) - 1) < 1e-6)) {
        throw UserError(what + " has no pose of object " +
                        std::to_string(row - world().objects().begin()) +
                        ": it is of an episode of something else");
      }
      goal.targets[i] = X;
    }
    goal.rest_targets.clear();  // it rested there
  }
}

void RavensTask::DoReset(const ArrayMap& options, StepResult* out) {
  Watch();
  for (int attempt = 1;; ++attempt) {
    world().Reset();
    goals_.clear();
    plan_.clear();
    sentence_.clear();
    suction_on_ = false;
    progress_ = total_ = 0;
    try {
      BuildScene();
      break;
    } catch (const NoRoom&) {
      if (attempt == kSceneAttempts) {
        throw Failure(spec().id + ": found no room for all objects in " +
                      std::to_string(kSceneAttempts) + " attempts");
      }
    }
  }
  if (const Array* objects = options.Find(kGoalObjects)) TakeTargets(*objects);
  DrawGoal();
  settled_ = world().Settle();
  least_steps_ = LeastSteps();
  Report(PrimitiveResult::kDone, out);
}

int64_t RavensTask::LeastSteps() const {
  if (facts_.moves_several) return 0;
  size_t objects = 0;
  for (const Goal& goal : goals_) {
    if (goal.metric != Goal::Metric::kPose) return 0;
    objects += goal.objects.size();
  }
  return static_cast<int64_t>(objects);
}

// Position and unit quaternion of an action array.
Pose RavensTask::PoseOf(const ArrayMap& action, const std::string& name) const {
  const auto v = action.at(name).As<double>();
  const Quat q{v[3], v[4], v[5], v[6]};
  const double norm = Norm(q);
  if (!(norm >= kSmallestNorm - kRounding && norm <= kLargestNorm + kRounding)) {
    throw UserError("action of " + spec().id + ": the quaternion of " + name + " has norm " +
                    std::to_string(norm) + "; expected 1 (0.5 to 2 is normalised)");
  }
  return {Vec3(v[0], v[1], v[2]), rotations_ ? Normalized(q) : Quat()};
}

PrimitiveResult RavensTask::Act(const ArrayMap& action, bool* plan_ended) {
  if (samples_ > 0) return StepWaypoint(action, plan_ended);
  *plan_ended = true;
  const Pose pose0 = PoseOf(action, "pose0"), pose1 = PoseOf(action, "pose1");
  Watch();
  world().ForgetCaches();
  return facts_.gripper == GripperKind::kSuction
             ? PickPlace(&world(), pose0, pose1, facts_.pick_place)
             : Push(&world(), pose0, pose1);
}

void RavensTask::DoStep(const ArrayMap& action, StepResult* out) {
  bool plan_ended = false;
  const PrimitiveResult result = Act(action, &plan_ended);
  if (result == PrimitiveResult::kMotionBudget) {
    out->terminated = true;
  } else {
    settled_ = world().Settle();
    out->reward = Reward(plan_ended);
    out->terminated = plan_ended && Solved();
  }
  Report(result, out);
}

double RavensTask::Reward(bool plan_ended) {
  if (goals_.empty()) return 0;
  const Goal& goal = goals_.front();
  const double earned = EarnedReward(goal, world().physics(), strict_);
  const double reward = progress_ + earned - total_;
  total_ = progress_ + earned;
  if (std::abs(goal.max_reward - earned) < kGoalTolerance) {
    progress_ += goal.max_reward;
    goals_.pop_front();
    DrawGoal();
  }
  if (plan_ended) AfterReward();
  return reward;
}

bool RavensTask::Solved() const { return goals_.empty() || total_ > kSolved; }

// Nothing to draw when all is done: the last picture stays.
void RavensTask::DrawGoal() {
  if (!facts_.goal_image || goals_.empty()) return;
  ArrayMap seen;
  observer_.Observe(GoalScene(&world(), goals_), &seen);
  goal_image_.Clear();
  for (const char* name : kGoalImage) {
    goal_image_.Set(kGoalPrefix + std::string(name), seen.at(name));
  }
}

std::vector<SceneFrame> RavensTask::GoalFrames() const {
  std::vector<SceneFrame> frames;
  if (goals_.empty()) return frames;
  const Goal& goal = goals_.front();
  const auto add = [&](const std::string& name, const Pose& X, size_t number, size_t of) {
    frames.push_back({of > 1 ? name + " " + std::to_string(number + 1) : name, X});
  };
  const std::vector<Pose>& targets = goal.Targets(strict_);
  for (size_t i = 0; i < goal.zones.size(); ++i) {
    add("zone", goal.zones[i].X_WZ, i, goal.zones.size());
  }
  for (size_t i = 0; goal.zones.empty() && i < targets.size(); ++i) {
    add("goal", targets[i], i, targets.size());
  }
  return frames;
}

bool RavensTask::Look(ArrayMap* observation) {
  observer_.Observe(world().UpdatedScene(), observation, nullptr);
  for (const auto& [name, array] : goal_image_) observation->Set(name, array.Clone());
  return true;
}

void RavensTask::Report(PrimitiveResult result, StepResult* out) {
  if (out->observation.Names() != spec().observation.Names()) out->observation.Clear();
  observer_.Observe(world().UpdatedScene(), &out->observation, camera_noise_ ? &rng() : nullptr);
  for (const auto& [name, array] : goal_image_) out->observation.Set(name, array.Clone());

  ArrayMap* info = &out->info;
  if (info->Names() != spec().info.Names()) info->Clear();
  Set(info, "success", total_ > kSolved);
  Set(info, "progress", total_);
  Set(info, "least_steps", least_steps_);
  Set(info, "physics_steps", world().steps());
  Set(info, "failure", static_cast<int32_t>(result));
  Set(info, "settled", settled_);
  const auto rows = info->Ensure("objects", DType::kFloat64, {kMaxObjects, 10}).As<double>();
  const auto colors = info->Ensure("object_colors", DType::kFloat32, {kMaxObjects, 3}).As<float>();
  std::fill(rows.begin(), rows.end(), 0.0);
  std::fill(colors.begin(), colors.end(), 0.0f);
  const auto& objects = world().objects();
  ROOKERY_CHECK_LE(objects.size(), static_cast<size_t>(kMaxObjects));
  for (size_t i = 0; i < objects.size(); ++i) {
    const Pose X = world().physics().ComPose(objects[i].body);
    const Vec3 d = world().physics().VisualDimensions(objects[i].body);
    const double row[10] = {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w, d.x, d.y, d.z};
    std::copy(row, row + 10, rows.begin() + static_cast<std::ptrdiff_t>(10 * i));
    const std::array<float, 3> rgb = world().physics().VisualColor(objects[i].body);
    std::copy(rgb.begin(), rgb.end(), colors.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  Set(info, "object_count", static_cast<int64_t>(objects.size()));
  if (samples_ == 0) return;
  const Pose X_WE = Ur5EndEffector(world().joints());
  const double pose[7] = {X_WE.p.x, X_WE.p.y, X_WE.p.z, X_WE.q.x, X_WE.q.y, X_WE.q.z, X_WE.q.w};
  std::copy(pose, pose + 7,
            info->Ensure("end_effector", DType::kFloat64, {7}).As<double>().begin());
}

void RavensTask::DoSave(ByteWriter* out, bool /*with_random*/) const {
  out->Put(progress_);
  out->Put(total_);
  out->Put(settled_);
  out->Put(least_steps_);
  out->Put<uint64_t>(goals_.size());
  for (const Goal& goal : goals_) SaveGoal(goal, out);
  if (samples_ > 0) {
    out->Put(suction_on_);
    out->Put<uint64_t>(plan_.size());
    for (const Waypoint& waypoint : plan_) SaveWaypoint(waypoint, out);
  }
  out->PutString(sentence_);
  SaveTask(out);
  world().Save(out);
}

void RavensTask::DoLoad(ByteReader* in) {
  const auto progress = in->Get<double>();
  const auto total = in->Get<double>();
  const auto settled = in->Get<bool>();
  const auto least_steps = in->Get<int64_t>();
  std::deque<Goal> goals;
  for (auto n = in->Get<uint64_t>(); n > 0; --n) goals.push_back(LoadGoal(in));
  bool suction_on = false;
  std::deque<Waypoint> plan;
  if (samples_ > 0) {
    suction_on = in->Get<bool>();
    for (auto n = in->Get<uint64_t>(); n > 0; --n) plan.push_back(LoadWaypoint(in));
  }
  const std::string sentence = in->GetString();
  ByteWriter task_before;
  SaveTask(&task_before);
  try {
    LoadTask(in);
    world().Load(in);
  } catch (...) {
    ByteReader back(task_before.bytes());
    LoadTask(&back);
    throw;
  }
  progress_ = progress;
  total_ = total;
  settled_ = settled;
  least_steps_ = least_steps;
  suction_on_ = suction_on;
  plan_ = std::move(plan);
  sentence_ = sentence;
  goals_ = std::move(goals);
  DrawGoal();
}

}  // namespace rookery
