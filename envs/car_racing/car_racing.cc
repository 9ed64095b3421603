// Drive around a race track seen from above.
#include <algorithm>
#include <cmath>
#include <memory>

#include "core/error.h"
#include "core/registry.h"
#include "envs/car_racing/background.h"
#include "envs/car_racing/car.h"
#include "envs/car_racing/picture.h"
#include "envs/car_racing/track.h"

namespace rookery {
namespace {

using namespace car_racing;

constexpr char kId[] = "CarRacing-v3";
constexpr int kMaxSteps = 1000;
constexpr double kFramePenalty = 0.1, kLapReward = 1000, kCrashReward = -100;
constexpr int64_t kActions = 5;  // nothing, right, left, gas, brake
constexpr double kDiscreteSteer = 0.6, kDiscreteGas = 0.2, kDiscreteBrake = 0.8;
constexpr double kBrightest = 210;  // of random colours
constexpr double kGrassBrighter = 20;

struct CarRacingConfig final : Config {
  bool continuous = true;
  bool domain_randomize = false;
  double lap_complete_percent = 0.95;
  std::string lap_rule = "all_tiles";
  std::string renderer = "v3";
  std::string background;
  void Fields(FieldVisitor& v) override {
    v.Field("continuous", &continuous, {.help = "steer, gas and brake; false: five actions"});
    v.Field("domain_randomize", &domain_randomize, {.help = "new colours at every reset"});
    v.Field("lap_complete_percent", &lap_complete_percent,
            {.help = "share of tiles after which tile 0 ends the lap (lap_rule fixed)",
             .min = 0,
             .max = 1});
    v.Field(
        "lap_rule", &lap_rule,
        {.help = "a lap ends with its last tile, as with Gymnasium, or with the share and tile 0",
         .choices = {"all_tiles", "fixed"}});
    v.Field("renderer", &renderer,
            {.help = "look of Gymnasium's v3, or of gym's v0 for agents of that time",
             .choices = {"v3", "v0"}});
    v.Field("background", &background,
            {.help = "instead of grass: 'generated' patterns, a folder of PNGs, or a PNG"});
  }
};

EnvSpec MakeSpec(const CarRacingConfig& config) {
  EnvSpec spec = {.id = kId,
                  .instruction = "drive around the race track as fast as you can",
                  .reward_low = kCrashReward,
                  .reward_high = kLapReward,
                  .max_steps = kMaxSteps,
                  .control_hz = 50};
  spec.observation = {{.name = "image",
                       .dtype = DType::kUInt8,
                       .shape = {kStateSize, kStateSize, 3},
                       .low = {0},
                       .high = {255},
                       .description = "the car from above, driving upwards; indicators below"}};
  if (config.continuous) {
    spec.action = {{.name = "action",
                    .dtype = DType::kFloat32,
                    .shape = {3},
                    .low = {-1, 0, 0},
                    .high = {1, 1, 1},
                    .description = "steering (-1 full left, 1 full right), gas, brake",
                    .elements = {"steering", "gas", "brake"}}};
    spec.action_bounds = ActionBounds::kEnvironment;  // gas is clipped, steering has a stop
  } else {
    spec.action = {{.name = "action",
                    .dtype = DType::kInt64,
                    .shape = {},
                    .low = {0},
                    .high = {kActions - 1},
                    .description = "0 nothing, 1 right, 2 left, 3 gas, 4 brake",
                    .discrete = true,
                    .choices = {"NOOP", "RIGHT", "LEFT", "GAS", "BRAKE"}}};
  }
  const auto number = [](const char* name, const char* description) -> ArraySpec {
    return {
        .name = name, .dtype = DType::kInt64, .shape = {}, .low = {0}, .description = description};
  };
  spec.info = {{.name = "lap_finished",
                .dtype = DType::kBool,
                .shape = {},
                .low = {0},
                .high = {1},
                .description = "the episode ended with the lap"},
               number("tiles_visited", "tiles of the road that a wheel has touched"),
               number("tiles", "tiles of the road")};
  return spec;
}

class CarRacing final : public Env {
 public:
  explicit CarRacing(const CarRacingConfig& config)
      : Env(MakeSpec(config)),
        config_(config),
        smooth_(config.renderer == "v3"),
        background_(config.background),
        picture_(smooth_) {
    track_.reserve(kUsualTiles);
    visited_.reserve(kUsualTiles);
    plain_.reserve(kUsualTiles);
  }

  const Array* GetScreen() override {
    if (screen_ == nullptr) screen_ = std::make_unique<ScreenPicture>(smooth_);
    return &screen_->Draw(MakeView());
  }

 private:
  static constexpr size_t kUsualTiles = 512;

