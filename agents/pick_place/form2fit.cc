// Form2Fit (Zakka et al. 2020, Form2Fit: Learning Shape Priors for Generalizable Assembly from
// Disassembly) as the baseline of Zeng et al. 2020: two heat maps say where to pick and where to
// place, a third network's descriptors, made of the scene at every angle, how the place is turned.
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "agents/pick_place/contrastive.h"
#include "agents/pick_place/explanation.h"
#include "agents/pick_place/imitation.h"
#include "agents/pick_place/models.h"
#include "core/error.h"
#include "core/registry.h"

namespace rookery::pick_place {
namespace {

constexpr int kDescriptor = 16;
constexpr int kNegatives = 100;

const std::vector<Profile>& Form2FitProfiles() {
  static const std::vector<Profile> profiles = {
      {"lite-u",
       "light U-Nets at half resolution, our settings",
       {"network=unet", "half_resolution=true", "learning_rate=0.001", "schedule=cosine",
        "weight_average=0.98", "pick_blur=3.85", "pixel_convention=centre", "steps=400"}},
      {"paper",
       "the published networks (ResNet36_4s), settings and number of iterations",
       {"network=resnet36", "half_resolution=false", "learning_rate=0.00001", "schedule=constant",
        "weight_average=0", "pick_blur=7.7", "pixel_convention=corner", "steps=40000"}},
  };
  return profiles;
}

struct Form2FitConfig final : TransporterBaseConfig {
  std::string turns = "aligned";

  Form2FitConfig() {
    rotations = 24;
    pick_blur = 3.85;
    width = 1;
  }

  // Without what belongs to crops and their correlation.
  void Fields(FieldVisitor& v) override {
    v.Field("profile", &profile,
            {.help = "settings to start from", .choices = {"lite-u", "paper"}});
    v.Field("network", &network,
            {.help = "unet: light U-Net with group norm; resnet36: ResNet36_4s of the paper",
             .choices = {"unet", "resnet36"}});
    v.Field("half_resolution", &half_resolution,
            {.help = "work on 160 x 80 cells of 2 x 2 heightmap pixels"});
    v.Field("rotations", &rotations,
            {.help = "place angles tried, evenly spaced", .min = 1, .max = 360});
    v.Field("turns", &turns,
            {.help = "the scene is turned so that a place looks like its pick, or the other way "
                     "round, as in the reference",
             .choices = {"aligned", "reference"}});
    v.Field("pixel_convention", &pixel_convention,
            {.help = "what a pixel's index means: its centre, or its lower corner as the reference",
             .choices = {"centre", "corner"}});
    v.Field("steps", &steps,
            {.help = "iterations of the whole run: the length of the cosine schedule", .min = 1});
    v.Field("learning_rate", &learning_rate,
            {.help = "of Adam, at the start", .min = 1e-9, .max = 1});
    v.Field("schedule", &schedule,
            {.help = "learning rate over the run; cosine falls to 0",
             .choices = {"cosine", "constant"}});
    v.Field("weight_average", &weight_average,
            {.help = "decay of the running average of the weights that acts; 0 = the weights act",
             .min = 0,
             .max = 0.99999});
    v.Field("pick_blur", &pick_blur,
            {.help = "Gaussian blur of both heat maps, standard deviation; 0 = none",
             .unit = "working px",
             .min = 0,
             .max = 20});
    v.Field("augment", &augment, {.help = "random rotation and shift of every sample"});
    v.Field("threads", &threads,
            {.help = "one is best unless cores are idle", .min = 1, .max = 256});
  }
  void Check() const override {}

 protected:
  const std::vector<Profile>& Profiles() const override { return Form2FitProfiles(); }
  void OwnFields(FieldVisitor&) override {}
};

// Descriptors of every pixel of the scene at every angle.
class MatchingModel {
 public:
  MatchingModel(const Form2FitConfig& config, nn::Parameters* parameters)
      : rotations_(config.rotations),
        rows_(config.rows()),
        columns_(config.columns()),
        pad_((rows_ - columns_) / 2),
        // The activations of all angles are a third of a gigabyte here, else one angle has more.
        at_once_(config.half_resolution && config.network == "unet" ? rotations_ : 1),
        network_(MakeBackbone("match", BackboneOptionsOf(config, kDescriptor), parameters)) {
    for (int i = 0; i < rotations_; ++i) {
      const int turn = config.turns == "aligned" ? (rotations_ - i) % rotations_ : i;
      turns_.push_back(TurnedIndex(rows_, turn, rotations_).to(parameters->device()));
      // Where the turned square has each pixel of the image.
      backs_.push_back(TurnedIndex(rows_, (rotations_ - turn) % rotations_, rotations_)
                           .narrow(1, pad_, columns_)
                           .contiguous());
    }
  }

