#include "gui/overlay_marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/overlay.h"

namespace rookery::gui {
namespace {

Scene Table() {
  Scene scene;
  scene.workspace_low = {0.25, -0.5, 0};
  scene.workspace_high = {0.75, 0.5, 0.28};
  return scene;
}

// Flat but for one peak.
Array Peak(int64_t row, int64_t column) {
  Array map(DType::kFloat32, {320, 160});
  map.As<float>()[static_cast<size_t>(row * 160 + column)] = 1;
  return map;
}

TEST(OverlayMarks, HeatLiesOverItsPixelOfTheTable) {
  const OverlayDrawing drawing =
      DrawOverlay({{std::string(kExplainHeatmap) + "pick", Peak(40, 130)}}, Table());
  ASSERT_EQ(drawing.decals.size(), 1u);
  const SceneDecal& decal = drawing.decals[0];
  ASSERT_EQ(decal.rgba.shape(), (Shape{320, 160, 4}));
  const auto pixels = decal.rgba.As<uint8_t>();
  size_t hottest = 0;
  for (size_t i = 0; i < 320 * 160; ++i) {
    if (pixels[4 * i + 3] > pixels[4 * hottest + 3]) hottest = i;
  }
  EXPECT_NEAR(static_cast<double>(hottest / 160), 40, 1);
  EXPECT_NEAR(static_cast<double>(hottest % 160), 130, 1);
  EXPECT_GT(pixels[4 * hottest + 3], 200);
  EXPECT_EQ(pixels[3], 0) << "nothing is said there";
  // Pixel (r, c) is at low + (c + 0.5, r + 0.5) * 3.125 mm.
  const Vec3 at = decal.origin + decal.right * (130.5 / 160) + decal.down * (40.5 / 320);
  EXPECT_LT(Norm(at - Vec3(0.25 + 130.5 * 0.003125, -0.5 + 40.5 * 0.003125, 0)), 1e-12);
  EXPECT_GT(decal.height_m, 0.1) << "heat on what stands on the table is seen";
  ASSERT_EQ(drawing.legend.size(), 1u);
  EXPECT_EQ(drawing.legend[0].name, "pick");
  EXPECT_GT(drawing.legend[0].colors.size(), 2u);
}

TEST(OverlayMarks, ChoicesHaveTheirPlaceRotationAndOrder) {
  const ArrayMap explanation = {
      {std::string(kExplainHeatmap) + "pick", Peak(40, 130)},
      {std::string(kExplainPixel) + "pick", Array::Of<int64_t>({40, 130})},
      {std::string(kExplainPixel) + "place", Array::Of<int64_t>({200, 60})},
      {std::string(kExplainYaw) + "place", Array::Scalar(kPi / 2)}};
  const OverlayDrawing drawing = DrawOverlay(explanation, Table());
  const Vec3 pick(0.25 + 130.5 * 0.003125, -0.5 + 40.5 * 0.003125, 0);
  const Vec3 place(0.25 + 60.5 * 0.003125, -0.5 + 200.5 * 0.003125, 0);
  const auto near = [](const Vec3& a, const Vec3& b) { return Norm(a - b) < 1e-9; };
  const auto& points = drawing.marks.points;
  for (const Vec3& at : {pick, place}) {
    EXPECT_TRUE(std::any_of(points.begin(), points.end(),
                            [&](const ScenePoint& p) { return near(p.position, at); }));
  }
  bool way = false, rotation = false;
  for (const SceneLine& line : drawing.marks.lines) {
    EXPECT_TRUE(line.arrow);
    way |= near(line.from, pick) && near(line.to, place);
    const Vec3 by = line.to - line.from;
    rotation |= near(line.from, place) && std::abs(by.x) < 1e-9 && by.y > 0.02;
  }
  EXPECT_TRUE(way);
  EXPECT_TRUE(rotation);
  ASSERT_EQ(drawing.legend.size(), 2u);
  EXPECT_NE(drawing.legend[0].colors, drawing.legend[1].colors);
}

TEST(OverlayMarks, PosesAreFramesAndCloudsPoints) {
  Array pose(DType::kFloat64, {7}), cloud(DType::kFloat32, {5, 4});
  const auto p = pose.As<double>();
  p[0] = 0.5, p[1] = 0.1, p[2] = 0.2, p[6] = 1;
  const auto c = cloud.As<float>();
  for (size_t i = 0; i < 5; ++i) c[4 * i] = c[4 * i + 3] = static_cast<float>(i);
  c[19] = std::nanf("");
  const OverlayDrawing drawing = DrawOverlay(
      {{std::string(kExplainPose) + "grasp", pose}, {std::string(kExplainCloud) + "q", cloud}},
      Scene());
  EXPECT_EQ(drawing.marks.lines.size(), 3u);
  for (const SceneLine& line : drawing.marks.lines) {
    EXPECT_LT(Norm(line.from - Vec3(0.5, 0.1, 0.2)), 1e-9);
  }
  const auto sampled = std::count_if(drawing.marks.points.begin(), drawing.marks.points.end(),
                                     [](const ScenePoint& point) { return !point.always; });
  EXPECT_EQ(sampled, 4) << "one has no value";
}

TEST(OverlayMarks, SaysNothingWhereThereIsNothingToSay) {
  EXPECT_TRUE(DrawOverlay({}, Table()).empty());
  // Without a table a heat map has no place in the world.
  EXPECT_TRUE(DrawOverlay({{std::string(kExplainHeatmap) + "x", Peak(1, 1)}}, Scene()).empty());
  EXPECT_THROW(DrawOverlay({{"nonsense", Array()}}, Table()), UserError);
}

}  // namespace
}  // namespace rookery::gui
