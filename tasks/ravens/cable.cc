#include "tasks/ravens/cable.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace rookery {
namespace {

constexpr double kJointForce = 100;        // N
constexpr double kAtTarget = 3.5 * 0.005;  // m
constexpr int kBeads = 24;                 // of the cable that is laid along sides
constexpr int kCorner = 4;                 // fewest beads on a side of 3 or 4
constexpr double kStrip = 0.01;            // m, width of a side that is drawn
constexpr double kSettleSeconds = 2;

}  // namespace

std::vector<BodyId> AddBeads(TabletopWorld* world, const std::vector<Vec3>& p_W, bool closed) {
  std::vector<BodyId> beads;
  const auto join = [&](size_t parent, size_t child) {
    world->physics().AddPointConstraint(beads[parent], kBaseLink, beads[child], kBaseLink,
                                        p_W[child] - p_W[parent], Vec3(), kJointForce);
  };
  for (size_t i = 0; i < p_W.size(); ++i) {
    beads.push_back(world->AddRigid("rope/bead.urdf", Pose(p_W[i])));
    if (i > 0) join(i - 1, i);
  }
  if (closed) join(p_W.size() - 1, 0);
  return beads;
}

std::vector<Vec3> BeadColumn(const Vec3& p, int n) {
  std::vector<Vec3> places;
  for (int i = 1; i <= n; ++i) places.push_back(p + Vec3(0, 0, kBeadPitch * i));
  return places;
}

std::vector<Vec3> AlongPath(const std::vector<Vec3>& corners, int n) {
  std::vector<Vec3> places;
  size_t side = 0;
  double before = 0;  // length of the path up to the present side
  for (int i = 0; i < n; ++i) {
    const double at = (i + 0.5) * kBeadPitch;
    while (side + 2 < corners.size() && before + Norm(corners[side + 1] - corners[side]) < at) {
      before += Norm(corners[side + 1] - corners[side]);
      ++side;
    }
    places.push_back(corners[side] + Normalized(corners[side + 1] - corners[side]) * (at - before));
  }
  return places;
}

std::string BeadName(const std::string& cable, size_t bead, size_t beads,
                     const std::string& first_color, const std::string& last_color) {
  if (bead == 0) return "the " + first_color + " end of the " + cable;
  if (bead + 1 == beads) return "the " + last_color + " end of the " + cable;
  return "bead " + std::to_string(bead + 1) + " of the " + cable;
}

void CableConfig::Fields(FieldVisitor& v) {
  RavensConfig::Fields(v);
  v.Field("target", &target,
          {.help = "visible: marked on the table; hidden: observations have a goal image, which "
                   "Reset's option goal.objects (info of another episode's end) sets",
           .choices = {"visible", "hidden"}});
}

CableTask::CableTask(const CableFacts& facts, const CableConfig& config)
    : RavensTask({.id = facts.id,
                  .max_steps = kMaxSteps,
                  .instruction = facts.instruction,
                  .pick_place = {.height_m = 0.04, .speed = 0.001},
                  .moves_several = true,
                  .goal_image = config.target == "hidden"},
                 config),
      beads_(facts.beads),
      closed_(facts.closed),
      hidden_(config.target == "hidden") {}

bool CableTask::ChooseAction(Rng* rng, Pose* pose0, Pose* pose1) {
  const Goal& goal = goals().front();
  const size_t n = goal.objects.size();
  std::vector<Vec3> beads;
  for (const Goal::Object& object : goal.objects) {
    beads.push_back(world().physics().ComPose(object.body).p);
  }
  const auto off = [&](size_t bead, size_t target) {
    const Vec3 d = goal.targets[target].p - beads[bead];
    return std::hypot(d.x, d.y);
  };
  std::vector<size_t> best;
  double least = 0;
  for (size_t start = 0; start < (closed_ ? n : 1); ++start) {
    for (const bool backwards : {false, true}) {
      std::vector<size_t> target(n);
      double sum = 0;
      for (size_t i = 0; i < n; ++i) {
        target[i] = (start + (backwards ? n - 1 - i : i)) % n;
        sum += off(i, target[i]);
      }
      if (!best.empty() && sum >= least) continue;
      best = std::move(target);
      least = sum;
    }
  }
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return off(a, best[a]) > off(b, best[b]); });
  const Heightmap& seen = SeeFromAbove();
  for (size_t i : order) {
    if (Carry(seen, goal, i, best[i], rng, pose0, pose1)) return true;
  }
  return false;
}

CableShapeTask::CableShapeTask(const char* id, const char* instruction, int fewest_sides,
                               int most_sides, const CableConfig& config)
    : CableTask({.id = id, .instruction = instruction, .beads = kBeads, .closed = false}, config),
      fewest_sides_(fewest_sides),
      most_sides_(most_sides) {}

// R rectangle.
void CableShapeTask::BuildScene() {
  const Pose X_WR = FreePose({length(), length(), 0});
  const auto sides = static_cast<int>(rng().Integer(fewest_sides_, most_sides_ + 1));
  // Beads along x; the others are along y. Of three and four sides no one is very short.
  const int least = sides < 3 ? 0 : kCorner;
  const double share =
      sides == 1 ? 1 : static_cast<double>(rng().Integer(least, beads() - least + 1)) / beads();
  const double x = length() * share / (sides == 4 ? 2 : 1) / 2;
  const double y = length() * (1 - share) / (sides > 2 ? 2 : 1) / 2;
  const Vec3 corners[] = {{x, y, 0}, {x, -y, 0}, {-x, -y, 0}, {-x, y, 0}, {x, y, 0}, {x, -y, 0}};
  // One side is the bottom, two add the left one, three the right one (first), four the top.
  std::vector<Vec3> path;
  if (sides == 3) {
    path.assign(corners, corners + 4);
  } else {
    path.assign(corners + 1, corners + 2 + sides);
  }
  if (!hidden()) {
    world().AddFixed(
        "rope/sides" + std::to_string(sides) + "-template.urdf", X_WR,
        {{"DIM0", 2 * x + kStrip}, {"DIM1", 2 * y + kStrip}, {"HALF0", x}, {"HALF1", y}});
  }
  set_closed(sides == 4);

  const Pose start = FreePose({length() / 10, length() / 10, 0});
  Goal goal;
  goal.rotations = false;
  goal.position_tolerance = kAtTarget;
  const std::vector<BodyId> bodies =
      AddBeads(&world(), BeadColumn(start.p, beads()), /*closed=*/false);
  for (size_t i = 0; i < bodies.size(); ++i) {
    const bool first = i == 0, last = i + 1 == bodies.size();
    world().SetColor(bodies[i], first  ? palette::Rgb{1, 1, 1}
                                : last ? palette::kYellow
                                       : palette::kBlue);
    goal.objects.push_back({.body = bodies[i],
                            .symmetry = 0,
                            .name = BeadName("cable", i, bodies.size(), "white", "yellow")});
  }
  goal.places = Places(sides == 1 ? "on the line" : "on the path");
  for (const Vec3& p : AlongPath(path, beads())) goal.targets.push_back(X_WR * Pose(p));
  for (Pose& target : goal.targets) target.p.z = kBeadSize / 2;
  AddGoal(goal);
  world().Wait(static_cast<int64_t>(kSettleSeconds * world().hz()));
}

}  // namespace rookery
