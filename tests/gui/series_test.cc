// Numbers of an episode, and how few points a long line needs.
#include "gui/series.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gui/decimate.h"
#include "gui/text_filter.h"

namespace rookery::gui {
namespace {

EnvSpec OneNumber() {
  EnvSpec spec;
  spec.observation = {
      {.name = "state", .dtype = DType::kFloat64, .shape = {2}, .elements = {"x", "y"}}};
  spec.action = {{.name = "action", .dtype = DType::kInt64, .shape = {}}};
  return spec;
}

void Add(Series* series, int64_t step, double x) {
  StepResult result;
  result.reward = x;
  result.observation.Set("state", Array::Of<double>({x, -x}));
  ArrayMap action;
  if (step > 0) action.Set("action", Array::Scalar<int64_t>(step));
  series->Add(step, result, action, 10 * x);
}

TEST(Series, NamesItsColumns) {
  Series series;
  series.Start(OneNumber());
  EXPECT_EQ(series.Names(), (std::vector<std::string>{"reward", "return", "observation.state.x",
                                                      "observation.state.y", "action.action"}));
  Add(&series, 0, 1);
  Add(&series, 1, 2);
  SeriesTable table;
  series.Update(&table);
  EXPECT_EQ(table.columns[2], (std::vector<float>{1, 2}));
  EXPECT_EQ(table.columns[3], (std::vector<float>{-1, -2}));
  EXPECT_TRUE(std::isnan(table.columns[4][0]));  // a reset has no action
  EXPECT_EQ(table.columns[4][1], 1);
}

TEST(Series, QuaternionsHaveNoUnit) {
  ArraySpec pose;
  pose.unit = "m";
  pose.shape = {7};
  EXPECT_EQ(UnitOf(pose, 3), "m");
  pose.quaternion = 3;
  EXPECT_EQ(UnitOf(pose, 2), "m");
  EXPECT_EQ(UnitOf(pose, 3), "");
  EXPECT_EQ(UnitOf(pose, 6), "");
  pose.quaternion = -1;
  pose.elements = {"x", "qx"};
  EXPECT_EQ(UnitOf(pose, 0), "m");
  EXPECT_EQ(UnitOf(pose, 1), "");
}

TEST(Series, WhatIsRepeatedKeepsWhatFollows) {
  Series series;
  series.Start(OneNumber());
  for (int step = 0; step < 5; ++step) Add(&series, step, step);
  SeriesTable table;
  series.Update(&table);
  Add(&series, 1, 1);  // gone back, and the same again
  series.Update(&table);
  EXPECT_EQ(table.columns[0], (std::vector<float>{0, 1, 2, 3, 4}));
  Add(&series, 2, 7);  // something else happened
  series.Update(&table);
  EXPECT_EQ(table.columns[0], (std::vector<float>{0, 1, 7}));
  series.Forget(0);
  series.Update(&table);
  EXPECT_EQ(table.columns[0], (std::vector<float>{0}));
}

TEST(Series, StepsThatWereLeftOutAreNotNumbers) {
  Series series;
  series.Start(OneNumber());
  Add(&series, 0, 1);
  Add(&series, 3, 2);
  SeriesTable table;
  series.Update(&table);
  ASSERT_EQ(table.columns[0].size(), 4u);
  EXPECT_TRUE(std::isnan(table.columns[0][1]));
  EXPECT_EQ(table.columns[0][3], 2);
}

TEST(Series, ForgetsTheOlderHalfOfVeryLongEpisodes) {
  Series series;
  series.Start(OneNumber());
  const auto most = static_cast<int64_t>(Series::kMaxRows);
  for (int64_t step = 0; step <= most; ++step) Add(&series, step, static_cast<double>(step));
  SeriesTable table;
  series.Update(&table);
  EXPECT_EQ(table.first, most / 2);
  EXPECT_EQ(table.columns[0].front(), static_cast<float>(most / 2));
  EXPECT_EQ(table.columns[0].back(), static_cast<float>(most));
  Add(&series, 3, 99);  // before what is kept
  series.Update(&table);
  EXPECT_EQ(table.columns[0].front(), static_cast<float>(most / 2));
}

TEST(Decimate, ShortLinesStayAsTheyAre) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  LinePoints points;
  Decimate(values, 10, 12, 13, 100, &points);
  EXPECT_EQ(points.x, (std::vector<double>{11, 12, 13, 14}));  // one more on both sides
  EXPECT_EQ(points.y, (std::vector<double>{2, 3, 4, 5}));
  Decimate({}, 0, 0, 1, 100, &points);
  EXPECT_TRUE(points.x.empty());
  Decimate(values, 10, -1e300, 1e300, 100, &points);
  EXPECT_EQ(points.x.size(), 6u);
}

TEST(Decimate, LongLinesKeepTheirPeaks) {
  std::vector<float> values(100'000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(std::sin(0.001 * i));
  values[34'567] = 50;
  values[71'234] = -60;
  for (size_t i = 80'000; i < 85'000; ++i) values[i] = std::numeric_limits<float>::quiet_NaN();
  LinePoints points;
  Decimate(values, 0, 0, 99'999, 300, &points);
  EXPECT_LE(points.x.size(), 4u * 300 + 8);
  EXPECT_GE(points.x.size(), 300u);
  EXPECT_TRUE(std::is_sorted(points.x.begin(), points.x.end()));
  EXPECT_EQ(*std::max_element(points.y.begin(), points.y.end()), 50);
  EXPECT_EQ(*std::min_element(points.y.begin(), points.y.end()), -60);
  EXPECT_GT(std::count_if(points.y.begin(), points.y.end(), [](double y) { return std::isnan(y); }),
            3);  // the gap stays one
}

// Scrolling by a step changes the ends alone.
TEST(Decimate, ScrollingDoesNotFlicker) {
  std::vector<float> values(50'000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>((i * 7919) % 1000);
  LinePoints before, after;
  Decimate(values, 0, 10'000, 30'000, 200, &before);
  Decimate(values, 0, 10'001, 30'001, 200, &after);
  size_t common = 0;
  for (size_t i = 0; i < before.x.size(); ++i) {
    common += std::binary_search(after.x.begin(), after.x.end(), before.x[i]) ? 1 : 0;
  }
  EXPECT_GE(common + 8, before.x.size());
}

TEST(TextFilter, EveryWordMustBeThere) {
  EXPECT_TRUE(MatchesFilter("observation.state.pole_angle", "ANGLE state"));
  EXPECT_FALSE(MatchesFilter("observation.state.pole_angle", "angle action"));
  EXPECT_TRUE(MatchesFilter("anything", ""));
  EXPECT_TRUE(MatchesFilter("anything", "  any "));
}

}  // namespace
}  // namespace rookery::gui
