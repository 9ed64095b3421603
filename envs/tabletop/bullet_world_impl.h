// Private to envs: includes Bullet. A world of multibodies as PyBullet makes it, without bodies.
#ifndef ROOKERY_ENVS_TABLETOP_BULLET_WORLD_IMPL_H_
#define ROOKERY_ENVS_TABLETOP_BULLET_WORLD_IMPL_H_

#include <BulletDynamics/Featherstone/btMultiBody.h>
#include <BulletDynamics/Featherstone/btMultiBodyConstraintSolver.h>
#include <BulletDynamics/Featherstone/btMultiBodyDynamicsWorld.h>
#include <btBulletDynamicsCommon.h>

namespace rookery {

// N s, normal and friction of the last step, on the engine's first body.
inline btVector3 ContactImpulse(const btManifoldPoint& point) {
  return point.m_normalWorldOnB * point.m_appliedImpulse +
         point.m_lateralFrictionDir1 * point.m_appliedImpulseLateral1 +
         point.m_lateralFrictionDir2 * point.m_appliedImpulseLateral2;
}

class BulletWorld {
 public:
  // Gravity is (0, 0, -9.8). `erp`: share of a contact's error that a step removes.
  BulletWorld(double erp, int solver_iterations);
  BulletWorld(const BulletWorld&) = delete;
  BulletWorld& operator=(const BulletWorld&) = delete;

  btMultiBodyDynamicsWorld& world() { return world_; }
  btCollisionDispatcher& dispatcher() { return dispatcher_; }
  const btCollisionDispatcher& dispatcher() const { return dispatcher_; }
  // Poses of links and colliders from base pose and joint positions.
  void UpdateTransforms(btMultiBody* body);
  // Of a world without objects: tree and counters of the broadphase, the solver.
  void ResetEngine();

 private:
  // PyBullet lets two objects meet when either accepts the other.
  struct EitherAccepts final : btOverlapFilterCallback {
    bool needBroadphaseCollision(btBroadphaseProxy* a, btBroadphaseProxy* b) const override {
      return (a->m_collisionFilterGroup & b->m_collisionFilterMask) != 0 ||
             (b->m_collisionFilterGroup & a->m_collisionFilterMask) != 0;
    }
  };

  btDefaultCollisionConfiguration configuration_;
  btCollisionDispatcher dispatcher_;
  EitherAccepts filter_;
  btHashedOverlappingPairCache pairs_;
  btDbvtBroadphase broadphase_;
  btMultiBodyConstraintSolver solver_;
  btMultiBodyDynamicsWorld world_;
  btAlignedObjectArray<btQuaternion> scratch_q_;
  btAlignedObjectArray<btVector3> scratch_v_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_BULLET_WORLD_IMPL_H_
