// The track, the car and the environment around them.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/episode.h"
#include "core/hash.h"
#include "core/registry.h"
#include "envs/car_racing/car.h"
#include "envs/car_racing/track.h"
#include "tests/envs/car_racing_driver.h"

namespace rookery {
namespace {

using namespace car_racing;

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

TEST(CarRacingEnv, EndsWithTheLastTileOfALap) {
  for (uint64_t seed : {3, 8, 11}) {
    const std::unique_ptr<Env> env = MakeEnv(kId);
    testing::CarRacingDriver driver(seed);
    StepResult result;
    env->Reset(seed, &result);
    double sum = 0;
    while (!result.done()) {
      EXPECT_EQ(result.info.at("lap_finished").AsDouble(), 0);
      const auto [steering, gas, brake] = driver.Next();
      env->Step({{"action", Array::Of<float>({steering, gas, brake})}}, &result);
      sum += result.reward;
    }
    EXPECT_TRUE(result.terminated) << seed;
    EXPECT_FALSE(result.truncated) << seed;
    EXPECT_EQ(result.info.at("lap_finished").AsDouble(), 1) << seed;
    EXPECT_EQ(result.info.at("tiles_visited").AsDouble(), static_cast<double>(driver.tiles()));
    EXPECT_NEAR(sum, 1000 - 0.1 * static_cast<double>(env->episode_steps()), 1e-6) << seed;
  }
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

}  // namespace
}  // namespace rookery
