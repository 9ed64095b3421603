#include <array>

#include "agents/nn/ops_internal.h"
#include "core/error.h"

namespace rookery::nn {
namespace {

bool use_reference = false;

Tensor EmptyLike(const Tensor& x, at::IntArrayRef shape) {
  return at::empty(shape, x.options(), at::MemoryFormat::ChannelsLast);
}

// Calls body(begin, end) over [0, n), where n is a multiple of 16.
template <typename Body>
void ForElements(int64_t n, const Body& body) {
  ROOKERY_CHECK_EQ(n % 16, 0);
  at::parallel_for(0, n / 16, 16384,
                   [&](int64_t begin, int64_t end) { body(begin * 16, end * 16); });
}

}  // namespace

void UseReferenceOps(bool use) { use_reference = use; }
bool ReferenceOpsInUse() { return use_reference; }

// ---- convolutions ----

Tensor Conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int stride, bool relu) {
  const int64_t pad = weight.size(2) / 2;
  if (relu && OnOurCpu(x)) {
    using Signature =
        Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&, c10::SymIntArrayRef,
               c10::SymIntArrayRef, c10::SymIntArrayRef, c10::SymInt, std::string_view,
               c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
                               .typed<Signature>();
    const std::array<c10::SymInt, 2> padding = {pad, pad}, strides = {stride, stride},
                                     dilation = {1, 1};
    return op.call(x, weight, bias.defined() ? std::optional<Tensor>(bias) : std::nullopt, padding,
                   strides, dilation, 1, "relu", c10::List<std::optional<at::Scalar>>(), "");
  }
  const std::array<int64_t, 2> padding = {pad, pad}, strides = {stride, stride}, dilation = {1, 1};
  const Tensor y = OnOurCpu(x)
                       ? at::mkldnn_convolution(x, weight, bias, padding, strides, dilation, 1)
                       : at::conv2d(x, weight, bias, strides, padding, dilation, 1);
  return ChannelsLast(relu ? y.relu() : y);
}

Tensor ConvAddRelu(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& add) {
  if (!OnOurCpu(x)) return ChannelsLast(Conv(x, weight, bias, 1, false).add(add).relu());
  using Signature =
      Tensor(const Tensor&, const Tensor&, const Tensor&, const std::optional<Tensor>&,
             c10::SymIntArrayRef, c10::SymIntArrayRef, c10::SymIntArrayRef, c10::SymInt,
             std::string_view, std::optional<at::Scalar>, std::optional<std::string_view>,
             c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mkldnn::_convolution_pointwise", "binary")
                             .typed<Signature>();
  const c10::SymInt pad = weight.size(2) / 2;
  const std::array<c10::SymInt, 2> padding = {pad, pad}, ones = {1, 1};
  return op.call(x, add, weight, bias.defined() ? std::optional<Tensor>(bias) : std::nullopt,
                 padding, ones, ones, 1, "add", at::Scalar(1.0), "relu",
                 c10::List<std::optional<at::Scalar>>(), "");
}

ConvGradients ConvBackward(const Tensor& dy, const Tensor& x, const Tensor& weight, bool bias,
                           int stride, bool want_input) {
  const int64_t pad = weight.size(2) / 2;
  const std::array<int64_t, 2> padding = {pad, pad}, strides = {stride, stride}, ones = {1, 1},
                               zeros = {0, 0};
  const std::array<int64_t, 1> bias_size = {weight.size(0)};
  auto [input, w, b] = at::convolution_backward(
      dy, x, weight, bias ? at::OptionalIntArrayRef(bias_size) : std::nullopt, strides, padding,
      ones, false, zeros, 1, {want_input, true, bias});
  if (want_input) input = ChannelsLast(input);
  return {input, w, b};
}

// ---- masks ----

void MaskInPlace(const Tensor& y, Tensor& d) {
  if (!Fused(d)) {
    d.mul_(y > 0);
    return;
  }
  WithKernels(d.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    ForElements(d.numel(), [&](int64_t begin, int64_t end) {
      k.mask(Data<T>(y) + begin, Data<T>(d) + begin, end - begin);
    });
  });
}

