// The ground-truth state baselines (Zeng et al. 2020, section 4.2): a small network maps the
// poses of all objects to a mixture of pick-and-place actions, in one to three stages.
#ifndef ROOKERY_AGENTS_PICK_PLACE_GT_STATE_H_
#define ROOKERY_AGENTS_PICK_PLACE_GT_STATE_H_

#include <memory>
#include <string>
#include <vector>

#include "agents/pick_place/object_state.h"
#include "core/agent.h"
#include "core/config.h"
#include "core/registry.h"
#include "core/rng.h"

namespace rookery::pick_place {

struct GtStateConfig final : Config {
  std::string profile = "paper";
  int64_t steps = 40000;
  double learning_rate = 2e-4;
  int batch = 128;
  double dropout = 0.1;
  int components = 26;
  double temperature = 2.5;
  bool sinusoids = true;
  bool augment = true;
  std::string dimensions = "auto";
  std::string colors = "auto";

  void Fields(FieldVisitor& visitor) override;
};

// paper (default), quick.
const std::vector<Profile>& GtStateProfiles();
// "" when the info lists the objects and actions are pose0 and pose1.
std::string GtStateUnsupported(const EnvSpec& env);

// What the networks predict, and from what.
struct GtStateVariant {
  struct Stage {
    std::string name;
    int first = 0, numbers = 0;  // of the target
  };
  std::string name;  // of the agent
  // Each sees the objects and the targets of the stages before it.
  std::vector<Stage> stages;
  bool tilt = false;  // TiltedTarget instead of PlanarTarget
};

// Needs info `objects`, `object_colors`, `object_count`, looks at no observation; acts with pose0
// and pose1. One thread at a time.
class GtState : public Agent {
 public:
  ~GtState() override;

  void BeginEpisode(uint64_t episode_seed) override;
  // A sample of the mixtures at the objects of context.last, moved onto the workspace.
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override;
  // One batch and one step of Adam. Metrics loss/<stage>.
  Metrics Update() override;
  void Save(Checkpoint* out) const override;
  void Load(const Checkpoint& in) override;
  // Fixes the state's layout too: as many objects as the demonstrations have at most; dimensions
  // and colours where they differ between demonstrations (settings `dimensions`, `colors`). A
  // trained or loaded agent keeps its layout.
  void SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) override;
  int64_t NumParameters() const override;
  const ArrayMap& Explanation() const override { return explanation_; }

  const StateLayout& layout() const;

 protected:
  GtState(GtStateVariant variant, const GtStateConfig& config, const EnvSpec& env, uint64_t seed);

 private:
  struct Networks;
  struct Step;
  std::unique_ptr<Networks> MakeNetworks(const StateLayout& layout) const;
  StateLayout LayoutOf(const std::vector<Step>& steps) const;

  GtStateVariant variant_;
  GtStateConfig config_;
  EnvSpec env_;
  uint64_t seed_;
  Rng rng_;         // of batches and dropout
  Rng acting_rng_;  // of the episode
  ArrayMap explanation_;
  std::vector<std::vector<Step>> episodes_;
  std::unique_ptr<Networks> networks_;
};

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_GT_STATE_H_
