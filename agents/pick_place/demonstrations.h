// The demonstrations that agents learn from: images, labels and info of every usable action.
#ifndef ROOKERY_AGENTS_PICK_PLACE_DEMONSTRATIONS_H_
#define ROOKERY_AGENTS_PICK_PLACE_DEMONSTRATIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "agents/pick_place/workspace.h"
#include "core/episode.h"
#include "core/rng.h"

namespace rookery::pick_place {

// Where goal images come from: the observation that is acted on, or the demonstration's last.
enum class GoalSource { kNone, kEnvironment, kLastObservation };

struct Demonstration {
  uint64_t seed = 0;  // of the episode
  int64_t step = 0;
  Label label;
  Image image;  // empty where none were asked for
  std::vector<int>
      object;  // indices of pixels of what is picked; the picked one alone if not asked
  std::shared_ptr<const Image> goal = {};  // null for GoalSource::kNone
  ArrayMap info, action;                   // the info that came with the observation
};

// How the pixels of the object are found (see augmentation.h).
enum class ObjectRule { kNone, kAlike, kMoved };

class Demonstrations {
 public:
  Demonstrations() = default;
  // UserError when an episode is of another environment than `env_id`, has other images or none
  // (unless `images` is false), or when no action's pixels lie inside the image; single such
  // actions are skipped.
  Demonstrations(const std::vector<std::shared_ptr<const Episode>>& episodes,
                 const std::string& env_id, const Grid& grid, bool half_resolution,
                 ObjectRule rule = ObjectRule::kNone, GoalSource goals = GoalSource::kNone,
                 bool images = true);

  bool empty() const { return usable_.empty(); }
  int64_t skipped() const { return skipped_; }  // actions outside the image
  int64_t size() const;                         // usable actions
  // An episode uniformly, then one of its actions uniformly.
  const Demonstration& Draw(Rng* rng) const;
  const std::vector<std::vector<Demonstration>>& by_episode() const { return usable_; }

 private:
  std::vector<std::vector<Demonstration>> usable_;  // by episode that has any
  int64_t skipped_ = 0;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_DEMONSTRATIONS_H_
