// Private to envs/atari: ALE's enumeration of joystick actions.
#ifndef ROOKERY_ENVS_ATARI_ACTIONS_H_
#define ROOKERY_ENVS_ATARI_ACTIONS_H_

#include <array>
#include <cstddef>

namespace rookery::atari {

// The first player's, 0 to 17.
constexpr std::array<const char*, 18> kActionNames = {
    "NOOP",     "FIRE",     "UP",          "RIGHT",      "LEFT",          "DOWN",
    "UPRIGHT",  "UPLEFT",   "DOWNRIGHT",   "DOWNLEFT",   "UPFIRE",        "RIGHTFIRE",
    "LEFTFIRE", "DOWNFIRE", "UPRIGHTFIRE", "UPLEFTFIRE", "DOWNRIGHTFIRE", "DOWNLEFTFIRE"};

inline const char* ActionName(int action) { return kActionNames[static_cast<size_t>(action)]; }

// side: -1 left, 1 right; height: -1 down, 1 up.
inline int JoystickAction(int side, int height, bool fire) {
  constexpr int kPlain[3][3] = {{9, 5, 8}, {4, 0, 3}, {7, 2, 6}};
  constexpr int kFire[3][3] = {{17, 13, 16}, {12, 1, 11}, {15, 10, 14}};
  return (fire ? kFire : kPlain)[height + 1][side + 1];
}

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_ACTIONS_H_
