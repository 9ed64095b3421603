// Align one of the box's corners with the green corner on the table.
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/AlignBoxCorner-v0";
constexpr int kMaxSteps = 3;
constexpr Vec3 kSmallest{0.05, 0.05, 0.01}, kLargest{0.15, 0.15, 0.06};  // m

class AlignBoxCorner final : public RavensTask {
 public:
  explicit AlignBoxCorner(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "align a corner of the brown box with the green corner"},
                   config) {}

 private:
  void BuildScene() override {
    const Vec3 box = RandomSize(kSmallest, kLargest);
    const Pose X_WC = FreePose({box.x, box.y, 0});
    // Strips along two edges of the box's place, meeting at its corner (+x, +y).
    world().AddFixed("corner/corner-template.urdf", X_WC,
                     {{"DIMX0", box.x / 2 - 0.0225},
                      {"DIMX1", box.x / 2 + 0.0025},
                      {"DIMY0", box.y / 2 + 0.0025},
                      {"DIMY1", box.y / 2 - 0.0225}});
    const BodyId body = world().AddRigid("box/box-template.urdf", FreePose(box),
                                         {{"DIM0", box.x}, {"DIM1", box.y}, {"DIM2", box.z}});
    world().SetColor(body, palette::RandomBrown(&rng()));
    // Any of the box's four corners may lie in the marked one.
    const double dx = box.x / 2 - box.y / 2;
    Goal goal = {.objects = {{.body = body, .name = "the brown box"}},
                 .targets = {X_WC, X_WC * Pose::FromXyYaw(0, 0, 0, kPi),
                             X_WC * Pose::FromXyYaw(dx, -dx, 0, kPi / 2),
                             X_WC * Pose::FromXyYaw(dx, -dx, 0, 1.5 * kPi)}};
    goal.rest_targets = goal.targets;
    goal.places = {"with a corner in the green corner"};
    for (Pose& rest : goal.rest_targets) rest.p.z = kGroundHeight + box.z / 2;
    AddGoal(goal);
  }
};

ROOKERY_REGISTER_ENV(AlignBoxCorner, RavensConfig,
                     {.id = kId,
                      .summary = "align a corner of the box with the green corner",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (align-box-corner)",
                      .world = "tabletop",
                      .status = Status::kApproximate,
                      .known_issues = {"seeds draw other scenes than the reference's generator",
                                       kOraclePickIssue},
                      .max_steps = kMaxSteps,
                      .return_low = 0,
                      .return_high = 1,
                      .oracle_success = 0.95,
                      .random_score = 0.05});

}  // namespace
}  // namespace rookery
