#include "agents/pick_place/config.h"

#include <cmath>

#include "agents/pick_place/workspace.h"
#include "core/error.h"

namespace rookery::pick_place {

void TransporterBaseConfig::Fields(FieldVisitor& v) {
  std::vector<std::string> profiles;
  for (const Profile& known : Profiles()) profiles.push_back(known.name);
  v.Field("profile", &profile, {.help = "settings to start from", .choices = profiles});
  v.Field("network", &network,
          {.help = "unet: light U-Net with group norm; resnet: ResNet43_8s of the paper",
           .choices = {"unet", "resnet"}});
  v.Field(
      "width", &width,
      {.help = "channels of the resnet relative to the paper, in quarters (the unet has one size)",
       .min = 0.25,
       .max = 2});
  v.Field("half_resolution", &half_resolution,
          {.help = "work on 160 x 80 cells of 2 x 2 heightmap pixels"});
  v.Field(
      "crop", &crop,
      {.help = "side of the crop around the pick", .unit = "heightmap px", .min = 16, .max = 128});
  v.Field("rotations", &rotations,
          {.help = "place angles tried, evenly spaced", .min = 1, .max = 360});
  v.Field("training_rotations", &training_rotations,
          {.help = "of which a training step looks at the true one and others drawn anew (not in "
                   "the paper); 0 = all",
           .min = 0,
           .max = 360});
  v.Field("pick_padding", &pick_padding,
          {.help = "what the pick network sees around the image: zeros that make it a square, or a "
                   "margin of 8 pixels at the sides, which halves the work (not in the paper)",
           .choices = {"square", "narrow"}});
  v.Field("pixel_convention", &pixel_convention,
          {.help = "what a pixel's index means: its centre, or its lower corner as the reference",
           .choices = {"centre", "corner"}});
  v.Field("steps", &steps,
          {.help = "iterations of the whole run: the length of the cosine schedule", .min = 1});
  v.Field("learning_rate", &learning_rate,
          {.help = "of Adam, at the start", .min = 1e-9, .max = 1});
  v.Field(
      "schedule", &schedule,
      {.help = "learning rate over the run; cosine falls to 0", .choices = {"cosine", "constant"}});
  v.Field("adam_epsilon", &adam_epsilon, {.help = "of Adam", .min = 1e-12, .max = 1});
  v.Field("output_scale", &output_scale,
          {.help = "factor of the cross-correlation's output", .min = 1e-9, .max = 1e3});
  v.Field("weight_average", &weight_average,
          {.help = "decay of the running average of the weights that acts; 0 = the weights act",
           .min = 0,
           .max = 0.99999});
  v.Field("pick_blur", &pick_blur,
          {.help = "Gaussian blur of the pick probabilities, standard deviation; 0 = none",
           .unit = "working px",
           .min = 0,
           .max = 20});
  v.Field("augment", &augment, {.help = "random rotation and shift of every sample"});
  v.Field("pick_shift", &pick_shift,
          {.help = "also train on other picks of the same object: pixels that look alike and "
                   "connect, or those that the next image shows moved along (not in the paper)",
           .choices = {"off", "alike", "moved"}});
  v.Field("pick_target", &pick_target,
          {.help = "what a pick is trained on: the demonstrated pixel, or all pixels of its object "
                   "as pick_shift finds them (not in the paper)",
           .choices = {"pixel", "object"}});
  v.Field("half_turns", &half_turns,
          {.help = "half of the samples are turned by 180 degrees, and decisions average both ways "
                   "round (not in the paper)"});
  v.Field("rigid_rounding", &rigid_rounding,
          {.help = "rounding a pick to its pixel shifts the place along (not in the paper); auto: "
                   "with pixel_convention=centre",
           .choices = {"auto", "on", "off"}});
  OwnFields(v);
  v.Field("correlation", &correlation,
          {.help = "fft, or direct for comparison (slow)", .choices = {"fft", "direct"}});
  v.Field(
      "bf16", &bf16,
      {.help = "bfloat16 activations; auto: where they are faster (CPUs with AMX, CUDA; resnet: "
               "with AVX512-BF16 too)",
       .choices = {"auto", "on", "off"}});
  v.Field(
      "device", &device,
      {.help = "auto takes a CUDA device when there is one", .choices = {"auto", "cpu", "cuda"}});
  v.Field("threads", &threads, {.help = "one is best unless cores are idle", .min = 1, .max = 256});
}

void TransporterBaseConfig::Check() const {
  const int unit = half_resolution ? 32 : 16;
  if (crop % unit != 0) {
    throw UserError("crop = " + std::to_string(crop) + " must be a multiple of " +
                    std::to_string(unit) + " heightmap pixels" +
                    (half_resolution ? " at half resolution" : "") +
                    " (three stride-2 stages, vectors of 16); the nearest is " +
                    std::to_string(std::max(unit, (crop + unit / 2) / unit * unit)));
  }
  if (training_rotations == 1 || training_rotations > rotations) {
    throw UserError("training_rotations = " + std::to_string(training_rotations) +
                    " must be 0 (all) or from 2 to rotations = " + std::to_string(rotations));
  }
  if (pick_target == "object" && pick_shift == "off") {
    throw UserError(
        "pick_target = object needs pick_shift = alike or moved, which find the object");
  }
  if (network != "resnet" && std::abs(width - TransporterConfig().width) > 1e-9) {
    throw UserError("width = " + std::to_string(width) + " is for network=resnet; network = " +
                    network + " has one size: leave width at its default");
  }
  if (network == "resnet" && std::abs(width * 4 - std::round(width * 4)) > 1e-9) {
    throw UserError("width = " + std::to_string(width) +
                    " must be a multiple of 0.25, so that channel counts are multiples of 16");
  }
}

int TransporterBaseConfig::rows() const { return half_resolution ? kRows / 2 : kRows; }
int TransporterBaseConfig::columns() const { return half_resolution ? kColumns / 2 : kColumns; }
int TransporterBaseConfig::working_crop() const { return half_resolution ? crop / 2 : crop; }
int TransporterBaseConfig::pick_pad() const {
  return pick_padding == "square" ? (rows() - columns()) / 2 : 8;
}
double TransporterBaseConfig::pixel_m() const { return half_resolution ? 2 * kPixel : kPixel; }

const std::vector<Profile>& TransporterConfig::Profiles() const { return TransporterProfiles(); }

void TransporterConfig::OwnFields(FieldVisitor& v) {
  v.Field("ablation", &ablation,
          {.help = "no_transport: place by a second pick network; per_pixel_loss: two classes a "
                   "pixel and sampled negatives",
           .choices = {"none", "no_transport", "per_pixel_loss"}});
}

const std::vector<Profile>& TransporterProfiles() {
  // Published settings (reference implementation, autumn 2020 and later): Adam 1e-4, constant.
  const auto published = [](const std::string& width, const std::string& steps) {
    return std::vector<std::string>{"network=resnet",          "width=" + width,
                                    "half_resolution=false",   "learning_rate=0.0001",
                                    "schedule=constant",       "output_scale=1",
                                    "weight_average=0",        "pick_blur=0",
                                    "pixel_convention=corner", "steps=" + steps};
  };
  static const std::vector<Profile> profiles = {
      {"lite-u",
       "light U-Net at half resolution; half a minute of one core for 400 iterations",
       {"network=unet", "half_resolution=true", "output_scale=0.03125", "steps=400"}},
      {"small-u",
       "light U-Net at full resolution, for one demonstration and fine tasks",
       {"network=unet", "half_resolution=false", "output_scale=0.015625", "steps=200"}},
      {"object-u",
       "lite-u for hard tasks: whole objects, both ways round, a quarter of the angles a step; 4 "
       "minutes of one core",
       {"network=unet", "half_resolution=true", "output_scale=0.03125", "pick_shift=moved",
        "pick_target=object", "half_turns=true", "training_rotations=9", "pick_padding=narrow",
        "steps=8000"}},
      {"small", "the published network and settings at a quarter of its width",
       published("0.25", "1000")},
      {"mid", "the published network and settings at half its width", published("0.5", "1000")},
      {"paper", "the published network and settings", published("1", "40000")},
  };
  return profiles;
}

}  // namespace rookery::pick_place
