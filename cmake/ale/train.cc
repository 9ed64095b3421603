// Plays a few games, for the profile with which the Arcade Learning Environment is compiled anew
// (scripts/install_dependencies): games of several kinds of cartridge, some with flicker.
//
// usage: train GAME.bin...
#include <ale/ale_interface.hpp>
#include <cstdio>
#include <filesystem>
#include <random>

int main(int argc, char** argv) {
  constexpr int kFrames = 3000;
  ale::Logger::setMode(ale::Logger::Error);
  for (int i = 1; i < argc; ++i) {
    ale::ALEInterface game;
    game.setInt("random_seed", 1);
    game.loadROM(std::filesystem::path(argv[i]));
    const ale::ActionVect actions = game.getMinimalActionSet();
    std::mt19937 random(1);
    double score = 0;
    for (int frame = 0; frame < kFrames; frame += 4) {
      const ale::Action action = actions[random() % actions.size()];
      for (int repeat = 0; repeat < 4; ++repeat) score += game.act(action);
      if (game.game_over()) game.reset_game();
    }
    std::printf("%s: score %g\n", argv[i], score);
  }
  return argc > 1 ? 0 : 2;
}
