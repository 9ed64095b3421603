// Stack 18 boxes on the pallet; the next one appears when the last one is off the table's left
// half.
#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/PalletizingBoxes-v0";
constexpr int kMaxSteps = 30;
constexpr Vec3 kZoneSize{0.3, 0.25, 0.25};  // m, from the pallet's middle
constexpr double kStack = 0.19;             // m, edge of the whole stack
constexpr double kGap = 0.01;               // m between boxes
constexpr double kFloat = 0.03;             // m of the lowest box's bottom over the pallet's middle
constexpr int kLayers = 3, kBoxes = 18;
constexpr double kLayerDepth = 0.03;  // m below the highest point that count as the top
constexpr int kWait = 480;            // physics steps after each action

class PalletizingBoxes final : public RavensTask {
 public:
  explicit PalletizingBoxes(const RavensConfig& config)
      : RavensTask({.id = kId,
                    .max_steps = kMaxSteps,
                    .instruction = "stack all the boxes on the pallet in three layers"},
                   config) {}

 private:
  // P pallet, B box.
  void BuildScene() override {
    waiting_.clear();
    const Pose X_WP(Vec3(0.5, 0.25, 0.02));
    world().AddFixed("pallet/pallet.urdf", X_WP);
    Goal goal;
    goal.metric = Goal::Metric::kZone;
    goal.zones = {{X_WP, kZoneSize}};
    // Layers alternate between 3 x 2 and 2 x 3 boxes, which lie across.
    int nx = 2, ny = 3;
    Vec3 size((kStack - kGap) / nx, (kStack - 2 * kGap) / ny, (kStack - 2 * kGap) / kLayers);
    for (int z = 0; z < kLayers; ++z) {
      std::swap(nx, ny);
      std::swap(size.x, size.y);
      for (int x = 0; x < nx; ++x) {
        for (int y = 0; y < ny; ++y) {
          const Vec3 center((x + 0.5) * size.x + kGap * x - kStack / 2,
                            (y + 0.5) * size.y + kGap * y - kStack / 2,
                            (z + 0.5) * size.z + kGap * z + kFloat);
          const BodyId box =
              world().AddRigid("box/box-template.urdf", X_WP * Pose(center),
                               {{"DIM0", size.x}, {"DIM1", size.y}, {"DIM2", size.z}});
          world().SetColor(box, palette::RandomBrown(&rng()));
          goal.objects.push_back(
              {.body = box, .symmetry = 0, .points = BoxPoints(size), .name = "the next box"});
        }
      }
    }
    ROOKERY_CHECK_EQ(goal.objects.size(), size_t{kBoxes});
    goal.matches = OneToOne(goal.objects.size());
    Depalletize(&goal);
    AddGoal(goal);
    Spawn();
  }

  // Takes boxes off the top in random order and out of sight. Targets are in that order, boxes in
  // the order of building, as in the reference: layers of the same layout swap their boxes.
  void Depalletize(Goal* goal) {
    for (int i = 0; i < kBoxes; ++i) {
      const BodyId box = RandomBoxOnTop();
      const Pose X_WB = world().physics().ComPose(box);
      goal->targets.push_back(X_WB);
      // From the top: six boxes a layer.
      constexpr std::array<const char*, kLayers> kNames = {"top", "middle", "bottom"};
      const auto layer = static_cast<size_t>(i * kLayers / kBoxes);
      goal->places.push_back(std::string("in the ") + kNames[layer] + " layer on the pallet");
      world().physics().SetBodyPose(box, {X_WB.p - Vec3(0, 10, 0), X_WB.q});
      waiting_.push_back(box);
    }
    std::reverse(waiting_.begin(), waiting_.end());
  }

  // Under a random pixel of the highest layer.
  BodyId RandomBoxOnTop() {
    const Heightmap& seen = SeeFromAbove();
    const auto height = seen.height.As<float>();
    const float top = *std::max_element(height.begin(), height.end());
    std::vector<size_t> pixels;
    for (size_t i = 0; i < height.size(); ++i) {
      if (height[i] > top - static_cast<float>(kLayerDepth)) pixels.push_back(i);
    }
    const size_t pixel = pixels[static_cast<size_t>(rng().Integer(std::ssize(pixels)))];
    const BodyId box = seen.segmentation.As<uint8_t>()[pixel];
    ROOKERY_CHECK(world().IsRigid(box));
    return box;
  }

  // The next box appears when none is on the right half. After the last one there is a single
  // action; then the episode ends, solved or not.
  void Spawn() {
    if (!goals().empty()) {
      if (waiting_.empty()) {
        ClearGoals();
        return;
      }
      const auto& boxes = goals().front().objects;
      const bool free = std::all_of(boxes.begin(), boxes.end(), [this](const Goal::Object& box) {
        const double y = world().physics().ComPose(box.body).p.y;
        return y < -0.5 || y > 0;
      });
      if (free) {
        const double yaw = rng().Uniform() * 2 * kPi;
        world().physics().SetBodyPose(waiting_.front(), Pose::FromXyYaw(0.5, -0.25, 0.1, yaw));
        waiting_.erase(waiting_.begin());
      }
    }
    world().Wait(kWait);
  }

  void AfterReward() override { Spawn(); }

  void SaveTask(ByteWriter* out) const override { out->PutVector(waiting_); }
  void LoadTask(ByteReader* in) override { waiting_ = in->GetVector<BodyId>(); }

  std::vector<BodyId> waiting_;  // in the order in which they will appear
};

ROOKERY_REGISTER_ENV(
    PalletizingBoxes, RavensConfig,
    {.id = kId,
     .summary = "stack 18 boxes on the pallet",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (palletizing-boxes)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue,
                      "as published, boxes of the first and third layer are sent to each other's "
                      "places; only the zone is scored"},
     .max_steps = kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.80,
     .random_score = 0.05,
     .heavy = true});

}  // namespace
}  // namespace rookery
