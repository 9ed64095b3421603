#include "core/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MessageOf;

const double kInf = std::numeric_limits<double>::infinity();

Spec ArmSpec() {
  return {{.name = "pose",
           .dtype = DType::kFloat32,
           .shape = {3},
           .low = {0.25, -0.5, 0},
           .high = {0.75, 0.5, 0.28},
           .unit = "m",
           .description = "tool position",
           .elements = {"x", "y", "z"}},
          {.name = "grip",
           .dtype = DType::kInt64,
           .shape = {},
           .low = {0},
           .high = {1},
           .discrete = true},
          {.name = "camera", .dtype = DType::kUInt8, .shape = {2, 2}, .low = {0}, .high = {255}}};
}

ArrayMap GoodMap() {
  return {{"pose", Array::Of<float>({0.5f, 0.0f, 0.1f})},
          {"grip", Array::Scalar<int64_t>(1)},
          {"camera", Array(DType::kUInt8, {2, 2})}};
}

std::string Complaint(const Spec& spec, const ArrayMap& map) {
  return MessageOf([&] { spec.Validate(map, "action of Test"); });
}

TEST(Spec, AcceptsWhatFits) {
  EXPECT_NO_THROW(ArmSpec().Validate(GoodMap(), "x"));
  ArrayMap other_order = GoodMap();
  const Array pose = other_order.at("pose");
  other_order.Erase("pose");
  other_order.Set("pose", pose);
  EXPECT_NO_THROW(ArmSpec().Validate(other_order, "x"));
}

TEST(Spec, NamesTheMissingArray) {
  ArrayMap map = GoodMap();
  map.Erase("grip");
  EXPECT_THAT(Complaint(ArmSpec(), map),
              AllOf(HasSubstr("action of Test"), HasSubstr("'grip' is missing"),
                    HasSubstr("expected pose, grip, camera")));
}

TEST(Spec, NamesTheUnknownArrayAndTheNearest) {
  ArrayMap map = GoodMap();
  map.Set("girp", Array::Scalar<int64_t>(1));
  EXPECT_THAT(Complaint(ArmSpec(), map),
              AllOf(HasSubstr("unknown array 'girp'"), HasSubstr("did you mean grip?")));
}

TEST(Spec, NamesBothTypesAndShapes) {
  ArrayMap map = GoodMap();
  map.Set("pose", Array::Of<double>({0.5, 0, 0.1}));
  EXPECT_THAT(Complaint(ArmSpec(), map), HasSubstr("'pose' is float64 (3), expected float32 (3)"));
  map.Set("pose", Array::Of<float>({0.5f, 0}));
  EXPECT_THAT(Complaint(ArmSpec(), map), HasSubstr("'pose' is float32 (2), expected float32 (3)"));
}

TEST(Spec, NamesTheComponentOutOfBounds) {
  ArrayMap map = GoodMap();
  map.at("pose").As<float>()[1] = 0.75f;
  EXPECT_THAT(Complaint(ArmSpec(), map), HasSubstr("pose.y = 0.75 is outside [-0.5, 0.5] m"));
  map = GoodMap();
  map.Set("grip", Array::Scalar<int64_t>(2));
  EXPECT_THAT(Complaint(ArmSpec(), map), HasSubstr("grip = 2 is outside [0, 1]"));
}

TEST(Spec, NamesElementsOfMatricesByRowAndColumn) {
  const Spec spec = {
      {.name = "grid", .dtype = DType::kInt32, .shape = {2, 3}, .low = {0}, .high = {9}}};
  Array grid(DType::kInt32, {2, 3});
  grid.As<int32_t>()[5] = 10;
  EXPECT_THAT(Complaint(spec, {{"grid", grid}}), HasSubstr("grid[1, 2] = 10 is outside [0, 9]"));
}

TEST(Spec, RefusesWhatIsNotFinite) {
  for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
    ArrayMap map = GoodMap();
    map.at("pose").As<float>()[2] = bad;
    EXPECT_THROW(ArmSpec().Validate(map, "x"), UserError);
    EXPECT_THAT(MessageOf([&] { ArmSpec().Validate(map, "x", /*check_bounds=*/false); }),
                HasSubstr("pose.z"));
    // Unbounded does not mean that anything goes.
    const Spec unbounded = {{.name = "v", .dtype = DType::kFloat32, .shape = {1}}};
    EXPECT_THROW(unbounded.Validate({{"v", Array::Of<float>({bad})}}, "x"), UserError);
  }
}

TEST(Spec, BoundsMayBeSkipped) {
  ArrayMap map = GoodMap();
  map.at("pose").As<float>()[1] = 5;
  map.Set("grip", Array::Scalar<int64_t>(7));
  EXPECT_NO_THROW(ArmSpec().Validate(map, "x", /*check_bounds=*/false));
}

