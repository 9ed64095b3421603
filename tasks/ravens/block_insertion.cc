// Pick up the L-shaped block and put it into the L-shaped fixture.
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/BlockInsertion-v0";
constexpr int kMaxSteps = 3;
constexpr Vec3 kSize{0.1, 0.1, 0.04};  // m, room that block and fixture need

class BlockInsertion final : public RavensTask {
 public:
  explicit BlockInsertion(const RavensConfig& config)
      : RavensTask({.id = kId, .max_steps = kMaxSteps}, config) {}

 private:
  void BuildScene() override {
    const BodyId block = world().AddRigid("insertion/ell.urdf", FreePose(kSize));
    const Pose X_WF = FreePose(kSize);
    world().AddFixed("insertion/fixture.urdf", X_WF);
    AddGoal({.objects = {{.body = block}}, .targets = {X_WF}});
  }
};

ROOKERY_REGISTER_ENV(BlockInsertion, RavensConfig,
                     {.id = kId,
                      .summary = "put the L-shaped block into the L-shaped fixture",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (block-insertion)",
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
