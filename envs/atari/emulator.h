// Private to envs/atari: one Atari console with one game, by the Arcade Learning Environment.
//
// Its snapshots hold everything a step depends on, which ALE's own do not (emulator_hidden.cc).
#ifndef ROOKERY_ENVS_ATARI_EMULATOR_H_
#define ROOKERY_ENVS_ATARI_EMULATOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "envs/atari/games.h"

namespace ale {
class ALEInterface;
}

namespace rookery::atari {

struct EmulatorSettings {
  int mode = -1, difficulty = -1;  // -1: the game's own
  float repeat_action_probability = 0;
  int max_frames = 0;  // of an episode; 0 = no limit
  bool sound = false;  // fill Sound()
};

constexpr int64_t kRamBytes = 128, kSoundBytes = 512;

class Emulator {
 public:
  // UserError when the game's file is missing or wrong, or has no such mode or difficulty.
  Emulator(const Game& game, const EmulatorSettings& settings);
  ~Emulator();

  // The console is switched off and on; the only moment that seeds the sticky actions. Follow it
  // with Reset.
  void PowerOn(uint32_t seed);
  void Reset();

  // One frame with an action of ALE's enumeration; returns the reward. After the end it returns 0
  // and only draws random numbers.
  int Act(int action, float paddle_strength);

  bool game_over() const;
  bool truncated() const;
  int lives() const;
  int frame_number() const;
  int episode_frame_number() const;
  int height() const { return height_; }
  int width() const { return width_; }
  const std::vector<int>& legal_actions() const { return legal_; }
  const std::vector<int>& minimal_actions() const { return minimal_; }

  // One byte a pixel, row by row: an index of the tables below.
  std::span<const uint8_t> screen() const;
  const std::array<uint8_t, 256>& gray_table() const { return gray_; }
  const std::array<std::array<uint8_t, 3>, 256>& rgb_table() const { return rgb_; }
  void CopyRam(uint8_t* out) const;    // kRamBytes
  void CopySound(uint8_t* out) const;  // kSoundBytes

  void Save(ByteWriter* out, bool with_random) const;
  void Load(ByteReader* in);

 private:
  void LoadGame();
  void ReadTables();
  // Hidden members of ALE.
  void SaveVideo(ByteWriter* out) const;
  void LoadVideo(ByteReader* in);
  void SaveNumbers(ByteWriter* out) const;
  void LoadNumbers(ByteReader* in);
  void Seed(uint32_t seed);
  bool DrawsSinceSeed(uint32_t seed);
  void SaveSticky(ByteWriter* out) const;
  void LoadSticky(ByteReader* in);

  EmulatorSettings settings_;
  std::string path_;
  std::unique_ptr<ale::ALEInterface> ale_;
  std::vector<int> legal_, minimal_;
  int height_ = 0, width_ = 0;
  std::array<uint8_t, 256> gray_ = {};
  std::array<std::array<uint8_t, 3>, 256> rgb_ = {};

  bool draws_at_start_ = false;  // random numbers, in its menu
  std::string fresh_;            // the console when it was switched on
};

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_EMULATOR_H_
