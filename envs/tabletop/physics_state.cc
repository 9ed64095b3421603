// State of a PhysicsWorld: taking it out, putting it back, bytes. And what a body looks like.
#include <algorithm>

#include "core/assets.h"
#include "core/error.h"
#include "envs/tabletop/physics_world.h"
#include "envs/tabletop/physics_world_impl.h"
#include "envs/tabletop/urdf_visuals.h"

namespace rookery {
namespace {

void Put(const Vec3& v, ByteWriter* out) {
  out->Put(v.x);
  out->Put(v.y);
  out->Put(v.z);
}
void Put(const Pose& X, ByteWriter* out) {
  Put(X.p, out);
  out->Put(X.q.x);
  out->Put(X.q.y);
  out->Put(X.q.z);
  out->Put(X.q.w);
}
// Brace initialisers are evaluated in order, function arguments need not be.
Vec3 GetVec3(ByteReader* in) {
  return Vec3{in->Get<double>(), in->Get<double>(), in->Get<double>()};
}
Pose GetPose(ByteReader* in) {
  Pose X;
  X.p = GetVec3(in);
  X.q = Quat{in->Get<double>(), in->Get<double>(), in->Get<double>(), in->Get<double>()};
  return X;
}

void Put(const BodyState& body, ByteWriter* out) {
  out->Put(body.id);
  out->PutString(body.urdf);
  out->Put(body.options.fixed_base);
  out->Put<uint64_t>(body.options.replacements.size());
  for (const auto& [name, value] : body.options.replacements) {
    out->PutString(name);
    out->Put(value);
  }
  out->Put(body.color.has_value());
  if (body.color) {
    for (float c : *body.color) out->Put(c);
  }
  Put(body.X_WC, out);
  Put(body.velocity, out);
  Put(body.angular_velocity, out);
  out->PutVector(body.joint_positions);
  out->PutVector(body.joint_velocities);
  out->Put<uint64_t>(body.motors.size());
  for (const MotorState& motor : body.motors) {
    out->Put(motor.target);
    out->Put(motor.position_gain);
    out->Put(motor.target_velocity);
    out->Put(motor.velocity_gain);
    out->Put(motor.max_impulse);
  }
}

BodyState GetBody(ByteReader* in) {
  BodyState body;
  body.id = in->Get<BodyId>();
  body.urdf = in->GetString();
  body.options.fixed_base = in->Get<bool>();
  for (auto n = in->Get<uint64_t>(); n > 0; --n) {
    std::string name = in->GetString();
    const auto value = in->Get<double>();
    body.options.replacements.emplace_back(std::move(name), value);
  }
  if (in->Get<bool>()) {
    body.color.emplace();
    for (float& c : *body.color) c = in->Get<float>();
  }
  body.X_WC = GetPose(in);
  body.velocity = GetVec3(in);
  body.angular_velocity = GetVec3(in);
  body.joint_positions = in->GetVector<double>();
  body.joint_velocities = in->GetVector<double>();
  for (auto n = in->Get<uint64_t>(); n > 0; --n) {
    MotorState motor;
    motor.target = in->Get<double>();
    motor.position_gain = in->Get<double>();
    motor.target_velocity = in->Get<double>();
    motor.velocity_gain = in->Get<double>();
    motor.max_impulse = in->Get<double>();
    body.motors.push_back(motor);
  }
  return body;
}

void Put(const ConstraintState& constraint, ByteWriter* out) {
  out->Put(constraint.id);
  out->Put(constraint.fixed);
  out->Put(constraint.parent);
  out->Put(constraint.child);
  out->Put(constraint.parent_link);
  out->Put(constraint.child_link);
  Put(constraint.X_PJ, out);
  Put(constraint.X_CJ, out);
  out->Put(constraint.max_impulse);
}

ConstraintState GetConstraint(ByteReader* in) {
  ConstraintState constraint;
  constraint.id = in->Get<ConstraintId>();
  constraint.fixed = in->Get<bool>();
  constraint.parent = in->Get<BodyId>();
  constraint.child = in->Get<BodyId>();
  constraint.parent_link = in->Get<int>();
  constraint.child_link = in->Get<int>();
  constraint.X_PJ = GetPose(in);
  constraint.X_CJ = GetPose(in);
  constraint.max_impulse = in->Get<double>();
  return constraint;
}

}  // namespace

void PhysicsState::Save(ByteWriter* out) const {
  out->Put<uint64_t>(bodies.size());
  for (const BodyState& body : bodies) Put(body, out);
  out->Put<uint64_t>(constraints.size());
  for (const ConstraintState& constraint : constraints) Put(constraint, out);
  out->Put(next_body);
  out->Put(next_constraint);
}

PhysicsState PhysicsState::Load(ByteReader* in) {
  PhysicsState state;
  for (auto n = in->Get<uint64_t>(); n > 0; --n) state.bodies.push_back(GetBody(in));
  for (auto n = in->Get<uint64_t>(); n > 0; --n) state.constraints.push_back(GetConstraint(in));
  state.next_body = in->Get<BodyId>();
  state.next_constraint = in->Get<ConstraintId>();
  return state;
}

PhysicsState PhysicsWorld::State() const {
  PhysicsState state;
  for (const auto& body : impl_->bodies) {
    BodyState out;
    out.id = body->id;
    out.urdf = body->urdf;
    out.options = body->options;
    out.color = body->color;
    out.X_WC = ComPose(body->id);
    out.velocity = Velocity(body->id);
    out.angular_velocity = AngularVelocity(body->id);
    for (const Impl::Motor& motor : body->motors) {
      out.joint_positions.push_back(body->multibody->getJointPos(motor.state.link));
      out.joint_velocities.push_back(body->multibody->getJointVel(motor.state.link));
      out.motors.push_back(motor.state);
    }
    state.bodies.push_back(std::move(out));
  }
  for (const Impl::UserConstraint& constraint : impl_->constraints) {
    state.constraints.push_back(constraint.state);
  }
  state.next_body = impl_->next_body;
  state.next_constraint = impl_->next_constraint;
  return state;
}

void PhysicsWorld::SetState(const PhysicsState& state) {
  // Everything that can fail happens in a fresh world.
  auto fresh = std::make_unique<Impl>(impl_->step_s);
  fresh->TakeModels(impl_.get());
  try {
    fresh->Restore(state);
  } catch (...) {
    impl_->TakeModels(fresh.get());
    fresh.reset();  // before the models that its bodies are made of
    impl_->DropTemplates();
    throw;
  }
  impl_ = std::move(fresh);
  impl_->DropTemplates();
}

void PhysicsWorld::Impl::Restore(const PhysicsState& state) {
  for (const BodyState& from : state.bodies) {
    if (!bodies.empty() && bodies.back()->id >= from.id) {
      throw UserError("snapshot: bodies are not in order of their ids");
    }
    AddBody(from.id, from.urdf, Pose(), from.options);
    Body* body = bodies.back().get();
    if (from.motors.size() != body->motors.size() ||
        from.joint_positions.size() != body->motors.size() ||
        from.joint_velocities.size() != body->motors.size()) {
      throw UserError("snapshot: " + from.urdf + " has " + std::to_string(body->motors.size()) +
                      " joints, not " + std::to_string(from.motors.size()));
    }
    body->color = from.color;
    btMultiBody* multibody = body->multibody.get();
    multibody->setBasePos(ToBullet(from.X_WC.p));
    multibody->setWorldToBaseRot(ToBullet(Conjugate(from.X_WC.q)));
    multibody->setBaseVel(ToBullet(from.velocity));
    multibody->setBaseOmega(ToBullet(from.angular_velocity));
    for (size_t i = 0; i < body->motors.size(); ++i) {
      Motor& motor = body->motors[i];
      multibody->setJointPos(motor.state.link, from.joint_positions[i]);
      multibody->setJointVel(motor.state.link, from.joint_velocities[i]);
      const int link = motor.state.link;
      motor.state = from.motors[i];
      motor.state.link = link;
      motor.Apply();
    }
  }
  for (const ConstraintState& constraint : state.constraints) AddConstraint(constraint);
  next_body = state.next_body;
  next_constraint = state.next_constraint;
  ForgetCaches();
}

void PhysicsWorld::Impl::DropTemplates() {
  std::erase_if(models_, [this](const auto& item) {
    const auto is_of = [&](const auto& body) { return body->model == item.second.get(); };
    return item.first.find('=') != std::string::npos &&
           std::none_of(bodies.begin(), bodies.end(), is_of);
  });
}

void PhysicsWorld::Impl::ForgetCaches() {
  for (UserConstraint& constraint : constraints) Detach(&constraint);
  for (const auto& body : bodies) Detach(body.get());
  engine_.ResetEngine();
  for (const auto& body : bodies) {
    engine_.UpdateTransforms(body->multibody.get());
    Attach(body.get());
  }
  for (UserConstraint& constraint : constraints) {
    world().addMultiBodyConstraint(constraint.joint.get());
  }
}

void PhysicsWorld::ForgetCaches() { impl_->ForgetCaches(); }

const std::string& PhysicsWorld::Urdf(BodyId id) const { return impl_->At(id).urdf; }

void PhysicsWorld::SetColor(BodyId id, const std::array<float, 3>& rgb) {
  impl_->At(id).color = rgb;
}

Vec3 PhysicsWorld::VisualDimensions(BodyId id) const {
  const auto& visuals = impl_->At(id).model->visuals();
  return visuals.empty() ? Vec3() : visuals.front().dimensions;
}

std::array<float, 3> PhysicsWorld::VisualColor(BodyId id) const {
  const Impl::Body& body = impl_->At(id);
  const auto& visuals = body.model->visuals();
  if (body.color) return *body.color;
  return visuals.empty() ? Material().rgb : visuals.front().visual.material.rgb;
}

void PhysicsWorld::GetVisuals(BodyId id, std::vector<Visual>* out) const {
  const Impl::Body& body = impl_->At(id);
  out->clear();
  int link = kBaseLink;
  Pose X_BL;
  for (const BulletUrdf::VisualShape& shape : body.model->visuals()) {
    if (shape.link != link) {
      link = shape.link;
      // Within the body, not by way of the world: the same to the bit wherever the body is.
      const Pose X_CbCl =
          Impl::AlongChain(*body.multibody, link, btQuaternion::getIdentity(), btVector3(0, 0, 0));
      X_BL = body.model->base().X_LC * X_CbCl * body.model->link(link).X_LC.Inverse();
    }
    Visual& visual = out->emplace_back(shape.visual);
    if (link != kBaseLink) visual.X_BV = X_BL * visual.X_BV;
    if (body.color && link == kBaseLink) visual.material.rgb = *body.color;
  }
}

std::vector<LinkVisual> LoadUrdfVisuals(const std::string& urdf) {
  const BulletUrdf model(FindAsset(urdf), {});
  std::vector<LinkVisual> out;
  for (const BulletUrdf::VisualShape& shape : model.visuals()) {
    out.push_back({model.link(shape.link).name, shape.visual});
  }
  return out;
}

}  // namespace rookery
