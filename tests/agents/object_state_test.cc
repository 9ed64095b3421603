#include "agents/pick_place/object_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agents/pick_place/workspace.h"
#include "core/error.h"

namespace rookery::pick_place {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

ArrayMap TwoObjects() {
  Array objects(DType::kFloat64, {4, 10}), colors(DType::kFloat32, {4, 3});
  const Quat q = QuatFromYaw(0.5);
  const double rows[2][10] = {{0.4, 0.1, 0.02, q.x, q.y, q.z, q.w, 0.1, 0.2, 0.3},
                              {0.6, -0.2, 0.0, 0, 0, 0, 1, 0.4, 0.5, 0.6}};
  std::copy_n(&rows[0][0], 20, objects.As<double>().begin());
  colors.As<float>()[0] = 0.9F;
  colors.As<float>()[4] = 0.8F;
  return {
      {"objects", objects}, {"object_colors", colors}, {"object_count", Array::Scalar<int64_t>(2)}};
}

template <typename F>
std::string ErrorOf(const F& f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(no error)";
}

std::vector<float> Features(const StateLayout& layout) {
  std::vector<float> out;
  AppendFeatures(ObjectsFromInfo(TwoObjects(), "info"), layout, &out);
  return out;
}

TEST(StateFeatures, ArePositionsAndYawsPadded) {
  EXPECT_THAT(
      Features({3, false, false, false}),
      Pointwise(FloatNear(1e-6F), std::vector<float>{0.4F, 0.1F, -0.05F, 0.6F, -0.2F, 0, 0, 0, 0}));
  EXPECT_THAT(Features({1, false, false, false}),
              ElementsAre(FloatEq(0.4F), FloatEq(0.1F), FloatNear(-0.05F, 1e-6F)));
}

TEST(StateFeatures, SizesAndColoursFollowEachPose) {
  EXPECT_THAT(Features({2, false, true, true}),
              Pointwise(FloatNear(1e-6F),
                        std::vector<float>{0.4F, 0.1F, -0.05F, 0.1F, 0.2F, 0.3F, 0.9F, 0, 0, 0.6F,
                                           -0.2F, 0, 0.4F, 0.5F, 0.6F, 0, 0.8F, 0}));
}

TEST(StateFeatures, HaveSixNumbersWithTilt) {
  EXPECT_THAT(Features({1, true, false, false}),
              Pointwise(FloatNear(1e-6F), std::vector<float>{0.4F, 0.1F, 0.02F, 0, 0, -0.5F}));
  std::vector<ObjectState> tilted(1);
  tilted[0].pose = Pose(Vec3(1, 2, 3), QuatFromRavensEuler(0.1, 0.2, 0.3));
  std::vector<float> out;
  AppendFeatures(tilted, {1, true, false, false}, &out);
  EXPECT_THAT(out, Pointwise(FloatNear(1e-6F), std::vector<float>{1, 2, 3, 0.1F, 0.2F, -0.3F}));
}

TEST(ObjectsFromInfo, SaysWhatIsWrong) {
  ArrayMap info = TwoObjects();
  info.Set("object_count", Array::Scalar<int64_t>(5));
  EXPECT_THAT(ErrorOf([&] { ObjectsFromInfo(info, "here"); }),
              HasSubstr("here: 5 objects, but the info has rows for 4"));
  info = TwoObjects();
  info.Set("objects", Array(DType::kFloat64, {4, 7}));
  EXPECT_THAT(ErrorOf([&] { ObjectsFromInfo(info, "here"); }),
              HasSubstr("expected info 'objects' as float64 (N, 10), got float64 (4, 7)"));
  info.Erase("objects");
  EXPECT_THAT(ErrorOf([&] { ObjectsFromInfo(info, "here"); }), HasSubstr("no 'objects'"));
  info = TwoObjects();
  info.Set("object_count", Array::Scalar<int64_t>(3));  // a row of zeros
  EXPECT_THAT(ErrorOf([&] { ObjectsFromInfo(info, "here"); }),
              HasSubstr("object 2 has no orientation"));
}

TEST(TableMotion, TurnsAboutTheMiddleAndKeepsBothPointsOnTheTable) {
  Rng rng(3);
  const Vec3 pick(0.45, 0.3, 0.02), place(0.6, -0.2, 0.1);
  double turns = 0, shifts = 0;
  constexpr int kDraws = 3000;
  int unturned = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Pose motion = DrawTableMotion(pick, place, &rng);
    for (const Vec3& p : {motion * pick, motion * place}) {
      EXPECT_GE(p.x, 0.25);
      EXPECT_LT(p.x, 0.75);
      EXPECT_GE(p.y, -0.5);
      EXPECT_LT(p.y, 0.5);
    }
    // Rigid, in the plane.
    EXPECT_NEAR(Norm(motion * pick - motion * place), Norm(pick - place), 1e-12);
    EXPECT_NEAR((motion * pick).z, pick.z, 1e-12);
    const double yaw = RavensEuler(motion.q).z;
    turns += yaw * yaw;
    const Vec3 shift = motion * Vec3(0.5, 0, 0) - Vec3(0.5, 0, 0);  // what the middle does
    shifts += shift.x * shift.x;
    unturned += motion == Pose();
  }
  EXPECT_EQ(unturned, 0);
  // As drawn, but for what was rejected: sd 60 degrees and 26.7 pixels.
  EXPECT_GT(std::sqrt(turns / kDraws), 0.6);
  EXPECT_LT(std::sqrt(turns / kDraws), 1.1);
  EXPECT_GT(std::sqrt(shifts / kDraws), 0.05);
  EXPECT_LT(std::sqrt(shifts / kDraws), 0.0834);
}

