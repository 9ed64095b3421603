#include "agents/pick_place/demonstrations.h"

#include "agents/pick_place/augmentation.h"
#include "core/error.h"
#include "core/log.h"

namespace rookery::pick_place {

Demonstrations::Demonstrations(const std::vector<std::shared_ptr<const Episode>>& episodes,
                               const std::string& env_id, const Grid& grid, bool half_resolution,
                               ObjectRule rule, GoalSource goals, bool images) {
  for (const auto& episode : episodes) {
    if (episode->env_id != env_id) {
      throw UserError("the demonstrations are of " + episode->env_id +
                      ", but this agent was made for " + env_id);
    }
    if (images && episode->observations.size() < episode->actions.size()) {
      throw UserError("episode of seed " + std::to_string(episode->seed) + " has " +
                      std::to_string(episode->actions.size()) + " actions but only " +
                      std::to_string(episode->observations.size()) + " observations");
    }
    std::shared_ptr<const Image> goal;
    if (goals == GoalSource::kLastObservation) {
      const std::string where =
          "episode of seed " + std::to_string(episode->seed) + ", last observation";
      if (episode->observations.size() <= episode->actions.size()) {
        throw UserError(where + ": it is missing, and was to be the goal image");
      }
      goal = std::make_shared<Image>(
          ImageFromObservation(episode->observations.back(), half_resolution, where));
    }
    std::vector<Demonstration> usable;
    for (int64_t step = 0; step < episode->steps(); ++step) {
      const auto t = static_cast<size_t>(step);
      const std::string where =
          "episode of seed " + std::to_string(episode->seed) + ", step " + std::to_string(step);
      Demonstration d;
      d.seed = episode->seed;
      d.step = step;
      d.label = LabelFromAction(episode->actions[t], grid, where);
      if (images) d.image = ImageFromObservation(episode->observations[t], half_resolution, where);
      if (t < episode->infos.size()) d.info = episode->infos[t];
      d.action = episode->actions[t];
      if (goals == GoalSource::kEnvironment) {
        Image seen =
            ImageFromObservation(episode->observations[t], half_resolution, where, kGoalPrefix);
        // Of most tasks the same throughout: kept once.
        if (goal == nullptr || seen.rgb != goal->rgb || seen.height != goal->height) {
          goal = std::make_shared<Image>(std::move(seen));
        }
      }
      d.goal = goal;
      if (grid.Contains(d.label.pick) && grid.Contains(d.label.place)) {
        const int row = grid.Pixel(d.label.pick.row), column = grid.Pixel(d.label.pick.column);
        if (rule == ObjectRule::kNone && images)
          d.object = {static_cast<int>(d.image.Index(row, column))};
        if (rule == ObjectRule::kAlike) d.object = SurfaceAround(d.image, row, column);
        if (rule == ObjectRule::kMoved) {
          // Without a picture of afterwards nothing is known to have moved.
          const bool known = t + 1 < episode->observations.size();
          d.object = MovedObject(
              d.image,
              known ? ImageFromObservation(episode->observations[t + 1], half_resolution, where)
                    : d.image,
              d.label, grid);
        }
        usable.push_back(std::move(d));
      } else {
        ++skipped_;
      }
    }
    if (!usable.empty()) usable_.push_back(std::move(usable));
  }
  if (episodes.empty()) throw UserError("there are no demonstrations to learn from");
  if (usable_.empty()) {
    throw UserError("none of the " + std::to_string(skipped_) + " actions in " +
                    std::to_string(episodes.size()) +
                    " episodes picks and places inside the heightmap");
  }
  if (skipped_ > 0) {
    LogWarning(std::to_string(skipped_) + " of " + std::to_string(skipped_ + size()) +
               " demonstrated actions lie outside the heightmap and are left out");
  }
}

int64_t Demonstrations::size() const {
  int64_t n = 0;
  for (const auto& actions : usable_) n += static_cast<int64_t>(actions.size());
  return n;
}

const Demonstration& Demonstrations::Draw(Rng* rng) const {
  ROOKERY_CHECK(!empty());
  const auto& actions =
      usable_[static_cast<size_t>(rng->Integer(static_cast<int64_t>(usable_.size())))];
  return actions[static_cast<size_t>(rng->Integer(static_cast<int64_t>(actions.size())))];
}

}  // namespace rookery::pick_place
