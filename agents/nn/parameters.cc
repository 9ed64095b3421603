#include "agents/nn/parameters.h"

#include <algorithm>
#include <cmath>

#include "agents/nn/ops_internal.h"
#include "core/error.h"

namespace rookery::nn {
namespace {

constexpr int64_t kAlign = 16;  // floats
constexpr char kStepsKey[] = "adam.steps";

// (fan in, fan out) of a convolution's weight.
std::pair<double, double> Fans(const std::vector<int64_t>& shape) {
  double window = 1;
  for (size_t i = 2; i < shape.size(); ++i) window *= static_cast<double>(shape[i]);
  return {static_cast<double>(shape[1]) * window, static_cast<double>(shape[0]) * window};
}

}  // namespace

int Parameters::Add(const std::string& name, std::vector<int64_t> shape, Init init) {
  ROOKERY_CHECK(!value_.defined());
  ROOKERY_CHECK(init != Init::kGlorotUniform || shape.size() >= 2);
  entries_.push_back({name, std::move(shape), init, size_});
  const int64_t n = NumElements(entries_.back().shape);
  size_ += (n + kAlign - 1) / kAlign * kAlign;
  return static_cast<int>(entries_.size()) - 1;
}

int64_t Parameters::count() const {
  int64_t n = 0;
  for (const Entry& entry : entries_) n += NumElements(entry.shape);
  return n;
}

Tensor Parameters::View(const Tensor& flat, const Entry& entry) const {
  std::vector<int64_t> strides(entry.shape.size(), 1);
  for (size_t i = entry.shape.size(); i-- > 1;) strides[i - 1] = strides[i] * entry.shape[i];
  if (entry.shape.size() == 4) {  // channels-last
    strides = {entry.shape[1] * entry.shape[2] * entry.shape[3], 1, entry.shape[1] * entry.shape[3],
               entry.shape[1]};
  }
  return flat.as_strided(entry.shape, strides, entry.offset);
}

Parameters::Views Parameters::ViewsOf(const Tensor& full, const Tensor& copy) const {
  Views views;
  for (const Entry& entry : entries_) {
    views.full.push_back(View(full, entry));
    views.compute.push_back(copy.defined() ? View(copy, entry) : views.full.back());
  }
  return views;
}

void Parameters::Allocate(uint64_t seed, const AdamOptions& options) {
  c10::InferenceMode guard;
  options_ = options;
  const auto floats = at::TensorOptions(at::kFloat).device(device_);
  value_ = at::zeros({size_}, floats);
  gradient_ = at::zeros({size_}, floats);
  first_ = at::zeros({size_}, floats);
  second_ = at::zeros({size_}, floats);
  if (compute_ != at::kFloat) copy_ = at::zeros({size_}, floats.dtype(compute_));
  Initialise(seed);
  if (copy_.defined()) copy_.copy_(value_);
  values_ = ViewsOf(value_, copy_);
  if (options_.average_decay > 0) {
    average_ = value_.clone();
    if (copy_.defined()) average_copy_ = copy_.clone();
    averages_ = ViewsOf(average_, average_copy_);
  }
  for (const Entry& entry : entries_) gradients_.push_back(View(gradient_, entry));
  touched_.assign(entries_.size(), false);
  active_ = &values_;
}

void Parameters::Initialise(uint64_t seed) {
  Tensor values = at::zeros({size_}, at::kFloat);
  for (const Entry& entry : entries_) {
    if (entry.init == Init::kZero) continue;
    Tensor tensor = at::ones(entry.shape, at::kFloat);
    if (entry.init == Init::kSmallNormal) {
      Rng rng = Rng::Stream(seed, "weights/" + entry.name);
      float* data = tensor.data_ptr<float>();
      for (int64_t i = 0; i < tensor.numel(); ++i) {
        data[i] = static_cast<float>(rng.Normal(0, 0.05));
      }
    } else if (entry.init == Init::kGlorotUniform) {
      Rng rng = Rng::Stream(seed, "weights/" + entry.name);
      const auto [in, out] = Fans(entry.shape);
      const double limit = std::sqrt(6.0 / (in + out));
      float* data = tensor.data_ptr<float>();
      for (int64_t i = 0; i < tensor.numel(); ++i) {
        data[i] = static_cast<float>(rng.Uniform(-limit, limit));
      }
    }
    View(values, entry).copy_(tensor);
  }
  value_.copy_(values);
}

void Parameters::UseAverage(bool use) {
  if (!use || !average_.defined()) {
    active_ = &values_;
    return;
  }
  if (average_copy_.defined() && average_copy_stale_) average_copy_.copy_(average_);
  average_copy_stale_ = false;
  active_ = &averages_;
}

void Parameters::AddGradient(int id, const Tensor& gradient) {
  const auto i = static_cast<size_t>(id);
  ROOKERY_CHECK_EQ(gradient.numel(), gradients_[i].numel());
  const Tensor shaped = gradient.reshape(entries_[i].shape);
  if (touched_[i]) {
    gradients_[i].add_(shaped);
  } else {
    gradients_[i].copy_(shaped);
  }
  touched_[i] = true;
}

bool Parameters::GradientsFinite() {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!touched_[i]) gradients_[i].zero_();
    touched_[i] = true;
  }
  // A sum is finite only if every term is (or cancels by overflow, which is no better).
  if (device_.is_cpu()) return std::isfinite(GetKernels().sum(Floats(gradient_), size_));
  return std::isfinite(gradient_.sum().item<float>());
}

