#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "agents/pick_place/augmentation.h"
#include "tests/agents/insertion_scene.h"

namespace rookery::pick_place {
namespace {

const PixelPoint kFullPivot{160, 80};

Image SceneImage(uint64_t seed, bool half) {
  return ImageFromObservation(rookery::testing::MakeInsertionScene(seed).observation, half,
                              "scene");
}

Label SceneLabel(uint64_t seed, const Grid& grid) {
  return LabelFromAction(rookery::testing::MakeInsertionScene(seed).action, grid, "scene");
}

TEST(PlaneMotion, QuarterTurnAboutTheImageCentre) {
  const PlaneMotion motion(kPi / 2, kFullPivot, {0, 0});
  for (const PixelPoint p : {PixelPoint{10, 20}, PixelPoint{160, 80}, PixelPoint{300, 155}}) {
    const PixelPoint q = motion(p);  // (x, y) -> (240 - y, x + 80)
    EXPECT_NEAR(q.column, 240 - p.row, 1e-9);
    EXPECT_NEAR(q.row, p.column + 80, 1e-9);
    const PixelPoint back = motion.Inverse(q);
    EXPECT_NEAR(back.row, p.row, 1e-9);
    EXPECT_NEAR(back.column, p.column, 1e-9);
  }
}

TEST(Warp, MovesPixelsAsTheMotionMovesPoints) {
  const Image image = SceneImage(3, false);
  const PlaneMotion motion(kPi / 2, kFullPivot, {4, -7});
  const Image moved = Warp(image, motion);
  int checked = 0;
  for (int row = 0; row < image.rows; ++row) {
    for (int column = 0; column < image.columns; ++column) {
      const PixelPoint to = motion({static_cast<double>(row), static_cast<double>(column)});
      const int r = Nearest(to.row), c = Nearest(to.column);
      if (r < 0 || r >= image.rows || c < 0 || c >= image.columns) continue;
      ASSERT_EQ(moved.height[moved.Index(r, c)], image.height[image.Index(row, column)]);
      ASSERT_EQ(moved.rgb[3 * moved.Index(r, c)], image.rgb[3 * image.Index(row, column)]);
      ++checked;
    }
  }
  EXPECT_GT(checked, 20000);
  EXPECT_EQ(moved.height[moved.Index(0, 0)], 0.0F);  // nothing came there
  EXPECT_EQ(moved.rgb[0], 0);
}

TEST(MakeSample, KeepsThePickOnTheBlockAndTheRelativeAngle) {
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  Rng rng(5);
  AugmentationOptions options;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Image image = SceneImage(seed, true);
    const Label label = SceneLabel(seed, grid);
    const TrainingSample sample = MakeSample(image, label, {}, grid, options, &rng);
    EXPECT_TRUE(sample.augmented);
    EXPECT_LT(sample.rejected, options.max_tries);
    EXPECT_EQ(sample.bin, RotationBin(label.yaw, 36));
    ASSERT_TRUE(grid.Contains(sample.pick_row, sample.pick_column));
    ASSERT_TRUE(grid.Contains(sample.place_row, sample.place_column));
    // Still red.
    const size_t at = sample.image.Index(sample.pick_row, sample.pick_column);
    EXPECT_GT(sample.image.rgb[3 * at], 120) << "seed " << seed;
  }
}

TEST(MakeSample, GivesUpMovingAfterTheAllowedTries) {
  // A place outside the image can never be moved inside together with a pick far from it.
  const Image image = SceneImage(1, true);
  Label label;
  label.pick = {2, 2};
  label.place = {100000, 100000};
  AugmentationOptions options;
  Rng rng(1);
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  const TrainingSample sample = MakeSample(image, label, {}, grid, options, &rng);
  EXPECT_FALSE(sample.augmented);
  EXPECT_EQ(sample.rejected, 100);
  EXPECT_EQ(sample.image.height, image.height);
  EXPECT_EQ(sample.pick_row, 2);
}

TEST(MakeSample, WithoutMotionIsTheDemonstration) {
  const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCorner};
  const Image image = SceneImage(2, false);
  const Label label = SceneLabel(2, grid);
  AugmentationOptions options;
  options.move = false;
  options.rigid_rounding = false;
  Rng rng(1);
  const TrainingSample sample = MakeSample(image, label, {}, grid, options, &rng);
  EXPECT_EQ(sample.pick_row, Nearest(label.pick.row));
  EXPECT_EQ(sample.place_column, Nearest(label.place.column));
  EXPECT_EQ(sample.image.rgb, image.rgb);
}

