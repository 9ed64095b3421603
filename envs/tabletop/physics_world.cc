#include "envs/tabletop/physics_world.h"

#include <BulletDynamics/Featherstone/btMultiBodyFixedConstraint.h>
#include <BulletDynamics/Featherstone/btMultiBodyPoint2Point.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/assets.h"
#include "core/error.h"
#include "envs/hand.h"
#include "envs/tabletop/physics_world_impl.h"

namespace rookery {
namespace {

constexpr double kDefaultMaxImpulse = 500;  // N s, of PyBullet's user constraints

// `swap`: A is the engine's second body.
Contact MakeContact(const btMultiBodyLinkCollider& a, const btMultiBodyLinkCollider& b,
                    const btManifoldPoint& point, bool swap, double step_s) {
  const double sign = swap ? -1 : 1;
  return {.body_a = a.m_multiBody->getUserIndex2(),
          .body_b = b.m_multiBody->getUserIndex2(),
          .link_a = a.m_link,
          .link_b = b.m_link,
          .distance = point.getDistance(),
          .normal_impulse = point.getAppliedImpulse(),
          .force_on_b = FromBullet(ContactImpulse(point)) * (-sign / step_s),
          .position = FromBullet(swap ? point.getPositionWorldOnA() : point.getPositionWorldOnB()),
          .normal_on_b = FromBullet(point.m_normalWorldOnB) * sign};
}

}  // namespace

// As Ravens has it.
PhysicsWorld::Impl::Impl(double step) : step_s(step), engine_(/*erp=*/0.08, /*iterations=*/50) {
  if (!(step > 0))
    throw UserError("physics step of " + std::to_string(step) + " s is not positive");
}

PhysicsWorld::Impl::~Impl() { Clear(); }

const PhysicsWorld::Impl::Body& PhysicsWorld::Impl::At(BodyId id) const {
  return const_cast<Impl*>(this)->At(id);
}

PhysicsWorld::Impl::Body& PhysicsWorld::Impl::At(BodyId id) {
  Body* body = Find(id);
  if (body == nullptr) throw UserError("there is no body " + std::to_string(id) + " in the world");
  return *body;
}

PhysicsWorld::Impl::Body* PhysicsWorld::Impl::Find(BodyId id) {
  const auto at =
      std::lower_bound(bodies.begin(), bodies.end(), id,
                       [](const auto& body, BodyId wanted) { return body->id < wanted; });
  return at != bodies.end() && (*at)->id == id ? at->get() : nullptr;
}

btMultiBody& PhysicsWorld::Impl::MultiBody(BodyId id, int link) const {
  const Body& body = At(id);
  if (link < kBaseLink || link >= body.multibody->getNumLinks()) {
    throw UserError("body " + std::to_string(id) + " (" + body.urdf + ") has no link " +
                    std::to_string(link));
  }
  return *body.multibody;
}

BulletUrdf* PhysicsWorld::Impl::Model(const std::string& urdf, const UrdfOptions& options) {
  std::string key = (options.fixed_base ? "fixed " : "free ") + urdf;
  for (const auto& [name, value] : options.replacements) {
    char number[32];
    std::snprintf(number, sizeof(number), "%.17g", value);
    key += " " + name + "=" + number;
  }
  std::unique_ptr<BulletUrdf>& model = models_[key];
  if (model == nullptr) {
    try {
      model = std::make_unique<BulletUrdf>(FindAsset(urdf), options);
    } catch (...) {
      models_.erase(key);
      throw;
    }
  }
  return model.get();
}

void PhysicsWorld::Impl::AddBody(BodyId id, const std::string& urdf, const Pose& X_WB,
                                 const UrdfOptions& options) {
  BulletUrdf* model = Model(urdf, options);
  auto body = std::make_unique<Body>();
  body->id = id;
  body->urdf = urdf;
  body->options = options;
  body->model = model;
  const int constraints_before = world().getNumMultiBodyConstraints();
  body->multibody.reset(model->Instantiate(&world(), X_WB));
  btMultiBody* multibody = body->multibody.get();
  multibody->setUserIndex2(id);
  for (int link = kBaseLink; link < multibody->getNumLinks(); ++link) {
    btMultiBodyLinkCollider* collider =
        link == kBaseLink ? multibody->getBaseCollider() : multibody->getLink(link).m_collider;
    if (collider == nullptr) continue;
    const btBroadphaseProxy* proxy = collider->getBroadphaseHandle();
    body->colliders.push_back({std::unique_ptr<btMultiBodyLinkCollider>(collider),
                               proxy->m_collisionFilterGroup, proxy->m_collisionFilterMask});
  }
  for (int i = constraints_before; i < world().getNumMultiBodyConstraints(); ++i) {
    body->limits.emplace_back(world().getMultiBodyConstraint(i));
  }
  // PyBullet gives every joint that moves a weak velocity motor.
  for (int link = 0; link < multibody->getNumLinks(); ++link) {
    const auto type = multibody->getLink(link).m_jointType;
    if (type != btMultibodyLink::eRevolute && type != btMultibodyLink::ePrismatic) continue;
    Motor motor;
    motor.state.link = link;
    motor.joint =
        std::make_unique<btMultiBodyJointMotor>(multibody, link, 0, 0, motor.state.max_impulse);
    motor.Apply();
    world().addMultiBodyConstraint(motor.joint.get());
    motor.joint->finalizeMultiDof();
    body->motors.push_back(std::move(motor));
  }
  engine_.UpdateTransforms(multibody);
  bodies.push_back(std::move(body));
}

void PhysicsWorld::Impl::AddConstraint(const ConstraintState& state) {
  btMultiBody* parent = &MultiBody(state.parent, state.parent_link);
  btMultiBody* child = &MultiBody(state.child, state.child_link);
  UserConstraint constraint;
  constraint.state = state;
  if (state.fixed) {
    constraint.joint = std::make_unique<btMultiBodyFixedConstraint>(
        parent, state.parent_link, child, state.child_link, ToBullet(state.X_PJ.p),
        ToBullet(state.X_CJ.p), btMatrix3x3(ToBullet(state.X_PJ.q)),
        btMatrix3x3(ToBullet(state.X_CJ.q)));
  } else {
    constraint.joint =
        std::make_unique<btMultiBodyPoint2Point>(parent, state.parent_link, child, state.child_link,
                                                 ToBullet(state.X_PJ.p), ToBullet(state.X_CJ.p));
  }
  constraint.joint->setMaxAppliedImpulse(state.max_impulse);
  world().addMultiBodyConstraint(constraint.joint.get());
  constraints.push_back(std::move(constraint));
}

void PhysicsWorld::Impl::Attach(Body* body) {
  for (const Collider& collider : body->colliders) {
    collider.object->setActivationState(ACTIVE_TAG);
    world().addCollisionObject(collider.object.get(), collider.group, collider.mask);
  }
  for (const auto& limit : body->limits) world().addMultiBodyConstraint(limit.get());
  world().addMultiBody(body->multibody.get());
  for (const Motor& motor : body->motors) world().addMultiBodyConstraint(motor.joint.get());
}

void PhysicsWorld::Impl::Detach(Body* body) {
  for (const Motor& motor : body->motors) world().removeMultiBodyConstraint(motor.joint.get());
  for (const auto& limit : body->limits) world().removeMultiBodyConstraint(limit.get());
  world().removeMultiBody(body->multibody.get());
  for (const Collider& collider : body->colliders) {
    world().removeCollisionObject(collider.object.get());
  }
}

void PhysicsWorld::Impl::Clear() {
  for (UserConstraint& constraint : constraints) Detach(&constraint);
  constraints.clear();
  for (const auto& body : bodies) Detach(body.get());
  bodies.clear();
  next_body = 0;
  next_constraint = 0;
  engine_.ResetEngine();
  DropTemplates();
}

void PhysicsWorld::Impl::Place(Body* body, const Pose& X_WC) {
  btMultiBody* multibody = body->multibody.get();
  multibody->setBasePos(ToBullet(X_WC.p));
  multibody->setWorldToBaseRot(ToBullet(Conjugate(X_WC.q)));
  multibody->clearVelocities();
  engine_.UpdateTransforms(multibody);
  for (const Collider& collider : body->colliders) world().updateSingleAabb(collider.object.get());
}

void PhysicsWorld::Impl::Step() {
  // Bullet integrates the base velocity of every multibody, and constraints see it; bodies with
  // a fixed base merely do not react.
  for (const auto& body : bodies) {
    if (!body->X_WC_next) continue;
    const Pose X_WC = body->ComPose();
    Quat turn = body->X_WC_next->q * Conjugate(X_WC.q);
    if (turn.w < 0) turn = {-turn.x, -turn.y, -turn.z, -turn.w};
    const double sine = Norm(Vec3(turn.x, turn.y, turn.z));
    const double angle = 2 * std::atan2(sine, turn.w);
    const Vec3 omega =
        sine < 1e-12 ? Vec3() : Vec3(turn.x, turn.y, turn.z) * (angle / sine / step_s);
    const Vec3 velocity = (body->X_WC_next->p - X_WC.p) * (1 / step_s);
    // Bullet adds dt (omega x v) to the velocity of a body without forces (it keeps the spatial
    // velocity); undo that: v = (1 + [a])^-1 velocity with a = dt omega.
    const Vec3 a = omega * step_s;
    const Vec3 v = (velocity - Cross(a, velocity) + a * Dot(a, velocity)) * (1 / (1 + Dot(a, a)));
    body->multibody->setBaseVel(ToBullet(v));
    body->multibody->setBaseOmega(ToBullet(omega));
  }
  world().stepSimulation(step_s, 0);
  for (const auto& body : bodies) {
    if (!body->X_WC_next) continue;
    Place(body.get(), *body->X_WC_next);
    body->X_WC_next.reset();
  }
}

PhysicsWorld::PhysicsWorld(double step_s) : impl_(std::make_unique<Impl>(step_s)) {}
PhysicsWorld::~PhysicsWorld() = default;

double PhysicsWorld::step_s() const { return impl_->step_s; }

BodyId PhysicsWorld::LoadUrdf(const std::string& urdf, const Pose& X_WB,
                              const UrdfOptions& options) {
  impl_->AddBody(impl_->next_body, urdf, X_WB, options);
  return impl_->next_body++;
}

void PhysicsWorld::RemoveBody(BodyId id) {
  Impl::Body* body = &impl_->At(id);
  std::erase_if(impl_->constraints, [&](Impl::UserConstraint& constraint) {
    if (constraint.state.parent != id && constraint.state.child != id) return false;
    impl_->Detach(&constraint);
    return true;
  });
  impl_->Detach(body);
  std::erase_if(impl_->bodies, [&](const auto& other) { return other->id == id; });
}

void PhysicsWorld::Clear() { impl_->Clear(); }

std::vector<BodyId> PhysicsWorld::Bodies() const {
  std::vector<BodyId> ids;
  for (const auto& body : impl_->bodies) ids.push_back(body->id);
  return ids;
}

size_t PhysicsWorld::NumModels() const { return impl_->NumModels(); }

Pose PhysicsWorld::ComPose(BodyId id) const { return impl_->At(id).ComPose(); }

Pose PhysicsWorld::BodyPose(BodyId id) const {
  const Impl::Body& body = impl_->At(id);
  const BulletUrdf::Link& base = body.model->base();
  return base.com_is_origin ? body.ComPose() : body.ComPose() * base.X_LC.Inverse();
}

void PhysicsWorld::SetBodyPose(BodyId id, const Pose& X_WB) {
  Impl::Body* body = &impl_->At(id);
  impl_->Place(body, body->ComFromBody(X_WB));
}

void PhysicsWorld::MoveFixedBody(BodyId id, const Pose& X_WB) {
  Impl::Body* body = &impl_->At(id);
  if (!body->multibody->hasFixedBase()) {
    throw UserError("body " + std::to_string(id) + " (" + body->urdf + ") has no fixed base");
  }
  body->X_WC_next = body->ComFromBody(X_WB);
}

void PhysicsWorld::ApplyForce(BodyId id, const Vec3& force) {
  impl_->At(id).multibody->addBaseForce(ToBullet(force));
}

void PhysicsWorld::PullBody(const ScenePull& pull) {
  btMultiBody& body = *impl_->At(pull.body).multibody;
  BodyInHand held;
  held.mass = held.total_mass = body.getBaseMass();
  for (int link = 0; link < body.getNumLinks(); ++link) held.total_mass += body.getLinkMass(link);
  held.inertia = FromBullet(body.getBaseInertia());
  held.X_WC = ComPose(pull.body);
  held.velocity = Velocity(pull.body);
  held.angular_velocity = AngularVelocity(pull.body);
  const HandLoad load = HandLoadOn(held, BodyPose(pull.body) * pull.p_B, pull.target,
                                   FromBullet(impl_->world().getGravity()), impl_->step_s);
  body.addBaseForce(ToBullet(load.force));
  body.addBaseTorque(ToBullet(load.torque));
}

Vec3 PhysicsWorld::Velocity(BodyId id) const {
  return FromBullet(impl_->At(id).multibody->getBaseVel());
}

Vec3 PhysicsWorld::AngularVelocity(BodyId id) const {
  return FromBullet(impl_->At(id).multibody->getBaseOmega());
}

bool PhysicsWorld::IsFixed(BodyId id) const { return impl_->At(id).multibody->hasFixedBase(); }

int PhysicsWorld::NumLinks(BodyId id) const { return impl_->At(id).multibody->getNumLinks(); }

int PhysicsWorld::FindLink(BodyId id, const std::string& name) const {
  const BulletUrdf& model = *impl_->At(id).model;
  if (model.base().name == name) return kBaseLink;
  std::vector<std::string> names = {model.base().name};
  for (size_t i = 0; i < model.links().size(); ++i) {
    if (model.links()[i].name == name) return static_cast<int>(i);
    names.push_back(model.links()[i].name);
  }
  throw UserError(impl_->At(id).urdf + " has no link '" + name + "'" + DidYouMean(name, names) +
                  "; it has " + Join(names));
}

Pose PhysicsWorld::Impl::AlongChain(const btMultiBody& body, int link, btQuaternion world_to_link,
                                    btVector3 origin) {
  std::vector<int> chain;
  for (int i = link; i != kBaseLink; i = body.getParent(i)) chain.push_back(i);
  for (auto i = chain.rbegin(); i != chain.rend(); ++i) {
    world_to_link = body.getParentToLocalRot(*i) * world_to_link;
    origin += quatRotate(world_to_link.inverse(), body.getRVector(*i));
  }
  return {FromBullet(origin), Conjugate(FromBullet(world_to_link))};
}

Pose PhysicsWorld::LinkComPose(BodyId id, int link) const {
  const btMultiBody& body = impl_->MultiBody(id, link);
  if (link == kBaseLink) return ComPose(id);
  return Impl::AlongChain(body, link, body.getWorldToBaseRot(), body.getBasePos());
}

Pose PhysicsWorld::LinkComPoseBeforeStep(BodyId id, int link) const {
  const btMultiBody& body = impl_->MultiBody(id, link);
  ROOKERY_CHECK(link != kBaseLink);
  return FromBullet(body.getLink(link).m_cachedWorldTransform);
}

Pose PhysicsWorld::LinkPose(BodyId id, int link) const {
  const BulletUrdf::Link& facts = impl_->At(id).model->link(link);
  const Pose X_WC = LinkComPose(id, link);
  return facts.com_is_origin ? X_WC : X_WC * facts.X_LC.Inverse();
}

double PhysicsWorld::JointPosition(BodyId id, int link) const {
  const btMultiBody& body = impl_->MultiBody(id, link);
  return link == kBaseLink || body.getLink(link).m_posVarCount == 0 ? 0 : body.getJointPos(link);
}

double PhysicsWorld::JointVelocity(BodyId id, int link) const {
  const btMultiBody& body = impl_->MultiBody(id, link);
  return link == kBaseLink || body.getLink(link).m_dofCount == 0 ? 0 : body.getJointVel(link);
}

void PhysicsWorld::SetJointPosition(BodyId id, int link, double position) {
  btMultiBody& body = impl_->MultiBody(id, link);
  if (link == kBaseLink || body.getLink(link).m_posVarCount != 1) {
    throw UserError("link " + std::to_string(link) + " of " + impl_->At(id).urdf + " has no joint");
  }
  body.setJointPos(link, position);
  body.setJointVel(link, 0);
  impl_->engine().UpdateTransforms(&body);
  for (const Impl::Collider& collider : impl_->At(id).colliders) {
    impl_->world().updateSingleAabb(collider.object.get());
  }
}

void PhysicsWorld::SetMotor(BodyId id, int link, double target, double max_force,
                            double position_gain, double velocity_gain, double target_velocity) {
  Impl::Body& body = impl_->At(id);
  for (Impl::Motor& motor : body.motors) {
    if (motor.state.link != link) continue;
    const btMultibodyLink& joint = body.multibody->getLink(link);
    if (joint.m_jointLowerLimit <= joint.m_jointUpperLimit) {
      target = std::clamp(target, joint.m_jointLowerLimit, joint.m_jointUpperLimit);
    }
    motor.state = {
        link, target, position_gain, target_velocity, velocity_gain, max_force * impl_->step_s};
    motor.Apply();
    return;
  }
  throw UserError("link " + std::to_string(link) + " of " + body.urdf + " has no motor");
}

ConstraintId PhysicsWorld::AddFixedConstraint(BodyId parent, int parent_link, BodyId child,
                                              int child_link, const Pose& X_PJ, const Pose& X_CJ,
                                              std::optional<double> max_force) {
  ConstraintState state;
  state.id = impl_->next_constraint;
  state.parent = parent;
  state.parent_link = parent_link;
  state.child = child;
  state.child_link = child_link;
  state.X_PJ = X_PJ;
  state.X_CJ = X_CJ;
  state.max_impulse = max_force ? *max_force * impl_->step_s : kDefaultMaxImpulse;
  impl_->AddConstraint(state);
  return impl_->next_constraint++;
}

ConstraintId PhysicsWorld::AddPointConstraint(BodyId parent, int parent_link, BodyId child,
                                              int child_link, const Vec3& p_P, const Vec3& p_C,
                                              std::optional<double> max_force) {
  ConstraintState state;
  state.id = impl_->next_constraint;
  state.fixed = false;
  state.parent = parent;
  state.parent_link = parent_link;
  state.child = child;
  state.child_link = child_link;
  state.X_PJ = Pose(p_P);
  state.X_CJ = Pose(p_C);
  state.max_impulse = max_force ? *max_force * impl_->step_s : kDefaultMaxImpulse;
  impl_->AddConstraint(state);
  return impl_->next_constraint++;
}

void PhysicsWorld::RemoveConstraint(ConstraintId id) {
  for (auto i = impl_->constraints.begin(); i != impl_->constraints.end(); ++i) {
    if (i->state.id != id) continue;
    impl_->Detach(&*i);
    impl_->constraints.erase(i);
    return;
  }
  throw UserError("there is no constraint " + std::to_string(id) + " in the world");
}

void PhysicsWorld::Step() { impl_->Step(); }

void PhysicsWorld::GetContacts(BodyId id, std::optional<int> link,
                               std::vector<Contact>* out) const {
  out->clear();
  btDispatcher& dispatcher = impl_->engine().dispatcher();
  for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
    const auto* a = btMultiBodyLinkCollider::upcast(manifold.getBody0());
    const auto* b = btMultiBodyLinkCollider::upcast(manifold.getBody1());
    const bool swap = a->m_multiBody->getUserIndex2() != id;
    if (swap) {
      std::swap(a, b);
      if (a->m_multiBody->getUserIndex2() != id) continue;
    }
    if (link && a->m_link != *link) continue;
    for (int p = 0; p < manifold.getNumContacts(); ++p) {
      out->push_back(MakeContact(*a, *b, manifold.getContactPoint(p), swap, impl_->step_s));
    }
  }
}

void PhysicsWorld::GetContacts(std::vector<Contact>* out) const {
  out->clear();
  btDispatcher& dispatcher = impl_->engine().dispatcher();
  for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
    const auto* a = btMultiBodyLinkCollider::upcast(manifold.getBody0());
    const auto* b = btMultiBodyLinkCollider::upcast(manifold.getBody1());
    for (int p = 0; p < manifold.getNumContacts(); ++p) {
      out->push_back(
          MakeContact(*a, *b, manifold.getContactPoint(p), /*swap=*/false, impl_->step_s));
    }
  }
}

}  // namespace rookery
