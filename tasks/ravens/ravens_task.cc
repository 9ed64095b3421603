#include "tasks/ravens/ravens_task.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "tasks/ravens/free_space.h"

namespace rookery {
namespace {

constexpr int kSceneAttempts = 20;
constexpr double kGoalTolerance = 0.01;  // of a goal's reward
constexpr double kSolved = 0.99;
constexpr double kSmallestNorm = 0.5, kLargestNorm = 2;  // of an action's quaternions
constexpr double kRounding = 1e-6;

EnvSpec MakeSpec(const std::string& id, int max_steps, const Spec& observation) {
  EnvSpec spec;
  spec.id = id;
  spec.max_steps = max_steps;
  spec.reward_low = -1;
  spec.reward_high = 1;
  spec.has_oracle = true;
  spec.observation = observation;
  const Vec3 &low = kWorkspaceLow, &high = kWorkspaceHigh;
  const double q = kLargestNorm;  // quaternions are normalised: components may exceed 1
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
                                "mistake takes; 0 where goals are zones"});
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
  spec.info.Add({.name = "object_count",
                 .dtype = DType::kInt64,
                 .shape = {},
                 .low = {0},
                 .high = {RavensTask::kMaxObjects},
                 .description = "rows of `objects` in use"});
  return spec;
}

// Position and unit quaternion of an action array.
Pose PoseOf(const ArrayMap& action, const std::string& name, const std::string& id) {
  const auto v = action.at(name).As<double>();
  const Quat q{v[3], v[4], v[5], v[6]};
  const double norm = Norm(q);
  if (!(norm >= kSmallestNorm - kRounding && norm <= kLargestNorm + kRounding)) {
    throw UserError("action of " + id + ": the quaternion of " + name + " has norm " +
                    std::to_string(norm) + "; expected 1 (0.5 to 2 is normalised)");
  }
  return {Vec3(v[0], v[1], v[2]), Normalized(q)};
}

template <typename T>
void Set(ArrayMap* map, const char* name, T value) {
  map->Ensure(name, DTypeOf<T>(), {}).template As<T>()[0] = value;
}

}  // namespace

void RavensConfig::Fields(FieldVisitor& v) {
  v.Field("hz", &hz, {.help = "physics steps", .unit = "1/s", .min = 60, .max = 4800});
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
}

RavensTask::RavensTask(const Facts& facts, const RavensConfig& config)
    : Env(MakeSpec(facts.id, facts.max_steps, {})),
      facts_(facts),
      strict_(config.strict),
      pick_inside_(config.oracle_pick == "inside"),
      world_(facts.gripper, config.hz),
      observer_(config.observe == "all", config.render_threads) {
  mutable_spec().observation = observer_.spec();
  mutable_spec().clamp_actions = config.out_of_bounds == "clamp";
}

std::string RavensTask::ConfigKey() const {
  return "hz=" + std::to_string(world_.hz()) + " strict=" + (strict_ ? "true" : "false") +
         TaskKey();
}