// The place must follow a pick that moves on the block: block point a goes to the fixture where
// it belongs, whichever point was picked.
TEST(MakeSample, PickShiftMovesThePlaceRigidly) {
  const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCentre};
  AugmentationOptions options;
  options.move = false;
  options.pick_shift = true;
  Rng rng(7);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const rookery::testing::InsertionScene scene = rookery::testing::MakeInsertionScene(seed);
    const Image image = ImageFromObservation(scene.observation, false, "scene");
    const Label label = LabelFromAction(scene.action, grid, "scene");
    const std::vector<int> block =
        SurfaceAround(image, grid.Pixel(label.pick.row), grid.Pixel(label.pick.column));
    const TrainingSample sample = MakeSample(image, label, block, grid, options, &rng);
    const Vec3 pick(grid.X(sample.pick_column), grid.Y(sample.pick_row), 0);
    const Vec3 in_block = scene.block.Inverse() * pick;
    EXPECT_TRUE(rookery::testing::InBlock(in_block, kPixel)) << "seed " << seed;
    const Vec3 expected = scene.fixture * in_block;
    EXPECT_NEAR(grid.X(sample.place_column), expected.x, 0.51 * kPixel);
    EXPECT_NEAR(grid.Y(sample.place_row), expected.y, 0.51 * kPixel);
  }
}

// The reference: pixels first, then the motion, then pixels again.
TEST(MakeSample, CornerConventionMovesRoundedPixels) {
  const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCorner};
  const Image image = SceneImage(2, false);
  AugmentationOptions options;
  options.rigid_rounding = false;
  Rng rng(3);
  int unlike = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const rookery::testing::InsertionScene scene = rookery::testing::MakeInsertionScene(seed);
    const Label label = LabelFromAction(scene.action, grid, "scene");
    const auto pose = scene.action.at("pose0").As<double>();
    EXPECT_EQ(label.pick.row, Nearest((pose[1] - kLowY) / kPixel));
    EXPECT_EQ(label.pick.column, Nearest((pose[0] - kLowX) / kPixel));
    Rng again = rng;
    const TrainingSample sample = MakeSample(image, label, {}, grid, options, &rng);
    PlaneMotion motion;
    for (int i = 0; i <= sample.rejected; ++i) {
      const double angle = again.Normal(0, 2 * kPi / 6);
      const double columns = again.Normal(0, 160 / 6.0), rows = again.Normal(0, 160 / 6.0);
      motion = PlaneMotion(angle, kFullPivot, {rows, columns});
    }
    EXPECT_EQ(sample.pick_row, Nearest(motion(label.pick).row));
    EXPECT_EQ(sample.pick_column, Nearest(motion(label.pick).column));
    EXPECT_EQ(sample.place_row, Nearest(motion(label.place).row));
    EXPECT_EQ(sample.place_column, Nearest(motion(label.place).column));
    const PixelPoint exact{(pose[1] - kLowY) / kPixel, (pose[0] - kLowX) / kPixel};
    unlike += sample.pick_row != Nearest(motion(exact).row);
  }
  EXPECT_GT(unlike, 0);  // rounding once would be another label now and then
}

TEST(MakeSample, RejectsMotionsThatTakeTheExactPointOut) {
  const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCorner};
  // Rounds to row 0, but lies outside; the last row's upper half rounds out.
  EXPECT_FALSE(grid.Contains(PixelPoint{-0.3, 10}));
  EXPECT_TRUE(grid.Contains(PixelPoint{0.3, 10}));
  EXPECT_FALSE(grid.Contains(PixelPoint{319.6, 10}));
  EXPECT_TRUE(grid.Contains(PixelPoint{319.4, 159.4}));
  // A centre's pixel reaches half a unit around it.
  const Grid centre = {kRows, kColumns, kPixel, PixelConvention::kCentre};
  EXPECT_TRUE(centre.Contains(PixelPoint{-0.3, 10}));
  EXPECT_FALSE(centre.Contains(PixelPoint{-0.6, 10}));
  EXPECT_FALSE(centre.Contains(PixelPoint{319.5, 10}));
}

// With the rounding of the pick carried over, executing both pixels moves the block exactly.
TEST(MakeSample, RigidRoundingKeepsTheRelativePosition) {
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  double worst[2] = {};
  for (const bool rigid : {false, true}) {
    AugmentationOptions options;
    options.move = false;
    options.rigid_rounding = rigid;
    Rng rng(1);
    for (uint64_t seed = 0; seed < 30; ++seed) {
      const rookery::testing::InsertionScene scene = rookery::testing::MakeInsertionScene(seed);
      const Label label = LabelFromAction(scene.action, grid, "scene");
      const TrainingSample sample =
          MakeSample(SceneImage(seed, true), label, {}, grid, options, &rng);
      const Vec3 pick(grid.X(sample.pick_column), grid.Y(sample.pick_row), 0);
      const Vec3 wanted = scene.fixture * scene.block.Inverse() * pick;
      worst[rigid] = std::max({worst[rigid], std::abs(grid.X(sample.place_column) - wanted.x),
                               std::abs(grid.Y(sample.place_row) - wanted.y)});
    }
  }
  EXPECT_LE(worst[1], 1.001 * kPixel);  // half a pixel of twice the size
  EXPECT_GT(worst[0], 1.2 * kPixel);
}

