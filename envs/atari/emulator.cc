#include "envs/atari/emulator.h"

#include <ale/ale_interface.hpp>
#include <algorithm>
#include <cstring>
#include <mutex>
#include <sstream>

#include "core/error.h"

namespace rookery::atari {
namespace {

// Consoles are made one at a time: ALE fills tables that all share.
std::mutex& MakingMutex() {
  static std::mutex mutex;
  return mutex;
}

std::vector<int> Numbers(const ale::ActionVect& actions) {
  return {actions.begin(), actions.end()};
}

template <typename Values>
void CheckChoice(const char* what, int value, const Values& values, const std::string& game) {
  if (value < 0) return;
  std::vector<std::string> names;
  for (const auto one : values) {
    if (static_cast<int>(one) == value) return;
    names.push_back(std::to_string(one));
  }
  throw UserError(std::string(what) + " = " + std::to_string(value) + " is none of " + game +
                  "'s; it has " + Join(names) + " (-1: the game's own)");
}

}  // namespace

Emulator::Emulator(const Game& game, const EmulatorSettings& settings)
    : settings_(settings), path_(FindRom(game)) {
  const std::unique_ptr<ale::RomSettings> facts(ale::buildRomRLWrapper(game.rom, game.md5));
  CheckChoice("mode", settings.mode, facts->getAvailableModes(), game.name);
  CheckChoice("difficulty", settings.difficulty, facts->getAvailableDifficulties(), game.name);
  legal_ = Numbers(facts->getAllActions());
  minimal_ = Numbers(facts->getMinimalActionSet());
  {
    const std::lock_guard lock(MakingMutex());
    ale::Logger::setMode(ale::Logger::Error);
    ale_ = std::make_unique<ale::ALEInterface>();
  }
  // Zero: what sticks is decided here.
  ale_->setFloat("repeat_action_probability", 0.0F);
  ale_->setInt("random_seed", 0);
  ale_->setBool("sound_obs", settings.sound);
  ale_->setInt("max_num_frames_per_episode", settings.max_frames);
  PowerOn(0);
  height_ = static_cast<int>(ale_->getScreen().height());
  width_ = static_cast<int>(ale_->getScreen().width());
}

Emulator::~Emulator() = default;

void Emulator::PowerOn(uint32_t seed) {
  const std::lock_guard lock(MakingMutex());
  ale_->loadROM(path_);
  if (settings_.mode >= 0) ale_->setMode(static_cast<ale::game_mode_t>(settings_.mode));
  if (settings_.difficulty >= 0) {
    ale_->setDifficulty(static_cast<ale::difficulty_t>(settings_.difficulty));
  }
  ReadTables();
  sticky_.seed(seed);
  last_action_ = ale::PLAYER_A_NOOP;
  last_strength_ = 1;
}

void Emulator::Reset() {
  ale_->reset_game();
  last_action_ = ale::PLAYER_A_NOOP;
}

int Emulator::Act(int action, float paddle_strength) {
  const double p = settings_.repeat_action_probability;
  if (Draw() >= p) {
    last_action_ = action;
    last_strength_ = paddle_strength;
  }
  Draw();  // the second player's
  return ale_->act(static_cast<ale::Action>(last_action_), last_strength_);
}

bool Emulator::game_over() const { return ale_->game_over(/*with_truncation=*/false); }
bool Emulator::truncated() const { return ale_->game_truncated(); }
int Emulator::lives() const { return ale_->lives(); }
int Emulator::frame_number() const { return ale_->getFrameNumber(); }
int Emulator::episode_frame_number() const { return ale_->getEpisodeFrameNumber(); }

std::span<const uint8_t> Emulator::screen() const {
  const ale::ALEScreen& screen = ale_->getScreen();
  return {screen.getArray(), screen.arraySize()};
}

void Emulator::ReadTables() {
  // The last index has no grey of its own.
  uint8_t indices[256], colours[256 * 3];
  for (int i = 0; i < 256; ++i) indices[i] = static_cast<uint8_t>(i);
  ale::ColourPalette& palette = ale_->theOSystem->colourPalette();
  palette.applyPaletteGrayscale(gray_.data(), indices, 255);
  palette.applyPaletteRGB(colours, indices, 256);
  for (size_t i = 0; i < 256; ++i) {
    std::copy_n(colours + 3 * i, 3, rgb_[i].begin());
  }
}

void Emulator::CopyRam(uint8_t* out) const {
  std::memcpy(out, ale_->getRAM().array(), static_cast<size_t>(kRamBytes));
}

void Emulator::CopySound(uint8_t* out) const {
  std::memcpy(out, ale_->getAudio().data(), static_cast<size_t>(kSoundBytes));
}

void Emulator::Save(ByteWriter* out, bool with_random) const {
  out->PutString(ale_->cloneState(/*include_rng=*/false).serialize());
  SaveVideo(out);
  out->Put(last_action_);
  out->Put(last_strength_);
  if (settings_.sound) {
    const std::vector<uint8_t>& sound = ale_->getAudio();
    out->PutString({reinterpret_cast<const char*>(sound.data()), sound.size()});
  }
  out->Put(with_random);
  if (!with_random) return;
  std::ostringstream text;
  text << sticky_;
  out->PutString(text.str());
}

void Emulator::Load(ByteReader* in) {
  ale_->restoreState(ale::ALEState(in->GetString()));
  LoadVideo(in);
  last_action_ = in->Get<int>();
  last_strength_ = in->Get<float>();
  if (settings_.sound) {
    const std::string sound = in->GetString();
    auto& own = const_cast<std::vector<uint8_t>&>(ale_->getAudio());  // the object is not const
    own.assign(sound.begin(), sound.end());
  }
  if (!in->Get<bool>()) return;
  std::istringstream text(in->GetString());
  text >> sticky_;
}

}  // namespace rookery::atari
