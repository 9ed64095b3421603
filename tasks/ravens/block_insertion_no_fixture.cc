// Put the L-shaped block where the goal image shows it; nothing on the table marks the place.
#include "core/registry.h"
#include "tasks/ravens/block_insertion.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertionNoFixture-v0";

class BlockInsertionNoFixture final : public BlockInsertionBase {
 public:
  explicit BlockInsertionNoFixture(const RavensConfig& config)
      : BlockInsertionBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put the L-shaped block where the goal image shows it",
                            .goal_image = true},
                           config) {}

 private:
  std::string place() const override { return "where the goal image shows it"; }
  bool has_fixture() const override { return false; }
};

ROOKERY_REGISTER_ENV(
    BlockInsertionNoFixture, RavensConfig,
    {.id = kId,
     .summary = "put the L-shaped block where the goal image shows it",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion-nofixture)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {BlockInsertionBase::kUnlikeReference, kOraclePickIssue,
                      "the goal image is drawn without the arm; the reference shows the last image "
                      "of a demonstration"},
     .max_steps = BlockInsertionBase::kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace
}  // namespace rookery
