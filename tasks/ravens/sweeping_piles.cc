// Sweep a pile of small cubes into the square zone.
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/SweepingPiles-v0";
constexpr int kMaxSteps = 20;
constexpr int kCubes = 50;
constexpr double kCube = 0.01;                                        // m
constexpr Vec3 kZoneSize{0.12, 0.12, 0};                              // m
constexpr Vec3 kPileLow{0.4, -0.1, 0.01}, kPileHigh{0.6, 0.1, 0.01};  // m

class SweepingPiles final : public RavensTask {
 public:
  explicit SweepingPiles(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "sweep the pile of small cubes into the green square",
                    .gripper = GripperKind::kSpatula},
                   config) {}

 private:
  void BuildScene() override {
    const Pose X_WZ = FreePose(kZoneSize);
    world().AddFixed("zone/zone.urdf", X_WZ);
    Goal goal;
    goal.targets = {X_WZ};
    goal.places = {"into the green square"};
    goal.replace = true;
    goal.rotations = false;
    goal.metric = Goal::Metric::kZone;
    goal.zones = {{X_WZ, kZoneSize}};
    // Some overlap, and the zone may lie below them.
    for (int i = 0; i < kCubes; ++i) {
      Pose X_WB(RandomSize(kPileLow, kPileHigh));
      X_WB.q = QuatFromYaw(rng().Uniform() * 2 * kPi);
      const BodyId cube = world().AddRigid("block/small.urdf", X_WB);
      goal.objects.push_back({.body = cube,
                              .symmetry = 0,
                              .points = BoxPoints({kCube, kCube, kCube}),
                              .name = "the small cubes"});
    }
    AddGoal(goal);
  }
};

ROOKERY_REGISTER_ENV(SweepingPiles, RavensConfig,
                     {.id = kId,
                      .summary = "sweep a pile of 50 small cubes into the zone",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (sweeping-piles)",
                      .world = "tabletop",
                      .status = Status::kApproximate,
                      .known_issues = {"seeds draw other scenes than the reference's generator"},
                      .max_steps = kMaxSteps,
                      .return_low = 0,
                      .return_high = 1,
                      .oracle_success = 0.80,
                      .random_score = 0.40,
                      .heavy = true});

}  // namespace
}  // namespace rookery
