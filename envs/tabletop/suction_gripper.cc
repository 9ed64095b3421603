#include <algorithm>

#include "envs/tabletop/gripper.h"

namespace rookery {
namespace {

constexpr double kBaseBehind = -0.01;  // m along tool0's z
constexpr double kHeadBeyond = 0.08;   // m
constexpr double kHeadForce = 50;      // N with which the head keeps its place
constexpr int kTip = 0;                // link of the head

class SuctionGripper final : public Gripper {
 public:
  void Build(PhysicsWorld* physics, BodyId hand, const Pose& X_WTool) override {
    active_ = false;
    grasp_.reset();
    held_.reset();
    const Pose X_TBase(Vec3(0, 0, kBaseBehind)), X_THead(Vec3(0, 0, kHeadBeyond));
    const BodyId base =
        physics->LoadUrdf("ur5/suction/suction_base.urdf", X_WTool * X_TBase, {.fixed_base = true});
    carried_ = {{base, X_TBase}};
    // The head yields when it is pushed: a body of its own, held by a limited force.
    head_ = physics->LoadUrdf("ur5/suction/suction_head.urdf", X_WTool * X_THead);
    physics->AddFixedConstraint(hand, kBaseLink, head_, kBaseLink, Pose(), X_THead.Inverse(),
                                kHeadForce);
  }

  void Activate(PhysicsWorld* physics, const std::function<bool(BodyId)>& graspable) override {
    if (active_) return;
    physics->GetContacts(head_, kTip, &contacts_);
    if (contacts_.empty()) return;
    active_ = true;
    const BodyId body = contacts_.back().body_b;
    const int link = contacts_.back().link_b;
    if (!graspable(body)) return;
    // The tip is where it touched, as in the reference; during the step it may have moved
    // several millimetres into the object.
    const Pose X_TipObject =
        physics->LinkComPoseBeforeStep(head_, kTip).Inverse() * physics->LinkComPose(body, link);
    grasp_ = physics->AddFixedConstraint(head_, kTip, body, link, X_TipObject, Pose());
    held_ = body;
    held_link_ = link;
  }

  void Release(PhysicsWorld* physics) override {
    if (grasp_) physics->RemoveConstraint(*grasp_);
    grasp_.reset();
    held_.reset();
    active_ = false;
  }

  bool DetectContact(const PhysicsWorld& physics) const override {
    physics.GetContacts(held_ ? *held_ : head_, held_ ? held_link_ : kTip, &contacts_);
    if (!active_) return !contacts_.empty();
    return std::any_of(contacts_.begin(), contacts_.end(),
                       [this](const Contact& contact) { return contact.body_b != head_; });
  }

  bool HoldsSomething() const override { return grasp_.has_value(); }
  std::optional<BodyId> HeldBody() const override { return held_; }

  void Save(ByteWriter* out) const override {
    out->Put(active_);
    out->Put(grasp_.value_or(-1));
    out->Put(held_.value_or(-1));
    out->Put(held_link_);
  }
  void Load(ByteReader* in) override {
    active_ = in->Get<bool>();
    grasp_ = in->Get<ConstraintId>();
    held_ = in->Get<BodyId>();
    held_link_ = in->Get<int>();
    if (*grasp_ < 0) grasp_.reset();
    if (*held_ < 0) held_.reset();
  }

 private:
  BodyId head_ = -1;
  bool active_ = false;
  std::optional<ConstraintId> grasp_;
  std::optional<BodyId> held_;
  int held_link_ = kBaseLink;
  mutable std::vector<Contact> contacts_;  // scratch
};

}  // namespace

std::unique_ptr<Gripper> MakeSuctionGripper() { return std::make_unique<SuctionGripper>(); }

}  // namespace rookery