  std::vector<std::string> ResetOptions() const override { return {"randomize"}; }
  std::string ConfigKey() const override {
    return std::string(config_.continuous ? "continuous" : "discrete") +
           (config_.domain_randomize ? " domain_randomize" : "") +
           " lap_complete_percent=" + std::to_string(config_.lap_complete_percent) +
           " lap_rule=" + config_.lap_rule + " renderer=" + config_.renderer +
           " background=" + config_.background;
  }

  void DoReset(const ArrayMap& options, StepResult* out) override {
    const bool randomize = WantsNewColors(options);
    reward_ = previous_reward_ = time_s_ = 0;
    visited_count_ = 0;
    new_lap_ = false;
    if (config_.domain_randomize && randomize) DrawColors();
    maker_.Make(&rng(), &track_);
    visited_.assign(track_.size(), 0);
    plain_.assign(track_.size(), 0);
    car_.SetRoad(track_);
    car_.Place(track_[0].x, track_[0].y, track_[0].beta);
    background_.Choose(&rng());
    // One step without an action; its tiles are paid with the first real step.
    Advance();
    Write(/*lap_finished=*/false, out);
  }

  void DoStep(const ArrayMap& action, StepResult* out) override {
    const Array& given = action.at("action");
    if (config_.continuous) {
      const std::span<const float> a = given.As<float>();
      car_.Steer(-static_cast<double>(a[0]));
      car_.Gas(static_cast<double>(a[1]));
      car_.Brake(static_cast<double>(a[2]));
    } else {
      const int64_t a = given.As<int64_t>()[0];
      car_.Steer(a == 1 ? -kDiscreteSteer : (a == 2 ? kDiscreteSteer : 0));
      car_.Gas(a == 3 ? kDiscreteGas : 0);
      car_.Brake(a == 4 ? kDiscreteBrake : 0);
    }
    Advance();
    // What agents see has the score before the frame's penalty.
    bool lap_finished = false;
    const double shown_reward = reward_;
    reward_ -= kFramePenalty;
    out->reward = reward_ - previous_reward_;
    previous_reward_ = reward_;
    if (visited_count_ == static_cast<int64_t>(track_.size()) || new_lap_) {
      out->terminated = lap_finished = true;
    }
    const BodyState& hull = car_.state().hull;
    if (std::abs(static_cast<double>(hull.x)) > kPlayfield ||
        std::abs(static_cast<double>(hull.y)) > kPlayfield) {
      out->terminated = true;
      lap_finished = false;
      out->reward = kCrashReward;
    }
    View view = MakeView();
    view.reward = shown_reward;
    WriteResult(view, lap_finished, out);
  }

  bool WantsNewColors(const ArrayMap& options) const {
    const Array* const option = options.Find("randomize");
    if (option == nullptr) return true;
    if (!config_.domain_randomize) {
      throw UserError(std::string(kId) +
                      ": reset option 'randomize' needs domain_randomize=true, which is false");
    }
    const double value = option->size() == 1 ? option->AsDouble() : -1;
    if (!option->shape().empty() || (value != 0 && value != 1)) {
      throw UserError(std::string(kId) + ": reset option 'randomize' must be one bool, got " +
                      DTypeName(option->dtype()) + " " + ShapeText(option->shape()) +
                      (option->size() == 1 ? " = " + std::to_string(value) : ""));
    }
    return value != 0;
  }

  void DrawColors() {
    for (Color* color : {&colors_.road, &colors_.field}) {
      for (double& channel : *color) channel = rng().Uniform(0, kBrightest);
    }
    colors_.grass = colors_.field;
    colors_.grass[static_cast<size_t>(rng().Integer(3))] += kGrassBrighter;
  }

  // Moves the car and counts the tiles that its wheels were on.
  void Advance() {
    std::array<bool, kWheels> was_on_start;
    for (size_t i = 0; i < kWheels; ++i) was_on_start[i] = car_.state().wheels[i].on_start;
    car_.Step();
    time_s_ += kStepTime;
    bool reached_start = false, first_at_start = false;
    for (const Car::Touch& touch : car_.touches()) {
      const auto tile = static_cast<size_t>(touch.tile);
      plain_[tile] = 1;  // also under the hull
      if (touch.wheel < 0) continue;
      if (tile == 0 && !was_on_start[static_cast<size_t>(touch.wheel)]) reached_start = true;
      if (visited_[tile] != 0) continue;
      visited_[tile] = 1;
      ++visited_count_;
      reward_ += kLapReward / static_cast<double>(track_.size());
      first_at_start = first_at_start || tile == 0;
    }
    // Gymnasium looks at the share only when tile 0 is touched for the first time, which is at the
    // start of every lap.
    const bool asks = config_.lap_rule == "fixed" ? reached_start : first_at_start;
    const double share = static_cast<double>(visited_count_) / static_cast<double>(track_.size());
    if (asks && share > config_.lap_complete_percent) new_lap_ = true;
  }

