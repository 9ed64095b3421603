#include "envs/atari/atari_env.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "envs/atari/actions.h"
#include "envs/atari/pixels.h"
#include "envs/atari/seeds.h"

namespace rookery::atari {
namespace {

constexpr double kFramesPerSecond = 60;

}  // namespace

std::string AtariId(const Game& game) { return "ALE/" + game.name + "-v5"; }

int AtariMaxSteps(const AtariConfig& config) {
  int frames = config.ParsedFrameskip().low;
  if (config.preprocess && config.frame_skip > 1) frames = config.frame_skip;
  return (config.max_num_frames_per_episode + frames - 1) / frames;
}

AtariEnv::AtariEnv(const Game& game, const AtariConfig& config)
    : Env({.id = AtariId(game)}), config_(config), frameskip_(config.ParsedFrameskip()) {
  if (config.preprocess && config.frame_skip > 1) frameskip_ = FrameSkip();
  emulator_ = std::make_unique<Emulator>(
      game, EmulatorSettings{
                .mode = config.mode,
                .difficulty = config.difficulty,
                .repeat_action_probability = static_cast<float>(config.repeat_action_probability),
                .max_frames = config.max_num_frames_per_episode,
                .sound = config.sound_obs});
  actions_ = config.full_action_space || config.continuous ? emulator_->legal_actions()
                                                           : emulator_->minimal_actions();
  if (config.preprocess && config.noop_max > 0 && actions_[0] != 0) {
    throw UserError("noop_max = " + std::to_string(config.noop_max) + ": " + game.name +
                    " has no action NOOP to wait with; set noop_max=0 or full_action_space=true");
  }
  config_key_ = ConfigToJson(config_).dump();
  MakeSpec(game);

  bytes_ = static_cast<size_t>(NumElements(shape_)) * ItemSize(dtype_);
  if (config.preprocess) {
    const int channels = config.grayscale_obs ? 1 : 3;
    const size_t frame = emulator_->screen().size() * static_cast<size_t>(channels);
    pooled_.resize(frame);
    other_.resize(frame);
    const int height = emulator_->height(), width = emulator_->width();
    const auto out_height = static_cast<int>(shape_[0]), out_width = static_cast<int>(shape_[1]);
    if (out_height <= height && out_width <= width) {
      resize_.emplace(height, width, channels, out_height, out_width);
    }
    if (config.scale_obs) small_.resize(static_cast<size_t>(NumElements(shape_)));
  }
  if (config.stack_size > 0) ring_.resize(bytes_ * static_cast<size_t>(config.stack_size));
  screen_ = Array(DType::kUInt8, {emulator_->height(), emulator_->width(), 3});
}

void AtariEnv::MakeSpec(const Game& game) {
  EnvSpec& spec = mutable_spec();
  spec.instruction = "play " + game.name;
  spec.max_steps = AtariMaxSteps(config_);
  const bool random_skip = frameskip_.random();
  const int frames = frameskip_.low * (config_.preprocess ? config_.frame_skip : 1);
  spec.control_hz = random_skip ? 0 : kFramesPerSecond / frames;

  std::string what = "picture of the last frame, row by row";
  shape_ = {emulator_->height(), emulator_->width()};
  if (config_.preprocess) {
    int width = 0, height = 0;
    config_.ParsedScreenSize(&width, &height);
    shape_ = {height, width};
    if (!config_.grayscale_obs) shape_.push_back(3);
    if (config_.grayscale_obs && config_.grayscale_newaxis) shape_.push_back(1);
    if (config_.scale_obs) dtype_ = DType::kFloat32;
    what = "greater of the last two frames, pixel by pixel, shrunk by area";
  } else if (config_.obs_type == "ram") {
    shape_ = {kRamBytes};
    name_ = "ram";
    what = "the console's memory";
  } else if (config_.obs_type == "rgb") {
    shape_.push_back(3);
  }
  stacked_shape_ = shape_;
  if (config_.stack_size > 0) {
    stacked_shape_.insert(stacked_shape_.begin(), config_.stack_size);
    what += "; the last of them, oldest first";
  }
  spec.observation.Add({.name = name_,
                        .dtype = dtype_,
                        .shape = stacked_shape_,
                        .low = {0},
                        .high = {config_.scale_obs && config_.preprocess ? 1.0 : 255.0},
                        .description = what});
  if (config_.sound_obs) {
    spec.observation.Add({.name = "sound",
                          .dtype = DType::kUInt8,
                          .shape = {kSoundBytes},
                          .low = {0},
                          .high = {255},
                          .description = "samples of the last frame's sound"});
  }

  if (config_.continuous) {
    spec.action_bounds = ActionBounds::kEnvironment;
    spec.action.Add({.name = "action",
                     .dtype = DType::kFloat32,
                     .shape = {3},
                     .low = {0, -std::numbers::pi, 0},
                     .high = {1, std::numbers::pi, 1},
                     .description = "joystick in polar coordinates, and its button",
                     .elements = {"radius", "theta", "fire"}});
  } else {
    std::string text;
    std::vector<std::string> names;
    for (const int action : actions_) {
      text += (names.empty() ? "" : ", ") + std::to_string(names.size()) + " " + ActionName(action);
      names.emplace_back(ActionName(action));
    }
    spec.action.Add({.name = "action",
                     .dtype = DType::kInt64,
                     .shape = {},
                     .low = {0},
                     .high = {static_cast<double>(actions_.size() - 1)},
                     .description = text,
                     .discrete = true,
                     .choices = names});
  }

  const auto number = [&](const char* name, const char* description) {
    spec.info.Add({.name = name, .dtype = DType::kInt64, .shape = {}, .description = description});
  };
  number("lives", "lives that are left; 0 in games without");
  number("episode_frame_number", "frames since the reset");
  number("frame_number", "frames since the console was switched on, by a reset with a seed");
  // Games begin alike; luck comes with the actions that stick and with random frame skips.
  const bool noops = config_.preprocess && config_.noop_max > 0;
  spec.same_start = !noops;
  spec.deterministic = !noops && !random_skip && config_.repeat_action_probability == 0;
}

AtariEnv::Move AtariEnv::MoveOf(const ArrayMap& action) const {
  const Array& array = action.at("action");
  if (!config_.continuous) {
    return {actions_[static_cast<size_t>(array.As<int64_t>()[0])], 1};
  }
  const auto values = array.As<float>();
  const auto threshold = static_cast<float>(config_.continuous_action_threshold);
  const float x = values[0] * std::cos(values[1]), y = values[0] * std::sin(values[1]);
  const auto side = [&](float v) { return (v > threshold ? 1 : 0) - (v < -threshold ? 1 : 0); };
  return {JoystickAction(side(x), side(y), values[2] > threshold), values[0]};
}

void AtariEnv::DoSeed(uint64_t seed) { seed_ = seed; }

// As ale-py's reset: with a seed the console is new.
void AtariEnv::Start(std::optional<uint64_t> seed) {
  if (seed) {
    const AtariSeeds seeds = SeedsOf(*seed);
    rng() = Rng(seeds.numpy);
    emulator_->PowerOn(seeds.emulator);
  }
  emulator_->Reset();
}

void AtariEnv::DoReset(const ArrayMap&, StepResult* out) {
  const std::optional<uint64_t> seed = seed_;
  seed_.reset();
  Start(seed);
  if (config_.preprocess) {
    const int64_t noops = config_.noop_max > 0 ? rng().Integer(1, config_.noop_max + 1) : 0;
    for (int64_t i = 0; i < noops; ++i) {
      Frames({});
      if (emulator_->game_over() || emulator_->truncated()) Start(seed);
    }
    lives_ = emulator_->lives();
    Remember();
    Pool();
  }
  WriteObservation(/*first=*/true, out);
  WriteInfo(out);
}

double AtariEnv::Frames(const Move& move) {
  const int64_t frames =
      frameskip_.random() ? rng().Integer(frameskip_.low, frameskip_.high) : frameskip_.low;
  double reward = 0;
  for (int64_t i = 0; i < frames; ++i) reward += emulator_->Act(move.action, move.strength);
  return reward;
}

void AtariEnv::DoStep(const ArrayMap& action, StepResult* out) {
  const Move move = MoveOf(action);
  if (config_.preprocess) {
    out->reward = PreprocessedStep(move, out);
  } else {
    out->reward = Frames(move);
    out->terminated = emulator_->game_over();
    out->truncated = emulator_->truncated();
  }
  WriteObservation(/*first=*/false, out);
  WriteInfo(out);
}

// As Gymnasium's AtariPreprocessing: when the episode ends within the step, the pictures are those
// of before. (After a reset the other picture is the same one, where Gymnasium's is black: their
// maximum is the same.)
double AtariEnv::PreprocessedStep(const Move& move, StepResult* out) {
  double reward = 0;
  for (int frame = 0; frame < config_.frame_skip; ++frame) {
    reward += Frames(move);
    out->terminated = emulator_->game_over();
    out->truncated = emulator_->truncated();
    if (config_.terminal_on_life_loss) {
      const int lives = emulator_->lives();
      out->terminated = out->terminated || lives < lives_;
      lives_ = lives;
    }
    if (out->done()) break;
    if (frame == config_.frame_skip - 2) {
      Remember();
    } else if (frame == config_.frame_skip - 1) {
      Pool();
      return reward;
    }
  }
  PoolOlder();
  return reward;
}

void AtariEnv::Remember() {
  const std::span<const uint8_t> screen = emulator_->screen();
  if (config_.grayscale_obs) {
    std::memcpy(other_.data(), screen.data(), screen.size());
  } else {
    ToRgb(screen, emulator_->rgb_table(), other_.data());
  }
}

void AtariEnv::Pool() {
  const std::span<const uint8_t> screen = emulator_->screen();
  if (config_.grayscale_obs) {
    const uint8_t* const before = config_.frame_skip > 1 ? other_.data() : screen.data();
    PoolGray(screen, before, emulator_->gray_table(), pooled_.data());
  } else {
    ToRgb(screen, emulator_->rgb_table(), pooled_.data());
    PoolOlder();
  }
}

// What is shown when the episode ends within a step.
void AtariEnv::PoolOlder() {
  if (config_.frame_skip == 1) return;
  if (config_.grayscale_obs) {
    gray_.resize(other_.size());
    ToGray(other_, emulator_->gray_table(), gray_.data());
  }
  const std::vector<uint8_t>& other = config_.grayscale_obs ? gray_ : other_;
  MaxInto(other.data(), other.size(), pooled_.data());
}

void AtariEnv::Resize(uint8_t* out) {
  if (resize_) {
    (*resize_)(pooled_.data(), out);
    return;
  }
  // A side grows: rare, and no longer by area.
  const int type = config_.grayscale_obs ? CV_8UC1 : CV_8UC3;
  const cv::Mat from(emulator_->height(), emulator_->width(), type, pooled_.data());
  cv::Mat to(static_cast<int>(shape_[0]), static_cast<int>(shape_[1]), type, out);
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
}

void AtariEnv::Render(void* out) {
  auto* bytes = static_cast<uint8_t*>(out);
  if (config_.preprocess) {
    if (!config_.scale_obs) {
      Resize(bytes);
      return;
    }
    Resize(small_.data());
    auto* values = static_cast<float*>(out);
    for (size_t i = 0; i < small_.size(); ++i) values[i] = static_cast<float>(small_[i]) / 255.0F;
  } else if (config_.obs_type == "ram") {
    emulator_->CopyRam(bytes);
  } else if (config_.obs_type == "rgb") {
    ToRgb(emulator_->screen(), emulator_->rgb_table(), bytes);
  } else {
    ToGray(emulator_->screen(), emulator_->gray_table(), bytes);
  }
}

void AtariEnv::WriteObservation(bool first, StepResult* out) {
  Array& array = out->observation.Ensure(name_, dtype_, stacked_shape_);
  if (ring_.empty()) {
    Render(array.data());
  } else {
    const auto count = static_cast<size_t>(config_.stack_size);
    Render(ring_.data() + next_ * bytes_);
    if (first) {
      for (size_t i = 0; i < count; ++i) {
        if (i == next_) continue;
        if (config_.padding_type == "zero") {
          std::memset(ring_.data() + i * bytes_, 0, bytes_);
        } else {
          std::memcpy(ring_.data() + i * bytes_, ring_.data() + next_ * bytes_, bytes_);
        }
      }
    }
    next_ = (next_ + 1) % count;
    // The oldest to the end of the ring, then its beginning.
    auto* bytes = static_cast<uint8_t*>(array.data());
    const size_t split = next_ * bytes_, rest = ring_.size() - split;
    std::memcpy(bytes, ring_.data() + split, rest);
    std::memcpy(bytes + rest, ring_.data(), split);
  }
  if (config_.sound_obs) {
    Array& sound = out->observation.Ensure("sound", DType::kUInt8, {kSoundBytes});
    emulator_->CopySound(sound.As<uint8_t>().data());
  }
}

void AtariEnv::WriteInfo(StepResult* out) const {
  const auto put = [&](const char* name, int value) {
    out->info.Ensure(name, DType::kInt64, {}).As<int64_t>()[0] = value;
  };
  put("lives", emulator_->lives());
  put("episode_frame_number", emulator_->episode_frame_number());
  put("frame_number", emulator_->frame_number());
}

const Array* AtariEnv::GetScreen() {
  ToRgb(emulator_->screen(), emulator_->rgb_table(), screen_.As<uint8_t>().data());
  return &screen_;
}

Array AtariEnv::Reading(std::string_view name) {
  const auto numbers = [](const std::vector<int>& values, Shape shape) {
    Array array(DType::kInt64, std::move(shape));
    std::copy(values.begin(), values.end(), array.As<int64_t>().begin());
    return array;
  };
  const auto list = [&](const std::vector<int>& values) {
    return numbers(values, {std::ssize(values)});
  };
  if (name == "lives") return numbers({emulator_->lives()}, {});
  if (name == "game_over") return numbers({emulator_->game_over() ? 1 : 0}, {});
  if (name == "truncated") return numbers({emulator_->truncated() ? 1 : 0}, {});
  if (name == "frame_number") return numbers({emulator_->frame_number()}, {});
  if (name == "episode_frame_number") return numbers({emulator_->episode_frame_number()}, {});
  if (name == "minimal_actions") return list(emulator_->minimal_actions());
  if (name == "legal_actions") return list(emulator_->legal_actions());
  if (name == "ram") {
    Array ram(DType::kUInt8, {kRamBytes});
    emulator_->CopyRam(ram.As<uint8_t>().data());
    return ram;
  }
  if (name == "gray") {
    Array gray(DType::kUInt8, {emulator_->height(), emulator_->width()});
    ToGray(emulator_->screen(), emulator_->gray_table(), gray.As<uint8_t>().data());
    return gray;
  }
  return Env::Reading(name);
}

void AtariEnv::DoSave(ByteWriter* out, bool with_random) const {
  emulator_->Save(out, with_random);
  const auto put = [&](const std::vector<uint8_t>& bytes) {
    out->PutString({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  };
  put(pooled_);
  put(other_);
  put(ring_);
  out->Put(static_cast<uint64_t>(next_));
  out->Put(lives_);
}

void AtariEnv::DoLoad(ByteReader* in) {
  emulator_->Load(in);
  for (std::vector<uint8_t>* bytes : {&pooled_, &other_, &ring_}) {
    const std::string text = in->GetString();
    if (text.size() != bytes->size()) throw UserError("snapshot is damaged: pictures' sizes");
    bytes->assign(text.begin(), text.end());
  }
  next_ = in->Get<uint64_t>();
  lives_ = in->Get<int>();
}

}  // namespace rookery::atari
