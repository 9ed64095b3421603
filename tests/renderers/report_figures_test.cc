#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/pose.h"
#include "renderers/report/canvas.h"
#include "renderers/report/colormap.h"
#include "renderers/report/decision_card.h"
#include "renderers/report/figures.h"
#include "renderers/report/plot_grid.h"

namespace rookery::report {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

Array Filled(int64_t rows, int64_t columns, Rgb color) {
  Array out(DType::kUInt8, {rows, columns, 3});
  std::span<uint8_t> pixels = out.As<uint8_t>();
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = color[i % 3];
  return out;
}

Rgb At(const Array& image, int64_t row, int64_t column) {
  const auto i = static_cast<size_t>((row * image.shape()[1] + column) * 3);
  const std::span<const uint8_t> p = image.As<uint8_t>();
  return {p[i], p[i + 1], p[i + 2]};
}

Array Map(int64_t rows, int64_t columns, float value) {
  Array out(DType::kFloat32, {rows, columns});
  for (float& v : out.As<float>()) v = value;
  return out;
}

TEST(Canvas, CoversTheAreaOfItsShapes) {
  Array image = Filled(60, 80, {0, 0, 0});
  Canvas canvas(&image);
  const auto covered = [&] {
    double sum = 0;
    for (const uint8_t v : image.As<uint8_t>()) sum += v / 255.0 / 3;
    return sum;
  };
  canvas.Disc({30.3, 29.7}, 12, {255, 255, 255});
  EXPECT_NEAR(covered(), kPi * 144, 2);
  image = Filled(60, 80, {0, 0, 0});
  Canvas(&image).Triangle({10, 10}, {50, 10}, {10, 40}, {255, 255, 255});
  EXPECT_NEAR(covered(), 600, 2);
  image = Filled(60, 80, {0, 0, 0});
  Canvas(&image).Line({10, 10}, {60, 50}, 3, {255, 255, 255});
  EXPECT_NEAR(covered(), std::hypot(50, 40) * 3 + kPi * 2.25, 2);
  image = Filled(60, 80, {0, 0, 0});
  Canvas(&image).Ring({-1e9, 1e9}, 5, 2, {255, 255, 255});
  Canvas(&image).DashedLine({-1e300, 0}, {1e300, 0}, 2, 3, {255, 255, 255});
  Canvas(&image).Line({kUndefined, 0}, {5, 5}, 2, {255, 255, 255});
  EXPECT_EQ(covered(), 0);
}

TEST(Canvas, EnlargesAndReduces) {
  Array image = Filled(3, 5, {9, 99, 199});
  EXPECT_TRUE(Enlarged(image, 3).BitEqual(Filled(9, 15, {9, 99, 199})));
  image.As<uint8_t>()[0] = 19;
  EXPECT_EQ(At(Reduced(image, 2), 0, 0), (Rgb{12, 99, 199}));
  EXPECT_EQ(Reduced(image, 2).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(At(Enlarged(image, 2), 0, 0), (Rgb{19, 99, 199}));
  EXPECT_EQ(CameraPicture(Filled(480, 640, {1, 2, 3}), "t").image.shape(), (Shape{240, 320, 3}));
}

TEST(Colormap, LightnessRises) {
  for (const std::vector<Rgb>& map : {SequentialMap(), HeatMap({245, 140, 40})}) {
    ASSERT_EQ(map.size(), 256u);
    double last = -1;
    for (const Rgb& c : map) {
      const double luma = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
      EXPECT_GT(luma, last - 1.5);  // rounding to bytes
      last = std::max(last, luma);
    }
    EXPECT_GT(last, 200);
  }
  EXPECT_EQ(OkLch(1, 0, 0), (Rgb{255, 255, 255}));
  EXPECT_EQ(OkLch(0, 0.3, 1), (Rgb{0, 0, 0}));
}

TEST(Figures, TableIsShownFromAbove) {
  Array rgb = Filled(320, 160, {48, 48, 48});
  std::span<uint8_t> pixels = rgb.As<uint8_t>();
  const size_t row = 300, column = 20;  // y almost greatest, x small
  pixels[(row * 160 + column) * 3] = 255;
  const Array image = TableImage(rgb);
  EXPECT_EQ(image.shape(), (Shape{160, 320, 3}));
  EXPECT_EQ(At(image, 20, 300), (Rgb{255, 48, 48}));  // right, near the robot; hue kept
  EXPECT_GT(At(image, 0, 0)[0], 90);                  // the dark table, brightened
  EXPECT_EQ(At(image, 0, 0)[0], At(image, 0, 0)[2]);
  EXPECT_EQ(At(TableImage(Filled(2, 2, {255, 255, 255})), 1, 1), (Rgb{255, 255, 255}));
  EXPECT_EQ(At(TableImage(Filled(2, 2, {0, 0, 0})), 1, 1), (Rgb{0, 0, 0}));
}

ArrayMap PickAndPlace() {
  ArrayMap out;
  Array pick = Map(320, 160, 0), place = Map(320, 160, 0);
  pick.As<float>()[100 * 160 + 40] = 1;
  place.As<float>()[200 * 160 + 80] = 1;
  out.Set("heatmap.pick", pick);
  out.Set("pixel.pick", Array::Of<int64_t>({100, 40}));
  out.Set("heatmap.place", place);
  out.Set("pixel.place", Array::Of<int64_t>({200, 80}));
  out.Set("yaw.place", Array::Scalar<double>(kPi / 2));
  out.Set("angle.place", Array::Of<float>({0.1f, 0.7f, 0.1f, 0.1f}));
  return out;
}

TEST(Figures, DecisionShowsHeatAndMarks) {
  const Array table = Filled(320, 160, {48, 48, 48});
  const Picture picture = DecisionPicture(table, PickAndPlace());
  const Rgb pick = At(picture.image, 40, 100), place = At(picture.image, 80, 200);
  const Rgb ground = At(picture.image, 150, 10);
  EXPECT_GT(pick[0], pick[2] + 10);    // orange
  EXPECT_GT(place[2], place[0] + 10);  // blue
  EXPECT_GT(pick[0], ground[0] + 60);
  EXPECT_EQ(picture.legend.size(), 2u);
  std::map<Mark::Kind, std::vector<Mark>> marks;
  for (const Mark& mark : picture.marks) marks[mark.kind].push_back(mark);
  ASSERT_EQ(marks[Mark::Kind::kRing].size(), 2u);
  EXPECT_EQ(marks[Mark::Kind::kRing][0].x, 100.5);
  EXPECT_EQ(marks[Mark::Kind::kRing][0].y, 40.5);
  ASSERT_EQ(marks[Mark::Kind::kArrow].size(), 1u);
  const Mark& arrow = marks[Mark::Kind::kArrow][0];
  EXPECT_TRUE(arrow.x > 100.5 && arrow.x2 < 200.5 && arrow.x < arrow.x2);
  ASSERT_EQ(marks[Mark::Kind::kSquare].size(), 1u);
  EXPECT_NEAR(marks[Mark::Kind::kSquare][0].angle, 0, 1e-12);  // yaw 90 degrees: +y, right
  EXPECT_EQ(marks[Mark::Kind::kSquare][0].size, 64);
  const Array flat = Flatten(picture, 3);
  EXPECT_EQ(flat.shape(), (Shape{480, 960, 3}));
  EXPECT_FALSE(flat.BitEqual(Enlarged(picture.image, 3)));
  ASSERT_EQ(marks[Mark::Kind::kRuler].size(), 1u);
  const Mark& ruler = marks[Mark::Kind::kRuler][0];
  EXPECT_DOUBLE_EQ((ruler.x2 - ruler.x) * 0.003125, 0.1);  // m
  const auto middle = static_cast<int64_t>((ruler.x + ruler.x2) / 2),
             height = static_cast<int64_t>(ruler.y);
  EXPECT_LT(At(flat, 3 * height, 3 * middle)[0], 100);  // not without its text
  // The ring around the pick point is where it belongs: 5 px right of the centre.
  EXPECT_GT(At(flat, 121, 316)[0], 200);
  EXPECT_LT(At(flat, 121, 316)[2], 100);
}

TEST(Figures, OddHeatIsHarmless) {
  const Array table = Filled(320, 160, {48, 48, 48});
  const auto image = [&](const Array& heat) {
    ArrayMap explanation;
    explanation.Set("heatmap.pick", heat);
    return DecisionPicture(table, explanation).image;
  };
  const Array nothing = image(Map(320, 160, 0));
  EXPECT_TRUE(image(Map(320, 160, 1 / 51200.0f)).BitEqual(nothing));  // no preference
  EXPECT_TRUE(image(Map(320, 160, std::nanf(""))).BitEqual(nothing));
  Array mixed = Map(320, 160, 0);
  mixed.As<float>()[5] = std::nanf("");
  mixed.As<float>()[77] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(image(mixed).BitEqual(nothing));
  EXPECT_THROW(image(Map(160, 320, 1)), Bug);
  EXPECT_TRUE(DecisionPicture(table, {}).image.BitEqual(TableImage(table)));
}

TEST(Figures, HeightScaleIsRoundAndRobust) {
  Array height = Map(320, 160, 0.001f);
  for (size_t i = 0; i < 500; ++i) height.As<float>()[i] = 0.043f;
  height.As<float>()[20000] = 0.2f;  // one outlier
  const Picture picture = HeightPicture(height);
  ASSERT_EQ(picture.scales.size(), 1u);
  EXPECT_EQ(picture.scales[0].high, "5 cm");
  EXPECT_EQ(HeightPicture(Map(320, 160, 0)).scales[0].high, "1 cm");
  EXPECT_EQ(HeightPicture(Map(320, 160, 0.17f)).scales[0].high, "20 cm");
  EXPECT_EQ(At(HeightPicture(Map(320, 160, std::nanf(""))).image, 0, 0), SequentialMap()[0]);
}

TEST(Figures, NamesAndColours) {
  ArrayMap explanation = PickAndPlace();
  explanation.Set("heatmap.push", Map(320, 160, 0));
  EXPECT_EQ(ExplainedNames(explanation), (std::vector<std::string>{"pick", "place", "push"}));
  EXPECT_NE(NameColor(explanation, "pick"), NameColor(explanation, "place"));
  EXPECT_NE(NameColor(explanation, "push"), NameColor(explanation, "place"));
  EXPECT_EQ(AngleFigure(explanation, "place").scores.size(), 4u);
  EXPECT_THROW(AngleFigure(explanation, "pick"), Bug);
}

TEST(DecisionCard, ShowsWhatThereIs) {
  ArrayMap observation, after;
  EXPECT_TRUE(DecisionCard(observation, {}, after).visuals.empty());
  observation.Set("front.rgb", Filled(480, 640, {1, 2, 3}));
  observation.Set("heightmap.rgb", Filled(320, 160, {48, 48, 48}));
  EXPECT_EQ(DecisionCard(observation, {}, after).visuals.size(), 2u);
  observation.Set("heightmap.height", Map(320, 160, 0));
  after.Set("front.rgb", Filled(480, 640, {1, 2, 3}));
  // Before, colour, height, pick, place, rotation, after.
  EXPECT_EQ(DecisionCard(observation, PickAndPlace(), after).visuals.size(), 7u);
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

TEST(PlotGrid, HasEveryPanelOnceAndOneLegend) {
  LinePlot panel;
  panel.title = "a < b";
  panel.series = {{.name = "ours", .x = {1, 10}, .y = {50, 90}},
                  {.name = "published", .x = {1, 10}, .y = {40, 80}}};
  const std::string svg = PlotGridSvg("scores", {panel, panel, panel}, 2);
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_EQ(Count(svg, "<svg"), 4u);
  EXPECT_EQ(Count(svg, "</svg>"), 4u);
  EXPECT_EQ(Count(svg, ">a &lt; b</text>"), 3u);
  EXPECT_EQ(Count(svg, ">published</text>"), 1u);
  // Two columns of 460, a gap and margins.
  EXPECT_NE(svg.find("width=\"994\""), std::string::npos) << svg.substr(0, 200);
  EXPECT_EQ(Count(svg, "translate(24 "), 2u);
  EXPECT_EQ(Count(svg, "translate(510 "), 1u);
  EXPECT_EQ(PlotGridSvg("none", {}, 3).find("translate"), std::string::npos);
}

}  // namespace
}  // namespace rookery::report
