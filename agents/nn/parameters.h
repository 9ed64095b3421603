// Trainable parameters in flat buffers: one float array each for values, gradients, Adam's two
// moments and the running average, so that an optimiser step is one loop over memory. Private to
// agents/ (needs LibTorch).
#ifndef ROOKERY_AGENTS_NN_PARAMETERS_H_
#define ROOKERY_AGENTS_NN_PARAMETERS_H_

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "core/agent.h"
#include "core/rng.h"

namespace rookery::nn {

using Tensor = at::Tensor;

enum class Init { kGlorotUniform, kZero, kOne, kSmallNormal };  // the last: N(0, 0.05^2)

struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-7;
  double average_decay = 0;  // running average of the weights; 0 = none
};

// Usage: Add everything, Allocate once, then per iteration AddGradient... and Step.
class Parameters {
 public:
  // `compute`: at::kFloat or at::kBFloat16, what Value() is in.
  Parameters(at::ScalarType compute, at::Device device) : compute_(compute), device_(device) {}
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  // Returns the handle. Convolution weights are (out, in, height, width); they lie in memory
  // channels-last. Names: "transport.scene.stem.weight".
  int Add(const std::string& name, std::vector<int64_t> shape, Init init);
  // Glorot uniform limits are sqrt(6 / (fan in + fan out)). Each parameter draws from a stream
  // of its own, named after it.
  void Allocate(uint64_t seed, const AdamOptions& options);

  int64_t count() const;  // scalars in all
  int size() const { return static_cast<int>(entries_.size()); }
  const std::string& name(int id) const { return entries_[static_cast<size_t>(id)].name; }
  at::ScalarType compute() const { return compute_; }
  at::Device device() const { return device_; }
  const AdamOptions& options() const { return options_; }

  // In the compute type, and in float: of the trained weights, or of their average while
  // UseAverage(true) (the same where there is none).
  const Tensor& Value(int id) const { return active_->compute[static_cast<size_t>(id)]; }
  const Tensor& Float(int id) const { return active_->full[static_cast<size_t>(id)]; }
  void UseAverage(bool use);

  // Gradients of one step add up; those never given are zero.
  void AddGradient(int id, const Tensor& gradient);
  const Tensor& Gradient(int id) const { return gradients_[static_cast<size_t>(id)]; }
  bool GradientsFinite();
  // Adam as in Kingma and Ba, then forgets the gradients. One fused loop on the CPU, LibTorch's
  // operators elsewhere (or with UseReferenceOps).
  void Step(double learning_rate);
  void DropGradients();
  int64_t steps() const { return steps_; }

  // Tensors "weight/<name>", "average/<name>", "adam.first/<name>", "adam.second/<name>",
  // float32 in (out, in, height, width) order; `steps` in meta.
  void Save(Checkpoint* out) const;
  // UserError naming the first tensor that is missing, of another shape, or unknown: nothing is
  // changed then.
  void CheckFits(const Checkpoint& in) const;
  void Load(const Checkpoint& in);

 private:
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    Init init;
    int64_t offset = 0;  // floats, a multiple of 16
  };
  struct Views {
    std::vector<Tensor> full, compute;
  };
  struct Buffer {
    const char* prefix;
    const Tensor* flat;
  };

  Tensor View(const Tensor& flat, const Entry& entry) const;
  Views ViewsOf(const Tensor& full, const Tensor& copy) const;
  void Initialise(uint64_t seed);
  void StepOnCpu(double learning_rate);
  void StepAnywhere(double learning_rate);
  std::vector<Buffer> Buffers() const;

  at::ScalarType compute_;
  at::Device device_;
  AdamOptions options_;
  std::vector<Entry> entries_;
  int64_t size_ = 0;  // floats, padding included
  Tensor value_, gradient_, first_, second_, average_;
  Tensor copy_, average_copy_;  // bfloat16; undefined when computing in float
  Views values_, averages_;
  std::vector<Tensor> gradients_;
  std::vector<bool> touched_;
  const Views* active_ = nullptr;
  bool average_copy_stale_ = true;
  int64_t steps_ = 0;
};

// While it lives, Value and Float are of the running average.
class AverageActs {
 public:
  explicit AverageActs(Parameters* parameters) : parameters_(parameters) {
    parameters->UseAverage(true);
  }
  ~AverageActs() { parameters_->UseAverage(false); }
  AverageActs(const AverageActs&) = delete;
  AverageActs& operator=(const AverageActs&) = delete;

 private:
  Parameters* parameters_;
};

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_PARAMETERS_H_
