// Lay the cable along two to four sides of a rectangle.
#include "core/registry.h"
#include "tasks/ravens/cable.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/CableShape-v0";

class CableShape final : public CableShapeTask {
 public:
  static constexpr int kMostSteps = kMaxSteps;
  explicit CableShape(const CableConfig& config)
      : CableShapeTask(kId, "lay the cable along the marked sides of the rectangle", 2, 4, config) {
  }
};

ROOKERY_REGISTER_ENV(
    CableShape, CableConfig,
    {.id = kId,
     .summary = "lay the cable along two to four sides of a rectangle",
     .source = "Seita et al., Goal-Conditioned Transporter Networks, ICRA 2021 (cable-shape)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue},
     .max_steps = CableShape::kMostSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.80,
     .random_score = 0.10,
     .heavy = true});

}  // namespace
}  // namespace rookery
