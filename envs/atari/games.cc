#include "envs/atari/games.h"

#include <ale/emucore/MD5.hxx>
#include <ale/games/Roms.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "core/assets.h"
#include "core/error.h"

namespace rookery::atari {
namespace {

namespace fs = std::filesystem;

struct ArchivedRom {
  const char* rom;
  const char* md5;
};

// What the archive's own list names, written by the build.
constexpr ArchivedRom kArchive[] = {
#include <rookery_atari_archive.inc>
};

// As Gymnasium's ids: a capital for every letter that follows none, no underscores.
std::string NameOf(const std::string& rom) {
  std::string name;
  bool letter_before = false;
  for (const char c : rom) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (c != '_') {
      name += letter && !letter_before
                  ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                  : c;
    }
    letter_before = letter;
  }
  return name;
}

std::vector<Game> MakeGames() {
  std::vector<Game> games;
  for (const auto& [rom, md5] : kArchive) {
    // Those for several players only have no settings.
    const std::unique_ptr<ale::RomSettings> settings(ale::buildRomRLWrapper(rom, md5));
    if (settings == nullptr || settings->rom() != std::string(rom)) continue;
    games.push_back({rom, NameOf(rom), settings->md5()});
  }
  std::sort(games.begin(), games.end(), [](const Game& a, const Game& b) { return a.rom < b.rom; });
  return games;
}

std::vector<std::string> RomFolders() {
  std::vector<std::string> folders;
  for (const char* variable : {"ROOKERY_ROMS", "ALE_ROMS_DIR"}) {
    if (const char* folder = std::getenv(variable); folder != nullptr && *folder != '\0') {
      std::error_code ignored;
      if (!fs::is_directory(folder, ignored)) {
        throw UserError(std::string(variable) + " = " + folder +
                        ": no such folder; expected one with the games (pong.bin, ...)");
      }
      folders.emplace_back(folder);
    }
  }
  for (const std::string& assets : AssetFolders()) {
    folders.push_back((fs::path(assets).parent_path() / "roms").string());
  }
  folders.emplace_back(ROOKERY_ROMS_FOLDER);
  return folders;
}

}  // namespace

const std::vector<Game>& Games() {
  static const std::vector<Game> games = MakeGames();
  return games;
}

const Game& GameOf(const std::string& rom) {
  for (const Game& game : Games()) {
    if (game.rom == rom) return game;
  }
  throw Bug("no game " + rom);
}

std::string FindRom(const Game& game) {
  const std::vector<std::string> folders = RomFolders();
  for (const std::string& folder : folders) {
    const fs::path path = fs::path(folder) / (game.rom + ".bin");
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) continue;
    std::ifstream in(path, std::ios::binary);
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(in),
                                     std::istreambuf_iterator<char>()};
    if (!in.good() && !in.eof()) throw UserError("cannot read the game " + path.string());
    const std::string md5 = ale::stella::MD5(bytes.data(), static_cast<uint32_t>(bytes.size()));
    if (md5 != game.md5) {
      throw UserError("the game " + path.string() + " has md5 " + md5 + " (" +
                      std::to_string(bytes.size()) + " bytes); " + game.name + " is " + game.md5);
    }
    return path.string();
  }
  throw UserError("the file " + game.rom + ".bin of the game " + game.name +
                  " was not found; looked in " + Join(folders) +
                  ". Set ROOKERY_ROMS to the folder that holds it (the package ale-py has one).");
}

}  // namespace rookery::atari
