// A person's hand in a world: a damped spring that pulls a point of a body (ScenePull). Its force
// is that of an implicit step, which is stable for every mass and every length of the step.
#ifndef ROOKERY_ENVS_HAND_H_
#define ROOKERY_ENVS_HAND_H_

#include <array>

#include "core/pose.h"
#include "core/scene.h"

namespace rookery {

// UserError unless every number is finite; a pose's quaternion is normalised.
ScenePull CheckedPull(const ScenePull& pull);
Pose CheckedPlace(const Pose& X_WB);

// The point that is held, when a step begins; in the world's axes.
struct HeldPoint {
  double mass = 0;  // kg, of all that hangs on it: the spring and its greatest force suit that
  Vec3 stretch;     // m, from the target to the point
  Vec3 velocity;    // m/s, at the end of the step if nobody held it
  // 1/kg, row-major: an impulse at the point changes the velocity there by this times it.
  std::array<double, 9> inverse_mass = {};
};
// N, constant during the step.
Vec3 HandForce(const HeldPoint& point, double step_s);

// A rigid body, or a link of a robot as if it were free: it moves at least as easily as in the
// robot, so that the hand is stable there too.
struct BodyInHand {
  double mass = 0;        // kg, of its own
  double total_mass = 0;  // kg, with all that hangs on it
  Vec3 inertia;           // kg m^2, about the axes of C; 0: does not turn
  Pose X_WC;              // centre of mass
  Vec3 velocity;          // m/s, of the centre of mass
  Vec3 angular_velocity;  // rad/s, world
};
// Force (N) and torque (N m) at the centre of mass; the torque also calms what dangles.
struct HandLoad {
  Vec3 force, torque;
};
HandLoad HandLoadOn(const BodyInHand& body, const Vec3& p_W, const Vec3& target,
                    const Vec3& gravity, double step_s);
// The torque alone that calms a body.
Vec3 CalmingTorque(const BodyInHand& body, double step_s);

}  // namespace rookery

#endif  // ROOKERY_ENVS_HAND_H_
