// Put the L-shaped block into a fixture that floats above the table, tilted.
#include "core/registry.h"
#include "tasks/ravens/block_insertion.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertionSixDof-v0";
constexpr double kLowest = 0.03, kHighest = 0.13;  // m above where it would stand on the table
constexpr double kTilt = kPi / 4;                  // rad, roll and pitch to either side

class BlockInsertionSixDof final : public BlockInsertionBase {
 public:
  explicit BlockInsertionSixDof(const RavensConfig& config)
      : BlockInsertionBase(
            {.id = kId,
             .max_steps = kMaxSteps,
             .instruction = "put the L-shaped block into the tilted fixture that floats",
             .six_dof = true},
            config) {}

 private:
  std::string place() const override { return "in the tilted fixture"; }
  Pose FixturePose() override {
    Pose X = FreePose(kSize);
    X.p.z += rng().Uniform(kLowest, kHighest);
    const double roll = rng().Uniform(-kTilt, kTilt), pitch = rng().Uniform(-kTilt, kTilt);
    const double yaw = rng().Uniform(0, 2 * kPi);
    X.q = QuatFromRavensEuler(roll, pitch, yaw);
    return X;
  }
  double position_tolerance() const override { return 0.02; }
};

ROOKERY_REGISTER_ENV(
    BlockInsertionSixDof, RavensConfig,
    {.id = kId,
     .summary = "put the L-shaped block into a fixture that floats and is tilted",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion-sixdof)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues =
         {BlockInsertionBase::kUnlikeReference, kOraclePickIssue,
          "the published score looks at x, y and yaw only; strict=true also at height and tilt",
          "one fixture in 100 leans such that the arm cannot reach the point 32 cm over it"},
     .max_steps = BlockInsertionBase::kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace
}  // namespace rookery
