// What the robot in Bullet looks like, and a hand that pulls it.
#include <cmath>
#include <string>

#include "core/error.h"
#include "envs/ant/bullet_ant_impl.h"
#include "envs/hand.h"
#include "renderers/mesh.h"

namespace rookery {

void BulletAnt::Impl::MakeScene() {
  const std::array<float, 3> kTorso = {0.16f, 0.24f, 0.30f}, kUpper = {0.22f, 0.36f, 0.44f},
                             kMiddle = {0.33f, 0.53f, 0.62f}, kFoot = {0.55f, 0.75f, 0.82f};
  constexpr double kFloor_m = 80;
  SceneBody floor;
  floor.name = "floor";
  Visual& ground = floor.visuals.emplace_back();
  ground.mesh = PlaneMesh(kFloor_m, kFloor_m);
  ground.material = {.rgb = {0.80f, 0.84f, 0.80f},
                     .checker_tile_m = 1,
                     .checker_rgb = {0.66f, 0.72f, 0.68f},
                     .casts_shadow = false};
  scene_.bodies.push_back(std::move(floor));
  const auto add = [&](int link, const std::string& name, const Visual& visual) {
    SceneBody body;
    body.id = static_cast<int>(scene_.bodies.size());
    body.name = name;
    body.movable = true;
    body.visuals.push_back(visual);
    scene_.bodies.push_back(std::move(body));
    scene_links_.push_back(link);
  };
  Visual torso;
  torso.mesh = SphereMesh(0.25, 32);
  torso.material.rgb = kTorso;
  add(-1, "torso", torso);
  const double half = std::sqrt(0.5);
  const MeshPtr part = CapsuleMesh(0.08, 0.4 * half), foot = CapsuleMesh(0.08, 0.8 * half);
  for (int leg = 0; leg < kLegs; ++leg) {
    // The capsules' axis z is turned to the leg's direction; frames are those of the centres.
    const double x = leg == 0 || leg == 3 ? half : -half, y = leg < 2 ? half : -half;
    const std::string number = std::to_string(leg + 1);
    Visual visual;
    visual.X_BV.q = AxisAngle({-y, x, 0}, kPi / 2);
    visual.mesh = part;
    visual.material.rgb = kUpper;
    add(5 * leg, "leg_" + number, visual);
    visual.material.rgb = kMiddle;
    add(5 * leg + 2, "aux_" + number, visual);
    visual.mesh = foot;
    visual.material.rgb = kFoot;
    add(5 * leg + 4, "foot_" + number, visual);
  }
  Camera& camera = scene_.cameras.emplace_back();
  camera.name = "track";
  camera.fx = camera.fy = 580;
  camera.cx = 319.5;
  camera.cy = 239.5;
  camera.near_m = 0.05;
  camera.far_m = 100;
  scene_.light.direction = {-0.2, -0.1, 1};
}

const Scene& BulletAnt::Impl::GetScene() {
  for (size_t i = 0; i < scene_links_.size(); ++i) {
    scene_.bodies[i + 1].X_WB = PoseOf(scene_links_[i]);
  }
  AddDetail();
  const Vec3 torso = FromBullet(ant_->getBasePos());
  // From the side and above, along y.
  const Vec3 offset = {0, -3.6, 2};
  const double slope = std::atan2(offset.z, -offset.y);
  scene_.cameras[0].X_WC = {torso + offset, AxisAngle({1, 0, 0}, -kPi / 2 - slope)};
  scene_.light.center = {torso.x, torso.y, 0};
  return scene_;
}

int BulletAnt::Impl::BodyOf(const btCollisionObject* collider) const {
  for (int body = 1; IsPart(body); ++body) {
    if (Collider(LinkOf(body)) == collider) return body;
  }
  return collider == floor_->getBaseCollider() ? 0 : -1;
}

auto BulletAnt::Impl::Motions() const -> std::array<Motion, kLinks + 1> {
  std::array<btVector3, kLinks + 1> omega, velocity;  // in the links' axes
  ant_->compTreeLinkVelocities(omega.data(), velocity.data());
  std::array<Motion, kLinks + 1> motions;
  for (int link = -1; link < kLinks; ++link) {
    if (Collider(link) == nullptr) continue;
    const auto i = static_cast<size_t>(link + 1);
    const Quat q = PoseOf(link).q;
    motions[i] = {Rotate(q, FromBullet(velocity[i])), Rotate(q, FromBullet(omega[i]))};
  }
  // Where an ankle's axis is longer than 1, the engine has its foot turn faster than it does.
  for (int leg = 0; leg < kLegs; ++leg) {
    const int aux = 5 * leg + 2, ankle = 5 * leg + 3, foot = 5 * leg + 4;
    const Motion& with = motions[static_cast<size_t>(aux + 1)];
    Motion& motion = motions[static_cast<size_t>(foot + 1)];
    const double share = 1 / ant_->getLink(ankle).getAxisTop(0).length();
    const Vec3 carried =
        with.velocity + Cross(with.angular_velocity, PoseOf(foot).p - PoseOf(aux).p);
    motion.velocity = carried + (motion.velocity - carried) * share;
    motion.angular_velocity =
        with.angular_velocity + (motion.angular_velocity - with.angular_velocity) * share;
  }
  return motions;
}

void BulletAnt::Impl::AddDetail() {
  scene_.contacts.clear();
  std::array<Motion, kLinks + 1> motions;
  if (detail_) motions = Motions();
  for (int body = 1; IsPart(body); ++body) {
    const Motion& motion = motions[static_cast<size_t>(LinkOf(body) + 1)];
    scene_.bodies[static_cast<size_t>(body)].velocity = motion.velocity;
    scene_.bodies[static_cast<size_t>(body)].angular_velocity = motion.angular_velocity;
  }
  if (!detail_) return;
  for (int i = 0; i < engine_.dispatcher().getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *engine_.dispatcher().getManifoldByIndexInternal(i);
    for (int p = 0; p < manifold.getNumContacts(); ++p) {
      const btManifoldPoint& point = manifold.getContactPoint(p);
      if (point.getDistance() > 0 && point.getAppliedImpulse() <= 0) continue;  // merely near
      scene_.contacts.push_back({BodyOf(manifold.getBody0()), BodyOf(manifold.getBody1()),
                                 FromBullet(point.getPositionWorldOnB()),
                                 FromBullet(ContactImpulse(point)) * (-kSubSteps / kStep_s)});
    }
  }
}

bool BulletAnt::Impl::Pull(const std::optional<ScenePull>& pull) {
  if (pull && !IsPart(pull->body)) return false;
  pull_ = pull ? std::optional(CheckedPull(*pull)) : std::nullopt;
  return true;
}

double BulletAnt::Impl::Mass() const {
  double mass = ant_->getBaseMass();
  for (int link = 0; link < kLinks; ++link) mass += ant_->getLinkMass(link);
  return mass;
}

// One force during all of the engine's steps.
void BulletAnt::Impl::ApplyPull() {
  if (!pull_) return;
  const int link = LinkOf(pull_->body);
  const Motion motion = Motions()[static_cast<size_t>(link + 1)];
  BodyInHand held;
  held.mass = link < 0 ? ant_->getBaseMass() : ant_->getLinkMass(link);
  held.total_mass = Mass();
  held.inertia = FromBullet(link < 0 ? ant_->getBaseInertia() : ant_->getLinkInertia(link));
  held.X_WC = PoseOf(link);
  held.velocity = motion.velocity;
  held.angular_velocity = motion.angular_velocity;
  const HandLoad load = HandLoadOn(held, held.X_WC * pull_->p_B, pull_->target,
                                   FromBullet(world().getGravity()), kStep_s);
  if (link < 0) {
    ant_->addBaseForce(ToBullet(load.force));
    ant_->addBaseTorque(ToBullet(load.torque));
  } else {
    ant_->addLinkForce(link, ToBullet(load.force));
    ant_->addLinkTorque(link, ToBullet(load.torque));
  }
}

bool BulletAnt::Impl::MoveBody(int body, const Pose& X_WB) {
  if (!IsPart(body)) return false;
  const Pose place = CheckedPlace(X_WB);
  const Pose X_WT = place * (PoseOf(LinkOf(body)).Inverse() * PoseOf(-1));
  const std::optional<ScenePull> pull = pull_;  // goes on
  State state = {};                             // at rest, and touching nothing
  const btVector3 p = ToBullet(X_WT.p);
  const btQuaternion q = ToBullet(Conjugate(X_WT.q));
  for (size_t i = 0; i < 3; ++i) state.position[i] = p[static_cast<int>(i)];
  for (size_t i = 0; i < 4; ++i) state.rotation[i] = q[static_cast<int>(i)];
  for (size_t j = 0; j < kJoints; ++j) state.q[j] = ant_->getJointPos(kJointLinks[j]);
  SetState(state);
  pull_ = pull;
  return true;
}

const Scene& BulletAnt::GetScene() { return impl_->GetScene(); }
double BulletAnt::Mass() const { return impl_->Mass(); }
void BulletAnt::SetSceneDetail(bool detail) { impl_->SetSceneDetail(detail); }
bool BulletAnt::Pull(const std::optional<ScenePull>& pull) { return impl_->Pull(pull); }
bool BulletAnt::MoveBody(int body, const Pose& X_WB) { return impl_->MoveBody(body, X_WB); }

}  // namespace rookery
