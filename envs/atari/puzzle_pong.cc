// PuzzlePong-v0: Pong seen as shuffled patches of which some are hidden.
// Source: Tang and Ha 2021, "The Sensory Neuron as a Transformer" (their Atari wrappers around
// Pong without frame skip and sticky actions).
#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/registry.h"
#include "envs/atari/actions.h"
#include "envs/atari/emulator.h"
#include "envs/atari/pixels.h"
#include "envs/atari/seeds.h"
#include "renderers/area_resize.h"

namespace rookery::atari {
namespace {

constexpr char kId[] = "PuzzlePong-v0";
constexpr int kSide = 84;       // of the picture, px
constexpr int kScoreRows = 10;  // at the top, blanked
constexpr int kStack = 4;       // pictures
constexpr int kSkip = 4;        // frames an action lasts
constexpr int kMaxNoops = 30;   // frames without action after a reset
constexpr size_t kPixels = kSide * kSide;

struct PuzzlePongConfig final : Config {
  int patch_size = 6;
  double occlusion_ratio = 0;
  bool permutation = true;
  void Fields(FieldVisitor& v) override {
    v.Field("patch_size", &patch_size,
            {.help = "side of a patch, a divisor of 84", .unit = "px", .min = 1, .max = kSide});
    v.Field(
        "occlusion_ratio", &occlusion_ratio,
        {.help = "share of patches that are black, others in every episode", .min = 0, .max = 1});
    v.Field("permutation", &permutation, {.help = "shuffle the patches, anew for every episode"});
  }
  void Check() const override {
    if (kSide % patch_size != 0) {
      throw UserError("patch_size = " + std::to_string(patch_size) + " does not divide 84; " +
                      "expected 1, 2, 3, 4, 6, 7, 12, 14, 21, 28, 42 or 84");
    }
    if (occlusion_ratio >= 1) {
      throw UserError("occlusion_ratio = 1 hides every patch; expected a share below 1");
    }
  }
};

// OpenCV's weights of red, green and blue, in its fixed point.
uint8_t Luma(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 9798 + rgb[1] * 19235 + rgb[2] * 3735 + (1 << 14)) >> 15);
}

class PuzzlePong final : public Env {
 public:
  explicit PuzzlePong(const PuzzlePongConfig& config)
      : Env({.id = kId,
             .instruction = "play Pong, whose picture is cut into patches and shuffled",
             .reward_low = -1,
             .reward_high = 1,
             .control_hz = 60.0 / kSkip}),
        config_(config),
        emulator_(GameOf("pong"), {}),
        resize_(emulator_.height(), emulator_.width(), 1, kSide, kSide),
        patches_(static_cast<size_t>((kSide / config.patch_size) * (kSide / config.patch_size))),
        hidden_(static_cast<size_t>(static_cast<double>(patches_) * config.occlusion_ratio)),
        hide_list_(patches_),
        source_(patches_),
        visible_(patches_),
        frames_{std::vector<uint8_t>(3 * emulator_.screen().size()),
                std::vector<uint8_t>(3 * emulator_.screen().size())},
        gray_(emulator_.screen().size()),
        picture_(kPixels),
        stack_(kStack * kPixels) {
    MakeSpec();
    screen_ = Array(DType::kUInt8, {kShownHeight, kShownWidth, 3});
  }

  const Array* GetScreen() override;

 private:
  // The game, doubled, beside what the player sees, five times as large.
  static constexpr int kGameScale = 2, kSeenScale = 5;
  static constexpr int kShownHeight = kSide * kSeenScale, kGameWidth = 160 * kGameScale;
  static constexpr int kShownWidth = kGameWidth + kSide * kSeenScale;

