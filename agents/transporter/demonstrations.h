// The demonstrations a Transporter learns from: images and labels of every usable action.
#ifndef ROOKERY_AGENTS_TRANSPORTER_DEMONSTRATIONS_H_
#define ROOKERY_AGENTS_TRANSPORTER_DEMONSTRATIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "agents/transporter/workspace.h"
#include "core/episode.h"
#include "core/rng.h"

namespace rookery::transporter {

struct Demonstration {
  const Episode* episode = nullptr;
  int64_t step = 0;
  Label label;
  Image image;  // filled at half resolution; else made from the episode when drawn
};

class Demonstrations {
 public:
  Demonstrations() = default;
  // UserError when an episode is of another environment than `env_id`, has other images or none,
  // or when no action's pixels lie inside the image; single such actions are skipped.
  Demonstrations(std::vector<std::shared_ptr<const Episode>> episodes, const std::string& env_id,
                 const Grid& grid, bool half_resolution);

  bool empty() const { return usable_.empty(); }
  int64_t skipped() const { return skipped_; }  // actions outside the image
  int64_t size() const;                         // usable actions
  // An episode uniformly, then one of its actions uniformly.
  const Demonstration& Draw(Rng* rng) const;
  Image ImageOf(const Demonstration& demonstration) const;

 private:
  std::vector<std::shared_ptr<const Episode>> episodes_;
  std::vector<std::vector<Demonstration>> usable_;  // by episode that has any
  bool half_resolution_ = false;
  int64_t skipped_ = 0;
};

}  // namespace rookery::transporter

#endif  // ROOKERY_AGENTS_TRANSPORTER_DEMONSTRATIONS_H_
