#include "envs/ant/bullet_ant.h"

#include <BulletDynamics/Featherstone/btMultiBodyJointMotor.h>
#include <Importers/ImportURDFDemo/MyMultiBodyCreator.h>
#include <Importers/ImportURDFDemo/URDF2Bullet.h>

#include <array>
#include <cmath>
#include <vector>

#include "core/assets.h"
#include "core/error.h"
#include "envs/ant/bullet_ant_impl.h"

namespace rookery {
namespace {

// The foot of each leg among the links.
constexpr std::array<int, BulletAnt::kLegs> kFeet = {4, 9, 14, 19};

struct MjcfErrors final : MJCFErrorLogger {
  void reportError(const char* error) override { text += std::string(" ") + error; }
  void reportWarning(const char*) override {}
  void printMessage(const char*) override {}
  std::string text;
};

// Every number of a contact point that outlives a step.
template <typename Point, typename Visit>
void VisitPoint(Point& p, const Visit& visit) {
  for (auto* v : {&p.m_localPointA, &p.m_localPointB, &p.m_positionWorldOnB, &p.m_positionWorldOnA,
                  &p.m_normalWorldOnB, &p.m_lateralFrictionDir1, &p.m_lateralFrictionDir2}) {
    for (int i = 0; i < 3; ++i) visit((*v)[i]);
  }
  for (auto* x :
       {&p.m_distance1, &p.m_combinedFriction, &p.m_combinedRollingFriction,
        &p.m_combinedSpinningFriction, &p.m_combinedRestitution, &p.m_appliedImpulse, &p.m_prevRHS,
        &p.m_appliedImpulseLateral1, &p.m_appliedImpulseLateral2, &p.m_contactMotion1,
        &p.m_contactMotion2, &p.m_contactCFM, &p.m_contactERP, &p.m_frictionCFM}) {
    visit(*x);
  }
  for (auto* x : {&p.m_partId0, &p.m_partId1, &p.m_index0, &p.m_index1, &p.m_contactPointFlags,
                  &p.m_lifeTime}) {
    visit(*x);
  }
}

}  // namespace

BulletAnt::Impl::Impl(bool unit_axes)
    : engine_(/*erp=*/0.9, /*iterations=*/5),
      importer_(&gui_, &files_, CUF_USE_MJCF),
      floor_urdf_(FindAsset("ant/floor.urdf"), {.fixed_base = true}) {
  world().getDispatchInfo().m_deterministicOverlappingPairs = true;
  floor_.reset(floor_urdf_.Instantiate(&world(), Pose()));
  floor_->getBaseCollider()->setFriction(0.8);
  floor_->getBaseCollider()->setRestitution(0.5);

  const std::string path = FindAsset("ant/ant_bullet.xml");
  MjcfErrors errors;
  if (!importer_.loadMJCF(path.c_str(), &errors) || importer_.getNumModels() != 1) {
    throw Failure("bullet cannot read " + path + ":" + errors.text);
  }
  importer_.activateModel(0);
  btTransform root;
  root.setIdentity();
  importer_.getRootTransformInWorld(root);
  MyMultiBodyCreator creator(&gui_);
  ConvertURDF2Bullet(
      importer_, creator, root, &world(), /*createMultiBody=*/true, importer_.getPathPrefix(),
      CUF_USE_MJCF | CUF_USE_SELF_COLLISION | CUF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS);
  ant_.reset(creator.getBulletMultiBody());
  ROOKERY_CHECK(ant_ != nullptr);
  ROOKERY_CHECK_EQ(ant_->getNumLinks(), kLinks);
  for (int link : kJointLinks) {
    btMultibodyLink& joint = ant_->getLink(link);
    ROOKERY_CHECK_EQ(static_cast<int>(joint.m_jointType),
                     static_cast<int>(btMultibodyLink::eRevolute));
    if (!unit_axes) continue;
    const btScalar length = joint.getAxisTop(0).length();
    joint.setAxisTop(0, joint.getAxisTop(0) / length);
    joint.setAxisBottom(0, joint.getAxisBottom(0) / length);
  }
  // PyBullet's motors, switched off. They do nothing but keep the joints' limits in the order in
  // which the engine solves them, which tells after five iterations.
  for (int link : kJointLinks) {
    auto* motor = new btMultiBodyJointMotor(ant_.get(), link, 0, 0, 0);
    world().addMultiBodyConstraint(motor);
    motor->finalizeMultiDof();
  }
  engine_.UpdateTransforms(ant_.get());
  // Finds all pairs that can ever touch, as the floor has no end: from now on the engine holds
  // the same things in the same order, whatever happens.
  world().performDiscreteCollisionDetection();
  MakeScene();
}

BulletAnt::Impl::~Impl() {
  for (int i = world().getNumMultiBodyConstraints() - 1; i >= 0; --i) {
    btMultiBodyConstraint* constraint = world().getMultiBodyConstraint(i);
    world().removeMultiBodyConstraint(constraint);
    delete constraint;
  }
  for (btMultiBody* body : {ant_.get(), floor_.get()}) {
    if (body == nullptr) continue;
    world().removeMultiBody(body);
    for (int link = -1; link < body->getNumLinks(); ++link) {
      btMultiBodyLinkCollider* collider =
          link < 0 ? body->getBaseCollider() : body->getLink(link).m_collider;
      if (collider == nullptr) continue;
      world().removeCollisionObject(collider);
      delete collider;
    }
  }
}

btPersistentManifold* BulletAnt::Impl::Contacts(int link) const {
  const btCollisionObject* collider = Collider(link);
  if (collider == nullptr) return nullptr;
  auto& dispatcher = const_cast<btCollisionDispatcher&>(engine_.dispatcher());
  for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
    btPersistentManifold* manifold = dispatcher.getManifoldByIndexInternal(i);
    if (manifold->getBody0() == collider || manifold->getBody1() == collider) return manifold;
  }
  return nullptr;
}

