// The scripted expert of the Ravens tasks, with privileged state.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

// A uniformly chosen visible point of the body. A pixel stands for its lower corner, which may lie
// up to 3 mm beside the body. `inside`: prefers pixels whose corner is on it, that is, which have
// three neighbours around that corner that show the body too.
std::optional<Vec3> VisiblePoint(const Heightmap& seen, BodyId body, bool inside, Rng* rng) {
  const auto mask = seen.segmentation.As<uint8_t>();
  const HeightmapBounds grid;
  const auto columns = static_cast<size_t>(grid.columns());
  std::vector<size_t> within, all;
  for (size_t at = 0; at < mask.size(); ++at) {
    if (mask[at] != body) continue;
    all.push_back(at);
    if (at >= columns && at % columns > 0 && mask[at - 1] == body && mask[at - columns] == body &&
        mask[at - columns - 1] == body) {
      within.push_back(at);
    }
  }
  if (all.empty()) return std::nullopt;
  const std::vector<size_t>& pixels = inside && !within.empty() ? within : all;
  const size_t at = pixels[static_cast<size_t>(rng->Integer(static_cast<int64_t>(pixels.size())))];
  return Vec3(grid.low.x + static_cast<double>(at % columns) * grid.pixel_m,
              grid.low.y + static_cast<double>(at / columns) * grid.pixel_m,
              static_cast<double>(seen.height.As<float>()[at]));
}

}  // namespace

void RavensTask::PutPose(const Pose& X, const char* name, ArrayMap* action) const {
  const ArraySpec& box = spec().action.at(name);
  const auto out = action->Ensure(name, box.dtype, box.shape).As<double>();
  const double values[7] = {X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w};
  for (size_t i = 0; i < 7; ++i) {
    const auto index = static_cast<int64_t>(i);
    out[i] = std::clamp(values[i], box.LowAt(index), box.HighAt(index));
  }
}

bool RavensTask::OracleAction(Rng* rng, ArrayMap* action) {
  if (samples_ > 0) return OracleWaypoint(rng, action);
  Pose pose0, pose1;
  if (!Choose(rng, &pose0, &pose1)) return false;
  if (action->Names() != spec().action.Names()) action->Clear();
  PutPose(pose0, "pose0", action);
  PutPose(pose1, "pose1", action);
  return true;
}

bool RavensTask::Choose(Rng* rng, Pose* pose0, Pose* pose1) {
  sentence_ = spec().instruction;  // of experts that do not Carry
  return !goals_.empty() && ChooseAction(rng, pose0, pose1);
}

bool RavensTask::ChooseAction(Rng* rng, Pose* pose0, Pose* pose1) {
  const Goal& goal = goals_.front();
  const PhysicsWorld& physics = world().physics();
  const std::vector<Pose>& places = goal.Targets(strict_);
  const size_t objects = goal.objects.size(), targets = places.size();

  // Pairs that are still to be made: objects in place and the targets they fill are out.
  std::vector<uint8_t> open(objects * targets);
  for (size_t i = 0; i < objects; ++i) {
    for (size_t j = 0; j < targets; ++j) open[i * targets + j] = goal.Allowed(i, j) ? 1 : 0;
  }
  if (!goal.replace) {
    for (size_t i = 0; i < objects; ++i) {
      const Pose X_WB = physics.ComPose(goal.objects[i].body);
      const std::vector<uint8_t> row(open.begin() + static_cast<std::ptrdiff_t>(i * targets),
                                     open.begin() + static_cast<std::ptrdiff_t>((i + 1) * targets));
      for (size_t j = 0; j < targets; ++j) {
        if (row[j] == 0 || !PosesMatch(goal, X_WB, places[j], goal.objects[i], strict_)) {
          continue;
        }
        for (size_t k = 0; k < targets; ++k) open[i * targets + k] = 0;
        for (size_t k = 0; k < objects; ++k) open[k * targets + j] = 0;
      }
    }
  }

  // Nearest open target of each object.
  std::vector<double> distance(objects, 0);
  std::vector<size_t> target(objects, 0);
  for (size_t i = 0; i < objects; ++i) {
    double nearest = -1;
    for (size_t j = 0; j < targets; ++j) {
      if (open[i * targets + j] == 0) continue;
      const double d = Norm(places[j].p - physics.ComPose(goal.objects[i].body).p);
      if (nearest < 0 || d < nearest) {
        nearest = d;
        target[i] = j;
      }
    }
    distance[i] = std::max(nearest, 0.0);
  }

  // The farthest object that can be seen.
  std::vector<size_t> order(objects);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return distance[a] < distance[b]; });
  std::reverse(order.begin(), order.end());
  const Heightmap& seen = SeeFromAbove();
  for (size_t i : order) {
    if (distance[i] > 0 && Carry(seen, goal, i, target[i], rng, pose0, pose1)) return true;
  }
  return false;
}

bool RavensTask::Carry(const Heightmap& seen, const Goal& goal, size_t object, size_t target,
                       Rng* rng, Pose* pose0, Pose* pose1) {
  const BodyId body = goal.objects[object].body;
  const std::optional<Vec3> point = VisiblePoint(seen, body, pick_inside_, rng);
  if (!point) return false;
  Pose X_WB = world().physics().ComPose(body), X_WT = goal.Targets(strict_)[target];
  if (!facts_.six_dof) {
    X_WB.q = QuatFromYaw(RavensEuler(X_WB.q).z);
    X_WT.q = QuatFromYaw(RavensEuler(X_WT.q).z);
  }
  // The point that is picked goes along with the object.
  *pose0 = Pose(*point);
  *pose1 = X_WT * X_WB.Inverse() * *pose0;
  if (!goal.rotations) pose1->q = Quat();
  sentence_ = Sentence(goal, object, target);
  return true;
}

std::string RavensTask::Sentence(const Goal& goal, size_t object, size_t target) const {
  const std::string& name = goal.objects[object].name;
  const std::string what = name.empty() ? "the object" : name;
  const std::string where = goal.places.empty()       ? "at its place"
                            : goal.places.size() == 1 ? goal.places[0]
                                                      : goal.places[target];
  return facts_.gripper == GripperKind::kSpatula ? "push " + what + " " + where
                                                 : "pick " + what + " and place it " + where;
}

const Heightmap& RavensTask::SeeFromAbove() {
  return observer_.SeeFromAbove(world().UpdatedScene());
}

}  // namespace rookery
