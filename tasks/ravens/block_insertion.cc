// Pick up the L-shaped block and put it into the L-shaped fixture.
#include "tasks/ravens/block_insertion.h"

#include "core/registry.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertion-v0";

class BlockInsertion final : public BlockInsertionBase {
 public:
  explicit BlockInsertion(const RavensConfig& config)
      : BlockInsertionBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put the L-shaped block into the L-shaped fixture"},
                           config) {}
};

ROOKERY_REGISTER_ENV(BlockInsertion, RavensConfig,
                     {.id = kId,
                      .summary = "put the L-shaped block into the L-shaped fixture",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion)",
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