void Parameters::DropGradients() { touched_.assign(entries_.size(), false); }

void Parameters::Step(double learning_rate) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!touched_[i]) gradients_[i].zero_();
  }
  ++steps_;
  if (device_.is_cpu() && !ReferenceOpsInUse()) {
    StepOnCpu(learning_rate);
  } else {
    StepAnywhere(learning_rate);
  }
  average_copy_stale_ = true;
  DropGradients();
}

void Parameters::StepOnCpu(double learning_rate) {
  AdamStep step{};
  step.learning_rate = static_cast<float>(learning_rate);
  step.beta1 = static_cast<float>(options_.beta1);
  step.beta2 = static_cast<float>(options_.beta2);
  step.epsilon = static_cast<float>(options_.epsilon);
  step.average_decay = static_cast<float>(options_.average_decay);
  const auto t = static_cast<double>(steps_);
  step.correction1 = static_cast<float>(1 - std::pow(options_.beta1, t));
  step.correction2 = static_cast<float>(1 - std::pow(options_.beta2, t));
  const auto adam = GetKernels().adam;
  at::parallel_for(0, size_ / kAlign, 4096, [&](int64_t begin, int64_t end) {
    AdamStep part = step;
    const int64_t at = begin * kAlign;
    part.n = (end - begin) * kAlign;
    part.weight = Floats(value_) + at;
    part.gradient = Floats(gradient_) + at;
    part.first = Floats(first_) + at;
    part.second = Floats(second_) + at;
    part.average = average_.defined() ? Floats(average_) + at : nullptr;
    part.copy = copy_.defined() ? Data<Bf16>(copy_) + at : nullptr;
    adam(part);
  });
}

void Parameters::StepAnywhere(double learning_rate) {
  c10::InferenceMode guard;
  const auto t = static_cast<double>(steps_);
  first_.mul_(options_.beta1).add_(gradient_, 1 - options_.beta1);
  second_.mul_(options_.beta2).addcmul_(gradient_, gradient_, 1 - options_.beta2);
  const Tensor denominator =
      (second_ / (1 - std::pow(options_.beta2, t))).sqrt_().add_(options_.epsilon);
  value_.addcdiv_(first_, denominator, -learning_rate / (1 - std::pow(options_.beta1, t)));
  if (average_.defined()) {
    average_.mul_(options_.average_decay).add_(value_, 1 - options_.average_decay);
  }
  if (copy_.defined()) copy_.copy_(value_);
}

std::vector<Parameters::Buffer> Parameters::Buffers() const {
  std::vector<Buffer> buffers = {
      {"weight/", &value_}, {"adam.first/", &first_}, {"adam.second/", &second_}};
  if (average_.defined()) buffers.push_back({"average/", &average_});
  return buffers;
}

void Parameters::Save(Checkpoint* out) const {
  c10::InferenceMode guard;
  for (const Buffer& buffer : Buffers()) {
    for (const Entry& entry : entries_) {
      const Tensor tensor = View(*buffer.flat, entry).cpu().contiguous();
      out->tensors.Set(buffer.prefix + entry.name,
                       Array::FromBytes(DType::kFloat32, entry.shape, tensor.data_ptr()));
    }
  }
  out->meta[kStepsKey] = std::to_string(steps_);
}

void Parameters::CheckFits(const Checkpoint& in) const {
  std::map<std::string, const Entry*> expected;
  // Weights first: a checkpoint of another network is then named by a weight.
  for (const Buffer& buffer : Buffers()) {
    for (const Entry& entry : entries_) {
      const std::string name = buffer.prefix + entry.name;
      expected[name] = &entry;
      const Array* array = in.tensors.Find(name);
      if (array == nullptr) {
        throw UserError("the checkpoint has no tensor '" + name + "', which this agent needs in " +
                        ShapeText(entry.shape) + DidYouMean(name, in.tensors.Names()));
      }
      if (array->shape() != entry.shape || array->dtype() != DType::kFloat32) {
        throw UserError("tensor '" + name + "' is " + DTypeName(array->dtype()) + " " +
                        ShapeText(array->shape()) + " in the checkpoint, but float32 " +
                        ShapeText(entry.shape) + " in this agent");
      }
    }
  }
  for (const auto& [name, array] : in.tensors) {
    if (expected.count(name) == 0) {
      throw UserError("the checkpoint has a tensor '" + name + "' " + ShapeText(array.shape()) +
                      " that this agent does not know");
    }
  }
  const auto steps = in.meta.find(kStepsKey);
  if (steps == in.meta.end() || steps->second.empty() || steps->second.size() > 18 ||
      steps->second.find_first_not_of("0123456789") != std::string::npos) {
    throw UserError("the checkpoint does not say how many steps it was trained (" +
                    std::string(kStepsKey) + ")");
  }
}

void Parameters::Load(const Checkpoint& in) {
  c10::InferenceMode guard;
  CheckFits(in);
  for (const Buffer& buffer : Buffers()) {
    for (const Entry& entry : entries_) {
      const Array& array = in.tensors.at(buffer.prefix + entry.name);
      Tensor tensor = at::empty(entry.shape, at::kFloat);
      std::copy_n(array.As<float>().data(), array.size(), tensor.data_ptr<float>());
      View(*buffer.flat, entry).copy_(tensor);
    }
  }
  if (copy_.defined()) copy_.copy_(value_);
  average_copy_stale_ = true;
  steps_ = std::stoll(in.meta.at(kStepsKey));
  DropGradients();
  UseAverage(false);
}

}  // namespace rookery::nn
