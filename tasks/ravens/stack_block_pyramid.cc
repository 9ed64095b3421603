// Build a pyramid of six blocks on the stand: three, two, one, in rainbow order.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/StackBlockPyramid-v0";
constexpr int kMaxSteps = 12;
constexpr Vec3 kStandSize{0.05, 0.15, 0.005}, kBlockSize{0.04, 0.04, 0.04};  // m
constexpr std::array<palette::Rgb, 6> kColors = {palette::kPurple, palette::kBlue,
                                                 palette::kGreen,  palette::kYellow,
                                                 palette::kOrange, palette::kRed};

class StackBlockPyramid final : public RavensTask {
 public:
  explicit StackBlockPyramid(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "stack the blocks into a pyramid of three, two and one"},
                   config) {}

 private:
  void BuildScene() override {
    const Pose X_WS = FreePose(kStandSize);
    world().AddFixed("stacking/stand.urdf", X_WS);
    std::array<BodyId, 6> blocks;
    for (size_t i = 0; i < blocks.size(); ++i) {
      blocks[i] = world().AddRigid("stacking/block.urdf", FreePose(kBlockSize));
      world().SetColor(blocks[i], kColors[i]);
    }
    // Rows in turn; within a row any block of it may take any place. The stand's ends differ.
    AddRow(X_WS, 0, blocks, 0, {-0.05, 0, 0.05}, 1.0 / 2,
           {"at the light end of the stand", "in the middle of the stand",
            "at the dark end of the stand"});
    AddRow(X_WS, 1, blocks, 3, {-0.025, 0.025}, 1.0 / 3,
           {"on the bottom row towards the light end", "on the bottom row towards the dark end"});
    AddRow(X_WS, 2, blocks, 5, {0}, 1.0 / 6, {"on top of the pyramid"});
  }

  // Blocks from number `first`. The published targets float, higher from row to row.
  void AddRow(const Pose& X_WS, int row, const std::array<BodyId, 6>& blocks, size_t first,
              const std::vector<double>& y, double reward, std::vector<std::string> places) {
    Goal goal;
    goal.max_reward = reward;
    goal.places = std::move(places);
    for (size_t i = first; i < first + y.size(); ++i) {
      goal.objects.push_back({.body = blocks[i],
                              .symmetry = kPi / 2,
                              .cube = true,
                              .name = "the " + palette::NameOf(kColors[i]) + " block"});
    }
    for (double yi : y) {
      goal.targets.push_back(X_WS * Pose(Vec3(0, yi, 0.03 + 0.05 * row)));
      const double rest = kStandSize.z / 2 + kBlockSize.z * (row + 0.5);
      goal.rest_targets.push_back(X_WS * Pose(Vec3(0, yi, rest)));
    }
    AddGoal(goal);
  }
};

ROOKERY_REGISTER_ENV(
    StackBlockPyramid, RavensConfig,
    {.id = kId,
     .summary = "stack six blocks into a pyramid of 3, 2 and 1",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (stack-block-pyramid)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue,
                      "the published score accepts a toppled pyramid whose blocks "
                      "lie right seen from above; strict=true does not"},
     .max_steps = kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace
}  // namespace rookery
