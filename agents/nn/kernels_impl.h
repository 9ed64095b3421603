// Bodies of the kernels declared in kernels.h; included once by each kernels_<set>.cc.
#include "agents/nn/simd.h"

namespace rookery::nn::ROOKERY_ISA {
namespace {

// Pixels summed in float before the sums are added to the doubles: bounds the rounding error.
constexpr int64_t kBlock = 256;

// Calls body<n>(first channel) for panels of n * 16 channels, n in {4, 2, 1}, so that the
// coefficients or sums of a panel stay in registers over all pixels.
template <typename Body>
ROOKERY_INLINE void ForPanels(int channels, const Body& body) {
  int c = 0;
  for (; c + 64 <= channels; c += 64) body.template operator()<4>(c);
  for (; c + 32 <= channels; c += 32) body.template operator()<2>(c);
  for (; c + 16 <= channels; c += 16) body.template operator()<1>(c);
}

ROOKERY_INLINE void AddTo(double* sum, V x) {
  for (int i = 0; i < kLanes; ++i) sum[i] += static_cast<double>(x[i]);
}

template <typename T>
void ChannelSums(const T* x, int64_t pixels, int channels, double* sum, double* square) {
  ForPanels(channels, [&]<int N>(int c) {
    for (int64_t start = 0; start < pixels; start += kBlock) {
      const int64_t end = start + kBlock < pixels ? start + kBlock : pixels;
      V s[N] = {}, q[N] = {};
      for (int64_t p = start; p < end; ++p) {
        for (int k = 0; k < N; ++k) {
          const V value = Load(x + p * channels + c + k * kLanes);
          s[k] += value;
          q[k] += value * value;
        }
      }
      for (int k = 0; k < N; ++k) {
        AddTo(sum + c + k * kLanes, s[k]);
        AddTo(square + c + k * kLanes, q[k]);
      }
    }
  });
}

template <typename T>
void AffineRelu(const T* x, const float* a, const float* b, T* y, int64_t pixels, int channels) {
  ForPanels(channels, [&]<int N>(int c) {
    V scale[N], shift[N];
    for (int k = 0; k < N; ++k) {
      scale[k] = Load(a + c + k * kLanes);
      shift[k] = Load(b + c + k * kLanes);
    }
    for (int64_t p = 0; p < pixels; ++p) {
      for (int k = 0; k < N; ++k) {
        const int64_t i = p * channels + c + k * kLanes;
        Store(y + i, Relu(Load(x + i) * scale[k] + shift[k]));
      }
    }
  });
}

template <typename T>
void AffineAddRelu(const T* x, const float* a, const float* b, T* io, int64_t pixels,
                   int channels) {
  ForPanels(channels, [&]<int N>(int c) {
    V scale[N], shift[N];
    for (int k = 0; k < N; ++k) {
      scale[k] = Load(a + c + k * kLanes);
      shift[k] = Load(b + c + k * kLanes);
    }
    for (int64_t p = 0; p < pixels; ++p) {
      for (int k = 0; k < N; ++k) {
        const int64_t i = p * channels + c + k * kLanes;
        Store(io + i, Relu(Load(x + i) * scale[k] + shift[k] + Load(io + i)));
      }
    }
  });
}

template <typename T>
void AffineBackwardSums(const T* dy, const T* x, const float* a, const float* b, bool relu,
                        int64_t pixels, int channels, double* sum, double* product) {
  ForPanels(channels, [&]<int N>(int c) {
    V scale[N], shift[N];
    for (int k = 0; k < N; ++k) {
      scale[k] = relu ? Load(a + c + k * kLanes) : V{};
      shift[k] = relu ? Load(b + c + k * kLanes) : Broadcast(1.0F);
    }
    for (int64_t start = 0; start < pixels; start += kBlock) {
      const int64_t end = start + kBlock < pixels ? start + kBlock : pixels;
      V s[N] = {}, q[N] = {};
      for (int64_t p = start; p < end; ++p) {
        for (int k = 0; k < N; ++k) {
          const int64_t i = p * channels + c + k * kLanes;
          const V value = Load(x + i), gradient = Load(dy + i);
          const V g = WherePositive(value * scale[k] + shift[k], gradient);
          s[k] += g;
          q[k] += g * value;
        }
      }
      for (int k = 0; k < N; ++k) {
        AddTo(sum + c + k * kLanes, s[k]);
        AddTo(product + c + k * kLanes, q[k]);
      }
    }
  });
}

template <typename T>
void AffineBackward(const T* dy, const T* x, const float* a, const float* b, bool relu,
                    const float* p, const float* q, const float* r, T* dx, int64_t pixels,
                    int channels) {
  ForPanels(channels, [&]<int N>(int c) {
    V scale[N], shift[N], kp[N], kq[N], kr[N];
    for (int k = 0; k < N; ++k) {
      const int at = c + k * kLanes;
      scale[k] = relu ? Load(a + at) : V{};
      shift[k] = relu ? Load(b + at) : Broadcast(1.0F);
      kp[k] = Load(p + at);
      kq[k] = Load(q + at);
      kr[k] = Load(r + at);
    }
    for (int64_t pixel = 0; pixel < pixels; ++pixel) {
      for (int k = 0; k < N; ++k) {
        const int64_t i = pixel * channels + c + k * kLanes;
        const V value = Load(x + i), gradient = Load(dy + i);
        const V g = WherePositive(value * scale[k] + shift[k], gradient);
        Store(dx + i, kp[k] * g + kq[k] * value + kr[k]);
      }
    }
  });
}

template <typename T>
void Mask(const T* y, T* d, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) Store(d + i, WherePositive(Load(y + i), Load(d + i)));
}

template <typename T>
void AddMask(const T* add, const T* y, T* d, int64_t n) {
  if (y == nullptr) {
    for (int64_t i = 0; i < n; i += kLanes) Store(d + i, Load(d + i) + Load(add + i));
    return;
  }
  for (int64_t i = 0; i < n; i += kLanes) {
    Store(d + i, WherePositive(Load(y + i), Load(d + i) + Load(add + i)));
  }
}

// row: w * channels floats, blended between the two source rows. Bilinear doubling with
// half-pixel centres weighs the nearer source by 3/4; outside, the border repeats.
template <typename T>
void Upsample(const T* u, const T* skip, bool relu, T* out, int h, int w, int channels,
              float* row) {
  const float floor = relu ? 0.0F : -__builtin_inff();
  const int64_t width = static_cast<int64_t>(w) * channels;
  for (int y = 0; y < 2 * h; ++y) {
    const int near = y / 2;
    int far = y % 2 == 0 ? near - 1 : near + 1;
    far = far < 0 ? 0 : (far >= h ? h - 1 : far);
    const T* a = u + near * width;
    const T* b = u + far * width;
    for (int64_t i = 0; i < width; i += kLanes) {
      Store(row + i, Load(a + i) * 0.75F + Load(b + i) * 0.25F);
    }
    T* to = out + y * 2 * width;
    const T* add = skip == nullptr ? nullptr : skip + y * 2 * width;
    for (int x = 0; x < w; ++x) {
      const float* centre = row + static_cast<int64_t>(x) * channels;
      const float* left = x > 0 ? centre - channels : centre;
      const float* right = x + 1 < w ? centre + channels : centre;
      const int64_t at = 2 * static_cast<int64_t>(x) * channels;
      for (int c = 0; c < channels; c += kLanes) {
        const V middle = Load(centre + c) * 0.75F;
        V first = middle + Load(left + c) * 0.25F;
        V second = middle + Load(right + c) * 0.25F;
        if (add != nullptr) {
          first += Load(add + at + c);
          second += Load(add + at + channels + c);
        }
        Store(to + at + c, AtLeast(first, floor));
        Store(to + at + channels + c, AtLeast(second, floor));
      }
    }
  }
}

template <typename T>
void UpsampleBackward(const T* dout, T* du, int h, int w, int channels, float* row) {
  const int64_t width = 2 * static_cast<int64_t>(w) * channels;
  for (int y = 0; y < h; ++y) {
    // Rows 2y-1 .. 2y+2 of the output drew from row y; at the border the clamped share too.
    const T* rows[4];
    float weight[4];
    int n = 0;
    const auto use = [&](int r, float share) {
      rows[n] = dout + r * width;
      weight[n++] = share;
    };
    if (y > 0) use(2 * y - 1, 0.25F);
    use(2 * y, y > 0 ? 0.75F : 1.0F);
    use(2 * y + 1, y + 1 < h ? 0.75F : 1.0F);
    if (y + 1 < h) use(2 * y + 2, 0.25F);
    for (int64_t i = 0; i < width; i += kLanes) {
      V sum = Load(rows[0] + i) * weight[0];
      for (int k = 1; k < n; ++k) sum += Load(rows[k] + i) * weight[k];
      Store(row + i, sum);
    }
    for (int x = 0; x < w; ++x) {
      const float* centre = row + 2 * static_cast<int64_t>(x) * channels;
      const float share0 = x > 0 ? 0.75F : 1.0F, share1 = x + 1 < w ? 0.75F : 1.0F;
      T* to = du + (static_cast<int64_t>(y) * w + x) * channels;
      for (int c = 0; c < channels; c += kLanes) {
        V sum = Load(centre + c) * share0 + Load(centre + channels + c) * share1;
        if (x > 0) sum += Load(centre - channels + c) * 0.25F;
        if (x + 1 < w) sum += Load(centre + 2 * channels + c) * 0.25F;
        Store(to + c, sum);
      }
    }
  }
}

template <typename T>
void Reduce(const T* x, const float* weight, const float* bias, float* out, int64_t pixels,
            int channels, int planes, bool accumulate) {
  constexpr int kMaxPlanes = 8;
  for (int first = 0; first < planes; first += kMaxPlanes) {
    const int n = planes - first < kMaxPlanes ? planes - first : kMaxPlanes;
    for (int64_t p = 0; p < pixels; p += kLanes) {
      V sum[kMaxPlanes];
      for (int d = 0; d < n; ++d) {
        sum[d] = Broadcast(bias == nullptr ? 0.0F : bias[first + d]);
        if (accumulate) sum[d] += Load(out + (first + d) * pixels + p);
      }
      for (int c = 0; c < channels; c += kLanes) {
        V m[kLanes];
        for (int i = 0; i < kLanes; ++i) m[i] = Load(x + (p + i) * channels + c);
        Transpose16(m);
        for (int d = 0; d < n; ++d) {
          const float* w = weight + (first + d) * static_cast<int64_t>(channels) + c;
          for (int i = 0; i < kLanes; ++i) sum[d] += m[i] * w[i];
        }
      }
      for (int d = 0; d < n; ++d) Store(out + (first + d) * pixels + p, sum[d]);
    }
  }
}

template <typename T>
void Spread(const float* t, const float* weight, const float* bias, bool relu, const T* mask, T* y,
            int64_t pixels, int channels, int planes) {
  const float floor = relu ? 0.0F : -__builtin_inff();
  for (int c = 0; c < channels; c += kLanes) {
    const V start = bias == nullptr ? V{} : Load(bias + c);
    for (int64_t p = 0; p < pixels; ++p) {
      const int64_t i = p * channels + c;
      V sum = start;
      for (int d = 0; d < planes; ++d) {
        sum += t[d * pixels + p] * Load(weight + d * static_cast<int64_t>(channels) + c);
      }
      sum = AtLeast(sum, floor);
      Store(y + i, mask == nullptr ? sum : WherePositive(Load(mask + i), sum));
    }
  }
}

template <typename T>
void Outer(const float* t, const T* x, float* weight, int64_t pixels, int channels, int planes) {
  constexpr int kMaxPlanes = 8;
  for (int first = 0; first < planes; first += kMaxPlanes) {
    const int n = planes - first < kMaxPlanes ? planes - first : kMaxPlanes;
    for (int c = 0; c < channels; c += kLanes) {
      V sum[kMaxPlanes] = {};
      for (int64_t p = 0; p < pixels; ++p) {
        const V value = Load(x + p * channels + c);
        for (int d = 0; d < n; ++d) sum[d] += t[(first + d) * pixels + p] * value;
      }
      for (int d = 0; d < n; ++d) {
        float* to = weight + (first + d) * static_cast<int64_t>(channels) + c;
        Store(to, Load(to) + sum[d]);
      }
    }
  }
}

double SoftmaxLoss(float* logits, int64_t n, int64_t label) {
  V top = Broadcast(-__builtin_inff());
  // A NaN spreads into the loss.
  for (int64_t i = 0; i < n; i += kLanes) top = MaximumWithNan(top, Load(logits + i));
  float maximum = top[0];
  for (int i = 1; i < kLanes; ++i) {
    if (maximum == maximum && !(top[i] <= maximum)) maximum = top[i];
  }
  const double correct = label < 0 ? 0.0 : static_cast<double>(logits[label]);
  double total = 0;
  for (int64_t start = 0; start < n; start += kBlock * kLanes) {
    const int64_t end = start + kBlock * kLanes < n ? start + kBlock * kLanes : n;
    V sum = {};
    for (int64_t i = start; i < end; i += kLanes) {
      const V e = ExpNegative(Load(logits + i) - maximum);
      sum += e;
      Store(logits + i, e);
    }
    total += static_cast<double>(HorizontalSum(sum));
  }
  const auto scale = static_cast<float>(1.0 / total);
  for (int64_t i = 0; i < n; i += kLanes) Store(logits + i, Load(logits + i) * scale);
  if (label >= 0) logits[label] -= 1.0F;
  return __builtin_log(total) + static_cast<double>(maximum) - correct;
}

void Adam(const AdamStep& s) {
  const V step = Broadcast(s.learning_rate / s.correction1);
  const V root = Broadcast(1.0F / s.correction2);
  for (int64_t i = 0; i < s.n; i += kLanes) {
    const V g = Load(s.gradient + i);
    const V m = Load(s.first + i) * s.beta1 + g * (1.0F - s.beta1);
    const V v = Load(s.second + i) * s.beta2 + g * g * (1.0F - s.beta2);
    const V w = Load(s.weight + i) - step * m / (SquareRoot(v * root) + s.epsilon);
    Store(s.first + i, m);
    Store(s.second + i, v);
    Store(s.weight + i, w);
    if (s.average_decay > 0) {
      Store(s.average + i, Load(s.average + i) * s.average_decay + w * (1.0F - s.average_decay));
    }
    if (s.copy != nullptr) Store(s.copy + i, w);
  }
}

double Sum(const float* x, int64_t n) {
  double total = 0;
  for (int64_t start = 0; start < n; start += kBlock * kLanes) {
    const int64_t end = start + kBlock * kLanes < n ? start + kBlock * kLanes : n;
    V sum = {};
    for (int64_t i = start; i < end; i += kLanes) sum += Load(x + i);
    total += static_cast<double>(HorizontalSum(sum));
  }
  return total;
}

template <typename T>
constexpr ActivationKernels<T> MakeActivationKernels() {
  return {ChannelSums<T>,      AffineRelu<T>, AffineAddRelu<T>, AffineBackwardSums<T>,
          AffineBackward<T>,   Mask<T>,       AddMask<T>,       Upsample<T>,
          UpsampleBackward<T>, Reduce<T>,     Spread<T>,        Outer<T>};
}

}  // namespace

extern const Kernels kKernels;
const Kernels kKernels = {ROOKERY_ISA_NAME,
                          MakeActivationKernels<float>(),
                          MakeActivationKernels<Bf16>(),
                          SoftmaxLoss,
                          Adam,
                          Sum};

}  // namespace rookery::nn::ROOKERY_ISA
