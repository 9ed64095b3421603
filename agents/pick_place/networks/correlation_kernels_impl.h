// Bodies of correlation_kernels.h; included once by each correlation_kernels_<set>.cc.
#include "agents/nn/simd.h"
#include "agents/pick_place/networks/correlation_kernels.h"

namespace rookery::pick_place::ROOKERY_ISA {
namespace {

using nn::ROOKERY_ISA::Broadcast;
using nn::ROOKERY_ISA::kLanes;
using nn::ROOKERY_ISA::Load;
using nn::ROOKERY_ISA::Store;
using nn::ROOKERY_ISA::Transpose16;
using nn::ROOKERY_ISA::V;

// One complex value in each of 16 lanes, as two arrays.
struct Buffer {
  V* re;
  V* im;
  Buffer Swapped() const { return {im, re}; }  // changes the sign of a transform's exponent
};

constexpr float kCos3[2] = {1.0F, -0.5F};
constexpr float kSin3[2] = {0.0F, 0.86602540378443864676F};
constexpr float kCos5[3] = {1.0F, 0.30901699437494742410F, -0.80901699437494742410F};
constexpr float kSin5[3] = {0.0F, 0.95105651629515357212F, 0.58778525229247312917F};
constexpr float kCos7[4] = {1.0F, 0.62348980185873353053F, -0.22252093395631440429F,
                            -0.90096886790241912624F};
constexpr float kSin7[4] = {0.0F, 0.78183148246802980871F, 0.97492791218182360702F,
                            0.43388373911755812048F};

template <int R>
constexpr float Cosine(int index) {
  const int i = index % R, j = i > R / 2 ? R - i : i;
  return R == 3 ? kCos3[j] : (R == 5 ? kCos5[j] : kCos7[j]);
}
template <int R>
constexpr float Sine(int index) {
  const int i = index % R, j = i > R / 2 ? R - i : i;
  const float value = R == 3 ? kSin3[j] : (R == 5 ? kSin5[j] : kSin7[j]);
  return i > R / 2 ? -value : value;
}

// x_k <- sum_q x_q exp(-2 pi i q k / R).
template <int R>
ROOKERY_INLINE void Butterfly(V* re, V* im) {
  if constexpr (R == 2) {
    const V r = re[0] - re[1], i = im[0] - im[1];
    re[0] += re[1];
    im[0] += im[1];
    re[1] = r;
    im[1] = i;
  } else if constexpr (R == 4) {
    const V ar = re[0] + re[2], ai = im[0] + im[2], br = re[0] - re[2], bi = im[0] - im[2];
    const V cr = re[1] + re[3], ci = im[1] + im[3];
    const V dr = im[1] - im[3], di = re[3] - re[1];  // -i (x1 - x3)
    re[0] = ar + cr;
    im[0] = ai + ci;
    re[1] = br + dr;
    im[1] = bi + di;
    re[2] = ar - cr;
    im[2] = ai - ci;
    re[3] = br - dr;
    im[3] = bi - di;
  } else {
    constexpr int kHalf = R / 2;
    V sr[kHalf], si[kHalf], dr[kHalf], di[kHalf];
    const V r0 = re[0], i0 = im[0];
    for (int q = 1; q <= kHalf; ++q) {
      sr[q - 1] = re[q] + re[R - q];
      si[q - 1] = im[q] + im[R - q];
      dr[q - 1] = re[q] - re[R - q];
      di[q - 1] = im[q] - im[R - q];
      re[0] += sr[q - 1];
      im[0] += si[q - 1];
    }
    for (int k = 1; k <= kHalf; ++k) {
      V ar = r0, ai = i0, br = {}, bi = {};
      for (int q = 1; q <= kHalf; ++q) {
        ar += sr[q - 1] * Cosine<R>(q * k);
        ai += si[q - 1] * Cosine<R>(q * k);
        br += dr[q - 1] * Sine<R>(q * k);
        bi += di[q - 1] * Sine<R>(q * k);
      }
      re[k] = ar + bi;
      im[k] = ai - br;
      re[R - k] = ar - bi;
      im[R - k] = ai + br;
    }
  }
}

template <int R, bool kForward>
void Stage(Buffer b, int n, int m, const float* twiddle) {
  for (int j = 0; j < m; ++j) {
    const float* w = twiddle + static_cast<int64_t>(j) * (R - 1) * 2;
    V c[R], s[R];
    for (int k = 1; k < R; ++k) {
      c[k] = Broadcast(w[2 * (k - 1)]);
      s[k] = Broadcast(w[2 * (k - 1) + 1]);
    }
    for (int block = j; block < n; block += R * m) {
      V re[R], im[R];
      for (int q = 0; q < R; ++q) {
        re[q] = b.re[block + q * m];
        im[q] = b.im[block + q * m];
      }
      if constexpr (kForward) Butterfly<R>(re, im);
      if (m > 1) {
        for (int k = 1; k < R; ++k) {
          const V r = re[k], i = im[k];
          if constexpr (kForward) {  // times exp(-i angle)
            re[k] = r * c[k] + i * s[k];
            im[k] = i * c[k] - r * s[k];
          } else {
            re[k] = r * c[k] - i * s[k];
            im[k] = i * c[k] + r * s[k];
          }
        }
      }
      if constexpr (!kForward) Butterfly<R>(im, re);
      for (int q = 0; q < R; ++q) {
        b.re[block + q * m] = re[q];
        b.im[block + q * m] = im[q];
      }
    }
  }
}

template <bool kForward>
void RunStage(Buffer b, const FftPlan& plan, int stage, int m) {
  const float* w = plan.twiddle[stage];
  switch (plan.radix[stage]) {
    case 2:
      return Stage<2, kForward>(b, plan.n, m, w);
    case 3:
      return Stage<3, kForward>(b, plan.n, m, w);
    case 4:
      return Stage<4, kForward>(b, plan.n, m, w);
    case 5:
      return Stage<5, kForward>(b, plan.n, m, w);
    default:
      return Stage<7, kForward>(b, plan.n, m, w);
  }
}

// Exponent -; from stage `first` on.
void Forward(Buffer b, const FftPlan& plan, int first = 0) {
  int m = plan.n;
  for (int s = 0; s < plan.stages; ++s) {
    m /= plan.radix[s];
    if (s >= first) RunStage<true>(b, plan, s, m);
  }
}

// Exponent +, not normalised; down to stage `last`.
void Back(Buffer b, const FftPlan& plan, int last = 0) {
  int m = 1;
  for (int s = plan.stages - 1; s >= last; --s) {
    RunStage<false>(b, plan, s, m);
    m *= plan.radix[s];
  }
}

// As Forward when only the first n / lead_factor values are not zero.
void ForwardShort(Buffer b, const FftPlan& plan) {
  const int m = plan.n / plan.lead_factor;
  for (int j = 0; j < m; ++j) {
    const V r = b.re[j], i = b.im[j];
    const float* w = plan.lead_twiddle + static_cast<int64_t>(j) * (plan.lead_factor - 1) * 2;
    for (int k = 1; k < plan.lead_factor; ++k, w += 2) {
      const int at = plan.lead_position[k] * m + j;
      b.re[at] = r * w[0] + i * w[1];
      b.im[at] = i * w[0] - r * w[1];
    }
  }
  Forward(b, plan, plan.lead);
}

// As Back when only the first n / lead_factor values are wanted.
void BackShort(Buffer b, const FftPlan& plan) {
  Back(b, plan, plan.lead);
  const int m = plan.n / plan.lead_factor;
  for (int j = 0; j < m; ++j) {
    V r = b.re[j], i = b.im[j];
    const float* w = plan.lead_twiddle + static_cast<int64_t>(j) * (plan.lead_factor - 1) * 2;
    for (int k = 1; k < plan.lead_factor; ++k, w += 2) {
      const int at = plan.lead_position[k] * m + j;
      r += b.re[at] * w[0] - b.im[at] * w[1];
      i += b.im[at] * w[0] + b.re[at] * w[1];
    }
    b.re[j] = r;
    b.im[j] = i;
  }
}

Buffer Place(float* scratch, int index, int n) {
  auto* v = reinterpret_cast<V*>(scratch) + static_cast<int64_t>(index) * 2 * n;
  return {v, v + n};
}

// Rows row .. row+15 of an image become lanes.
void LoadRows(const float* image, int64_t stride, int columns, int n, V* to) {
  int x = 0;
  for (; image != nullptr && x < columns; x += kLanes) {
    V m[kLanes];
    for (int i = 0; i < kLanes; ++i) m[i] = Load(image + i * stride + x);
    Transpose16(m);
    for (int i = 0; i < kLanes; ++i) to[x + i] = m[i];
  }
  for (; x < n; ++x) to[x] = V{};
}

// Lanes become 16 consecutive rows of a strip array whose rows are `rows` in all.
void StoreLanes(const V* from, int n, int rows, float* strip) {
  for (int x = 0; x < n; x += kLanes, strip += static_cast<int64_t>(rows) * kLanes) {
    V m[kLanes];
    for (int i = 0; i < kLanes; ++i) m[i] = from[x + i];
    Transpose16(m);
    for (int i = 0; i < kLanes; ++i) Store(strip + i * kLanes, m[i]);
  }
}

void LoadLanes(const float* strip, int n, int rows, V* to) {
  for (int x = 0; x < n; x += kLanes, strip += static_cast<int64_t>(rows) * kLanes) {
    V m[kLanes];
    for (int i = 0; i < kLanes; ++i) m[i] = Load(strip + i * kLanes);
    Transpose16(m);
    for (int i = 0; i < kLanes; ++i) to[x + i] = m[i];
  }
}

void StoreRows(const V* from, float scale, float* image, int64_t stride, int columns) {
  if (image == nullptr) return;
  for (int x = 0; x < columns; x += kLanes) {
    V m[kLanes];
    for (int i = 0; i < kLanes; ++i) m[i] = from[x + i] * scale;
    Transpose16(m);
    for (int i = 0; i < kLanes; ++i) Store(image + i * stride + x, m[i]);
  }
}

void RowsForward(const RowTransform& t, const float* re, const float* im, int64_t stride) {
  const int n = t.plan->n;
  const Buffer b = Place(t.scratch, 0, n);
  for (int row = 0; row < t.rows; row += kLanes) {
    LoadRows(re + row * stride, stride, t.columns, n, b.re);
    LoadRows(im == nullptr ? nullptr : im + row * stride, stride, t.columns, n, b.im);
    Forward(t.plus ? b.Swapped() : b, *t.plan);
    StoreLanes(b.re, n, t.rows, t.strip_re + row * kLanes);
    StoreLanes(b.im, n, t.rows, t.strip_im + row * kLanes);
  }
}

void RowsBack(const RowTransform& t, float scale, float* re, float* im, int64_t stride) {
  const int n = t.plan->n;
  const Buffer b = Place(t.scratch, 0, n);
  for (int row = 0; row < t.rows; row += kLanes) {
    LoadLanes(t.strip_re + row * kLanes, n, t.rows, b.re);
    LoadLanes(t.strip_im + row * kLanes, n, t.rows, b.im);
    Back(t.plus ? b : b.Swapped(), *t.plan);
    StoreRows(b.re, scale, re + row * stride, stride, t.columns);
    StoreRows(b.im, scale, im == nullptr ? nullptr : im + row * stride, stride, t.columns);
  }
}

void LoadStrip(const float* re, const float* im, int rows, int n, Buffer b) {
  for (int y = 0; y < rows; ++y) {
    b.re[y] = Load(re + y * kLanes);
    b.im[y] = Load(im + y * kLanes);
  }
  for (int y = rows; y < n; ++y) b.re[y] = b.im[y] = V{};
}

void StoreStrip(Buffer b, int rows, float* re, float* im) {
  for (int y = 0; y < rows; ++y) {
    Store(re + y * kLanes, b.re[y]);
    Store(im + y * kLanes, b.im[y]);
  }
}

// Kernels are few rows of many: the short transform where the plan has one.
void KernelSpectrum(const StripProduct& p, int64_t offset, Buffer b) {
  const FftPlan& plan = *p.plan;
  const bool is_short = plan.lead > 0 && plan.n / plan.lead_factor >= p.kernel_rows;
  LoadStrip(p.kernel_re + offset, p.kernel_im + offset, p.kernel_rows,
            is_short ? plan.n / plan.lead_factor : plan.n, b);
  if (is_short) {
    ForwardShort(b.Swapped(), plan);
  } else {
    Forward(b.Swapped(), plan);
  }
}

void SceneSpectra(const StripProduct& p, int first_buffer) {
  for (int c = 0; c < p.channels; ++c) {
    const Buffer b = Place(p.scratch, first_buffer + c, p.plan->n);
    LoadStrip(p.scene_re + c * p.scene_step, p.scene_im + c * p.scene_step, p.scene_rows, p.plan->n,
              b);
    Forward(b, *p.plan);
  }
}

// With S the transform of the scene (exponent -) and K that of the kernels (exponent +), the
// shift theorem makes S K the transform of sum_i scene[y + i] kernel[i].
void StripForward(const StripProduct& p) {
  const int n = p.plan->n;
  const Buffer kernel = Place(p.scratch, 0, n), map = Place(p.scratch, 1, n);
  SceneSpectra(p, 2);
  for (int pair = 0; pair < p.pairs; ++pair) {
    for (int c = 0; c < p.channels; ++c) {
      KernelSpectrum(p, (pair * p.channels + c) * p.kernel_step, kernel);
      const Buffer scene = Place(p.scratch, 2 + c, n);
      for (int y = 0; y < n; ++y) {
        const V sr = scene.re[y], si = scene.im[y], kr = kernel.re[y], ki = kernel.im[y];
        const V re = sr * kr - si * ki, im = sr * ki + si * kr;
        map.re[y] = c == 0 ? re : map.re[y] + re;
        map.im[y] = c == 0 ? im : map.im[y] + im;
      }
    }
    Back(map, *p.plan);
    StoreStrip(map, p.map_rows, p.map_re + pair * p.map_step, p.map_im + pair * p.map_step);
  }
}

// Scene gradient: G conj(K); kernel gradient, as a transform with exponent +: G conj(S).
void StripBackward(const StripProduct& p) {
  const FftPlan& plan = *p.plan;
  const int n = plan.n;
  const Buffer kernel = Place(p.scratch, 0, n), map = Place(p.scratch, 1, n);
  const bool is_short = plan.lead > 0 && n / plan.lead_factor >= p.kernel_rows;
  SceneSpectra(p, 2);
  for (int pair = 0; pair < p.pairs; ++pair) {
    LoadStrip(p.map_re + pair * p.map_step, p.map_im + pair * p.map_step, p.map_rows, n, map);
    Forward(map, plan);
    for (int c = 0; c < p.channels; ++c) {
      const int64_t offset = (pair * p.channels + c) * p.kernel_step;
      KernelSpectrum(p, offset, kernel);
      const Buffer scene = Place(p.scratch, 2 + c, n);
      const Buffer gradient = Place(p.scratch, 2 + p.channels + c, n);
      for (int y = 0; y < n; ++y) {
        const V gr = map.re[y], gi = map.im[y], kr = kernel.re[y], ki = kernel.im[y];
        const V sr = scene.re[y], si = scene.im[y];
        const V re = gr * kr + gi * ki, im = gi * kr - gr * ki;
        gradient.re[y] = pair == 0 ? re : gradient.re[y] + re;
        gradient.im[y] = pair == 0 ? im : gradient.im[y] + im;
        kernel.re[y] = gr * sr + gi * si;
        kernel.im[y] = gi * sr - gr * si;
      }
      if (is_short) {
        BackShort(kernel.Swapped(), plan);
      } else {
        Back(kernel.Swapped(), plan);
      }
      StoreStrip(kernel, p.kernel_rows, p.kernel_gradient_re + offset,
                 p.kernel_gradient_im + offset);
    }
  }
  for (int c = 0; c < p.channels; ++c) {
    const Buffer gradient = Place(p.scratch, 2 + p.channels + c, n);
    Back(gradient, plan);
    StoreStrip(gradient, p.scene_rows, p.scene_gradient_re + c * p.scene_step,
               p.scene_gradient_im + c * p.scene_step);
  }
}

}  // namespace

extern const CorrelationKernels kCorrelationKernels;
const CorrelationKernels kCorrelationKernels = {RowsForward, RowsBack, StripForward, StripBackward};

}  // namespace rookery::pick_place::ROOKERY_ISA
