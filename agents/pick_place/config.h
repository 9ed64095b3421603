// Settings of the agents that imitate picks and places with Transporter networks; profiles set
// several at once.
#ifndef ROOKERY_AGENTS_PICK_PLACE_CONFIG_H_
#define ROOKERY_AGENTS_PICK_PLACE_CONFIG_H_

#include <string>
#include <vector>

#include "core/config.h"
#include "core/registry.h"

namespace rookery::pick_place {

struct TransporterBaseConfig : Config {
  std::string profile = "lite-u";
  std::string network = "unet";
  double width = 0.25;
  bool half_resolution = true;
  int crop = 64;
  int rotations = 36;
  int training_rotations = 0;
  std::string pick_padding = "square";
  std::string pixel_convention = "centre";
  int64_t steps = 400;
  double learning_rate = 1e-3;
  std::string schedule = "cosine";
  double adam_epsilon = 1e-7;
  double output_scale = 0.03125;
  double weight_average = 0.98;
  double pick_blur = 1.5;
  bool augment = true;
  std::string pick_shift = "off";
  std::string pick_target = "pixel";
  bool half_turns = false;
  std::string rigid_rounding = "auto";
  std::string correlation = "fft";
  std::string bf16 = "auto";
  std::string device = "auto";
  int threads = 1;

  void Fields(FieldVisitor& visitor) override;
  void Check() const override;

  // Sizes of the working image, which half_resolution halves.
  int rows() const;
  int columns() const;
  int working_crop() const;
  double pixel_m() const;
  int pick_pad() const;  // columns at each side
  bool centre() const { return pixel_convention == "centre"; }
  bool rounds_rigidly() const {
    return rigid_rounding == "auto" ? centre() : rigid_rounding == "on";
  }

 protected:
  virtual const std::vector<Profile>& Profiles() const = 0;
  // Those that only one of the agents has.
  virtual void OwnFields(FieldVisitor& visitor) = 0;
};

struct TransporterConfig final : TransporterBaseConfig {
  std::string ablation = "none";

 protected:
  const std::vector<Profile>& Profiles() const override;
  void OwnFields(FieldVisitor& visitor) override;
};

// lite-u (default), small-u, small, mid, paper.
const std::vector<Profile>& TransporterProfiles();

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_CONFIG_H_