  void MakeSpec() {
    EnvSpec& spec = mutable_spec();
    spec.observation.Add({.name = "image",
                          .dtype = DType::kUInt8,
                          .shape = {kStack, kSide, kSide},
                          .low = {0},
                          .high = {255},
                          .description = "the last four pictures, oldest first: grey, shrunk, "
                                         "without the score, patches shuffled and hidden"});
    std::string names;
    for (size_t i = 0; i < emulator_.minimal_actions().size(); ++i) {
      names += (i == 0 ? "" : ", ") + std::to_string(i) + " " +
               ActionName(emulator_.minimal_actions()[i]);
    }
    spec.action.Add({.name = "action",
                     .dtype = DType::kInt64,
                     .shape = {},
                     .low = {0},
                     .high = {static_cast<double>(emulator_.minimal_actions().size() - 1)},
                     .description = names,
                     .discrete = true});
    spec.info.Add(
        {.name = "visible_patches",
         .dtype = DType::kInt64,
         .shape = {static_cast<int64_t>(patches_ - hidden_)},
         .low = {0},
         .high = {static_cast<double>(patches_ - 1)},
         .description = "patches that are not hidden, row by row from 0, in random order"});
  }

  void DoSeed(uint64_t seed) override {
    emulator_.PowerOn(SeedsOf(seed).emulator);  // nothing sticks: only for a start that is new
  }

  void DoReset(const ArrayMap&, StepResult* out) override {
    emulator_.Reset();
    const int64_t noops = rng().Integer(1, kMaxNoops + 1);
    for (int64_t i = 0; i < noops; ++i) {
      emulator_.Act(0, 1);
      if (emulator_.game_over()) emulator_.Reset();
    }
    Deal();
    Grab(&frames_[1]);
    std::fill(frames_[0].begin(), frames_[0].end(), uint8_t{0});
    See();
    for (size_t i = 0; i < kStack; ++i) {
      std::memcpy(stack_.data() + i * kPixels, picture_.data(), kPixels);
    }
    next_ = 0;
    Write(out);
  }

  void DoStep(const ArrayMap& action, StepResult* out) override {
    const int move =
        emulator_.minimal_actions()[static_cast<size_t>(action.at("action").As<int64_t>()[0])];
    for (int frame = 0; frame < kSkip; ++frame) {
      out->reward += emulator_.Act(move, 1);
      if (frame >= kSkip - 2) Grab(&frames_[static_cast<size_t>(frame - (kSkip - 2))]);
      out->terminated = emulator_.game_over();
      if (out->terminated) break;
    }
    See();
    std::memcpy(stack_.data() + next_ * kPixels, picture_.data(), kPixels);
    next_ = (next_ + 1) % kStack;
    Write(out);
  }

  // Which patches are hidden, then where each comes from.
  void Deal() {
    for (size_t i = 0; i < patches_; ++i) hide_list_[i] = source_[i] = static_cast<int64_t>(i);
    rng().Shuffle(&hide_list_);
    if (config_.permutation) rng().Shuffle(&source_);
    MarkVisible();
  }
  void MarkVisible() {
    std::fill(visible_.begin(), visible_.end(), uint8_t{1});
    for (size_t i = 0; i < hidden_; ++i) visible_[static_cast<size_t>(hide_list_[i])] = 0;
  }

  void Grab(std::vector<uint8_t>* frame) {
    ToRgb(emulator_.screen(), emulator_.rgb_table(), frame->data());
  }

  // The greater of the last two frames -> grey -> shrunk -> without score -> dealt patches.
  void See() {
    const size_t pixels = emulator_.screen().size();
    for (size_t i = 0; i < pixels; ++i) {
      uint8_t rgb[3];
      for (size_t c = 0; c < 3; ++c)
        rgb[c] = std::max(frames_[0][3 * i + c], frames_[1][3 * i + c]);
      gray_[i] = Luma(rgb);
    }
    uint8_t small[kPixels];
    resize_(gray_.data(), small);
    std::memset(small, 0, kScoreRows * kSide);
    const auto side = static_cast<size_t>(config_.patch_size), across = kSide / side;
    for (size_t patch = 0; patch < patches_; ++patch) {
      const auto from = static_cast<size_t>(source_[patch]);
      const uint8_t* in = small + (from / across) * side * kSide + (from % across) * side;
      uint8_t* out = picture_.data() + (patch / across) * side * kSide + (patch % across) * side;
      for (size_t row = 0; row < side; ++row, in += kSide, out += kSide) {
        if (visible_[patch] != 0) {
          std::memcpy(out, in, side);
        } else {
          std::memset(out, 0, side);
        }
      }
    }
  }

