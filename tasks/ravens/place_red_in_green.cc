// Put the red blocks into the green bowls; blocks and bowls of other colours are in the way.
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/PlaceRedInGreen-v0";
constexpr int kMaxSteps = 10;
constexpr int kMostBowls = 3, kDistractors = 10;
constexpr int kPlacingAttempts = 20;  // of one distractor
constexpr char kBowl[] = "bowl/bowl.urdf", kBlock[] = "stacking/block.urdf";
constexpr Vec3 kBowlSize{0.12, 0.12, 0}, kBlockSize{0.04, 0.04, 0.04};  // m
constexpr double kInBowl = 0.05;                                        // m from the bowl's origin
// In the bowl's frame, m: where a block rests in its middle, which is not its origin. A block
// beside the bowl is 7.7 cm from there, one on top of another 4 cm above.
constexpr Vec3 kMiddle{-0.0247, 0.0082, 0.028};
constexpr double kHeightInBowl = 0.02;  // m

class PlaceRedInGreen final : public RavensTask {
 public:
  explicit PlaceRedInGreen(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "put the red blocks into the green bowls"},
                   config) {}

 private:
  void BuildScene() override {
    Goal goal;
    goal.position_tolerance = kInBowl;
    goal.height_tolerance = kHeightInBowl;
    const int64_t bowls = rng().Integer(1, kMostBowls + 1);
    const int64_t blocks = rng().Integer(1, bowls + 1);
    for (int64_t i = 0; i < bowls; ++i) {
      const Pose X_WBowl = FreePose(kBowlSize);
      world().AddFixed(kBowl, X_WBowl);
      goal.targets.push_back(X_WBowl);
      goal.rest_targets.push_back(X_WBowl * Pose(kMiddle));
    }
    for (int64_t i = 0; i < blocks; ++i) {
      const BodyId block = world().AddRigid(kBlock, FreePose(kBlockSize));
      world().SetColor(block, palette::kRed);
      goal.objects.push_back({.body = block, .symmetry = 0, .name = "the red block"});
    }
    goal.places = {"in the green bowl"};
    AddGoal(goal);
    for (int i = 0; i < kDistractors; ++i) AddDistractor(static_cast<size_t>(i));
  }

  // A movable bowl or block in the i-th colour that has no meaning here. Left out when the table
  // is full.
  void AddDistractor(size_t i) {
    for (int attempt = 0; attempt < kPlacingAttempts; ++attempt) {
      const bool is_block = rng().Uniform() > 0.5;
      const std::optional<Pose> pose = TryFreePose(is_block ? kBlockSize : kBowlSize);
      if (!pose) continue;
      const BodyId body = world().AddRigid(is_block ? kBlock : kBowl, *pose);
      world().SetColor(body, Meaningless(is_block ? palette::kRed : palette::kGreen, i));
      return;
    }
  }

  // The (i mod 9)-th of the colours without `meaning`.
  static palette::Rgb Meaningless(const palette::Rgb& meaning, size_t i) {
    size_t left = i % (palette::kAll.size() - 1);
    for (const palette::Rgb& color : palette::kAll) {
      if (color != meaning && left-- == 0) return color;
    }
    return palette::kGray;
  }
};

ROOKERY_REGISTER_ENV(PlaceRedInGreen, RavensConfig,
                     {.id = kId,
                      .summary = "put the red blocks into the green bowls, among distractors",
                      .source = "Zeng et al., Transporter Networks, CoRL 2020 (place-red-in-green)",
                      .world = "tabletop",
                      .status = Status::kApproximate,
                      .known_issues = {"seeds draw other scenes than the reference's generator",
                                       kOraclePickIssue,
                                       "the published place is 26 mm beside the bowl's middle; "
                                       "strict=true scores the middle",
                                       "a distractor without room is left out after 20 attempts"},
                      .max_steps = kMaxSteps,
                      .return_low = 0,
                      .return_high = 1,
                      .oracle_success = 0.90,
                      .random_score = 0.10});

}  // namespace
}  // namespace rookery
