// Block insertion without rotations: block and fixture always lie the same way round.
#include "core/registry.h"
#include "tasks/ravens/block_insertion.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertionTranslation-v0";

class BlockInsertionTranslation final : public BlockInsertionBase {
 public:
  explicit BlockInsertionTranslation(const RavensConfig& config)
      : BlockInsertionBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put the L-shaped block into the L-shaped fixture"},
                           config) {}

 private:
  Pose BlockPose() override { return Turned(FreePose(kSize)); }
  Pose FixturePose() override { return Turned(FreePose(kSize)); }
  static Pose Turned(const Pose& X) { return {X.p, QuatFromYaw(kPi / 2)}; }
};

ROOKERY_REGISTER_ENV(
    BlockInsertionTranslation, RavensConfig,
    {.id = kId,
     .summary = "put the L-shaped block into the fixture that lies the same way round",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion-translation)",
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
