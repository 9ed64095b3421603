#include <gtest/gtest.h>
#include <torch/torch.h>

#include "agents/transporter/correlation.h"
#include "agents/transporter/correlator.h"
#include "agents/transporter/inputs.h"
#include "core/rng.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::transporter {
namespace {

Tensor Random(at::IntArrayRef shape, uint64_t seed) {
  Tensor out = at::empty(shape, at::kFloat);
  Rng rng(seed);
  for (int64_t i = 0; i < out.numel(); ++i) {
    out.data_ptr<float>()[i] = static_cast<float>(rng.Normal());
  }
  return out;
}

CorrelationShape SmallShape() {
  CorrelationShape shape;
  shape.rotations = 5;
  shape.rows = 48;
  shape.columns = 32;
  shape.crop = 16;
  return shape;
}

double RelativeError(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

// A feature at padded (a + c, b + c) under a kernel with a one at its centre (c, c) answers at
// (a, b): pick and place pixels agree without a half-pixel shift.
TEST(Correlation, ImpulseLandsOnItsPixel) {
  const CorrelationShape shape = SmallShape();
  const int centre = shape.crop / 2, a = 31, b = 5;
  Tensor scene = at::zeros({1, 3, shape.scene_rows(), shape.scene_columns()});
  Tensor kernels = at::zeros({shape.rotations, 3, shape.crop, shape.crop});
  scene[0][1][a + centre][b + centre] = 1.0;
  kernels[2][1][centre][centre] = 1.0;
  for (CorrelatorKind kind :
       {CorrelatorKind::kSimdFft, CorrelatorKind::kFft, CorrelatorKind::kDirect}) {
    const Tensor maps = MakeCorrelator(kind, shape)->Forward(scene, kernels, 1.0);
    ASSERT_EQ(maps.sizes(), (at::IntArrayRef{5, 48, 32}));
    EXPECT_NEAR(maps[2][a][b].item<double>(), 1.0, 1e-5);
    EXPECT_NEAR(maps.abs().sum().item<double>(), 1.0, 1e-2);
  }
}

class FftAgainstDirect : public ::testing::TestWithParam<CorrelationShape> {};

TEST_P(FftAgainstDirect, ForwardAndBackward) {
  const CorrelationShape& shape = GetParam();
  const Tensor scene = Random({1, shape.channels, shape.scene_rows(), shape.scene_columns()}, 1);
  const Tensor kernels = Random({shape.rotations, shape.channels, shape.crop, shape.crop}, 2);
  const Tensor gradient = Random({shape.rotations, shape.rows, shape.columns}, 3);
  const auto direct = MakeCorrelator(CorrelatorKind::kDirect, shape);
  const Tensor expected = direct->Forward(scene, kernels, 0.5);
  const auto [expected_scene, expected_kernels] = direct->Backward(gradient, 0.5);
  for (CorrelatorKind kind : {CorrelatorKind::kSimdFft, CorrelatorKind::kFft}) {
    const auto fft = MakeCorrelator(kind, shape);
    EXPECT_LT(RelativeError(fft->Forward(scene, kernels, 0.5), expected), 1e-5);
    const auto [dscene, dkernels] = fft->Backward(gradient, 0.5);
    EXPECT_LT(RelativeError(dscene, expected_scene), 1e-5);
    EXPECT_LT(RelativeError(dkernels, expected_kernels), 1e-5);
  }
}

// rotations, channels, rows, columns, crop: odd counts, radices 2, 3, 5 and 7, with and without
// a short first stage.
INSTANTIATE_TEST_SUITE_P(Shapes, FftAgainstDirect,
                         ::testing::Values(CorrelationShape{5, 3, 48, 32, 16},
                                           CorrelationShape{1, 1, 16, 16, 16},
                                           CorrelationShape{4, 2, 64, 48, 32},
                                           CorrelationShape{6, 3, 80, 16, 32},
                                           CorrelationShape{2, 3, 160, 80, 32}));

// The direct backward is LibTorch's; this pins its meaning to autograd.
TEST(Correlation, BackwardEqualsAutograd) {
  const CorrelationShape shape = SmallShape();
  Tensor scene = Random({1, 3, shape.scene_rows(), shape.scene_columns()}, 4);
  Tensor kernels = Random({shape.rotations, 3, shape.crop, shape.crop}, 5);
  const Tensor gradient = Random({shape.rotations, shape.rows, shape.columns}, 6);
  scene.set_requires_grad(true);
  kernels.set_requires_grad(true);
  const Tensor maps =
      at::conv2d(scene, at::constant_pad_nd(kernels, {0, 1, 0, 1})).squeeze(0) * 0.25;
  maps.backward(gradient);
  const auto fft = MakeCorrelator(CorrelatorKind::kSimdFft, shape);
  fft->Forward(scene.detach(), kernels.detach(), 0.25);
  const auto [dscene, dkernels] = fft->Backward(gradient, 0.25);
  EXPECT_LT(RelativeError(dscene, scene.grad()), 1e-5);
  EXPECT_LT(RelativeError(dkernels, kernels.grad()), 1e-5);
}

TEST(Correlation, SameBytesOnAnyNumberOfThreads) {
  const CorrelationShape shape{36, 3, 160, 80, 32};
  const Tensor scene = Random({1, 3, shape.scene_rows(), shape.scene_columns()}, 1);
  const Tensor kernels = Random({36, 3, shape.crop, shape.crop}, 2);
  std::vector<Tensor> results;
  for (int threads : {1, 2}) {
    at::set_num_threads(threads);
    const auto fft = MakeCorrelator(CorrelatorKind::kSimdFft, shape);
    const Tensor maps = fft->Forward(scene, kernels, 1.0);
    const auto [dscene, dkernels] = fft->Backward(maps, 1.0);
    results.insert(results.end(), {maps, dscene, dkernels});
  }
  at::set_num_threads(1);
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(at::equal(results[i], results[i + 3]));
}

TEST(FftLength, IsSmoothAndWide) {
  EXPECT_EQ(FftLength(384), 384);
  EXPECT_EQ(FftLength(224), 224);
  EXPECT_EQ(FftLength(177), 192);
  EXPECT_EQ(FftLength(1), 16);
}

// A block at yaw a, its twin at yaw b: matching the image with the turned crops of the first must
// answer at the second, with a place yaw of b - a. A wrong sign would answer a - b.
TEST(Correlation, PlantedBlockGivesTheDirectionOfRotation) {
  const double degree = kPi / 180;
  for (const auto& [a, b] : {std::pair{20.0, 80.0}, {80.0, 20.0}, {0.0, 170.0}, {300.0, 40.0}}) {
    const Pose first = Pose::FromXyYaw(0.40, -0.25, 0, a * degree);
    const Pose second = Pose::FromXyYaw(0.55, 0.2, 0, b * degree);
    const auto draw = [&](const Pose& block) {
      Image image;
      image.rows = kRows;
      image.columns = kColumns;
      image.rgb.assign(size_t{3} * kRows * kColumns, 0);
      image.height.assign(size_t{1} * kRows * kColumns, 0.0F);
      for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
          const Vec3 p = block.Inverse() * rookery::testing::PixelPosition(row, column);
          if (rookery::testing::InBlock(p)) image.height[image.Index(row, column)] = 0.04F;
        }
      }
      return image;
    };
    const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCentre};
    const PixelPoint pick = grid.FromWorld(first.p.x, first.p.y);
    const CorrelationShape shape;
    InputBuilder inputs(kRows, kColumns, shape.crop, 36, at::kFloat, at::kCPU);
    // Height as the feature, zero where there is nothing.
    const auto height = [](const Tensor& x) {
      return (x.narrow(1, 3, 3) * kHeightSd + kHeightMean).clamp_min(0.001).sub(0.001).contiguous();
    };
    inputs.SetImage(draw(first));
    Tensor kernels = height(inputs.Crops(Nearest(pick.row), Nearest(pick.column)));
    inputs.SetImage(draw(second));
    const Tensor scene = height(inputs.Padded(32, 32));
    // What sticks out of the shape counts against it.
    kernels = kernels - kernels.mean({2, 3}, true);
    const Tensor maps =
        MakeCorrelator(CorrelatorKind::kSimdFft, shape)->Forward(scene, kernels, 1.0);
    const int64_t best = maps.argmax().item<int64_t>();
    const int bin = static_cast<int>(best / (kRows * kColumns));
    const int row = static_cast<int>(best / kColumns % kRows);
    const int column = static_cast<int>(best % kColumns);
    EXPECT_EQ(bin, RotationBin((b - a) * degree, 36)) << a << " -> " << b;
    EXPECT_NEAR(grid.X(column), second.p.x, 1.5 * kPixel);
    EXPECT_NEAR(grid.Y(row), second.p.y, 1.5 * kPixel);
  }
}

}  // namespace
}  // namespace rookery::transporter
