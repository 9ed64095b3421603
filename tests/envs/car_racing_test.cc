// The track, the car, the environment around them and its pictures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/episode.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/registry.h"
#include "envs/car_racing/background.h"
#include "envs/car_racing/car.h"
#include "envs/car_racing/picture.h"
#include "envs/car_racing/track.h"
#include "renderers/image_io.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using namespace car_racing;
using ::testing::HasSubstr;

constexpr char kId[] = "CarRacing-v3";

// ---- the track
// -----------------------------------------------------------------------------------

TEST(CarRacingTrack, HasGymnasiumsTilesForItsSeeds) {
  constexpr size_t kTiles[] = {319, 275, 335, 271, 275, 329, 284, 319, 251, 285};
  TrackMaker maker;
  Track track;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Rng rng(seed);
    maker.Make(&rng, &track);
    EXPECT_EQ(track.size(), kTiles[seed]) << seed;
    if (seed != 0) continue;
    EXPECT_NEAR(track[0].alpha, -0.247676, 1e-6);
    EXPECT_NEAR(track[0].beta, -0.089021, 1e-6);
    EXPECT_NEAR(track[0].x, 220.385378, 1e-6);
    EXPECT_NEAR(track[0].y, -52.163562, 1e-6);
  }
}

TEST(CarRacingTrack, FromDrawsInTheMiddleIsAsMeasured) {
  TrackDraws draws;
  for (auto& [shift, radius] : draws) {
    shift = kPi / kCheckpoints;
    radius = kTrackRadius * 2 / 3;
  }
  TrackMaker maker;
  Track track;
  ASSERT_TRUE(maker.Try(draws, &track));
  ASSERT_EQ(track.size(), 261u);
  EXPECT_EQ(maker.first_step(), 1032);
  EXPECT_EQ(maker.last_step(), 1294);
  int borders = 0;
  for (const TrackPoint& point : track) borders += point.border != 0;
  EXPECT_EQ(borders, 21);
  constexpr double kPoints[][5] = {{0, -0.256159, -0.111671, 219.006751, -53.780428},
                                   {50, 0.379182, 1.212548, 122.477122, 51.336032},
                                   {100, 1.936225, 2.055280, -39.967592, 94.709879},
                                   {260, -0.286666, -0.111671, 218.226679, -60.736827}};
  for (const auto& [index, alpha, beta, x, y] : kPoints) {
    const TrackPoint& point = track[static_cast<size_t>(index)];
    EXPECT_NEAR(point.alpha, alpha, 1e-6) << index;
    EXPECT_NEAR(point.beta, beta, 1e-6) << index;
    EXPECT_NEAR(point.x, x, 1e-6) << index;
    EXPECT_NEAR(point.y, y, 1e-6) << index;
  }
}

TEST(CarRacingTrack, StatisticsAreThePublishedGenerators) {
  constexpr int kSeeds = 300;
  TrackMaker maker;
  Track track;
  double tiles = 0, borders = 0;
  int retried = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Rng rng(seed);
    int attempts = 0;
    maker.Make(&rng, &track, &attempts);
    retried += attempts > 1;
    tiles += static_cast<double>(track.size());
    for (const TrackPoint& point : track) borders += point.border != 0;
  }
  EXPECT_NEAR(tiles / kSeeds, 293.7, 5);
  EXPECT_NEAR(borders / kSeeds, 59.9, 5);
  EXPECT_GE(retried, kSeeds * 3 / 100);
  EXPECT_LE(retried, kSeeds * 8 / 100);
}

// ---- the car
// -------------------------------------------------------------------------------------

// From the origin on grass with full gas: measured with Box2D 2.3.10, the same with our 2.4.1.
TEST(CarRacingCar, AcceleratesOnGrassAsMeasured) {
  struct Row {
    int steps;
    float y, v;
    double omega;
  };
  constexpr Row kRows[] = {{1, 0.02629f, 1.31472f, 8.3800},
                           {2, 0.06707f, 2.03888f, 14.2338},
                           {10, 0.78176f, 6.30811f, 64.4194},
                           {50, 14.44289f, 27.31942f, 163.5089},
                           {100, 55.15701f, 53.58361f, 211.5573}};
  Car car;
  EXPECT_NEAR(car.mass_kg(), 7.06, 1e-5);
  car.Place(0, 0, 0);
  int step = 0;
  for (const Row& row : kRows) {
    for (; step < row.steps; ++step) {
      car.Gas(1);
      car.Step();
    }
    EXPECT_NEAR(car.state().hull.y, row.y, 1e-3f * row.y) << step;
    EXPECT_NEAR(car.state().hull.vy, row.v, 1e-3f * row.v) << step;
    EXPECT_NEAR(car.state().wheels[2].omega, row.omega, 1e-3 * row.omega) << step;
    EXPECT_NEAR(car.state().hull.x, 0, 1e-4f) << step;
  }
}