  // How far the place's descriptor at each angle is from the pick's at angle 0.
  std::vector<double> Distances(const InputBuilder& inputs, const Cell& pick, const Cell& place) {
    std::vector<Cell> cells = {{pick.row, pick.column, 0}};
    for (int i = 0; i < rotations_; ++i) cells.push_back({place.row, place.column, i});
    const Tensor square = inputs.Padded(0, pad_);
    const Tensor found = at::zeros({static_cast<int64_t>(cells.size()), kDescriptor});
    for (int first = 0; first < rotations_; first += at_once_) {
      Gather(network_->Forward(Batch(square, first), false), first, cells, found);
    }
    std::vector<double> distances;
    for (int i = 0; i < rotations_; ++i) {
      distances.push_back((found[0] - found[1 + i]).norm().item<double>());
    }
    return distances;
  }

  // The contrastive loss of the demonstrated pair and of random others; gradients are added.
  double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) {
    std::vector<Cell> cells = {{pick.row, pick.column, 0}, place};
    for (int i = 0; i < kNegatives; ++i) {
      const int row = static_cast<int>(rng->Integer(rows_));
      const int column = static_cast<int>(rng->Integer(columns_));
      cells.push_back({row, column, static_cast<int>(rng->Integer(rotations_))});
    }
    const Tensor square = inputs.Padded(0, pad_);
    const Tensor found = at::zeros({static_cast<int64_t>(cells.size()), kDescriptor});
    const Tensor gradient = at::zeros_like(found);
    const bool whole = at_once_ == rotations_;
    for (int first = 0; first < rotations_; first += at_once_) {
      Gather(network_->Forward(Batch(square, first), whole), first, cells, found);
    }
    const double loss = ContrastiveLoss(static_cast<int>(cells.size()), kDescriptor,
                                        found.data_ptr<float>(), gradient.data_ptr<float>());
    for (int first = 0; first < rotations_; first += at_once_) {
      // Angles that did not fit in memory together are computed again.
      if (!whole) network_->Forward(Batch(square, first), true);
      network_->Backward(Scatter(gradient, first, cells));
    }
    return loss;
  }

 private:
  int Count(int first) const { return std::min(at_once_, rotations_ - first); }

  Tensor Batch(const Tensor& square, int first) const {
    std::vector<Tensor> turned;
    for (int i = first; i < first + Count(first); ++i) {
      turned.push_back(Turned(square, turns_[static_cast<size_t>(i)]));
    }
    return at::cat(turned).contiguous(at::MemoryFormat::ChannelsLast);
  }

  // Of a cell in the square of its angle; -1 where turning took it out.
  int64_t Pixel(const Cell& cell) const {
    const auto* back = backs_[static_cast<size_t>(cell.bin)].data_ptr<int32_t>();
    const int64_t pixel = back[cell.row * columns_ + cell.column];
    return pixel < static_cast<int64_t>(rows_) * rows_ ? pixel : -1;
  }

  // Rows of `found` from the planes (N, 16, side, side) of angles first, first + 1, ...
  void Gather(const Tensor& planes, int first, const std::vector<Cell>& cells,
              const Tensor& found) const {
    const Tensor flat = planes.cpu().flatten(2);
    for (size_t i = 0; i < cells.size(); ++i) {
      const int angle = cells[i].bin - first;
      if (angle < 0 || angle >= Count(first) || Pixel(cells[i]) < 0) continue;
      found[static_cast<int64_t>(i)].copy_(flat[angle].select(1, Pixel(cells[i])));
    }
  }

