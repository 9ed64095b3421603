#include "agents/nn/ops.h"

#include <array>

#include "agents/nn/kernels.h"
#include "core/error.h"

namespace rookery::nn {
namespace {

bool use_reference = false;

constexpr int kGroup = 8;  // channels in a group of the norm
constexpr double kEpsilon = 1e-5;
constexpr int64_t kChunk = 8192;  // pixels summed at once: fixed, so that sums do not depend on threads

// The fused kernels serve this tensor.
bool Fused(const Tensor& x) {
  return !use_reference && x.is_cpu() && x.size(1) % 16 == 0 &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

Tensor ChannelsLast(const Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

Tensor EmptyLike(const Tensor& x, at::IntArrayRef shape) {
  return at::empty(shape, x.options(), at::MemoryFormat::ChannelsLast);
}

// Calls body with the kernels for the tensor's type and a null pointer of that type.
template <typename Body>
auto WithKernels(at::ScalarType type, const Body& body) {
  const Kernels& kernels = GetKernels();
  if (type == at::kBFloat16) return body(kernels.bf16, static_cast<Bf16*>(nullptr));
  return body(kernels.f32, static_cast<float*>(nullptr));
}

template <typename T>
T* Data(const Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}
float* Floats(const Tensor& x) { return x.data_ptr<float>(); }

// Calls body(begin, end) over [0, n), where n is a multiple of 16.
template <typename Body>
void ForElements(int64_t n, const Body& body) {
  ROOKERY_CHECK_EQ(n % 16, 0);
  at::parallel_for(0, n / 16, 16384, [&](int64_t begin, int64_t end) { body(begin * 16, end * 16); });
}

Tensor MaskOf(const Tensor& y) { return y > 0; }

}  // namespace

void UseReferenceOps(bool use) { use_reference = use; }

// ---- convolutions ----

Tensor Conv(const Tensor& x, const Tensor& weight, const Tensor& bias, int stride, bool relu) {
  const int64_t pad = weight.size(2) / 2;
  if (relu && Fused(x)) {
    using Signature = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&,
                             c10::SymIntArrayRef, c10::SymIntArrayRef, c10::SymIntArrayRef,
                             c10::SymInt, std::string_view, c10::List<std::optional<at::Scalar>>,
                             std::optional<std::string_view>);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
                               .typed<Signature>();
    const std::array<c10::SymInt, 2> padding = {pad, pad}, strides = {stride, stride},
                                     dilation = {1, 1};
    return op.call(x, weight, bias.defined() ? std::optional<Tensor>(bias) : std::nullopt, padding,
                   strides, dilation, 1, "relu", c10::List<std::optional<at::Scalar>>(), "");
  }
  const std::array<int64_t, 2> padding = {pad, pad}, strides = {stride, stride}, dilation = {1, 1};
  const Tensor y =
      Fused(x) ? at::mkldnn_convolution(x, weight, bias, padding, strides, dilation, 1)
               : at::conv2d(x, weight, bias, strides, padding, dilation, 1);
  return ChannelsLast(relu ? y.relu() : y);
}

Tensor ConvAddRelu(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& add) {
  if (!Fused(x)) return ChannelsLast(Conv(x, weight, bias, 1, false).add(add).relu());
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
    d.mul_(MaskOf(y));
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
    if (y.defined()) d.mul_(MaskOf(y));
    return;
  }
  WithKernels(d.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    ForElements(d.numel(), [&](int64_t begin, int64_t end) {
      k.add_mask(Data<T>(add) + begin, y.defined() ? Data<T>(y) + begin : nullptr,
                 Data<T>(d) + begin, end - begin);
    });
  });
}

// ---- group norm ----

namespace {

// Pixels of all samples cut into chunks; body(sample, first pixel, pixels, chunk index).
template <typename Body>
void ForChunks(const Tensor& x, const Body& body) {
  const int64_t pixels = x.size(2) * x.size(3), chunks = (pixels + kChunk - 1) / kChunk;
  at::parallel_for(0, x.size(0) * chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % chunks * kChunk;
      body(i / chunks, first, std::min(kChunk, pixels - first), i);
    }
  });
}

// Two sums per channel and sample; `kernel(sample, first, pixels, sum, other)` adds one chunk's.
template <typename Kernel>
std::vector<double> SumsPerSample(const Tensor& x, const Kernel& kernel) {
  const int64_t samples = x.size(0), channels = x.size(1);
  const int64_t chunks = (x.size(2) * x.size(3) + kChunk - 1) / kChunk;
  std::vector<double> parts(static_cast<size_t>(samples * chunks * 2 * channels), 0.0);
  ForChunks(x, [&](int64_t n, int64_t first, int64_t pixels, int64_t chunk) {
    double* to = parts.data() + chunk * 2 * channels;
    kernel(n, first, pixels, to, to + channels);
  });
  if (chunks == 1) return parts;
  std::vector<double> sums(static_cast<size_t>(samples * 2 * channels), 0.0);
  for (int64_t i = 0; i < samples * chunks; ++i) {
    for (int64_t c = 0; c < 2 * channels; ++c) {
      sums[static_cast<size_t>(i / chunks * 2 * channels + c)] +=
          parts[static_cast<size_t>(i * 2 * channels + c)];
    }
  }
  return sums;
}

