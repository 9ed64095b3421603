#include "envs/ant/bullet_ant.h"

#include <BulletDynamics/Featherstone/btMultiBodyJointMotor.h>
#include <BulletDynamics/Featherstone/btMultiBodyLinkCollider.h>
#include <CommonInterfaces/CommonGUIHelperInterface.h>
#include <Importers/ImportMJCFDemo/BulletMJCFImporter.h>
#include <Importers/ImportURDFDemo/MyMultiBodyCreator.h>
#include <Importers/ImportURDFDemo/URDF2Bullet.h>
#include <Utils/b3BulletDefaultFileIO.h>

#include <array>
#include <cmath>
#include <vector>

#include "core/assets.h"
#include "core/error.h"
#include "envs/tabletop/bullet_urdf.h"
#include "envs/tabletop/bullet_world.h"
#include "renderers/mesh.h"

namespace rookery {
namespace {

constexpr int kSubSteps = 4;
// Hip and ankle, and the foot, of each leg among the links.
constexpr std::array<int, BulletAnt::kJoints> kJointLinks = {1, 3, 6, 8, 11, 13, 16, 18};
constexpr std::array<int, BulletAnt::kLegs> kFeet = {4, 9, 14, 19};

struct MjcfErrors final : MJCFErrorLogger {
  void reportError(const char* error) override { text += std::string(" ") + error; }
  void reportWarning(const char*) override {}
  void printMessage(const char*) override {}
  std::string text;
};

// Bullet's own reader, without visual shapes.
class MjcfImporter final : public BulletMJCFImporter {
 public:
  MjcfImporter(GUIHelperInterface* gui, CommonFileIOInterface* files, int flags)
      : BulletMJCFImporter(gui, nullptr, files, flags) {}
  ~MjcfImporter() override {
    for (int i = getNumAllocatedCollisionShapes() - 1; i >= 0; --i) {
      delete getAllocatedCollisionShape(i);
    }
  }
  int convertLinkVisualShapes(int, const char*, const btTransform&) const override { return -1; }
  void convertLinkVisualShapes2(int, int, const char*, const btTransform&, btCollisionObject*,
                                int) const override {}
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

constexpr int kMaxPoints = MANIFOLD_CACHE_SIZE;

}  // namespace

class BulletAnt::Impl {
 public:
  explicit Impl(bool unit_axes);
  ~Impl();

  struct State {
    std::array<btScalar, 3> position, velocity, omega;
    std::array<btScalar, 4> rotation;  // world to base
    std::array<btScalar, kJoints> q, v;
    struct Points {
      int count = 0;
      std::array<btManifoldPoint, kMaxPoints> points;
    };
    std::array<Points, kLinks + 1> contacts;  // of the base, then the links
  };

  void SetState(const State& state);
  // The engine's memory of contacts between a link (-1: the base) and the floor, or nullptr.
  btPersistentManifold* Contacts(int link) const;
  btMultiBodyLinkCollider* Collider(int link) const {
    return link < 0 ? ant_->getBaseCollider() : ant_->getLink(link).m_collider;
  }
  const Scene& GetScene();

  btMultiBody& ant() { return *ant_; }
  btMultiBodyDynamicsWorld& world() { return engine_.world(); }

 private:
  void MakeScene();

  BulletWorld engine_;
  DummyGUIHelper gui_;
  b3BulletDefaultFileIO files_;
  MjcfImporter importer_;
  BulletUrdf floor_urdf_;
  std::unique_ptr<btMultiBody> floor_, ant_;
  Scene scene_;
  std::vector<int> scene_links_;  // of the scene's bodies after the floor
};

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
    scene_.bodies[i + 1].X_WB = FromBullet(Collider(scene_links_[i])->getWorldTransform());
  }
  const Vec3 torso = FromBullet(ant_->getBasePos());
  // From the side and above, along y.
  const Vec3 offset = {0, -3.6, 2};
  const double slope = std::atan2(offset.z, -offset.y);
  scene_.cameras[0].X_WC = {torso + offset, AxisAngle({1, 0, 0}, -kPi / 2 - slope)};
  scene_.light.center = {torso.x, torso.y, 0};
  return scene_;
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
  for (size_t j = 0; j < kJoints; ++j) impl_->ant().addJointTorque(kJointLinks[j], torques[j]);
  impl_->world().stepSimulation(kStep_s, kSubSteps, kStep_s / kSubSteps);
}

Pose BulletAnt::Torso() const {
  const btMultiBody& ant = impl_->ant();
  return {FromBullet(ant.getBasePos()), Conjugate(FromBullet(ant.getWorldToBaseRot()))};
}

Vec3 BulletAnt::Velocity() const { return FromBullet(impl_->ant().getBaseVel()); }

double BulletAnt::JointPosition(int joint) const {
  return impl_->ant().getJointPos(kJointLinks[static_cast<size_t>(joint)]);
}
double BulletAnt::JointVelocity(int joint) const {
  return impl_->ant().getJointVel(kJointLinks[static_cast<size_t>(joint)]);
}
double BulletAnt::JointLow(int joint) const {
  return impl_->ant().getLink(kJointLinks[static_cast<size_t>(joint)]).m_jointLowerLimit;
}
double BulletAnt::JointHigh(int joint) const {
  return impl_->ant().getLink(kJointLinks[static_cast<size_t>(joint)]).m_jointUpperLimit;
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
    if (contacts.count < 0 || contacts.count > kMaxPoints ||
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

const Scene& BulletAnt::GetScene() { return impl_->GetScene(); }

}  // namespace rookery
