// PhysicsState: everything in a PhysicsWorld that influences its future, as plain data.
#ifndef ROOKERY_ENVS_TABLETOP_PHYSICS_STATE_H_
#define ROOKERY_ENVS_TABLETOP_PHYSICS_STATE_H_

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/pose.h"

namespace rookery {

using BodyId = int;        // counts up from 0 in order of loading; never used twice
using ConstraintId = int;  // likewise
inline constexpr int kBaseLink = -1;

struct UrdfOptions {
  bool fixed_base = false;
  // Text that is replaced in the file before it is parsed, for templates: {"DIM0", 0.1}.
  std::vector<std::pair<std::string, double>> replacements = {};
  bool operator==(const UrdfOptions&) const = default;
};

struct MotorState {
  int link = 0;
  double target = 0, position_gain = 0, target_velocity = 0, velocity_gain = 1;
  double max_impulse = 1;  // N m s or N s
};

struct BodyState {
  BodyId id = 0;
  std::string urdf;  // as given to Load
  UrdfOptions options;
  std::optional<std::array<float, 3>> color;  // SetColor
  Pose X_WC;                                  // base centre of mass
  Vec3 velocity, angular_velocity;            // of the base, world
  // Of each joint that moves, in order of links.
  std::vector<double> joint_positions, joint_velocities;
  std::vector<MotorState> motors;
};

struct ConstraintState {
  ConstraintId id = 0;
  bool fixed = true;  // else point-to-point
  BodyId parent = 0, child = 0;
  int parent_link = kBaseLink, child_link = kBaseLink;
  Pose X_PJ, X_CJ;
  double max_impulse = 0;  // N s
};

struct PhysicsState {
  std::vector<BodyState> bodies;  // in order of id
  std::vector<ConstraintState> constraints;
  BodyId next_body = 0;
  ConstraintId next_constraint = 0;

  void Save(ByteWriter* out) const;
  static PhysicsState Load(ByteReader* in);
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_PHYSICS_STATE_H_