// All pixels of the object go where the picked one goes; and the other way round too.
TEST(MakeSample, TheObjectMovesWithThePickAlsoTurned) {
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  AugmentationOptions options;
  options.pick_shift = options.half_turns = true;
  Rng rng(3);
  int turned = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Image image = SceneImage(seed, true);
    const Label label = SceneLabel(seed, grid);
    std::vector<int> block =
        SurfaceAround(image, grid.Pixel(label.pick.row), grid.Pixel(label.pick.column));
    // Its inside: turned images round pixels.
    std::erase_if(block, [&](int i) {
      for (int step : {-1, 1, -image.columns, image.columns}) {
        if (image.rgb[3 * static_cast<size_t>(i + step)] < 190) return true;
      }
      return false;
    });
    Rng ahead = rng;
    turned += static_cast<int>(ahead.Integer(2));
    const TrainingSample sample = MakeSample(image, label, block, grid, options, &rng);
    EXPECT_GT(sample.object.size(), block.size() / 2);
    for (int i : sample.object) EXPECT_GT(sample.image.rgb[3 * static_cast<size_t>(i)], 100);
    const int pick = static_cast<int>(sample.image.Index(sample.pick_row, sample.pick_column));
    EXPECT_TRUE(std::binary_search(sample.object.begin(), sample.object.end(), pick));
    EXPECT_EQ(sample.bin, RotationBin(label.yaw, 36));
  }
  EXPECT_GT(turned, 4);
  EXPECT_LT(turned, 16);
}

TEST(HalfTurned, IsItsOwnInverseAndMovesPointsAlong) {
  const Image image = SceneImage(3, true);
  const Image turned = HalfTurned(image);
  EXPECT_NE(turned.rgb, image.rgb);
  EXPECT_EQ(HalfTurned(turned).rgb, image.rgb);
  EXPECT_EQ(HalfTurned(turned).height, image.height);
  const PixelPoint to = HalfTurned(PixelPoint{10, 20}, image);
  EXPECT_EQ(turned.height[turned.Index(static_cast<int>(to.row), static_cast<int>(to.column))],
            image.height[image.Index(10, 20)]);
}

TEST(MovedObject, IsTheBlockWhenItIsFoundAgainElseThePick) {
  const Grid grid = {kRows / 2, kColumns / 2, 2 * kPixel, PixelConvention::kCentre};
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const rookery::testing::InsertionScene scene = rookery::testing::MakeInsertionScene(seed);
    const Label label = LabelFromAction(scene.action, grid, "scene");
    const Image image = ImageFromObservation(scene.observation, true, "scene");
    const size_t pick = image.Index(grid.Pixel(label.pick.row), grid.Pixel(label.pick.column));
    Rng rng(seed);
    const Image after = ImageFromObservation(
        rookery::testing::DrawScene(scene.fixture, scene.fixture, &rng), true, "after");
    const std::vector<int> moved = MovedObject(image, after, label, grid);
    // 0.08 x 0.03 + 0.03 x 0.05 m, less the edge.
    const double area = static_cast<double>(moved.size()) * 4 * kPixel * kPixel;
    EXPECT_GT(area, 0.4 * 0.0039) << "seed " << seed;
    EXPECT_LT(area, 1.1 * 0.0039) << "seed " << seed;
    for (int i : moved) EXPECT_GT(image.rgb[3 * static_cast<size_t>(i)], 150) << "seed " << seed;
    // Nothing moved, or it went elsewhere.
    EXPECT_EQ(MovedObject(image, image, label, grid), std::vector<int>{static_cast<int>(pick)});
  }
}

TEST(SurfaceAround, IsTheBlock) {
  const rookery::testing::InsertionScene scene = rookery::testing::MakeInsertionScene(4);
  const Image image = ImageFromObservation(scene.observation, false, "scene");
  const Grid grid = {kRows, kColumns, kPixel, PixelConvention::kCentre};
  const PixelPoint corner = grid.FromWorld(scene.block.p.x, scene.block.p.y);
  const std::vector<int> surface =
      SurfaceAround(image, grid.Pixel(corner.row), grid.Pixel(corner.column));
  // 0.08 x 0.03 + 0.03 x 0.05 m.
  EXPECT_NEAR(static_cast<double>(surface.size()) * kPixel * kPixel, 0.0039, 0.0004);
  for (int i : surface) EXPECT_GT(image.rgb[3 * static_cast<size_t>(i)], 120);
}

}  // namespace
}  // namespace rookery::pick_place
