// What CarRacing draws: the picture of agents in both manners, backgrounds, the screen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/hash.h"
#include "core/log.h"
#include "core/registry.h"
#include "envs/car_racing/background.h"
#include "renderers/image_io.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using namespace car_racing;
using ::testing::HasSubstr;

constexpr char kId[] = "CarRacing-v3";

ArrayMap Drive(double steering, double gas, double brake) {
  return {{"action", Array::Of<float>({static_cast<float>(steering), static_cast<float>(gas),
                                       static_cast<float>(brake)})}};
}

// --------------------------------------------------------------

std::array<int, 3> Pixel(const StepResult& result, int x, int y) {
  const auto image = result.observation.at("image").As<uint8_t>();
  const auto at = static_cast<size_t>((y * 96 + x) * 3);
  return {image[at], image[at + 1], image[at + 2]};
}

TEST(CarRacingPicture, HasTheColoursOfItsRenderer) {
  for (const auto& [renderer, road, field] :
       {std::tuple{"v3", 100, std::array<int, 3>{100, 202, 100}},
        std::tuple{"v0", 102, std::array<int, 3>{102, 204, 102}}}) {
    const std::unique_ptr<Env> env = MakeEnv(kId, {std::string("renderer=") + renderer});
    StepResult result;
    env->Reset(0, &result);
    for (int i = 0; i < 60; ++i) env->Step(Drive(0, 0.1, 0), &result);
    // Beside the car: road that was touched.
    EXPECT_EQ(Pixel(result, 42, 71), (std::array<int, 3>{road, road, road})) << renderer;
    EXPECT_EQ(Pixel(result, 48, 72)[1], 0) << renderer << ": the hull";
    EXPECT_GT(Pixel(result, 48, 72)[0], 180) << renderer << ": the hull";
    EXPECT_EQ(Pixel(result, 60, 90), (std::array<int, 3>{0, 0, 0})) << renderer << ": the panel";
    std::set<std::array<int, 3>> seen;
    for (int y = 0; y < 84; ++y) {
      for (int x = 0; x < 96; ++x) seen.insert(Pixel(result, x, y));
    }
    EXPECT_TRUE(seen.count(field)) << renderer;
    // Without smoothing there are no colours but those of things.
    if (renderer == std::string("v0")) {
      EXPECT_LE(seen.size(), 11u);
    }
  }
}

