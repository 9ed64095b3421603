#include <algorithm>
#include <cmath>
#include <vector>

#include "agents/nn/ops_internal.h"

namespace rookery::nn {
namespace {

constexpr int64_t kGroup = 8;  // channels in a group
constexpr double kEpsilon = 1e-5;
// Pixels summed at once: fixed, so that sums do not depend on the number of threads.
constexpr int64_t kChunk = 8192;

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
  const std::vector<double> sums =
      WithKernels(x.scalar_type(), [&]<typename T>(const ActivationKernels<T>& k, T*) {
        return SumsPerSample(
            x, [&](int64_t n, int64_t first, int64_t count, double* sum, double* square) {
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
    if (relu) g = g * (Affine(x, state) > 0);
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
          k.affine_backward_sums(Data<T>(dy) + at, Data<T>(x) + at, scale(n), shift(n), relu, count,
                                 static_cast<int>(channels), sum, product);
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

}  // namespace rookery::nn