std::optional<Pose> RavensTask::TryFreePose(const Vec3& size) {
  const Heightmap& seen = observer_.SeeFromAbove(world_.UpdatedScene());
  const auto is_object = [this](int id) {
    for (const TabletopWorld::Object& object : world_.objects()) {
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
  CheckGoal(goal, world_.physics());
  goals_.push_back(std::move(goal));
}

void RavensTask::DoReset(const ArrayMap&, StepResult* out) {
  Watch();
  for (int attempt = 1;; ++attempt) {
    world_.Reset();
    goals_.clear();
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
  settled_ = world_.Settle();
  least_steps_ = LeastSteps();
  Report(PrimitiveResult::kDone, out);
}

int64_t RavensTask::LeastSteps() const {
  size_t objects = 0;
  for (const Goal& goal : goals_) {
    if (goal.metric == Goal::Metric::kZone) return 0;
    objects += goal.objects.size();
  }
  return static_cast<int64_t>(objects);
}

void RavensTask::DoStep(const ArrayMap& action, StepResult* out) {
  const Pose pose0 = PoseOf(action, "pose0", spec().id);
  const Pose pose1 = PoseOf(action, "pose1", spec().id);
  Watch();
  world_.ForgetCaches();
  const PrimitiveResult result = facts_.gripper == GripperKind::kSuction
                                     ? PickPlace(&world_, pose0, pose1, facts_.pick_place)
                                     : Push(&world_, pose0, pose1);
  if (result == PrimitiveResult::kMotionBudget) {
    out->terminated = true;
  } else {
    settled_ = world_.Settle();
    out->reward = Reward();
    out->terminated = Solved();
  }
  Report(result, out);
}

double RavensTask::Reward() {
  if (goals_.empty()) return 0;
  const Goal& goal = goals_.front();
  const double earned = EarnedReward(goal, world_.physics(), strict_);
  const double reward = progress_ + earned - total_;
  total_ = progress_ + earned;
  if (std::abs(goal.max_reward - earned) < kGoalTolerance) {
    progress_ += goal.max_reward;
    goals_.pop_front();
  }
  AfterReward();
  return reward;
}

bool RavensTask::Solved() const { return goals_.empty() || total_ > kSolved; }

// Hooks the scene's viewer, if there is one, into the physics steps.
void RavensTask::Watch() {
  if (!scene_sink() || !(scene_hz() > 0)) {
    world_.SetStepObserver({});
    return;
  }
  world_.SetStepObserver([this] {
    const double time_s = static_cast<double>(world_.steps()) / world_.hz();
    const double before_s = static_cast<double>(world_.steps() - 1) / world_.hz();
    if (std::floor(time_s * scene_hz()) > std::floor(before_s * scene_hz())) {
      scene_sink()(world_.UpdatedScene(), time_s);
    }
  });
}

void RavensTask::Report(PrimitiveResult result, StepResult* out) {
  if (out->observation.Names() != spec().observation.Names()) out->observation.Clear();
  observer_.Observe(world_.UpdatedScene(), &out->observation);

  ArrayMap* info = &out->info;
  if (info->Names() != spec().info.Names()) info->Clear();
  Set(info, "success", total_ > kSolved);
  Set(info, "progress", total_);
  Set(info, "least_steps", least_steps_);
  Set(info, "physics_steps", world_.steps());
  Set(info, "failure", static_cast<int32_t>(result));
  Set(info, "settled", settled_);
  const auto rows = info->Ensure("objects", DType::kFloat64, {kMaxObjects, 10}).As<double>();
  std::fill(rows.begin(), rows.end(), 0.0);
  const auto& objects = world_.objects();
  ROOKERY_CHECK_LE(objects.size(), static_cast<size_t>(kMaxObjects));
  for (size_t i = 0; i < objects.size(); ++i) {
    const Pose X = world_.physics().ComPose(objects[i].body);
    const Vec3 d = world_.physics().VisualDimensions(objects[i].body);
    const double row[10] = {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w, d.x, d.y, d.z};
    std::copy(row, row + 10, rows.begin() + static_cast<std::ptrdiff_t>(10 * i));
  }
  Set(info, "object_count", static_cast<int64_t>(objects.size()));
}

void RavensTask::DoSave(ByteWriter* out) const {
  out->Put(progress_);
  out->Put(total_);
  out->Put(settled_);
  out->Put(least_steps_);
  out->Put<uint64_t>(goals_.size());
  for (const Goal& goal : goals_) SaveGoal(goal, out);
  SaveTask(out);
  world_.Save(out);
}

void RavensTask::DoLoad(ByteReader* in) {
  const auto progress = in->Get<double>();
  const auto total = in->Get<double>();
  const auto settled = in->Get<bool>();
  const auto least_steps = in->Get<int64_t>();
  std::deque<Goal> goals;
  for (auto n = in->Get<uint64_t>(); n > 0; --n) goals.push_back(LoadGoal(in));
  ByteWriter task_before;
  SaveTask(&task_before);
  try {
    LoadTask(in);
    world_.Load(in);
  } catch (...) {
    ByteReader back(task_before.bytes());
    LoadTask(&back);
    throw;
  }
  progress_ = progress;
  total_ = total;
  settled_ = settled;
  least_steps_ = least_steps;
  goals_ = std::move(goals);
}

}  // namespace rookery
