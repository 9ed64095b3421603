// Put five shapes into the places of a kit that have their outlines.
#include "tasks/ravens/assembling_kits.h"

#include <array>
#include <numeric>

#include "core/error.h"
#include "core/registry.h"

namespace rookery {
namespace {

constexpr char kId[] = "Ravens/AssemblingKits-v0";
constexpr Vec3 kKitSize{0.28, 0.20, 0.005}, kShapeSize{0.08, 0.08, 0.02};  // m
constexpr int kTrainShapes = 14;  // the first ones; the others are for tests
constexpr char kModel[] = "kitting/object-template.urdf";
// m per mesh unit; the height is 20 units.
constexpr double kScale = 0.003, kObjectScaleZ = 0.001, kOutlineScaleZ = 0.0001;
constexpr palette::Rgb kOutlineColor = {0.2f, 0.2f, 0.2f};

constexpr size_t kObjects = AssemblingKitsBase::kObjects;
// In the kit's frame; the outlines' tops are 0.9 mm above the board.
constexpr std::array<Vec3, kObjects> kSlots = {
    Vec3{-0.09, 0.045, 0.0014}, Vec3{0, 0.045, 0.0014}, Vec3{0.09, 0.045, 0.0014},
    Vec3{-0.045, -0.045, 0.0014}, Vec3{0.045, -0.045, 0.0014}};
constexpr std::array<palette::Rgb, kObjects> kColors = {
    palette::kPurple, palette::kBlue, palette::kGreen, palette::kYellow, palette::kRed};
// Turns after which a shape looks the same; 0 = a circle.
constexpr std::array<int, AssemblingKitsBase::kShapes> kTurns = {
    1, 1, 3, 4, 4, 1, 2, 5, 2, 4, 5, 0, 1, 1, /* test: */ 1, 1, 0, 6, 1, 1};
constexpr std::array<const char*, AssemblingKitsBase::kShapes> kNames = {
    "letter R", "letter A",  "triangle", "square",  "plus",  "letter T", "diamond",
    "pentagon", "rectangle", "flower",   "star",    "disk",  "letter G", "letter V",
    "letter E", "letter L",  "ring",     "hexagon", "heart", "letter M"};

std::vector<int> Numbers(int first, int end) {
  std::vector<int> numbers(static_cast<size_t>(end - first));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

class AssemblingKits final : public AssemblingKitsBase {
 public:
  explicit AssemblingKits(const AssemblingKitsConfig& config)
      : AssemblingKitsBase({.id = kId,
                            .max_steps = kMaxSteps,
                            .instruction = "put each shape into the kit's outline of its form"},
                           config) {}

 private:
  std::vector<int> DrawShapes() override {
    return Draw(test_split() ? Numbers(kTrainShapes, kShapes) : Numbers(0, kTrainShapes));
  }
};

ROOKERY_REGISTER_ENV(
    AssemblingKits, AssemblingKitsConfig,
    {.id = kId,
     .summary = "put five shapes into the kit's places of the same outline",
     .source = "Zeng et al., Transporter Networks, CoRL 2020 (assembling-kits)",
     .world = "tabletop",
     .status = Status::kApproximate,
     .known_issues = {"seeds draw other scenes than the reference's generator", kOraclePickIssue,
                      "letters are drawn anew, in the reference's sizes; as there, collisions are "
                      "those of convex hulls"},
     .max_steps = AssemblingKitsBase::kMaxSteps,
     .return_low = 0,
     .return_high = 1,
     .oracle_success = 0.95,
     .random_score = 0.05});

}  // namespace

void AssemblingKitsConfig::Fields(FieldVisitor& v) {
  RavensConfig::Fields(v);
  v.Field("split", &split,
          {.help = "shapes: those to train with, or those kept for tests",
           .choices = {"train", "test"}});
}

AssemblingKitsBase::AssemblingKitsBase(const Facts& facts, const AssemblingKitsConfig& config)
    : RavensTask(facts, config), split_(config.split) {}

double AssemblingKitsBase::Symmetry(int shape) {
  ROOKERY_CHECK_LT(shape, kShapes);
  const int turns = kTurns[static_cast<size_t>(shape)];
  return turns == 0 ? 0 : 2 * kPi / turns;
}

std::vector<int> AssemblingKitsBase::Draw(const std::vector<int>& from) {
  std::vector<int> shapes;
  for (size_t i = 0; i < kObjects; ++i) {
    shapes.push_back(from[static_cast<size_t>(rng().Integer(std::ssize(from)))]);
  }
  return shapes;
}

void AssemblingKitsBase::BuildScene() {
  const auto model = [](int shape, double scale_z) {
    return std::vector<std::pair<std::string, double>>{
        {"SHAPE", shape}, {"SCALE0", kScale}, {"SCALE1", kScale}, {"SCALE2", scale_z}};
  };
  const Pose X_WK = FreePose(kKitSize);
  world().AddFixed("kitting/kit.urdf", X_WK);
  const std::vector<int> shapes = DrawShapes();
  ROOKERY_CHECK_EQ(shapes.size(), kObjects);
  Goal goal;
  goal.rotation_tolerance = rotation_tolerance();
  for (size_t i = 0; i < kObjects; ++i) {
    const double yaw = rng().Uniform(0, 2 * kPi);
    const Pose X_WT = X_WK * Pose(kSlots[i], QuatFromYaw(yaw));
    world().SetColor(world().AddFixed(kModel, X_WT, model(shapes[i], kOutlineScaleZ)),
                     kOutlineColor);
    goal.targets.push_back(X_WT);
    goal.places.push_back(std::string("in the kit's outline of a ") +
                          kNames[static_cast<size_t>(shapes[i])]);
  }
  for (size_t i = 0; i < kObjects; ++i) {
    const BodyId body =
        world().AddRigid(kModel, FreePose(kShapeSize), model(shapes[i], kObjectScaleZ));
    world().SetColor(body, kColors[i]);
    goal.objects.push_back({.body = body,
                            .symmetry = Symmetry(shapes[i]),
                            .name = "the " + palette::NameOf(kColors[i]) + " " +
                                    kNames[static_cast<size_t>(shapes[i])]});
    for (size_t j = 0; j < kObjects; ++j) goal.matches.push_back(shapes[i] == shapes[j] ? 1 : 0);
  }
  AddGoal(goal);
}

}  // namespace rookery