TEST(TableMotion, GivesUpOnPointsThatNoMotionKeeps) {
  Rng rng(3);
  EXPECT_EQ(DrawTableMotion(Vec3(0.5, 0, 0), Vec3(5, 0, 0), &rng), Pose());
}

TEST(Targets, MovePositionsAndKeepYaws) {
  const Pose pick = Pose::FromXyYaw(0.5, 0.1, 0.02, 0), place = Pose::FromXyYaw(0.4, 0, 0.04, 1);
  // A quarter turn about the middle: (x, y) -> (0.5 - y, x - 0.5).
  const Pose motion(Vec3(0.5, -0.5, 0), QuatFromYaw(kPi / 2));
  EXPECT_THAT(PlanarTarget(pick, place, motion),
              Pointwise(FloatNear(1e-6F), std::vector<float>{0.4F, 0, 0, 0.5F, -0.1F, -0.1F}));
  EXPECT_THAT(
      TiltedTarget(pick, place, motion),
      Pointwise(FloatNear(1e-6F), std::vector<float>{0.4F, 0, 0, 0.5F, -0.1F, -0.1F, 0, 0, 0.04F}));
}

// What executing the target does to the picked body is what the moved demonstration does to it.
TEST(Targets, TiltedOnesMoveTheBodyAsTheDemonstration) {
  Rng rng(5);
  for (int i = 0; i < 20; ++i) {
    const auto angle = [&](double most) { return rng.Uniform(-most, most); };
    const Pose pick(Vec3(0.5, 0.1, 0.02), QuatFromYaw(angle(3)));
    const Pose place(Vec3(0.45, -0.2, 0.1), QuatFromRavensEuler(angle(0.5), angle(0.5), angle(3)));
    const Pose body(Vec3(0.52, 0.12, 0.02), QuatFromYaw(angle(3)));
    const Pose motion = DrawTableMotion(pick.p, place.p, &rng);
    const auto target = TiltedTarget(pick, place, motion);
    const auto number = [&](size_t k) { return static_cast<double>(target[k]); };
    const Pose from(Vec3(number(0), number(1), pick.p.z), QuatFromYaw(-10 * number(2)));
    const Pose to(Vec3(number(3), number(4), number(8)),
                  QuatFromRavensEuler(10 * number(6), 10 * number(7), -10 * number(5)));
    const Pose moved = to * from.Inverse() * (motion * body);
    const Pose wanted = motion * (place * pick.Inverse() * body);
    EXPECT_NEAR(Norm(moved.p - wanted.p), 0, 1e-6);
    EXPECT_NEAR(AngleBetween(moved.q, wanted.q), 0, 1e-5);
  }
}

}  // namespace
}  // namespace rookery::pick_place
