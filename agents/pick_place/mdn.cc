#include "agents/pick_place/mdn.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/pose.h"

namespace rookery::pick_place {
namespace {

constexpr double kLow = 1e-8, kHigh = 1e8;

bool Clipped(double x) { return x < kLow || x > kHigh; }
double Clip(double x) { return std::clamp(x, kLow, kHigh); }

// The components' shares of one row of logits.
void Mixture(const MdnShape& shape, const float* logits, std::vector<double>* shares) {
  const auto n = static_cast<size_t>(shape.components);
  shares->resize(n);
  const double largest = static_cast<double>(*std::max_element(logits, logits + n));
  double total = 0;
  for (size_t k = 0; k < n; ++k) {
    (*shares)[k] = std::exp((static_cast<double>(logits[k]) - largest) / shape.temperature);
    total += (*shares)[k];
  }
  for (double& share : *shares) share /= total;
}

}  // namespace

double MdnLoss(const MdnShape& shape, int batch, const float* outputs, const float* targets,
               float* gradient) {
  const auto n = static_cast<size_t>(shape.components), d = static_cast<size_t>(shape.numbers);
  const double half = 0.5 * shape.numbers;
  std::vector<double> share, density(n), square(n);
  double loss = 0;
  for (int row = 0; row < batch; ++row) {
    const float *mean = outputs, *log_variance = mean + n * d, *logits = log_variance + n;
    float *d_mean = gradient, *d_log_variance = d_mean + n * d, *d_logits = d_log_variance + n;
    Mixture(shape, logits, &share);
    double sum = 0;
    for (size_t k = 0; k < n; ++k) {
      square[k] = 0;
      for (size_t i = 0; i < d; ++i) {
        const double off = static_cast<double>(targets[i] - mean[k * d + i]);
        square[k] += off * off;
      }
      const double log_v = static_cast<double>(log_variance[k]);
      // exp(-square / 2 v) / sqrt((2 pi v)^d), in logarithms until the end.
      density[k] =
          std::exp(-0.5 * square[k] * std::exp(-log_v) - half * (std::log(2 * kPi) + log_v));
      sum += Clip(density[k]) * Clip(share[k]);
    }
    loss -= std::log(Clip(sum));

    const double d_sum = Clipped(sum) ? 0 : -1 / (sum * batch);
    double d_share_mean = 0;  // weighted by the shares: the softmax takes it off
    for (size_t k = 0; k < n; ++k) {
      if (!Clipped(share[k])) d_share_mean += share[k] * d_sum * Clip(density[k]);
    }
    for (size_t k = 0; k < n; ++k) {
      const double d_share = Clipped(share[k]) ? 0 : d_sum * Clip(density[k]);
      d_logits[k] = static_cast<float>(share[k] * (d_share - d_share_mean) / shape.temperature);
      const double d_log_density = Clipped(density[k]) ? 0 : d_sum * Clip(share[k]) * density[k];
      const double precision = std::exp(-static_cast<double>(log_variance[k]));
      d_log_variance[k] = static_cast<float>(d_log_density * (0.5 * square[k] * precision - half));
      for (size_t i = 0; i < d; ++i) {
        const double off = static_cast<double>(targets[i] - mean[k * d + i]);
        d_mean[k * d + i] = static_cast<float>(d_log_density * off * precision);
      }
    }
    outputs += shape.outputs();
    gradient += shape.outputs();
    targets += d;
  }
  return loss / batch;
}

std::vector<double> MdnSample(const MdnShape& shape, const float* outputs, Rng* rng) {
  const auto n = static_cast<size_t>(shape.components), d = static_cast<size_t>(shape.numbers);
  const float *log_variance = outputs + n * d, *logits = log_variance + n;
  std::vector<double> share;
  Mixture(shape, logits, &share);
  double left = rng->Uniform();
  size_t k = 0;
  while (k + 1 < n && left >= share[k]) left -= share[k++];
  const double sd = std::exp(2 * static_cast<double>(log_variance[k]));
  std::vector<double> sample;
  for (size_t i = 0; i < d; ++i) {
    sample.push_back(rng->Normal(static_cast<double>(outputs[k * d + i]), sd));
  }
  return sample;
}

}  // namespace rookery::pick_place