TEST(CarRacingPicture, RandomColoursOnlyWhereAskedFor) {
  StepResult result;
  const std::unique_ptr<Env> env = MakeEnv(kId, {"domain_randomize=true"});
  // The most frequent one, once the camera is near: the field's.
  const auto colors = [&] {
    for (int i = 0; i < 60; ++i) env->Step(Drive(0, 0, 0), &result);
    std::map<std::array<int, 3>, int> count;
    for (int y = 0; y < 84; ++y) {
      for (int x = 0; x < 96; ++x) ++count[Pixel(result, x, y)];
    }
    return std::max_element(count.begin(), count.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  };
  env->Reset(5, &result);
  const auto first = colors();
  env->Reset(std::nullopt, {{"randomize", Array::Scalar(false)}}, &result);
  EXPECT_EQ(colors(), first);
  env->Reset(std::nullopt, {{"randomize", Array::Scalar(true)}}, &result);
  EXPECT_NE(colors(), first);

  const auto complaint = [&](Env* e, const Array& option) {
    try {
      e->Reset(1, {{"randomize", option}}, &result);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(complaint(MakeEnv(kId).get(), Array::Scalar(true)),
              HasSubstr("needs domain_randomize=true"));
  EXPECT_THAT(complaint(env.get(), Array::Of<float>({1, 0})),
              HasSubstr("'randomize' must be one bool, got float32 (2)"));
  EXPECT_THAT(complaint(env.get(), Array::Scalar(3.0)), HasSubstr("3.0"));
}

TEST(CarRacingPicture, BackgroundStandsStillBehindTheRoad) {
  const testing::TempFolder folder;
  Array picture(DType::kUInt8, {96, 96, 3});
  Rng rng(1);
  for (uint8_t& byte : picture.As<uint8_t>()) byte = static_cast<uint8_t>(rng.Integer(256));
  const std::string path = folder.path() + "/noise.png";
  WritePng(path, picture);
  for (const std::string renderer : {"v3", "v0"}) {
    const std::unique_ptr<Env> plain = MakeEnv(kId, {"renderer=" + renderer});
    const std::unique_ptr<Env> env =
        MakeEnv(kId, {"renderer=" + renderer, "background=" + folder.path()});
    StepResult a, b;
    plain->Reset(0, &a);
    env->Reset(0, &b);
    for (int i = 0; i < 60; ++i) {
      plain->Step(Drive(0.1, 0.3, 0), &a);
      env->Step(Drive(0.1, 0.3, 0), &b);
      EXPECT_EQ(a.reward, b.reward) << "the background changed the world";
    }
    const int loss = renderer == "v3" ? 2 : 0;
    const std::array<int, 3> field = {102 - loss, 204 - loss, 102 - loss},
                             grass = {102 - loss, 230 - loss, 102 - loss};
    int replaced = 0, kept = 0;
    for (int y = 0; y < 96; ++y) {
      for (int x = 0; x < 96; ++x) {
        const auto was = Pixel(a, x, y), is = Pixel(b, x, y);
        const auto at = picture.As<uint8_t>().subspan(static_cast<size_t>((y * 96 + x) * 3), 3);
        if (was == field || was == grass) {
          EXPECT_EQ(is, (std::array<int, 3>{at[0], at[1], at[2]})) << x << ", " << y;
          ++replaced;
        } else if (was[0] == was[1] || y >= 84) {  // road and panel
          for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(is[c], was[c], 1) << x << ", " << y;
          ++kept;
        }
      }
    }
    EXPECT_GT(replaced, 3000);
    EXPECT_GT(kept, 1500);
  }
}

TEST(CarRacingPicture, BackgroundsAreChosenScaledAndChecked) {
  const testing::TempFolder folder;
  const auto complaint = [&](const std::string& source) {
    try {
      Background background(source);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(complaint("/no/such/place"), HasSubstr("there is no /no/such/place"));
  EXPECT_THAT(complaint(folder.path()), HasSubstr(folder.path() + " has no .png pictures"));
  folder.Write("bad.png", "not a picture");
  EXPECT_THAT(complaint(folder.path()), HasSubstr("bad.png: not a PNG file"));

  std::vector<std::string> messages;
  SetLogSink([&](LogLevel, const std::string& message) { messages.push_back(message); });
  Array small(DType::kUInt8, {2, 2});
  small.As<uint8_t>()[0] = small.As<uint8_t>()[2] = 200;  // left bright, right black
  const std::string path = folder.path() + "/small.png";
  WritePng(path, small);
  Background background(path);
  SetLogSink(nullptr);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_THAT(messages[0], HasSubstr("small.png is 2 x 2; scaled to 96 x 96"));
  EXPECT_EQ(background.pixels()[0], 200);
  EXPECT_EQ(background.pixels()[95 * 3], 0);
  EXPECT_NEAR(background.pixels()[48 * 3], 98, 3);

  // Patterns of our own: another in each episode, the same for the same draws.
  Background patterns(kGenerated);
  std::set<uint64_t> seen;
  Rng rng(3);
  for (int i = 0; i < 20; ++i) {
    patterns.Choose(&rng);
    seen.insert(HashBytes(patterns.pixels(), 96 * 96 * 3, 0));
  }
  EXPECT_EQ(seen.size(), 20u);
  Rng before(3);
  Background none("");
  none.Choose(&before);
  EXPECT_EQ(before, Rng(3)) << "no background, no draw";
  EXPECT_EQ(none.pixels(), nullptr);
}

TEST(CarRacingPicture, TheScreenIsLarge) {
  const std::unique_ptr<Env> env = MakeEnv(kId);
  StepResult result;
  env->Reset(1, &result);
  for (int i = 0; i < 60; ++i) env->Step(Drive(0.3, 0.6, 0), &result);
  const Array* const screen = env->GetScreen();
  ASSERT_NE(screen, nullptr);
  EXPECT_EQ(screen->shape(), (Shape{800, 1000, 3}));
  EXPECT_EQ(screen->dtype(), DType::kUInt8);
  // On average the colours of the small picture.
  const auto mean = [](const Array& image, int64_t rows) {
    double sum = 0;
    const int64_t n = rows * image.shape()[1] * 3;
    for (int64_t i = 0; i < n; ++i) sum += image.AsDouble(i);
    return sum / static_cast<double>(n);
  };
  EXPECT_NEAR(mean(*screen, 700), mean(result.observation.at("image"), 84) + 2, 1.5);
}

}  // namespace
}  // namespace rookery
