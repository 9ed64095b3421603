// The robot and the floor of AntBulletEnv-v0 in Bullet: what PyBullet does with them, called
// directly. Twenty links: for each leg an upper part fixed to the torso, a massless hip, the part
// that it turns, a massless ankle, the foot.
#ifndef ROOKERY_ENVS_ANT_BULLET_ANT_H_
#define ROOKERY_ENVS_ANT_BULLET_ANT_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "core/bytes.h"
#include "core/scene.h"

namespace rookery {

class BulletAnt {
 public:
  static constexpr int kLegs = 4, kJoints = 8, kLinks = 20;
  static constexpr double kStep_s = 0.0165;  // of Step: four steps of the engine

  // With unit axes, an ankle turns as fast as its joint; else (PyBullet) sqrt(2) times as fast.
  explicit BulletAnt(bool unit_axes);
  ~BulletAnt();
  BulletAnt(const BulletAnt&) = delete;
  BulletAnt& operator=(const BulletAnt&) = delete;

  // At the start (0, 0, 0.75), at rest, with these joint angles (rad; hip and ankle of legs 1 to
  // 4), all of the engine's caches empty.
  void Reset(std::span<const double> joints);
  // Generalised torques (N m) that act during the whole step.
  void Step(std::span<const double> torques);

  // Of the torso's centre.
  Pose Torso() const;
  Vec3 Velocity() const;  // m/s
  double Mass() const;    // kg, of the robot
  double JointPosition(int joint) const;
  double JointVelocity(int joint) const;
  double JointLow(int joint) const;
  double JointHigh(int joint) const;
  // Centre of mass of a link when the last of the engine's steps began; after Reset, of now.
  Vec3 LinkPosition(int link) const;
  bool FootTouchesFloor(int leg) const;  // as found in the last of the engine's steps
  bool IsFinite() const;                 // of the state

  // All that influences further steps: also the contact points that the engine remembers. Going
  // on after Load is exact. UserError for damaged bytes; then nothing has changed.
  void Save(ByteWriter* out) const;
  void Load(ByteReader* in);

  // Of the present state. Changes nothing.
  const Scene& GetScene();
  void SetSceneDetail(bool detail);
  // As Env has them; Reset and Load let go. Any part is moved by moving the whole robot, in its
  // present shape.
  bool Pull(const std::optional<ScenePull>& pull);
  bool MoveBody(int body, const Pose& X_WB);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_ANT_BULLET_ANT_H_
