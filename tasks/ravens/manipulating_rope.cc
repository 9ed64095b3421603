// Lay the rope along the open side of the square.
#include "core/registry.h"
#include "tasks/ravens/cable.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/ManipulatingRope-v0";
constexpr int kMaxSteps = 20;
constexpr int kBeads = 20;
constexpr double kLength = kBeads * kBeadPitch;  // m
constexpr Vec3 kHeapSize{0.1, 0.1, 0.1};         // m, room for the rope to begin
constexpr double kAtTarget = 0.02;               // m
constexpr int kWait = 480;                       // physics steps in which the rope falls

class ManipulatingRope final : public RavensTask {
 public:
  explicit ManipulatingRope(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "lay the rope along the open side of the square",
                    .pick_place = {.height_m = 0.02, .speed = 0.001},
                    .moves_several = true},
                   config) {}

 private:
  // S square.
  void BuildScene() override {
    const Pose X_WS = FreePose({kLength, kLength, 0});
    const double half = kLength / 2 - kBeadSize / 2;
    world().AddFixed("rope/sides3-template.urdf", X_WS,
                     {{"DIM0", kLength}, {"DIM1", kLength}, {"HALF0", half}, {"HALF1", half}});
    Goal goal;
    goal.rotations = false;
    goal.position_tolerance = kAtTarget;
    const std::vector<BodyId> beads =
        AddBeads(&world(), BeadColumn(FreePose(kHeapSize).p, kBeads), /*closed=*/false);
    for (BodyId bead : beads) {
      const bool end = bead == beads.front() || bead == beads.back();
      world().SetColor(bead, end ? palette::Rgb{1, 1, 1} : palette::kRed);
      goal.objects.push_back(
          {.body = bead,
           .symmetry = 0,
           .name = BeadName("rope", goal.objects.size(), kBeads, "first", "last")});
    }
    const Vec3 from(kLength / 2, kLength / 2, 0.001), to(-kLength / 2, kLength / 2, 0.001);
    for (const Vec3& p : AlongPath({from, to}, kBeads)) goal.targets.push_back(X_WS * Pose(p));
    goal.places = {"on the open side of the square"};
    // Either end may come first.
    goal.matches.assign(size_t{kBeads} * kBeads, 0);
    for (size_t i = 0; i < kBeads; ++i) {
      goal.matches[i * kBeads + i] = goal.matches[i * kBeads + (kBeads - 1 - i)] = 1;
    }
    AddGoal(goal);
    world().Wait(kWait);
  }
};

ROOKERY_REGISTER_ENV(ManipulatingRope, RavensConfig,
                     {.id = kId,
                      .summary = "lay the rope along the open side of the square",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (manipulating-rope)",
                      .world = "tabletop",
                      .status = Status::kApproximate,
                      .known_issues = {"seeds draw other scenes than the reference's generator",
                                       kOraclePickIssue},
                      .max_steps = kMaxSteps,
                      .return_low = 0,
                      .return_high = 1,
                      .oracle_success = 0.80,
                      .random_score = 0.10,
                      .heavy = true});

}  // namespace
}  // namespace rookery
