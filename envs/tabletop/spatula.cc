#include "envs/tabletop/gripper.h"

namespace rookery {
namespace {

constexpr double kBaseBehind = -0.01;  // m along tool0's z

class Spatula final : public Gripper {
 public:
  void Build(PhysicsWorld* physics, BodyId, const Pose& X_WTool) override {
    const Pose X_TBase(Vec3(0, 0, kBaseBehind));
    blade_ = physics->LoadUrdf("ur5/spatula/spatula.urdf", X_WTool * X_TBase, {.fixed_base = true});
    carried_ = {{blade_, X_TBase}};
  }

  bool DetectContact(const PhysicsWorld& physics) const override {
    physics.GetContacts(blade_, std::nullopt, &contacts_);
    return !contacts_.empty();
  }

 private:
  BodyId blade_ = -1;
  mutable std::vector<Contact> contacts_;  // scratch
};

}  // namespace

std::unique_ptr<Gripper> MakeSpatula() { return std::make_unique<Spatula>(); }

}  // namespace rookery