  View MakeView() const {
    return {.track = track_,
            .plain = plain_,
            .car = car_.state(),
            .colors = colors_,
            .time_s = time_s_,
            .reward = reward_,
            .steering_angle = car_.steering_angle(),
            .background = background_.pixels()};
  }

  void Write(bool lap_finished, StepResult* out) { WriteResult(MakeView(), lap_finished, out); }
  void WriteResult(const View& view, bool lap_finished, StepResult* out) {
    Array& image = out->observation.Ensure("image", DType::kUInt8, {kStateSize, kStateSize, 3});
    picture_.Draw(view, image.As<uint8_t>().data());
    out->info.Ensure("lap_finished", DType::kBool, {}).As<bool>()[0] = lap_finished;
    out->info.Ensure("tiles_visited", DType::kInt64, {}).As<int64_t>()[0] = visited_count_;
    out->info.Ensure("tiles", DType::kInt64, {}).As<int64_t>()[0] = std::ssize(track_);
  }

  void DoSave(ByteWriter* out, bool /*with_random*/) const override {
    out->Put<uint64_t>(track_.size());
    for (size_t i = 0; i < track_.size(); ++i) {
      const TrackPoint& point = track_[i];
      for (double value : {point.alpha, point.beta, point.x, point.y}) out->Put(value);
      out->Put<int32_t>(point.border);
      out->Put(visited_[i]);
      out->Put(plain_[i]);
    }
    car_.state().Save(out);
    out->Put(reward_);
    out->Put(previous_reward_);
    out->Put(time_s_);
    out->Put(visited_count_);
    out->Put(new_lap_);
    for (const Color* color : {&colors_.road, &colors_.field, &colors_.grass}) {
      for (double channel : *color) out->Put(channel);
    }
    background_.Save(out);
  }

  void DoLoad(ByteReader* in) override {
    Track track(in->Get<uint64_t>());
    std::vector<uint8_t> visited(track.size()), plain(track.size());
    for (size_t i = 0; i < track.size(); ++i) {
      TrackPoint& point = track[i];
      for (double* value : {&point.alpha, &point.beta, &point.x, &point.y}) {
        *value = in->Get<double>();
      }
      point.border = in->Get<int32_t>();
      CompletePoint(&point);
      visited[i] = in->Get<uint8_t>();
      plain[i] = in->Get<uint8_t>();
    }
    CarState car;
    car.Load(in);
    const auto reward = in->Get<double>(), previous_reward = in->Get<double>();
    const auto time_s = in->Get<double>();
    const auto visited_count = in->Get<int64_t>();
    const bool new_lap = in->Get<bool>();
    Colors colors;
    for (Color* color : {&colors.road, &colors.field, &colors.grass}) {
      for (double& channel : *color) channel = in->Get<double>();
    }
    background_.Load(in);
    track_ = std::move(track);
    visited_ = std::move(visited);
    plain_ = std::move(plain);
    car_.SetRoad(track_);
    car_.SetState(car);
    reward_ = reward;
    previous_reward_ = previous_reward;
    time_s_ = time_s;
    visited_count_ = visited_count;
    new_lap_ = new_lap;
    colors_ = colors;
  }

  const CarRacingConfig config_;
  const bool smooth_;
  TrackMaker maker_;
  Track track_;
  Car car_;
  std::vector<uint8_t> visited_, plain_;  // per tile: by a wheel; touched by anything
  double reward_ = 0, previous_reward_ = 0, time_s_ = 0;
  int64_t visited_count_ = 0;
  bool new_lap_ = false;
  Colors colors_;
  Background background_;
  StatePicture picture_;
  std::unique_ptr<ScreenPicture> screen_;
};

ROOKERY_REGISTER_ENV(
    CarRacing, CarRacingConfig,
    {.id = kId,
     .summary = "drive around a race track seen from above",
     .source = "Klimov, CarRacing, OpenAI Gym 2016; Gymnasium 1.4.0",
     .world = "car_racing",
     .status = Status::kApproximate,
     .known_issues = {"pictures are drawn by area, not by pygame: edges differ by a few levels, "
                      "and the score has digits of our own",
                      "a lap ends with its last tile, as it does with Gymnasium, whose rule of "
                      "95 % never applies; lap_rule=fixed is what was meant"},
     .max_steps = kMaxSteps,
     .return_low = kCrashReward - kFramePenalty * kMaxSteps,
     .return_high = kLapReward,
     .random_score = 100,
     .solved_return = 900,
     .parity = "tracks equal to Gymnasium 1.4.0 CarRacing-v3 from the seed on; the car within 2 % "
               "(Box2D 2.4 here)"});

}  // namespace
}  // namespace rookery