void AddMaskInPlace(const Tensor& add, const Tensor& y, Tensor& d) {
  if (!Fused(d)) {
    d.add_(add);
    if (y.defined()) d.mul_(y > 0);
    return;
  }
  WithKernels(d.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    ForElements(d.numel(), [&](int64_t begin, int64_t end) {
      k.add_mask(Data<T>(add) + begin, y.defined() ? Data<T>(y) + begin : nullptr,
                 Data<T>(d) + begin, end - begin);
    });
  });
}

// ---- doubling ----

Tensor Upsample(const Tensor& x, const Tensor& skip, bool relu) {
  const int64_t h = x.size(2), w = x.size(3), channels = x.size(1);
  if (!Fused(x)) {
    Tensor y = at::upsample_bilinear2d(x, {2 * h, 2 * w}, false);
    if (skip.defined()) y = y + skip;
    return ChannelsLast(relu ? y.relu() : y);
  }
  const Tensor y = EmptyLike(x, {x.size(0), channels, 2 * h, 2 * w});
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    at::parallel_for(0, x.size(0), 1, [&](int64_t begin, int64_t end) {
      std::vector<float> scratch(static_cast<size_t>(w * channels));
      for (int64_t n = begin; n < end; ++n) {
        const int64_t in = n * h * w * channels;
        k.upsample(Data<T>(x) + in, skip.defined() ? Data<T>(skip) + 4 * in : nullptr, relu,
                   Data<T>(y) + 4 * in, static_cast<int>(h), static_cast<int>(w),
                   static_cast<int>(channels), scratch.data());
      }
    });
  });
  return y;
}

Tensor UpsampleBackward(const Tensor& dy) {
  const int64_t h = dy.size(2) / 2, w = dy.size(3) / 2, channels = dy.size(1);
  if (!Fused(dy)) {
    return ChannelsLast(
        at::upsample_bilinear2d_backward(dy, {2 * h, 2 * w}, {dy.size(0), channels, h, w}, false));
  }
  const Tensor dx = EmptyLike(dy, {dy.size(0), channels, h, w});
  WithKernels(dy.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    at::parallel_for(0, dy.size(0), 1, [&](int64_t begin, int64_t end) {
      std::vector<float> scratch(static_cast<size_t>(2 * w * channels));
      for (int64_t n = begin; n < end; ++n) {
        const int64_t at = n * h * w * channels;
        k.upsample_backward(Data<T>(dy) + 4 * at, Data<T>(dx) + at, static_cast<int>(h),
                            static_cast<int>(w), static_cast<int>(channels), scratch.data());
      }
    });
  });
  return dx;
}

// ---- thin convolutions ----

namespace {

bool FusedPlanes(const Tensor& planes, const Tensor& x) {
  return Fused(x) && planes.is_contiguous() && planes.size(2) * planes.size(3) % 16 == 0;
}

}  // namespace

Tensor Reduce(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor planes) {
  const int64_t samples = x.size(0), channels = x.size(1), d = weight.size(0);
  const int64_t pixels = x.size(2) * x.size(3);
  const bool accumulate = planes.defined();
  if (!accumulate) {
    planes = at::empty({samples, d, x.size(2), x.size(3)}, x.options().dtype(at::kFloat),
                       at::MemoryFormat::Contiguous);
  }
  if (!FusedPlanes(planes, x)) {
    const Tensor y = at::conv2d(x.to(at::kFloat), weight.reshape({d, channels, 1, 1}), bias);
    if (accumulate) {
      planes.add_(y);
    } else {
      planes.copy_(y);
    }
    return planes;
  }
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    at::parallel_for(0, samples, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        k.reduce(Data<T>(x) + n * pixels * channels, Floats(weight),
                 bias.defined() ? Floats(bias) : nullptr, Floats(planes) + n * d * pixels, pixels,
                 static_cast<int>(channels), static_cast<int>(d), accumulate);
      }
    });
  });
  return planes;
}

