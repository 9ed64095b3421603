#include <gtest/gtest.h>

#include <cmath>

#include "agents/pick_place/inputs.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

Image Scene(bool half) {
  return ImageFromObservation(rookery::testing::MakeInsertionScene(11).observation, half, "scene");
}

float At(const Tensor& x, int64_t n, int64_t c, int64_t row, int64_t column) {
  return x[n][c][row][column].item<float>();
}

TEST(TransporterInputs, NormalisesAfterPadding) {
  InputBuilder inputs(kRows, kColumns, 64, 36, at::kFloat, at::kCPU);
  const Image image = Scene(false);
  inputs.SetImage(image);
  const Tensor x = inputs.Padded(0, 80);
  ASSERT_EQ(x.sizes(), (at::IntArrayRef{1, 6, 320, 320}));
  EXPECT_TRUE(x.is_contiguous(at::MemoryFormat::ChannelsLast));
  // Padding is raw zero, normalised.
  for (int64_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(At(x, 0, c, 100, 10), -2.5943F, 1e-4F);
    EXPECT_NEAR(At(x, 0, 3 + c, 100, 310), -0.5634F, 1e-4F);
  }
  const size_t at = image.Index(77, 33);
  EXPECT_NEAR(At(x, 0, 1, 77, 33 + 80),
              (static_cast<float>(image.rgb[3 * at + 1]) / 255 - 0.18877631F) / 0.07276466F, 1e-5F);
  for (int64_t c = 3; c < 6; ++c) {
    EXPECT_NEAR(At(x, 0, c, 77, 33 + 80), (image.height[at] - 0.00509261F) / 0.00903967F, 1e-5F);
  }
}

TEST(TransporterInputs, CropZeroIsTheImageAroundThePick) {
  InputBuilder inputs(kRows, kColumns, 64, 36, at::kFloat, at::kCPU);
  inputs.SetImage(Scene(false));
  const int row = 100, column = 20;  // the crop sticks out to the left
  const Tensor padded = inputs.Padded(32, 32), crops = inputs.Crops(row, column);
  ASSERT_EQ(crops.sizes(), (at::IntArrayRef{36, 6, 64, 64}));
  EXPECT_TRUE(at::equal(crops[0], padded[0].narrow(1, row, 64).narrow(2, column, 64)));
}

// out(offset) = in(R(theta) offset): at 90 degrees (bin 9 of 36) the source of column offset 5
// is row offset 5. The pick stays in the middle at every angle.
TEST(TransporterInputs, CropsTurnAboutThePick) {
  InputBuilder inputs(kRows, kColumns, 64, 36, at::kFloat, at::kCPU);
  inputs.SetImage(Scene(false));
  const int row = 150, column = 80;
  const Tensor padded = inputs.Padded(32, 32), crops = inputs.Crops(row, column);
  const auto source = [&](int down, int right, int64_t c) {
    return At(padded, 0, c, row + 32 + down, column + 32 + right);
  };
  for (int64_t c : {0, 4}) {
    for (int64_t i = 0; i < 36; ++i) EXPECT_EQ(At(crops, i, c, 32, 32), source(0, 0, c));
    EXPECT_EQ(At(crops, 9, c, 32, 32 + 5), source(5, 0, c));
    EXPECT_EQ(At(crops, 9, c, 32 + 7, 32), source(0, -7, c));
    EXPECT_EQ(At(crops, 18, c, 32 + 7, 32 + 5), source(-7, -5, c));
  }
}

TEST(TransporterInputs, BeyondThePaddingIsZeroAfterNormalisation) {
  InputBuilder inputs(kRows, kColumns, 64, 36, at::kFloat, at::kCPU);
  inputs.SetImage(Scene(false));
  const Tensor crops = inputs.Crops(0, 0);
  // Bin 0 stays within the padding; turned by 45 degrees or so the corners leave it.
  EXPECT_NEAR(At(crops, 0, 0, 0, 0), -2.5943F, 1e-4F);
  double beyond = 0;
  for (int64_t i : {4, 5}) beyond += (crops[i] == 0).sum().item<double>();
  EXPECT_GT(beyond, 100);
}

TEST(TransporterInputs, Bfloat16IsTheSameRounded) {
  InputBuilder floats(160, 80, 32, 36, at::kFloat, at::kCPU);
  InputBuilder halves(160, 80, 32, 36, at::kBFloat16, at::kCPU);
  const Image image = Scene(true);
  floats.SetImage(image);
  halves.SetImage(image);
  EXPECT_TRUE(at::equal(floats.Crops(40, 40).to(at::kBFloat16), halves.Crops(40, 40)));
  EXPECT_TRUE(at::equal(floats.Padded(16, 16).to(at::kBFloat16), halves.Padded(16, 16)));
}

TEST(TransporterInputs, RotatedSquareAgreesWithTheCropConvention) {
  InputBuilder inputs(160, 80, 32, 4, at::kFloat, at::kCPU);
  inputs.SetImage(Scene(true));
  const Tensor square = inputs.Padded(0, 40), turned = Turned(square, TurnedIndex(160, 1, 4));
  EXPECT_TRUE(turned.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(at::equal(Turned(square, TurnedIndex(160, 0, 4)), square));
  EXPECT_EQ(At(turned, 0, 3, 80, 80 + 9), At(square, 0, 3, 80 + 9, 80));
  EXPECT_EQ(At(turned, 0, 0, 80 + 30, 80 + 9), At(square, 0, 0, 80 + 9, 80 - 30));
}

}  // namespace
}  // namespace rookery::pick_place