TEST(Spec, BoundsAreRoundedToTheType) {
  // 0.28 and 0.1 are no float32: the nearest ones, one above and one above, must be accepted.
  const Spec spec = {
      {.name = "z", .dtype = DType::kFloat32, .shape = {2}, .low = {-0.1}, .high = {0.28}}};
  EXPECT_GT(static_cast<double>(0.28f), 0.28);
  EXPECT_LT(static_cast<double>(-0.1f), -0.1);
  EXPECT_NO_THROW(spec.Validate({{"z", Array::Of<float>({0.28f, -0.1f})}}, "x"));
  EXPECT_THROW(spec.Validate({{"z", Array::Of<float>({std::nextafter(0.28f, 1.0f), 0})}}, "x"),
               UserError);
}

TEST(Spec, ZerosHaveTheRightTypesAndShapes) {
  const ArrayMap zeros = ArmSpec().Zeros();
  EXPECT_THAT(zeros.Names(), ElementsAre("pose", "grip", "camera"));
  EXPECT_EQ(zeros.at("camera").shape(), (Shape{2, 2}));
  EXPECT_EQ(zeros.at("grip").dtype(), DType::kInt64);
}

TEST(Spec, SamplesAreValidAndCoverTheRange) {
  const Spec spec = ArmSpec();
  Rng rng(1);
  double lowest = 1, highest = -1;
  bool grip[2] = {false, false};
  for (int i = 0; i < 500; ++i) {
    const ArrayMap sample = spec.Sample(&rng);
    ASSERT_NO_THROW(spec.Validate(sample, "sample"));
    lowest = std::min(lowest, sample.at("pose").AsDouble(1));
    highest = std::max(highest, sample.at("pose").AsDouble(1));
    grip[sample.at("grip").As<int64_t>()[0]] = true;
  }
  EXPECT_LT(lowest, -0.49);
  EXPECT_GT(highest, 0.49);
  EXPECT_TRUE(grip[0] && grip[1]);
}

TEST(Spec, SamplesOfEveryKindAreValid) {
  const Spec spec = {{.name = "flag", .dtype = DType::kBool, .shape = {4}},
                     {.name = "half", .dtype = DType::kFloat64, .shape = {50}, .low = {2}},
                     {.name = "other_half", .dtype = DType::kFloat32, .shape = {50}, .high = {-1}},
                     {.name = "free", .dtype = DType::kFloat32, .shape = {50}},
                     {.name = "mixed",
                      .dtype = DType::kFloat64,
                      .shape = {3},
                      .low = {0, -kInf, -kInf},
                      .high = {kInf, 0, kInf}},
                     {.name = "long", .dtype = DType::kInt64, .shape = {50}},
                     {.name = "count", .dtype = DType::kInt32, .shape = {50}, .low = {3}}};
  Rng rng(6);
  for (int i = 0; i < 200; ++i) ASSERT_NO_THROW(spec.Validate(spec.Sample(&rng), "sample"));
}

TEST(Spec, SampledQuaternionsAreUniformRotations) {
  const Spec spec = {{.name = "pose",
                      .dtype = DType::kFloat64,
                      .shape = {7},
                      .low = {-1},
                      .high = {1},
                      .quaternion = 3}};
  Rng rng(8);
  constexpr int kDraws = 20000;
  double squares[4] = {};
  for (int i = 0; i < kDraws; ++i) {
    const ArrayMap sample = spec.Sample(&rng);
    const auto v = sample.at("pose").As<double>();
    double norm = 0;
    for (size_t k = 0; k < 4; ++k) {
      norm += v[3 + k] * v[3 + k];
      squares[k] += v[3 + k] * v[3 + k];
    }
    ASSERT_NEAR(norm, 1, 1e-12);
  }
  // The square of each component of a uniform rotation has mean 1/4 and variance 1/16.
  for (double square : squares) EXPECT_NEAR(square / kDraws, 0.25, 5 * 0.25 / std::sqrt(kDraws));
}

TEST(Spec, SamplesDependOnTheGeneratorOnly) {
  Rng a(3), b(3), c(4);
  const ArrayMap first = ArmSpec().Sample(&a);
  EXPECT_TRUE(first.BitEqual(ArmSpec().Sample(&b)));
  EXPECT_FALSE(first.BitEqual(ArmSpec().Sample(&c)));
}

TEST(Spec, UnknownNameSuggests) {
  EXPECT_EQ(ArmSpec().Find("grab"), nullptr);
  EXPECT_THAT(MessageOf([] { ArmSpec().at("poses"); }),
              AllOf(HasSubstr("'poses'"), HasSubstr("did you mean pose?")));
}

TEST(Spec, TextHasOneLinePerArray) {
  const std::string text = ArmSpec().Text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3 + 1);  // and one of named elements
  EXPECT_THAT(text, HasSubstr("uint8 (2, 2)"));
  EXPECT_THAT(text, HasSubstr("[0, 255]"));
  EXPECT_THAT(text, HasSubstr("m  tool position"));
}

TEST(Spec, TextTellsTheBoundsOfNamedElements) {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  const Spec spec = {{.name = "state",
                      .shape = {3},
                      .low = {-4.8, -kAny, 0},
                      .high = {4.8, kAny, kAny},
                      .elements = {"x", "speed", "height"}}};
  EXPECT_THAT(spec.Text(), HasSubstr("\n    x [-4.8, 4.8], speed any, height [0, inf]\n"));
}

}  // namespace
}  // namespace rookery
