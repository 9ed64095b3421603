// Grippers of the tabletop arm. A gripper is made of bodies of the physics world that hang on
// tool0, and of the little logic that the suction cup has.
#ifndef ROOKERY_ENVS_TABLETOP_GRIPPER_H_
#define ROOKERY_ENVS_TABLETOP_GRIPPER_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/pose.h"
#include "envs/tabletop/physics_world.h"

namespace rookery {

class Gripper {
 public:
  struct State {
    bool active = false;
    // What is held, and by which constraint: both or none.
    std::optional<ConstraintId> grasp;
    std::optional<BodyId> held;
    int held_link = kBaseLink;

    void Save(ByteWriter* out) const;
    static State Load(ByteReader* in);
  };

  virtual ~Gripper() = default;

  // Loads the gripper's bodies at tool0, which is the frame of body `hand`. Forgets what it held.
  virtual void Build(PhysicsWorld* physics, BodyId hand, const Pose& X_WTool) = 0;
  // Bodies without dynamics that move with tool0, and their poses in it.
  const std::vector<std::pair<BodyId, Pose>>& carried() const { return carried_; }

  // `graspable` tells which bodies can be lifted.
  virtual void Activate(PhysicsWorld*, const std::function<bool(BodyId)>& /*graspable*/) {}
  virtual void Release(PhysicsWorld*) {}
  virtual bool DetectContact(const PhysicsWorld&) const = 0;
  bool HoldsSomething() const { return GetState().grasp.has_value(); }
  std::optional<BodyId> HeldBody() const { return GetState().held; }

  virtual State GetState() const { return {}; }
  // As GetState gave it, with the physics of then.
  virtual void SetState(const State&) {}

 protected:
  std::vector<std::pair<BodyId, Pose>> carried_;
};

// Suction cup: sticks to the last body of the engine's contact list when it is activated.
//   Activate       only if inactive and touching something: active; a graspable body is fixed to
//                  the tip where it is.
//   DetectContact  with a held object: does it touch anything but the cup? Else: does the tip?
std::unique_ptr<Gripper> MakeSuctionGripper();
// A blade that pushes; Activate and Release do nothing.
std::unique_ptr<Gripper> MakeSpatula();

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_GRIPPER_H_