void BulletAnt::Impl::SetState(const State& state) {
  pull_.reset();
  const auto vector = [](const auto& v) { return btVector3(v[0], v[1], v[2]); };
  ant_->clearForcesAndTorques();
  ant_->setBasePos(vector(state.position));
  ant_->setWorldToBaseRot(
      btQuaternion(state.rotation[0], state.rotation[1], state.rotation[2], state.rotation[3]));
  ant_->setBaseVel(vector(state.velocity));
  ant_->setBaseOmega(vector(state.omega));
  for (size_t j = 0; j < kJoints; ++j) {
    ant_->setJointPos(kJointLinks[j], state.q[j]);
    ant_->setJointVel(kJointLinks[j], state.v[j]);
  }
  engine_.UpdateTransforms(ant_.get());
  // Bullet leaves out what has flown too far.
  for (int link = -1; link < kLinks; ++link) {
    if (Collider(link) != nullptr) Collider(link)->forceActivationState(ACTIVE_TAG);
  }
  for (int i = 0; i < engine_.dispatcher().getNumManifolds(); ++i) {
    engine_.dispatcher().getManifoldByIndexInternal(i)->clearManifold();
  }
  for (int link = -1; link < kLinks; ++link) {
    const State::Points& from = state.contacts[static_cast<size_t>(link + 1)];
    if (from.count == 0) continue;
    btPersistentManifold* manifold = Contacts(link);
    ROOKERY_CHECK(manifold != nullptr);
    manifold->setNumContacts(from.count);
    for (int i = 0; i < from.count; ++i) {
      manifold->getContactPoint(i) = from.points[static_cast<size_t>(i)];
    }
  }
}

BulletAnt::BulletAnt(bool unit_axes) : impl_(std::make_unique<Impl>(unit_axes)) {}
BulletAnt::~BulletAnt() = default;

void BulletAnt::Reset(std::span<const double> joints) {
  ROOKERY_CHECK_EQ(std::ssize(joints), kJoints);
  Impl::State state = {};
  state.position = {0, 0, 0.75};
  state.rotation = {0, 0, 0, 1};
  std::copy(joints.begin(), joints.end(), state.q.begin());
  impl_->SetState(state);
}

void BulletAnt::Step(std::span<const double> torques) {
  ROOKERY_CHECK_EQ(std::ssize(torques), kJoints);
  for (size_t j = 0; j < kJoints; ++j)
    impl_->ant().addJointTorque(Impl::kJointLinks[j], torques[j]);
  impl_->ApplyPull();
  impl_->world().stepSimulation(kStep_s, Impl::kSubSteps, kStep_s / Impl::kSubSteps);
}

