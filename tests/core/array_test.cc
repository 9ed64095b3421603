#include "core/array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MessageOf;

TEST(Array, StartsZeroFilledAndAligned) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}, Shape{480, 640, 3}}) {
    const Array array(DType::kFloat32, shape);
    EXPECT_EQ(array.size(), NumElements(shape));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data()) % 64, 0u) << ShapeText(shape);
    for (float value : array.As<float>()) ASSERT_EQ(value, 0);
  }
}

TEST(Array, DefaultIsEmpty) {
  const Array array;
  EXPECT_EQ(array.size(), 0);
  EXPECT_EQ(array.nbytes(), 0u);
  EXPECT_EQ(array.shape(), Shape{0});
  EXPECT_TRUE(array.BitEqual(Array(DType::kFloat32, {0})));
  EXPECT_TRUE(array.Clone().BitEqual(array));
}

TEST(Array, FactoriesChooseDtypeAndShape) {
  const Array list = Array::Of<int32_t>({4, 5, 6});
  EXPECT_EQ(list.dtype(), DType::kInt32);
  EXPECT_EQ(list.shape(), Shape{3});
  EXPECT_THAT(list.As<int32_t>(), ElementsAre(4, 5, 6));
  const Array scalar = Array::Scalar(2.5);
  EXPECT_EQ(scalar.dtype(), DType::kFloat64);
  EXPECT_EQ(scalar.shape(), Shape{});
  EXPECT_EQ(scalar.size(), 1);
  EXPECT_EQ(scalar.AsDouble(), 2.5);
  const Array flag = Array::Scalar(true);
  EXPECT_EQ(flag.dtype(), DType::kBool);
  EXPECT_EQ(flag.nbytes(), 1u);
}

TEST(Array, CopySharesAndCloneDoesNot) {
  Array a = Array::Of<float>({1, 2});
  Array shared = a;
  const Array clone = a.Clone();
  shared.As<float>()[0] = 7;
  EXPECT_EQ(a.As<float>()[0], 7);
  EXPECT_EQ(clone.As<float>()[0], 1);
  EXPECT_EQ(clone.owner().use_count(), 1);
}

TEST(Array, ReshapedSharesStorage) {
  Array flat = Array::Of<int64_t>({0, 1, 2, 3, 4, 5});
  Array matrix = flat.Reshaped({2, 3});
  matrix.As<int64_t>()[5] = 50;
  EXPECT_EQ(flat.As<int64_t>()[5], 50);
  EXPECT_EQ(matrix.shape(), (Shape{2, 3}));
  EXPECT_THROW(flat.Reshaped({4}), Bug);
}

