// What agents may say of their reasons, and what MakeOverlay says of the rest.
#include "core/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"

namespace rookery {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Array Floats(const Shape& shape, float first = 0) {
  Array array(DType::kFloat32, shape);
  for (size_t i = 0; float& value : array.As<float>()) value = first + static_cast<float>(i++);
  return array;
}

std::string MessageOf(const ArrayMap& explanation) {
  try {
    MakeOverlay(explanation);
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

TEST(Overlay, NothingSaysNothing) { EXPECT_TRUE(MakeOverlay({}).empty()); }

TEST(Overlay, ReadsEveryKind) {
  Array video(DType::kUInt8, {2, 4, 5, 3});
  video.As<uint8_t>()[7] = 200;
  const ArrayMap explanation = {
      {"heatmap.all", Floats({3, 2}, 1)},
      {"angle.all", Floats({8}, 2)},
      {"pixel.all", Array::Of<int64_t>({11, 22})},
      {"yaw.all", Array::Scalar(0.5)},
      {"pose.all", Array::Of<double>({1, 2, 3, 0, 0, 0.6, 0.8})},
      {"cloud.all", Floats({5, 4}, 3)},
      {"landscape.all", Floats({6, 7}, 4)},
      {"range.all", Array::Of<double>({-1, 1, -2, 2})},
      {"samples.all", Floats({9, 3}, 5)},
      {"patches.all", Floats({2, 2}, 6)},
      {"weights.all", Floats({4}, 7)},
      {"video.all", video},
  };
  const std::vector<OverlayItem> items = MakeOverlay(explanation);
  ASSERT_EQ(items.size(), 1u);
  const OverlayItem& item = items[0];
  EXPECT_EQ(item.name, "all");
  const auto expect_shared = [&](const Array& array, const char* name) {
    EXPECT_EQ(array.data(), explanation.at(name).data()) << name << " was copied";
    EXPECT_TRUE(array.BitEqual(explanation.at(name))) << name;
  };
  expect_shared(item.heatmap, "heatmap.all");
  expect_shared(item.angles, "angle.all");
  expect_shared(item.cloud, "cloud.all");
  expect_shared(item.landscape, "landscape.all");
  expect_shared(item.samples, "samples.all");
  expect_shared(item.patches, "patches.all");
  expect_shared(item.weights, "weights.all");
  expect_shared(item.video, "video.all");
  EXPECT_EQ(item.pixel, (std::array<int64_t, 2>{11, 22}));
  EXPECT_EQ(item.yaw, 0.5);
  ASSERT_TRUE(item.pose.has_value());
  EXPECT_EQ(*item.pose, Pose({1, 2, 3}, {0, 0, 0.6, 0.8}));
  EXPECT_EQ(item.range, (std::array<double, 4>{-1, 1, -2, 2}));
}

TEST(Overlay, NamesJoinWhatBelongsTogether) {
  const std::vector<OverlayItem> items = MakeOverlay({{"yaw.place", Array::Scalar(1.0)},
                                                      {"heatmap.pick", Floats({2, 2})},
                                                      {"heatmap.place", Floats({2, 3})},
                                                      {"pixel.pick.2", Array::Of<int64_t>({1, 2})},
                                                      {"pixel.pick", Array::Of<int64_t>({3, 4})}});
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].name, "place");
  EXPECT_EQ(items[0].yaw, 1.0);
  EXPECT_EQ(items[0].heatmap.shape(), (Shape{2, 3}));
  EXPECT_FALSE(items[0].pixel.has_value());
  EXPECT_EQ(items[1].name, "pick");
  EXPECT_EQ(items[1].pixel, (std::array<int64_t, 2>{3, 4}));
  EXPECT_FALSE(items[1].yaw.has_value());
  EXPECT_FALSE(items[1].pose.has_value());
  EXPECT_EQ(items[1].cloud.size(), 0);
  EXPECT_EQ(items[1].video.size(), 0);
  EXPECT_EQ(items[1].range, (std::array<double, 4>{0, 1, 0, 1}));
  EXPECT_EQ(items[2].name, "pick.2");
}

TEST(Overlay, WrongNamesAreNamedWithWhatThereIs) {
  for (const std::string name :
       {"heat.pick", "heatmap", "pick", "Heatmap.pick", "x.heatmap.pick"}) {
    EXPECT_THAT(MessageOf({{name, Floats({2, 2})}}),
                AllOf(HasSubstr("explanation " + name + " means nothing"), HasSubstr("heatmap."),
                      HasSubstr("video.")))
        << name;
  }
}

// Of every kind: another type, another number of axes, another extent, nothing at all.
TEST(Overlay, WrongArraysAreNamedWithWhatWasExpected) {
  struct Kind {
    const char* name;
    DType dtype;
    Shape right;
    std::vector<Shape> wrong;
    const char* wanted;
  };
  const Shape scalar = {};
  const std::vector<Kind> kinds = {
      {"heatmap.a", DType::kFloat32, {2, 3}, {{4}, {2, 2, 2}, {0, 3}}, "float32 (any, any)"},
      {"angle.a", DType::kFloat32, {8}, {{2, 2}, {0}, scalar}, "float32 (any)"},
      {"pixel.a", DType::kInt64, {2}, {{3}, {1, 2}, {1}}, "int64 (2)"},
      {"yaw.a", DType::kFloat64, scalar, {{1}, {2}}, "float64 ()"},
      {"pose.a", DType::kFloat64, {7}, {{6}, {7, 1}}, "float64 (7)"},
      {"cloud.a", DType::kFloat32, {5, 4}, {{4}, {5, 3}, {0, 4}}, "float32 (any, 4)"},
      {"landscape.a", DType::kFloat32, {6, 7}, {{4}, {4, 0}}, "float32 (any, any)"},
      {"range.a", DType::kFloat64, {4}, {{2}, {2, 2}}, "float64 (4)"},
      {"samples.a", DType::kFloat32, {9, 3}, {{3}, {5, 4}}, "float32 (any, 3)"},
      {"patches.a", DType::kFloat32, {2, 2}, {{4}, {2, 2, 1}}, "float32 (any, any)"},
      {"weights.a", DType::kFloat32, {4}, {{2, 2}, scalar}, "float32 (any)"},
      {"video.a",
       DType::kUInt8,
       {2, 4, 5, 3},
       {{4, 4, 3}, {2, 4, 4, 1}, {0, 4, 4, 3}},
       "uint8 (any, any, any, 3)"},
  };
  for (const Kind& kind : kinds) {
    const auto expect_refused = [&](const Array& array) {
      EXPECT_THAT(MessageOf({{kind.name, array}}),
                  AllOf(HasSubstr("explanation " + std::string(kind.name) + " is " +
                                  DTypeName(array.dtype()) + " " + ShapeText(array.shape())),
                        HasSubstr(std::string("expected ") + kind.wanted)));
    };
    EXPECT_EQ(MakeOverlay({{kind.name, Array(kind.dtype, kind.right)}}).size(), 1u) << kind.name;
    for (const Shape& shape : kind.wrong) expect_refused(Array(kind.dtype, shape));
    for (const DType other : {DType::kBool, DType::kUInt8, DType::kInt32, DType::kInt64,
                              DType::kFloat32, DType::kFloat64}) {
      if (other != kind.dtype) expect_refused(Array(other, kind.right));
    }
  }
}

}  // namespace
}  // namespace rookery