Pose BulletAnt::Torso() const {
  const btMultiBody& ant = impl_->ant();
  return {FromBullet(ant.getBasePos()), Conjugate(FromBullet(ant.getWorldToBaseRot()))};
}

Vec3 BulletAnt::Velocity() const { return FromBullet(impl_->ant().getBaseVel()); }

double BulletAnt::JointPosition(int joint) const {
  return impl_->ant().getJointPos(Impl::kJointLinks[static_cast<size_t>(joint)]);
}
double BulletAnt::JointVelocity(int joint) const {
  return impl_->ant().getJointVel(Impl::kJointLinks[static_cast<size_t>(joint)]);
}
double BulletAnt::JointLow(int joint) const {
  return impl_->ant().getLink(Impl::kJointLinks[static_cast<size_t>(joint)]).m_jointLowerLimit;
}
double BulletAnt::JointHigh(int joint) const {
  return impl_->ant().getLink(Impl::kJointLinks[static_cast<size_t>(joint)]).m_jointUpperLimit;
}

Vec3 BulletAnt::LinkPosition(int link) const {
  return FromBullet(impl_->ant().getLink(link).m_cachedWorldTransform.getOrigin());
}

bool BulletAnt::FootTouchesFloor(int leg) const {
  const btPersistentManifold* contacts = impl_->Contacts(kFeet[static_cast<size_t>(leg)]);
  return contacts != nullptr && contacts->getNumContacts() > 0;
}

bool BulletAnt::IsFinite() const {
  const Pose torso = Torso();
  const Vec3 velocity = Velocity(), omega = FromBullet(impl_->ant().getBaseOmega());
  double sum = torso.q.x + torso.q.y + torso.q.z + torso.q.w;
  for (const Vec3& v : {torso.p, velocity, omega}) sum += v.x + v.y + v.z;
  for (int j = 0; j < kJoints; ++j) sum += JointPosition(j) + JointVelocity(j);
  return std::isfinite(sum);
}

void BulletAnt::Save(ByteWriter* out) const {
  const btMultiBody& ant = impl_->ant();
  const auto put = [out](const auto& v, int n) {
    for (int i = 0; i < n; ++i) out->Put(v[i]);
  };
  put(ant.getBasePos(), 3);
  put(ant.getWorldToBaseRot(), 4);
  put(ant.getBaseVel(), 3);
  put(ant.getBaseOmega(), 3);
  for (int j = 0; j < kJoints; ++j) {
    out->Put(JointPosition(j));
    out->Put(JointVelocity(j));
  }
  for (int link = -1; link < kLinks; ++link) {
    const btPersistentManifold* contacts = impl_->Contacts(link);
    const int count = contacts == nullptr ? 0 : contacts->getNumContacts();
    out->Put(count);
    for (int i = 0; i < count; ++i) {
      VisitPoint(contacts->getContactPoint(i), [out](const auto& value) { out->Put(value); });
    }
  }
}

void BulletAnt::Load(ByteReader* in) {
  Impl::State state = {};
  const auto get = [in](auto* array) {
    for (auto& v : *array) v = in->Get<btScalar>();
  };
  get(&state.position);
  get(&state.rotation);
  get(&state.velocity);
  get(&state.omega);
  for (size_t j = 0; j < kJoints; ++j) {
    state.q[j] = in->Get<btScalar>();
    state.v[j] = in->Get<btScalar>();
  }
  for (int link = -1; link < kLinks; ++link) {
    Impl::State::Points& contacts = state.contacts[static_cast<size_t>(link + 1)];
    contacts.count = in->Get<int>();
    if (contacts.count < 0 || contacts.count > Impl::kMaxPoints ||
        (contacts.count > 0 && impl_->Contacts(link) == nullptr)) {
      throw UserError("snapshot: link " + std::to_string(link) + " cannot have " +
                      std::to_string(contacts.count) + " contact points");
    }
    for (int i = 0; i < contacts.count; ++i) {
      VisitPoint(contacts.points[static_cast<size_t>(i)], [in](auto& value) {
        value = in->Get<std::remove_reference_t<decltype(value)>>();
      });
    }
  }
  impl_->SetState(state);
}

}  // namespace rookery