TEST(Array, ViewKeepsItsOwnerAlive) {
  auto memory = std::make_shared<std::vector<double>>(4, 1.5);
  std::weak_ptr<std::vector<double>> watch = memory;
  {
    const Array view(DType::kFloat64, {2, 2}, memory->data(), memory);
    memory.reset();
    EXPECT_FALSE(watch.expired());
    EXPECT_EQ(view.AsDouble(3), 1.5);
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Array, WrongTypeIsABug) {
  Array array(DType::kFloat32, {2});
  EXPECT_THAT(MessageOf<Bug>([&] { array.As<double>(); }),
              HasSubstr("float32, accessed as float64"));
  EXPECT_THROW(array.AsDouble(2), Bug);
  EXPECT_THROW(array.AsDouble(-1), Bug);
}

TEST(Array, AsDoubleConvertsEveryType) {
  EXPECT_EQ(Array::Of<bool>({false, true}).AsDouble(1), 1);
  EXPECT_EQ(Array::Of<uint8_t>({200}).AsDouble(), 200);
  EXPECT_EQ(Array::Of<int32_t>({-3}).AsDouble(), -3);
  EXPECT_EQ(Array::Of<int64_t>({1LL << 40}).AsDouble(), 0x1p40);
  EXPECT_EQ(Array::Of<float>({0.5f}).AsDouble(), 0.5);
}

TEST(Array, BitEqualLooksAtTypeShapeAndBits) {
  const Array a = Array::Of<float>({0.0f, 1.0f});
  EXPECT_TRUE(a.BitEqual(a.Clone()));
  EXPECT_FALSE(a.BitEqual(Array::Of<float>({-0.0f, 1.0f})));  // equal numbers, other bits
  EXPECT_FALSE(a.BitEqual(a.Reshaped({2, 1})));
  EXPECT_FALSE(a.BitEqual(Array::Of<double>({0.0, 1.0})));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(Array::Of<float>({nan}).BitEqual(Array::Of<float>({nan})));
}

TEST(Array, DtypeNamesGoBothWays) {
  for (DType dtype : {DType::kBool, DType::kUInt8, DType::kInt32, DType::kInt64, DType::kFloat32,
                      DType::kFloat64}) {
    EXPECT_EQ(DTypeFromName(DTypeName(dtype)), dtype);
  }
  const std::string message = MessageOf([] { DTypeFromName("float16"); });
  EXPECT_THAT(message, HasSubstr("'float16'"));
  EXPECT_THAT(message, HasSubstr("bool, uint8, int32, int64, float32, float64"));
}

TEST(Array, ShapeText) {
  EXPECT_EQ(ShapeText({}), "()");
  EXPECT_EQ(ShapeText({480, 640, 3}), "(480, 640, 3)");
}

TEST(ArrayMap, KeepsInsertionOrder) {
  ArrayMap map{{"b", Array::Scalar(1.0)}, {"a", Array::Scalar(2.0)}};
  map.Set("c", Array::Scalar(3.0));
  map.Set("b", Array::Scalar(4.0));  // replaced where it was
  EXPECT_THAT(map.Names(), ElementsAre("b", "a", "c"));
  EXPECT_EQ(map.at("b").AsDouble(), 4);
  map.Erase("a");
  EXPECT_THAT(map.Names(), ElementsAre("b", "c"));
  EXPECT_FALSE(map.Has("a"));
  EXPECT_EQ(map.Find("a"), nullptr);
}

TEST(ArrayMap, UnknownNameSuggests) {
  const ArrayMap map{{"front.rgb", Array()}, {"front.depth", Array()}};
  const std::string message = MessageOf([&] { map.at("front.rbg"); });
  EXPECT_THAT(message, HasSubstr("no array named 'front.rbg'"));
  EXPECT_THAT(message, HasSubstr("did you mean front.rgb"));
  EXPECT_THAT(message, HasSubstr("there are: front.rgb, front.depth"));
}

TEST(ArrayMap, EnsureReusesUnsharedStorageOnly) {
  ArrayMap map;
  const void* first = map.Ensure("x", DType::kFloat32, {4}).data();
  EXPECT_EQ(map.Ensure("x", DType::kFloat32, {4}).data(), first);
  Array kept = map.at("x");
  kept.As<float>()[0] = 1;
  Array& fresh = map.Ensure("x", DType::kFloat32, {4});
  EXPECT_NE(fresh.data(), first);  // somebody keeps the old one
  EXPECT_EQ(fresh.As<float>()[0], 0);
  EXPECT_EQ(kept.As<float>()[0], 1);
  EXPECT_EQ(map.Ensure("x", DType::kUInt8, {4}).dtype(), DType::kUInt8);
  EXPECT_EQ(map.Ensure("x", DType::kUInt8, {2, 2}).shape(), (Shape{2, 2}));
  EXPECT_EQ(map.size(), 1u);
}

TEST(ArrayMap, BitEqualLooksAtNamesAndOrder) {
  const ArrayMap a{{"x", Array::Scalar(1.0)}, {"y", Array::Scalar(2.0)}};
  EXPECT_TRUE(a.BitEqual(a.Clone()));
  const ArrayMap swapped{{"y", Array::Scalar(2.0)}, {"x", Array::Scalar(1.0)}};
  EXPECT_FALSE(a.BitEqual(swapped));
  EXPECT_FALSE(a.BitEqual({{"x", Array::Scalar(1.0)}}));
  ArrayMap clone = a.Clone();
  clone.at("x").As<double>()[0] = 5;
  EXPECT_EQ(a.at("x").AsDouble(), 1);
}

}  // namespace
}  // namespace rookery
