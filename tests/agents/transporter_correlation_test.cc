#include <gtest/gtest.h>
#include <torch/torch.h>

#include "agents/pick_place/explanation.h"
#include "agents/pick_place/inputs.h"
#include "agents/pick_place/networks/correlation.h"
#include "agents/pick_place/networks/correlator.h"
#include "tests/agents/fft_against_direct.h"
#include "tests/agents/insertion_scene.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {
namespace {

using rookery::testing::RandomTensor;

CorrelationShape SmallShape() {
  CorrelationShape shape;
  shape.rotations = 5;
  shape.rows = 48;
  shape.columns = 32;
  shape.crop = 16;
  return shape;
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

TEST_P(FftAgainstDirect, ForwardAndBackward) { ExpectFftEqualsDirect(GetParam()); }

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
  Tensor scene = RandomTensor({1, 3, shape.scene_rows(), shape.scene_columns()}, 4);
  Tensor kernels = RandomTensor({shape.rotations, 3, shape.crop, shape.crop}, 5);
  const Tensor gradient = RandomTensor({shape.rotations, shape.rows, shape.columns}, 6);
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
  const Tensor scene = RandomTensor({1, 3, shape.scene_rows(), shape.scene_columns()}, 1);
  const Tensor kernels = RandomTensor({36, 3, shape.crop, shape.crop}, 2);
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

// Features that are the heights themselves: a block at yaw a is matched with its twin at yaw b.
class PlantedBlocks {
 public:
  // Crops around the origin of `first`, to be found where `second` is.
  PlantedBlocks(const Pose& first, const Pose& second) : first_(first), second_(second) {
    const PixelPoint pick = grid_.FromWorld(first.p.x, first.p.y);
    pick_ = {grid_.Pixel(pick.row), grid_.Pixel(pick.column), 0};
    InputBuilder inputs(kRows, kColumns, shape_.crop, shape_.rotations, at::kFloat, at::kCPU);
    inputs.SetImage(Draw(first));
    kernels_ = Heights(inputs.Crops(pick_.row, pick_.column));
    // What sticks out of the shape counts against it.
    kernels_ = kernels_ - kernels_.mean({2, 3}, true);
    inputs.SetImage(Draw(second));
    scene_ = Heights(inputs.Padded(32, 32));
  }

  // The best cell, the crops' order turned by so many places.
  Cell Find(int64_t turned) const {
    const Tensor maps = MakeCorrelator(CorrelatorKind::kSimdFft, shape_)
                            ->Forward(scene_, at::roll(kernels_, turned, 0).contiguous(), 1.0);
    return DecidePlace(maps).cell;
  }
  // Where picking at the pick and placing at that cell brings the first block.
  Pose Executed(const Cell& place) const {
    const auto pose = [&](const Cell& cell, double yaw) {
      return Pose::FromXyYaw(grid_.X(cell.column), grid_.Y(cell.row), 0, yaw);
    };
    return pose(place, BinYaw(place.bin, shape_.rotations)) * pose(pick_, 0).Inverse() * first_;
  }
  const Pose& second() const { return second_; }

 private:
  static Image Draw(const Pose& block) {
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
  }
  // Zero where there is nothing.
  static Tensor Heights(const Tensor& x) {
    return (x.narrow(1, 3, 3) * kHeightSd + kHeightMean).clamp_min(0.001).sub(0.001).contiguous();
  }

  const Grid grid_ = {kRows, kColumns, kPixel, PixelConvention::kCentre};
  const CorrelationShape shape_;
  Pose first_, second_;
  Cell pick_;
  Tensor scene_, kernels_;
};

// What is executed must turn the first block into the second: by b - a. A wrong sign would turn it
// by a - b.
TEST(Correlation, PlantedBlockGivesTheDirectionOfRotation) {
  const double degree = kPi / 180;
  for (const auto& [a, b] : {std::pair{20.0, 80.0}, {80.0, 20.0}, {0.0, 170.0}, {300.0, 40.0}}) {
    const PlantedBlocks blocks(Pose::FromXyYaw(0.40, -0.25, 0, a * degree),
                               Pose::FromXyYaw(0.55, 0.2, 0, b * degree));
    const Cell place = blocks.Find(0);
    EXPECT_EQ(place.bin, RotationBin((b - a) * degree, 36)) << a << " -> " << b;
    EXPECT_NEAR(std::remainder(BinYaw(place.bin, 36) - (b - a) * degree, 2 * kPi), 0, 1e-9);
    const Pose moved = blocks.Executed(place);
    EXPECT_NEAR(moved.p.x, blocks.second().p.x, 1.5 * kPixel);
    EXPECT_NEAR(moved.p.y, blocks.second().p.y, 1.5 * kPixel);
    EXPECT_LT(AngleBetween(moved.q, blocks.second().q), 0.1 * degree);
  }
}

TEST(Correlation, TurningTheOrderOfTheCropsShiftsTheBin) {
  const PlantedBlocks blocks(Pose::FromXyYaw(0.40, -0.25, 0, 0.4),
                             Pose::FromXyYaw(0.55, 0.2, 0, 2));
  const Cell place = blocks.Find(0);
  for (int turned : {1, 2, 17, 35}) {
    const Cell found = blocks.Find(turned);
    EXPECT_EQ(found.bin, (place.bin + turned) % 36);
    EXPECT_EQ(found.row, place.row);
    EXPECT_EQ(found.column, place.column);
  }
  // And a block that is turned by whole bins: the other way, for a bin means a negative yaw.
  for (int turned : {1, 2, 17, 35}) {
    const PlantedBlocks other(Pose::FromXyYaw(0.40, -0.25, 0, 0.4),
                              Pose::FromXyYaw(0.55, 0.2, 0, 2 - BinYaw(turned, 36)));
    EXPECT_EQ(other.Find(turned).bin, place.bin) << turned;
  }
}

}  // namespace
}  // namespace rookery::pick_place
