// Masses, friction and inertia of the models, as the engine has them.
#include <BulletDynamics/Featherstone/btMultiBodyConstraintSolver.h>
#include <BulletDynamics/Featherstone/btMultiBodyLinkCollider.h>
#include <btBulletDynamicsCommon.h>
#include <gtest/gtest.h>

#include "core/assets.h"
#include "envs/tabletop/bullet_urdf.h"

namespace rookery {
namespace {

// A body of one model in a world of its own.
class Loaded {
 public:
  explicit Loaded(const std::string& urdf, UrdfOptions options = {})
      : dispatcher_(&configuration_),
        world_(&dispatcher_, &broadphase_, &solver_, &configuration_),
        model_(FindAsset(urdf), options),
        body_(model_.Instantiate(&world_, Pose())) {}
  ~Loaded() {
    for (int link = kBaseLink; link < body_->getNumLinks(); ++link) {
      btMultiBodyLinkCollider* collider = Collider(link);
      if (collider == nullptr) continue;
      world_.removeCollisionObject(collider);
      delete collider;
    }
    world_.removeMultiBody(body_.get());
  }

  btMultiBody& body() { return *body_; }
  btMultiBodyLinkCollider* Collider(int link = kBaseLink) {
    return link == kBaseLink ? body_->getBaseCollider() : body_->getLink(link).m_collider;
  }

 private:
  btDefaultCollisionConfiguration configuration_;
  btCollisionDispatcher dispatcher_;
  btDbvtBroadphase broadphase_;
  btMultiBodyConstraintSolver solver_;
  btMultiBodyDynamicsWorld world_;
  BulletUrdf model_;
  std::unique_ptr<btMultiBody> body_;
};

struct Expected {
  const char* urdf;
  double mass, friction, rolling = 1e-4, inertia_scaling = 3;
  Vec3 size;  // of the collision shape's bounding box, m
};

TEST(ObjectAudit, BodiesThatMove) {
  const UrdfOptions box{.replacements = {{"DIM0", 0.06}, {"DIM1", 0.1}, {"DIM2", 0.02}}};
  for (const Expected& e : {
           Expected{"stacking/block.urdf", 0.01, 1.0, 1e-4, 3, {0.04, 0.04, 0.04}},
           Expected{"block/block.urdf", 0.1, 1.0, 1e-4, 3, {0.04, 0.04, 0.04}},
           Expected{"block/small.urdf", 0.001, 0.5, 1e-4, 3, {0.01, 0.01, 0.01}},
           Expected{"box/box-template.urdf", 0.1, 1.0, 1e-4, 3, {0.06, 0.1, 0.02}},
           Expected{"insertion/ell.urdf", 0.1, 0.3, 1e-4, 3, {0.08, 0.08, 0.04}},
           Expected{"bowl/bowl.urdf", 0.1, 1.0, 0, 3, {0.114, 0.114, 0.0346}},
           Expected{"ur5/suction/suction_head.urdf", 0.1, 1.0, 1e-4, 3, {0.01, 0.01, 0.03}},
       }) {
    SCOPED_TRACE(e.urdf);
    Loaded loaded(e.urdf, e.urdf == std::string("box/box-template.urdf") ? box : UrdfOptions());
    EXPECT_DOUBLE_EQ(loaded.body().getBaseMass(), e.mass);
    const btMultiBodyLinkCollider& collider = *loaded.Collider();
    EXPECT_DOUBLE_EQ(collider.getFriction(), e.friction);
    EXPECT_DOUBLE_EQ(collider.getRollingFriction(), e.rolling);
    EXPECT_DOUBLE_EQ(collider.getRestitution(), 0);
    // Inertia: that of the shape's bounding box, which the engine takes up to 5 mm larger on each
    // side, times the model's factor. Tensors in the files are ignored.
    const btVector3 inertia = loaded.body().getBaseInertia();
    for (int axis = 0; axis < 3; ++axis) {
      const double a = e.size[(axis + 1) % 3], b = e.size[(axis + 2) % 3];
      const auto of_box = [&](double margin) {
        const double y = a + 2 * margin, z = b + 2 * margin;
        return e.inertia_scaling * e.mass / 12 * (y * y + z * z);
      };
      EXPECT_GT(inertia[axis], of_box(0) * (1 - 1e-9)) << "axis " << axis;
      EXPECT_LT(inertia[axis], of_box(0.005)) << "axis " << axis;
    }
  }
}

TEST(ObjectAudit, FixedBodies) {
  const auto friction = [](const char* urdf, int link = kBaseLink) {
    Loaded loaded(urdf, {.fixed_base = true});
    return loaded.Collider(link)->getFriction();
  };
  EXPECT_DOUBLE_EQ(friction("plane/plane.urdf"), 1.0);
  EXPECT_DOUBLE_EQ(friction("insertion/fixture.urdf"), 0.3);
  EXPECT_DOUBLE_EQ(friction("pallet/pallet.urdf"), 1.0);
  EXPECT_DOUBLE_EQ(friction("stacking/stand.urdf"), 1.0);
  EXPECT_DOUBLE_EQ(friction("stacking/stand.urdf", 0), 0.5);
  EXPECT_DOUBLE_EQ(friction("stacking/stand.urdf", 1), 0.5);
  // What is only drawn touches nothing.
  for (const char* urdf : {"corner/corner-template.urdf", "zone/zone.urdf"}) {
    const std::vector<std::pair<std::string, double>> sizes = {
        {"DIMX0", 0.1}, {"DIMX1", 0.1}, {"DIMY0", 0.1}, {"DIMY1", 0.1}};
    Loaded loaded(urdf, {.fixed_base = true, .replacements = sizes});
    const btMultiBodyLinkCollider* collider = loaded.Collider();
    EXPECT_TRUE(
        collider == nullptr ||
        static_cast<const btCompoundShape*>(collider->getCollisionShape())->getNumChildShapes() ==
            0)
        << urdf;
  }
}

}  // namespace
}  // namespace rookery