  Tensor Scatter(const Tensor& gradient, int first, const std::vector<Cell>& cells) const {
    const Tensor planes = at::zeros({Count(first), kDescriptor, rows_, rows_});
    const Tensor flat = planes.flatten(2);
    for (size_t i = 0; i < cells.size(); ++i) {
      const int angle = cells[i].bin - first;
      if (angle < 0 || angle >= Count(first) || Pixel(cells[i]) < 0) continue;
      flat[angle].select(1, Pixel(cells[i])).add_(gradient[static_cast<int64_t>(i)]);
    }
    return planes.to(turns_.front().device());
  }

  int rotations_, rows_, columns_, pad_, at_once_;
  std::unique_ptr<Backbone> network_;
  std::vector<Tensor> turns_, backs_;  // tables of TurnedIndex, by angle
};

// The place's heat map, and the angle whose descriptor at its peak is nearest the pick's.
class Form2FitPlace final : public PlaceModel {
 public:
  Form2FitPlace(const Form2FitConfig& config, nn::Parameters* parameters)
      : blur_(config.pick_blur),
        rotations_(config.rotations),
        where_(config, parameters, View::kScene, "place"),
        match_(config, parameters) {}

  // The blurred heat map times the softmax of the peak's negative distances.
  Tensor Probabilities(const InputBuilder& inputs, const Cell& pick) override {
    const PickDecision place = DecidePick(where_.Probabilities(inputs).cpu(), blur_);
    const std::vector<double> distances = match_.Distances(inputs, pick, place.cell);
    const Tensor shares = at::softmax(at::tensor(distances, at::kDouble).neg(), 0).to(at::kFloat);
    return place.map.unsqueeze(0) * shares.reshape({rotations_, 1, 1});
  }

  double Train(const InputBuilder& inputs, const Cell& pick, const Cell& place, Rng* rng) override {
    return match_.Train(inputs, pick, place, rng);
  }
  double TrainWhere(const InputBuilder& inputs, const Cell& place) {
    return where_.Train(inputs, place);
  }

 private:
  double blur_;
  int rotations_;
  PickModel where_;
  MatchingModel match_;
};

struct Form2FitModels final : Models {
  Form2FitModels(const Form2FitConfig& config, at::ScalarType compute, at::Device device,
                 uint64_t seed)
      : Models(config, compute, device, View::kScene) {
    auto model = std::make_unique<Form2FitPlace>(config, &parameters);
    place_model = model.get();
    place = std::move(model);
    Allocate(seed);
  }

  Metrics Train(const TrainingSample& sample, Rng* rng) override {
    const Cell from{sample.pick_row, sample.pick_column, 0};
    const Cell to{sample.place_row, sample.place_column, sample.bin};
    inputs.SetImage(sample.image);
    const double pick_loss = pick.Train(inputs, from);
    const double place_loss = place_model->TrainWhere(inputs, to);
    return {{"loss/pick", pick_loss},
            {"loss/place", place_loss},
            {"loss/match", place_model->Train(inputs, from, to, rng)}};
  }

  Form2FitPlace* place_model;
};

class Form2Fit final : public ImitationAgent {
 public:
  Form2Fit(const Form2FitConfig& config, const EnvSpec& env, uint64_t seed)
      : ImitationAgent({.name = "form2fit", .unsupported = ImitationUnsupported(env)},
                       std::make_shared<Form2FitConfig>(config), env, seed) {
    c10::InferenceMode guard;
    SetModels(std::make_unique<Form2FitModels>(config, at::kFloat, at::kCPU, seed));
  }
};

ROOKERY_REGISTER_AGENT(
    Form2Fit, Form2FitConfig,
    {.name = "form2fit",
     .summary = "baseline from heightmaps: heat maps for pick and place, descriptors for the angle",
     .source = "Zeng et al. 2020 (Transporter Networks), after Zakka et al. 2020 (Form2Fit)",
     .status = Status::kApproximate,
     .known_issues = {"heights of the cameras are fused by their maximum, the reference's by their "
                      "mean",
                      "the default lite-u is a light U-Net with settings of our own",
                      "the score of profile paper was never measured: too slow on a CPU"},
     .learns = true,
     .needs_episodes = true,
     .profiles = Form2FitProfiles(),
     .unsupported = ImitationUnsupported});

}  // namespace
}  // namespace rookery::pick_place
