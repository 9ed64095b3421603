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
    state_ = {};
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
    if (state_.active) return;
    physics->GetContacts(head_, kTip, &contacts_);
    if (contacts_.empty()) return;
    state_.active = true;
    const BodyId body = contacts_.back().body_b;
    const int link = contacts_.back().link_b;
    if (!graspable(body)) return;
    // The tip is where it touched, as in the reference; during the step it may have moved
    // several millimetres into the object.
    const Pose X_TipObject =
        physics->LinkComPoseBeforeStep(head_, kTip).Inverse() * physics->LinkComPose(body, link);
    state_.grasp = physics->AddFixedConstraint(head_, kTip, body, link, X_TipObject, Pose());
    state_.held = body;
    state_.held_link = link;
  }

  void Release(PhysicsWorld* physics) override {
    if (state_.grasp) physics->RemoveConstraint(*state_.grasp);
    state_ = {};
  }

  bool DetectContact(const PhysicsWorld& physics) const override {
    physics.GetContacts(state_.held.value_or(head_), state_.held ? state_.held_link : kTip,
                        &contacts_);
    if (!state_.active) return !contacts_.empty();
    return std::any_of(contacts_.begin(), contacts_.end(),
                       [this](const Contact& contact) { return contact.body_b != head_; });
  }

  State GetState() const override { return state_; }
  void SetState(const State& state) override { state_ = state; }

 private:
  BodyId head_ = -1;
  State state_;
  mutable std::vector<Contact> contacts_;  // scratch
};

}  // namespace

void Gripper::State::Save(ByteWriter* out) const {
  out->Put(active);
  out->Put(grasp.value_or(-1));
  out->Put(held.value_or(-1));
  out->Put(held_link);
}

Gripper::State Gripper::State::Load(ByteReader* in) {
  State state;
  state.active = in->Get<bool>();
  const auto grasp = in->Get<ConstraintId>();
  const auto held = in->Get<BodyId>();
  state.held_link = in->Get<int>();
  if (grasp >= 0) state.grasp = grasp;
  if (held >= 0) state.held = held;
  return state;
}

std::unique_ptr<Gripper> MakeSuctionGripper() { return std::make_unique<SuctionGripper>(); }

}  // namespace rookery
