// Private to envs/atari: ALE/<Game>-v5, one game of the Atari 2600.
//
// Observations, by the options: `image` uint8 (H, W, 3) or (H, W), or `ram` uint8 (128), with
// `sound` uint8 (512) beside it on request. Preprocessed ones are `image` (84, 84), float32 when
// scaled; stacked ones have a first axis. Info: lives, episode_frame_number, frame_number.
#ifndef ROOKERY_ENVS_ATARI_ATARI_ENV_H_
#define ROOKERY_ENVS_ATARI_ATARI_ENV_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "envs/atari/atari_config.h"
#include "envs/atari/emulator.h"
#include "renderers/area_resize.h"

namespace rookery::atari {

std::string AtariId(const Game& game);  // "ALE/Pong-v5"
int AtariMaxSteps(const AtariConfig& config);

class AtariEnv final : public Env {
 public:
  AtariEnv(const Game& game, const AtariConfig& config);

  const Array* GetScreen() override;
  // int64 scalars "lives", "game_over", "truncated", "frame_number", "episode_frame_number"; "ram"
  // uint8 (128); "gray" uint8 (H, W), the last frame; "minimal_actions", "legal_actions" int64 (n).
  Array Reading(std::string_view name) override;

 private:
  struct Move {
    int action = 0;  // of ALE's enumeration
    float strength = 1;
  };

  void DoSeed(uint64_t seed) override;
  void DoReset(const ArrayMap& options, StepResult* out) override;
  void DoStep(const ArrayMap& action, StepResult* out) override;
  void DoSave(ByteWriter* out, bool with_random) const override;
  void DoLoad(ByteReader* in) override;
  std::string ConfigKey() const override { return config_key_; }

  void MakeSpec(const Game& game);
  Move MoveOf(const ArrayMap& action) const;
  void Start(std::optional<uint64_t> seed);
  double Frames(const Move& move);  // an action of AtariEnv without preprocessing
  double PreprocessedStep(const Move& move, StepResult* out);
  void Remember();            // the screen, for pooling
  void Pool();                // the screen and what was remembered
  void PoolOlder();           // the last observation and what was remembered
  void Resize(uint8_t* out);  // what was pooled, to the wanted size
  void Render(void* out);     // the newest observation
  void WriteObservation(bool first, StepResult* out);
  void WriteInfo(StepResult* out) const;

  AtariConfig config_;
  std::string config_key_;
  FrameSkip frameskip_;
  std::unique_ptr<Emulator> emulator_;
  std::vector<int> actions_;
  Shape shape_;  // of one observation, unstacked
  Shape stacked_shape_;
  DType dtype_ = DType::kUInt8;
  const char* name_ = "image";
  size_t bytes_ = 0;  // of one observation

  std::optional<uint64_t> seed_;  // of the reset that is under way
  // Preprocessing: the greater of the last two pictures; the screen before the last, as indices
  // where grey is wanted, and its grey.
  std::vector<uint8_t> pooled_, other_, gray_;
  std::optional<AreaResize> resize_;  // none: the picture grows
  std::vector<uint8_t> small_;        // before it is scaled
  int lives_ = 0;
  // The last observations in a ring; next_ is the oldest.
  std::vector<uint8_t> ring_;
  size_t next_ = 0;
  Array screen_;
};

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_ATARI_ENV_H_
