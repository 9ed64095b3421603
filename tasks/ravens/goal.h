// Goals of the Ravens tasks and how they are scored (reference: ravens/tasks/task.py).
#ifndef ROOKERY_TASKS_RAVENS_GOAL_H_
#define ROOKERY_TASKS_RAVENS_GOAL_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/pose.h"
#include "envs/tabletop/physics_world.h"

namespace rookery {

// "The yaw matters": one period per turn. A square has pi/2; 0 = any yaw is fine.
inline constexpr double kNoSymmetry = 2 * kPi;

struct Goal {
  struct Object {
    BodyId body = -1;
    double symmetry = kNoSymmetry;  // rad, period of the yaw
    std::vector<Vec3> points = {};  // zone metric: sample of the object, in its frame
    bool cube = false;              // strict mode: on whichever face it lies, it is the same
    std::string name = {};          // in sentences: "the red block"; empty = "the object"
  };
  struct Zone {
    Pose X_WZ;
    Vec3 size;
  };
  enum class Metric : uint8_t { kPose, kZone, kHull };

  std::vector<Object> objects = {};
  std::vector<Pose> targets = {};  // X_WT
  // Where objects come to rest at each target, which may float; strict mode takes these instead.
  // Empty = the targets themselves.
  std::vector<Pose> rest_targets = {};
  // In sentences: "in the green bowl", of each target, or one for all; empty = "at its place".
  std::vector<std::string> places = {};
  // Row-major objects x targets: may this object go there? Empty = any object anywhere.
  std::vector<uint8_t> matches = {};
  bool replace = false;   // a target takes any number of objects
  bool rotations = true;  // the oracle turns the object to the target's yaw
  Metric metric = Metric::kPose;
  std::vector<Zone> zones = {};
  double hull_area = 0;                        // m^2 that are enough, > 0
  double max_reward = 1;                       // for the whole goal; those of a task add up to 1
  double position_tolerance = 0.01;            // m, in the xy-plane
  double rotation_tolerance = 15 * kPi / 180;  // rad, yaw
  double height_tolerance = 0.01;              // m, strict mode

  const std::vector<Pose>& Targets(bool strict) const {
    return strict && !rest_targets.empty() ? rest_targets : targets;
  }
  bool Allowed(size_t object, size_t target) const {
    return matches.empty() || matches[object * targets.size() + target] != 0;
  }
};

// Matches of n objects and n targets: each has its own.
std::vector<uint8_t> OneToOne(size_t n);

// ROOKERY_CHECKs that the goal makes sense: sizes that fit, bodies that exist, something to score.
void CheckGoal(const Goal& goal, const PhysicsWorld& physics);

// Is P at Q? The published rule compares x, y and yaw (modulo the symmetry). Strict: also z
// (within the height tolerance) and, unless any yaw is fine, the tilt of the z-axis.
bool PosesMatch(const Goal& goal, const Pose& P, const Pose& Q, const Goal::Object& object,
                bool strict);

// Share of max_reward that is earned now. Pose: objects that match any allowed target (strict:
// each target counts for one object). Zone: points inside a zone. Hull: area of the convex hull of
// the objects' positions in the xy-plane.
double EarnedReward(const Goal& goal, const PhysicsWorld& physics, bool strict);

// Area of the convex hull of points in the plane.
double ConvexHullArea(std::vector<std::array<double, 2>> points);

// Corners of a grid with 2 cm between them over a box of this size, upper ends excluded.
std::vector<Vec3> BoxPoints(const Vec3& size);

void SaveGoal(const Goal& goal, ByteWriter* out);
Goal LoadGoal(ByteReader* in);

}  // namespace rookery

#endif  // ROOKERY_TASKS_RAVENS_GOAL_H_