Tensor Spread(const Tensor& planes, const Tensor& weight, const Tensor& bias, bool relu,
              const Tensor& mask, at::ScalarType type) {
  const int64_t samples = planes.size(0), d = planes.size(1), channels = weight.size(1);
  const int64_t pixels = planes.size(2) * planes.size(3);
  const Tensor x = at::empty({samples, channels, planes.size(2), planes.size(3)},
                             planes.options().dtype(type), at::MemoryFormat::ChannelsLast);
  if (!FusedPlanes(planes, x)) {
    Tensor y = at::conv2d(planes, weight.t().reshape({channels, d, 1, 1}), bias);
    if (relu) y = y.relu();
    if (mask.defined()) y = y * (mask > 0);
    return ChannelsLast(y.to(type));
  }
  WithKernels(type, [&]<typename T>(const ActivationKernels<T>& k, T*) {
    at::parallel_for(0, samples, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const int64_t at = n * pixels * channels;
        k.spread(Floats(planes) + n * d * pixels, Floats(weight),
                 bias.defined() ? Floats(bias) : nullptr, relu,
                 mask.defined() ? Data<T>(mask) + at : nullptr, Data<T>(x) + at, pixels,
                 static_cast<int>(channels), static_cast<int>(d));
      }
    });
  });
  return x;
}

void OuterInPlace(const Tensor& planes, const Tensor& x, Tensor gradient) {
  const int64_t samples = x.size(0), channels = x.size(1), d = planes.size(1);
  const int64_t pixels = x.size(2) * x.size(3);
  if (!FusedPlanes(planes, x)) {
    const Tensor rows = x.to(at::kFloat).contiguous().reshape({samples, channels, pixels});
    gradient.add_(at::bmm(planes.reshape({samples, d, pixels}), rows.transpose(1, 2)).sum(0));
    return;
  }
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    for (int64_t n = 0; n < samples; ++n) {
      k.outer(Floats(planes) + n * d * pixels, Data<T>(x) + n * pixels * channels, Floats(gradient),
              pixels, static_cast<int>(channels), static_cast<int>(d));
    }
  });
}

Tensor PlaneSums(const Tensor& planes) { return planes.sum({0, 2, 3}, false, at::kFloat); }

Tensor ChannelSums(const Tensor& x) {
  if (!Fused(x)) return x.sum({0, 2, 3}, false, at::kFloat);
  const int64_t channels = x.size(1);
  const Tensor out = at::zeros({channels}, x.options().dtype(at::kFloat));
  std::vector<double> sums(static_cast<size_t>(2 * channels), 0.0);
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    k.channel_sums(Data<T>(x), x.numel() / channels, static_cast<int>(channels), sums.data(),
                   sums.data() + channels);
  });
  for (int64_t c = 0; c < channels; ++c) {
    Floats(out)[c] = static_cast<float>(sums[static_cast<size_t>(c)]);
  }
  return out;
}

double SoftmaxLossInPlace(Tensor& logits, int64_t label) {
  ROOKERY_CHECK(logits.is_contiguous() && logits.scalar_type() == at::kFloat);
  if (!use_reference && logits.is_cpu() && logits.numel() % 16 == 0) {
    return GetKernels().softmax_loss(Floats(logits), logits.numel(), label);
  }
  Tensor flat = logits.reshape({-1});
  const Tensor log_sum = flat.logsumexp(0);
  const double loss = log_sum.item<double>() - (label >= 0 ? flat[label].item<double>() : 0.0);
  flat.sub_(log_sum).exp_();
  if (label >= 0) flat[label] -= 1.0;
  return loss;
}

}  // namespace rookery::nn
