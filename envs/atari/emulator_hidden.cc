// Hidden members of ALE: what its snapshots leave out. Of the video chip both pictures (a short
// frame shows rows of the one before the last) and which columns of its mask tables the objects are
// drawn with; the action that sticks; what lay on the data bus; the fraction of a clock of a music
// cartridge, which ALE rounds; numbers by which some games count rewards and find their end; and
// its random generator, to seed it.
#include <ale/ale_interface.hpp>
#include <ale/emucore/CartDPC.hxx>
#include <ale/emucore/System.hxx>
#include <ale/emucore/TIA.hxx>
#include <ale/games/supported/Atlantis2.hpp>
#include <ale/games/supported/ChopperCommand.hpp>
#include <ale/games/supported/DemonAttack.hpp>
#include <ale/games/supported/Hangman.hpp>
#include <ale/games/supported/MiniatureGolf.hpp>
#include <ale/games/supported/VideoCube.hpp>
#include <cstring>
#include <random>

#include "core/error.h"
#include "envs/atari/emulator.h"

namespace rookery::atari {
namespace {

using ale::stella::TIA;

// Explicit instantiations may name private members: each defines PointerTo(Tag).
template <typename Tag, auto kMember>
struct Expose {
  friend constexpr auto PointerTo(Tag) { return kMember; }
};
#define ROOKERY_EXPOSE_AS(Tag, owner, member) \
  struct Tag {                                \
    friend constexpr auto PointerTo(Tag);     \
  };                                          \
  template struct Expose<Tag, &owner::member>
#define ROOKERY_EXPOSE(owner, member) ROOKERY_EXPOSE_AS(member##Tag, owner, member)

ROOKERY_EXPOSE(TIA, myCurrentBLMask);
ROOKERY_EXPOSE(TIA, myCurrentM0Mask);
ROOKERY_EXPOSE(TIA, myCurrentM1Mask);
ROOKERY_EXPOSE(TIA, myCurrentP0Mask);
ROOKERY_EXPOSE(TIA, myCurrentP1Mask);
ROOKERY_EXPOSE(TIA, myCurrentPFMask);
ROOKERY_EXPOSE(TIA, myFramePointer);
ROOKERY_EXPOSE(TIA, myPartialFrameFlag);
ROOKERY_EXPOSE(TIA, myFrameGreyed);
ROOKERY_EXPOSE(TIA, ourBallMaskTable);
ROOKERY_EXPOSE(TIA, ourMissleMaskTable);
ROOKERY_EXPOSE(TIA, ourPlayerMaskTable);
ROOKERY_EXPOSE(TIA, ourDisabledMaskTable);
ROOKERY_EXPOSE(TIA, ourPlayfieldTable);
ROOKERY_EXPOSE(ale::stella::System, myDataBusState);
ROOKERY_EXPOSE(ale::stella::System, myDevices);
ROOKERY_EXPOSE(ale::stella::System, myNumberOfDevices);
ROOKERY_EXPOSE(ale::stella::CartridgeDPC, myFractionalClocks);
ROOKERY_EXPOSE(ale::MiniatureGolfSettings, m_levelNumber);
ROOKERY_EXPOSE(ale::MiniatureGolfSettings, m_levelPar);
ROOKERY_EXPOSE(ale::MiniatureGolfSettings, m_hits);
ROOKERY_EXPOSE(ale::MiniatureGolfSettings, m_leftStatus);
ROOKERY_EXPOSE(ale::MiniatureGolfSettings, m_hitsAtStartOfLevel);
ROOKERY_EXPOSE(ale::ChopperCommandSettings, m_is_started);
ROOKERY_EXPOSE(ale::DemonAttackSettings, m_level_change);
ROOKERY_EXPOSE(ale::Atlantis2Settings, m_lives);
ROOKERY_EXPOSE_AS(HangmanTimesTag, ale::HangmanSettings, m_timerArray);
ROOKERY_EXPOSE_AS(VideoCubeTimesTag, ale::VideoCubeSettings, m_timerArray);
ROOKERY_EXPOSE(ale::StellaEnvironment, m_settings);
ROOKERY_EXPOSE(ale::StellaEnvironment, m_random);
ROOKERY_EXPOSE(ale::StellaEnvironment, m_player_a_action);
ROOKERY_EXPOSE(ale::StellaEnvironment, m_paddle_a_strength);

constexpr size_t kPictureBytes = 160 * 300;  // that the chip allocates

// The tables that masks point into.
struct MaskTable {
  const uint8_t* begin;
  size_t bytes;
};

const MaskTable* MaskTables() {
  static const MaskTable tables[] = {
      {reinterpret_cast<const uint8_t*>(PointerTo(ourBallMaskTableTag{})),
       sizeof(*PointerTo(ourBallMaskTableTag{}))},
      {reinterpret_cast<const uint8_t*>(PointerTo(ourMissleMaskTableTag{})),
       sizeof(*PointerTo(ourMissleMaskTableTag{}))},
      {reinterpret_cast<const uint8_t*>(PointerTo(ourPlayerMaskTableTag{})),
       sizeof(*PointerTo(ourPlayerMaskTableTag{}))},
      {reinterpret_cast<const uint8_t*>(PointerTo(ourDisabledMaskTableTag{})),
       sizeof(*PointerTo(ourDisabledMaskTableTag{}))},
      {reinterpret_cast<const uint8_t*>(PointerTo(ourPlayfieldTableTag{})),
       sizeof(*PointerTo(ourPlayfieldTableTag{}))},
  };
  return tables;
}
constexpr uint8_t kTables = 5;

void PutMask(const void* mask, ByteWriter* out) {
  const auto* at = static_cast<const uint8_t*>(mask);
  for (uint8_t i = 0; i < kTables; ++i) {
    const MaskTable& table = MaskTables()[i];
    if (at < table.begin || at >= table.begin + table.bytes) continue;
    out->Put(i);
    out->Put(static_cast<uint32_t>(at - table.begin));
    return;
  }
  throw Bug("a mask of the video chip is in none of its tables");
}

const void* GetMask(ByteReader* in) {
  const auto i = in->Get<uint8_t>();
  const auto offset = in->Get<uint32_t>();
  if (i >= kTables || offset >= MaskTables()[i].bytes) {
    throw UserError("snapshot is damaged: a mask of the video chip");
  }
  return MaskTables()[i].begin + offset;
}

// Calls `visit` with each mask pointer.
template <typename Visit>
void ForEachMask(TIA& tia, const Visit& visit) {
  visit(tia.*PointerTo(myCurrentBLMaskTag{}));
  visit(tia.*PointerTo(myCurrentM0MaskTag{}));
  visit(tia.*PointerTo(myCurrentM1MaskTag{}));
  visit(tia.*PointerTo(myCurrentP0MaskTag{}));
  visit(tia.*PointerTo(myCurrentP1MaskTag{}));
  visit(tia.*PointerTo(myCurrentPFMaskTag{}));
}

// Calls `visit` with each number of the machine and of the game's rules that ALE does not save, or
// not exactly.
template <typename Visit>
void ForEachNumber(ale::ALEInterface& ale, const Visit& visit) {
  ale::stella::System& system = ale.theOSystem->console().system();
  visit(system.*PointerTo(myDataBusStateTag{}));
  for (uint32_t i = 0; i < system.*PointerTo(myNumberOfDevicesTag{}); ++i) {
    ale::stella::Device* device = (system.*PointerTo(myDevicesTag{}))[i];
    if (auto* music = dynamic_cast<ale::stella::CartridgeDPC*>(device)) {
      visit(music->*PointerTo(myFractionalClocksTag{}));
    }
  }
  ale::RomSettings* rules = ale.environment.get()->*PointerTo(m_settingsTag{});
  if (auto* golf = dynamic_cast<ale::MiniatureGolfSettings*>(rules)) {
    visit(golf->*PointerTo(m_levelNumberTag{}));
    visit(golf->*PointerTo(m_levelParTag{}));
    visit(golf->*PointerTo(m_hitsTag{}));
    visit(golf->*PointerTo(m_leftStatusTag{}));
    visit(golf->*PointerTo(m_hitsAtStartOfLevelTag{}));
  } else if (auto* chopper = dynamic_cast<ale::ChopperCommandSettings*>(rules)) {
    visit(chopper->*PointerTo(m_is_startedTag{}));
  } else if (auto* demon = dynamic_cast<ale::DemonAttackSettings*>(rules)) {
    visit(demon->*PointerTo(m_level_changeTag{}));
  } else if (auto* atlantis = dynamic_cast<ale::Atlantis2Settings*>(rules)) {
    visit(atlantis->*PointerTo(m_livesTag{}));
  } else if (auto* hangman = dynamic_cast<ale::HangmanSettings*>(rules)) {
    for (int& time : hangman->*PointerTo(HangmanTimesTag{})) visit(time);
  } else if (auto* cube = dynamic_cast<ale::VideoCubeSettings*>(rules)) {
    for (int& time : cube->*PointerTo(VideoCubeTimesTag{})) visit(time);
  }
}

TIA& VideoChip(ale::ALEInterface& ale) {
  auto* tia = dynamic_cast<TIA*>(&ale.theOSystem->console().mediaSource());
  ROOKERY_CHECK(tia != nullptr);
  return *tia;
}

}  // namespace

void Emulator::SaveNumbers(ByteWriter* out) const {
  ForEachNumber(*ale_, [&](const auto& number) { out->Put(number); });
}

void Emulator::LoadNumbers(ByteReader* in) {
  ForEachNumber(*ale_, [&](auto& number) { number = in->Get<std::decay_t<decltype(number)>>(); });
}

void Emulator::SaveVideo(ByteWriter* out) const {
  TIA& tia = VideoChip(*ale_);
  ForEachMask(tia, [&](auto* mask) { PutMask(mask, out); });
  const uint8_t* current = tia.currentFrameBuffer();
  const size_t size = screen().size();
  out->Put(static_cast<uint32_t>(tia.*PointerTo(myFramePointerTag{}) - current));
  out->Put(tia.*PointerTo(myPartialFrameFlagTag{}));
  out->Put(tia.*PointerTo(myFrameGreyedTag{}));
  out->PutString({reinterpret_cast<const char*>(current), size});
  out->PutString({reinterpret_cast<const char*>(tia.previousFrameBuffer()), size});
}

void Emulator::LoadVideo(ByteReader* in) {
  TIA& tia = VideoChip(*ale_);
  ForEachMask(tia, [&](auto*& mask) {
    mask = static_cast<std::remove_reference_t<decltype(mask)>>(GetMask(in));
  });
  const auto offset = in->Get<uint32_t>();
  const bool partial = in->Get<bool>(), greyed = in->Get<bool>();
  const std::string current = in->GetString(), previous = in->GetString();
  const size_t size = screen().size();
  if (offset > kPictureBytes || current.size() != size || previous.size() != size) {
    throw UserError("snapshot is damaged: pictures of another size");
  }
  tia.*PointerTo(myFramePointerTag{}) = tia.currentFrameBuffer() + offset;
  tia.*PointerTo(myPartialFrameFlagTag{}) = partial;
  tia.*PointerTo(myFrameGreyedTag{}) = greyed;
  std::memcpy(tia.currentFrameBuffer(), current.data(), size);
  std::memcpy(tia.previousFrameBuffer(), previous.data(), size);
  // What is shown is a copy of the last picture.
  std::memcpy(ale_->getScreen().getArray(), current.data(), size);
}

void Emulator::Seed(uint32_t seed) {
  (ale_->environment.get()->*PointerTo(m_randomTag{})).seed(seed);
  // ALE leaves it undefined until the first action.
  ale_->environment.get()->*PointerTo(m_paddle_a_strengthTag{}) = 1;
}

bool Emulator::DrawsSinceSeed(uint32_t seed) {
  std::mt19937 fresh(seed);
  ale::stella::Random& random = ale_->environment.get()->*PointerTo(m_randomTag{});
  for (int i = 0; i < 4; ++i) {
    if (random.next() != fresh()) return true;
  }
  return false;
}

void Emulator::SaveSticky(ByteWriter* out) const {
  const ale::StellaEnvironment& environment = *ale_->environment;
  out->Put(static_cast<int>(environment.*PointerTo(m_player_a_actionTag{})));
  out->Put(environment.*PointerTo(m_paddle_a_strengthTag{}));
}

void Emulator::LoadSticky(ByteReader* in) {
  ale::StellaEnvironment& environment = *ale_->environment;
  environment.*PointerTo(m_player_a_actionTag{}) = static_cast<ale::Action>(in->Get<int>());
  environment.*PointerTo(m_paddle_a_strengthTag{}) = in->Get<float>();
}

}  // namespace rookery::atari
