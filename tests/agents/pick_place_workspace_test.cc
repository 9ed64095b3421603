#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "agents/pick_place/workspace.h"
#include "core/error.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

using ::testing::HasSubstr;

template <typename F>
std::string ErrorOf(const F& f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(no error)";
}

Grid FullGrid(PixelConvention convention) { return {kRows, kColumns, kPixel, convention}; }

TEST(TransporterGrid, CornerConventionRoundsAsTheReference) {
  const Grid grid = FullGrid(PixelConvention::kCorner);
  const PixelPoint p = grid.FromWorld(0.25 + 10.4 * kPixel, -0.5 + 20.6 * kPixel);
  EXPECT_EQ(grid.Pixel(p.column), 10);
  EXPECT_EQ(grid.Pixel(p.row), 21);
  EXPECT_EQ(grid.Pixel(2.5), 2);  // ties to even
  EXPECT_EQ(grid.Pixel(3.5), 4);
  EXPECT_DOUBLE_EQ(grid.X(10), 0.25 + 10 * kPixel);
  EXPECT_DOUBLE_EQ(grid.Y(21), -0.5 + 21 * kPixel);
}

TEST(TransporterGrid, CentreConventionTakesTheCellThatHoldsThePoint) {
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  for (double cell : {0.01, 0.5, 0.99}) {
    const PixelPoint p = grid.FromWorld(0.25 + (7 + cell) * 2 * kPixel, -0.5 + cell * 2 * kPixel);
    EXPECT_EQ(grid.Pixel(p.column), 7);
    EXPECT_EQ(grid.Pixel(p.row), 0);
  }
  // On the line between two cells: the one that begins there, whether even or odd.
  for (int cell : {0, 1, 2, 7, 8}) EXPECT_EQ(grid.Pixel(cell - 0.5), cell);
  EXPECT_DOUBLE_EQ(grid.X(7), 0.25 + 7.5 * 2 * kPixel);
}

TEST(TransporterGrid, FarPointsAreOutside) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (auto convention : {PixelConvention::kCorner, PixelConvention::kCentre}) {
    const Grid grid = FullGrid(convention);
    for (double far : {1e300, -1e300, std::numeric_limits<double>::infinity(), nan}) {
      EXPECT_FALSE(grid.Contains(PixelPoint{far, 5}));
      EXPECT_FALSE(grid.Contains(grid.Pixel(far), 5));
    }
  }
  EXPECT_GT(Nearest(1e300), 100000);
}

TEST(TransporterLabels, BinsStandForNegativeYaw) {
  EXPECT_EQ(RotationBin(0, 36), 0);
  EXPECT_EQ(RotationBin(-10 * kPi / 180, 36), 1);
  EXPECT_EQ(RotationBin(10 * kPi / 180, 36), 35);
  EXPECT_EQ(RotationBin(2 * kPi - 0.01, 36), 0);
  EXPECT_EQ(RotationBin(-4 * kPi, 36), 0);
  for (int bin = 0; bin < 36; ++bin) EXPECT_EQ(RotationBin(BinYaw(bin, 36), 36), bin);
}

TEST(TransporterLabels, YawIsRelativeToThePick) {
  const ArrayMap action = {{"pose0", PoseArray(0.4, 0.1, 0.02, 0.7)},
                           {"pose1", PoseArray(0.6, -0.2, 0.02, 1.9)}};
  const Label label = LabelFromAction(action, FullGrid(PixelConvention::kCorner), "action");
  EXPECT_NEAR(label.yaw, 1.2, 1e-12);
  EXPECT_NEAR(label.pick.column, 48, 1e-9);
  EXPECT_NEAR(label.pick.row, 192, 1e-9);
  EXPECT_NEAR(label.place.column, 112, 1e-9);
  EXPECT_NEAR(label.place.row, 96, 1e-9);
}

TEST(TransporterImage, HalfResolutionTakesMeanColourAndGreatestHeight) {
  ArrayMap observation = rookery::testing::MakeInsertionScene(1).observation.Clone();
  auto rgb = observation.at(kRgbName).As<uint8_t>();
  auto height = observation.at(kHeightName).As<float>();
  const size_t cells[4] = {0, 1, kColumns, kColumns + 1};
  const uint8_t red[4] = {10, 20, 30, 41};
  const float z[4] = {0.01F, 0.05F, 0.0F, 0.02F};
  for (size_t i = 0; i < 4; ++i) {
    rgb[3 * cells[i]] = red[i];
    height[cells[i]] = z[i];
  }
  const Image image = ImageFromObservation(observation, true, "observation");
  EXPECT_EQ(image.rows, 160);
  EXPECT_EQ(image.columns, 80);
  EXPECT_EQ(image.rgb[0], 25);  // 25.25
  EXPECT_FLOAT_EQ(image.height[0], 0.05F);
}

TEST(TransporterImage, RefusesWhatIsNoHeightmap) {
  const ArrayMap good = rookery::testing::MakeInsertionScene(1).observation;
  const auto message = [](const ArrayMap& observation) {
    return ErrorOf([&] { ImageFromObservation(observation, true, "observation"); });
  };
  ArrayMap missing = good;
  missing.Erase(kHeightName);
  EXPECT_THAT(message(missing), HasSubstr("observation has no 'heightmap.height'"));

  ArrayMap shape = good;
  shape.Set(kRgbName, Array(DType::kUInt8, {160, 320, 3}));
  EXPECT_THAT(message(shape), HasSubstr("expected 'heightmap.rgb' as uint8 (320, 160, 3), got "
                                        "uint8 (160, 320, 3)"));
  ArrayMap zeros = good;
  zeros.Set(kHeightName, Array(DType::kFloat32, {kRows, kColumns}));
  EXPECT_THAT(message(zeros), HasSubstr("no valid height data"));

  ArrayMap nan = good.Clone();
  nan.at(kHeightName).As<float>()[5 * kColumns + 7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message(nan), HasSubstr("no valid height data (nan at row 5, column 7)"));
}

TEST(TransporterLabels, RefusesMalformedPoses) {
  const Grid grid = FullGrid(PixelConvention::kCorner);
  const auto message = [&](const ArrayMap& action) {
    return ErrorOf([&] { LabelFromAction(action, grid, "step 3"); });
  };
  const Array good = PoseArray(0.4, 0, 0, 0);
  EXPECT_THAT(message({{"pose0", good}}), HasSubstr("step 3 has no 'pose1'"));
  EXPECT_THAT(message({{"pose0", good}, {"pose1", Array(DType::kFloat64, {6})}}),
              HasSubstr("expected 'pose1' as float64 (7), got float64 (6)"));
  EXPECT_THAT(message({{"pose0", good}, {"pose1", Array(DType::kFloat64, {7})}}),
              HasSubstr("zero quaternion"));
}

}  // namespace
}  // namespace rookery::pick_place
