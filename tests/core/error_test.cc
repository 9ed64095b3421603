#include "core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/drift_env.h"

namespace rookery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MessageOf;

const std::vector<std::string> kNames = {"learning_rate", "batch", "rotations", "profile"};

TEST(NearestNames, ForgivesCaseHyphensAndSmallErrors) {
  EXPECT_THAT(NearestNames("Learning-Rate", kNames, 1), ElementsAre("learning_rate"));
  EXPECT_THAT(NearestNames("lerning_rate", kNames, 1), ElementsAre("learning_rate"));
  EXPECT_THAT(NearestNames("bacth", kNames, 1), ElementsAre("batch"));
  // Two letters swapped are one error, not two.
  EXPECT_THAT(NearestNames("crat-v1", {"cars-v1", "brat-v2", "cart-v1"}, 1),
              ElementsAre("cart-v1"));
  EXPECT_THAT(NearestNames("rate", kNames, 1), ElementsAre("learning_rate"));  // a fragment
}

TEST(NearestNames, BestFirstAndNoMoreThanAsked) {
  const std::vector<std::string> names = {"small", "small-u", "mid", "smaller"};
  EXPECT_THAT(NearestNames("small-u", names, 2), ElementsAre("small-u", "small"));
  EXPECT_EQ(NearestNames("small", names).front(), "small");
  EXPECT_LE(NearestNames("small", names).size(), 3u);
}

TEST(NearestNames, NothingNear) {
  EXPECT_THAT(NearestNames("helicopter", kNames), IsEmpty());
  EXPECT_THAT(NearestNames("x", {}), IsEmpty());
  EXPECT_EQ(DidYouMean("helicopter", kNames), "");
}

TEST(DidYouMean, ReadsAsASentence) {
  EXPECT_EQ(DidYouMean("bach", {"batch", "rotations"}), " (did you mean batch?)");
  EXPECT_EQ(DidYouMean("lite", {"lite-a", "lite-b"}), " (did you mean lite-a or lite-b?)");
  EXPECT_EQ(DidYouMean("lite", {"lite-a", "lite-b", "lite-c"}),
            " (did you mean lite-a, lite-b or lite-c?)");
}

TEST(Check, PrintsBothValues) {
  const int rows = 3;
  const std::string message = MessageOf<Bug>([&] { ROOKERY_CHECK_EQ(rows, 4); });
  EXPECT_THAT(message, HasSubstr("rows == 4 (3 vs 4)"));
  EXPECT_THAT(message, HasSubstr("error_test.cc:"));
  EXPECT_THAT(MessageOf<Bug>([&] { ROOKERY_CHECK(rows > 5); }), HasSubstr("rows > 5"));
  EXPECT_NO_THROW(ROOKERY_CHECK_LT(rows, 4));
  EXPECT_NO_THROW(ROOKERY_CHECK_NE(rows, 4));
  EXPECT_THROW(ROOKERY_CHECK_GE(rows, 4), Bug);
}

TEST(Check, EvaluatesItsArgumentsOnce) {
  int calls = 0;
  ROOKERY_CHECK_EQ(++calls, 1);
  ROOKERY_CHECK(++calls == 2);
  EXPECT_EQ(calls, 2);
}

TEST(Error, KindsShareOneBase) {
  EXPECT_THROW(throw UserError("x"), Error);
  EXPECT_THROW(throw Failure("x"), Error);
  EXPECT_THROW(throw Bug("x"), Error);
}

TEST(Join, SeparatesParts) {
  EXPECT_EQ(Join({}), "");
  EXPECT_EQ(Join({"a"}), "a");
  EXPECT_EQ(Join({"a", "b"}, " or "), "a or b");
}

}  // namespace
}  // namespace rookery
