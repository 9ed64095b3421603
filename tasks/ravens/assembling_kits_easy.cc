// Kits with twice the tolerance of yaw; tests have five squares or five disks.
#include "core/registry.h"
#include "tasks/ravens/assembling_kits.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/AssemblingKitsEasy-v0";
constexpr int kSquare = 3, kDisk = 11;

class AssemblingKitsEasy final : public AssemblingKitsBase {
 public:
  explicit AssemblingKitsEasy(const AssemblingKitsConfig& config)
      : AssemblingKitsBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put each shape into the kit's outline of its form"},
                           config) {}

 private:
  std::vector<int> DrawShapes() override {
    if (test_split()) return std::vector<int>(kObjects, rng().Integer(2) == 0 ? kSquare : kDisk);
    std::vector<int> train;
    for (int shape = 0; shape < kShapes; ++shape) {
      if (shape != kSquare && shape != kDisk) train.push_back(shape);
    }
    return Draw(train);
  }
  double rotation_tolerance() const override { return kPi / 6; }
};

ROOKERY_REGISTER_ENV(
    AssemblingKitsEasy, AssemblingKitsConfig,
    {.id = kId,
     .summary = "put five shapes into a kit; half as exact, and tested with squares and disks",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (assembling-kits-easy)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue},
     .max_steps = AssemblingKitsBase::kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace
}  // namespace rookery
