// Block insertion without rotations, from a start that never changes.
#include "core/registry.h"
#include "tasks/ravens/block_insertion.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertionEasy-v0";

class BlockInsertionEasy final : public BlockInsertionBase {
 public:
  explicit BlockInsertionEasy(const RavensConfig& config)
      : BlockInsertionBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put the L-shaped block into the L-shaped fixture"},
                           config) {}

 private:
  Pose BlockPose() override { return Pose::FromXyYaw(0.5, 0, kSize.z / 2, kPi / 2); }
  Pose FixturePose() override { return {FreePose(kSize).p, QuatFromYaw(kPi / 2)}; }
};

ROOKERY_REGISTER_ENV(
    BlockInsertionEasy, RavensConfig,
    {.id = kId,
     .summary =
         "put the L-shaped block from the middle of the table into the fixture, no rotation needed",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion-easy)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {BlockInsertionBase::kUnlikeReference, kOraclePickIssue},
     .max_steps = BlockInsertionBase::kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace
}  // namespace rookery
