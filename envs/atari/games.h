// Private to envs/atari: the games of the Arcade Learning Environment's archive and their files.
#ifndef ROOKERY_ENVS_ATARI_GAMES_H_
#define ROOKERY_ENVS_ATARI_GAMES_H_

#include <string>
#include <vector>

namespace rookery::atari {

struct Game {
  std::string rom;   // "space_invaders": its file is space_invaders.bin
  std::string name;  // "SpaceInvaders"
  std::string md5;   // of the one version whose memory layout ALE knows
};

// All that ALE plays with a single player, in order of `rom`.
const std::vector<Game>& Games();
const Game& GameOf(const std::string& rom);

// Path of the game's file, its contents verified: ALE ends the process on files it does not like.
// Looks into the folder of the environment variable ROOKERY_ROMS, that of ALE_ROMS_DIR (as ale-py),
// share/rookery/roms beside the program's bin/, and the archive it was built with. UserError names
// the folders, or both md5 sums.
std::string FindRom(const Game& game);

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_GAMES_H_