  void Write(StepResult* out) const {
    Array& image = out->observation.Ensure("image", DType::kUInt8, {kStack, kSide, kSide});
    auto* bytes = image.As<uint8_t>().data();
    for (size_t i = 0; i < kStack; ++i) {
      std::memcpy(bytes + i * kPixels, stack_.data() + (next_ + i) % kStack * kPixels, kPixels);
    }
    const auto count = static_cast<int64_t>(patches_ - hidden_);
    Array& visible = out->info.Ensure("visible_patches", DType::kInt64, {count});
    std::copy(hide_list_.begin() + static_cast<std::ptrdiff_t>(hidden_), hide_list_.end(),
              visible.As<int64_t>().begin());
  }

  void DoSave(ByteWriter* out, bool with_random) const override {
    emulator_.Save(out, with_random);
    for (const std::vector<uint8_t>* bytes : {&frames_[0], &frames_[1], &picture_, &stack_}) {
      out->PutString({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    }
    out->PutVector(hide_list_);
    out->PutVector(source_);
    out->Put(static_cast<uint64_t>(next_));
  }

  void DoLoad(ByteReader* in) override {
    emulator_.Load(in);
    for (std::vector<uint8_t>* bytes : {&frames_[0], &frames_[1], &picture_, &stack_}) {
      const std::string text = in->GetString();
      if (text.size() != bytes->size()) throw UserError("snapshot is damaged: pictures' sizes");
      bytes->assign(text.begin(), text.end());
    }
    hide_list_ = in->GetVector<int64_t>();
    source_ = in->GetVector<int64_t>();
    next_ = in->Get<uint64_t>();
    MarkVisible();
  }

  std::string ConfigKey() const override {
    PuzzlePongConfig config = config_;
    return ConfigToJson(config).dump();
  }

  PuzzlePongConfig config_;
  Emulator emulator_;
  AreaResize resize_;
  size_t patches_, hidden_;
  std::vector<int64_t> hide_list_, source_;  // the first hidden_ are hidden; patch i shows source i
  std::vector<uint8_t> visible_;             // of each patch
  std::vector<uint8_t> frames_[2];           // the last two, in colours
  std::vector<uint8_t> gray_, picture_;
  std::vector<uint8_t> stack_;  // ring of pictures; next_ is the oldest
  size_t next_ = 0;
  Array screen_;
};

const Array* PuzzlePong::GetScreen() {
  const auto game = emulator_.screen();
  uint8_t* out = screen_.As<uint8_t>().data();
  for (size_t y = 0; y < kShownHeight; ++y) {
    for (size_t x = 0; x < kGameWidth; ++x, out += 3) {
      const auto& rgb = emulator_.rgb_table()[game[y / kGameScale * 160 + x / kGameScale]];
      std::copy(rgb.begin(), rgb.end(), out);
    }
    for (size_t x = 0; x < kSide * kSeenScale; ++x, out += 3) {
      std::memset(out, picture_[y / kSeenScale * kSide + x / kSeenScale], 3);
    }
  }
  return &screen_;
}

ROOKERY_REGISTER_ENV(PuzzlePong, PuzzlePongConfig,
                     {.id = kId,
                      .summary = "Pong, its picture cut into patches, shuffled and partly hidden",
                      .source = "Tang and Ha 2021 (The Sensory Neuron as a Transformer)",
                      .world = "atari",
                      .status = Status::kExact,
                      .return_low = -21,
                      .return_high = 21,
                      .random_score = -15});

}  // namespace
}  // namespace rookery::atari
