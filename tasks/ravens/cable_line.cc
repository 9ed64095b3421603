// Lay the cable along a line.
#include "core/registry.h"
#include "tasks/ravens/cable.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/CableLine-v0";

// Published without a visible target only.
struct CableLineConfig final : CableConfig {
  CableLineConfig() { target = "hidden"; }
};

class CableLine final : public CableShapeTask {
 public:
  static constexpr int kMostSteps = kMaxSteps;
  explicit CableLine(const CableLineConfig& config)
      : CableShapeTask(kId, "lay the cable along the line", 1, 1, config) {}
};

ROOKERY_REGISTER_ENV(
    CableLine, CableLineConfig,
    {.id = kId,
     .summary = "lay the cable along a line",
     .source = "Seita et al., Goal-Conditioned Transporter Networks, ICRA 2021 (cable-line)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue},
     .max_steps = CableLine::kMostSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.80,
     .random_score = 0.10,
     .heavy = true});

}  // namespace
}  // namespace rookery
