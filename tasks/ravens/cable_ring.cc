// Open the ring of beads until it encloses enough area.
#include <cmath>

#include "core/registry.h"
#include "tasks/ravens/cable.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/CableRing-v0";
constexpr int kBeads = 32;
constexpr double kRadius = 0.075;            // m
constexpr double kEnough = 0.75;             // of the circle's area
constexpr double kRoom = 3 * kRadius;        // m
constexpr int kPush = 20;                    // N, largest along x and y
constexpr double kLift = 40;                 // N
constexpr double kPushSeconds = 12.0 / 240;  // of the kick that crumples the ring
constexpr double kSettleSeconds = 2;

class CableRing final : public CableTask {
 public:
  static constexpr int kMostSteps = kMaxSteps;
  explicit CableRing(const CableConfig& config)
      : CableTask({.id = kId,
                   .instruction = "open the ring of beads into a circle",
                   .beads = kBeads,
                   .closed = true},
                  config) {}

 private:
  void BuildScene() override {
    const Vec3 center = FreePose({kRoom, kRoom, 0}).p;
    if (!hidden()) world().AddFixed("rope/ring.urdf", Pose(center));
    std::vector<Vec3> places;
    Goal goal;
    goal.rotations = false;
    goal.metric = Goal::Metric::kHull;
    goal.hull_area = kEnough * kPi * kRadius * kRadius;
    for (int i = 0; i < kBeads; ++i) {
      const double angle = 2 * kPi * i / kBeads;
      places.push_back(center +
                       Vec3(kRadius * std::cos(angle), kRadius * std::sin(angle), kBeadSize));
      goal.targets.emplace_back(places.back() - Vec3(0, 0, kBeadSize / 2));
    }
    const std::vector<BodyId> beads = AddBeads(&world(), places, /*closed=*/true);
    goal.places = Places("on the circle");
    for (BodyId bead : beads) {
      world().SetColor(bead, palette::kBlue);
      goal.objects.push_back({.body = bead, .symmetry = 0, .name = "a bead of the ring"});
    }
    AddGoal(goal);
    Crumple(beads[static_cast<size_t>(rng().Integer(kBeads))]);
    world().Wait(static_cast<int64_t>(kSettleSeconds * world().hz()));
  }

  // A force in the bead's own axes tosses it, and the others with it.
  void Crumple(BodyId bead) {
    const auto x = static_cast<double>(rng().Integer(-kPush, kPush + 1));
    const auto y = static_cast<double>(rng().Integer(-kPush, kPush + 1));
    const auto steps = static_cast<int64_t>(std::nearbyint(kPushSeconds * world().hz()));
    for (int64_t i = 0; i < steps; ++i) {
      const Quat& q = world().physics().ComPose(bead).q;
      world().physics().ApplyForce(bead, Rotate(q, {x, y, kLift}));
      world().Wait(1);
    }
  }
};

ROOKERY_REGISTER_ENV(
    CableRing, CableConfig,
    {.id = kId,
     .summary = "open the ring of beads",
     .source = "Seita et al., Goal-Conditioned Transporter Networks, ICRA 2021 (cable-ring)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue,
                      "rewards are shares of 75 % of the circle's area, which are "
                      "enough, instead of square metres",
                      "the force that crumples the ring acts for 50 ms; the "
                      "reference's depends on the machine's speed"},
     .max_steps = CableRing::kMostSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.80,
     .random_score = 0.50,
     .heavy = true});

}  // namespace
}  // namespace rookery
