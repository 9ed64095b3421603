// PhysicsWorld: rigid bodies, joints, constraints and contacts on Bullet's multibody engine, set
// up as PyBullet 3.2.7 sets up its world (solver settings, URDF loader, joint motors, user
// constraints), so that the same calls give the same numbers as
//   loadURDF, createConstraint, changeConstraint, setJointMotorControl2, stepSimulation
// with their defaults. Free bodies are multibodies, gravity is (0, 0, -9.8).
//
// Everything that influences the future is in PhysicsState, except caches that Bullet keeps
// between steps (contact points, warm start, broadphase order); ForgetCaches drops those.
#ifndef ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_H_
#define ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/pose.h"
#include "core/scene.h"
#include "envs/tabletop/physics_state.h"

namespace rookery {

// One contact point, with the body and link that was asked for as A.
struct Contact {
  BodyId body_a = -1, body_b = -1;
  int link_a = kBaseLink, link_b = kBaseLink;
  double distance = 0;        // m, negative when overlapping
  double normal_impulse = 0;  // N s, of the last step
  Vec3 force_on_b;            // N, of the last step, friction included
  Vec3 position;              // on B, world
  Vec3 normal_on_b;           // from B to A, world
};

class PhysicsWorld {
 public:
  explicit PhysicsWorld(double step_s);
  ~PhysicsWorld();
  PhysicsWorld(const PhysicsWorld&) = delete;
  PhysicsWorld& operator=(const PhysicsWorld&) = delete;

  double step_s() const;

  // `urdf` is absolute or relative to the assets. X_WB is the pose of the base link's frame.
  // UserError when the file is missing or is no URDF.
  BodyId LoadUrdf(const std::string& urdf, const Pose& X_WB, const UrdfOptions& options = {});
  // Also removes the body's constraints.
  void RemoveBody(BodyId body);
  void Clear();
  std::vector<BodyId> Bodies() const;  // in order of id
  size_t NumModels() const;            // parsed files that are kept
  const std::string& Urdf(BodyId body) const;

  // Frame of the base link as in the URDF, and of its centre of mass (which is what PyBullet's
  // getBasePositionAndOrientation returns).
  Pose BodyPose(BodyId body) const;
  Pose ComPose(BodyId body) const;
  // Teleports; velocities become zero.
  void SetBodyPose(BodyId body, const Pose& X_WB);
  Vec3 Velocity(BodyId body) const;         // m/s of the base's centre of mass
  Vec3 AngularVelocity(BodyId body) const;  // rad/s, world
  bool IsFixed(BodyId body) const;

  int NumLinks(BodyId body) const;
  int FindLink(BodyId body, const std::string& name) const;  // kBaseLink or index; UserError
  Pose LinkPose(BodyId body, int link) const;                // URDF frame of the link
  Pose LinkComPose(BodyId body, int link) const;
  // Where a link (not the base) was when the last step began, which is when its contacts were
  // found; PyBullet's getLinkState returns this unless told otherwise.
  Pose LinkComPoseBeforeStep(BodyId body, int link) const;
  double JointPosition(BodyId body, int link) const;
  double JointVelocity(BodyId body, int link) const;
  void SetJointPosition(BodyId body, int link, double position);  // teleports, at rest
  // Position servo; with position gain 1 it removes the whole error in one step.
  void SetMotor(BodyId body, int link, double target, double max_force, double position_gain = 0.1,
                double velocity_gain = 1.0, double target_velocity = 0.0);

  // Frames are relative to the centres of mass. max_force in N; none = an impulse of 500 N s.
  ConstraintId AddFixedConstraint(BodyId parent, int parent_link, BodyId child, int child_link,
                                  const Pose& X_PJ, const Pose& X_CJ,
                                  std::optional<double> max_force = std::nullopt);
  ConstraintId AddPointConstraint(BodyId parent, int parent_link, BodyId child, int child_link,
                                  const Vec3& p_P, const Vec3& p_C,
                                  std::optional<double> max_force = std::nullopt);
  void RemoveConstraint(ConstraintId constraint);

  // A body with a fixed base glides to X_WB during the next step, at constant velocity and
  // whatever stands in its way: bodies held to it are carried along, others are pushed. (A
  // position servo that is much stronger than anything it meets does the same.)
  void MoveFixedBody(BodyId body, const Pose& X_WB);
  // N, in the world's axes, at the base's centre of mass, during the next step only.
  void ApplyForce(BodyId body, const Vec3& force);
  // A hand (envs/hand.h) during the next step only; p_B is in the base link's frame.
  void PullBody(const ScenePull& pull);

  void Step();

  // Contact points of a body (of one link, if given) found by the last step, in the engine's
  // order: those closer than the manifold breaking distance.
  void GetContacts(BodyId body, std::optional<int> link, std::vector<Contact>* out) const;
  void GetContacts(std::vector<Contact>* out) const;  // all, each once

  PhysicsState State() const;
  // Makes this world the one of the state. Strong guarantee: unchanged when it throws.
  void SetState(const PhysicsState& state);
  void ForgetCaches();

  // Colour of everything drawn of the base link.
  void SetColor(BodyId body, const std::array<float, 3>& rgb);
  // Size of the first visual shape: box extents, (length, radius, 0) of a cylinder, mesh scale.
  Vec3 VisualDimensions(BodyId body) const;
  // Of the first visual, linear, [0, 1].
  std::array<float, 3> VisualColor(BodyId body) const;
  // Draws the body into `out`: visuals in its base link's frame.
  void GetVisuals(BodyId body, std::vector<Visual>* out) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_PHYSICS_WORLD_H_
