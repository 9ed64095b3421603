#include "envs/atari/emulator.h"

#include <ale/ale_interface.hpp>
#include <algorithm>
#include <cstring>
#include <mutex>

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
  ale_->setFloat("repeat_action_probability", settings.repeat_action_probability);
  ale_->setInt("random_seed", 0);
  ale_->setBool("sound_obs", settings.sound);
  ale_->setInt("max_num_frames_per_episode", settings.max_frames);
  LoadGame();
  draws_at_start_ = DrawsSinceSeed(0);
  Seed(0);
  if (!draws_at_start_) {
    ByteWriter fresh;
    Save(&fresh, /*with_random=*/false);
    fresh_ = fresh.Take();
  }
  height_ = static_cast<int>(ale_->getScreen().height());
  width_ = static_cast<int>(ale_->getScreen().width());
}

Emulator::~Emulator() = default;

void Emulator::LoadGame() {
  const std::lock_guard lock(MakingMutex());
  ale_->loadROM(path_);
  if (settings_.mode >= 0) ale_->setMode(static_cast<ale::game_mode_t>(settings_.mode));
  if (settings_.difficulty >= 0) {
    ale_->setDifficulty(static_cast<ale::difficulty_t>(settings_.difficulty));
  }
  ReadTables();
}

// A snapshot of the console after it was made is the same as another, in a fraction of the time -
// unless the game pressed keys meanwhile, which may stick.
void Emulator::PowerOn(uint32_t seed) {
  if (draws_at_start_) {
    // -1 would be the clock.
    const auto number = static_cast<int>(seed);
    ale_->setInt("random_seed", number == -1 ? 0 : number);
    LoadGame();
    return;
  }
  ByteReader fresh(fresh_);
  Load(&fresh);
  Seed(seed);
}

void Emulator::Reset() { ale_->reset_game(); }

int Emulator::Act(int action, float paddle_strength) {
  return ale_->act(static_cast<ale::Action>(action), paddle_strength);
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
  out->PutString(ale_->cloneState(with_random).serialize());
  SaveSticky(out);
  SaveNumbers(out);
  SaveVideo(out);
  if (settings_.sound) {
    const std::vector<uint8_t>& sound = ale_->getAudio();
    out->PutString({reinterpret_cast<const char*>(sound.data()), sound.size()});
  }
}

void Emulator::Load(ByteReader* in) {
  ale_->restoreState(ale::ALEState(in->GetString()));
  LoadSticky(in);
  LoadNumbers(in);
  LoadVideo(in);
  if (settings_.sound) {
    const std::string sound = in->GetString();
    auto& own = const_cast<std::vector<uint8_t>&>(ale_->getAudio());  // the object is not const
    own.assign(sound.begin(), sound.end());
  }
}

}  // namespace rookery::atari
