#include "gui/image_pixels.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "gui/body_color.h"
#include "renderers/report/colormap.h"
#include "renderers/report/figures.h"

namespace rookery::gui {
namespace {

using Rgba = std::array<int, 4>;

Rgba At(const Array& pixels, int64_t row, int64_t column) {
  const auto bytes = pixels.As<uint8_t>();
  const auto at = static_cast<size_t>(4 * (row * pixels.shape()[1] + column));
  return {bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]};
}

Array Image(DType dtype, Shape shape) { return Array(dtype, std::move(shape)); }

TEST(ImagePixels, ColoursAreAsTheyAre) {
  Array image = Image(DType::kUInt8, {2, 3, 3});
  image.As<uint8_t>()[3 * 5] = 200;     // red of row 1, column 2
  image.As<uint8_t>()[3 * 5 + 2] = 70;  // its blue
  const Array pixels = ImagePixels(image, {.kind = ImageKind::kColor});
  EXPECT_EQ(pixels.shape(), (Shape{2, 3, 4}));
  EXPECT_EQ(At(pixels, 1, 2), (Rgba{200, 0, 70, 255}));
  EXPECT_EQ(At(pixels, 0, 0), (Rgba{0, 0, 0, 255}));
}

TEST(ImagePixels, RealColoursAndGreysGoFromLowToHigh) {
  Array color = Image(DType::kFloat32, {1, 1, 3});
  color.As<float>()[0] = 1;
  color.As<float>()[1] = 0.5f;
  EXPECT_EQ(At(ImagePixels(color, {.kind = ImageKind::kColor, .low = 0, .high = 1}), 0, 0),
            (Rgba{255, 128, 0, 255}));
  const Array grey = Array::Of<double>({-3, -1, 0, 1, 7}).Reshaped({1, 5});
  const Array pixels = ImagePixels(grey, {.kind = ImageKind::kGrey, .low = -1, .high = 1});
  EXPECT_EQ(At(pixels, 0, 0)[0], 0);
  EXPECT_EQ(At(pixels, 0, 1)[0], 0);
  EXPECT_EQ(At(pixels, 0, 2)[0], 128);
  EXPECT_EQ(At(pixels, 0, 4)[0], 255);
}

TEST(ImagePixels, MeasuresHaveTheColoursOfTheMap) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const Array depth = Array::Of<float>({1, 3, nan, inf}).Reshaped({1, 4});
  const Array pixels = ImagePixels(depth, {.kind = ImageKind::kScale, .low = 1, .high = 3});
  const auto& map = report::SequentialMap();
  EXPECT_EQ(At(pixels, 0, 0), (Rgba{map[0][0], map[0][1], map[0][2], 255}));
  EXPECT_EQ(At(pixels, 0, 1), (Rgba{map[255][0], map[255][1], map[255][2], 255}));
  EXPECT_EQ(At(pixels, 0, 3), At(pixels, 0, 1));
  // Not a number is a grey that the map does not have.
  const Rgba none = At(pixels, 0, 2);
  for (const report::Rgb& c : map) EXPECT_NE(none, (Rgba{c[0], c[1], c[2], 255}));
}

TEST(ImagePixels, BodiesHaveTheirColours) {
  const Array ids = Array::Of<uint8_t>({0, 7, 255}).Reshaped({1, 3});
  const Array pixels = ImagePixels(ids, {.kind = ImageKind::kSegmentation});
  for (const auto& [column, id] : {std::pair{0, 0}, {1, 7}, {2, 255}}) {
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(At(pixels, 0, column)[c], 255 * BodyColor(id)[c], 0.51f) << id;
    }
  }
}

// A heightmap is shown as reports show it.
TEST(ImagePixels, TheTableIsSeenAsInReports) {
  Array rgb = Image(DType::kUInt8, {2, 3, 3});
  for (int i = 0; i < 18; ++i) rgb.As<uint8_t>()[static_cast<size_t>(i)] = uint8_t(10 * i);
  const ImageStyle table{.kind = ImageKind::kColor, .table = true};
  const Array pixels = ImagePixels(rgb, table), expected = report::TableImage(rgb);
  ASSERT_EQ(pixels.shape(), (Shape{3, 2, 4}));
  for (int64_t r = 0; r < 3; ++r) {
    for (int64_t c = 0; c < 2; ++c) {
      const auto want = expected.As<uint8_t>().subspan(static_cast<size_t>(3 * (2 * r + c)), 3);
      EXPECT_EQ(At(pixels, r, c), (Rgba{want[0], want[1], want[2], 255}));
    }
  }
  Array height = Image(DType::kFloat32, {2, 3});
  height.As<float>()[5] = 1;  // row 1, column 2
  const ImageStyle grey{.kind = ImageKind::kGrey, .table = true, .low = 0, .high = 1};
  EXPECT_EQ(At(ImagePixels(height, grey), 2, 1)[0], 255);
  EXPECT_EQ(ArrayPixel(grey, 1, 2), (std::array<int64_t, 2>{1, 2}));
  EXPECT_EQ(ArrayPixel({}, 1, 2), (std::array<int64_t, 2>{2, 1}));
}

TEST(ImagePixels, OnlyWhatFitsIsDrawn) {
  EXPECT_FALSE(FitsStyle(Array(), {}));
  EXPECT_FALSE(FitsStyle(Image(DType::kUInt8, {4, 4}), {.kind = ImageKind::kColor}));
  EXPECT_FALSE(FitsStyle(Image(DType::kUInt8, {4, 4, 3}), {.kind = ImageKind::kGrey}));
  EXPECT_FALSE(FitsStyle(Image(DType::kInt64, {4, 4}), {.kind = ImageKind::kGrey}));
  EXPECT_TRUE(FitsStyle(Image(DType::kFloat32, {4, 4, 1}), {.kind = ImageKind::kScale}));
  EXPECT_THROW(ImagePixels(Array(), {}), Bug);
}

TEST(ImagePixels, TheUsualRangeLeavesOutliersOut) {
  Array depth = Image(DType::kFloat32, {100, 100});
  const auto values = depth.As<float>();
  for (size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<float>(i) * 1e-4f;
  values[5] = 1000;
  values[6] = -1000;
  values[7] = std::numeric_limits<float>::quiet_NaN();
  const auto [low, high] = UsualRange(depth);
  EXPECT_NEAR(low, 1, 0.01);
  EXPECT_NEAR(high, 2, 0.01);
  const auto flat = UsualRange(Image(DType::kFloat32, {4, 4}));
  EXPECT_LT(flat[0], flat[1]);
}

TEST(ImagePixels, TellsWhatAPixelSays) {
  Array color = Image(DType::kUInt8, {2, 2, 3});
  color.As<uint8_t>()[3 * 2] = 12;
  EXPECT_EQ(PixelText(color, 1, 0, ""), "(12, 0, 0)");
  Array depth = Image(DType::kFloat32, {2, 2});
  depth.As<float>()[3] = 0.4125f;
  EXPECT_EQ(PixelText(depth, 1, 1, "m"), "0.4125 m");
}

}  // namespace
}  // namespace rookery::gui
