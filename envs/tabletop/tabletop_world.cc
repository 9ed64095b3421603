#include "envs/tabletop/tabletop_world.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "envs/hand.h"
#include "envs/tabletop/cameras.h"
#include "envs/tabletop/urdf_visuals.h"

namespace rookery {
namespace {

constexpr BodyId kGround = 0, kArm = 2;
constexpr double kJointTolerance = 0.01;  // rad
constexpr double kRestSpeed = 5e-3;       // m/s
constexpr double kSettleSeconds = 10;
// Checkerboard of the ground: squares of 1 m.
constexpr std::array<float, 3> kGroundLight = {1, 1, 1};
constexpr std::array<float, 3> kGroundBlue = {173 / 255.f, 199 / 255.f, 239 / 255.f};

double Seconds(int hz) {
  if (hz <= 0)
    throw UserError("hz = " + std::to_string(hz) + " physics steps a second: must be > 0");
  return 1.0 / hz;
}

}  // namespace

TabletopWorld::TabletopWorld(GripperKind gripper, int hz)
    : hz_(hz),
      physics_(Seconds(hz)),
      gripper_(gripper == GripperKind::kSuction ? MakeSuctionGripper() : MakeSpatula()) {
  for (LinkVisual& visual : LoadUrdfVisuals("ur5/ur5.urdf")) {
    const auto link = std::find(kUr5Links.begin(), kUr5Links.end(), visual.link);
    ROOKERY_CHECK(link != kUr5Links.end());
    arm_visuals_.push_back(
        {static_cast<size_t>(link - kUr5Links.begin()), std::move(visual.visual)});
  }
  Reset();
}

TabletopWorld::~TabletopWorld() = default;

void TabletopWorld::Reset() {
  physics_.Clear();
  objects_.clear();
  joints_ = kUr5Home;
  steps_ = 0;
  scene_stale_ = true;
  pull_.reset();
  goal_frames_.clear();
  const Pose X_WTool = Ur5Tool0(joints_);
  physics_.LoadUrdf("plane/plane.urdf", Pose(Vec3(0, 0, kGroundHeight)), {.fixed_base = true});
  physics_.LoadUrdf("workspace/workspace.urdf", Pose(Vec3(0.5, 0, 0)), {.fixed_base = true});
  const BodyId arm = physics_.LoadUrdf("ur5/hand.urdf", X_WTool, {.fixed_base = true});
  ROOKERY_CHECK_EQ(arm, kArm);
  gripper_->Build(&physics_, arm, X_WTool);
}

BodyId TabletopWorld::Add(const std::string& urdf, const Pose& X_WB, bool rigid,
                          const std::vector<std::pair<std::string, double>>& replacements) {
  const BodyId body =
      physics_.LoadUrdf(urdf, X_WB, {.fixed_base = !rigid, .replacements = replacements});
  objects_.push_back({body, rigid});
  scene_stale_ = true;
  return body;
}

BodyId TabletopWorld::AddFixed(const std::string& urdf, const Pose& X_WB,
                               const std::vector<std::pair<std::string, double>>& replacements) {
  return Add(urdf, X_WB, false, replacements);
}

BodyId TabletopWorld::AddRigid(const std::string& urdf, const Pose& X_WB,
                               const std::vector<std::pair<std::string, double>>& replacements) {
  return Add(urdf, X_WB, true, replacements);
}

void TabletopWorld::RemoveBody(BodyId body) {
  if (gripper_->HeldBody() == body) gripper_->Release(&physics_);
  if (pull_ && pull_->body == body) pull_.reset();
  physics_.RemoveBody(body);
  std::erase_if(objects_, [body](const Object& object) { return object.body == body; });
  scene_stale_ = true;
}

void TabletopWorld::SetColor(BodyId body, const std::array<float, 3>& rgb) {
  physics_.SetColor(body, rgb);
  scene_stale_ = true;
}

bool TabletopWorld::IsRigid(BodyId body) const {
  return std::any_of(objects_.begin(), objects_.end(),
                     [body](const Object& object) { return object.body == body && object.rigid; });
}

void TabletopWorld::StepWith(const Ur5Joints& joints) {
  if (joints != joints_) {
    joints_ = joints;
    const Pose X_WTool = Ur5Tool0(joints);
    physics_.MoveFixedBody(kArm, X_WTool);
    for (const auto& [body, X_TB] : gripper_->carried()) {
      physics_.MoveFixedBody(body, X_WTool * X_TB);
    }
  }
  if (pull_) physics_.PullBody(*pull_);
  physics_.Step();
  ++steps_;
  if (observer_) observer_();
}

bool TabletopWorld::MoveJoints(const Ur5Joints& target, double speed) {
  const auto distance = [&](Ur5Joints* d) {
    double square = 0;
    for (size_t i = 0; i < d->size(); ++i) {
      (*d)[i] = target[i] - joints_[i];
      square += (*d)[i] * (*d)[i];
    }
    return std::sqrt(square);
  };
  Ur5Joints d;
  const double start = distance(&d);
  const auto budget = static_cast<int64_t>(2 * start / speed) + 480;
  for (int64_t step = 0; step < budget; ++step) {
    const double left = distance(&d);
    if (std::all_of(d.begin(), d.end(), [](double di) { return std::abs(di) < kJointTolerance; })) {
      return true;
    }
    Ur5Joints next = joints_;
    for (size_t i = 0; i < next.size(); ++i) next[i] += speed * d[i] / left;
    StepWith(next);
  }
  return false;
}

bool TabletopWorld::MoveTo(const Pose& X_WE, double speed) {
  return MoveJoints(Ur5InverseKinematics(X_WE).q, speed);
}

bool TabletopWorld::MoveOnTo(const Pose& X_WE, double speed) {
  return MoveJoints(Ur5InverseKinematicsNear(X_WE, joints_).q, speed);
}

bool TabletopWorld::Settle() {
  const auto still = [this] {
    return std::all_of(objects_.begin(), objects_.end(), [this](const Object& object) {
      return !object.rigid || Norm(physics_.Velocity(object.body)) < kRestSpeed;
    });
  };
  const auto budget = static_cast<int64_t>(kSettleSeconds * hz_);
  for (int64_t step = 0; step < budget; ++step) {
    if (still()) return true;
    StepWith(joints_);
  }
  return still();
}

void TabletopWorld::Wait(int64_t steps) {
  for (int64_t step = 0; step < steps; ++step) StepWith(joints_);
}

bool TabletopWorld::Pull(const std::optional<ScenePull>& pull) {
  if (!pull) {
    pull_.reset();
    return true;
  }
  if (!IsRigid(pull->body)) return false;
  pull_ = CheckedPull(*pull);
  return true;
}

bool TabletopWorld::MoveBody(BodyId body, const Pose& X_WB) {
  if (!IsRigid(body)) return false;
  const Pose place = CheckedPlace(X_WB);
  if (gripper_->HeldBody() == body) gripper_->Release(&physics_);
  physics_.SetBodyPose(body, place);
  ForgetCaches();  // of contacts where it was
  return true;
}

const Scene& TabletopWorld::UpdatedScene() {
  if (scene_stale_) {
    scene_stale_ = false;
    scene_.bodies.clear();
    scene_.cameras.assign(AgentCameras().begin(), AgentCameras().end());
    scene_.cameras.push_back(OracleCamera());
    scene_.cameras.push_back(OverviewCamera());
    scene_.workspace_low = kWorkspaceLow;
    scene_.workspace_high = kWorkspaceHigh;
    for (BodyId id : physics_.Bodies()) {
      ROOKERY_CHECK_LE(id, 254);
      SceneBody& body = scene_.bodies.emplace_back();
      body.id = id;
      body.movable = IsRigid(id);
      body.name = id == kArm ? "ur5" : std::filesystem::path(physics_.Urdf(id)).stem().string();
      if (id == kArm) {
        for (const ArmVisual& part : arm_visuals_) body.visuals.push_back(part.visual);
      } else {
        physics_.GetVisuals(id, &body.visuals);
      }
      if (id == kGround) {
        for (Visual& visual : body.visuals) {
          visual.material.rgb = kGroundLight;
          visual.material.checker_rgb = kGroundBlue;
          visual.material.checker_tile_m = 1;
          visual.material.casts_shadow = false;
        }
      }
    }
  }
  for (SceneBody& body : scene_.bodies) {
    if (body.id != kArm) {
      body.X_WB = physics_.BodyPose(body.id);
      continue;
    }
    const std::array<Pose, 7> X_WL = Ur5LinkPoses(joints_);
    for (size_t i = 0; i < arm_visuals_.size(); ++i) {
      body.visuals[i].X_BV = X_WL[arm_visuals_[i].link] * arm_visuals_[i].visual.X_BV;
    }
  }
  AddDetail();
  return scene_;
}

void TabletopWorld::AddDetail() {
  scene_.contacts.clear();
  scene_.frames.clear();
  for (SceneBody& body : scene_.bodies) {
    body.velocity = body.angular_velocity = {};
    if (!detail_ || body.id == kArm) continue;  // the arm's frame is its base
    body.angular_velocity = physics_.AngularVelocity(body.id);
    const Vec3 lever = physics_.BodyPose(body.id).p - physics_.ComPose(body.id).p;
    body.velocity = physics_.Velocity(body.id) + Cross(body.angular_velocity, lever);
  }
  if (!detail_) return;
  physics_.GetContacts(&contacts_);
  for (const Contact& contact : contacts_) {
    if (contact.distance > 0 && contact.normal_impulse <= 0) continue;  // merely near
    if (physics_.IsFixed(contact.body_a) && physics_.IsFixed(contact.body_b)) continue;
    scene_.contacts.push_back(
        {contact.body_a, contact.body_b, contact.position, contact.force_on_b});
  }
  scene_.frames.push_back({"end effector", Ur5EndEffector(joints_)});
  scene_.frames.insert(scene_.frames.end(), goal_frames_.begin(), goal_frames_.end());
}

void TabletopWorld::Save(ByteWriter* out) const {
  for (double q : joints_) out->Put(q);
  out->Put(steps_);
  out->Put<uint64_t>(objects_.size());
  for (const Object& object : objects_) {
    out->Put(object.body);
    out->Put(object.rigid);
  }
  gripper_->GetState().Save(out);
  physics_.State().Save(out);
}

void TabletopWorld::Load(ByteReader* in) {
  Ur5Joints joints;
  for (double& q : joints) q = in->Get<double>();
  const auto steps = in->Get<int64_t>();
  std::vector<Object> objects;
  for (auto n = in->Get<uint64_t>(); n > 0; --n) {
    Object object;
    object.body = in->Get<BodyId>();
    object.rigid = in->Get<bool>();
    objects.push_back(object);
  }
  const Gripper::State gripper = Gripper::State::Load(in);
  const PhysicsState physics = PhysicsState::Load(in);
  in->ExpectEnd();
  const auto exists = [](const auto& items, int id) {
    return std::any_of(items.begin(), items.end(),
                       [id](const auto& item) { return item.id == id; });
  };
  for (const Object& object : objects) {
    if (!exists(physics.bodies, object.body)) {
      throw UserError("snapshot: object " + std::to_string(object.body) + " has no body");
    }
  }
  if (gripper.grasp.has_value() != gripper.held.has_value() ||
      (gripper.grasp &&
       !(exists(physics.constraints, *gripper.grasp) && exists(physics.bodies, *gripper.held)))) {
    throw UserError("snapshot: the gripper holds what is not there");
  }
  // The last step that can fail; it changes nothing then.
  physics_.SetState(physics);
  gripper_->SetState(gripper);
  joints_ = joints;
  steps_ = steps;
  objects_ = std::move(objects);
  scene_stale_ = true;
  pull_.reset();
}

}  // namespace rookery