NormState Statistics(const Tensor& x, const Tensor& gamma, const Tensor& beta) {
  const int64_t samples = x.size(0), channels = x.size(1), groups = channels / kGroup;
  const int64_t pixels = x.size(2) * x.size(3);
  NormState state;
  state.x = x;
  const auto floats = x.options().dtype(at::kFloat);
  if (!Fused(x)) {
    const Tensor grouped = x.to(at::kFloat).contiguous().reshape({samples, groups, -1});
    state.mean = grouped.mean(2);
    state.rstd = (grouped.var(2, false) + kEpsilon).rsqrt();
    state.scale = state.rstd.repeat_interleave(kGroup, 1) * gamma;
    state.shift = beta - state.mean.repeat_interleave(kGroup, 1) * state.scale;
    return state;
  }
  const std::vector<double> sums = WithKernels(
      x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
        return SumsPerSample(x, [&](int64_t n, int64_t first, int64_t count, double* sum,
                                    double* square) {
          k.channel_sums(Data<T>(x) + (n * pixels + first) * channels, count,
                         static_cast<int>(channels), sum, square);
        });
      });
  state.mean = at::empty({samples, groups}, floats);
  state.rstd = at::empty({samples, groups}, floats);
  state.scale = at::empty({samples, channels}, floats);
  state.shift = at::empty({samples, channels}, floats);
  const float *g = Floats(gamma), *b = Floats(beta);
  for (int64_t n = 0; n < samples; ++n) {
    for (int64_t group = 0; group < groups; ++group) {
      double sum = 0, square = 0;
      for (int64_t c = group * kGroup; c < (group + 1) * kGroup; ++c) {
        sum += sums[static_cast<size_t>(n * 2 * channels + c)];
        square += sums[static_cast<size_t>((n * 2 + 1) * channels + c)];
      }
      const double count = static_cast<double>(pixels * kGroup), mean = sum / count;
      const double rstd = 1 / std::sqrt(std::max(square / count - mean * mean, 0.0) + kEpsilon);
      Floats(state.mean)[n * groups + group] = static_cast<float>(mean);
      Floats(state.rstd)[n * groups + group] = static_cast<float>(rstd);
      for (int64_t c = group * kGroup; c < (group + 1) * kGroup; ++c) {
        const float scale = static_cast<float>(rstd) * g[c];
        Floats(state.scale)[n * channels + c] = scale;
        Floats(state.shift)[n * channels + c] = b[c] - static_cast<float>(mean) * scale;
      }
    }
  }
  return state;
}

Tensor Affine(const Tensor& x, const NormState& state) {
  const auto per_channel = [&](const Tensor& t) { return t.reshape({t.size(0), t.size(1), 1, 1}); };
  return x.to(at::kFloat) * per_channel(state.scale) + per_channel(state.shift);
}

}  // namespace

Tensor NormRelu(const Tensor& x, const Tensor& gamma, const Tensor& beta, NormState* keep) {
  const NormState state = Statistics(x, gamma, beta);
  if (keep != nullptr) *keep = state;
  if (!Fused(x)) return ChannelsLast(Affine(x, state).relu().to(x.scalar_type()));
  // Without a backward pass to come the input is not needed again.
  Tensor y = keep == nullptr ? x : at::empty_like(x);
  const int64_t channels = x.size(1), pixels = x.size(2) * x.size(3);
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    ForChunks(x, [&](int64_t n, int64_t first, int64_t count, int64_t) {
      const int64_t at = (n * pixels + first) * channels;
      k.affine_relu(Data<T>(x) + at, Floats(state.scale) + n * channels,
                    Floats(state.shift) + n * channels, Data<T>(y) + at, count,
                    static_cast<int>(channels));
    });
  });
  return y;
}

Tensor NormAddRelu(const Tensor& x, const Tensor& gamma, const Tensor& beta, Tensor shortcut,
                   bool overwrite, NormState* keep) {
  const NormState state = Statistics(x, gamma, beta);
  if (keep != nullptr) *keep = state;
  if (!Fused(x)) {
    return ChannelsLast((Affine(x, state) + shortcut.to(at::kFloat)).relu().to(x.scalar_type()));
  }
  Tensor y = overwrite ? shortcut : shortcut.clone();
  const int64_t channels = x.size(1), pixels = x.size(2) * x.size(3);
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    ForChunks(x, [&](int64_t n, int64_t first, int64_t count, int64_t) {
      const int64_t at = (n * pixels + first) * channels;
      k.affine_add_relu(Data<T>(x) + at, Floats(state.scale) + n * channels,
                        Floats(state.shift) + n * channels, Data<T>(y) + at, count,
                        static_cast<int>(channels));
    });
  });
  return y;
}

