// ImitationAgent: what the Transporter and its relatives have in common - demonstrations and their
// augmentation, the training step, checkpoints, the decision and its explanation. An agent gives
// it a name, settings and models (models.h).
#ifndef ROOKERY_AGENTS_PICK_PLACE_IMITATION_H_
#define ROOKERY_AGENTS_PICK_PLACE_IMITATION_H_

#include <memory>
#include <string>
#include <vector>

#include "agents/pick_place/config.h"
#include "agents/pick_place/demonstrations.h"
#include "core/agent.h"
#include "core/rng.h"

namespace rookery::pick_place {

struct Models;

struct ImitationFacts {
  std::string name;
  std::string unsupported;  // why the agent cannot act on its environment; "" = it can
  GoalSource goals = GoalSource::kNone;
  bool six_dof = false;  // places may be tilted
};

// Needs observations heightmap.rgb (320, 160, 3) uint8 and heightmap.height (320, 160) float32, m;
// acts with pose0 and pose1, float64 x y z qx qy qz qw. One thread at a time.
class ImitationAgent : public Agent {
 public:
  ~ImitationAgent() override;

  // The most probable pick, then the most probable place for it. UserError "no valid height
  // data" for heightmaps that are not finite or zero everywhere.
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) final;
  // One iteration: one sample through all models, one step of Adam. Metrics loss/..., then
  // learning_rate. Failure on a loss or gradient that is not finite.
  Metrics Update() final;
  void Save(Checkpoint* out) const final;
  void Load(const Checkpoint& in) final;
  void SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) final;
  // heatmap.pick, heatmap.place (largest over rotations), angle.place, pixel.*, yaw.place of the
  // last action.
  const ArrayMap& Explanation() const final { return explanation_; }
  int64_t NumParameters() const final;

  const Rng& rng() const { return rng_; }  // of the training samples

 protected:
  // UserError when the settings do not fit together or the environment does not fit the agent.
  // SetModels must follow, with models made under c10::InferenceMode.
  ImitationAgent(const ImitationFacts& facts, std::shared_ptr<const TransporterBaseConfig> config,
                 const EnvSpec& env, uint64_t seed);
  void SetModels(std::unique_ptr<Models> models);

 private:
  struct State;  // everything that needs LibTorch
  double LearningRate() const;

  ImitationFacts facts_;
  std::shared_ptr<const TransporterBaseConfig> config_;
  std::string env_id_;
  Rng rng_;
  std::unique_ptr<State> state_;
  ArrayMap explanation_;
};

// "" when the environment has the heightmaps and the action that are needed, else why not.
std::string ImitationUnsupported(const EnvSpec& env);
// The same for the heightmaps alone, whose names begin with `prefix`.
std::string ImageUnsupported(const EnvSpec& env, const std::string& prefix);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_IMITATION_H_
