// Private to envs/tabletop: includes Bullet. What PhysicsWorld is made of.
#ifndef ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_IMPL_H_
#define ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_IMPL_H_

#include <BulletDynamics/Featherstone/btMultiBodyJointMotor.h>
#include <BulletDynamics/Featherstone/btMultiBodyLinkCollider.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "envs/tabletop/bullet_urdf.h"
#include "envs/tabletop/bullet_world_impl.h"
#include "envs/tabletop/physics_world.h"

namespace rookery {

class PhysicsWorld::Impl {
 public:
  struct Collider {
    std::unique_ptr<btMultiBodyLinkCollider> object;
    int group = 0, mask = 0;
  };
  struct Motor {
    MotorState state;
    std::unique_ptr<btMultiBodyJointMotor> joint;
    void Apply() {
      joint->setVelocityTarget(state.target_velocity, state.velocity_gain);
      joint->setPositionTarget(state.target, state.position_gain);
      joint->setMaxAppliedImpulse(state.max_impulse);
    }
  };
  struct Body {
    BodyId id = 0;
    std::string urdf;
    UrdfOptions options;
    std::optional<std::array<float, 3>> color;
    BulletUrdf* model = nullptr;
    std::unique_ptr<btMultiBody> multibody;
    std::vector<Collider> colliders;  // base first
    std::vector<std::unique_ptr<btMultiBodyConstraint>> limits;
    std::vector<Motor> motors;
    std::optional<Pose> X_WC_next;  // MoveFixedBody
    Pose ComPose() const {
      return {FromBullet(multibody->getBasePos()),
              Conjugate(FromBullet(multibody->getWorldToBaseRot()))};
    }
    Pose ComFromBody(const Pose& X_WB) const {
      return model->base().com_is_origin ? X_WB : X_WB * model->base().X_LC;
    }
  };
  struct UserConstraint {
    ConstraintState state;
    std::unique_ptr<btMultiBodyConstraint> joint;
  };

  explicit Impl(double step_s);
  ~Impl();

  const Body& At(BodyId id) const;  // UserError when there is no such body
  Body& At(BodyId id);
  Body* Find(BodyId id);
  btMultiBody& MultiBody(BodyId id, int link) const;  // checks the link

  // Centre of mass of a link when that of the base is given (as rotation into it, and position),
  // with the joint positions of now: Bullet's own cache is of the beginning of the last step.
  static Pose AlongChain(const btMultiBody& body, int link, btQuaternion world_to_link,
                         btVector3 origin);

  // Parsed once for each (file, options).
  BulletUrdf* Model(const std::string& urdf, const UrdfOptions& options);
  void AddBody(BodyId id, const std::string& urdf, const Pose& X_WB, const UrdfOptions& options);
  void AddConstraint(const ConstraintState& state);
  void Clear();
  void Step();
  void Restore(const PhysicsState& state);  // into an empty world
  void TakeModels(Impl* other) { models_.merge(other->models_); }
  // Filled-in templates hardly ever come back: forgets those that no body is made of.
  void DropTemplates();
  size_t NumModels() const { return models_.size(); }

  // In and out of Bullet's world; the objects stay.
  void Attach(Body* body);
  void Detach(Body* body);
  void Detach(UserConstraint* constraint) {
    world().removeMultiBodyConstraint(constraint->joint.get());
  }
  // At rest at X_WC.
  void Place(Body* body, const Pose& X_WC);
  void ForgetCaches();

  double step_s;
  BodyId next_body = 0;
  ConstraintId next_constraint = 0;
  std::vector<std::unique_ptr<Body>> bodies;  // in order of id
  std::vector<UserConstraint> constraints;    // in order of id
  BulletWorld& engine() { return engine_; }
  btMultiBodyDynamicsWorld& world() { return engine_.world(); }

 private:
  BulletWorld engine_;
  std::map<std::string, std::unique_ptr<BulletUrdf>> models_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_IMPL_H_
