// Registers ALE/<Game>-v5 for every game of the archive. Source: Bellemare et al. 2013, Machado et
// al. 2018 (the Arcade Learning Environment).
#include <limits>

#include "core/registry.h"
#include "envs/atari/atari_env.h"

namespace rookery::atari {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void RegisterGames() {
  const int max_steps = AtariMaxSteps(AtariConfig());
  for (const Game& game : Games()) {
    EnvEntry entry;
    entry.id = AtariId(game);
    entry.summary = "Atari 2600 game " + game.name;
    entry.source = "Machado et al. 2018 (Arcade Learning Environment 0.12.1)";
    entry.world = "atari";
    entry.status = Status::kExact;
    entry.max_steps = max_steps;
    entry.parity =
        "equal to ale-py 0.12.1 to the byte (frames, rewards, lives, memory), from the seed on";
    entry.return_low = -kInfinity;
    entry.return_high = kInfinity;
    entry.random_score = kInfinity;
    entry.family = "ALE/<Game>-v5";
    entry.make_config = [] { return std::make_unique<AtariConfig>(); };
    entry.make = [&game](const Config& config) {
      return std::make_unique<AtariEnv>(game, dynamic_cast<const AtariConfig&>(config));
    };
    internal::RegisterEnv(std::move(entry));
  }
}

}  // namespace
}  // namespace rookery::atari

// ALE's list of games is filled by static constructors that may run after ours.
extern "C" void rookery_plugin_start() { rookery::atari::RegisterGames(); }