NormGradients NormBackward(const Tensor& dy, const NormState& state, const Tensor& gamma,
                           const Tensor& beta, bool relu) {
  const Tensor& x = state.x;
  const int64_t samples = x.size(0), channels = x.size(1), groups = channels / kGroup;
  const int64_t pixels = x.size(2) * x.size(3);
  NormGradients out;
  if (!Fused(x)) {
    Tensor g = dy.to(at::kFloat);
    if (relu) g = g * MaskOf(Affine(x, state));
    auto [dx, dgamma, dbeta] = at::native_group_norm_backward(
        g.contiguous(), x.to(at::kFloat).contiguous(), state.mean, state.rstd, gamma, samples,
        channels, pixels, groups, {true, true, true});
    return {ChannelsLast(dx.to(x.scalar_type())), dgamma, dbeta};
  }
  const float* g = Floats(gamma);
  out.gamma = at::zeros_like(gamma);
  out.beta = at::zeros_like(beta);
  out.input = at::empty_like(x);
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    const auto scale = [&](int64_t n) { return Floats(state.scale) + n * channels; };
    const auto shift = [&](int64_t n) { return Floats(state.shift) + n * channels; };
    const std::vector<double> sums = SumsPerSample(
        x, [&](int64_t n, int64_t first, int64_t count, double* sum, double* product) {
          const int64_t at = (n * pixels + first) * channels;
          k.affine_backward_sums(Data<T>(dy) + at, Data<T>(x) + at, scale(n), shift(n), relu,
                                 count, static_cast<int>(channels), sum, product);
        });
    // dx = rstd (gamma g - (A + xhat B) / M), A and B the sums of gamma g and gamma g xhat over
    // the group, written as p g + q x + r.
    std::vector<float> p(static_cast<size_t>(samples * channels)), q(p.size()), r(p.size());
    const double count = static_cast<double>(pixels * kGroup);
    for (int64_t n = 0; n < samples; ++n) {
      for (int64_t group = 0; group < groups; ++group) {
        const double mean = Floats(state.mean)[n * groups + group];
        const double rstd = Floats(state.rstd)[n * groups + group];
        double a = 0, b = 0;
        for (int64_t c = group * kGroup; c < (group + 1) * kGroup; ++c) {
          const double sum = sums[static_cast<size_t>(n * 2 * channels + c)];
          const double product = sums[static_cast<size_t>((n * 2 + 1) * channels + c)];
          const double normal = (product - mean * sum) * rstd;  // sum of g xhat
          Floats(out.beta)[c] += static_cast<float>(sum);
          Floats(out.gamma)[c] += static_cast<float>(normal);
          a += static_cast<double>(g[c]) * sum;
          b += static_cast<double>(g[c]) * normal;
        }
        for (int64_t c = group * kGroup; c < (group + 1) * kGroup; ++c) {
          const auto i = static_cast<size_t>(n * channels + c);
          p[i] = static_cast<float>(rstd * static_cast<double>(g[c]));
          q[i] = static_cast<float>(-rstd * rstd * b / count);
          r[i] = static_cast<float>(rstd * (rstd * mean * b - a) / count);
        }
      }
    }
    ForChunks(x, [&](int64_t n, int64_t first, int64_t pixel_count, int64_t) {
      const int64_t at = (n * pixels + first) * channels, c = n * channels;
      k.affine_backward(Data<T>(dy) + at, Data<T>(x) + at, scale(n), shift(n), relu, p.data() + c,
                        q.data() + c, r.data() + c, Data<T>(out.input) + at, pixel_count,
                        static_cast<int>(channels));
    });
  });
  return out;
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
    return ChannelsLast(at::upsample_bilinear2d_backward(
        dy, {2 * h, 2 * w}, {dy.size(0), channels, h, w}, false));
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
    if (mask.defined()) y = y * MaskOf(mask);
    return ChannelsLast(y.to(type));
  }
  WithKernels(type, [&]<typename T>(const ActivationKernels<T>& k, T*) {
    at::parallel_for(0, samples, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const int64_t at = n * pixels * channels;
        k.spread(Floats(planes) + n * d * pixels, Floats(weight),
                 bias.defined() ? Floats(bias) : nullptr, relu,
                 mask.defined() ? Data<T>(mask) + at : nullptr, Data<T>(x) + at, pixels,
                 static_cast<int>(channels), static_cast<int>(d), false);
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
    gradient.add_(
        at::bmm(planes.reshape({samples, d, pixels}), rows.transpose(1, 2)).sum(0));
    return;
  }
  WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
    for (int64_t n = 0; n < samples; ++n) {
      k.outer(Floats(planes) + n * d * pixels, Data<T>(x) + n * pixels * channels,
              Floats(gradient), pixels, static_cast<int>(channels), static_cast<int>(d));
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
  const double loss =
      log_sum.item<double>() - (label >= 0 ? flat[label].item<double>() : 0.0);
  flat.sub_(log_sum).exp_();
  if (label >= 0) flat[label] -= 1.0;
  return loss;
}

}  // namespace rookery::nn