TEST(CarRacingCar, SteersToItsStopAndTheOtherWay) {
  Car car;
  car.Place(0, 0, 0);
  const auto run = [&](double target, int steps) {
    for (int i = 0; i < steps; ++i) {
      car.Steer(target);
      car.Step();
    }
    return car.steering_angle();
  };
  EXPECT_NEAR(run(0.2, 30), 0.2, 0.01);
  // The stop acts when it has been passed, and pushes back to within two degrees.
  constexpr double kBeyond = 0.4 + kPi / 90 + 0.001;
  const double left = run(1.0, 30), right = run(-1.0, 60);
  EXPECT_GE(left, 0.4 - 1e-6);
  EXPECT_LE(left, kBeyond);
  EXPECT_LE(right, -0.4 + 1e-6);
  EXPECT_GE(right, -kBeyond);
}

TEST(CarRacingCar, BrakesBlockedWheelsAndComesToRest) {
  Car car;
  car.Place(0, 0, 0);
  for (int i = 0; i < 60; ++i) {
    car.Gas(1);
    car.Step();
  }
  EXPECT_GT(car.state().hull.vy, 20);
  int steps = 0;
  for (; steps < 500 && car.state().hull.vy != 0; ++steps) {
    car.Gas(0);
    car.Brake(1);
    car.Step();
  }
  EXPECT_LT(steps, 500) << "still creeps at " << car.state().hull.vy;
  EXPECT_EQ(car.state().hull.turn_rate, 0);
  EXPECT_GT(car.state().mark_count, 0) << "no skid marks";
}

TEST(CarRacingCar, TouchesTheTilesAtItsStart) {
  TrackMaker maker;
  Track track;
  Rng rng(0);
  maker.Make(&rng, &track);
  Car car;
  car.SetRoad(track);
  car.Place(track[0].x, track[0].y, track[0].beta);
  car.Step();
  std::set<int> tiles;
  for (const Car::Touch& touch : car.touches()) {
    if (touch.wheel >= 0) tiles.insert(touch.tile);
  }
  EXPECT_EQ(tiles, (std::set<int>{0, 1}));
  for (const WheelState& wheel : car.state().wheels) EXPECT_TRUE(wheel.on_road);
  car.Place(0, 0, 0);  // no road there
  car.Step();
  EXPECT_TRUE(car.touches().empty());
  for (const WheelState& wheel : car.state().wheels) EXPECT_FALSE(wheel.on_road);
}

// ---- the environment
// -----------------------------------------------------------------------------

ArrayMap Drive(double steering, double gas, double brake) {
  return {{"action", Array::Of<float>({static_cast<float>(steering), static_cast<float>(gas),
                                       static_cast<float>(brake)})}};
}

TEST(CarRacingEnv, PaysTilesAndTakesATenthAFrame) {
  const std::unique_ptr<Env> env = MakeEnv(kId);
  StepResult result;
  env->Reset(0, &result);
  const double tile = 1000.0 / 319;
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    env->Step(Drive(0, 0.3, 0), &result);
    if (i == 0) {
      EXPECT_NEAR(result.reward, 2 * tile - 0.1, 1e-9) << "tiles of the start";
    }
    sum += result.reward;
    EXPECT_NEAR(sum, result.info.at("tiles_visited").AsDouble() * tile - 0.1 * (i + 1), 1e-9);
  }
  // Measured with Gymnasium.
  EXPECT_NEAR(sum, 52.6959, 1e-4);
  EXPECT_EQ(result.info.at("tiles_visited").AsDouble(), 20);
  EXPECT_EQ(result.info.at("tiles").AsDouble(), 319);
}

TEST(CarRacingEnv, EndsOutsideThePlayfield) {
  const std::unique_ptr<Env> env = MakeEnv(kId);
  StepResult result;
  env->Reset(0, &result);
  while (!result.done()) env->Step(Drive(0, 0.3, 0), &result);
  EXPECT_TRUE(result.terminated);
  EXPECT_FALSE(result.truncated);
  EXPECT_EQ(result.reward, -100);
  EXPECT_EQ(result.info.at("lap_finished").AsDouble(), 0);
}

TEST(CarRacingEnv, DiscreteActionsAreThoseContinuousOnes) {
  const std::unique_ptr<Env> five = MakeEnv(kId, {"continuous=false"}), three = MakeEnv(kId);
  const std::vector<ArrayMap> same = {Drive(0, 0, 0), Drive(0.6, 0, 0), Drive(-0.6, 0, 0),
                                      Drive(0, 0.2, 0), Drive(0, 0, 0.8)};
  StepResult a, b;
  five->Reset(4, &a);
  three->Reset(4, &b);
  for (int64_t i : {3, 3, 3, 3, 3, 3, 1, 1, 0, 3, 2, 2, 2, 4, 4, 0}) {
    five->Step({{"action", Array::Scalar<int64_t>(i)}}, &a);
    three->Step(same[static_cast<size_t>(i)], &b);
    EXPECT_EQ(a.reward, b.reward);
    // Rounding of 0.6 and such to float32 is all that differs.
    const auto x = a.observation.at("image").As<uint8_t>(),
               y = b.observation.at("image").As<uint8_t>();
    for (size_t k = 0; k < x.size(); ++k) ASSERT_NEAR(x[k], y[k], 3);
  }
  EXPECT_THROW(five->Step({{"action", Array::Scalar<int64_t>(5)}}, &a), UserError);
}

