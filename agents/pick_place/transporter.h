// Transporter Networks (Zeng et al., "Transporter Networks: Rearranging the Visual World for
// Robotic Manipulation", CoRL 2020): imitation of pick-and-place from a handful of
// demonstrations. One network says where to pick; two more cross-correlate the crop around the
// pick, turned to 36 angles, with the scene to say where and how to place it.
#ifndef ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_
#define ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_

#include <memory>
#include <string>
#include <vector>

#include "agents/pick_place/config.h"
#include "core/agent.h"
#include "core/rng.h"

namespace rookery::pick_place {

// Needs observations heightmap.rgb (320, 160, 3) uint8 and heightmap.height (320, 160) float32, m;
// acts with pose0 and pose1, float64 x y z qx qy qz qw. One thread at a time.
class Transporter final : public Agent {
 public:
  Transporter(const TransporterConfig& config, const EnvSpec& env, uint64_t seed);
  ~Transporter() override;

  // The most probable pick, then the most probable place for it. UserError "no valid height
  // data" for heightmaps that are not finite or zero everywhere.
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override;
  // One iteration: one sample through both models, one step of Adam. Metrics loss/attention,
  // loss/transport, learning_rate. Failure on a loss or gradient that is not finite.
  Metrics Update() override;
  void Save(Checkpoint* out) const override;
  void Load(const Checkpoint& in) override;
  void SetEpisodes(std::vector<std::shared_ptr<const Episode>> episodes) override;
  // heatmap.pick, heatmap.place (largest over rotations), angle.place, pixel.*, yaw.place of the
  // last action.
  const ArrayMap& Explanation() const override { return explanation_; }
  int64_t NumParameters() const override;

  const Rng& rng() const { return rng_; }  // of the training samples

 private:
  struct State;  // everything that needs LibTorch
  double LearningRate() const;

  TransporterConfig config_;
  std::string env_id_;
  Rng rng_;
  std::unique_ptr<State> state_;
  ArrayMap explanation_;
};

// "" when the environment has what the agent needs, else why not.
std::string TransporterUnsupported(const EnvSpec& env);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_TRANSPORTER_H_