TEST(CarRacingEnv, TakesActionsBeyondTheirBounds) {
  const std::unique_ptr<Env> a = MakeEnv(kId), b = MakeEnv(kId);
  StepResult x, y;
  a->Reset(4, &x);
  b->Reset(4, &y);
  for (int i = 0; i < 30; ++i) {
    a->Step(Drive(-7, 1e30, -2), &x);
    b->Step(Drive(-7, 1, 0), &y);
    EXPECT_EQ(HashStep(x), HashStep(y));
  }
  a->Step(Drive(1e30, -1e30, 1e30), &x);
  EXPECT_TRUE(std::isfinite(x.reward));
}

// The rule that Gymnasium meant: most of the tiles, and back on tile 0.
TEST(CarRacingEnv, LapRules) {
  StepResult result;
  const auto first_step_ends = [&](const std::vector<std::string>& settings) {
    const std::unique_ptr<Env> env = MakeEnv(kId, settings);
    env->Reset(0, &result);
    env->Step(Drive(0, 0, 0), &result);
    return result.terminated && result.info.at("lap_finished").AsDouble() == 1;
  };
  EXPECT_FALSE(first_step_ends({}));
  EXPECT_FALSE(first_step_ends({"lap_rule=fixed"}));
  // Tile 0 is touched at the start: with no tiles asked for that is a lap.
  EXPECT_TRUE(first_step_ends({"lap_rule=fixed", "lap_complete_percent=0"}));
  EXPECT_TRUE(first_step_ends({"lap_complete_percent=0"}));

  // Away from tile 0 and back, with a few tiles.
  const auto steps_until_end = [&](const std::string& rule) {
    const std::unique_ptr<Env> env = MakeEnv(kId, {"lap_complete_percent=0.009", rule});
    env->Reset(0, &result);
    for (int step = 0; step < 400; ++step) {
      // Forward, then turn around on the grass.
      env->Step(step < 40 ? Drive(0, 0.4, 0) : Drive(1, 0.08, 0), &result);
      if (result.terminated) return step;
    }
    return -1;
  };
  EXPECT_EQ(steps_until_end("lap_rule=all_tiles"), -1);
  EXPECT_GT(steps_until_end("lap_rule=fixed"), 40);
}

// Save in the middle of everything - sliding, skid marks, tiles half touched - and go on.
TEST(CarRacingEnv, SnapshotsContinueExactlyForHundredsOfSteps) {
  for (const std::vector<std::string>& settings :
       {std::vector<std::string>{},
        {"domain_randomize=true", "background=generated"},
        {"renderer=v0", "lap_rule=fixed"}}) {
    const std::unique_ptr<Env> env = MakeEnv(kId, settings), fresh = MakeEnv(kId, settings);
    StepResult a, b;
    env->Reset(7, &a);
    Rng rng(1);
    const auto action = [&] {
      const double steering = rng.Uniform(-1, 1), gas = rng.Uniform(0, 0.8);
      return Drive(steering, gas, rng.Uniform() < 0.2 ? 1 : 0);
    };
    for (int i = 0; i < 120; ++i) env->Step(action(), &a);
    for (int round = 0; round < 5; ++round) {
      const std::string bytes = env->Save();
      fresh->Load(bytes);
      EXPECT_EQ(fresh->Save(), bytes);
      EXPECT_TRUE(env->GetScreen()->BitEqual(*fresh->GetScreen()));
      for (int i = 0; i < 60 && !env->needs_reset(); ++i) {
        const ArrayMap next = action();
        env->Step(next, &a);
        fresh->Step(next, &b);
        ASSERT_EQ(HashStep(a), HashStep(b)) << "round " << round << ", step " << i;
      }
    }
  }
}

TEST(CarRacingEnv, RestSurvivesASnapshot) {
  // Box2D puts resting cars to sleep after half a second; the clock of that is saved too.
  const std::unique_ptr<Env> env = MakeEnv(kId), fresh = MakeEnv(kId);
  StepResult a, b;
  env->Reset(3, &a);
  for (int i = 0; i < 200; ++i) {
    fresh->Load(env->Save());
    env->Step(Drive(0, 0, 1), &a);
    fresh->Step(Drive(0, 0, 1), &b);
    ASSERT_EQ(env->Save(), fresh->Save()) << i;
  }
}

// ---- colours, pictures, backgrounds
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
